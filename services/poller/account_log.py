"""What has happened to incidents since the last look, and has all of it been told?

The account's log is read on from where it was read last. At the start, and after a gap too long
to be read over, it begins anew a few days back, and what is older has to be read incident by
incident. Source: PagerDuty `/log_entries`.
"""

from datetime import datetime, timedelta

from services.clock import Clock
from services.errors import Forbidden
from services.pagerduty.client import PagerDuty
from services.pagerduty.records import LogEntry
from services.poller.incident_book import IncidentBook

OVERLAP = timedelta(seconds=120)
"""Whether `since` includes its own moment is not documented; repeats are recognised by id."""

LOOK_BACK = timedelta(hours=72)
"""How much of the account's log is read at the start."""

MOST_PAGES = 30
"""More than this and the log is not read account-wide, but incident by incident."""


class AccountLog:
    """Reads it, and tells the book."""

    def __init__(
        self, client: PagerDuty, book: IncidentBook, clock: Clock, read_until: datetime | None
    ) -> None:
        """Make one; nothing is asked yet.

        Args:
            client: How PagerDuty is asked.
            book: What is told of incidents.
            clock: The servers' time.
            read_until: Up to when it was read before, without a gap; None is never.
        """
        self.forbidden = False
        """Whether this account does not show it to us."""
        self.seen = False
        """Whether it has been read since the start."""
        self.read_until = read_until
        self._client = client
        self._book = book
        self._clock = clock

    async def read_on(self) -> None:
        """Tell what happened since the last good look, or in the last three days at the start.

        Raises:
            ServiceError: It could not be read; the next attempt goes on from the same place.
        """
        asked_at = self._clock.now()
        if self.forbidden:
            return
        since, anew = self._place(asked_at)
        try:
            entries = await self.since(since)
        except Forbidden:
            self.forbidden = True
            self._book.fall_silent()
            return
        if entries is None or anew:
            self._book.gap(asked_at if entries is None else since)
        self.read_until, self.seen = asked_at, True
        self._book.tell(entries or (), since)
        if entries is not None and anew:
            self._book.complete_since(since)

    async def since(self, since: datetime) -> tuple[LogEntry, ...] | None:
        """All that is logged from a moment on; None if it is too long to be read.

        Raises:
            ServiceError: It could not be read.
        """
        entries: dict[str, LogEntry] = {}
        received = 0
        for _ in range(MOST_PAGES):
            page = await self._client.log_entries(since, received)
            entries |= {entry.id: entry for entry in page.entries}
            received += page.received
            if not page.more or not page.received:
                return tuple(entries.values())
        return None

    def _place(self, now: datetime) -> tuple[datetime, bool]:
        """From when on to read, and whether that begins anew instead of going on."""
        if self.read_until is None:
            return now - LOOK_BACK, True
        gap = now - self.read_until
        # A mark in the future was not set by this clock: nothing is known of what lies before.
        if gap >= LOOK_BACK or gap < -OVERLAP:
            return now - LOOK_BACK, True
        return self.read_until - OVERLAP, False
