"""Who answers now, who is next, and when was that read?

The schedules are read now and then, and last well beyond an outage: who is on call at any moment
needs no request. Source: PagerDuty `/schedules`, `/oncalls`.
"""

from datetime import datetime, timedelta

from services.clock import Clock
from services.domain import OnCall, Rota, Schedule
from services.errors import Forbidden, NotFound, Rejected, ServiceError, Unauthorised
from services.pagerduty.client import PagerDuty
from services.poller.duty import Duty
from services.rota.turns import on_call

BACK = timedelta(days=3)
"""How far back the schedules are read: a weekend's shift began on Friday."""

AHEAD = timedelta(days=15)
"""How far ahead: two weeks from the beginning of today, wherever today is."""

AGAIN = 60.0
"""Seconds between two attempts while they fail."""


class RotaReader:
    """The schedules as last read."""

    def __init__(self, client: PagerDuty, clock: Clock, every: timedelta) -> None:
        self.rota = Rota()
        self.duty = Duty("who is on call cannot be read")
        self._client = client
        self._clock = clock
        self._every = every.total_seconds()
        self._due_at: float | None = None

    @property
    def read_at(self) -> datetime | None:
        """When the schedules were last read, on the servers' clock."""
        return self.duty.done_at

    async def read_if_due(self) -> None:
        """Look at the schedules again, if it is time; trouble leaves what was read before.

        Raises:
            Unauthorised: The key is wrong.
        """
        now = self._clock.monotonic()
        if self._due_at is not None and now < self._due_at:
            return
        well = await self.duty.attempt(self._read, self._clock)
        self._due_at = now + (self._every if well else min(AGAIN, self._every))

    def look_again(self) -> None:
        """Read the schedules with the next cycle, however lately they were read."""
        self._due_at = None

    def on_call(self, now: datetime) -> tuple[OnCall, ...]:
        """Who answers for each schedule at `now`, and who follows; needs no request."""
        until = self.rota.until or now
        return tuple(on_call(schedule, now, until) for schedule in self.rota.schedules)

    async def _read(self) -> None:
        # PagerDuty is asked in whole seconds.
        now = self._clock.now().replace(microsecond=0)
        since, until = now - BACK, now + AHEAD
        schedules: tuple[Schedule, ...] = ()
        troubles: list[str] = []
        try:
            schedules = await self._client.shifts(since, until)
        except (Forbidden, NotFound, Rejected) as error:
            # Refused for good: that costs us this line, and nothing else.
            troubles.append(error.headline)
        try:
            known = {schedule.id for schedule in schedules}
            schedules += await self._client.shift_based(now, until, known)
        except Unauthorised:
            raise
        except ServiceError as error:
            troubles.append(error.headline)
        self.rota = Rota(schedules, since, until, " ".join(dict.fromkeys(troubles)))
