"""When is support open, what kind of hour is it, and when will an allowance be used up?

Opening and closing are civil times in one zone: 09:00 is 09:00 before and after a clock change.
Support time is the time that really passes between opening and closing, so a day on which the
clocks change within support hours is longer or shorter than others, while a business day, as an
allowance, is always closing minus opening. Moments are aware and given back in UTC.
Source: the policy's support hours and periods.
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Mapping
from datetime import MINYEAR, UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from services.domain import Period
from services.errors import ConfigError
from services.policy.rules import SupportHours
from services.policy.support_time import (
    Stretches,
    SupportTime,
    from_micros,
    in_utc,
    to_micros,
)

_DAY = timedelta(days=1)
_SECOND = 1_000_000
_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)


class ClosedDay(Struct, frozen=True):
    """A civil day on which support does not open."""

    day: date
    why: str
    """`weekend`, or the name of the bank holiday."""


class ClosedStretch(Struct, frozen=True):
    """A stretch in which support is closed throughout, as far as it was asked for."""

    starts_at: datetime
    ends_at: datetime
    days: tuple[ClosedDay, ...] = ()
    """The civil days of it without support; none if it is but a night."""


class SupportCalendar:
    """The support hours of one team, in any year."""

    def __init__(self, hours: SupportHours, holidays_in: Callable[[int], Collection[date]]) -> None:
        """Check the hours; no year is laid out before it is asked for.

        Args:
            hours: Support hours. Their extra holidays and not-holidays correct `holidays_in`.
            holidays_in: The bank holidays of a civil year; names are used if it maps to them.

        Raises:
            ConfigError: The hours contradict themselves, or there is no such time zone.
        """
        _check(hours)
        self.hours = hours
        self.zone = _zone(hours.timezone)
        self.business_day = datetime.combine(date.min, hours.closes) - datetime.combine(
            date.min, hours.opens
        )
        """Support time in one support day."""
        self._holidays_in = holidays_in
        self._holidays: dict[int, Mapping[date, str]] = {}
        self._time = SupportTime(self._stretches_in, self._year_begins)

    def due(self, start: datetime, allowance: timedelta) -> datetime:
        """The earliest instant at which `allowance` of support time from `start` on is used up.

        Two hours from 15:00 are used up at 17:00 today, not at 09:00 tomorrow; no time at all is
        used up at once, also at night.

        Raises:
            ValueError: The allowance is negative.
        """
        return self._time.due(start, allowance)

    def left(self, now: datetime, due: datetime) -> timedelta:
        """Support time between `now` and `due`; zero once `due` has come."""
        return self._time.left(now, due)

    def is_open(self, at: datetime) -> bool:
        """Whether support is open: at 09:00:00 it is, at 17:00:00 it no longer is."""
        return self._time.is_open(at)

    def opens_next(self, at: datetime) -> datetime:
        """The first opening at or after `at`: while support is open, that of another day.

        At the very moment of opening it is that moment.
        """
        return self._time.opens_next(at)

    def closes_next(self, at: datetime) -> datetime:
        """The first closing after `at`: at the very moment of closing, that of another day."""
        return self._time.closes_next(at)

    def period(self, at: datetime) -> Period:
        """Which kind of hour `at` lies in; its opening belongs to it and its closing does not."""
        day = at.astimezone(self.zone).date()
        opens, closes = self._window(day)
        if not opens <= at < closes:
            return Period.OUT_OF_HOURS_OVERNIGHT
        return Period.OUT_OF_HOURS_WAKING if self.why_closed(day) else Period.IN_HOURS

    def period_ends(self, at: datetime) -> datetime:
        """The first moment after `at` that lies in another period."""
        day = at.astimezone(self.zone).date()
        while True:
            opens, closes = self._window(day)
            if opens < closes and at < closes:
                return opens if at < opens else closes
            day += _DAY

    def why_closed(self, day: date) -> str | None:
        """`weekend` or a holiday's name on a civil day without support; None on a support day."""
        if day.weekday() not in self.hours.days:
            return "weekend" if day.weekday() > 4 else "no support day"
        return self._holidays_of(day.year).get(day)

    def skipped(self, start: datetime, end: datetime) -> tuple[ClosedStretch, ...]:
        """The stretches between two moments in which a support clock sleeps, in order."""
        start, end = in_utc(start), in_utc(end)
        stretches = []
        while start < end:
            if self.is_open(start):
                start = self.closes_next(start)
                continue
            wakes = min(self.opens_next(start), end)
            stretches.append(ClosedStretch(start, wakes, self._closed_days(start, wakes)))
            start = wakes
        return tuple(stretches)

    def _closed_days(self, start: datetime, end: datetime) -> tuple[ClosedDay, ...]:
        day, last = start.astimezone(self.zone).date(), end.astimezone(self.zone).date()
        days = []
        while day <= last:
            if (why := self.why_closed(day)) is not None:
                days.append(ClosedDay(day, why))
            day += _DAY
        return tuple(days)

    def _holidays_of(self, year: int) -> Mapping[date, str]:
        """Bank holidays as the team keeps them, with names."""
        if year not in self._holidays:
            found = self._holidays_in(year)
            if isinstance(found, Mapping):
                named = {day: str(name) for day, name in found.items()}
            else:
                named = dict.fromkeys(found, "bank holiday")
            extra = dict.fromkeys(self.hours.extra_holidays - named.keys(), "extra holiday")
            kept = named | extra
            self._holidays[year] = {d: kept[d] for d in kept if d not in self.hours.not_holidays}
        return self._holidays[year]

    def _stretches_in(self, year: int) -> Stretches:
        days = (date(year, 1, 1) + i * _DAY for i in range(_days_in(year)))
        windows = (self._window(day) for day in days if self.why_closed(day) is None)
        return [(opens, closes) for opens, closes in windows if opens < closes]

    def _year_begins(self, year: int) -> datetime:
        return self._first_showing(date(year, 1, 1), time.min)

    def _window(self, day: date) -> tuple[datetime, datetime]:
        """When 09:00 and 17:00 are on a civil day, whether support opens then or not."""
        return (
            self._first_showing(day, self.hours.opens),
            self._first_showing(day, self.hours.closes),
        )

    def _first_showing(self, day: date, at: time) -> datetime:
        """The first instant at which the clocks on the wall show this time of this day, or later.

        Clocks put back show it twice: the first time counts. Clocks put forward may never show it:
        then it is the instant at which they jump over it.
        """
        shown = datetime.combine(day, at, self.zone)
        first, second = _utc(shown), _utc(shown.replace(fold=1))
        if first <= second:
            return first
        after_jump = shown.replace(fold=1).utcoffset()
        within = range(to_micros(second), to_micros(first) + 1, _SECOND)
        jumped = bisect_left(
            within,
            True,
            key=lambda micros: from_micros(micros).astimezone(self.zone).utcoffset() == after_jump,
        )
        # Clocks jump at whole seconds; what was asked for may have a fraction.
        return from_micros(within[jumped] // _SECOND * _SECOND)


def _utc(shown: datetime) -> datetime:
    """A civil moment in UTC; the first or last there is, for one outside UTC's own calendar."""
    try:
        return shown.astimezone(UTC)
    except OverflowError:
        return _FIRST if shown.year == MINYEAR else _LAST


def _days_in(year: int) -> int:
    return date(year, 12, 31).timetuple().tm_yday


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigError(
            f"Support hours: there is no time zone `{name}`.", "Name one such as `Europe/London`."
        ) from error


def _check(hours: SupportHours) -> None:
    if not hours.days:
        raise ConfigError("Support hours: there is no weekday on which support opens.")
    if hours.opens >= hours.closes:
        raise ConfigError("Support hours: support must open before it closes, on the same day.")
    both = hours.extra_holidays & hours.not_holidays
    if both:
        raise ConfigError(
            f"Support hours: {min(both)} is listed both as an extra holiday and as no holiday."
        )
