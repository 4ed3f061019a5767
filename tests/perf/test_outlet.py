"""Nobody waits for a terminal: what it takes goes out at once, what it does not take is kept."""

import asyncio
import os
import pty
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO

import pytest
from textual.drivers._writer_thread import WriterThread

from tests.stillness import still
from tui import outlet
from tui.outlet import CUT_SHORT, MUCH, SYNC_END, SYNC_START, Outlet

SCREEN = f"{SYNC_START}\x1b[1;1H{'x' * 50_000}{SYNC_END}"
"""More than a terminal takes at once."""


@dataclass
class Line:
    """A way to a terminal of its own, with Textual's thread; and its other end."""

    file: TextIO
    terminal: int
    handed: list[str] = field(default_factory=list)
    drained: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.outlet = Outlet(self.file, self._give, lambda: self.drained.append("anew"))
        self.thread = WriterThread(self.outlet)  # type: ignore[arg-type]
        self.outlet.open()
        self.thread.start()

    def _give(self, text: str) -> None:
        self.handed.append(text)
        self.thread.write(text)

    def received(self, number: int) -> str:
        """So many bytes, as the terminal gets them."""
        told = b""
        while len(told) < number:
            told += os.read(self.terminal, number - len(told))
        return told.decode()

    def received_until(self, end: str) -> str:
        """All that it gets until it ends so."""
        told = b""
        while not told.endswith(end.encode()):
            told += os.read(self.terminal, MUCH)
        return told.decode()

    async def at_rest(self) -> None:
        """Until nothing waits that the terminal would take."""
        while self.outlet.full or self.outlet._dropped:
            assert self.outlet._passed.wait(60)
            await still()

    def hang_up(self) -> None:
        """The other end is gone."""
        if self.terminal >= 0:
            os.close(self.terminal)
            self.terminal = -1

    def gets_nothing(self) -> bool:
        """Whether there is nothing to read."""
        os.set_blocking(self.terminal, False)
        try:
            return not os.read(self.terminal, 1)
        except BlockingIOError:
            return True


@contextmanager
def line() -> Iterator[Line]:
    terminal, ours = pty.openpty()
    tty.setraw(ours)
    with open(ours, "w", encoding="utf-8") as file:
        made = Line(file, terminal)
        try:
            yield made
        finally:
            made.outlet.close()
            made.thread.stop()
            made.hang_up()


@pytest.fixture(params=["direct", "by-the-thread"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Also where the terminal cannot be opened once more."""
    if request.param == "by-the-thread":
        monkeypatch.setattr(outlet, "_again", lambda file: None)
    return str(request.param)


async def test_what_a_terminal_takes_is_written_at_once_and_wakes_nobody() -> None:
    with line() as made:
        for word in ("one", "two", "three é", "y" * 10_000):
            made.outlet.send(word)

        assert made.received(10_014) == "onetwothree é" + "y" * 10_000
        assert made.handed == []
        assert os.get_blocking(made.file.fileno())


@pytest.mark.usefixtures("way")
async def test_what_follows_a_whole_screen_stays_behind_it() -> None:
    with line() as made:
        whole = "é漢" * 12_000
        for text in (whole, "little", "more"):
            made.outlet.send(text)
        told = made.received(60_000)
        await made.at_rest()

        assert told + made.received(10) == whole + "littlemore"
        assert not made.outlet.full
        assert made.drained == []


@pytest.mark.usefixtures("way")
async def test_while_a_terminal_takes_nothing_little_is_kept_and_paints_are_dropped_whole() -> None:
    with line() as made:
        waiting = []
        made.outlet.send(SCREEN)
        for second in range(400):
            made.outlet.send(f"{SYNC_START}\x1b[2;1H{second:0600}{SYNC_END}")
            made.outlet.send("\a")
            made.outlet.send(f"\x1b]2;{second // 100}\x1b\\")
            waiting.append(made.outlet.waiting)
        first = made.received(len(SCREEN))
        await made.at_rest()
        behind = made.received_until("\x1b]2;3\x1b\\")

        assert max(waiting) <= MUCH
        assert first == SCREEN
        assert behind == "\x1b]2;0\x1b\\\x1b]2;1\x1b\\\x1b]2;2\x1b\\\a\x1b]2;3\x1b\\"
        assert made.drained == ["anew"]
        assert made.gets_nothing()


async def test_a_terminal_that_is_only_slow_gets_every_paint() -> None:
    with line() as made:
        paints = [f"\x1b[{second + 1};1H{second:0600}" for second in range(90)]
        made.outlet.send(SCREEN)
        for paint in paints:
            made.outlet.send(paint)
        told = asyncio.create_task(asyncio.to_thread(made.received_until, paints[-1]))

        assert await told == SCREEN + "".join(paints)
        assert made.drained == []


async def test_of_what_is_no_paint_more_than_much_is_not_kept_either() -> None:
    with line() as made:
        made.outlet.send(SCREEN)
        for number in range(100):
            made.outlet.send(f"\x1b]52;c;{number:01000}\a")

        assert MUCH - 1_100 < made.outlet.waiting <= MUCH
        kept = made.outlet.waiting
        reading = asyncio.create_task(asyncio.to_thread(made.received, len(SCREEN) + kept))
        told = await reading
        await made.at_rest()

        assert told.startswith(SCREEN + f"\x1b]52;c;{0:01000}\a")
        assert told.endswith("\a")
        assert made.drained == ["anew"]


@pytest.mark.usefixtures("way")
async def test_a_terminal_that_takes_nothing_is_given_back_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It gets the way out as soon as it reads again, however much it had not read."""
    monkeypatch.setattr(outlet, "PATIENCE", 0.0)
    with line() as made:
        for text in (SCREEN * 3, "\x1b[3;3Hlater", "\a"):
            made.outlet.send(text)
        made.outlet.leave()
        ways_out = [f"\x1b[?{mode}l" for mode in range(1_000, 1_020)]
        for way_out in ways_out:
            made.outlet.send(way_out)

        assert made.outlet.close()
        told = made.received_until(ways_out[-1])
        assert told.endswith(CUT_SHORT + "".join(ways_out))
        assert told.partition(CUT_SHORT)[0] in SCREEN * 3


@pytest.mark.usefixtures("way")
async def test_a_terminal_that_goes_on_meanwhile_gets_all_of_the_last_paint() -> None:
    with line() as made:
        made.outlet.send(SCREEN)
        made.outlet.leave()
        made.outlet.send("\x1b[?1049l")
        reading = asyncio.create_task(asyncio.to_thread(made.received_until, "\x1b[?1049l"))
        closed = await asyncio.to_thread(made.outlet.close)

        assert await reading == SCREEN + "\x1b[?1049l"
        assert closed


async def test_a_terminal_that_makes_no_room_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outlet, "PATIENCE", 0.0)
    monkeypatch.setattr(outlet, "BETWEEN", 0.0)
    with line() as made:
        made.outlet.send(SCREEN)
        made.outlet.leave()
        with monkeypatch.context() as patch:
            patch.setattr(outlet, "_make_room", lambda file: None)
            free = made.outlet.close()
        made.received(len(SCREEN))

        assert not free


async def test_after_the_end_nothing_is_painted_over_what_others_write() -> None:
    with line() as made:
        made.outlet.leave()
        made.outlet.close()
        made.outlet.send("late")

        assert made.gets_nothing()
        made.outlet.open()
        made.outlet.send("lent and given back")
        assert made.received(19) == "lent and given back"


@pytest.mark.usefixtures("way")
async def test_a_terminal_that_is_gone_is_no_trouble() -> None:
    with line() as made:
        made.hang_up()
        for text in ("little", SCREEN, "more"):
            made.outlet.send(text)
        await made.at_rest()

        assert made.thread.is_alive()
        assert made.outlet.close()


def test_what_is_no_terminal_is_not_opened_again() -> None:
    """A file would be written from its beginning."""
    listens, speaks = os.pipe()
    with open(speaks, "w", encoding="utf-8") as file:
        assert outlet._again(file) is None
    os.close(listens)
