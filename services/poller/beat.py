"""How does one source go on being asked, in good times and in bad?"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.clock import Clock
from services.domain import Health, Source, SourceStatus
from services.errors import RateLimited, ServiceError, Unauthorised, Unavailable

LONGEST_WAIT = 300.0
"""Seconds between two attempts, however long the trouble lasts."""

JITTER = 0.2
"""Every interval is varied by this share, so that dashboards do not march in step."""


@dataclass(slots=True)
class Beat:
    """One source's loop."""

    source: Source
    cycle: Callable[[], Awaitable[None]]
    interval: timedelta
    status: SourceStatus = field(default_factory=lambda: SourceStatus(Health.ERROR))
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def answered(self) -> bool:
        """Whether it has ever answered."""
        return self.status.fetched_at is not None

    def went_well(self, asked_at: datetime, clock: Clock, jitter: random.Random) -> float:
        """Note a good poll, asked for at `asked_at`; seconds until the next."""
        wait = self.interval.total_seconds() * jitter.uniform(1 - JITTER, 1 + JITTER)
        next_try = clock.now() + timedelta(seconds=wait)
        self.status = SourceStatus(Health.OK, asked_at, next_try_at=next_try)
        return wait

    def failed(self, error: ServiceError, clock: Clock, jitter: random.Random) -> float:
        """Note a failed poll; seconds until the next."""
        wait = self._back_off(error, jitter)
        self.note(error, clock, wait)
        return wait

    def note(self, error: ServiceError, clock: Clock, wait: float) -> None:
        """One failed poll is quiet; from the second on the data is called stale."""
        before = self.status
        failures = before.failures + 1
        if before.fetched_at is None or isinstance(error, Unauthorised):
            state = Health.ERROR
        else:
            state = Health.OK if failures == 1 else Health.STALE
        why = f"{error.headline} {error.advice}".strip()
        next_try = clock.now() + timedelta(seconds=wait)
        self.status = SourceStatus(state, before.fetched_at, why, failures, next_try)

    def _back_off(self, error: ServiceError, jitter: random.Random) -> float:
        """Seconds to wait after a failure: as told, else longer each time, within limits."""
        told = error.retry_after if isinstance(error, RateLimited | Unavailable) else None
        if told is None and isinstance(error, RateLimited):
            told = 30.0 * 2**self.status.failures
        if told is None:
            told = self.interval.total_seconds() * 2 ** min(self.status.failures, 8)
        return min(told * jitter.uniform(1, 1 + JITTER), LONGEST_WAIT)
