"""What happens when the dashboard is told to end from outside? It leaves as it does by key.

`kill`, an interrupt, a shutdown, a pane that was closed: what was typed is kept, the terminal is
given back if it is there, and connections are closed. Nobody is asked, for nobody may be there to
answer. When that takes too long, it ends as it stands: whatever counts is on the disk at every
moment.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import TYPE_CHECKING

from tui.part import PartOfApp

if TYPE_CHECKING:
    from textual.message_pump import MessagePump

ENDS = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)
"""A terminal that is gone, `kill`, and `kill -INT`; ctrl+c where no screen takes it for a key."""

KEYED = (signal.SIGINT, signal.SIGQUIT)
"""What ctrl+c and ctrl+\\ send to all who share a terminal; meant for the program that has it."""

STATUS = 128
"""What the exit status is more than the signal's number, as shells say it."""

LONGEST = 15.0
"""Seconds that leaving may take: a renewal of tokens is waited for, and a stuck terminal."""

AND_THEN = 5.0
"""Seconds that giving the terminal back may take after that."""

_Handler = Callable[[int, FrameType | None], object]


@contextlib.contextmanager
def listening(
    leave: Callable[[int], object], at_last: Callable[[], object] | None = None
) -> Iterator[None]:
    """Have whoever runs in this loop leave when the program is told to end.

    A signal that whoever started us has switched off stays so, as with `nohup`. Once the program
    was told, nothing of this is taken back: it is on its way out.

    Args:
        leave: Called once, in the loop, with the exit status.
        at_last: Called when it has taken too long, before the program is ended by force.
    """
    end = _End(asyncio.get_running_loop(), leave, at_last)
    before = {number: signal.getsignal(number) for number in ENDS}
    listened = [number for number in ENDS if before[number] is not signal.SIG_IGN]
    for number in listened:
        signal.signal(number, end.hear)
    try:
        yield
    finally:
        if not end.status:
            for number in listened:
                signal.signal(number, before[number])


class _End:
    """How far we are with leaving."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        leave: Callable[[int], object],
        at_last: Callable[[], object] | None,
    ) -> None:
        self.status = 0
        self._loop = loop
        self._leave = leave
        self._at_last = at_last
        self._gives_up = False

    def hear(self, number: int, frame: FrameType | None) -> None:
        """Begin to leave; told twice is told once."""
        if self.status:
            return
        self.status = STATUS + number
        # A job that was stopped is told to end, then to go on; it has no use for the terminal.
        for stops in (signal.SIGTSTP, signal.SIGCONT):
            signal.signal(stops, _nothing)
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        # No thread: this comes through whatever the main one is waiting for.
        signal.signal(signal.SIGALRM, self._give_up)
        signal.setitimer(signal.ITIMER_REAL, LONGEST, AND_THEN)
        with contextlib.suppress(RuntimeError):
            # Else the loop has ended, and so have we.
            self._loop.call_soon_threadsafe(self._leave, self.status)

    def _give_up(self, number: int, frame: FrameType | None) -> None:
        if self._at_last is not None and not self._gives_up:
            self._gives_up = True
            self._at_last()
        os._exit(self.status)


def _nothing(number: int, frame: FrameType | None) -> None:
    """It changes nothing any more."""


class Passing:
    """What another program is told too."""

    def __init__(self) -> None:
        self.told: list[int] = []
        """The signals that we have heard."""
        self._tell: Callable[[int], object] | None = None

    def to(self, tell: Callable[[int], object]) -> None:
        """It has been started, and is sent a signal so: what came before that, and what comes."""
        self._tell = tell
        for number in tuple(self.told):
            self._pass(number)

    def hear(self, number: int) -> None:
        """We are told to end."""
        self.told.append(number)
        self._pass(number)

    def _pass(self, number: int) -> None:
        if self._tell is not None:
            with contextlib.suppress(ProcessLookupError):
                self._tell(number)


@contextlib.contextmanager
def passing_on() -> Iterator[Passing]:
    """While another program has the terminal, tell it too when we are told to end.

    What is typed there is for that program alone: it knows of an interrupt without us.
    """
    passing = Passing()
    keyed = {number: signal.signal(number, _nothing) for number in KEYED}
    before = {number: signal.getsignal(number) for number in ENDS if number not in keyed}
    listened = {number: was for number, was in before.items() if callable(was)}

    def hear(number: int, frame: FrameType | None) -> None:
        passing.hear(number)
        was = listened[signal.Signals(number)]
        was(number, frame)

    for number in listened:
        signal.signal(number, hear)
    try:
        yield passing
    finally:
        for number, was in (*listened.items(), *keyed.items()):
            signal.signal(number, was)


class Endable(PartOfApp):
    """An app that can be told to end."""

    _ends = False
    unsaved: tuple[str, ...] = ()
    """What could not be kept by then, line by line, for the terminal that we have given back."""

    def end(self, status: int) -> None:
        """Leave with an exit status, behind everything that was typed until now.

        A signal and a terminal that is gone may both tell us: once is enough.
        """
        if not self._ends:
            self._ends = True
            self.call_later(self._follow_what_was_typed, status)

    def bid_farewell(self, status: int) -> None:
        """All that was typed has arrived: keep it, and go."""
        self.exit(return_code=status)

    def action_help_quit(self) -> None:
        """Ctrl+c, by which nobody is to leave unawares: say which key it is."""
        for key, active in self.active_bindings.items():
            if active.binding.action in ("quit", "app.quit"):
                self.notify(
                    f"Press {key} to leave rota.", title="Do you want to leave?", markup=False
                )
                return

    def give_back(self) -> None:
        """Give the terminal back, whatever else is under way."""
        from tui.waiting_driver import WaitingDriver

        if isinstance(self._driver, WaitingDriver):
            self._driver.give_back()

    def _follow_what_was_typed(self, status: int) -> None:
        """Go the way of a key: by its screen to the field, and with what it changed to the app."""
        field = self.focused
        up = [node for node in field.ancestors_with_self if node is not self] if field else []
        way = [self.screen, *up, *reversed(self.screen_stack), self]
        # Twice each: what a key changes, a field tells itself first.
        self._follow([pump for pump in way for _ in range(2)], status)

    def _follow(self, way: "Sequence[MessagePump]", status: int) -> None:
        for place, pump in enumerate(way, 1):
            # One that is just being closed takes nothing more.
            if pump.call_later(self._follow, way[place:], status):
                return
        self.bid_farewell(status)
