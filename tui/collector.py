"""When may Python look for garbage, so that no key waits for it?

It looks through all that has come since it last put things aside: at the first paint, all of the
program; while a long queue is read for the first time, all of the queue, over and over. Next to
nothing of either is garbage, so both are put aside unseen, and then Python has its own rhythm.
"""

import gc
from collections.abc import Callable

from services.domain import Health, Snapshot, SourceStatus

SELDOM = 300
"""Looks at what is younger, before one at everything: ten times as many as it takes to read ten
thousand issues, and yet some an hour where a vendor never answers."""


class Collector:
    """Python's, which is off up to the first paint."""

    def __init__(self) -> None:
        """Leave it as it is."""
        self._rhythm: tuple[int, int, int] | None = None
        """What it is to be again."""

    def begin(self) -> None:
        """The queue is painted: from now on Python looks at what is young."""
        gc.freeze()
        self._rhythm = gc.get_threshold()
        gc.set_threshold(*self._rhythm[:2], SELDOM)
        gc.enable()

    def follow(self, told: Snapshot, later: Callable[[Callable[[], None]], object]) -> None:
        """Once every vendor has answered, look at everything again that comes from then on.

        Args:
            told: As the feed has it.
            later: Calls what it is given when the screen is painted.
        """
        if self._rhythm and told.sources and all(map(_settled, told.sources.values())):
            later(self._loaded)

    def _loaded(self) -> None:
        if self._rhythm is not None:
            gc.freeze()
        self.end()

    def end(self) -> None:
        """Python has its rhythm back, whether they have answered or not."""
        if self._rhythm is not None:
            gc.set_threshold(*self._rhythm)
            self._rhythm = None


def _settled(status: SourceStatus) -> bool:
    """Whether it has answered, or will not soon."""
    return status.state in (Health.OK, Health.OFF) or status.failures > 0
