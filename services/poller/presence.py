"""Is somebody at the keyboard? If nobody is, and nothing falls due, the vendors are asked less.

Source: the polling design, "idle terminal". Seconds are monotonic ones.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from services.clock import Clock
from services.differences import differences
from services.domain import Issue

REST = timedelta(minutes=15)
"""Without a key for so long, nobody is there."""

NEAR = timedelta(minutes=15)
"""While something falls due within this, or fell due within this, the usual pace is kept."""

IDLE = 2
"""How many times as far apart polls are then."""


_NEVER = datetime.max.replace(tzinfo=UTC)


class Presence:
    """When somebody was last seen."""

    def __init__(self, clock: Clock) -> None:
        """Begin where nothing tells of keys: until the first one, nobody can be missed."""
        self._clock = clock
        self._seen: float | None = None
        self._back: Callable[[], None] | None = None
        self._outlook = Outlook()

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

    def pace(self, issues: Sequence[Issue], now: datetime) -> int:
        """How many times as far apart as usual polls may be: 1 or `IDLE`."""
        if not self.away:
            self._outlook = Outlook()
            return 1
        return 1 if self._outlook.near(issues, now) else IDLE


class Outlook:
    """Whether anything falls due `NEAR` a moment, without a look at all issues each time."""

    def __init__(self) -> None:
        """Nothing has been looked at."""
        self._issues: Sequence[Issue] = ()
        self._by: Issue | None = None
        """Which one did at the last look."""
        self._since = self._until = _NEVER
        """From when on, and until when, time alone makes no difference."""

    def near(self, issues: Sequence[Issue], now: datetime) -> bool:
        """Whether any does."""
        gone, come = differences(self._issues, issues)
        self._issues = issues
        holds = self._since <= now < self._until and not any(one is self._by for one in gone)
        if not holds:
            self._by, self._until = None, _NEVER
        self._since = now
        if self._by is None:
            self._look(come if holds else issues, now)
        return self._by is not None

    def _look(self, issues: Sequence[Issue], now: datetime) -> None:
        for issue in issues:
            for promise in issue.promises:
                due = promise.due_at
                if due is None or promise.met_at is not None:
                    continue
                if abs(due - now) < NEAR:
                    self._by, self._until = issue, due + NEAR
                    return
                if due > now:
                    self._until = min(self._until, due - NEAR)
