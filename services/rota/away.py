"""Can I step away for so many minutes? What falls due meanwhile, and who could cover.

Pure: told `now`. Source: the queue's deadlines, PagerDuty's own re-pages and the rota.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from services.domain import Deadline, Issue, Kind, Rota, State
from services.queue import Row
from services.rota.turns import Turn, is_mine, turn_at, turns

_OWED = frozenset({State.BREACHED, State.SOON, State.RUNNING, State.PAUSED, State.UNKNOWN})


class Due(Struct, frozen=True):
    """Something that does not wait."""

    issue: Issue
    deadline: Deadline
    due_at: datetime


class Cover(Struct, frozen=True):
    """Somebody who is on call now, and on what."""

    who: str
    schedule: str
    until: datetime


class Away(Struct, frozen=True):
    """What stepping away until `until` would mean."""

    until: datetime
    late: tuple[Due, ...]
    """Overdue already."""
    due: tuple[Due, ...]
    """Falls due before `until`, soonest first; re-pages are among them."""
    unknown: tuple[Due, ...]
    """May fall due before `until`: not known yet."""
    on_call: tuple[str, ...]
    """Schedules that are with me at some time until then."""
    cover: tuple[Cover, ...]
    """Others who are on call now."""

    @property
    def free(self) -> bool:
        """Whether nothing waits and nobody pages me."""
        return not (self.late or self.due or self.unknown or self.on_call)


def step_away(
    rows: Sequence[Row], rota: Rota, names: Collection[str], now: datetime, minutes: int
) -> Away:
    """What falls due within `minutes`, and who could see to it.

    Args:
        rows: The whole queue as it stands at `now`.
        rota: The schedules.
        names: By which the operator is known, where PagerDuty's id is not.
        now: The servers' time.
        minutes: How long.
    """
    until = now + timedelta(minutes=minutes)
    dues = sorted(
        (
            Due(row.issue, deadline, deadline.due_at)
            for row in rows
            for deadline in row.deadlines
            if deadline.due_at is not None and deadline.due_at <= until and deadline.state in _OWED
        ),
        key=lambda due: (due.due_at, due.issue.id),
    )
    late = tuple(d for d in dues if d.deadline.state is State.BREACHED)
    unknown = tuple(d for d in dues if d.deadline.state is State.UNKNOWN)
    due = tuple(d for d in dues if d not in late and d not in unknown)
    mine = tuple(
        schedule.name
        for schedule in rota.schedules
        if any(
            is_mine(shift, rota, names)
            for turn in turns(schedule, now, until)
            for shift in turn.shifts
        )
    )
    return Away(until, late, due, unknown, mine, _cover(rota, names, now))


def is_repage(due: Due) -> bool:
    """Whether it is PagerDuty that pages again, and no promise to a person."""
    return due.deadline.kind is Kind.REPAGE


def _cover(rota: Rota, names: Collection[str], now: datetime) -> tuple[Cover, ...]:
    found: dict[str, Cover] = {}
    for schedule in rota.schedules:
        ahead = turns(schedule, now, max(rota.until or now, now))
        current: Turn | None = turn_at(ahead, now)
        for shift in current.shifts if current is not None else ():
            if current is not None and not is_mine(shift, rota, names):
                found.setdefault(shift.user_id, Cover(shift.who, schedule.name, current.end))
    return tuple(found.values())
