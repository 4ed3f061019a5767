"""Only what lies under changed cells is asked for its lines, and the terminal gets the same."""

import re

import pytest
from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region

from tests.perf.canned import by_seconds, canned
from tests.screen.stage import NOON, Desk, settle
from tui.compositor import NarrowCompositor, can_narrow


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({Region(2, 4, 8, 1), Region(2, 9, 8, 3)}, id="countdowns"),
        pytest.param({Region(0, 0, 50, 2)}, id="the-header"),
        pytest.param({Region(0, 1, 120, 5)}, id="across-widgets"),
        pytest.param({Region(100, 3, 9, 2), Region(3, 20, 2, 1)}, id="far-apart"),
        pytest.param({Region(0, 0, 120, 40)}, id="everything"),
    ],
)
async def test_a_part_is_painted_as_textual_paints_it(
    changed: set[Region], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk()
    async with desk.app.run_test(size=(120, 40)) as pilot:
        await desk.give(pilot, canned(50, NOON, by_seconds))
        await settle(pilot)
        narrow = desk.app.queue._compositor
        assert isinstance(narrow, NarrowCompositor)
        said = []
        for asks in (NarrowCompositor._get_renders, Compositor._get_renders):
            monkeypatch.setattr(NarrowCompositor, "_get_renders", asks)
            narrow._dirty_regions = set(changed)
            update = narrow.render_partial_update()
            assert isinstance(update, ChopsUpdate)
            said.append(update.render_segments(desk.app.console))

        assert _letters(said[0]) == _letters(said[1])


def _letters(sequences: str) -> str:
    """Without jumps to where nothing is written, which Textual's own has some of."""
    return re.sub(r"(\x1b\[\d+;\d+H)+(?=\x1b\[\d+;\d+H|\n|$)", "", sequences)


async def test_a_countdown_asks_nobody_but_its_column() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(120, 40)) as pilot:
        await desk.give(pilot, canned(50, NOON, by_seconds))
        await settle(pilot)
        compositor = desk.app.queue._compositor
        asked = list(compositor._get_renders(Region(2, 4, 8, 20)))

        assert len(asked) == 1
        assert len(compositor.visible_widgets) > 8


def test_a_textual_without_these_names_paints_in_its_own_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert can_narrow()
    monkeypatch.setattr(Compositor, "visible_widgets", None)
    assert not can_narrow()
