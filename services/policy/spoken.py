"""How days and lengths of time are said, in English, whatever the locale. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
)  # fmt: skip


def duration_words(length: timedelta) -> str:
    """A length of time in hours, minutes and seconds; without its sign, and less than 1 s as none.

    Hours are not made into days: a day of support time is not a day of the calendar.

    >>> duration_words(timedelta(hours=2, minutes=5)), duration_words(timedelta(seconds=-40))
    ('2 h 5 min', '40 s')
    >>> duration_words(timedelta(days=2)), duration_words(timedelta(0))
    ('48 h', '0 s')
    """
    length = abs(length)
    minutes, seconds = divmod(length.days * 86_400 + length.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (seconds, "s"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 s"


def day_words(day: date) -> str:
    """A civil day, without its year.

    >>> day_words(date(2026, 12, 28))
    'Mon 28 Dec'
    """
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"


def days_words(weekdays: Iterable[int]) -> str:
    """Weekdays, Monday is 0.

    >>> days_words({0, 1, 2, 3, 4}), days_words({0, 2, 6})
    ('Mon-Fri', 'Mon, Wed, Sun')
    """
    days = sorted(weekdays)
    if len(days) > 2 and all(after == day + 1 for day, after in pairwise(days)):
        return f"{_DAYS[days[0]]}-{_DAYS[days[-1]]}"
    return ", ".join(_DAYS[day] for day in days)
