"""What happens in the world, and when?

Nothing runs in the background. Events wait in a heap and are carried out, each at its own exact
moment and in order, when somebody looks (`catch_up`). So a clock that is moved by hand moves
everything, and a fast clock hurries everything.
"""

import heapq
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta

from services.clock import Clock

Event = Callable[[], object]


class Timeline:
    """The vendors' clock and what is still to come on it.

    Attributes:
        offset: How far the vendors' clock is ahead of the one given.
    """

    def __init__(self, clock: Clock, offset: timedelta = timedelta(0)) -> None:
        self.clock = clock
        self.offset = offset
        self._order = itertools.count()
        self._events: list[tuple[datetime, int, Event]] = []
        self._moment: datetime | None = None

    def now(self) -> datetime:
        """The current moment, in UTC; during an event, the event's own."""
        if self._moment is not None:
            return self._moment
        return self.clock.now() + self.offset

    def stamp(self) -> datetime:
        """The current moment as the vendors write it: in whole seconds."""
        return self.now().replace(microsecond=0)

    def at(self, moment: datetime, event: Event) -> None:
        """Have `event` happen at `moment`; one in the past happens at the next `catch_up`."""
        heapq.heappush(self._events, (moment, next(self._order), event))

    def after(self, delay: timedelta, event: Event) -> None:
        """Have `event` happen `delay` from now."""
        self.at(self.now() + delay, event)

    def catch_up(self) -> int:
        """Carry out everything that is due by now, in order. Says how many events that was."""
        if self._moment is not None:
            return 0
        limit = self.now()
        done = 0
        try:
            while self._events and self._events[0][0] <= limit:
                self._moment, _, event = heapq.heappop(self._events)
                event()
                done += 1
        finally:
            self._moment = None
        return done

    def coming(self) -> tuple[datetime, ...]:
        """The moments of everything still to happen, soonest first."""
        return tuple(moment for moment, _, _ in sorted(self._events, key=lambda e: e[:2]))
