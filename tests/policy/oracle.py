"""Support time counted the slow and obvious way: by looking at a wall clock, step after step.

It shares nothing with the code it checks: no tables, no totals, no epoch numbers. Where a quarter
of an hour begins it is walked in one stride, as nothing opens, closes or changes its clock within
one, in any zone that is asked about here; a test looks at each of the steps.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
QUARTER = timedelta(minutes=15)


def is_open(at: datetime, holidays: Collection[date], zone: ZoneInfo = LONDON) -> bool:
    """Whether a wall clock shows a support hour."""
    local = at.astimezone(zone)
    # What most hours fail first: this is asked millions of times.
    return 9 <= local.hour < 17 and local.weekday() < 5 and local.date() not in holidays


def stride(now: datetime, step: timedelta) -> int:
    """How many steps are walked at once from here."""
    begins = now.minute % 15 == 0 and now.second == 0 and now.microsecond == 0
    return QUARTER // step if begins else 1


def due(
    start: datetime,
    steps: int,
    holidays: Collection[date],
    step: timedelta = MINUTE,
    zone: ZoneInfo = LONDON,
) -> datetime:
    """Walk on step by step; only open steps count. `start` is a whole step."""
    now = start.astimezone(UTC)
    while steps:
        many = stride(now, step)
        if is_open(now, holidays, zone):
            many = many if many <= steps else 1
            steps -= many
        now += many * step
    return now


def left(
    now: datetime,
    end: datetime,
    holidays: Collection[date],
    step: timedelta = MINUTE,
    zone: ZoneInfo = LONDON,
) -> int:
    """Open steps between two whole steps."""
    count = 0
    now = now.astimezone(UTC)
    while now < end:
        many = stride(now, step)
        many = many if now + many * step <= end else 1
        count += many * is_open(now, holidays, zone)
        now += many * step
    return count
