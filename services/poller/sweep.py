"""How is the whole list of open tickets walked, a page at a time?

By search while it can reach all (it stops at 1,000), else by the export cursor, or by a view.
Source: Zendesk `/search`, `/search/export`, `/views/{id}/tickets`.
"""

from datetime import datetime, timedelta

from msgspec import Struct

from services.domain import Source
from services.errors import Rejected, UnexpectedReply
from services.poller.ending import Ending
from services.zendesk.client import Zendesk
from services.zendesk.records import TicketPage

MOST_BY_SEARCH = 1000
"""Search answers no more than this many."""

CURSOR_LIFE = timedelta(minutes=55)
"""An export cursor dies after an hour; a sweep that takes longer starts again."""


class SweepOver(Struct, frozen=True):
    """A sweep that reached the end."""

    started_at: datetime
    seen: frozenset[int]


class Sweep:
    """One walk through all open tickets, resumed page by page."""

    def __init__(self, client: Zendesk, view: int = 0, search: str = "") -> None:
        self.over: SweepOver | None = None
        """Set when the page just read was the last."""
        self._client = client
        self._view = view
        self._search = search
        self._by_export = False
        self._page = 1
        self._cursor: str | None = None
        self._started_at: datetime | None = None
        self._seen: set[int] = set()
        self._ending = Ending(Source.ZENDESK, "open tickets")

    def restart(self, now: datetime) -> None:
        """Begin again at the first page."""
        self.over = None
        self._page = 1
        self._cursor = None
        self._started_at = now
        self._seen = set()
        self._ending.restart()

    def age(self, now: datetime) -> timedelta:
        """How long ago this walk began; very long if it has not."""
        return timedelta.max if self._started_at is None else now - self._started_at

    async def next_page(self, now: datetime) -> TicketPage:
        """Read the next page.

        Raises:
            ServiceError: It could not be read; the same page is asked for next time,
                or the first one if it was refused, or if the list has no end.
        """
        if self._started_at is None or (
            self._cursor is not None and now - self._started_at > CURSOR_LIFE
        ):
            self.restart(now)
        try:
            page = await self._read()
        except Rejected:
            # A cursor or a page number that is refused now will be refused again.
            self.restart(now)
            raise
        if page.total is not None and page.total > MOST_BY_SEARCH and not self._by_export:
            # Search cannot reach them all: begin again by export.
            self._by_export = True
            self._cursor = None
            page = await self._read()
        self._seen.update(record.ticket.id for record in page.tickets)
        self._page += 1
        self._cursor = page.cursor
        if page.more:
            self._look_for_the_end(now)
        else:
            self.over = SweepOver(self._started_at or now, frozenset(self._seen))
        return page

    def _look_for_the_end(self, now: datetime) -> None:
        try:
            self._ending.goes_on(len(self._seen))
        except UnexpectedReply:
            self.restart(now)
            raise

    async def _read(self) -> TicketPage:
        if self._view:
            return await self._client.in_view(self._view, self._cursor)
        if self._by_export:
            return await self._client.open_by_export(self._cursor, self._search)
        return await self._client.open_by_search(self._page, self._search)
