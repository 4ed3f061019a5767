"""How much may still be asked? Every client of an account draws on the same buckets."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from services.simulator.timeline import Timeline


@dataclass(slots=True)
class Bucket:
    """So many requests per window, which begins with the first of them.

    Attributes:
        total: Requests allowed per window.
        window: Seconds.
    """

    total: int
    window: float
    began: datetime
    used: int = 0

    def refresh(self, now: datetime) -> None:
        """Begin a new window if the old one is over."""
        if now >= self.began + timedelta(seconds=self.window) or now < self.began:
            self.began, self.used = now, 0

    @property
    def remaining(self) -> int:
        """Requests left in this window."""
        return max(0, self.total - self.used)

    def resets(self, now: datetime) -> int:
        """Whole seconds until the next window, at least 1."""
        return max(1, ceil(self.window - (now - self.began).total_seconds()))


class Limits:
    """All buckets of both vendors, by name."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._buckets: dict[str, Bucket] = {}
        self._awaited: dict[str, tuple[datetime, int]] = {}
        """Buckets that were drained before anybody of ours drew on them: when, and what is left."""

    def bucket(self, name: str, total: int, window: float = 60.0) -> Bucket:
        """The bucket of this name as it is now; made, or resized, if need be."""
        now = self._timeline.now()
        bucket = self._buckets.get(name)
        if bucket is None:
            began, leave = self._awaited.pop(name, (now, total))
            bucket = self._buckets[name] = Bucket(total, window, began, max(0, total - leave))
        bucket.total = total
        bucket.refresh(now)
        return bucket

    def drain(self, name: str, leave: int = 0) -> None:
        """Use a bucket up, as a colleague's dashboard does, but for the last `leave` requests.

        Names: `zendesk`, `zendesk:tickets-index`, `pagerduty` for the account's key,
        `pagerduty:<user id>` for all keys of a user, `pagerduty:<user id>:oncalls`, ....
        """
        now = self._timeline.now()
        bucket = self._buckets.get(name)
        if bucket is None:
            self._awaited[name] = (now, leave)
            return
        bucket.refresh(now)
        bucket.used = max(bucket.used, bucket.total - leave)

    def left(self) -> dict[str, int]:
        """How many requests each bucket that was drawn on still has, by name."""
        now = self._timeline.now()
        for bucket in self._buckets.values():
            bucket.refresh(now)
        return {name: bucket.remaining for name, bucket in self._buckets.items()}
