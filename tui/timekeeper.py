"""When must the screen be looked at again? Not before something on it reads differently.

What is timed says until when it reads as it does. The timer is armed for that moment anew after
each tick, so it does not drift. All moments are the servers'.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

SHORTEST_TICK = 0.2
"""Seconds between two ticks at the least, however fast the clock runs."""

LONGEST_TICK = 20.0
"""Seconds between two ticks at the most: timers stand still while the laptop sleeps."""

SLACK = 0.003
"""Seconds after the moment itself, so that it is certainly over."""

_SECOND = timedelta(seconds=1)


@runtime_checkable
class Timed(Protocol):
    """Something that reads differently as time goes by."""

    def tick(self, now: datetime) -> None:
        """It is `now`."""
        ...

    def reads_until(self, now: datetime) -> datetime | None:
        """When it next reads differently; asked after a tick. None if not by itself."""
        ...


def seconds_to_next(timed: Iterable[Timed], now: datetime, pace: float = 1.0) -> float:
    """How long to wait, in real seconds, before the next tick.

    Ticks fall on whole seconds, so that rows in different fractions of one share a paint.

    Args:
        timed: All that is on show.
        now: The servers' time.
        pace: Seconds of the servers' clock in a real one.
    """
    moments = [moment for each in timed if (moment := each.reads_until(now)) is not None]
    if not moments:
        return LONGEST_TICK
    first = min(moments)
    if first <= now:
        # Something was left over, so that nobody had to wait for all of it.
        return SHORTEST_TICK
    wait = (_whole_second(first) - now).total_seconds() / pace
    return min(max(wait + SLACK, SHORTEST_TICK), LONGEST_TICK)


def _whole_second(moment: datetime) -> datetime:
    """The whole second at or after; an instant behind one is that one, which slack makes over."""
    whole = moment.replace(microsecond=0)
    return whole if moment - whole < timedelta(seconds=SLACK / 2) else whole + _SECOND
