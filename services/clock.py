"""What time is it, and on whose clock?

Only this module asks the operating system for the time. Everything that waits or stamps is
handed a `Clock`; everything pure is told `now`. All moments are aware `datetime`s in UTC.
"""

import asyncio
import heapq
import itertools
import sys
import time
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Protocol

CREDIBLE_YEARS = range(2020, 2200)
"""A vendor that says another year has lost its mind; there would be no reckoning with it."""

KEPT_SAMPLES = 9
"""How many `Date` headers per API the offset is the median of."""

OFFSET_WORTH_A_WARNING = timedelta(seconds=30)
"""A laptop further off than this is told so."""

SLOW_ANSWER = 10.0
"""Seconds; when in so long a round trip the vendor looked at its clock, nobody knows."""

JUMP = 2.0
"""Seconds by which the laptop's two clocks may part between two looks without meaning anything."""

_THROUGH_SLEEP = getattr(
    time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC if sys.platform == "darwin" else None
)
"""A monotonic clock that goes on while the laptop sleeps; macOS calls its own by another name."""


class Clock(Protocol):
    """A source of time. Everything that waits or stamps takes one."""

    def now(self) -> datetime:
        """The current moment, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back, for measuring how long something took."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return once `seconds` have passed on this clock."""
        ...


class SystemClock:
    """The laptop's own clock."""

    counts_sleep = _THROUGH_SLEEP is not None
    """Whether `monotonic` goes on while the laptop sleeps."""

    def now(self) -> datetime:
        """The current moment by the laptop, which may be wrong."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some moment in the past, the laptop's sleep counted in where it can be."""
        return time.monotonic() if _THROUGH_SLEEP is None else time.clock_gettime(_THROUGH_SLEEP)

    async def sleep(self, seconds: float) -> None:
        """Wait `seconds` of real time."""
        await asyncio.sleep(seconds)


class ScaledClock:
    """A clock that starts at a chosen moment and runs `speed` times as fast as another."""

    def __init__(self, base: Clock, start: datetime, speed: float = 1.0) -> None:
        self._base = base
        self._start = start
        self._epoch = base.monotonic()
        self.speed = speed

    def now(self) -> datetime:
        """The chosen start plus the scaled time since."""
        return self._start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        """Scaled seconds since this clock was made."""
        return (self._base.monotonic() - self._epoch) * self.speed

    async def sleep(self, seconds: float) -> None:
        """Return once `seconds` have passed on this clock, sooner in real time if it is fast."""
        await self._base.sleep(seconds / self.speed)


class ManualClock:
    """A clock that moves only when told to; sleepers wake in the order of their moments."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._elapsed = 0.0
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """The moment it was last moved to."""
        return self._now

    def monotonic(self) -> float:
        """Seconds it has been moved by in all."""
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        """Return once the clock has been advanced by `seconds`."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed + seconds, next(self._order), waiter))
        await waiter

    async def advance(self, seconds: float) -> None:
        """Move on by `seconds`, letting each sleeper run as its moment comes."""
        target = self._elapsed + seconds
        await self.settle()
        while self._sleepers and self._sleepers[0][0] <= target:
            moment, _, waiter = heapq.heappop(self._sleepers)
            self._move_to(moment)
            if not waiter.done():
                waiter.set_result(None)
            await self.settle()
        self._move_to(target)

    def suspend(self, seconds: float) -> None:
        """Let time pass without anybody living through it, as a laptop with a closed lid does."""
        self._move_to(self._elapsed + seconds)
        self._sleepers = [(moment + seconds, n, waiter) for moment, n, waiter in self._sleepers]

    async def settle(self) -> None:
        """Let everything that is ready to run do so, without moving the clock."""
        for _ in range(50):
            await asyncio.sleep(0)

    def shift(self, by: timedelta) -> None:
        """Set the wall clock without any time passing, as a wrong laptop does."""
        self._now += by

    def _move_to(self, elapsed: float) -> None:
        if elapsed > self._elapsed:
            self._now += timedelta(seconds=elapsed - self._elapsed)
            self._elapsed = elapsed


class ServerClock:
    """The vendors' time, whatever the laptop's clock says.

    Each answer's `Date` header says what time it was there; the median of the latest offsets from
    the laptop's *monotonic* clock is used, so setting the laptop's clock changes nothing. Until
    the first answer the laptop's own time stands in.
    """

    def __init__(self, base: Clock, *, counts_sleep: bool = True) -> None:
        """Begin with the laptop's word.

        Args:
            base: The laptop's clock.
            counts_sleep: Whether its `monotonic` goes on while the laptop sleeps. If not, a leap
                of the wall clock is taken for a sleep until the next answer tells.
        """
        self._base = base
        self._counts_sleep = counts_sleep
        self._offsets: dict[str, deque[float]] = {}
        self._offset: float | None = None
        self._first_guess = self._apart = base.now().timestamp() - base.monotonic()
        self._slept = 0.0

    def now(self) -> datetime:
        """The current moment by the vendors, to about a second."""
        offset = self._first_guess if self._offset is None else self._offset
        return datetime.fromtimestamp(self.monotonic() + offset, UTC)

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return self._base.monotonic() + self._slept

    async def sleep(self, seconds: float) -> None:
        """Wait on the underlying clock."""
        await self._base.sleep(seconds)

    @property
    def known(self) -> bool:
        """Whether any server has told its time yet."""
        return self._offset is not None

    @property
    def laptop_is_off_by(self) -> timedelta:
        """How far the laptop's clock is ahead of the vendors' (negative: behind); 0 if unknown."""
        if self._offset is None:
            return timedelta(0)
        return self._base.now() - self.now()

    def leapt(self) -> bool:
        """Whether the laptop's wall clock has parted from its monotonic one since the last look.

        Somebody set it, or the laptop slept where the monotonic clock does not notice: then what
        has been learned of the offset is void, and the leap stands in for the sleep.
        """
        apart = self._base.now().timestamp() - self._base.monotonic()
        leap, self._apart = apart - self._apart, apart
        if abs(leap) < JUMP:
            return False
        if not self._counts_sleep:
            self._slept += max(leap, 0.0)
            self._offsets.clear()
        return True

    def observe(self, source: str, headers: Mapping[str, str], round_trip: float) -> None:
        """Learn from one answer, just received after `round_trip` seconds.

        A `Date` has whole seconds, so on average it is half a second old when written. An answer
        with an `Age` came from a cache and says nothing about now.
        """
        stamp = headers.get("date")
        if stamp is None or headers.get("age", "0") != "0":
            return
        # Nobody asks anything before the first paint, and these take long to load.
        from email.utils import parsedate_to_datetime
        from statistics import median

        try:
            told = parsedate_to_datetime(stamp)
        except ValueError:
            return
        if told.year not in CREDIBLE_YEARS:
            return
        if told.tzinfo is None or (self.known and round_trip > SLOW_ANSWER):
            return
        offset = told.timestamp() + 0.5 + round_trip / 2 - self.monotonic()
        self._offsets.setdefault(source, deque(maxlen=KEPT_SAMPLES)).append(offset)
        self._offset = median(median(kept) for kept in self._offsets.values())


def laptop_is_off(by: timedelta) -> str:
    """A warning that the laptop's clock is ahead (negative: behind) by so much.

    >>> laptop_is_off(timedelta(hours=-2, minutes=-3))
    "This laptop's clock is 2 h 3 min behind; the countdowns go by the vendors' time."
    """
    seconds = round(abs(by.total_seconds()))
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    size = f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds % 60} s"
    where = "ahead" if by > timedelta(0) else "behind"
    return f"This laptop's clock is {size} {where}; the countdowns go by the vendors' time."
