"""How does a key reach us without anyone asking ten times a second whether there is one?

The input thread sleeps until the terminal has something to read, until a lone Escape has waited
long enough to be one, or until it is told to end. Nothing else of Textual's driver is changed.
"""

import contextlib
import os
import selectors
from codecs import getincrementaldecoder
from threading import Event
from typing import Any

from textual._parser import ParseError
from textual._time import get_time
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver

SYNC_START = "\x1b[?2026h"
SYNC_END = "\x1b[?2026l"
"""What a paint begins and ends with, where the terminal knows synchronised output."""

AT_ONCE = 65_536
"""Bytes read in one go: a long paste takes few rounds."""


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

    def write(self, data: str) -> None:
        """Send to the terminal; a paint, which comes in three pieces, in one."""
        if data == SYNC_START or self._held:
            self._held.append(data)
            if data != SYNC_END:
                return
        self.flush()
        if data != SYNC_END:
            super().write(data)

    def flush(self) -> None:
        """Send what is held."""
        if self._held:
            held, self._held = "".join(self._held), []
            super().write(held)
        super().flush()

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
        super().start_application_mode()  # type: ignore[no-untyped-call]


def can_wait(stock: type[Driver]) -> bool:
    """Whether Textual has what this rests on, and `stock` is the driver it was written for."""
    return (
        stock is LinuxDriver
        and hasattr(XTermParser(), "_timeout_time")
        and "exit_event" in LinuxDriver.disable_input.__code__.co_names
        and "run_input_thread" in LinuxDriver._run_input_thread.__code__.co_names
    )
