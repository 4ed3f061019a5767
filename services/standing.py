"""How does the queue stay in order while polls and the time change some of it?

What has changed is put in its place; all else stays where it is and is not looked at. A row that
changes by itself is remembered with the moment at which it does. The result is always just what
`services.queue.arrange` makes of the same issues at the same time. Source: policy rule "Order of
the queue".
"""

import heapq
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from operator import attrgetter

from services.differences import Compare, differences
from services.domain import Issue, State
from services.ordered import Ordered
from services.policy.deadlines import Policy
from services.queue import Row, changes_at, urgency

FEW = 64
"""So many changes are always put in one by one."""

PLANNED_AT_ONCE = 2_000
"""Rows of a new queue for which it is worked out in one go when they change; most urgent first."""

REMEMBERED = 200
"""Rows that are looked at again if the servers' clock turns out to be behind."""

SPARE = 100
"""Moments of rows that are gone, before they are cleared away."""

_PLACE = attrgetter("place")
_ALWAYS = datetime.min.replace(tzinfo=UTC)


class Standing:
    """The rows of the open issues, most urgent first."""

    def __init__(self, policy: Policy, compare: Compare = differences) -> None:
        """Begin with an empty queue.

        Args:
            policy: What is promised.
            compare: Tells what a poll has changed.
        """
        self._compare = compare
        self._policy = policy
        self._given: tuple[Issue, ...] = ()
        self._at = _ALWAYS
        self._held: dict[str, Row] = {}
        self._order: Ordered[Row] = Ordered()
        self._rows: list[Row] | None = []
        self._moments: list[datetime] = []
        """When rows change by themselves, as a heap; which do is in `_turning`, where a lone one
        has no list to itself: there may be thousands."""
        self._turning: dict[datetime, Row | list[Row]] = {}
        self._planned = 0
        """How many rows are in `_turning`; some may be gone."""
        self._unplanned: list[tuple[datetime, list[Row]]] = []
        """New rows, the most urgent last, and when they were worked out."""
        self._made: list[tuple[datetime, Row]] = []
        self._sure_from = _ALWAYS
        self.states: Counter[State] = Counter()
        """How many rows have a next deadline in each state."""
        self.rows_made = 0
        """Rows worked out so far."""

    @property
    def rows(self) -> Sequence[Row]:
        """All rows, most urgent first; another list once a row has become another."""
        if self._rows is None:
            self._rows = self._order.entries()
        return self._rows

    def row_of(self, issue_id: str | None) -> Row | None:
        """The row of an issue; None if it is not open."""
        return self._held.get(issue_id or "")

    @property
    def turns_at(self) -> datetime | None:
        """When `advance` next has something to do; None if time alone changes nothing."""
        if self._unplanned:
            return self._at
        while self._moments:
            turning = self._turning[self._moments[0]]
            if isinstance(turning, Row):
                if self._is_held(turning):
                    return self._moments[0]
            else:
                while turning and not self._is_held(turning[-1]):
                    turning.pop()
                    self._planned -= 1
                if turning:
                    return self._moments[0]
            self._turn()
        return None

    def take(self, issues: tuple[Issue, ...], now: datetime) -> bool:
        """The open issues as they are now; whether any row has become another.

        Cheap for issues that are the very same values as before.
        """
        gone, come = self._compare(self._given, issues)
        self._given = issues
        turned = self.advance(now)
        held = self._held
        fresh = {issue.id: issue for issue in come}
        left = {name for issue in gone if (name := issue.id) not in fresh and name in held}
        changed: Collection[Issue] = fresh.values()
        if held and not self._are_few(changed):
            # The very same may come as another value alike; a few of them are put in again.
            changed = [i for i in changed if (row := held.get(i.id)) is None or row.issue != i]
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
        due: list[Issue] = []
        while self._moments and self._moments[0] <= now:
            due += [row.issue for row in self._turn() if self._is_held(row)]
        if due:
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
        if doubtful:
            self._replace((), [row.issue for row in doubtful], now)
        return bool(doubtful)

    def _replace(self, left: Collection[str], changed: Collection[Issue], now: datetime) -> None:
        """Take rows out, and put what is worked out anew in its place."""
        stand, held = self._policy.at(now).stand, self._held
        gone = [held.pop(name) for name in left]
        for row in gone:
            self._count(None if row.next is None else row.next.state, None)
        come: list[Row] = []
        # All that is asked of an issue is asked at once, while the processor has it at hand.
        for issue in changed:
            states, coming = stand(issue.promises)
            row = Row(issue, states, coming, urgency(issue, states, coming))
            come.append(row)
            was, is_now = None, None if coming is None else coming.state
            before = held.get(issue.id)
            if before is not None:
                gone.append(before)
                was = None if before.next is None else before.next.state
            if was is not is_now:
                self._count(was, is_now)
            held[issue.id] = row
        self.rows_made += len(come)
        self._rows = None
        if self._are_few((*left, *come)):
            self._order.discard(gone)
            self._order.insert(come)
            self._remember(come)
            if come:
                self._unplanned.append((now, come))
        else:
            self._put_in_order(come)
            self._sure_from = now
            self._made.clear()

    def _count(self, was: State | None, now: State | None) -> None:
        """A row's next deadline stood so, and stands so now; None is none."""
        if was is not None:
            self.states[was] -= 1
        if now is not None:
            self.states[now] += 1

    def _are_few(self, changes: Collection[object]) -> bool:
        """Whether so many are put in, or taken out, one by one."""
        return len(changes) <= max(FEW, len(self._held) // 20)

    def _is_held(self, row: Row) -> bool:
        return self._held.get(row.issue.id) is row

    def _put_in_order(self, come: list[Row]) -> None:
        """Many are new: everything is put in order, which is cheap where it is already."""
        come.sort(key=_PLACE)
        rows = come
        if self._order:
            rows = [row for row in self._order.entries() if self._is_held(row)] + come
            rows.sort(key=_PLACE)
        self._order = Ordered(rows)
        self._drop_void_turns()
        self._unplanned.append((self._at, come[::-1]))

    def _plan(self) -> None:
        """Find out when new rows change, from the moment on at which they were worked out."""
        left = PLANNED_AT_ONCE
        while self._unplanned and left > 0:
            at, rows = self._unplanned[-1]
            for row in rows[-left:]:
                if not self._is_held(row):
                    continue
                moment = changes_at((row,), self._policy, at)
                if moment is None:
                    continue
                self._planned += 1
                turning = self._turning.setdefault(moment, row)
                if turning is row:
                    heapq.heappush(self._moments, moment)
                elif isinstance(turning, Row):
                    self._turning[moment] = [turning, row]
                else:
                    turning.append(row)
            planned = min(left, len(rows))
            left -= planned
            del rows[-planned:]
            if not rows:
                self._unplanned.pop()
        if self._planned > len(self._held) * 5 // 4 + SPARE:
            self._drop_void_turns()

    def _turn(self) -> list[Row]:
        """The rows that change next are planned no more."""
        rows = _listed(self._turning.pop(heapq.heappop(self._moments)))
        self._planned -= len(rows)
        return rows

    def _drop_void_turns(self) -> None:
        kept: dict[datetime, Row | list[Row]] = {}
        self._planned = 0
        for moment, turning in self._turning.items():
            rows = [row for row in _listed(turning) if self._is_held(row)]
            self._planned += len(rows)
            if rows:
                kept[moment] = rows if len(rows) > 1 else rows[0]
        self._turning, self._moments = kept, list(kept)
        heapq.heapify(self._moments)

    def _remember(self, rows: Iterable[Row]) -> None:
        self._made += [(self._at, row) for row in rows]
        if len(self._made) > REMEMBERED:
            self._sure_from = max(self._sure_from, self._made[REMEMBERED // 2 - 1][0])
            del self._made[: REMEMBERED // 2]


def _listed(rows: Row | list[Row]) -> list[Row]:
    return [rows] if isinstance(rows, Row) else rows
