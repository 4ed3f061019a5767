"""Which issues are to be looked at? Those that are others than before, or where something fell due.

Pure but for its memory; told `now`. All moments are the servers' time.
"""

import heapq
from collections.abc import Iterable
from datetime import datetime
from itertools import islice

from services.differences import differences
from services.domain import Issue, Snapshot

SPARE = 100
"""Moments kept that have become void, before they are cleared away."""


class Looks:
    """What has been looked at, and what waits to be."""

    def __init__(self) -> None:
        """Nothing has been looked at."""
        self._given: tuple[tuple[Issue, ...], ...] = ((), ())
        self._here: dict[str, Issue] = {}
        self._looked: dict[str, Issue] = {}
        self._wanted: dict[str, Issue] = {}
        self._falls_due: dict[str, datetime] = {}
        self._ahead: list[tuple[datetime, str]] = []

    def __len__(self) -> int:
        """How many wait."""
        return len(self._wanted)

    def take(self, snapshot: Snapshot, now: datetime) -> None:
        """A poll has told this; what has not changed since the last one costs next to nothing."""
        before, self._given = self._given, (snapshot.issues, snapshot.done)
        gone: set[str] = set()
        come: dict[str, Issue] = {}
        for old, new in zip(before, self._given, strict=True):
            left, fresh = differences(old, new)
            gone |= {issue.id for issue in left}
            come |= {issue.id: issue for issue in fresh}
        for name in gone - come.keys():
            for kept in (self._here, self._looked, self._wanted, self._falls_due):
                kept.pop(name, None)
        self._here |= come
        self._wanted |= {n: i for n, i in come.items() if self._looked.get(n) is not i}
        while self._ahead and self._ahead[0][0] < now:
            moment, name = heapq.heappop(self._ahead)
            if self._falls_due.get(name) == moment:
                self._wanted[name] = self._here[name]

    def first(self, most: int) -> list[Issue]:
        """So many of those that wait, for the longest time first."""
        return list(islice(self._wanted.values(), most))

    def looked_at(self, issues: Iterable[Issue], now: datetime) -> None:
        """These need no look until they change, or until one of their promises falls due."""
        for issue in issues:
            name = issue.id
            self._wanted.pop(name, None)
            self._looked[name] = issue
            coming = [p.due_at for p in issue.promises if p.due_at is not None and p.due_at >= now]
            if coming:
                self._falls_due[name] = min(coming)
                heapq.heappush(self._ahead, (min(coming), name))
            else:
                self._falls_due.pop(name, None)
        if len(self._ahead) > len(self._falls_due) * 5 // 4 + SPARE:
            self._ahead = [(moment, name) for name, moment in self._falls_due.items()]
            heapq.heapify(self._ahead)
