"""Is somebody at the keyboard? If nobody is, and nothing falls due, the vendors are asked less.

Source: the polling design, "idle terminal". Seconds are monotonic ones.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from services.clock import Clock
from services.domain import Issue

REST = timedelta(minutes=15)
"""Without a key for so long, nobody is there."""

NEAR = timedelta(minutes=15)
"""While something falls due within this, or fell due within this, the usual pace is kept."""

IDLE = 2
"""How many times as far apart polls are then."""


class Presence:
    """When somebody was last seen."""

    def __init__(self, clock: Clock) -> None:
        """Begin where nothing tells of keys: until the first one, nobody can be missed."""
        self._clock = clock
        self._seen: float | None = None
        self._back: Callable[[], None] | None = None

    @property
    def away(self) -> bool:
        """Whether somebody was there, and has not been for long."""
        if self._seen is None:
            return False
        return self._clock.monotonic() - self._seen >= REST.total_seconds()

    def touch(self) -> None:
        """A key was pressed, or the terminal was turned to."""
        was_away = self.away
        self._seen = self._clock.monotonic()
        if was_away and self._back is not None:
            self._back()

    def tell(self, back: Callable[[], None]) -> None:
        """Have `back` called when somebody comes back."""
        self._back = back

    def pace(self, issues: Iterable[Issue], now: datetime) -> int:
        """How many times as far apart as usual polls may be: 1 or `IDLE`."""
        if not self.away:
            return 1
        near = any(
            promise.due_at is not None
            and promise.met_at is None
            and abs(promise.due_at - now) < NEAR
            for issue in issues
            for promise in issue.promises
        )
        return 1 if near else IDLE
