"""Which shift is this, and which comes after it? For the handover. Pure; moments are in UTC."""

from collections.abc import Collection
from datetime import datetime, timedelta

from msgspec import Struct

from services.domain import Rota
from services.policy.calendar import SupportCalendar
from services.rota.turns import Turn, is_mine, turns

JUST_OVER = timedelta(hours=2)
"""A turn of mine that ended no longer ago is the one that I hand over."""

_LONGEST = timedelta(days=4)
"""No support hours are further apart, but for the longest of holidays."""


class ShiftSpan(Struct, frozen=True):
    """A shift and the one after it."""

    since: datetime
    ends: datetime
    next_ends: datetime


def shift_at(
    rota: Rota, names: Collection[str], calendar: SupportCalendar, now: datetime
) -> ShiftSpan:
    """My turn that goes on or has just ended; else that of whoever is on; else the period of day.

    Args:
        rota: The schedules.
        names: By which the operator is known, where PagerDuty's id is not.
        calendar: Support hours.
        now: The servers' time.
    """
    since, until = rota.since or now, rota.until or now
    everyone = [
        turn
        for schedule in rota.schedules
        for turn in turns(schedule, min(since, now), max(until, now))
        if turn.shifts
    ]
    mine = [t for t in everyone if any(is_mine(shift, rota, names) for shift in t.shifts)]
    current = (
        _going_on(mine, now)
        or _just_over(mine, now)
        or _going_on(everyone, now)
        or Turn(_period_began(calendar, now), calendar.period_ends(now))
    )
    return ShiftSpan(current.start, current.end, _next_ends(everyone, current.end, calendar))


def _going_on(found: list[Turn], now: datetime) -> Turn | None:
    here = [turn for turn in found if turn.start <= now < turn.end]
    return min(here, key=lambda turn: (turn.end, turn.start), default=None)


def _just_over(found: list[Turn], now: datetime) -> Turn | None:
    over = [turn for turn in found if turn.end <= now < turn.end + JUST_OVER]
    return max(over, key=lambda turn: (turn.end, turn.start), default=None)


def _next_ends(found: list[Turn], ends: datetime, calendar: SupportCalendar) -> datetime:
    following = [turn.end for turn in found if turn.start <= ends < turn.end]
    return min(following, default=calendar.period_ends(ends))


def _period_began(calendar: SupportCalendar, now: datetime) -> datetime:
    closed = calendar.skipped(now - _LONGEST, now)
    if not closed:
        return now
    return closed[-1].ends_at if calendar.is_open(now) else closed[-1].starts_at
