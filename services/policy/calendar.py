"""How much support time lies between two moments, and when will an allowance be used up?

Support time is the elapsed time inside support hours. The hours are civil time in one zone, so
09:00 is 09:00 before and after a clock change; each stretch is kept as two UTC instants. Inside,
everything is integer microseconds since 1970 UTC, so that no law is bent by rounding: a year's
stretches are computed once, kept with their running total, and bisected.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.domain import Period
from services.policy.holidays import HolidaysIn
from services.policy.rules import SupportHours

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY = timedelta(days=1)
_YEARS_TO_SEARCH = 20
"""A calendar that does not open once in so many years never does."""


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970 UTC, exact."""
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The moment so many microseconds after 1970 UTC, exact."""
    return _EPOCH + timedelta(microseconds=micros)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A day, or the rest of one, in which a support clock slept."""

    day: date
    why: str
    """`weekend`, or the name of the bank holiday."""


class SupportCalendar:
    """Support hours laid out over the years, extended by itself as far as it is asked."""

    def __init__(self, hours: SupportHours, holidays_in: HolidaysIn) -> None:
        """Make a calendar; nothing is computed until it is asked.

        Args:
            hours: Support hours; its extra and not-holidays win over `holidays_in`.
            holidays_in: The bank holidays of a civil year.
        """
        self.hours = hours
        self.zone = ZoneInfo(hours.timezone)
        self._holidays_in = holidays_in
        self._years = range(0)
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._before: list[int] = []
        """Support time before each stretch, counted from the first."""
        self._through: list[int] = []
        """Support time up to the end of each stretch."""

    @property
    def business_day(self) -> timedelta:
        """The support time of one support day."""
        day = date(2000, 1, 1)
        return datetime.combine(day, self.hours.closes) - datetime.combine(day, self.hours.opens)

    def due(self, start: datetime, allowance: timedelta) -> datetime:
        """The earliest instant at which `allowance` of support time after `start` is used up.

        2 h from 15:00 is 17:00 the same day, not 09:00 the next. No allowance is used up at once.
        """
        return from_micros(self.due_micros(to_micros(start), allowance // _MICROSECOND))

    def due_micros(self, start: int, allowance: int) -> int:
        """`due` on microseconds since 1970 UTC; `allowance` is not negative."""
        if allowance <= 0:
            return start
        starts, through = self._starts, self._through
        if not starts or not starts[0] <= start < self._ends[-1]:
            self._cover(start)
        while not starts:
            self._extend(self._years.start, self._years.stop)
        stretch = bisect_right(starts, start) - 1
        target = self._before[stretch] + min(start, self._ends[stretch]) - starts[stretch]
        target += allowance
        while through[-1] < target:
            self._extend(self._years.start, self._years.stop)
        last = bisect_left(through, target, stretch)
        return self._ends[last] - through[last] + target

    def left(self, now: datetime, due: datetime) -> timedelta:
        """Support time between `now` and `due`; nothing once `due` has passed."""
        return timedelta(microseconds=self.left_micros(to_micros(now), to_micros(due)))

    def left_micros(self, now: int, due: int) -> int:
        """`left` on microseconds since 1970 UTC."""
        if now >= due:
            return 0
        self._cover(now)
        self._cover(due)
        return self._open_before(due) - self._open_before(now)

    def left_reaches(self, due: datetime, allowance: timedelta) -> datetime:
        """The earliest instant at which at most `allowance` of support time is left to `due`."""
        end = to_micros(due)
        self._cover(end)
        wanted = allowance // _MICROSECOND
        while self._open_before(end) - self._before[0] < wanted:
            self._extend(self._years.start - 1, self._years.stop - 1)
        target = self._open_before(end) - wanted
        stretch = bisect_left(self._through, target)
        if target == self._before[stretch] and stretch > 0:
            return from_micros(self._ends[stretch - 1])
        return from_micros(self._starts[stretch] + target - self._before[stretch])

    def is_open(self, at: datetime) -> bool:
        """Whether support is open: from the opening on, up to but not at the closing."""
        moment = to_micros(at)
        self._cover(moment)
        stretch = bisect_right(self._starts, moment) - 1
        return stretch >= 0 and moment < self._ends[stretch]

    def opens_next(self, at: datetime) -> datetime:
        """The first opening at or after a moment."""
        moment = to_micros(at)
        self._cover(moment)
        while (stretch := bisect_left(self._starts, moment)) == len(self._starts):
            self._extend(self._years.start, self._years.stop)
        return from_micros(self._starts[stretch])

    def closes_next(self, at: datetime) -> datetime:
        """The first closing after a moment."""
        moment = to_micros(at)
        self._cover(moment)
        while (stretch := bisect_right(self._ends, moment)) == len(self._ends):
            self._extend(self._years.start, self._years.stop)
        return from_micros(self._ends[stretch])

    def period(self, at: datetime) -> Period:
        """In hours, or out of hours while awake or overnight."""
        local = at.astimezone(self.zone)
        if not self.hours.opens <= local.time() < self.hours.closes:
            return Period.OUT_OF_HOURS_OVERNIGHT
        working = self.why_closed(local.date()) is None
        return Period.IN_HOURS if working else Period.OUT_OF_HOURS_WAKING

    def period_ends(self, at: datetime) -> datetime:
        """When the period of a moment gives way to another, in UTC."""
        day = at.astimezone(self.zone).date()
        turns = (
            self._instant(day, self.hours.opens),
            self._instant(day, self.hours.closes),
            self._instant(day + _DAY, self.hours.opens),
        )
        moment = to_micros(at)
        return from_micros(min(turn for turn in turns if turn > moment))

    def why_closed(self, day: date) -> str | None:
        """`weekend` or a holiday's name on a civil day without support; None on a support day."""
        if day.weekday() not in self.hours.days:
            return "weekend"
        return self._holidays(day.year).get(day)

    def skipped(self, start: datetime, end: datetime) -> tuple[Skipped, ...]:
        """The civil days between two moments on which support does not open."""
        day, last = start.astimezone(self.zone).date(), end.astimezone(self.zone).date()
        days: list[Skipped] = []
        while day <= last:
            why = self.why_closed(day)
            if why is not None:
                days.append(Skipped(day, why))
            day += _DAY
        return tuple(days)

    def _holidays(self, year: int) -> Mapping[date, str]:
        bank = dict(self._holidays_in(year))
        bank |= dict.fromkeys(self.hours.extra_holidays - bank.keys(), "extra holiday")
        return {day: name for day, name in bank.items() if day not in self.hours.not_holidays}

    def _instant(self, day: date, at: time) -> int:
        return to_micros(datetime.combine(day, at, self.zone))

    def _open_before(self, moment: int) -> int:
        """Support time from the first stretch known to a moment."""
        stretch = bisect_right(self._starts, moment) - 1
        if stretch < 0:
            return self._before[0] if self._before else 0
        opened = self._starts[stretch]
        return self._before[stretch] + min(moment, self._ends[stretch]) - opened

    def _cover(self, moment: int) -> None:
        """Make sure that the stretches around a moment, a year either side, are known."""
        if self._starts and self._starts[0] <= moment < self._ends[-1]:
            return
        year = from_micros(moment).year
        self._extend(year - 1, year + 1)

    def _extend(self, first: int, last: int) -> None:
        """Know the years from `first` to `last` too, and all between them and those known.

        The running total is anchored at the years known first, so that totals never shift.
        """
        if not self._years:
            self._years = range(first, first)
        if len(self._years) > _YEARS_TO_SEARCH and not self._starts:
            raise ValueError("this calendar never opens")
        for year in range(self._years.start - 1, first - 1, -1):
            self._prepend(list(self._stretches(year)))
        for year in range(self._years.stop, last + 1):
            self._append(list(self._stretches(year)))
        self._years = range(min(first, self._years.start), max(last + 1, self._years.stop))

    def _append(self, stretches: list[tuple[int, int]]) -> None:
        total = self._through[-1] if self._through else 0
        for start, end in stretches:
            self._starts.append(start)
            self._ends.append(end)
            self._before.append(total)
            total += end - start
            self._through.append(total)

    def _prepend(self, stretches: list[tuple[int, int]]) -> None:
        total = self._before[0] if self._before else 0
        before: list[int] = []
        for start, end in reversed(stretches):
            total -= end - start
            before.append(total)
        before.reverse()
        self._starts[:0] = [start for start, _ in stretches]
        self._ends[:0] = [end for _, end in stretches]
        through = [b + end - start for b, (start, end) in zip(before, stretches, strict=True)]
        self._before[:0] = before
        self._through[:0] = through

    def _stretches(self, year: int) -> Iterator[tuple[int, int]]:
        holidays = self._holidays(year)
        day = date(year, 1, 1)
        while day.year == year:
            if day.weekday() in self.hours.days and day not in holidays:
                yield self._instant(day, self.hours.opens), self._instant(day, self.hours.closes)
            day += _DAY
