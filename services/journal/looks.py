"""Which issues are to be looked at? Those that are others than before, or where something fell due.

Pure but for its memory; told `now`. All moments are the servers' time.
"""

import heapq
from collections.abc import Iterable
from datetime import datetime
from itertools import islice

from services.differences import Compare, differences
from services.domain import Issue, Snapshot

SPARE = 100
"""Moments kept that have become void, before they are cleared away."""


class Looks:
    """What has been looked at, and what waits to be."""

    def __init__(self) -> None:
        """Nothing has been looked at."""
        self._given: tuple[tuple[Issue, ...], ...] = ((), ())
        self._here: dict[str, Issue] = {}
        self._wanted: dict[str, Issue] = {}
        self._ahead: list[tuple[datetime, str]] = []
        """When something of an issue that was looked at falls due, as a heap. Void once nothing of
        it does then any more."""
        self._room = SPARE
        """With more moments ahead than this, those that are void are cleared away."""

    def __len__(self) -> int:
        """How many wait."""
        return len(self._wanted)

    def take(self, snapshot: Snapshot, now: datetime, compare: Compare = differences) -> None:
        """A poll has told this; what has not changed since the last one costs next to nothing.

        Args:
            snapshot: What it told.
            now: When it was.
            compare: Tells which open issues that has changed.
        """
        before, self._given = self._given, (snapshot.issues, snapshot.done)
        gone: set[str] = set()
        come: dict[str, Issue] = {}
        for told, old, new in zip((compare, differences), before, self._given, strict=True):
            left, fresh = told(old, new)
            gone |= {issue.id for issue in left}
            come |= {issue.id: issue for issue in fresh}
        for name in gone - come.keys():
            self._here.pop(name, None)
            self._wanted.pop(name, None)
        # One that only stands elsewhere now is no news.
        self._wanted |= {n: i for n, i in come.items() if self._here.get(n) is not i}
        self._here |= come
        while self._ahead and self._ahead[0][0] < now:
            moment, name = heapq.heappop(self._ahead)
            if self._falls_due(name, moment):
                self._wanted[name] = self._here[name]

    def first(self, most: int) -> list[Issue]:
        """So many of those that wait, for the longest time first."""
        return list(islice(self._wanted.values(), most))

    def looked_at(self, issues: Iterable[Issue], now: datetime) -> None:
        """These need no look until they change, or until one of their promises falls due."""
        for issue in issues:
            self._wanted.pop(issue.id, None)
            coming = [p.due_at for p in issue.promises if p.due_at is not None and p.due_at >= now]
            if coming:
                heapq.heappush(self._ahead, (min(coming), issue.id))
        if len(self._ahead) > self._room:
            self._ahead = [step for step in set(self._ahead) if self._falls_due(step[1], step[0])]
            heapq.heapify(self._ahead)
            self._room = len(self._ahead) * 5 // 4 + SPARE

    def _falls_due(self, name: str, at: datetime) -> bool:
        issue = self._here.get(name)
        return issue is not None and any(promise.due_at == at for promise in issue.promises)
