"""How does the queue stay in order while polls and the time change some of it?

What has changed is put in its place; all else stays where it is and is not looked at. A row that
changes by itself is remembered with the moment at which it does. The result is always just what
`services.queue.arrange` makes of the same issues at the same time. Source: policy rule "Order of
the queue".
"""

import heapq
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from typing import TypeVar

from services.differences import differences
from services.domain import Issue, State
from services.policy.deadlines import Policy
from services.queue import Row, changes_at, row_at, urgency

T = TypeVar("T")

FEW = 64
"""So many changes are always put in one by one."""

PLANNED_AT_ONCE = 400
"""Rows of a new queue for which it is worked out in one go when they change; most urgent first."""

REMEMBERED = 200
"""Rows that are looked at again if the servers' clock turns out to be behind."""

SPARE = 100
"""Moments of rows that are gone, before they are cleared away."""

_ALWAYS = datetime.min.replace(tzinfo=UTC)

Key = tuple[int, int, datetime, int, datetime, str]
"""How urgent a row is; no two are equally so."""

Entry = tuple[Key, Row]

_key = itemgetter(0)


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
        self.states: Counter[State] = Counter()
        """How many rows have a next deadline in each state."""
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
        names = [*left, *(row.issue.id for row in rows)]
        gone = [entry for name in names if (entry := self._held.pop(name, None)) is not None]
        come = [(urgency(row), row) for row in rows]
        self._held.update((entry[1].issue.id, entry) for entry in come)
        for sign, entries in ((-1, gone), (1, come)):
            for _, row in entries:
                if row.next is not None:
                    self.states[row.next.state] += sign
        if len(names) > max(FEW, len(self._order) // 20):
            self._replace_many(come)
            self._sure_from = now
            self._made.clear()
        else:
            self._replace_few(gone, come)
            self._remember(rows)

    def _holds(self, issue: Issue) -> bool:
        """Whether an issue is already here just so, though maybe as another value alike."""
        entry = self._held.get(issue.id)
        return entry is not None and entry[1].issue == issue

    def _is_held(self, row: Row) -> bool:
        entry = self._held.get(row.issue.id)
        return entry is not None and entry[1] is row

    def _replace_few(self, gone: Iterable[Entry], come: list[Entry]) -> None:
        if not (gone or come):
            return
        come.sort(key=_key)
        out = sorted(bisect_left(self._order, key, key=_key) for key, _ in gone)
        places = [bisect_left(self._order, key, key=_key) for key, _ in come]
        self._order = _spliced(self._order, out, zip(places, come, strict=True))
        self._rows = None
        self._unplanned += [(self._at, row) for _, row in come]

    def _replace_many(self, come: list[Entry]) -> None:
        kept = set(map(id, self._held.values()))
        # What is kept is in order already, which makes sorting it again cheap.
        self._order = [entry for entry in self._order if id(entry) in kept] + come
        self._order.sort(key=_key)
        self._rows = None
        self._drop_void_turns()
        unplanned = {id(row): (at, row) for at, row in self._unplanned}
        unplanned |= {id(row): (self._at, row) for _, row in come}
        self._unplanned = [unplanned[id(r)] for _, r in reversed(self._order) if id(r) in unplanned]

    def _plan(self) -> None:
        """Find out when new rows change, from the moment on at which they were worked out."""
        for at, row in self._unplanned[-PLANNED_AT_ONCE:]:
            moment = changes_at([row], self._policy, at)
            if moment is not None:
                heapq.heappush(self._turns, (moment, row.issue.id, id(row), row))
        del self._unplanned[-PLANNED_AT_ONCE:]
        if len(self._turns) > len(self._held) * 5 // 4 + SPARE:
            self._drop_void_turns()

    def _drop_void_turns(self) -> None:
        self._turns = [turn for turn in self._turns if self._is_held(turn[3])]
        heapq.heapify(self._turns)

    def _remember(self, rows: Iterable[Row]) -> None:
        self._made += [(self._at, row) for row in rows]
        if len(self._made) > REMEMBERED:
            self._sure_from = max(self._sure_from, self._made[REMEMBERED // 2 - 1][0])
            del self._made[: REMEMBERED // 2]


def _spliced(of: Sequence[T], out: Iterable[int], into: Iterable[tuple[int, T]]) -> list[T]:
    """Without what stands at some places, and with other things in front of what stands at some.

    Places are given in order, as they are before anything has moved. One pass, however many.
    """
    changes: list[tuple[int, T | None]] = [*((place, None) for place in out), *into]
    changes.sort(key=itemgetter(0))
    made: list[T] = []
    start = 0
    for place, item in changes:
        made += of[start:place]
        start = max(start, place)
        if item is None:
            start = place + 1
        else:
            made.append(item)
    made += of[start:]
    return made
