"""What is Zendesk asked in every poll, so that our tickets are known?

One page of the change feed per cycle and one page of a rolling sweep per reconciliation, whatever
the number of open tickets; what neither can tell is read ticket by ticket, a few per cycle,
nearest deadline first. Source: Zendesk `/tickets?sort=-updated_at`, `/search`, `/search/export`,
`/views/{id}/tickets`, `/tickets/show_many`, comments and audits.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from services.clock import Clock
from services.domain import Status, Ticket
from services.errors import RateLimited, ServiceError, Unauthorised, Unreachable
from services.half import Half
from services.poller.answers import answers, in_order
from services.poller.change_feed import ChangeFeed
from services.poller.duty import Duty
from services.poller.parts import save_in_parts
from services.poller.reading_list import ReadingList
from services.poller.sweeper import Sweeper
from services.poller.ticket_book import Scope, TicketBook
from services.store import Store
from services.ticket_facts import with_audits, with_comments
from services.zendesk.client import Zendesk
from services.zendesk.records import Comment

KEEP_DONE = timedelta(hours=24)
"""How long a solved ticket is kept: it may still pair, and it was done this shift."""

READS_AT_START = 40
"""Read one by one in the first cycle, so that what is nearest is exact at once."""

READS_PER_CYCLE = 2
"""Tickets read one by one in each cycle."""


class ZendeskFeed:
    """The tickets as last known, and how they come to be."""

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
        self.partial = ""
        """What of the tickets is not known since the start, and why; empty as a rule."""
        self._scope = scope
        self._store = store
        self._clock = clock
        self._never_due = never_due
        self._to_spare = to_spare
        self._sweeping = Duty("looking for missed tickets fails")
        self._reading = Duty("reading single tickets fails")
        self._book = TicketBook(scope, store.load_tickets())
        self._unread = ReadingList(self._book.changed, self._incomplete, nearest_due)
        self._sweeper = Sweeper(client, scope, self._book, clock, reconcile)
        self._changes = ChangeFeed(client, scope, self._book, self._sweeper, clock)
        self._started = False
        self._whole = False

    @property
    def tickets(self) -> Mapping[int, Ticket]:
        """By id; done ones too, as long as they may matter."""
        return self._book.tickets

    @property
    def half(self) -> Half[int, Ticket]:
        """Them, for who pairs them, and says which are to be kept."""
        return self._book.half

    async def cycle(self) -> None:
        """Learn what changed, sweep on a page, and read a few tickets that need it.

        What can be read is read, whatever else cannot: a sweep finds new tickets too.

        Raises:
            ServiceError: What changed could not be read; what was learned before stays.
        """
        reads = READS_PER_CYCLE if self._started else READS_AT_START
        trouble: ServiceError | None = None
        if self._scope.groups and self._book.group_ids is None:
            await self._find_groups()
        try:
            await (self._changes.read_on() if self._started else self._changes.begin())
        except (Unauthorised, Unreachable, RateLimited):
            raise
        except ServiceError as error:
            if not self._started:
                raise
            trouble = error
        if not self._whole:
            await self._become_whole()
        elif self._sweeper.due and self._to_spare():
            await self._sweeping.attempt(self._sweeper.step, self._clock)
            self.partial = self._unsure()
        self._started = True
        self._book.forget_done(self._clock.now() - KEEP_DONE)
        await self._reading.attempt(lambda: self.read_unknown(reads), self._clock)
        if trouble is not None:
            raise trouble

    async def save(self) -> None:
        """Keep what is known of tickets for the next start.

        Raises:
            StoreError: The disk is full or read-only.
        """
        await save_in_parts(
            self._book.unsaved, lambda part, _: self._store.save_tickets(self._book.to_keep(part))
        )

    async def fetch(self, ids: Iterable[int]) -> None:
        """Read tickets by id, as the other halves of pairs; those not visible stay unknown."""
        half, wanted = self._book.half, sorted(ids)[:100]
        for ticket_id in wanted:
            half.hold(ticket_id, True)
        try:
            for record in await self.client.show_many(wanted):
                self._book.take(record, live=True, member=True)
        finally:
            for ticket_id in wanted:
                if ticket_id not in half.known:
                    half.hold(ticket_id, False)

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
        return self._changes.skipped or self._sweeper.skipped

    @property
    def troubles(self) -> tuple[str, ...]:
        """What is missing beside the queue itself, a plain line each."""
        return tuple(duty.trouble for duty in (self._sweeping, self._reading) if duty.trouble)

    @property
    def lacks(self) -> tuple[str, ...]:
        """What this account does not give us, and what that means; to be said once."""
        lines = []
        if self._sweeper.metrics_missing:
            lines.append(
                "Zendesk sends no reply counters here: answers are read ticket by ticket, and "
                "until then deadlines are unknown."
            )
        if self._changes.unsorted:
            lines.append(
                "Zendesk does not sort tickets by change here: changes are looked for by search, "
                "and may be seen some minutes late."
            )
        return tuple(lines)

    @property
    def unread(self) -> int:
        """How many tickets wait to be read one by one."""
        return len(self._unread)

    async def _become_whole(self) -> None:
        """All open tickets once. While they cannot be listed, as many as the changes show.

        Raises:
            ServiceError: Where only the list says which tickets are ours, nothing else will do.
        """
        if self._scope.by_membership:
            # What was listed at an earlier attempt says nothing of tickets that came since.
            await self._sweeper.walk_anew()
        else:
            try:
                await self._sweeper.walk_on()
            except Unauthorised:
                raise
            except ServiceError as error:
                self._whole = await self._changes.go_back()
                self.partial = "" if self._whole else self._missing(error)
                return
        self._changes.settle()
        self._whole, self.partial = True, ""

    def _unsure(self) -> str:
        """Where only the list says what is ours: what may be missing while it cannot be read."""
        if not (self._scope.by_membership and self._sweeper.hurried and self._sweeping.failures):
            return ""
        return f"{self._sweeping.error} Tickets that are new in this queue may be missing."

    def _missing(self, error: ServiceError) -> str:
        since = self._changes.back_to
        return (
            f"{error.headline} Tickets that have rested since {since:%d %b %H:%M} UTC are missing, "
            "or shown as last known."
        )

    async def _find_groups(self) -> None:
        wanted = {str(group).casefold() for group in self._scope.groups}
        groups = await self.client.groups()
        self._book.group_ids = frozenset(
            g.id for g in groups if g.name.casefold() in wanted or str(g.id) in wanted
        )

    def _incomplete(self, ticket_id: int) -> Ticket | None:
        """It, if only its own history can tell the rest."""
        ticket = self.tickets.get(ticket_id)
        if ticket is None or ticket.status.done:
            return None
        memory = self._book.memories[ticket_id]
        paused = self._never_due(ticket.status)
        return ticket if memory.needs_comments or memory.needs_audits(paused=paused) else None

    async def read_unknown(self, most: int) -> None:
        """Read, one by one, what only its own history can tell; nearest deadline first.

        Stops where a limit is running low. A ticket that cannot be read waits its turn again.

        Raises:
            ServiceError: Zendesk is in trouble; those read before count.
        """
        await self._unread.read(most, self._read_history, self._to_spare)

    async def _read_history(self, ticket_id: int) -> None:
        record, memory = self._book.records[ticket_id], self._book.memories[ticket_id]
        if memory.needs_comments:
            memory = with_comments(memory, await answers(self.client, record.ticket))
        else:
            memory = with_audits(memory, await self.client.status_changes(ticket_id))
        if self._book.records.get(ticket_id) is record:
            self._book.remember(record, memory)
