"""Support time counted the slow and obvious way: by looking at a wall clock, step after step.

It shares nothing with the code it checks: no tables, no totals, no epoch numbers.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def is_open(at: datetime, holidays: Collection[date], zone: ZoneInfo = LONDON) -> bool:
    """Whether a wall clock shows a support hour."""
    local = at.astimezone(zone)
    # What most hours fail first: this is asked millions of times.
    return 9 <= local.hour < 17 and local.weekday() < 5 and local.date() not in holidays


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
        if is_open(now, holidays, zone):
            steps -= 1
        now += step
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
        count += is_open(now, holidays, zone)
        now += step
    return count
