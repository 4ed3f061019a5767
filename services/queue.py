"""In which order do issues need us, and what does each need next?

Source: policy rule "Order of the queue". Pure: told `now`, never asks.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from msgspec import Struct

from services.domain import SEVERITY_RANK, Deadline, Issue, State
from services.policy.deadlines import Policy, next_deadline

_NEVER = datetime.max.replace(tzinfo=UTC)


class Row(Struct, frozen=True):
    """An issue as it stands at one moment."""

    issue: Issue
    deadlines: tuple[Deadline, ...]
    next: Deadline | None
    """The deadline that comes first; None when nothing is owed or all is waiting."""


def row_at(issue: Issue, policy: Policy, now: datetime) -> Row:
    """How an issue stands at `now`."""
    deadlines = policy.deadlines(issue, now)
    return Row(issue, deadlines, next_deadline(deadlines))


def arrange(issues: Iterable[Issue], policy: Policy, now: datetime) -> tuple[Row, ...]:
    """The queue at `now`, most urgent first."""
    return tuple(sorted((row_at(issue, policy, now) for issue in issues), key=urgency))


def changes_at(rows: Iterable[Row], policy: Policy, now: datetime) -> datetime | None:
    """The next moment after `now` at which a state, and so maybe the order, changes by itself."""
    moments = (
        policy.changes_at(deadline.promise, now) for row in rows for deadline in row.deadlines
    )
    return min((moment for moment in moments if moment is not None), default=None)


def urgency(row: Row) -> tuple[int, int, datetime, int, datetime, str]:
    """What orders: breached first, by severity; then by due; nothing due; at last what waits."""
    issue = row.issue
    rank = SEVERITY_RANK[issue.severity]
    tail = (rank, issue.raised_at, issue.id)
    if row.next is not None:
        due = row.next.due_at or _NEVER
        if row.next.state is State.BREACHED:
            return (0, rank, due, *tail)
        return (1, 0, due, *tail)
    waits = any(deadline.state is State.WAITING for deadline in row.deadlines)
    return (3 if waits else 2, 0, _NEVER, *tail)
