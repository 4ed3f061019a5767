"""How does one source go on being asked, in good times and in bad?"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from msgspec import Struct, field
from msgspec.structs import replace

from services.clock import Clock
from services.domain import Health, Source, SourceStatus
from services.errors import RateLimited, ServiceError, Unauthorised, Unavailable, Unreachable

LONGEST_WAIT = 300.0
"""Seconds between two attempts, however long the trouble lasts."""

LONGEST_ALONE = 60.0
"""The same while nobody answers at all: then asking costs no vendor anything."""

JITTER = 0.2
"""Every interval is varied by this share, so that dashboards do not march in step."""

FIRST_WAIT = 0.2
"""The first poll is made at once, for somebody waits for it; the second comes after some random
part of the interval, from this on, so that dashboards started together do not march in step."""

FURTHEST_APART = 4
"""However many reasons there are to ask less often, it is not more times the interval than this."""


class Beat(Struct):
    """One source's loop."""

    source: Source
    cycle: Callable[[], Awaitable[None]]
    interval: timedelta
    stretch: Callable[[], int] = lambda: 1
    """How many times as far apart as usual polls should be just now."""
    pace: Callable[[], int] = lambda: 1
    """The same where nobody looks: then so it is as a rule, and nothing is late by it."""
    status: SourceStatus = field(default_factory=lambda: SourceStatus(Health.ERROR))
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    unreachable: bool = False
    """Whether the latest attempt found nobody at the other end."""

    def __post_init__(self) -> None:
        self.status = replace(self.status, every=self.interval)

    @property
    def answered(self) -> bool:
        """Whether it has ever answered."""
        return self.status.fetched_at is not None

    @property
    def answers(self) -> bool:
        """Whether it does at present."""
        return self.answered and not self.status.failures

    @property
    def off(self) -> bool:
        """Whether it is not used here."""
        return self.status.state is Health.OFF

    def wake_if_well(self) -> None:
        """Ask now; but one that is waiting because it was told to is not woken."""
        if not self.status.failures:
            self.wake.set()

    async def rest(self, seconds: float, clock: Clock) -> None:
        """Wait so long, or until woken."""
        sleep = asyncio.ensure_future(clock.sleep(seconds))
        woken = asyncio.ensure_future(self.wake.wait())
        try:
            await asyncio.wait({sleep, woken}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleep.cancel()
            woken.cancel()

    def not_used(self) -> float:
        """Note that there are no credentials, and that nobody expects any; seconds until the next
        look, for somebody may log in."""
        self.status = SourceStatus(Health.OFF)
        return LONGEST_WAIT

    def went_well(
        self, asked_at: datetime, clock: Clock, jitter: random.Random, partial: str = ""
    ) -> float:
        """Note a good poll, asked for at `asked_at`; seconds until the next.

        What it could not tell of the queue is `partial`: what there is is good, and not all.
        """
        pace = self.pace()
        apart = self.interval * min(self.stretch() * pace, FURTHEST_APART)
        share = jitter.uniform(1 - JITTER, 1 + JITTER)
        if not self.answered:
            share = jitter.uniform(FIRST_WAIT, 1)
        wait = apart.total_seconds() * share
        next_try = clock.now() + timedelta(seconds=wait)
        self.status = SourceStatus(
            Health.STALE if partial else Health.OK,
            asked_at,
            partial or None,
            next_try_at=next_try,
            every=self.interval * pace,
            partial=bool(partial),
        )
        self.unreachable = False
        return wait

    def failed(self, error: ServiceError, clock: Clock, jitter: random.Random) -> float:
        """Note a failed poll; seconds until the next."""
        wait = self._back_off(error, jitter)
        self.note(error, clock, wait)
        return wait

    def note(self, error: ServiceError, clock: Clock, wait: float) -> None:
        """One failed poll is quiet; from the second on the data is called stale.

        What was put off by ourselves, to spare a limit, has not failed; the age tells it all.
        """
        before = self.status
        put_off = isinstance(error, RateLimited) and not error.asked
        failures = before.failures + (not put_off)
        self.unreachable = isinstance(error, Unreachable)
        if before.fetched_at is None or isinstance(error, Unauthorised):
            state = Health.ERROR
        elif put_off:
            state = before.state
        else:
            state = Health.OK if failures == 1 else Health.STALE
        self.status = replace(
            before,
            state=state,
            error=f"{error.headline} {error.advice}".strip(),
            failures=failures,
            partial=before.partial and failures < 2,
            next_try_at=clock.now() + timedelta(seconds=wait),
        )

    def _back_off(self, error: ServiceError, jitter: random.Random) -> float:
        """Seconds to wait after a failure: as told, else longer each time, within limits."""
        told = error.retry_after if isinstance(error, RateLimited | Unavailable) else None
        if told is None and isinstance(error, RateLimited):
            told = 30.0 * 2 ** min(self.status.failures, 8)
        if told is None:
            told = self.interval.total_seconds() * 2 ** min(self.status.failures, 8)
        longest = LONGEST_ALONE if isinstance(error, Unreachable) else LONGEST_WAIT
        return min(told * jitter.uniform(1, 1 + JITTER), longest)
