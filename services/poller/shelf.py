"""Which single issues are not to be asked about just now, because it went wrong the last time?

Without it, one issue that cannot be read would stand at the head of the line for ever, and those
behind it would never be known. Times are seconds on a monotonic clock.
"""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from services.errors import Forbidden, NotFound, Rejected, ServiceError, UnexpectedReply

K = TypeVar("K")

FIRST = 60.0
LONGEST = 3600.0
"""Seconds on the shelf; twice as long each time."""


def about_one(error: ServiceError) -> bool:
    """Whether the trouble is with what was asked about, and not with the vendor."""
    return isinstance(error, Forbidden | NotFound | Rejected | UnexpectedReply)


@dataclass(slots=True)
class Shelf(Generic[K]):
    """What waits, and until when."""

    _until: dict[K, float] = field(default_factory=dict)
    _times: dict[K, int] = field(default_factory=dict)

    def put(self, key: K, now: float) -> None:
        """Leave it alone for a while."""
        times = self._times.get(key, 0)
        self._times[key] = times + 1
        self._until[key] = now + min(FIRST * 2.0 ** min(times, 10), LONGEST)

    def take(self, key: K) -> None:
        """It went well, or is of no interest any more."""
        self._until.pop(key, None)
        self._times.pop(key, None)

    def holds(self, key: K, now: float) -> bool:
        """Whether it is to be left alone."""
        return self._until.get(key, 0.0) > now
