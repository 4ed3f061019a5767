"""What changes at five, at nine, and when somebody takes over?

Half an hour before, a card says which promises go to sleep and when they wake, which go on, what is
to be written up, and who takes over. Pure: told `now`; moments are aware, in UTC, text is raw.
Source: support hours, the queue's deadlines and the rota.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from services.domain import ClockKind, Deadline, Issue, Kind, Rota, Schedule, Severity, State
from services.policy.calendar import SupportCalendar
from services.queue import Row
from services.rota.turns import Turn, is_mine, turns

AHEAD = timedelta(minutes=30)
"""How long before a boundary it is told of."""

FEW_SCHEDULES = 4
"""With more than this, only turns that begin or end for me are boundaries."""


class Change(StrEnum):
    """What happens at a boundary."""

    CLOSES = "closes"
    OPENS = "opens"
    TURNS = "turns"


class Takeover(Struct, frozen=True):
    """A schedule passes from one to another."""

    schedule: str
    before: str
    """Raw; empty is nobody."""
    after: str
    until: datetime
    """How long whoever takes over has it, as far as is known."""


class Standing(Struct, frozen=True):
    """A promise, and how it stands at the boundary."""

    issue: Issue
    deadline: Deadline
    due_at: datetime
    wakes_at: datetime | None = None
    """When its clock runs on; None where it does not sleep."""


class Boundary(Struct, frozen=True):
    """A moment at which promises or people change, and all that is to be known of it."""

    at: datetime
    changes: frozenset[Change]
    takeovers: tuple[Takeover, ...] = ()
    before: tuple[Standing, ...] = ()
    """Due until then, or late already."""
    asleep: tuple[Standing, ...] = ()
    """Go to sleep then, or wake then."""
    awake: tuple[Standing, ...] = ()
    """Go on through it."""
    write_up: tuple[Issue, ...] = ()
    """P1 and P2 that paged somebody, and that others will ask about."""


def boundary_ahead(
    rows: Sequence[Row],
    done: Iterable[Issue],
    rota: Rota,
    names: Collection[str],
    calendar: SupportCalendar,
    now: datetime,
) -> Boundary | None:
    """The next boundary, if it is less than half an hour off.

    Args:
        rows: The queue as it stands at `now`.
        done: What was done with in the last day.
        rota: The schedules.
        names: By which the operator is known, where PagerDuty's id is not.
        calendar: Support hours.
        now: The servers' time.
    """
    found = list(_changes(rota, names, calendar, now))
    if not found:
        return None
    at = min(moment for moment, _, _ in found)
    here = [(change, takeover) for moment, change, takeover in found if moment == at]
    changes = frozenset(change for change, _ in here)
    takeovers = tuple(takeover for _, takeover in here if takeover is not None)
    standing = tuple(_standing(rows, calendar, at))
    before = tuple(s for s in standing if s.due_at <= at)
    after = [s for s in standing if s.due_at > at]
    asleep = tuple(s for s in after if s.wakes_at is not None)
    awake = tuple(s for s in after if s.wakes_at is None)
    if Change.OPENS in changes:
        asleep = tuple(s for s in awake if s.deadline.promise.clock is ClockKind.SUPPORT_HOURS)
        awake = tuple(s for s in awake if s not in asleep)
    elif Change.CLOSES not in changes:
        asleep = ()
    write_up = tuple(_to_write_up([row.issue for row in rows], done))
    return Boundary(at, changes, takeovers, before, asleep, awake, write_up)


def _changes(
    rota: Rota, names: Collection[str], calendar: SupportCalendar, now: datetime
) -> Iterator[tuple[datetime, Change, Takeover | None]]:
    latest = now + AHEAD
    if calendar.is_open(now):
        if (closes := calendar.closes_next(now)) <= latest:
            yield closes, Change.CLOSES, None
    elif now < (opens := calendar.opens_next(now)) <= latest:
        yield opens, Change.OPENS, None
    few = len(rota.schedules) <= FEW_SCHEDULES
    for schedule in rota.schedules:
        if not few and not any(is_mine(shift, rota, names) for shift in schedule.shifts):
            continue
        for takeover_at, before, after in _turnovers(schedule, rota, now, latest):
            people = (*before.shifts, *after.shifts)
            if few or any(is_mine(shift, rota, names) for shift in people):
                takeover = Takeover(schedule.name, before.names, after.names, after.end)
                yield takeover_at, Change.TURNS, takeover


def _turnovers(
    schedule: Schedule, rota: Rota, now: datetime, latest: datetime
) -> Iterator[tuple[datetime, Turn, Turn]]:
    """When a schedule passes to other people, or to nobody, between two moments."""
    ahead = turns(schedule, now, max(rota.until or latest, latest))
    for place, turn in enumerate(ahead[:-1]):
        following = ahead[place + 1]
        if turn.end > latest:
            return
        if turn.end > now and turn.user_ids != following.user_ids:
            yield turn.end, turn, following


def _standing(rows: Sequence[Row], calendar: SupportCalendar, at: datetime) -> Iterator[Standing]:
    """The next promise of each issue, in the order of the queue."""
    closed_after = not calendar.is_open(at)
    for row in rows:
        deadline = row.next
        if deadline is None or deadline.due_at is None or deadline.kind is Kind.REPAGE:
            continue
        sleeps = closed_after and deadline.promise.clock is ClockKind.SUPPORT_HOURS
        late = deadline.state is State.BREACHED
        wakes = calendar.opens_next(at) if sleeps and not late else None
        yield Standing(row.issue, deadline, deadline.due_at, wakes)


def _to_write_up(issues: Iterable[Issue], done: Iterable[Issue]) -> Iterator[Issue]:
    for issue in (*issues, *done):
        if issue.incident is not None and issue.severity in (Severity.P1, Severity.P2):
            yield issue
