"""May this be asked now, how far apart should polls be, and is there anything to spare?

The limits belong to a whole account, and other programs and people draw on them: what is left is
read off every answer. Reads slow down long before it runs out, and the last tenth is kept for
writes and for the looks that verify them. Never sleeps; knows only what it is told. Times are
seconds on a monotonic clock.
"""

import random
import re
from collections.abc import Mapping

from msgspec import Struct

from services.api.exchange import Request
from services.api.limits import Limits, buckets_told, limits_told, retry_after

PLENTY = 0.5
"""With less than this share left, polls are twice as far apart."""
LITTLE = 0.2
"""With less than this, four times, and nothing is read that can wait."""
RESERVE = 0.1
"""With less than this, reads wait for the next window."""

WINDOW = 60.0
"""Seconds after which what is left is counted anew, where it is not told."""

FIRST_HOLD = 30.0
"""Seconds to wait after a 429 that does not say how long; twice as long each time."""
LONGEST_HOLD = 300.0
"""Seconds; however long a vendor asks us to wait, it is asked again after this."""
JITTER = 0.2
"""Every wait is longer by up to this share, so that dashboards do not come back all at once."""

_ID = re.compile(r"/[^/]*\d[^/]*")


class _Bucket(Struct, frozen=True):
    limit: int
    remaining: int
    resets_at: float

    def share(self, now: float) -> float:
        """How much of it is left, from 0 to 1; all of it once its window is over."""
        if now >= self.resets_at or self.limit <= 0:
            return 1.0
        return min(1.0, self.remaining / self.limit)


class Governor:
    """What one vendor lets us do."""

    def __init__(self, jitter: random.Random | None = None) -> None:
        """Start with all doors open; `jitter` is where chance comes from."""
        self._jitter = jitter or random.Random()
        self._own: _Bucket | None = None
        self._endpoints: dict[str, dict[str, _Bucket]] = {}
        self._held_until = {False: 0.0, True: 0.0}
        """For reads and for what is urgent: until when the vendor wants to be left alone."""
        self._strikes = 0

    def heard(self, request: Request, status: int, headers: Mapping[str, str], now: float) -> None:
        """Learn from an answer that has just come in."""
        if told := limits_told(headers):
            self._own = _bucket(told, now)
        if not request.writes:
            # A write's own buckets say nothing of reading; its letter waits as it is told.
            found = {name: _bucket(limits, now) for name, limits in buckets_told(headers)}
            if found:
                self._endpoints[_endpoint(request.path)] = found
        if status == 429:
            self._strikes += 1
            wait = retry_after(headers, "ratelimit-reset", "rate-limit-reset")
            self._hold(request, self._first_hold() if wait is None else wait, now)
        elif status == 503 and (wait := retry_after(headers)) is not None:
            self._hold(request, wait, now)
        elif status < 400:
            self._strikes = 0

    def wait(self, request: Request, now: float) -> float:
        """Seconds that a request has to wait; 0 lets it through."""
        held = self._held_until[request.urgent] - now
        if held > 0:
            return held
        if request.urgent:
            return 0.0
        waits = [b.resets_at - now for b in self._for(request.path) if b.share(now) < RESERVE]
        return max(waits, default=0.0) * self._jitter.uniform(1, 1 + JITTER)

    def held(self, now: float, *, urgent: bool = False) -> bool:
        """Whether the vendor has asked to be left alone, and still wants it."""
        return self._held_until[urgent] > now

    def stretch(self, now: float) -> int:
        """How many times as far apart as usual polls should be: 1, 2 or 4."""
        share = self.share(now)
        return 1 if share >= PLENTY else 2 if share >= LITTLE else 4

    def to_spare(self, now: float) -> bool:
        """Whether there is enough left for what can wait: sweeps, and reads of single issues."""
        return self.share(now) >= LITTLE and not self.held(now)

    def share(self, now: float) -> float:
        """How much is left of the tightest limit on reading, from 0 to 1."""
        endpoints = [b for found in self._endpoints.values() for b in found.values()]
        buckets = [*endpoints, *([self._own] if self._own else [])]
        return min((bucket.share(now) for bucket in buckets), default=1.0)

    def _for(self, path: str) -> list[_Bucket]:
        own = [self._own] if self._own else []
        return [*own, *self._endpoints.get(_endpoint(path), {}).values()]

    def _first_hold(self) -> float:
        return FIRST_HOLD * 2.0 ** min(self._strikes - 1, 10)

    def _hold(self, request: Request, wait: float, now: float) -> None:
        longer = min(wait * self._jitter.uniform(1, 1 + JITTER), LONGEST_HOLD)
        self._held_until[False] = max(self._held_until[False], now + longer)
        if request.urgent:
            # What was asked for reading's sake does not close the door to writes.
            self._held_until[True] = max(self._held_until[True], now + longer)


def _bucket(told: Limits, now: float) -> _Bucket:
    resets_in = WINDOW if told.resets_in is None else told.resets_in
    return _Bucket(told.limit, told.remaining, now + resets_in)


def _endpoint(path: str) -> str:
    """The path without the ids in it: those share a limit.

    >>> _endpoint("/api/v2/tickets/35436/comments")
    '/api/*/tickets/*/comments'
    """
    return _ID.sub("/*", path)
