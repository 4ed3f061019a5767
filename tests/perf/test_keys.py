"""A key costs what it changes: cells sent, lines asked for, never a new layout of the screen."""

import random
import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pyte
import pytest
from msgspec.structs import replace
from rich.cells import cached_cell_len
from textual._compositor import Compositor
from textual.css.stylesheet import Stylesheet
from textual.geometry import Region
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widget import Widget

from services.domain import Snapshot
from services.outbox.outbox import Outbox
from tests.perf.canned import by_minutes, by_seconds, canned_issue, mixed
from tests.perf.test_tick import Wire, a_terminal_with_all_colours, desk_with
from tests.screen.stage import NOON, Desk, settle
from tui.screens.forms import FormScreen
from tui.screens.resting import REST, RUNNING
from widgets.fitting import WIDTHS_KEPT
from widgets.lines import STRIPS_KEPT

WIDE = (120, 40)

__all__ = ["a_terminal_with_all_colours"]


def sent_so_far(desk: Desk) -> Wire:
    """The terminal, with nothing on it that has been seen before."""
    wire = desk.app._driver
    assert isinstance(wire, Wire)
    wire.sent = ""
    return wire


def counted(monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> list[str]:
    """Whenever it is called."""
    calls: list[str] = []
    real: Callable[..., object] = getattr(owner, name)

    def counting(*args: object, **more: object) -> object:
        calls.append(name)
        return real(*args, **more)

    monkeypatch.setattr(owner, name, counting)
    return calls


async def at_rest(pilot: Pilot[None]) -> None:
    """Until what hangs on where the cursor rests has been done."""
    await pilot.pause(RUNNING + REST + 0.1)
    await settle(pilot)


@pytest.mark.parametrize("number", [200, 2_000])
async def test_a_cursor_key_sends_two_lines_before_anything_else_happens(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk_with(number, by_minutes, WIDE) as (desk, pilot):
        await pilot.press("j")
        await at_rest(pilot)
        wire, layouts = sent_so_far(desk), counted(monkeypatch, Compositor, "reflow")
        asked: list[tuple[str, int]] = []
        for widget in desk.app.queue._compositor.visible_widgets:
            monkeypatch.setattr(widget, "render_lines", _noting(widget, asked))

        desk.app.queue.action_move(1)

        assert 0 < len(wire.sent.encode()) <= 600
        assert sorted(asked) == [("gutter", 2), ("marks", 2), ("queue", 2)]
        assert layouts == []


def _noting(widget: Widget, asked: list[tuple[str, int]]) -> Callable[[Region], list[Strip]]:
    painted = widget.render_lines

    def paint(crop: Region) -> list[Strip]:
        asked.append((widget.id or "", crop.height))
        return painted(crop)

    return paint


async def test_the_issue_beside_the_queue_changes_without_a_new_layout(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with desk_with(200, by_minutes, WIDE) as (desk, pilot):
        await at_rest(pilot)
        detail, layouts = desk.app.queue._detail, counted(monkeypatch, Compositor, "reflow")
        before = detail.lines_refreshed
        await pilot.press("j")
        await at_rest(pilot)

        assert detail.about == desk.selected
        assert "40001" in desk.text().partition("▏")[2]
        assert 0 < detail.lines_refreshed - before < detail.size.height
        assert layouts == []


async def test_keys_that_come_together_end_where_they_would_have_one_by_one() -> None:
    async with desk_with(200, by_minutes, WIDE) as (desk, pilot):
        await pilot.press(*"jjjjjjjjkk")
        await at_rest(pilot)

        assert desk.app.queue.table.cursor == 6
        assert desk.app.queue._detail.about == desk.selected
        assert desk.text() == _repainted(desk)


async def test_a_key_that_scrolls_paints_the_list_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with desk_with(200, by_minutes, WIDE) as (desk, pilot):
        await pilot.press("pagedown")
        await at_rest(pilot)
        wire, layouts = sent_so_far(desk), counted(monkeypatch, Compositor, "reflow")
        asked: list[tuple[str, int]] = []
        for widget in desk.app.queue._compositor.visible_widgets:
            monkeypatch.setattr(widget, "render_lines", _noting(widget, asked))
        desk.app.queue.action_move(1)

        height = desk.app.queue.table.size.height
        assert {name for name, _ in asked} == {"", "gutter", "marks", "queue"}
        lines = Counter[str]()
        for name, number in asked:
            lines[name] += number
        # Of the scroll bar, which has no name, only where its handle begins and ends.
        assert 0 < lines.pop("") < height / 2
        assert set(lines.values()) == {height}
        assert len(wire.sent.encode()) <= 260 * height
        assert layouts == []
        assert desk.app.queue.table.cursor == height


async def test_what_lay_below_a_form_is_painted_once_when_it_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with desk_with(200, by_minutes, WIDE) as (desk, pilot):
        await at_rest(pilot)
        await pilot.press("t")
        await settle(pilot)
        assert isinstance(desk.app.screen, FormScreen)
        wire = sent_so_far(desk)
        layouts = counted(monkeypatch, Compositor, "reflow")
        await pilot.press("escape")
        for _ in range(3):
            await settle(pilot)

        assert desk.app.screen_stack[-1] == desk.app.queue
        assert wire.sent.count("IN HOURS") == 1
        assert layouts == []
        assert desk.text() == _repainted(desk)


async def test_a_form_is_painted_once_when_it_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk_with(200, by_minutes, WIDE) as (desk, pilot):
        await at_rest(pilot)
        for key in ("t", "escape", "n", "escape"):
            await pilot.press(key)
            await settle(pilot)
        await at_rest(pilot)
        wire = sent_so_far(desk)
        layouts = counted(monkeypatch, Compositor, "reflow")
        styled = counted(monkeypatch, Stylesheet, "update_nodes")
        await pilot.press("t")
        for _ in range(3):
            await settle(pilot)

        assert isinstance(desk.app.screen, FormScreen)
        assert wire.sent.count("Triage") == 1
        # Textual lays out once more where parts have other sizes than in the form before.
        assert len(layouts) <= 2
        assert len(wire.sent) <= 20_000
        assert styled == []
        assert desk.text() == _repainted(desk)


async def test_of_a_queue_under_a_form_nothing_is_painted_while_it_counts_down() -> None:
    async with desk_with(200, by_seconds, WIDE) as (desk, pilot):
        await at_rest(pilot)
        await pilot.press("t")
        await settle(pilot)
        # Within a minute, which the form itself counts in.
        await desk.pass_time(pilot, 1)
        wire = sent_so_far(desk)
        for _ in range(3):
            await desk.pass_time(pilot, 1)
        assert wire.sent == ""
        await pilot.press("escape")
        await settle(pilot)
        assert desk.text() == _repainted(desk)


async def test_a_form_nobody_typed_in_is_left_without_a_word_to_the_disk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with desk_with(20, by_minutes, WIDE) as (desk, pilot):
        kept = counted(monkeypatch, Outbox, "save_draft")
        await pilot.press("t", "escape")
        await settle(pilot)
        untouched = len(kept)
        await pilot.press("t", "x", "escape")
        await settle(pilot)

        assert desk.app.screen_stack[-1] == desk.app.queue
        assert untouched == 0
        assert kept


async def test_painted_lines_are_forgotten_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """To drop them all at once would have memory swell and shrink for a whole shift."""
    async with desk_with(400, by_minutes, WIDE) as (desk, pilot):
        lines, held = desk.app.queue.table._lines, list[int]()
        for _ in range(8):
            await pilot.press("pagedown")
            await settle(pilot)
            held.append(len(lines._strips))

        assert max(held) == STRIPS_KEPT
        assert held == sorted(held)


async def test_the_widths_of_times_are_not_kept_for_a_shift() -> None:
    async with desk_with(60, by_seconds, WIDE) as (desk, pilot):
        kept = []
        for _ in range(4):
            for _ in range(20):
                await desk.pass_time(pilot, 1)
            await desk.give(pilot, desk.app.snapshot)
            kept.append(cached_cell_len.cache_info().currsize)

        assert max(kept) <= WIDTHS_KEPT


def _repainted(desk: Desk) -> str:
    """The whole screen, painted anew."""
    desk.app.screen.refresh()
    return desk.text()


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("size", [(120, 40), (60, 15)])
async def test_the_terminal_shows_what_a_whole_paint_would(
    size: tuple[int, int], seed: int
) -> None:
    """After any keys, polls and seconds: nothing is left standing that is no longer so."""
    chance = random.Random(seed)
    async with desk_with(60, mixed, size) as (desk, pilot):
        wire = desk.app._driver
        assert isinstance(wire, Wire)
        told = desk.app.snapshot
        for _ in range(15):
            match chance.choice(("keys", "keys", "poll", "time", "form", "story")):
                case "keys":
                    await pilot.press(*chance.choices(KEYS, k=chance.randrange(1, 9)))
                case "poll":
                    told = changed(told, chance)
                    await desk.give(pilot, told)
                case "time":
                    await desk.pass_time(pilot, chance.choice((1, 1, 30, 60)))
                case "form":
                    await pilot.press("t", *chance.choice(((), ("x", "down"))), "escape")
                case "story":
                    await at_rest(pilot)
        await at_rest(pilot)

        assert desk.app.screen_stack[-1] == desk.app.queue
        assert on_the_terminal(wire, size) == [line.rstrip() for line in desk.painted()]


@pytest.mark.parametrize("keys", ["?", "O", "t", "nx<f4>"])
async def test_so_it_does_with_a_page_over_a_queue_that_counts_down(keys: str) -> None:
    async with desk_with(60, mixed, WIDE) as (desk, pilot):
        wire = desk.app._driver
        assert isinstance(wire, Wire)
        for key in re.findall(r"<\w+>|.", keys):
            await pilot.press(key.strip("<>"))
            await settle(pilot)
        for seconds in (1, 60):
            await desk.pass_time(pilot, seconds)
            await desk.give(pilot, changed(desk.app.snapshot, random.Random(seconds)))
            await settle(pilot)

            seen = on_the_terminal(wire, WIDE)
            assert desk.app.screen is not desk.app.queue
            assert seen == [line.rstrip() for line in desk.painted()]
            # The queue is seen below a page in a box, and what is on top of it hides it.
            assert ("IN HOURS" in seen[0]) == (keys == "?")
        await pilot.press(*["escape"] * len(keys))
        await settle(pilot)
        assert desk.text() == _repainted(desk)


def on_the_terminal(wire: Wire, size: tuple[int, int]) -> list[str]:
    """Lines that somebody reads there."""
    screen = pyte.Screen(*size)
    pyte.Stream(screen).feed(wire.sent.replace("\x1b[>1u", "").replace("\x1b[<u", ""))
    return [line.rstrip() for line in screen.display]


KEYS = ("j", "k", "j", "k", "down", "up", "pagedown", "pageup", "g", "G", "space", "v")


def changed(told: Snapshot, chance: random.Random) -> Snapshot:
    """Some issues are due at another time, one has left, one has come."""
    issues = list(told.issues)
    for place in chance.sample(range(len(issues)), 5):
        promise = issues[place].promises[0]
        later = (promise.due_at or NOON) + timedelta(minutes=chance.randrange(1, 90))
        issues[place] = replace(issues[place], promises=(replace(promise, due_at=later),))
    del issues[chance.randrange(len(issues))]
    issues.insert(0, canned_issue(chance.randrange(100, 9_000), NOON + timedelta(hours=2), NOON))
    return replace(told, issues=tuple(issues))
