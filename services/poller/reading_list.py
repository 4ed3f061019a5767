"""Which single issues are to be read one by one, and which of them first?

Those that went wrong come last: one issue that cannot be read would else stand at the head of the
line for ever, and those behind it would never be known. The others come by what is due first.
Only what has changed is looked at; what is due when is worked out once.
"""

import asyncio
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Generic, TypeVar

from services.errors import Forbidden, NotFound, Rejected, ServiceError, UnexpectedReply

K = TypeVar("K", int, str)
V = TypeVar("V")

AT_ONCE = 32
"""Looked at before others get their turn: after a start, all of a long queue is new."""


def about_one(error: ServiceError) -> bool:
    """Whether the trouble is with what was asked about, and not with the vendor."""
    return isinstance(error, Forbidden | NotFound | Rejected | UnexpectedReply)


class ReadingList(Generic[K, V]):
    """Them, by id, in order."""

    def __init__(
        self,
        changed: set[K],
        wanted: Callable[[K], V | None],
        nearest_due: Callable[[V], datetime],
    ) -> None:
        """Make a list of those that are said to have changed.

        Args:
            changed: Ids whose `wanted` may be another since the last look. Whoever keeps them
                adds to it; what has been looked at is taken out.
            wanted: The issue, if it is to be read; else None.
            nearest_due: When something about it may fall due first; the same for the same issue.
        """
        self._changed: set[K] = changed
        self._wanted: Callable[[K], V | None] = wanted
        self._nearest_due = nearest_due
        self._failed: Counter[K] = Counter()
        """How often each went wrong in a row."""
        self._known: dict[K, tuple[V, datetime]] = {}
        self._places: dict[K, tuple[int, datetime, K]] = {}
        self._line: list[tuple[int, datetime, K]] = []

    def __len__(self) -> int:
        """How many there are."""
        self._look(len(self._changed))
        return len(self._line)

    def forget(self, key: K) -> None:
        """It is of no interest any more, nor how often it went wrong."""
        self._failed.pop(key, None)
        self._changed.add(key)

    async def first(self, most: int) -> list[K]:
        """The first ids in order, so many at most."""
        while len(self._changed) > AT_ONCE:
            self._look(AT_ONCE)
            await asyncio.sleep(0)
        self._look(AT_ONCE)
        return [key for _, _, key in self._line[:most]]

    async def read(
        self,
        most: int,
        read: Callable[[K], Awaitable[object]],
        to_spare: Callable[[], bool],
    ) -> None:
        """Read the first, one by one; one that cannot be read waits its turn again.

        Args:
            most: So many, unless the rest is left.
            read: Reads one of them.
            to_spare: Whether there may be another; when not, the rest is left.

        Raises:
            ServiceError: The trouble is with the vendor; those read before count.
        """
        for key in await self.first(most):
            if not to_spare():
                return
            try:
                await read(key)
            except ServiceError as error:
                if not about_one(error):
                    raise
                self._failed[key] += 1
            else:
                self._failed.pop(key, None)
            self._changed.add(key)

    def _look(self, most: int) -> None:
        """Put so many of those that have changed where they belong now."""
        for _ in range(min(most, len(self._changed))):
            key = self._changed.pop()
            old = self._places.pop(key, None)
            if old is not None:
                del self._line[bisect_left(self._line, old)]
            issue = self._wanted(key)
            if issue is None:
                self._known.pop(key, None)
                continue
            known = self._known.get(key)
            if known is None or known[0] is not issue:
                known = self._known[key] = issue, self._nearest_due(issue)
            place = self._places[key] = self._failed[key], known[1], key
            insort(self._line, place)
