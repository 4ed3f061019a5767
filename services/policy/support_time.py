"""How much support time lies between two instants, and at which instant is so much of it used up?

Everything here is a whole number of microseconds: instants since 1970 UTC, lengths as they are. So
nothing is rounded and the laws hold exactly. The stretches in which support is open are laid out a
civil year at a time with their running total, and bisected; which stretches a year has is for the
calendar to say.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import MAXYEAR, UTC, datetime, timedelta
from functools import lru_cache
from itertools import accumulate

from msgspec import Struct

from services.errors import ConfigError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)

Stretches = list[tuple[int, int]]
"""Opening and closing instants, in order, none empty, none touching."""


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970 UTC, exact. A naive moment is a `TypeError`."""
    return (moment - _EPOCH) // _MICRO


def from_micros(micros: int) -> datetime:
    """The moment so many microseconds after 1970, aware, in UTC; exact."""
    return _EPOCH + micros * _MICRO


@lru_cache(maxsize=64)
def length_in_micros(length: timedelta) -> int:
    """A length of time in microseconds, exact. A policy has few of them."""
    return length // _MICRO


class Years(Struct, frozen=True):
    """The open stretches of some civil years in a row. Never changed, only replaced."""

    first: int
    """The first civil year."""
    last: int
    starts: int
    """The instant at which the first year begins."""
    ends: int
    """The instant at which the last year is over."""
    opens: list[int]
    closes: list[int]
    used: list[int]
    """Support time from the first opening here up to each closing."""

    def worked(self, at: int) -> int:
        """Support time from the first opening here up to an instant within these years."""
        stretch = bisect_right(self.opens, at) - 1
        if stretch < 0:
            return 0
        to_closing = self.closes[stretch] - at
        return self.used[stretch] - to_closing if to_closing > 0 else self.used[stretch]

    def reached(self, worked: int) -> int:
        """The earliest instant up to which so much (more than nothing) was worked."""
        stretch = bisect_left(self.used, worked)
        return self.closes[stretch] - (self.used[stretch] - worked)

    def is_open(self, at: int) -> bool:
        """Whether support is open: from the very opening up to, but not at, the closing."""
        stretch = bisect_right(self.opens, at) - 1
        return stretch >= 0 and at < self.closes[stretch]


class SupportTime:
    """The open stretches of all time, laid out as far as anyone has asked.

    Safe to ask from several threads: what is laid out is replaced whole.
    """

    def __init__(
        self, stretches_in: Callable[[int], Stretches], year_begins: Callable[[int], int]
    ) -> None:
        """Lay out nothing yet.

        Args:
            stretches_in: The open stretches of one civil year.
            year_begins: The instant at which a civil year begins.
        """
        self._stretches_in = stretches_in
        self._year_begins = year_begins
        self._of_year: dict[int, Stretches] = {}
        self._years = Years(0, -1, 0, 0, [], [], [])

    def due(self, start: int, allowance: int) -> int:
        """The earliest instant from `start` on at which `allowance` has been worked.

        Raises:
            ValueError: The allowance is negative.
            ConfigError: Support is not open for that long before the calendar ends.
        """
        if allowance <= 0:
            if allowance < 0:
                raise ValueError("an allowance cannot be negative")
            return start
        years = self._years
        if not years.starts <= start < years.ends:
            years = self._covering(start, start)
        worked = years.worked(start) + allowance
        while not years.used or years.used[-1] < worked:
            years = self._longer(years)
        return years.reached(worked)

    def due_moment(self, start: datetime, allowance: timedelta) -> datetime:
        """`due`, from a moment to a moment in UTC. All in one place, for it is asked most of all.

        Raises:
            ValueError: The allowance is negative.
            ConfigError: Support is not open for that long before the calendar ends.
        """
        years, length, at = self._years, length_in_micros(allowance), (start - _EPOCH) // _MICRO
        if length <= 0 or not years.starts <= at < years.ends:
            return from_micros(self.due(at, length))
        closes, used = years.closes, years.used
        stretch = bisect_right(years.opens, at) - 1
        worked = length
        if stretch >= 0:
            to_closing = closes[stretch] - at
            if to_closing >= length and start.tzinfo is UTC:
                return start + allowance
            worked += used[stretch] - to_closing if to_closing > 0 else used[stretch]
        stretch = bisect_left(used, worked)
        if stretch == len(used):
            return from_micros(self.due(at, length))
        return _EPOCH + (closes[stretch] - (used[stretch] - worked)) * _MICRO

    def left(self, now: int, due: int) -> int:
        """Support time between two instants; nothing once `due` has come."""
        if now >= due:
            return 0
        years = self._years
        if now < years.starts or due >= years.ends:
            years = self._covering(now, due)
        return years.worked(due) - years.worked(now)

    def is_open(self, at: int) -> bool:
        """Whether support is open: from the very opening up to, but not at, the closing."""
        years = self._years
        if not years.starts <= at < years.ends:
            years = self._covering(at, at)
        return years.is_open(at)

    def opens_next(self, at: int) -> int:
        """The first opening at or after an instant."""
        years = self._covering(at, at)
        while (stretch := bisect_left(years.opens, at)) == len(years.opens):
            years = self._longer(years)
        return years.opens[stretch]

    def closes_next(self, at: int) -> int:
        """The first closing after an instant."""
        years = self._covering(at, at)
        while (stretch := bisect_right(years.closes, at)) == len(years.closes):
            years = self._longer(years)
        return years.closes[stretch]

    def _covering(self, early: int, late: int) -> Years:
        years = self._years
        if years.starts <= early and late < years.ends:
            return years
        first, last = self._year_of(early), self._year_of(late)
        if years.last >= years.first:
            first, last = min(first, years.first), max(last, years.last)
        return self._lay_out(first, last)

    def _year_of(self, at: int) -> int:
        """The civil year of an instant; UTC's may be one off on New Year's Eve."""
        year = from_micros(at).year
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
