"""Does the pilot wait for what the dashboard is doing, and for nothing else?"""

import asyncio
from collections import deque

import textual.app
import textual.css.stylesheet as stylesheet
import textual.pilot
from textual.app import App, ComposeResult
from textual.screen import Screen
from textual.widgets import Static

from tests.stillness import OWED, still


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


def test_what_it_rests_on_is_there() -> None:
    loop = asyncio.new_event_loop()
    ready = getattr(loop, "_ready", None)
    loop.close()

    assert isinstance(ready, deque)
    assert {name for name in OWED if not hasattr(Screen(), name)} == set()
    assert textual.pilot.wait_for_idle is still  # type: ignore[attr-defined]
    assert textual.app.wait_for_idle is still  # type: ignore[attr-defined]
    tokenized = getattr(stylesheet, "tokenize_values")  # noqa: B009
    assert tokenized({"a": "1"}) is tokenized({"a": "1"})
