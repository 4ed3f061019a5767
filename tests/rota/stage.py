"""Schedules to test with: made of a few words, in London unless told otherwise."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from services.domain import Rota, Schedule, Shift
from services.policy.calendar import SupportCalendar
from services.policy.holidays import bank_holidays
from services.policy.rules import PolicyRules

LONDON = ZoneInfo("Europe/London")
CALENDAR = SupportCalendar(PolicyRules().hours, bank_holidays("GB", "ENG"))
HOUR = timedelta(hours=1)
NOON = datetime(2026, 1, 14, 12, tzinfo=UTC)
"""A Wednesday, in hours, when UTC is local time in London."""


def local(text: str, zone: ZoneInfo = LONDON) -> datetime:
    """A civil time, as `2026-03-28 17:00`, as a moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def shift(who: str, start: datetime, end: datetime, *, override: bool = False) -> Shift:
    """Somebody's turn; the id is made of the name."""
    return Shift(start, end, who, f"P{who.upper()}", override)


def schedule(name: str, *shifts: Shift, overrides: tuple[Shift, ...] = ()) -> Schedule:
    """A schedule of London with these turns."""
    in_order = tuple(sorted(shifts, key=lambda one: one.start))
    people = tuple({one.user_id: one.who for one in in_order}.items())
    return Schedule(f"S{name.upper()}", name, in_order, LONDON.key, overrides, people)


def rota(*schedules: Schedule, now: datetime = NOON, me: str | None = "PME") -> Rota:
    """All schedules, read as far as the dashboard reads them."""
    return Rota(schedules, now - timedelta(days=3), now + timedelta(days=15), my_id=me)


def week(first: str, days: str, nights: str) -> tuple[Schedule, Schedule]:
    """Two schedules for the three weeks from a Monday: one by day, one for all other hours.

    Args:
        first: The Monday, as `2026-03-23`.
        days: Who has each day in turn, separated by blanks.
        nights: Who has each night, and the weekend with Friday's night.
    """
    monday = datetime.fromisoformat(first)
    by_day, by_night = days.split(), nights.split()
    primary, out = [], []
    working = [place for place in range(21) if place % 7 < 5]
    for count, place in enumerate(working):
        day = f"{monday + timedelta(days=place):%Y-%m-%d}"
        wakes = monday + timedelta(days=place + (3 if place % 7 == 4 else 1))
        nine, five = local(f"{day} 09:00"), local(f"{day} 17:00")
        primary.append(shift(by_day[count % len(by_day)], nine, five))
        until = local(f"{wakes:%Y-%m-%d} 09:00")
        out.append(shift(by_night[count % len(by_night)], five, until))
    return schedule("Primary", *primary), schedule("Out of hours", *out)
