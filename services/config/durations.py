"""How is a length of time written? As 90s, 20m, 2h, 1h30m, or 2bd for business days."""

import re
from datetime import timedelta

from services.policy.rules import Allowance

LONGEST = timedelta(days=366)
"""Nothing is promised for longer than a year; a slip of the finger may well say so."""

LONGEST_BUSINESS_DAYS = 260

HOW_TO_WRITE = "write 20m, 2h, 1h30m or 2bd"
HOW_TO_WRITE_TIME = "write 15s, 20m or 1h30m"

_TIMES = r"(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,9})s)?"
_BUSINESS_DAYS = r"([0-9]{1,6})bd"


def read_allowance(text: str) -> Allowance:
    """An allowance as written; the inverse of `str(allowance)`.

    >>> read_allowance("1h30m").duration
    datetime.timedelta(seconds=5400)
    >>> read_allowance("2bd").business_days
    2

    Raises:
        ValueError: It is no duration, or longer than a year; the reason is for the operator.
    """
    if days := re.fullmatch(_BUSINESS_DAYS, text):
        if int(days[1]) > LONGEST_BUSINESS_DAYS:
            raise ValueError("is longer than a year")
        return Allowance(business_days=int(days[1]))
    times = re.fullmatch(_TIMES, text)
    if not text or times is None:
        raise ValueError(f"is not a duration; {HOW_TO_WRITE}")
    hours, minutes, seconds = (int(part or 0) for part in times.groups())
    duration = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if duration > LONGEST:
        raise ValueError("is longer than a year")
    return Allowance(duration)


def read_duration(text: str) -> timedelta:
    """A length of elapsed time as written, so not in business days.

    Raises:
        ValueError: It is none, or longer than a year; the reason is for the operator.
    """
    if re.fullmatch(_BUSINESS_DAYS, text):
        raise ValueError(f"counts business days, but this is elapsed time; {HOW_TO_WRITE_TIME}")
    if not text or re.fullmatch(_TIMES, text) is None:
        raise ValueError(f"is not a duration; {HOW_TO_WRITE_TIME}")
    allowance = read_allowance(text)
    return allowance.duration
