"""How much support time lies between two moments, and at which moment is so much of it used up?

Everything here is a moment in UTC or a length of time, both of which Python counts in whole
microseconds: nothing is rounded and the laws hold exactly. The stretches in which support is open
are laid out a civil year at a time with their running total, and bisected; which stretches a year
has is for the calendar to say.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import MAXYEAR, UTC, datetime, timedelta
from itertools import accumulate

from msgspec import Struct

from services.errors import ConfigError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
_NOTHING = timedelta(0)

Stretches = list[tuple[datetime, datetime]]
"""Opening and closing moments in UTC, in order, none empty, none touching."""


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970 UTC, exact. A naive moment is a `TypeError`."""
    return (moment - _EPOCH) // _MICRO


def from_micros(micros: int) -> datetime:
    """The moment so many microseconds after 1970, aware, in UTC; exact."""
    return _EPOCH + micros * _MICRO


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC. A naive one is a `TypeError`."""
    return moment if moment.tzinfo is UTC else _EPOCH + (moment - _EPOCH)


class Years(Struct, frozen=True):
    """The open stretches of some civil years in a row. Never changed, only replaced."""

    first: int
    """The first civil year."""
    last: int
    starts: datetime
    """The moment at which the first year begins."""
    ends: datetime
    """The moment at which the last year is over."""
    opens: list[datetime]
    closes: list[datetime]
    used: list[timedelta]
    """Support time from the first opening here up to each closing."""

    def worked(self, at: datetime) -> timedelta:
        """Support time from the first opening here up to a moment within these years."""
        stretch = bisect_right(self.opens, at) - 1
        if stretch < 0:
            return _NOTHING
        closes = self.closes[stretch]
        return self.used[stretch] - (closes - at) if at < closes else self.used[stretch]

    def reached(self, worked: timedelta) -> datetime:
        """The earliest moment up to which so much (more than nothing) was worked."""
        stretch = bisect_left(self.used, worked)
        return self.closes[stretch] - (self.used[stretch] - worked)

    def is_open(self, at: datetime) -> bool:
        """Whether support is open: from the very opening up to, but not at, the closing."""
        stretch = bisect_right(self.opens, at) - 1
        return stretch >= 0 and at < self.closes[stretch]


class SupportTime:
    """The open stretches of all time, laid out as far as anyone has asked.

    Safe to ask from several threads: what is laid out is replaced whole. Moments may be in any
    zone, and are given back in UTC; naive ones are a `TypeError`.
    """

    def __init__(
        self, stretches_in: Callable[[int], Stretches], year_begins: Callable[[int], datetime]
    ) -> None:
        """Lay out nothing yet.

        Args:
            stretches_in: The open stretches of one civil year.
            year_begins: The moment at which a civil year begins, in UTC.
        """
        self._stretches_in = stretches_in
        self._year_begins = year_begins
        self._of_year: dict[int, Stretches] = {}
        self._years = Years(0, -1, _EPOCH, _EPOCH, [], [], [])

    def due(self, start: datetime, allowance: timedelta) -> datetime:
        """The earliest moment from `start` on at which `allowance` has been worked.

        All in one place where both lie in years laid out already, for it is asked most of all.

        Raises:
            ValueError: The allowance is negative.
            ConfigError: Support is not open for that long before the calendar ends.
        """
        if start.tzinfo is not UTC:
            start = in_utc(start)
        years = self._years
        opens = years.opens
        following = bisect_right(opens, start)
        # Between two openings that are laid out, everything is.
        if allowance <= _NOTHING or not 0 < following < len(opens):
            return self._due(start, allowance)
        closes, used = years.closes, years.used
        closing, worked = closes[following - 1], used[following - 1] + allowance
        if start < closing:
            to_closing = closing - start
            if allowance <= to_closing:
                return start + allowance
            worked -= to_closing
        # The stretches in between are few: most allowances end in the next one.
        if worked <= used[following]:
            return closes[following] - (used[following] - worked)
        stretch = bisect_left(used, worked, following)
        if stretch == len(used):
            return self._due(start, allowance)
        return closes[stretch] - (used[stretch] - worked)

    def _due(self, start: datetime, allowance: timedelta) -> datetime:
        """`due` by its plain definition, whichever years it takes."""
        if allowance <= _NOTHING:
            if allowance < _NOTHING:
                raise ValueError("an allowance cannot be negative")
            return start
        years = self._years
        if not years.starts <= start < years.ends:
            years = self._covering(start, start)
        worked = years.worked(start) + allowance
        while not years.used or years.used[-1] < worked:
            years = self._longer(years)
        return years.reached(worked)

    def left(self, now: datetime, due: datetime) -> timedelta:
        """Support time between two moments; nothing once `due` has come."""
        now, due = in_utc(now), in_utc(due)
        if now >= due:
            return _NOTHING
        years = self._years
        if now < years.starts or due >= years.ends:
            years = self._covering(now, due)
        return years.worked(due) - years.worked(now)

    def is_open(self, at: datetime) -> bool:
        """Whether support is open: from the very opening up to, but not at, the closing."""
        at = in_utc(at)
        years = self._years
        if not years.starts <= at < years.ends:
            years = self._covering(at, at)
        return years.is_open(at)

    def opens_next(self, at: datetime) -> datetime:
        """The first opening at or after a moment."""
        at = in_utc(at)
        years = self._covering(at, at)
        while (stretch := bisect_left(years.opens, at)) == len(years.opens):
            years = self._longer(years)
        return years.opens[stretch]

    def closes_next(self, at: datetime) -> datetime:
        """The first closing after a moment."""
        at = in_utc(at)
        years = self._covering(at, at)
        while (stretch := bisect_right(years.closes, at)) == len(years.closes):
            years = self._longer(years)
        return years.closes[stretch]

    def _covering(self, early: datetime, late: datetime) -> Years:
        years = self._years
        if years.starts <= early and late < years.ends:
            return years
        first, last = self._year_of(early), self._year_of(late)
        if years.last >= years.first:
            first, last = min(first, years.first), max(last, years.last)
        return self._lay_out(first, last)

    def _year_of(self, at: datetime) -> int:
        """The civil year of a moment; UTC's may be one off on New Year's Eve."""
        year = at.year
        if at < self._year_begins(year):
            return year - 1
        return year if year == MAXYEAR or at < self._year_begins(year + 1) else year + 1

    def _longer(self, years: Years) -> Years:
        """Twice as many years: soon long enough for any allowance, and at first just one more."""
        last = min(years.last + (years.last - years.first + 1), MAXYEAR - 1)
        if last == years.last:
            raise ConfigError("Support is not open for as long as the policy allows.")
        return self._lay_out(years.first, last)

    def _lay_out(self, first: int, last: int) -> Years:
        for year in range(first, last + 1):
            if year not in self._of_year:
                self._of_year[year] = self._stretches_in(year)
        stretches = [s for year in range(first, last + 1) for s in self._of_year[year]]
        years = Years(
            first=first,
            last=last,
            starts=self._year_begins(first),
            ends=self._year_begins(last + 1),
            opens=[opens for opens, _ in stretches],
            closes=[closes for _, closes in stretches],
            used=list(accumulate(closes - opens for opens, closes in stretches)),
        )
        self._years = years
        return years
