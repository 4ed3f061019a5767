"""How does the queue stay in order while polls and the time change some of it?

What has changed is put in its place; all else stays where it is and is not looked at. A row that
changes by itself is remembered with the moment at which it does. The result is always just what
`services.queue.arrange` makes of the same issues at the same time. Source: policy rule "Order of
the queue".
"""

import heapq
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from itertools import compress, count
from operator import is_not
from typing import TypeVar

from services.domain import Issue
from services.policy.deadlines import Policy
from services.queue import Row, changes_at, row_at, urgency

T = TypeVar("T")

LOOK_AHEAD = 64
"""Issues compared to find out whether one has come in or gone between two polls."""

PLANNED_AT_ONCE = 400
"""Rows of a new queue for which it is worked out in one go when they change; most urgent first."""

REMEMBERED = 2_000
"""Rows that are looked at again if the servers' clock turns out to be behind."""

_ALWAYS = datetime.min.replace(tzinfo=UTC)

Entry = tuple[tuple[int, int, datetime, int, datetime, str], Row]
"""A row behind its urgency; no two are equally urgent."""


class Standing:
    """The rows of the open issues, most urgent first."""

    def __init__(self, policy: Policy) -> None:
        """Begin with an empty queue."""
        self._policy = policy
        self._given: tuple[Issue, ...] = ()
        self._at = _ALWAYS
        self._held: dict[str, Entry] = {}
        self._order: list[Entry] = []
        self._rows: list[Row] | None = []
        self._turns: list[tuple[datetime, str, int, Row]] = []
        self._unplanned: list[tuple[datetime, Row]] = []
        self._made: list[tuple[datetime, Row]] = []
        self._sure_from = _ALWAYS
        self.rows_made = 0
        """Rows worked out so far."""

    @property
    def rows(self) -> Sequence[Row]:
        """All rows, most urgent first, until the next `take` or `advance`."""
        if self._rows is None:
            self._rows = [row for _, row in self._order]
        return self._rows

    def row_of(self, issue_id: str | None) -> Row | None:
        """The row of an issue; None if it is not open."""
        entry = self._held.get(issue_id or "")
        return entry[1] if entry is not None else None

    @property
    def turns_at(self) -> datetime | None:
        """When `advance` next has something to do; None if time alone changes nothing."""
        if self._unplanned:
            return self._at
        while self._turns and not self._is_held(self._turns[0][3]):
            heapq.heappop(self._turns)
        return self._turns[0][0] if self._turns else None

    def take(self, issues: tuple[Issue, ...], now: datetime) -> bool:
        """The open issues as they are now; whether any row has become another.

        Cheap for issues that are the very same values as before.
        """
        gone, come = differences(self._given, issues)
        self._given = issues
        turned = self.advance(now)
        fresh = {issue.id: issue for issue in come}
        left = {issue.id for issue in gone} - fresh.keys()
        changed = [i for i in fresh.values() if not self._holds(i)]
        left &= self._held.keys()
        if not (left or changed):
            return turned
        self._replace(left, changed, now)
        return True

    def advance(self, now: datetime) -> bool:
        """It is `now`; whether any row has become another."""
        if now < self._at:
            return self._go_back(now)
        self._at = now
        self._plan()
        due = []
        while self._turns and self._turns[0][0] <= now:
            row = heapq.heappop(self._turns)[3]
            if self._is_held(row):
                due.append(row.issue)
        self._replace((), due, now)
        self._plan()
        return bool(due)

    def _go_back(self, now: datetime) -> bool:
        """The servers' clock was ahead: rows may have changed too soon."""
        self._at = now
        doubtful = list(self.rows)
        if now >= self._sure_from:
            doubtful = [row for at, row in self._made if at > now and self._is_held(row)]
        self._made = [(at, row) for at, row in self._made if at <= now]
        self._replace((), [row.issue for row in doubtful], now)
        return bool(doubtful)

    def _replace(self, left: Collection[str], changed: Sequence[Issue], now: datetime) -> None:
        """Take rows out, and put what is worked out anew in its place."""
        rows = [row_at(issue, self._policy, now) for issue in changed]
        self.rows_made += len(rows)
        if len(left) + len(rows) > max(LOOK_AHEAD, len(self._order) // 20):
            self._replace_many(left, rows)
            self._sure_from = now
            self._made.clear()
        else:
            self._replace_few(left, rows)
            self._remember(rows)

    def _holds(self, issue: Issue) -> bool:
        """Whether an issue is already here just so, though maybe as another value alike."""
        entry = self._held.get(issue.id)
        return entry is not None and entry[1].issue == issue

    def _is_held(self, row: Row) -> bool:
        entry = self._held.get(row.issue.id)
        return entry is not None and entry[1] is row

    def _replace_few(self, left: Iterable[str], rows: Sequence[Row]) -> None:
        gone = [self._held.pop(i, None) for i in [*left, *(row.issue.id for row in rows)]]
        places = sorted(bisect_left(self._order, entry) for entry in gone if entry is not None)
        _take_out(self._order, places)
        entries = sorted((urgency(row), row) for row in rows)
        _put_in(self._order, [bisect_left(self._order, entry) for entry in entries], entries)
        self._rows = None
        self._held.update((entry[1].issue.id, entry) for entry in entries)
        self._unplanned += [(self._at, row) for row in rows]

    def _replace_many(self, left: Iterable[str], rows: Sequence[Row]) -> None:
        for issue_id in [*left, *(row.issue.id for row in rows)]:
            self._held.pop(issue_id, None)
        kept = set(map(id, self._held.values()))
        entries = [(urgency(row), row) for row in rows]
        self._held.update((entry[1].issue.id, entry) for entry in entries)
        # What is kept is in order already, which makes sorting it again cheap.
        self._order = [entry for entry in self._order if id(entry) in kept] + entries
        self._order.sort()
        self._rows = None
        self._turns = [turn for turn in self._turns if self._is_held(turn[3])]
        heapq.heapify(self._turns)
        unplanned = {id(row): (at, row) for at, row in self._unplanned}
        unplanned |= {id(row): (self._at, row) for row in rows}
        self._unplanned = [unplanned[id(r)] for _, r in reversed(self._order) if id(r) in unplanned]

    def _plan(self) -> None:
        """Find out when new rows change, from the moment on at which they were worked out."""
        for at, row in self._unplanned[-PLANNED_AT_ONCE:]:
            moment = changes_at([row], self._policy, at)
            if moment is not None:
                heapq.heappush(self._turns, (moment, row.issue.id, id(row), row))
        del self._unplanned[-PLANNED_AT_ONCE:]

    def _remember(self, rows: Iterable[Row]) -> None:
        self._made += [(self._at, row) for row in rows]
        if len(self._made) > REMEMBERED:
            self._sure_from = max(self._sure_from, self._made[REMEMBERED // 2 - 1][0])
            del self._made[: REMEMBERED // 2]


def _take_out(of: list[T], places: Sequence[int]) -> None:
    """Remove what stands at these places, given in order: one pass, however many they are."""
    kept: list[T] = []
    start = 0
    for place in places:
        kept += of[start:place]
        start = place + 1
    of[:start] = kept


def _put_in(to: list[T], places: Sequence[int], items: Sequence[T]) -> None:
    """Insert items in front of what stands at these places, given in order: one pass."""
    filled: list[T] = []
    start = 0
    for place, item in zip(places, items, strict=True):
        filled += to[start:place]
        filled.append(item)
        start = place
    to[:start] = filled


def differences(before: Sequence[Issue], after: Sequence[Issue]) -> tuple[list[Issue], list[Issue]]:
    """Which values are gone and which have come, if most of them keep their places.

    Values are told apart by identity. One that is only found far from its place is in both.
    """
    gone: list[Issue] = []
    come: list[Issue] = []
    if len(before) == len(after):
        places = list(compress(count(), map(is_not, before, after)))
        if all(before[place].id == after[place].id for place in places):
            return [before[place] for place in places], [after[place] for place in places]
    start, other = 0, 0
    while True:
        for run, (old, new) in enumerate(zip(before[start:], after[other:], strict=False)):
            if old is new:
                continue
            if old.id != new.id:
                start, other = start + run, other + run
                break
            gone.append(old)
            come.append(new)
        else:
            shorter = min(len(before) - start, len(after) - other)
            gone += before[start + shorter :]
            come += after[other + shorter :]
            return gone, come
        inserted = _found(before[start], after, other)
        removed = _found(after[other], before, start)
        if inserted:
            come += after[other : other + inserted]
            other += inserted
        elif removed:
            gone += before[start : start + removed]
            start += removed
        else:
            gone.append(before[start])
            come.append(after[other])
            start, other = start + 1, other + 1


def _found(issue: Issue, among: Sequence[Issue], start: int) -> int:
    """How far behind `start` it is, if it is near; else 0."""
    for ahead in range(1, min(LOOK_AHEAD, len(among) - start)):
        if among[start + ahead] is issue:
            return ahead
    return 0
