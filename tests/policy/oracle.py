"""Support time counted the slow and obvious way: minute by minute, by looking at a wall clock."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
MINUTE = timedelta(minutes=1)


def is_open(moment: datetime, holidays: set[date]) -> bool:
    local = moment.astimezone(LONDON)
    return local.weekday() < 5 and local.date() not in holidays and 9 <= local.hour < 17


def due(start: datetime, minutes: int, holidays: set[date]) -> datetime:
    """Walk on a minute at a time from a whole minute; only open minutes count."""
    moment = start
    while minutes:
        minutes -= is_open(moment, holidays)
        moment += MINUTE
    return moment


def left(now: datetime, end: datetime, holidays: set[date]) -> int:
    """Open minutes between two whole minutes."""
    count = 0
    while now < end:
        count += is_open(now, holidays)
        now += MINUTE
    return count
