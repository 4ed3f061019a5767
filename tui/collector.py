"""When may Python look for garbage, so that no key waits for it?

As a rule it looks at what is young after every seven hundred new objects. With a long queue one of
these is the queue, in which ten thousand issues lie all over the memory: that takes milliseconds,
and what has come since it last put things aside takes a tenth of a second. Little of it is garbage:
what is there at the first paint, and what the vendors first tell, is put aside unseen, and the
young are looked at after as many new objects as there are issues.

What is garbage is a screen that was left: some ten thousand objects that hold each other. Python
would notice after several of them, and take a tenth of a second for all while a form is opened.
So each is looked for by itself, when it is gone and no key is pressed.
"""

import asyncio
import gc
from collections.abc import Callable

from services.domain import Health, Snapshot, SourceStatus

AT_FIRST = 10_000, 20, 10
"""While the vendors are first asked: new objects before a look at the young; looks before one at
what outlived them; and before one at everything."""

REST = 0.1
"""Seconds without a key before what a screen has left behind is looked for."""


class Collector:
    """Python's, which is off up to the first paint."""

    def __init__(self) -> None:
        """Leave it as it is."""
        self._before: tuple[int, int, int] | None = None
        """The rhythm that was not ours."""
        self._loading = False
        self._next_look: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """The queue is painted: from now on there is garbage."""
        self._before = gc.get_threshold()
        self._loading = True
        gc.freeze()
        gc.set_threshold(*AT_FIRST)
        gc.enable()

    def follow(self, told: Snapshot, later: Callable[[Callable[[], None]], object]) -> None:
        """Put the queue aside once every vendor has answered; then look the less the longer it is.

        Args:
            told: As the feed has it.
            later: Calls what it is given when the screen is painted.
        """
        if self._loading:
            if not (told.sources and all(map(_settled, told.sources.values()))):
                return
            self._loading = False
            later(gc.freeze)
        if self._before is not None:
            young, older, oldest = self._before
            gc.set_threshold(max(young, len(told.issues)), older, oldest)

    def left(self, touched_at: Callable[[], float]) -> None:
        """A screen is being left: look for it when it is gone.

        Args:
            touched_at: When a key was last pressed, by the loop's clock.
        """
        if self._before is not None:
            self._stop()
            loop = asyncio.get_running_loop()
            self._next_look = loop.call_later(REST, self._look, touched_at)

    def _look(self, touched_at: Callable[[], float]) -> None:
        loop = asyncio.get_running_loop()
        wait = touched_at() + REST - loop.time()
        if wait > 0:
            self._next_look = loop.call_later(wait, self._look, touched_at)
        else:
            gc.collect()

    def _stop(self) -> None:
        if self._next_look is not None:
            self._next_look.cancel()
            self._next_look = None

    def end(self) -> None:
        """Leave it as it was."""
        self._stop()
        if self._before is not None:
            gc.set_threshold(*self._before)
            self._before = None


def _settled(status: SourceStatus) -> bool:
    """Whether it has answered, or will not soon."""
    return status.state in (Health.OK, Health.OFF) or status.failures > 0
