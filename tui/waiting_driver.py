"""How does a key reach us without anyone asking ten times a second whether there is one?

The input thread sleeps until the terminal has something to read, until a lone Escape has waited
long enough to be one, or until it is told to end. What is painted goes out in one piece: a little
of it at once, as long as the terminal takes it; all else through Textual's thread, so that nobody
waits for a slow terminal. Nothing else of Textual's driver is changed.
"""

import contextlib
import os
import select
import selectors
import sys
from codecs import getincrementaldecoder
from threading import Event
from typing import Any, TextIO

from textual._parser import ParseError
from textual._time import get_time
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.driver import Driver
from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver

SYNC_START = "\x1b[?2026h"
SYNC_END = "\x1b[?2026l"
"""What a paint begins and ends with, where the terminal knows synchronised output."""

WAITS_FOR_TURN = 0.000_5
"""Seconds after which the thread that writes to the terminal may interrupt what else is done.

What was painted is to be seen now, and not once a screen that was left has been cleared away: with
Python's own five milliseconds that is what it would come to.
"""

AT_ONCE = 65_536
"""Bytes read in one go: a long paste takes few rounds."""


LITTLE = 4_096
"""Characters that any terminal which takes some takes at once: a key's lines, or a second's."""


class Outlet:
    """The way to the terminal, for the thread that writes and past it; knows what is on its way."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._written = self._flushed = 0
        self.handed = 0
        """How often something was given to the thread."""

    def fileno(self) -> int:
        """What a selector is given."""
        return self._file.fileno()

    def write(self, text: str) -> None:
        """The thread writes."""
        self._file.write(text)
        self._written += 1

    def flush(self) -> None:
        """The thread has written all that it had."""
        self._file.flush()
        self._flushed = self._written

    def send(self, text: str) -> bool:
        """Write a little past the thread; not while that has something left, or nobody reads.

        Returns:
            Whether it was written.
        """
        if len(text) > LITTLE or self._flushed != self.handed:
            return False
        try:
            if not select.select([], [self], [], 0)[1]:
                return False
            left = text.encode(self._file.encoding, self._file.errors or "strict")
            # A signal may come in between.
            while left:
                left = left[os.write(self.fileno(), left) :]
        except OSError:
            # The terminal is gone; the thread is where that shows.
            return False
        return True


class WakingEvent(Event):
    """An event that can be waited for together with a file: while set, `fileno` is readable."""

    def __init__(self) -> None:
        super().__init__()
        self._listens, self._rings = os.pipe()
        os.set_blocking(self._listens, False)
        self.closed = False

    def fileno(self) -> int:
        """What a selector is given."""
        return self._listens

    def set(self) -> None:
        """Wake whoever waits."""
        super().set()
        os.write(self._rings, b"!")

    def clear(self) -> None:
        """Let others wait again."""
        with contextlib.suppress(BlockingIOError):
            os.read(self._listens, AT_ONCE)
        super().clear()

    def close(self) -> None:
        """Let go of the pipe."""
        self.closed = True
        os.close(self._listens)
        os.close(self._rings)


class WaitingDriver(LinuxDriver):
    """Textual's driver for Linux with an input thread that sleeps until there is input."""

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        """As Textual's, with an event for the end that wakes the input thread."""
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self.exit_event = self._told_to_end = WakingEvent()
        self._held: list[str] = []
        self._outlet: Outlet | None = None
        if self._file is not None:
            self._file = self._outlet = Outlet(self._file)  # type: ignore[assignment]

    def write(self, data: str) -> None:
        """Send to the terminal; a paint, which comes in three pieces, in one."""
        if data == SYNC_START or self._held:
            self._held.append(data)
            if data != SYNC_END:
                return
        self.flush()
        if data != SYNC_END:
            self._send(data)

    def flush(self) -> None:
        """Send what is held."""
        if self._held:
            held, self._held = "".join(self._held), []
            self._send(held)
        super().flush()

    def _send(self, data: str) -> None:
        thread, outlet = self._writer_thread, self._outlet
        if outlet is not None:
            if thread is not None and thread.is_alive() and outlet.send(data):
                return
            outlet.handed += 1
        super().write(data)

    def close(self) -> None:
        """Let go of everything; the input thread has ended by now."""
        super().close()
        self._told_to_end.close()

    def run_input_thread(self) -> None:
        """Wait for input and pass it on, until told to end."""
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            selector.register(self._told_to_end, selectors.EVENT_READ)
            while not self._told_to_end.is_set():
                # Only a sequence cut short, such as a lone Escape, must be looked at again.
                looks_at = parser._timeout_time
                wait = None if looks_at is None else max(0.0, looks_at - get_time())
                ready = {key.fd for key, _ in selector.select(wait)}
                if self.fileno in ready:
                    data = os.read(self.fileno, AT_ONCE)
                    if not data:
                        # The terminal is gone: there will be no input any more.
                        break
                    # Half a character is no text yet, and no text would mean the end to the parser.
                    for message in parser.feed(text) if (text := decode(data)) else ():
                        self.process_message(message)
                for message in parser.tick():
                    self.process_message(message)
        with contextlib.suppress(EOFError, ParseError):
            for _ in parser.feed(""):
                pass

    def start_application_mode(self) -> None:
        """Take the terminal; also again, after it was lent to another program."""
        if self._told_to_end.closed:
            self.exit_event = self._told_to_end = WakingEvent()
        sys.setswitchinterval(WAITS_FOR_TURN)
        super().start_application_mode()  # type: ignore[no-untyped-call]


def can_wait(stock: type[Driver]) -> bool:
    """Whether Textual has what this rests on, and `stock` is the driver it was written for."""
    return (
        stock is LinuxDriver
        and hasattr(XTermParser(), "_timeout_time")
        and "exit_event" in LinuxDriver.disable_input.__code__.co_names
        and "run_input_thread" in LinuxDriver._run_input_thread.__code__.co_names
        and "_file" in LinuxDriver.start_application_mode.__code__.co_names
        and {"_file", "qsize", "flush"} <= {*WriterThread.run.__code__.co_names}
    )
