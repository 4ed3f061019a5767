"""A terminal that takes nothing stops nobody; once it goes on, it shows what is so by then."""

import contextlib
import os
import pty
import re
import signal
import sys
from codecs import getincrementaldecoder
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from threading import enumerate as enumerate_threads

import pytest
from pyte.screens import Char
from textual.pilot import Pilot

from services.domain import Severity
from services.letters import TicketUpdate
from services.signals.terminal import Notify
from tests.forms.desk import WritingDesk, types, world
from tests.forms.scenes import a_ticket, issue_of
from tests.hostile.terminal import Terminal, cells
from tests.perf.canned import by_seconds, canned
from tests.screen.stage import NOON, Desk, settle
from tui import outlet
from tui.options import ScreenOptions
from tui.outlet import CUT_SHORT, Outlet
from tui.signaller import SignalOptions
from tui.waiting_driver import WaitingDriver

SIZE = (90, 30)
"""Too narrow for the issue beside the queue, which is read in its own time."""

UNKNOWN = re.compile(r"\x1b\[([<>]\d*u|\?\d+\$p)")
"""What the emulator would paint instead of obeying."""

WAYS_OUT = ("\x1b[<u", "\x1b[?1049l", "\x1b[?25h", "\x1b[?1004l", "\x1b[?1006l", "\x1b[?2004l")
"""What gives the terminal back: keyboard, screen, cursor, focus, mouse and pasting."""

LESS = 16_384
"""Characters that may wait here, so that few seconds are more."""

P3 = issue_of(a_ticket(severity=Severity.P3))


class Line:
    """The terminal's end of the line to a dashboard with a driver of its own."""

    def __init__(self, desk: Desk, terminal: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.desk = desk
        self.terminal = terminal
        self.read = ""
        self._decode = getincrementaldecoder("utf-8")().decode
        # That is where Textual looks first.
        monkeypatch.setenv("COLUMNS", str(SIZE[0]))
        monkeypatch.setenv("LINES", str(SIZE[1]))

    @property
    def outlet(self) -> Outlet:
        driver = self.desk.app._driver
        assert isinstance(driver, WaitingDriver)
        assert driver._outlet is not None
        return driver._outlet

    def take(self) -> None:
        """Read all that there is."""
        with contextlib.suppress(BlockingIOError):
            while chunk := os.read(self.terminal, 65_536):
                self.read += self._decode(chunk)

    async def goes_on(self, pilot: Pilot[None]) -> str:
        """Read until nothing more comes; what that was."""
        self.read = ""
        read = None
        while read != self.read or self.outlet.full or self.outlet._dropped:
            read = self.read
            await settle(pilot)
            self.outlet._passed.wait(0.01)
            self.take()
        return self.read

    async def resize(self, pilot: Pilot[None], width: int, height: int) -> None:
        """Give the window another size."""
        driver = self.desk.app._driver
        assert driver is not None
        driver._size = (width, height)
        await pilot.resize_terminal(width, height)
        await settle(pilot)

    async def freeze(self, pilot: Pilot[None]) -> int:
        """Read nothing until paints are dropped; how much waited at the most."""
        waited = 0
        for _ in range(500):
            await self.desk.pass_time(pilot, 1)
            waited = max(waited, self.outlet.waiting)
            if self.outlet._dropped:
                return waited
        raise AssertionError("it takes all")


@contextmanager
def line(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """Seat somebody at a terminal that is really written to, and really typed at."""
    terminal, ours = pty.openpty()
    os.set_blocking(terminal, False)
    turns = sys.getswitchinterval()
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)
    with open(ours, "w", encoding="utf-8") as file:
        monkeypatch.setattr(sys, "__stderr__", file)
        monkeypatch.setattr(sys, "__stdin__", file)
        desk.app.driver_class = WaitingDriver
        try:
            yield Line(desk, terminal, monkeypatch)
        finally:
            sys.setswitchinterval(turns)
            os.close(terminal)


def shown(desk: Desk, *told: str) -> Terminal:
    """A terminal of the size that the dashboard has, once it was told all this."""
    terminal = Terminal(*desk.app.size)
    for text in told:
        terminal.take(UNKNOWN.sub("", text))
    return terminal


def looks(terminal: Terminal) -> list[list[Char]]:
    """Characters and colours, cell by cell."""
    return [[terminal.buffer[y][x] for x in range(terminal.columns)] for y in range(terminal.lines)]


@pytest.mark.parametrize("size", [SIZE, (70, 20), (99, 45)])
async def test_it_goes_on_and_what_is_seen_afterwards_is_whole_and_true(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlet, "MUCH", LESS)
    desk = Desk(ScreenOptions(signals=SignalOptions(bell=True, notify=Notify.OFF)))
    with line(desk, monkeypatch) as at:
        async with desk.app.run_test(headless=False, size=SIZE) as pilot:
            await desk.give(pilot, canned(60, NOON, by_seconds))
            before = await at.goes_on(pilot)
            first = desk.selected
            waited = await at.freeze(pilot)
            for _ in range(20):
                desk.app.bell()
            os.write(at.terminal, b"j")
            while desk.selected == first:
                await pilot.pause()
            await at.resize(pilot, *size)
            await desk.give(pilot, canned(40, NOON, by_seconds))
            after = await at.goes_on(pilot)
            now = shown(desk, before, after)
            desk.app.refresh()
            await settle(pilot)
            fresh = await at.goes_on(pilot)

            assert desk.app.size == size
            assert 0 < waited <= LESS
            assert looks(now) == looks(shown(desk, fresh))
            assert [now.cells(y) for y in range(size[1])] == [cells(x) for x in desk.painted()]
            assert after.count("\a") == 1
            assert len(fresh) > 2_000


async def test_what_is_written_while_it_is_frozen_is_kept_and_posted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And the terminal is given back, though it has not read a word of all that."""
    monkeypatch.setattr(outlet, "MUCH", LESS)
    monkeypatch.setattr(outlet, "PATIENCE", 0.0)
    desk = WritingDesk()
    with line(desk, monkeypatch) as at:
        async with desk.app.run_test(headless=False, size=SIZE) as pilot:
            await desk.give(pilot, world(P3))
            await at.goes_on(pilot)
            while not at.outlet._dropped:
                await types(pilot, "<question_mark>", "<escape>")
            await types(pilot, "<n>", "Seen it before", "<ctrl+s>", "<y>")
            await types(pilot, "<c>", "Half a")
        posted = [letter.write for letter in desk.letters]
        kept = desk.answers("zd-4711", "reply")["text"]
        at.take()

        assert [write.comment for write in posted if isinstance(write, TicketUpdate)] == [
            "Seen it before"
        ]
        assert kept.endswith("Half a")
        given_back = at.read.partition(CUT_SHORT)[2]
        assert all(way in given_back for way in WAYS_OUT)
        assert not UNKNOWN.sub("", given_back).strip("\x1b[?0123456789lhu<")


async def test_who_was_stopped_from_outside_takes_the_terminal_anew_and_listens_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As `kill -STOP` and `fg` do it: a shell has had the terminal, and nobody gave it back."""
    desk = Desk()
    with line(desk, monkeypatch) as at:
        async with desk.app.run_test(headless=False, size=SIZE) as pilot:
            await desk.give(pilot, canned(20, NOON, by_seconds))
            await at.goes_on(pilot)
            listened, driver = listeners(), desk.app._driver
            assert isinstance(driver, WaitingDriver)
            driver._sigcont_application()
            await settle(pilot)
            told = await at.goes_on(pilot)
            painted = [cells(line) for line in desk.painted()]
            first = desk.selected
            os.write(at.terminal, b"j")
            while desk.selected == first:
                await pilot.pause()

            assert len(listened) == len(listeners()) == 1
            assert listened != listeners()
            assert all(way in told for way in WAYS_OUT)
            whole = shown(desk, told.rpartition("\x1b[?1049h")[2])
            assert [whole.cells(y) for y in range(SIZE[1])] == painted


def listeners() -> list[Thread]:
    """The threads that read keys."""
    return [thread for thread in enumerate_threads() if thread.name == "textual-input"]
