"""In which order do issues need us, and what does each need next?

Source: policy rule "Order of the queue". Pure: told `now`, never asks.
"""

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter

from msgspec import Struct

from services.domain import SEVERITY_RANK, Deadline, Issue, State
from services.ordered import Place
from services.policy.at_once import States
from services.policy.deadlines import Policy

_BREACHED = State.BREACHED
_BY_DUE, _NOTHING_DUE, _ONLY_WAITS = (len(SEVERITY_RANK) + place for place in range(3))
_APART = 4e11
"""Seconds between two ranks of rows; no two moments are as far apart."""


class Row(Struct, frozen=True, gc=False):
    """An issue as it stands at one moment."""

    issue: Issue
    states: States
    """How each of the issue's promises stands, in their order."""
    next: Deadline | None
    """The deadline that comes first; None when nothing is owed or all is waiting."""
    urgency: float
    """What orders it among others, the smallest first; of several with the same, `place` does."""

    @property
    def place(self) -> Place:
        """Where it stands: of several that are as urgent, the more severe first, then the older."""
        issue = self.issue
        ticket = issue.ticket
        if issue.incident is None and ticket is not None:
            # Most are; it saves two calls of ten thousand each at a start.
            return (self.urgency, SEVERITY_RANK[ticket.severity], ticket.created_at, issue.id)
        return (self.urgency, SEVERITY_RANK[issue.severity], issue.raised_at, issue.id)

    @property
    def deadlines(self) -> tuple[Deadline, ...]:
        """All promises as they stand; made when they are asked for, which few rows ever are."""
        return tuple(map(Deadline, self.issue.promises, self.states))


def row_at(issue: Issue, policy: Policy, now: datetime) -> Row:
    """How an issue stands at `now`."""
    states, coming = policy.at(now).stand(issue.promises)
    return Row(issue, states, coming, urgency(issue, states, coming))


def arrange(issues: Iterable[Issue], policy: Policy, now: datetime) -> tuple[Row, ...]:
    """The queue at `now`, most urgent first."""
    rows = (row_at(issue, policy, now) for issue in issues)
    return tuple(sorted(rows, key=attrgetter("place")))


def changes_at(rows: Iterable[Row], policy: Policy, now: datetime) -> datetime | None:
    """The next moment after `now` at which a state, and so maybe the order, changes by itself."""
    at_once = policy.at(now)
    moments = (at_once.changes_at(row.issue.promises, row.states) for row in rows)
    return min((moment for moment in moments if moment is not None), default=None)


def urgency(issue: Issue, states: States, coming: Deadline | None) -> float:
    """What orders: breached first, by severity; then by due; nothing due; at last what waits.

    By due to the millisecond.

    Args:
        issue: Of a row.
        states: How its promises stand.
        coming: The deadline that comes first.
    """
    if coming is None or (due := coming.promise.due_at) is None:
        return (_ONLY_WAITS if State.WAITING in states else _NOTHING_DUE) * _APART
    before = SEVERITY_RANK[issue.severity] if coming.state is _BREACHED else _BY_DUE
    return before * _APART + due.timestamp()
