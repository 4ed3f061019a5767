"""Which tickets concern us, and what is known of each, after every poll?

One page of the change feed per cycle and one page of a rolling sweep per reconciliation, whatever
the number of open tickets; what neither can tell is read ticket by ticket, a few per cycle,
nearest deadline first. Source: Zendesk `/tickets?sort=-updated_at`, `/search`, `/search/export`,
`/views/{id}/tickets`, `/tickets/show_many`, comments and audits.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta

from services.clock import Clock
from services.domain import Status, Ticket
from services.errors import RateLimited, ServiceError, Unauthorised, Unreachable
from services.poller.answers import answers, in_order
from services.poller.duty import Duty
from services.poller.shelf import Shelf, about_one
from services.poller.sweep import Sweep, SweepOver
from services.poller.ticket_book import Scope, TicketBook
from services.store import Store
from services.ticket_facts import with_audits, with_comments
from services.zendesk.client import Zendesk
from services.zendesk.records import Comment, TicketPage

OVERLAP = timedelta(seconds=5)
"""Stamps have whole seconds, and commits of one second need not appear together."""

KEEP_DONE = timedelta(hours=24)
"""How long a solved ticket is kept: it may still pair, and it was done this shift."""

MOST_CHANGE_PAGES = 5
"""More changes than this between two polls are swept up instead."""

NEARLY = 0.75
"""Cycles vary by a fifth; a sweep that is nearly due goes with this one, not the next."""

READS_AT_START = 40
"""Read one by one in the first cycle, so that what is nearest is exact at once."""

READS_PER_CYCLE = 2
"""Tickets read one by one in each cycle."""

SWEEP_LIFE = timedelta(minutes=10)
"""A first sweep interrupted for longer than this begins anew."""

SEARCH_LAG = timedelta(minutes=10)
"""How far the search index may be behind."""

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class ZendeskFeed:
    """The tickets as last known."""

    def __init__(
        self,
        client: Zendesk,
        scope: Scope,
        store: Store,
        clock: Clock,
        *,
        never_due: Callable[[Status], bool],
        nearest_due: Callable[[Ticket], datetime],
        reconcile: timedelta,
        to_spare: Callable[[], bool] = lambda: True,
    ) -> None:
        """Make a feed; nothing is asked before `cycle`.

        Args:
            client: How Zendesk is asked.
            scope: Which tickets are ours.
            store: Where what is known of tickets survives.
            clock: The servers' time.
            never_due: Whether a status pauses every severity.
            nearest_due: The first due moment of a ticket, for reading the most urgent first.
            reconcile: Time between two pages of the sweep.
            to_spare: Whether enough of the limit is left for what can wait.
        """
        self.client = client
        self._changes_skipped: tuple[str, ...] = ()
        self._sweep_skipped: tuple[str, ...] = ()
        self._scope = scope
        self._store = store
        self._clock = clock
        self._never_due = never_due
        self._nearest_due = nearest_due
        self._reconcile = reconcile
        self._to_spare = to_spare
        self._sweeping = Duty("looking for missed tickets fails")
        self._reading = Duty("reading single tickets fails")
        self._shelf: Shelf[int] = Shelf()
        self._first: TicketPage | None = None
        self._pending: TicketPage | None = None
        self._unsorted = False
        self._book = TicketBook(scope, store.load_tickets())
        self._watermark = _LONG_AGO
        self._swept_at = 0.0
        self._sweep = Sweep(client, scope.view, scope.search)
        self._metrics_missing = False
        self._started = False

    @property
    def tickets(self) -> Mapping[int, Ticket]:
        """By id; done ones too, as long as they may matter."""
        return self._book.tickets

    def hold_on_to(self, ticket_ids: Iterable[int]) -> None:
        """Keep these, though they are done or none of ours: their incident is still open."""
        self._book.keep = frozenset(ticket_ids)

    async def cycle(self) -> None:
        """Learn what changed, sweep on a page, and read a few tickets that need it.

        What can be read is read, whatever else cannot: a sweep finds new tickets too.

        Raises:
            ServiceError: What changed could not be read; what was learned before stays.
        """
        reads = READS_PER_CYCLE if self._started else READS_AT_START
        trouble: ServiceError | None = None
        if not self._started:
            await self._start()
        else:
            try:
                await self._read_changes()
            except (Unauthorised, Unreachable, RateLimited):
                raise
            except ServiceError as error:
                trouble = error
            waited = self._clock.monotonic() - self._swept_at
            if waited >= self._reconcile.total_seconds() * NEARLY and self._to_spare():
                await self._sweeping.attempt(self._sweep_a_page, self._clock)
        self._book.forget_done(self._clock.now() - KEEP_DONE)
        await self._reading.attempt(lambda: self.read_unknown(reads), self._clock)
        if trouble is not None:
            raise trouble

    def save(self) -> None:
        """Keep what is known of tickets for the next start.

        Raises:
            StoreError: The disk is full or read-only.
        """
        self._store.save_tickets({i: self._book.memories[i] for i in self._book.records})

    async def fetch(self, ids: Iterable[int]) -> None:
        """Read tickets by id, as the other halves of pairs; those not visible stay unknown."""
        for record in await self.client.show_many(sorted(ids)[:100]):
            self._book.take(record, live=True, member=True)

    async def comments(self, ticket_id: int) -> tuple[Comment, ...]:
        """A ticket's conversation for reading, oldest first; also settles its facts.

        Raises:
            ServiceError: It could not be read.
        """
        record = self._book.records.get(ticket_id)
        requester = record.ticket.requester_id if record else None
        page = await self.client.comments(ticket_id, requester)
        said = in_order(page.comments)
        if record is not None and not page.more:
            self._book.remember(record, with_comments(self._book.memories[ticket_id], said[1:]))
        return tuple(said)

    def absorb(self, answered: Ticket) -> None:
        """Show at once what a write of ours was answered with, until the ticket is read again.

        What was answered holds no names and no counters: those stay, and what it means for the
        promises is for the next cycle to say.
        """
        self._book.absorb(answered)

    def is_ours(self, ticket: Ticket) -> bool:
        """Whether a ticket, in the queue or not, is one of those that concern us."""
        return self._book.is_ours(ticket)

    @property
    def skipped(self) -> tuple[str, ...]:
        """Why records of the latest pages were left out, one reason each."""
        return self._changes_skipped or self._sweep_skipped

    @property
    def troubles(self) -> tuple[str, ...]:
        """What is missing beside the queue itself, a plain line each."""
        return tuple(duty.trouble for duty in (self._sweeping, self._reading) if duty.trouble)

    @property
    def lacks(self) -> tuple[str, ...]:
        """What this account does not give us, and what that means; to be said once."""
        lines = []
        if self._metrics_missing:
            lines.append(
                "Zendesk sends no reply counters here: answers are read ticket by ticket, and "
                "until then deadlines are unknown."
            )
        if self._unsorted:
            lines.append(
                "Zendesk does not sort tickets by change here: changes are looked for by search, "
                "and may be seen some minutes late."
            )
        return tuple(lines)

    @property
    def unread(self) -> int:
        """How many tickets wait to be read one by one."""
        return len(self._unknown())

    async def _start(self) -> None:
        """The whole list once: the change feed first, so that nothing falls in between.

        What was read of it stays when it is interrupted; the next attempt goes on from there.
        """
        if self._scope.groups and self._book.group_ids is None:
            await self._find_groups()
        if self._first is None:
            self._first = await self._changed()
        if self._sweep.age(self._clock.now()) > SWEEP_LIFE:
            self._sweep.restart(self._clock.now())
        while await self._sweep_on():
            pass
        self._take_changes(self._first)
        stamps = [record.ticket.updated_at for record in self._first.tickets]
        self._watermark = max(stamps, default=_LONG_AGO)
        self._first = None
        self._started = True

    async def _changed(self, cursor: str | None = None) -> TicketPage:
        """A page of what changed last; by search where the list cannot be had in that order."""
        if not self._unsorted:
            page = await self.client.changed(cursor)
            stamps = [record.ticket.updated_at for record in page.tickets]
            if cursor is not None or stamps == sorted(stamps, reverse=True):
                return page
            self._unsorted = True
        since = min(self._watermark, self._clock.now()) - SEARCH_LAG
        return await self.client.changed_by_search(since)

    async def _find_groups(self) -> None:
        wanted = {str(group).casefold() for group in self._scope.groups}
        groups = await self.client.groups()
        self._book.group_ids = frozenset(
            g.id for g in groups if g.name.casefold() in wanted or str(g.id) in wanted
        )

    async def _read_changes(self) -> None:
        cursor: str | None = None
        newest = self._watermark
        for _ in range(MOST_CHANGE_PAGES):
            page = await self._changed(cursor)
            self._take_changes(page)
            stamps = [record.ticket.updated_at for record in page.tickets]
            newest = max([newest, *stamps])
            reached = not stamps or min(stamps) < self._watermark - OVERLAP
            if reached or not page.more:
                break
            if page.cursor is None:
                await self._sweep_all()
                break
            cursor = page.cursor
        else:
            await self._sweep_all()
        self._watermark = newest

    def _take_changes(self, page: TicketPage) -> None:
        self._changes_skipped = page.skipped
        for record in page.tickets:
            self._book.take(record, live=True, member=False)

    async def _sweep_all(self) -> None:
        self._pending = None
        self._sweep.restart(self._clock.now())
        while await self._sweep_on():
            pass

    async def _sweep_a_page(self) -> None:
        await self._sweep_on()

    async def _sweep_on(self) -> bool:
        """Read the next page of the sweep; whether there is more of it.

        A page counts as read when what is on it has been taken in, and a sweep as over when what
        it did not show has been looked up.
        """
        self._swept_at = self._clock.monotonic()
        if self._pending is None and self._sweep.over is None:
            self._pending = await self._sweep.next_page(self._clock.now())
        if self._pending is not None:
            await self._take_swept(self._pending)
            self._pending = None
        if self._sweep.over is None:
            return True
        await self._verify_missing(self._sweep.over)
        self._sweep_skipped = ()
        self._sweep.restart(self._clock.now())
        return False

    async def _take_swept(self, page: TicketPage) -> None:
        """Search may be behind: only what is newer than known counts, and facts come live."""
        self._sweep_skipped = page.skipped or self._sweep_skipped
        news = [record for record in page.tickets if self._book.is_news(record)]
        bare = [r.ticket.id for r in news if r.metrics is None]
        if bare and not self._metrics_missing:
            whole = await self.client.show_many(bare)
            self._metrics_missing = bool(whole) and all(r.metrics is None for r in whole)
            found = {record.ticket.id: record for record in whole}
            news = [found.get(record.ticket.id, record) for record in news]
        for record in page.tickets:
            self._book.members.add(record.ticket.id)
        for record in news:
            self._book.take(record, live=False, member=True)

    async def _verify_missing(self, sweep: SweepOver) -> None:
        """What a whole sweep did not show is looked up by id: solved, moved, or gone."""
        missing = sorted(
            i
            for i, t in self.tickets.items()
            if i not in sweep.seen and not t.status.done and t.updated_at < sweep.started_at
        )
        if self._scope.by_membership:
            self._book.members &= sweep.seen
            for ticket_id in missing:
                self._book.drop(ticket_id)
            return
        for start in range(0, len(missing), 100):
            chunk = missing[start : start + 100]
            found = await self.client.show_many(chunk)
            for record in found:
                self._book.take(record, live=True, member=True)
            for ticket_id in set(chunk) - {record.ticket.id for record in found}:
                self._book.drop(ticket_id)

    def _unknown(self) -> list[int]:
        """What is to be read one by one: what went wrong last, else what is due first."""
        wanted = (
            (self._shelf.times(ticket_id), self._nearest_due(ticket), ticket_id)
            for ticket_id, ticket in self.tickets.items()
            if not ticket.status.done and self._needs_reading(ticket_id, ticket)
        )
        return [ticket_id for _, _, ticket_id in sorted(wanted)]

    def _needs_reading(self, ticket_id: int, ticket: Ticket) -> bool:
        memory = self._book.memories[ticket_id]
        paused = self._never_due(ticket.status)
        return memory.needs_comments or memory.needs_audits(paused=paused)

    async def read_unknown(self, most: int) -> None:
        """Read, one by one, what only its own history can tell; nearest deadline first.

        Stops where a limit is running low. A ticket that cannot be read waits its turn again.

        Raises:
            ServiceError: Zendesk is in trouble; those read before count.
        """
        for ticket_id in self._unknown()[:most]:
            if not self._to_spare():
                return
            try:
                await self._read_history(ticket_id)
            except ServiceError as error:
                if not about_one(error):
                    raise
                self._shelf.put(ticket_id)
            else:
                self._shelf.take(ticket_id)

    async def _read_history(self, ticket_id: int) -> None:
        record, memory = self._book.records[ticket_id], self._book.memories[ticket_id]
        if memory.needs_comments:
            memory = with_comments(memory, await answers(self.client, record.ticket))
        else:
            memory = with_audits(memory, await self.client.status_changes(ticket_id))
        if self._book.records.get(ticket_id) is record:
            self._book.remember(record, memory)
