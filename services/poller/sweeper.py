"""How do all open tickets come to be known, and stay so, whatever the change feed has missed?

The whole list is walked once at the start, as fast as it can be had, and then for ever, a page now
and then. What a whole walk did not show is looked up by id. Source: the polling design's Z2.
"""

from datetime import timedelta

from services.clock import Clock
from services.poller.sweep import Sweep, SweepOver
from services.poller.ticket_book import Scope, TicketBook
from services.zendesk.client import Zendesk
from services.zendesk.records import TicketPage

NEARLY = 0.75
"""Cycles vary by a fifth; a page that is nearly due goes with this one, not the next."""

SWEEP_LIFE = timedelta(minutes=10)
"""A first walk interrupted for longer than this begins anew."""


class Sweeper:
    """Walks, and takes what it finds into the book."""

    def __init__(
        self, client: Zendesk, scope: Scope, book: TicketBook, clock: Clock, reconcile: timedelta
    ) -> None:
        """Make one; nothing is asked yet.

        Args:
            client: How Zendesk is asked.
            scope: Which tickets are ours.
            book: Where tickets are kept.
            clock: The servers' time.
            reconcile: Time between two pages.
        """
        self.metrics_missing = False
        """Whether Zendesk sends no counters at all here."""
        self.skipped: tuple[str, ...] = ()
        """Why records of the latest pages were left out."""
        self.hurried = False
        """Whether something that has changed may stand on the next page."""
        self._client = client
        self._scope = scope
        self._book = book
        self._clock = clock
        self._reconcile = reconcile.total_seconds()
        self._sweep = Sweep(client, scope.view, scope.search)
        self._pending: TicketPage | None = None
        self._swept_at = 0.0

    @property
    def due(self) -> bool:
        """Whether it is time for the next page."""
        waited = self._clock.monotonic() - self._swept_at
        return self.hurried or waited >= self._reconcile * NEARLY

    def hurry(self) -> None:
        """Have the next page be due, for something may stand on it."""
        self.hurried = True

    async def walk_on(self) -> None:
        """The whole list; what was read of it stays when it is interrupted.

        Raises:
            ServiceError: A page could not be read; the next attempt goes on from there.
        """
        if self._sweep.age(self._clock.now()) > SWEEP_LIFE:
            self._sweep.restart(self._clock.now())
        while await self._step():
            pass

    async def walk_anew(self) -> None:
        """The whole list from its first page on.

        Raises:
            ServiceError: A page could not be read; `step` goes on from there.
        """
        self._pending = None
        self._sweep.restart(self._clock.now())
        while await self._step():
            pass

    async def step(self) -> None:
        """The next page.

        Raises:
            ServiceError: It could not be read; it is the next one still.
        """
        await self._step()

    async def _step(self) -> bool:
        """Read the next page; whether there is more.

        A page counts as read when what is on it has been taken in, and a walk as over when what
        it did not show has been looked up.
        """
        self._swept_at = self._clock.monotonic()
        if self._pending is None and self._sweep.over is None:
            self._pending = await self._sweep.next_page(self._clock.now())
        if self._pending is not None:
            await self._take(self._pending)
            self._pending = None
        self.hurried = False
        if self._sweep.over is None:
            return True
        await self._verify_missing(self._sweep.over)
        self.skipped = ()
        self._sweep.restart(self._clock.now())
        return False

    async def _take(self, page: TicketPage) -> None:
        """Search may be behind: only what is newer than known counts, and facts come live."""
        self.skipped = page.skipped or self.skipped
        news = [record for record in page.tickets if self._book.is_news(record)]
        bare = [r.ticket.id for r in news if r.metrics is None]
        if bare and not self.metrics_missing:
            whole = await self._client.show_many(bare)
            self.metrics_missing = bool(whole) and all(r.metrics is None for r in whole)
            found = {record.ticket.id: record for record in whole}
            news = [found.get(record.ticket.id, record) for record in news]
        for record in page.tickets:
            self._book.members.add(record.ticket.id)
        for record in news:
            self._book.take(record, live=False, member=True)

    async def _verify_missing(self, sweep: SweepOver) -> None:
        """What a whole walk did not show is looked up by id: solved, moved, or gone."""
        missing = sorted(
            i
            for i, t in self._book.tickets.items()
            if i not in sweep.seen and not t.status.done and t.updated_at < sweep.started_at
        )
        if self._scope.by_membership:
            self._book.members &= sweep.seen
            for ticket_id in missing:
                self._book.drop(ticket_id)
            return
        for start in range(0, len(missing), 100):
            chunk = missing[start : start + 100]
            found = await self._client.show_many(chunk)
            for record in found:
                self._book.take(record, live=True, member=True)
            for ticket_id in set(chunk) - {record.ticket.id for record in found}:
                self._book.drop(ticket_id)
