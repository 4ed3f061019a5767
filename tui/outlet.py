"""What becomes of what is written to a terminal that takes nothing? It waits; nobody waits for it.

A stalled connection, a stopped emulator: what the terminal takes is written at once, a rest by
Textual's thread, so that no sequence is cut. What comes meanwhile is kept; when it is too much,
paints are dropped, and all is painted anew once the terminal goes on. At the end it is waited for,
but not for long: what it has not read by then gives way to what gives it back as it was.
"""

import asyncio
import contextlib
import os
import re
import termios
from collections.abc import Callable
from threading import Event
from time import monotonic
from typing import TextIO

SYNC_START = "\x1b[?2026h"
SYNC_END = "\x1b[?2026l"
"""What a paint begins and ends with, where the terminal knows synchronised output."""

PAINT = re.compile(rf"{re.escape(SYNC_START)}|\x1b\[\d+;\d+H")
"""How a paint begins; nothing else does."""

MUCH = 65_536
"""Characters that may wait: two or three whole screens."""

PATIENCE = 2.0
"""Seconds that the terminal is waited for at the end."""

TRIES, BETWEEN = 100, 0.01
"""How often room is made by force, and seconds for the thread to use it; 12 KB each time."""

CUT_SHORT = f"\x18\x1b\\{SYNC_END}\x1b[0m"
"""Ends whatever sequence, string, paint and colour what was thrown away was in the middle of."""


class Outlet:
    """The way to the terminal; `write` and `flush` are for the thread that writes."""

    def __init__(
        self, file: TextIO, give: Callable[[str], None], drained: Callable[[], object]
    ) -> None:
        """Make the way; it has to be opened.

        Args:
            file: What Textual would write to.
            give: Has the thread write something.
            drained: Called in the loop when the terminal takes all again and paints were dropped.
        """
        self._file = file
        self._give = give
        self._drained = drained
        self._loop = asyncio.get_running_loop()
        self._direct: int | None = None
        self._closed = True
        self._passed = Event()
        self._passed.set()
        self._kept: dict[str, bool] = {}
        self._dropped = False
        self._ways_out: list[str] | None = None

    def open(self) -> None:
        """Begin, or begin again after the terminal was lent to another program."""
        if self._closed:
            self._direct, self._ways_out = _again(self._file), None
            self._closed = False

    def fileno(self) -> int:
        """What Textual may ask for."""
        return self._file.fileno()

    def write(self, text: str) -> None:
        """The thread writes; bytes, one a character."""
        left = text.encode("latin-1")
        # Where the terminal is gone, nobody misses it.
        with contextlib.suppress(OSError):
            while left:
                left = left[os.write(self.fileno(), left) :]

    def flush(self) -> None:
        """The thread has written all that it had."""
        self._passed.set()
        with contextlib.suppress(RuntimeError):
            # Else there is no loop any more, and nothing to go on with.
            self._loop.call_soon_threadsafe(self._go_on)

    @property
    def full(self) -> bool:
        """Whether something waits."""
        return bool(self._kept) or not self._passed.is_set()

    @property
    def waiting(self) -> int:
        """How many characters wait behind what the thread has."""
        return sum(map(len, self._kept))

    def send(self, text: str) -> None:
        """Write it now or later, in the loop and without a wait; nothing after the end."""
        if self._closed:
            return
        if self._ways_out is not None:
            self._ways_out.append(text)
        if self.full:
            self._keep(text)
        else:
            self._pass(text)

    def _keep(self, text: str) -> None:
        paint = PAINT.match(text) is not None
        if not (paint and self._dropped):
            # Said twice, the second time is what counts: many bells are one.
            self._kept.pop(text, None)
            self._kept[text] = paint
        if self.waiting > MUCH and self._ways_out is None:
            self._dropped = True
            self._kept = {kept: False for kept, is_paint in self._kept.items() if not is_paint}
            if self.waiting > MUCH:
                self._kept.pop(text, None)

    def _pass(self, text: str) -> None:
        left = text.encode(self._file.encoding, self._file.errors or "strict")
        if self._direct is not None:
            try:
                left = left[os.write(self._direct, left) :]
            except BlockingIOError:
                pass
            except OSError:
                # The terminal is gone.
                return
        if left:
            self._passed.clear()
            self._give(left.decode("latin-1"))

    def _go_on(self) -> None:
        if self._closed or not self._passed.is_set():
            return
        if self._kept:
            kept, self._kept = "".join(self._kept), {}
            self._pass(kept)
        if self._dropped and not self.full:
            self._dropped = False
            self._drained()

    def leave(self) -> None:
        """From here on all is kept that is written: it gives the terminal back as it was."""
        self._kept.clear()
        self._dropped = False
        self._ways_out = []

    def close(self) -> bool:
        """Have the terminal take what waits, by force if it does not for a while.

        Returns:
            Whether the thread is free.
        """
        until = monotonic() + PATIENCE
        if self._closed:
            return self._passed.is_set()
        while (free := self._passed.wait(max(0.0, until - monotonic()))) and self._kept:
            self._go_on()
        if not free:
            free = self._force()
        self._closed = True
        self._kept.clear()
        if self._direct is not None:
            os.close(self._direct)
            self._direct = None
        return free

    def _force(self) -> bool:
        for _ in range(TRIES):
            _make_room(self._file)
            if self._passed.wait(BETWEEN):
                break
        else:
            return False
        _make_room(self._file)
        self._pass(CUT_SHORT + "".join(self._ways_out or ()))
        return self._passed.wait(TRIES * BETWEEN)


def _again(file: TextIO) -> int | None:
    """The terminal opened once more, so as never to wait; None where it cannot be.

    To change how the one behaves that we were given would change it for the shell as well.
    """
    if not file.isatty():
        return None
    try:
        return os.open(f"/proc/self/fd/{file.fileno()}", os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError:
        return None


def _make_room(file: TextIO) -> None:
    """Throw away what the terminal has not read, and wake whoever waits for room."""
    with contextlib.suppress(termios.error):
        termios.tcflush(file, termios.TCOFLUSH)
        termios.tcflow(file, termios.TCOOFF)
        termios.tcflow(file, termios.TCOON)
