"""How does a key reach us without anyone asking ten times a second whether there is one?

The input thread sleeps until the terminal has something to read, until a lone Escape has waited
long enough to be one, or until it is told to end. What is painted goes out in one piece, and
nobody waits for a terminal that takes nothing. Nothing else of Textual's driver is changed.
"""

import contextlib
import os
import selectors
import sys
from codecs import getincrementaldecoder
from signal import SIGHUP
from threading import Event, get_ident
from typing import Any

from textual._parser import ParseError
from textual._time import get_time
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.driver import Driver
from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver

from tui.ending import STATUS, Endable
from tui.outlet import SYNC_END, SYNC_START, Outlet

WAITS_FOR_TURN = 0.000_5
"""Seconds after which the threads that read and write may interrupt what else is done.

What was painted is to be seen now, and not once a screen that was left has been cleared away: with
Python's own five milliseconds that is what it would come to.
"""

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
        self._home = get_ident()
        self._has_terminal = False
        self._outlet: Outlet | None = None
        if self._file is not None:
            self._outlet = Outlet(self._file, super().write, self._paint_anew)
            self._file = self._outlet  # type: ignore[assignment]

    def write(self, data: str) -> None:
        """Send to the terminal; a paint, which comes in three pieces, in one."""
        if get_ident() != self._home:
            # The input thread answers what the terminal says of itself.
            self._loop.call_soon_threadsafe(self.write, data)
            return
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
        if self._outlet is None:
            super().write(data)
        else:
            self._outlet.send(data)

    def _paint_anew(self) -> None:
        self._app.call_later(self._app.refresh)

    def stop_application_mode(self) -> None:
        """Give the terminal back, if it takes that."""
        self._has_terminal = False
        if self._outlet is not None:
            self._outlet.leave()
        if not self._is_in_front():
            # How the terminal behaves is up to whoever has it now: the shell.
            self.attrs_before = None
        super().stop_application_mode()

    def give_back(self) -> None:
        """Give the terminal back for good, unless that has been done."""
        if self._has_terminal:
            self.stop_application_mode()
            self.close()

    def _is_in_front(self) -> bool:
        """Whether we are the job that has the terminal, or there is none to be one of."""
        try:
            return os.tcgetpgrp(self.fileno) == os.getpgrp()
        except OSError:
            return True

    def close(self) -> None:
        """Let go of everything; the input thread has ended by now."""
        if self._outlet is not None and not self._outlet.close():
            # It writes to a terminal that takes nothing, and ends with us.
            self._writer_thread = None
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
                    data = self._read()
                    if not data:
                        self._lose_terminal()
                        break
                    # Half a character is no text yet, and no text would mean the end to the parser.
                    for message in parser.feed(text) if (text := decode(data)) else ():
                        self.process_message(message)
                for message in parser.tick():
                    self.process_message(message)
        with contextlib.suppress(EOFError, ParseError):
            for _ in parser.feed(""):
                pass

    def _read(self) -> bytes:
        """What was typed; nothing where the terminal is gone, and nothing will come any more."""
        try:
            return os.read(self.fileno, AT_ONCE)
        except OSError:
            return b""

    def _lose_terminal(self) -> None:
        """Whoever sat here is gone. As a rule a signal tells so too, but not to every job."""
        if self.input_tty and isinstance(self._app, Endable):
            self._loop.call_soon_threadsafe(self._app.end, STATUS + SIGHUP)

    def start_application_mode(self) -> None:
        """Take the terminal; also again, after it was lent to another program."""
        if self._told_to_end.closed:
            self.exit_event = self._told_to_end = WakingEvent()
        if self._outlet is not None:
            self._outlet.open()
        sys.setswitchinterval(WAITS_FOR_TURN)
        self._has_terminal = True
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def resume_application_mode(self) -> None:
        """Go on after a stop. Who was stopped without a word takes the terminal anew, once.

        A shell has had it meanwhile; and a second thread that reads keys would take some of them.
        """
        if self._has_terminal:
            # Not in a signal's handler, which may have come in between two halves of anything.
            self._loop.call_soon_threadsafe(self._take_anew)
        else:
            super().resume_application_mode()

    def _take_anew(self) -> None:
        self.suspend_application_mode()
        self.start_application_mode()
        self._paint_anew()


def can_wait(stock: type[Driver]) -> bool:
    """Whether Textual has what this rests on, and `stock` is the driver it was written for."""
    return (
        stock is LinuxDriver
        and hasattr(XTermParser(), "_timeout_time")
        and "exit_event" in LinuxDriver.disable_input.__code__.co_names
        and "run_input_thread" in LinuxDriver._run_input_thread.__code__.co_names
        and "_file" in LinuxDriver.start_application_mode.__code__.co_names
        and {"_file", "qsize", "flush"} <= {*WriterThread.run.__code__.co_names}
        and "_writer_thread" in LinuxDriver.close.__code__.co_names
        and {"_app", "_loop"} <= {*Driver.__init__.__code__.co_names}
    )
