"""When is support open? Only as exactly as a story needs it; promises are reckoned elsewhere."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

ZONE = ZoneInfo("Europe/London")
OPENS, CLOSES = time(9), time(17)


@lru_cache(maxsize=4096)
def open_between(day: date) -> tuple[datetime, datetime] | None:
    """Opening and closing time of a day; `None` at weekends and on bank holidays."""
    if day.isoweekday() > 5 or day in _bank_holidays(day.year):
        return None
    return datetime.combine(day, OPENS, ZONE), datetime.combine(day, CLOSES, ZONE)


@lru_cache(maxsize=64)
def _bank_holidays(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("GB", subdiv="ENG", years=year)


def is_open(moment: datetime) -> bool:
    """Whether support is open at a moment."""
    span = open_between(moment.astimezone(ZONE).date())
    return span is not None and span[0] <= moment < span[1]


def before(moment: datetime, open_time: timedelta) -> datetime:
    """The moment from which on support was open for so long until `moment`."""
    day, left = moment.astimezone(ZONE).date(), open_time
    while True:
        span = open_between(day)
        if span is not None and span[0] < moment:
            end = min(span[1], moment)
            if end - span[0] >= left:
                return (end - left).astimezone(moment.tzinfo)
            left -= end - span[0]
        day -= timedelta(days=1)


def after(moment: datetime, open_time: timedelta) -> datetime:
    """The moment by which support will have been open for so long since `moment`."""
    day, left = moment.astimezone(ZONE).date(), open_time
    while True:
        span = open_between(day)
        if span is not None and span[1] > moment:
            start = max(span[0], moment)
            if span[1] - start >= left:
                return (start + left).astimezone(moment.tzinfo)
            left -= span[1] - start
        day += timedelta(days=1)
