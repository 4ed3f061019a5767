"""Which tickets have changed since the last poll, and have all that changed been seen?

A page of the latest changes per poll as a rule. Where there were too many to be read, or there is
no next page to ask for, the whole list is swept anew. Source: Zendesk `/tickets?sort=-updated_at`;
`/search` where the list cannot be had in that order.
"""

from datetime import UTC, datetime, timedelta

from services.clock import Clock
from services.errors import ServiceError, Unauthorised
from services.poller.sweeper import Sweeper
from services.poller.ticket_book import Scope, TicketBook
from services.zendesk.client import Zendesk
from services.zendesk.records import TicketPage

OVERLAP = timedelta(seconds=5)
"""Stamps have whole seconds, and commits of one second need not appear together."""

MOST_PAGES = 5
"""More changes than this between two polls are swept up instead."""

SEARCH_LAG = timedelta(minutes=10)
"""How far the search index may be behind."""

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class ChangeFeed:
    """Reads changes, and takes what it finds into the book."""

    def __init__(
        self, client: Zendesk, scope: Scope, book: TicketBook, sweeper: Sweeper, clock: Clock
    ) -> None:
        """Make one; nothing is asked yet.

        Args:
            client: How Zendesk is asked.
            scope: Which tickets are ours.
            book: Where tickets are kept.
            sweeper: Walks the whole list, where changes do not tell all.
            clock: The servers' time.
        """
        self.skipped: tuple[str, ...] = ()
        """Why records of the latest page were left out."""
        self.unsorted = False
        """Whether Zendesk does not sort tickets by change here."""
        self._client = client
        self._scope = scope
        self._book = book
        self._sweeper = sweeper
        self._clock = clock
        self._first: TicketPage | None = None
        self._watermark = _LONG_AGO

    async def begin(self) -> None:
        """The latest changes, before the list, so that nothing falls in between.

        Raises:
            ServiceError: They could not be read.
        """
        self._first = await self._page()
        stamps = [record.ticket.updated_at for record in self._first.tickets]
        self._watermark = max(stamps, default=_LONG_AGO)
        if not self._scope.by_membership:
            self._take(self._first)
        if stamps and all(record.metrics is None for record in self._first.tickets):
            self._sweeper.metrics_missing = True

    async def read_on(self) -> None:
        """All that has changed since the last poll.

        Raises:
            ServiceError: It could not be read; the next attempt begins at the same place.
        """
        cursor: str | None = None
        newest = self._watermark
        for _ in range(MOST_PAGES):
            page = await self._page(cursor)
            self._take(page)
            stamps = [record.ticket.updated_at for record in page.tickets]
            newest = max([newest, *stamps])
            reached = not stamps or min(stamps) < self._watermark - OVERLAP
            if reached or not page.more:
                break
            if page.cursor is None:
                await self._sweeper.walk_anew()
                break
            cursor = page.cursor
        else:
            await self._sweeper.walk_anew()
        self._watermark = newest

    async def go_back(self) -> bool:
        """Read a page of changes from further back; whether it is the end of all tickets.

        One that cannot be read is asked for again the next time.

        Raises:
            Unauthorised: Zendesk does not let us in.
        """
        if self.unsorted or self._first is None:
            return False
        if self._first.more:
            try:
                page = await self._page(self._first.cursor)
            except Unauthorised:
                raise
            except ServiceError:
                return False
            self._take(page)
            self._first = page
        return not self._first.more

    @property
    def back_to(self) -> datetime:
        """From which moment on all that changed has been read, since the start."""
        stamps = [record.ticket.updated_at for record in self._first.tickets] if self._first else []
        return min(stamps, default=self._watermark)

    def settle(self) -> None:
        """The whole list is known: what was read before it is of no more use.

        Where only the list says what is ours, it is taken in by now.
        """
        if self._scope.by_membership and self._first is not None:
            self._take(self._first)
        self._first = None

    async def _page(self, cursor: str | None = None) -> TicketPage:
        """A page of what changed last; by search where the list cannot be had in that order."""
        if not self.unsorted:
            page = await self._client.changed(cursor)
            stamps = [record.ticket.updated_at for record in page.tickets]
            if cursor is not None or stamps == sorted(stamps, reverse=True):
                return page
            self.unsorted = True
        since = min(self._watermark, self._clock.now()) - SEARCH_LAG
        return await self._client.changed_by_search(since)

    def _take(self, page: TicketPage) -> None:
        self.skipped = page.skipped
        if self._scope.by_membership and self._has_strangers(page):
            self._sweeper.hurry()
        for record in page.tickets:
            self._book.take(record, live=True, member=False)

    def _has_strangers(self, page: TicketPage) -> bool:
        """Whether one has changed of which only the list can say if it is ours."""
        return any(
            record.ticket.updated_at > self._watermark
            and record.ticket.id not in self._book.members
            and not record.ticket.status.done
            for record in page.tickets
        )
