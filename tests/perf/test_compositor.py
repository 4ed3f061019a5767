"""Only what lies under changed cells is asked for its lines, and the terminal gets the same."""

from collections.abc import Callable, Iterable

import pytest
from rich.style import Style
from textual._compositor import Compositor
from textual.containers import Vertical
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from tests.perf.canned import by_seconds, canned
from tests.screen.stage import NOON, Desk, settle
from tui.compositor import NarrowCompositor, Piece, Pieces, can_narrow, paint_narrowly, paint_whole
from widgets.gutter import GUTTER


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({Region(2, 4, 8, 1), Region(2, 9, 8, 3)}, id="countdowns"),
        pytest.param({Region(0, 0, 50, 2)}, id="the-header"),
        pytest.param({Region(0, 1, 120, 5)}, id="across-widgets"),
        pytest.param({Region(7, 1, 93, 5), Region(30, 3, 80, 9)}, id="from-the-middle"),
        pytest.param({Region(100, 3, 9, 2), Region(3, 20, 2, 1)}, id="far-apart"),
        pytest.param({Region(110, 30, 50, 20)}, id="beyond-the-edge"),
    ],
)
async def test_a_part_is_painted_as_the_whole_is_and_nothing_else(changed: set[Region]) -> None:
    desk = Desk()
    async with desk.app.run_test(size=(120, 40)) as pilot:
        await desk.give(pilot, canned(50, NOON, by_seconds))
        desk.app.notify("what lies over the queue hides it", timeout=3600)
        await settle(pilot)
        narrow = desk.app.queue._compositor
        assert isinstance(narrow, NarrowCompositor)
        whole = _cells(_as_pieces(narrow.render_strips()))
        narrow._dirty_regions = set(changed)
        update = narrow.render_partial_update()
        assert isinstance(update, Pieces)
        wanted = {(x, y) for x, y in whole if any(region.contains(x, y) for region in changed)}

        assert _cells(update.pieces) == {place: whole[place] for place in wanted}
        assert sum(strip.cell_length for _, _, strip in update.pieces) == len(wanted)


def _as_pieces(strips: Iterable[Strip]) -> list[Piece]:
    return [(0, y, strip) for y, strip in enumerate(strips)]


def _cells(pieces: Iterable[Piece]) -> dict[tuple[int, int], tuple[str, Style | None]]:
    """What stands in each cell, and how it looks."""
    cells = {}
    for x, y, strip in pieces:
        for text, style, _ in strip:
            look = style.clear_meta_and_links() if style is not None else None
            for char in text:
                cells[x, y] = char, look
                x += 1
    return cells


async def test_a_countdown_asks_nobody_but_its_column_and_that_for_its_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, Region]] = []
    desk = Desk()
    async with desk.app.run_test(size=(120, 40)) as pilot:
        await desk.give(pilot, canned(50, NOON, by_seconds))
        await settle(pilot)
        compositor = desk.app.queue._compositor
        for widget in compositor.visible_widgets:
            monkeypatch.setattr(widget, "render_lines", _noting(widget, asked))
        compositor._dirty_regions = {Region(2, 4, 8, 1)}
        compositor.render_partial_update()

        assert asked == [("gutter", Region(0, 1, GUTTER, 1))]
        assert len(compositor.visible_widgets) > 8


def _noting(widget: Widget, asked: list[tuple[str, Region]]) -> Callable[[Region], list[Strip]]:
    painted = widget.render_lines

    def paint(crop: Region) -> list[Strip]:
        asked.append((widget.id or "", crop))
        return painted(crop)

    return paint


@pytest.mark.parametrize("shut", [False, True])
async def test_a_whole_screen_is_painted_as_it_is_with_all_that_has_not_been_asked_for(
    shut: bool,
) -> None:
    desk = Desk()
    async with desk.app.run_test(size=(120, 40)) as pilot:
        await desk.give(pilot, canned(5, NOON, by_seconds))
        screen = Screen[None]()
        paint_narrowly(screen)
        desk.app.push_screen(screen)
        await settle(pilot)
        above, below = Static("one", id="above"), Static("below", id="below")
        box = Vertical(above, id="box")
        box.styles.height = "auto"
        await screen.mount(box, below)
        await settle(pilot)
        assert below.region.y == 1

        # Nobody has had a turn to ask for anything.
        if shut:
            above.display = False
        else:
            above.update("one\ntwo\nthree")
        paint_whole(screen)
        assert below.region.y == (0 if shut else 3)
        assert not screen._compositor._dirty_regions


def test_a_textual_without_these_names_paints_in_its_own_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert can_narrow()
    monkeypatch.setattr(Compositor, "visible_widgets", None)
    assert not can_narrow()
