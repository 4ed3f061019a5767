"""Does every key of every screen do something, and only what it says, where it says?

A new screen is one table in `tui.keys` and one entry in `WAYS`: how to get there from the queue.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

import pytest
from msgspec.structs import replace
from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.pilot import Pilot
from textual.widgets import Input

from services.domain import Rota, Schedule, Shift
from services.errors import ConfigError
from tests.screen.stage import NOON, Desk, issue, settle, snapshot
from tui.key import Key, Table
from tui.keymap import FORBIDDEN, bindings, keymap, shown
from tui.keys import SCREENS, WHILE_TYPING
from tui.options import ScreenOptions
from tui.palette import KeyCommands, table_of
from tui.screens.queue import QueueScreen

THREE = snapshot(issue(1, "first"), issue(2, "second", 20), issue(3, "third", 40))

Way = Callable[[Desk, Pilot[None]], Awaitable[None]]


def press(*keys: str) -> Way:
    """The way to a screen that a few keys open."""

    async def there(desk: Desk, pilot: Pilot[None]) -> None:
        await pilot.press(*keys)

    return there


def on_a_rota(*keys: str) -> Way:
    """The way to a screen that needs somebody on call."""

    async def there(desk: Desk, pilot: Pilot[None]) -> None:
        hours = [(NOON + timedelta(hours=n), NOON + timedelta(hours=n + 4)) for n in (-1, 3)]
        turns = [
            Shift(start, end, who, who, override=False)
            for who, (start, end) in zip(("Ann", "Bo"), hours, strict=True)
        ]
        known = Rota((Schedule("S1", "Primary", tuple(turns)),), hours[0][0], NOON + timedelta(15))
        await desk.give(pilot, replace(THREE, rota=known))
        await pilot.press(*keys)

    return there


def reported(*keys: str) -> Way:
    """The way to a screen that needs a promise that was missed; it has no key of its own."""

    async def there(desk: Desk, pilot: Pilot[None]) -> None:
        # What was told before is judged when there is time; here, before it is gone.
        desk.app.journal.look(len(THREE.issues))
        await desk.give(pilot, snapshot(issue(1, "first", 90)))
        desk.app.action_report()
        await settle(pilot)
        await pilot.press(*keys)

    return there


WAYS: Mapping[str, Way] = {
    "queue": press(),
    "issue": press("enter"),
    "page": press("d"),
    "search": press("question_mark"),
    "ask": press("Z"),
    "links": press("b"),
    "rota": press("w"),
    "override": on_a_rota("w", "plus"),
    "preview": on_a_rota("w", "plus", *"Bo", "ctrl+s"),
    "handover": press("H"),
    "remarks": press("H", "e"),
    "report": reported(),
    "missed": reported("m"),
    "reason": reported("m", "e"),
    "form": press("n"),
    "form_preview": press("n", "x", "ctrl+s"),
    "confirm": press("n", "f4"),
    "outbox": press("O"),
}
"""How to get to each screen."""


def parts(key: Key) -> list[str]:
    return [part for part in key.keys.split(",") if part]


def test_there_is_a_way_to_each_screen() -> None:
    assert WAYS.keys() == SCREENS.keys()


@pytest.mark.parametrize("screen", SCREENS)
async def test_every_key_of_a_screen_does_what_its_table_says(
    screen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each key is really pressed; its action is noted and not carried out."""
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, THREE)
        await WAYS[screen](desk, pilot)
        await settle(pilot)
        top = desk.app.screen
        done: list[str] = []

        async def note(action: str, default_namespace: DOMNode | None = None) -> bool:
            answered = _answered(desk.app, default_namespace or desk.app, action)
            if answered:
                done.append(action.removeprefix("app."))
            return answered

        monkeypatch.setattr(desk.app, "run_action", note)
        table = SCREENS[screen]
        await burst(desk, pilot, *(part for key in table for part in parts(key)))
        hidden = [key.id for key in table if not _answered(desk.app, top, key.action)]

    # Textual's own keys for leaving and for the palette say it without the `app.`.
    expected = [key.action.removeprefix("app.") for key in table for _ in parts(key)]
    assert table_of(top) == table
    assert (done, hidden) == (expected, [])


def _answered(app: App[None], namespace: DOMNode, action: str) -> bool:
    target, name, _ = app._parse_action(action, namespace)
    return any(callable(getattr(target, f"{a}action_{name}", None)) for a in ("", "_"))


@pytest.mark.parametrize("screen", SCREENS)
def test_the_keys_of_a_screen_can_be_typed_told_and_are_not_kept_by_terminals(screen: str) -> None:
    table = SCREENS[screen]
    ids = [key.id for key in table]

    assert len(set(ids)) == len(ids)
    assert all(key.help.endswith((".", "?")) and key.label for key in table)
    assert not {part for key in table for part in parts(key)} & FORBIDDEN
    assert all(shown(key, {}) for key in table if key.keys)
    assert len({binding.id for binding in bindings(table)}) == len(ids)


@pytest.mark.parametrize("screen", sorted(WHILE_TYPING))
def test_no_letter_acts_while_typing(screen: str) -> None:
    letters = {part for key in SCREENS[screen] for part in parts(key) if len(part) == 1}

    assert letters == set()
    assert "space" not in {part for key in SCREENS[screen] for part in parts(key)}


@pytest.mark.parametrize(
    ("chosen", "why"),
    [
        ({"refesh": "x"}, "keys.refesh: there is no such action. Did you mean refresh"),
        ({"qqqq": "x"}, "Known are acknowledge"),
        ({"why": "j"}, r"keys.why: j already means down \(queue\)"),
        ({"refresh": "/"}, "slash already means filter"),
        ({"mine": "d", "why": "d"}, "already means"),
        ({"why": "space"}, r"space already means mark \(queue\)"),
        ({"why": "ctrl+a"}, "terminals keep it"),
        ({"why": "ctrl+I"}, "terminals keep it"),
        ({"why": ""}, "there is no key here"),
        ({"why": "w,"}, "there is no key here"),
        ({"why": "contrl+w"}, "there is no key called 'contrl\\+w'"),
        ({"why": "enterr"}, "there is no key called 'enterr'"),
    ],
)
def test_a_key_that_cannot_be_had_is_refused(chosen: dict[str, str], why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        keymap(chosen)


@pytest.mark.parametrize(
    ("said", "named"),
    [("z", "z"), ("?", "question_mark"), ("f5,ctrl+w", "f5,ctrl+w"), (",", "comma"), ("F5", "f5")],
)
def test_a_key_may_be_written_as_people_write_it(said: str, named: str) -> None:
    table: Table = (Key("why", "d", "why", "Why", "Why?"),)

    assert keymap({"why": said}, {"queue": table}) == {"why": named}


def test_two_keys_can_be_exchanged() -> None:
    assert keymap({"why": "m", "mine": "d"}) == {"why": "m", "mine": "d"}


async def test_a_key_of_ones_own_acts_on_every_screen_and_is_told_everywhere() -> None:
    desk = Desk(ScreenOptions(keys={"copy_link": "z"}))
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, THREE)
        await pilot.press("enter", "y")
        await settle(pilot)
        before = desk.app.clipboard
        await pilot.press("z", "question_mark", *"copy")
        await settle(pilot)

        assert before == ""
        assert desk.app.clipboard == "https://example.zendesk.com/3"
        assert any("z " in line and "copy_link" in line for line in desk.painted())


async def burst(desk: Desk, pilot: Pilot[None], *keys: str) -> None:
    """All keys arrive before the first is answered, as after a lag or from a paste tool."""
    driver = desk.app._driver
    assert driver is not None
    for key in keys:
        driver.send_message(events.Key(key, key if len(key) == 1 else None))
    await settle(pilot)
    await asyncio.sleep(0)
    await settle(pilot)


async def test_keys_of_one_burst_land_in_the_box_that_the_first_of_them_opened() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, THREE)
        await burst(desk, pilot, "slash", *"rmqdsecond", "backspace", "d")

        assert desk.app.queue.query_one("#filter", Input).value == "rmqdsecond"
        assert desk.feed.refreshes == 0
        assert isinstance(desk.app.screen, QueueScreen)


async def test_keys_of_one_burst_wait_for_the_screen_that_the_first_of_them_opened() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, THREE)
        await burst(desk, pilot, "question_mark", *"brow")
        searched = desk.app.screen.query_one("#search", Input).value
        await pilot.press("escape")
        await burst(desk, pilot, "j", "enter", "y")

        assert searched == "brow"
        assert desk.app.clipboard == "https://example.zendesk.com/2"


async def test_ctrl_c_says_which_key_leaves() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24), notifications=True) as pilot:
        await desk.give(pilot, THREE)
        await pilot.press("ctrl+c")
        await settle(pilot)

        assert "Press q to leave rota." in desk.text()
        assert desk.app.is_running


async def test_a_palette_left_below_by_keys_typed_fast_is_in_nobodys_way() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, THREE)
        await pilot.press("ctrl+p")
        # What a key had asked for before arrives behind it.
        desk.app.writing.open("note", desk.app.snapshot.issues[:1])
        await settle(pilot)
        await pilot.press("ctrl+p", *"what was said", "enter")
        await settle(pilot)

        assert type(desk.app.screen).__name__ == "PageScreen"


async def test_the_palette_has_the_actions_of_the_screen_it_is_called_from() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, THREE)
        await pilot.press("enter", "colon", *"copy link", "enter")
        await settle(pilot)

        assert desk.app.clipboard == "https://example.zendesk.com/3"
        assert isinstance(desk.app.COMMANDS, set)
        (load,) = desk.app.COMMANDS
        assert load is not KeyCommands
