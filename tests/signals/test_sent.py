"""What reaches the terminal, the command and the title, and when is all quiet?"""

import asyncio
import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from textual import events

from services.clock import ManualClock
from services.domain import Severity
from services.poller.presence import Presence
from services.signals import terminal
from services.signals.terminal import BELL, Mux, Notify
from tests.screen.stage import NOON, POLICY, Desk, FakeFeed, issue, settle, snapshot
from tui.app import RotaApp
from tui.options import ScreenOptions
from tui.signaller import Attention, SignalOptions
from tui.signals import Calls

LATE = snapshot(issue(1, "late", 60))
FIRE = snapshot(issue(2, "fire", 1, severity=Severity.P1))


class Rings(Desk):
    """A desk whose terminal keeps what it is sent."""

    def __init__(self, options: SignalOptions, environ: dict[str, str] | None = None) -> None:
        super().__init__(ScreenOptions(signals=options), environ=environ)
        self.sent: list[str] = []
        self.app.signaller._write = self.sent.append

    @property
    def bells(self) -> int:
        return self.sent.count(BELL)


PLAIN = SignalOptions(notify=Notify.OFF)


async def test_a_breach_rings_once_and_a_tick_rings_the_next_step() -> None:
    desk = Rings(PLAIN)
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, LATE)
        await desk.give(pilot, LATE)
        first = desk.bells
        await desk.give(pilot, snapshot(*LATE.issues, issue(3, "soon", 20)))
        await desk.pass_time(pilot, 151)

        assert first == 1
        assert desk.bells == 2


async def test_it_is_quiet_while_it_has_the_focus_but_for_a_new_p1() -> None:
    desk = Rings(PLAIN)
    async with desk.app.run_test(size=(80, 24)) as pilot:
        desk.app.post_message(events.AppFocus())
        await pilot.press("j")
        await desk.give(pilot, LATE)
        quiet = desk.bells
        await desk.give(pilot, snapshot(*LATE.issues, *FIRE.issues))
        loud = desk.bells
        desk.app.post_message(events.AppBlur())
        await settle(pilot)
        await desk.give(pilot, snapshot(issue(5, "another", 60)))

        assert (quiet, loud, desk.bells) == (0, 1, 2)


def test_who_presses_no_key_for_long_is_not_there() -> None:
    attention = Attention(SignalOptions(away_after=timedelta(minutes=10)))
    unknown = attention.here(0)
    attention.touch(0)
    typed = attention.here(20), attention.here(31)
    attention.focus(True)
    focused = attention.here(599), attention.here(601)
    attention.focus(False)

    assert (unknown, typed, focused) == (False, (True, False), (True, False))
    assert not attention.here(1)
    assert Attention(SignalOptions(away_after=timedelta(0))).here(0) is False


async def test_mute_is_for_one_issue_or_for_a_while_and_says_so() -> None:
    desk = Rings(PLAIN)
    calm = issue(1, "not late yet", 1)
    async with desk.app.run_test(size=(100, 24), notifications=True) as pilot:
        await desk.give(pilot, snapshot(calm))
        await pilot.press("S")
        await settle(pilot)
        marked = desk.rows()
        await desk.pass_time(pilot, 1800)
        muted = desk.bells
        await pilot.press("S")
        await settle(pilot)
        await desk.pass_time(pilot, 31)
        await desk.give(pilot, snapshot(calm, issue(2, "x", 0)))

        assert "muted" in marked[0]
        assert muted == 0
        assert desk.bells == 1


async def test_everything_is_muted_for_so_many_minutes() -> None:
    desk = Rings(PLAIN)
    async with desk.app.run_test(size=(100, 24), notifications=True) as pilot:
        await desk.give(pilot, snapshot(issue(1, "calm", 1)))
        await pilot.press("Z", "backspace", "backspace", "x", "enter")
        await settle(pilot)
        refused = desk.text()
        await pilot.press("backspace", "5", "enter")
        await settle(pilot)
        told = desk.text()
        await desk.give(pilot, LATE)
        muted = desk.bells
        await desk.give(pilot, FIRE)
        loud = desk.bells
        await desk.pass_time(pilot, 301)
        await desk.give(pilot, LATE)

        assert "whole number of minutes" in refused
        assert "muted for 5 min" in told
        assert "MUTED" in told
        assert (muted, loud, desk.bells) == (0, 1, 2)


async def test_a_command_is_told_in_its_environment_and_gets_no_token(tmp_path: Path) -> None:
    said = tmp_path / "said.json"
    script = "import json, os, sys; json.dump(dict(os.environ), open(sys.argv[1], 'w'))"
    options = replace(PLAIN, bell=False, command=(sys.executable, "-c", script, str(said)))
    desk = Rings(options, {"ROTA_ZENDESK_TOKEN": "s3cr3t", "HOME": "/nowhere"})
    nasty = issue(1, "a $(touch x) ; \x00\x1b[2J", 60, severity=Severity.P2)
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, snapshot(nasty))
        await asyncio.gather(*desk.app.signaller._running)
        environ = json.loads(said.read_text())

        assert environ["ROTA_SUBJECT"] == "a $(touch x) ; ␀␛[2J"
        assert environ["ROTA_SEVERITY"] == "P2"
        assert "s3cr3t" not in said.read_text()
        assert desk.sent == []


async def test_a_command_that_fails_is_told_on_the_screen() -> None:
    desk = Rings(replace(PLAIN, command=("/nowhere/at/all",)))
    async with desk.app.run_test(size=(100, 24), notifications=True) as pilot:
        await desk.give(pilot, LATE)
        await asyncio.gather(*desk.app.signaller._running)
        await settle(pilot)

        assert "cannot be started" in desk.text()


async def test_the_test_in_the_palette_says_what_got_through() -> None:
    desk = Rings(SignalOptions(notify=Notify.OSC9))
    async with desk.app.run_test(size=(100, 24)) as pilot:
        await desk.give(pilot, snapshot())
        await pilot.press("colon", *"test signals", "enter")
        await settle(pilot)
        await settle(pilot)

        assert "Bell: sent" in desk.text()
        assert "sent as osc9" in desk.text()
        assert "none in the configuration" in desk.text()
        assert desk.sent == [BELL, "\x1b]9;rota: this is a test: Signals reach you.\x1b\\"]


async def test_the_title_shows_the_worst_and_is_given_back() -> None:
    desk = Rings(replace(PLAIN, bell=False, title=True))
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, LATE)
        shown = list(desk.sent)
        await pilot.press("ctrl+q")

    assert shown[-1].endswith("\x1b]2;rota: 1 late\x1b\\")
    assert desk.sent[-1] == terminal.RESTORE_TITLE


@given(
    st.text(), st.text(), st.sampled_from(list(Mux)), st.sampled_from([Notify.OSC9, Notify.OSC777])
)
def test_no_text_gets_out_of_its_notification(title: str, text: str, mux: Mux, how: Notify) -> None:
    sent = terminal.notification(how, title, text, mux)
    inner = terminal.notification(how, title, text, Mux.NONE)
    escapes = {Mux.NONE: 2, Mux.TMUX: 2 + 4, Mux.SCREEN: 3}[mux]

    assert inner.count("\x1b") == 2
    assert sent.count("\x1b") == escapes
    assert "\x07" not in inner
    assert "\n" not in sent


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, Notify.OSC9),
        ({"VTE_VERSION": "7600"}, Notify.OSC777),
        ({"TERM": "rxvt"}, Notify.OSC777),
    ],
)
def test_the_notification_is_what_the_terminal_understands(
    environ: dict[str, str], expected: Notify
) -> None:
    assert terminal.chosen(Notify.AUTO, environ) is expected
    assert terminal.chosen(Notify.OFF, environ) is Notify.OFF


async def test_keys_the_focus_and_the_mouse_tell_that_somebody_is_there() -> None:
    """What is asked less often while nobody is, is asked at once for who comes back."""
    clock = ManualClock(NOON)
    presence = Presence(clock)
    app = RotaApp(FakeFeed(), POLICY, clock, calls=Calls(presence=presence))
    told: dict[str, events.Event] = {
        "focus": events.AppFocus(),
        "mouse": events.MouseMove(None, 5, 5, 1, 0, 0, False, False, False),
        "blur": events.AppBlur(),
    }
    away: list[bool] = []
    async with app.run_test(size=(80, 24)) as pilot:
        for sign in ("key", "focus", "mouse", "blur"):
            presence.touch()
            await clock.advance(16 * 60)
            assert presence.away
            if sign == "key":
                await pilot.press("j")
            else:
                # As the terminal's driver gives them to the app.
                app.post_message(told[sign])
                await pilot.pause()
            away.append(presence.away)

    assert away == [False, False, False, True]
