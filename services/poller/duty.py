"""What is asked beside the queue itself, without its trouble being blamed on the whole source?

Who is on call, the sweep for what was missed, the history of single issues: when one of these
fails, the queue is as live as before, and the operator is told what is missing instead.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime

from msgspec import Struct

from services.clock import Clock
from services.errors import RateLimited, ServiceError, Unauthorised


class Duty(Struct):
    """One of these, and how it goes."""

    name: str
    """As in "Zendesk: NAME since 14:02 (why)"."""
    done_at: datetime | None = None
    """When it last went well, on the servers' clock."""
    failures: int = 0
    error: str = ""

    async def attempt(self, do: Callable[[], Awaitable[None]], clock: Clock) -> bool:
        """Do it, or remember why it could not be done; whether it went well.

        Raises:
            Unauthorised: That is no trouble of this duty alone.
        """
        asked_at = clock.now()
        try:
            await do()
        except Unauthorised:
            raise
        except ServiceError as error:
            if not (isinstance(error, RateLimited) and not error.asked):
                self.failures += 1
                self.error = error.headline
            return False
        self.done_at, self.failures, self.error = asked_at, 0, ""
        return True

    @property
    def trouble(self) -> str:
        """A line for the operator; one failure is quiet."""
        if self.failures < 2:
            return ""
        since = "so far" if self.done_at is None else f"since {self.done_at:%H:%M} UTC"
        return f"{self.name} {since} ({self.error})"
