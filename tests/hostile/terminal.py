"""A terminal that the dashboard really writes to, and that remembers what was done to it."""

import re
import unicodedata
from collections.abc import Sequence

import pyte
from textual.drivers.headless_driver import HeadlessDriver
from textual.pilot import Pilot
from wcwidth import wcwidth

from services.signals.terminal import Notify
from tests.screen.stage import Desk
from tui.options import ScreenOptions
from tui.signaller import SignalOptions

OURS = re.compile(
    r"\x1b\[[0-9;:]*m"  # colours
    r"|\x1b\[[0-9]+;[0-9]+H"  # to a place
    r"|\x1b\[\?2026[hl]"  # hold back, show
    r"|\x1b\]22;default\x07"  # the pointer's shape
    r"|\x1b\]8;(id=[0-9-]+)?;(https?://[!-~]+)?\x1b\\"  # a link to a host of ours, and its end
    r"|\n"  # on to the next line
)
"""All that painting a screen takes; everything else was smuggled in."""

PATIENCE = 100
"""Turns to wait for a screen to be painted, on a slow machine."""

CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")


class Terminal(pyte.Screen):
    """An emulator's screen."""

    def __init__(self, columns: int, lines: int) -> None:
        super().__init__(columns, lines)
        self.told: list[tuple[str, str]] = []
        """What it was made to do besides painting."""
        self.written: list[str] = []
        self._stream = pyte.Stream(self)

    def take(self, data: str) -> None:
        """Obey what the program writes."""
        self.written.append(data)
        data.encode("utf-8")
        # The emulator looks at the first digit only, and takes a pointer's shape for a title.
        self._stream.feed(data.replace("\x1b]22;default\x07", ""))

    def draw(self, data: str) -> None:
        """Paint; a mark without a class of its own is no reason to stop, as it is for pyte."""
        kept = "".join(c for c in data if wcwidth(c) != 0 or unicodedata.combining(c))
        super().draw(kept)

    def set_title(self, param: str) -> None:
        """Remember a title."""
        self.told.append(("title", param))

    def set_icon_name(self, param: str) -> None:
        """Remember a name."""
        self.told.append(("icon", param))

    def bell(self, *args: object) -> None:
        """Remember a bell."""
        self.told.append(("bell", ""))

    def write_process_input(self, data: str) -> None:
        """Remember an answer: it would be read as if it had been typed."""
        self.told.append(("answer", data))

    def cells(self, line: int) -> list[str]:
        """What stands in each cell of a line; the second cell of a wide character is empty."""
        return [self.buffer[line][column].data for column in range(self.columns)]

    def strange(self) -> list[str]:
        """Controls that are not among those that painting takes."""
        return re.findall("[\x00-\x1f\x7f-\x9f].{0,12}", OURS.sub("", "".join(self.written)))


class HostileDesk(Desk):
    """The dashboard in front of a terminal that obeys whatever it is sent."""

    def __init__(self, width: int, height: int) -> None:
        """Sit down before so many cells; nobody is called for, which would ring the bell."""
        super().__init__(
            ScreenOptions(
                signals=SignalOptions(bell=False, notify=Notify.OFF),
                open_hosts=("example.zendesk.com",),
            )
        )
        self.size = (width, height)
        self.terminal = terminal = Terminal(width, height)

        class Driver(HeadlessDriver):
            """Without a keyboard, but with a screen."""

            is_headless = False

            def write(self, data: str) -> None:
                terminal.take(data)

        self.app.driver_class = Driver

    async def unharmed(self, pilot: Pilot[None]) -> None:
        """Nothing but painting was done, and each cell shows what was meant for it."""
        await pilot.pause()
        assert self.terminal.strange() == []
        assert self.terminal.told == []
        await self.painted_whole(pilot)
        self.terminal.written.clear()

    async def painted_whole(self, pilot: Pilot[None]) -> None:
        """Each cell shows what was meant for it, as soon as it is painted."""
        astray = self._astray()
        for _ in range(PATIENCE):
            if not astray:
                break
            # What has changed is painted at the next turn of the screen's own clock.
            await pilot.pause(0.02)
            astray = self._astray()
        assert astray == [], "\n".join(astray)

    def _astray(self) -> list[str]:
        """Lines that do not stand in the terminal's cells as they were meant."""
        lines = enumerate(self.painted())
        return [
            f"{number}: {shown!r} is not {line!r}"
            for number, line in lines
            if (shown := self.terminal.cells(number)) != cells(line)
        ]


def cells(text: str) -> list[str]:
    """The cells that a line of text takes.

    >>> cells("a漢e\\u0301")
    ['a', '漢', '', 'é']
    """
    made: list[str] = []
    for char in text:
        width = wcwidth(char)
        if width == 0:
            # A mark on a wide character is kept in its second cell.
            if unicodedata.combining(char) and made:
                made[-1] = unicodedata.normalize("NFC", made[-1] + char)
            continue
        made += [char, ""][:width]
    return made


def batches(strings: Sequence[str], size: int) -> list[Sequence[str]]:
    """The strings, so many at a time."""
    return [strings[start : start + size] for start in range(0, len(strings), size)]
