"""Does the pilot wait for what the dashboard is doing, and for nothing else?"""

import asyncio
import threading
from collections import deque
from datetime import UTC, datetime

import pytest
import textual.app
import textual.css.stylesheet as stylesheet
import textual.pilot
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import Static

from services.clock import ManualClock
from tests.stillness import MOST, OWED, draw_at_rest, still, threads_work, turns

NOON = datetime(2026, 1, 14, 12, tzinfo=UTC)


class Chain(App[None]):
    """Each word is followed by another one, once it is painted."""

    CSS = "Static { color: red; }"

    def __init__(self, length: int) -> None:
        super().__init__()
        self.length = length

    def compose(self) -> ComposeResult:
        yield Static("0", id="word")

    def on_key(self) -> None:
        self.say(1)

    def say(self, number: int) -> None:
        self.query_one("#word", Static).update(str(number))
        if number < self.length:
            self.call_after_refresh(self.say, number + 1)

    @property
    def painted(self) -> str:
        strips = self.screen._compositor.render_strips()
        return "".join(segment.text for segment in strips[0]).strip()


async def test_whatever_follows_from_a_key_is_painted_before_the_next() -> None:
    app = Chain(30)
    async with app.run_test(size=(20, 4)) as pilot:
        await pilot.press("j")

        assert app.painted == "30"


async def test_a_change_of_size_is_not_waited_for() -> None:
    app = Chain(1)
    async with app.run_test(size=(20, 4)) as pilot:
        await pilot.resize_terminal(30, 4)
        await still()

        assert app.screen.size.width == 30


async def test_of_many_steps_the_last_is_drawn() -> None:
    """Here each step is one turn of the screen's clock; without us each would be drawn."""
    drawn: list[str] = []
    app = Chain(30)
    async with app.run_test(size=(20, 4)) as pilot:
        word = app.query_one("#word", Static)
        draw = word.render_lines

        def counted(crop: Region) -> list[Strip]:
            drawn.append(str(word.content))
            return draw(crop)

        word.render_lines = counted  # type: ignore[method-assign]
        await pilot.press("j")
        await still()

    assert drawn == ["30"]


async def test_what_cannot_be_drawn_is_told_to_who_waits() -> None:
    def fails(crop: Region) -> list[Strip]:
        raise ZeroDivisionError

    async def shows() -> None:
        app = Chain(2)
        async with app.run_test(size=(20, 4)) as pilot:
            app.query_one("#word").render_lines = fails  # type: ignore[method-assign]
            await pilot.press("j")

    with pytest.raises(ZeroDivisionError):
        await shows()


async def test_another_dashboard_has_the_same_rules_and_not_those_of_another_theme() -> None:
    sheets, colours = [], []
    for theme in ("textual-dark", "textual-light", "textual-dark"):
        app = Chain(1)
        async with app.run_test() as pilot:
            app.theme = theme
            await pilot.pause()
            sheets.append([id(rule) for rule in app.stylesheet.rules])
            colours.append(app.screen.styles.background.hex)

    assert colours == ["#121212", "#E0E0E0", "#121212"]
    assert sheets[0] == sheets[2]
    assert sheets[0] != sheets[1]


async def test_a_manual_clock_goes_on_when_the_last_that_follows_has_happened() -> None:
    clock, happened = ManualClock(NOON), [0]

    async def works_a_while() -> None:
        await clock.sleep(1)
        for _ in range(MOST - 5):
            await asyncio.sleep(0)
            happened[0] += 1

    working = asyncio.create_task(works_a_while())
    await clock.advance(1)

    assert happened == [MOST - 5]
    assert working.done()


async def test_a_thread_at_work_counts_until_its_end_has_been_told() -> None:
    loop, may_end = asyncio.get_running_loop(), threading.Event()
    before = threads_work(loop)
    working = asyncio.create_task(asyncio.to_thread(may_end.wait))
    await turns(MOST)
    meanwhile = threads_work(loop)
    may_end.set()
    await working
    await turns(1_000_000)

    assert (before, meanwhile, threads_work(loop)) == (False, True, False)


async def test_what_never_rests_is_not_waited_for() -> None:
    loop, rounds = asyncio.get_running_loop(), []

    def go_on(number: int) -> None:
        rounds.append(loop.call_soon(go_on, number + 1))

    go_on(0)
    await ManualClock(NOON).advance(1)
    rounds[-1].cancel()

    assert MOST - 2 <= len(rounds) <= MOST + 2


def test_what_it_rests_on_is_there() -> None:
    loop = asyncio.new_event_loop()
    ready = getattr(loop, "_ready", None)
    loop.close()

    assert isinstance(ready, deque)
    assert {name for name in OWED if not hasattr(Screen(), name)} == set()
    assert textual.pilot.wait_for_idle is still  # type: ignore[attr-defined]
    assert textual.app.wait_for_idle is still  # type: ignore[attr-defined]
    assert Screen._compositor_refresh is draw_at_rest
    tokenized = getattr(stylesheet, "tokenize_values")  # noqa: B009
    assert tokenized({"a": "1"}) is tokenized({"a": "1"})
