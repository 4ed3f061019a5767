"""What does each civil day of a timeline look like? Its shades, and which turn lies where.

A day is 24 columns of hours of the clock on the wall, whatever the clocks do: an hour that is left
out has no time in it, one that comes twice is drawn once. Moments are aware, in UTC. Pure.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from msgspec import Struct

from services.policy.calendar import SupportCalendar
from services.rota.turns import Turn

_DAY = timedelta(days=1)
_MINUTES = 24 * 60


class Shade(StrEnum):
    """What kind of hour it is, as far as a rota cares."""

    HOURS = "support hours"
    NIGHT = "night"
    WEEKEND = "weekend"
    HOLIDAY = "bank holiday"


class Day(Struct, frozen=True):
    """One civil day."""

    day: date
    starts_at: datetime
    ends_at: datetime
    shade: Shade
    """Of the day as a whole; a support day is support hours, and night around them."""
    why: str
    """The holiday's name, or `weekend`; empty on a support day."""
    clocks: timedelta
    """How far the clocks are put forward on it; negative is back, nothing on most days."""


class Piece(Struct, frozen=True):
    """The part of a turn that lies within one day."""

    turn: Turn
    first: int
    """Its first cell."""
    last: int
    """The cell after its last."""


def days(calendar: SupportCalendar, first: date, count: int) -> tuple[Day, ...]:
    """So many days in a row."""
    return tuple(_day(calendar, first + place * _DAY) for place in range(count))


def civil(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A civil time of a day as a moment; the first, where it comes twice."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def shades(calendar: SupportCalendar, day: Day, per_hour: int) -> tuple[Shade, ...]:
    """The shade of each cell of a day, by the civil time at which it begins."""
    hours = calendar.hours
    step = 60 // per_hour
    shown: list[Shade] = []
    for place in range(24 * per_hour):
        minute = place * step
        at = time(minute // 60, minute % 60)
        if day.shade is not Shade.HOURS:
            shown.append(day.shade)
        else:
            shown.append(Shade.HOURS if hours.opens <= at < hours.closes else Shade.NIGHT)
    return tuple(shown)


def missing(day: Day, zone: ZoneInfo, per_hour: int) -> frozenset[int]:
    """The cells of a day that the clocks skip."""
    if day.clocks <= timedelta(0):
        return frozenset()
    midnight = datetime.combine(day.day, time.min)
    step = timedelta(minutes=60 // per_hour)
    civil_times = ((place, midnight + place * step) for place in range(24 * per_hour))
    return frozenset(place for place, at in civil_times if not _exists(at, zone))


def pieces(found: Sequence[Turn], day: Day, zone: ZoneInfo, per_hour: int) -> tuple[Piece, ...]:
    """Which turn lies where on a day, in order; even a short one has a cell, if any is free."""
    step = 60 // per_hour
    shown: list[Piece] = []
    for turn in found:
        if turn.start >= day.ends_at or turn.end <= day.starts_at:
            continue
        first = _minute(turn.start, day, zone) // step
        last = -(-_minute(turn.end, day, zone) // step)
        if shown and shown[-1].last > first:
            # Both lie in this cell: the later has it, unless the earlier would be gone.
            before = shown[-1]
            if before.last - before.first > 1 and before.first < first:
                shown[-1] = Piece(before.turn, before.first, first)
            else:
                first = before.last
        if first < (last := min(max(last, first + 1), 24 * per_hour)):
            shown.append(Piece(turn, first, last))
    return tuple(shown)


def _day(calendar: SupportCalendar, day: date) -> Day:
    zone = calendar.zone
    starts, ends = civil(day, time.min, zone), civil(day + _DAY, time.min, zone)
    why = calendar.why_closed(day)
    shade = Shade.HOURS
    if why is not None:
        # A bank holiday that falls on a weekend is a weekend.
        weekend = day.weekday() > 4 or day.weekday() not in calendar.hours.days
        shade = Shade.WEEKEND if weekend else Shade.HOLIDAY
    return Day(day, starts, ends, shade, why or "", _DAY - (ends - starts))


def _exists(at: datetime, zone: ZoneInfo) -> bool:
    return at.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == at


def _minute(at: datetime, day: Day, zone: ZoneInfo) -> int:
    """How far into the day it is by the clock on the wall."""
    if at <= day.starts_at:
        return 0
    if at >= day.ends_at:
        return _MINUTES
    local = at.astimezone(zone)
    return local.hour * 60 + local.minute
