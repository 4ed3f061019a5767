"""Which tickets concern us, and what is known of each, after every poll?

One page of the change feed per cycle and one page of a rolling sweep per reconciliation, whatever
the number of open tickets; what neither can tell is read ticket by ticket, a few per cycle,
nearest deadline first. Source: Zendesk `/tickets?sort=-updated_at`, `/search`, `/search/export`,
`/views/{id}/tickets`, `/tickets/show_many`, comments and audits.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from services.clock import Clock
from services.domain import Status, Ticket
from services.poller.sweep import Sweep, SweepOver
from services.store import Store
from services.ticket_facts import TicketMemory, learn, with_audits, with_comments, with_facts
from services.zendesk.client import Zendesk
from services.zendesk.records import Comment, TicketPage, TicketRecord

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

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which tickets are ours."""

    groups: tuple[int | str, ...] = ()
    """Ids or names; empty means all."""
    include_ungrouped: bool = False
    view: int = 0
    search: str = ""

    @property
    def by_membership(self) -> bool:
        """Whether only Zendesk can say what belongs: a view, or extra search terms."""
        return bool(self.view or self.search)


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
        """
        self.client = client
        self.tickets: dict[int, Ticket] = {}
        self.keep: frozenset[int] = frozenset()
        """Done tickets to hold on to, because their incident is still open."""
        self._changes_skipped: tuple[str, ...] = ()
        self._sweep_skipped: tuple[str, ...] = ()
        self._scope = scope
        self._store = store
        self._clock = clock
        self._never_due = never_due
        self._nearest_due = nearest_due
        self._reconcile = reconcile
        self._records: dict[int, TicketRecord] = {}
        self._memories: dict[int, TicketMemory] = store.load_tickets()
        self._watermark = _LONG_AGO
        self._swept_at = 0.0
        self._sweep = Sweep(client, scope.view, scope.search)
        self._members: set[int] = set()
        self._group_ids: frozenset[int] | None = None
        self._metrics_missing = False
        self._started = False

    async def cycle(self) -> None:
        """Learn what changed, sweep on a page, and read a few tickets that need it.

        Raises:
            ServiceError: Something could not be read; what was learned before stays.
        """
        reads = READS_PER_CYCLE if self._started else READS_AT_START
        if not self._started:
            await self._start()
        else:
            await self._read_changes()
            waited = self._clock.monotonic() - self._swept_at
            if waited >= self._reconcile.total_seconds() * NEARLY:
                await self._sweep_on()
        self._forget_done()
        await self.read_unknown(reads)

    def save(self) -> None:
        """Keep what is known of tickets for the next start.

        Raises:
            StoreError: The disk is full or read-only.
        """
        self._store.save_tickets({i: self._memories[i] for i in self._records})

    async def fetch(self, ids: Iterable[int]) -> None:
        """Read tickets by id, as the other halves of pairs; those not visible stay unknown."""
        for record in await self.client.show_many(sorted(ids)[:100]):
            self._take(record, live=True, member=True)

    async def comments(self, ticket_id: int) -> tuple[Comment, ...]:
        """A ticket's conversation for reading, oldest first; also settles its facts.

        Raises:
            ServiceError: It could not be read.
        """
        record = self._records.get(ticket_id)
        requester = record.ticket.requester_id if record else None
        page = await self.client.comments(ticket_id, requester)
        said = sorted(page.comments, key=lambda comment: (comment.at, comment.id))
        if record is not None and not page.more:
            self._remember(record, with_comments(self._memories[ticket_id], said[1:]))
        return tuple(said)

    def absorb(self, answered: Ticket) -> None:
        """Show at once what a write of ours was answered with, until the ticket is read again.

        What was answered holds no names and no counters: those stay, and what it means for the
        promises is for the next cycle to say.
        """
        known = self.tickets.get(answered.id)
        if known is None or answered.updated_at < known.updated_at:
            return
        held = known.assignee if answered.assignee_id == known.assignee_id else None
        group = known.group if answered.group_id == known.group_id else None
        self.tickets[answered.id] = replace(
            known,
            subject=answered.subject,
            status=answered.status,
            updated_at=answered.updated_at,
            tags=answered.tags,
            severity=answered.severity,
            priority=answered.priority,
            assignee_id=answered.assignee_id,
            assignee=answered.assignee or held,
            group_id=answered.group_id,
            group=answered.group or group,
        )

    @property
    def skipped(self) -> tuple[str, ...]:
        """Why records of the latest pages were left out, one reason each."""
        return self._changes_skipped or self._sweep_skipped

    @property
    def unread(self) -> int:
        """How many tickets wait to be read one by one."""
        return len(self._unknown())

    async def _start(self) -> None:
        """The whole list once: the change feed first, so that nothing falls in between."""
        if self._scope.groups:
            await self._find_groups()
        first = await self.client.changed()
        await self._sweep_all()
        self._take_changes(first)
        self._watermark = max((r.ticket.updated_at for r in first.tickets), default=_LONG_AGO)
        self._started = True

    async def _find_groups(self) -> None:
        wanted = {str(group).casefold() for group in self._scope.groups}
        groups = await self.client.groups()
        self._group_ids = frozenset(
            g.id for g in groups if g.name.casefold() in wanted or str(g.id) in wanted
        )

    async def _read_changes(self) -> None:
        cursor: str | None = None
        newest = self._watermark
        for _ in range(MOST_CHANGE_PAGES):
            page = await self.client.changed(cursor)
            self._take_changes(page)
            stamps = [record.ticket.updated_at for record in page.tickets]
            newest = max([newest, *stamps])
            reached = not stamps or min(stamps) < self._watermark - OVERLAP
            if reached or not page.more or page.cursor is None:
                break
            cursor = page.cursor
        else:
            await self._sweep_all()
        self._watermark = newest

    def _take_changes(self, page: TicketPage) -> None:
        self._changes_skipped = page.skipped
        for record in page.tickets:
            self._take(record, live=True, member=False)

    async def _sweep_all(self) -> None:
        self._sweep.restart(self._clock.now())
        while await self._sweep_on():
            pass

    async def _sweep_on(self) -> bool:
        """Read the next page of the sweep; whether there is more of it."""
        self._swept_at = self._clock.monotonic()
        page = await self._sweep.next_page(self._clock.now())
        await self._take_swept(page)
        if self._sweep.over is None:
            return True
        await self._verify_missing(self._sweep.over)
        self._sweep_skipped = ()
        self._sweep.restart(self._clock.now())
        return False

    async def _take_swept(self, page: TicketPage) -> None:
        """Search may be behind: only what is newer than known counts, and facts come live."""
        self._sweep_skipped = page.skipped or self._sweep_skipped
        news = [record for record in page.tickets if self._is_news(record)]
        bare = [r.ticket.id for r in news if r.metrics is None]
        if bare and not self._metrics_missing:
            whole = await self.client.show_many(bare)
            self._metrics_missing = bool(whole) and all(r.metrics is None for r in whole)
            found = {record.ticket.id: record for record in whole}
            news = [found.get(record.ticket.id, record) for record in news]
        for record in page.tickets:
            self._members.add(record.ticket.id)
        for record in news:
            self._take(record, live=False, member=True)

    async def _verify_missing(self, sweep: SweepOver) -> None:
        """What a whole sweep did not show is looked up by id: solved, moved, or gone."""
        missing = sorted(
            i
            for i, t in self.tickets.items()
            if i not in sweep.seen and not t.status.done and t.updated_at < sweep.started_at
        )
        if self._scope.by_membership:
            self._members &= sweep.seen
            for ticket_id in missing:
                self._drop(ticket_id)
            return
        for start in range(0, len(missing), 100):
            chunk = missing[start : start + 100]
            found = await self.client.show_many(chunk)
            for record in found:
                self._take(record, live=True, member=True)
            for ticket_id in set(chunk) - {record.ticket.id for record in found}:
                self._drop(ticket_id)

    def _is_news(self, record: TicketRecord) -> bool:
        known = self._records.get(record.ticket.id)
        return known is None or record.ticket.updated_at > known.ticket.updated_at

    def _take(self, record: TicketRecord, *, live: bool, member: bool) -> None:
        """Keep a record that is no older than the one known; `live` ones also if of equal age."""
        ticket = record.ticket
        known = self._records.get(ticket.id)
        if known is not None:
            newer = ticket.updated_at > known.ticket.updated_at
            if not (newer or (live and ticket.updated_at == known.ticket.updated_at)):
                return
        if not self._ours(ticket, known is not None or member):
            self._drop(ticket.id)
            return
        self._records[ticket.id] = record
        self._remember(record, learn(record, self._memories.get(ticket.id)))

    def _ours(self, ticket: Ticket, member: bool) -> bool:
        if ticket.id in self.keep:
            return True
        if self._scope.by_membership and not (member or ticket.id in self._members):
            return False
        if self._group_ids is None:
            return True
        if ticket.group_id is None:
            return self._scope.include_ungrouped
        return ticket.group_id in self._group_ids

    def _remember(self, record: TicketRecord, memory: TicketMemory) -> None:
        self._memories[record.ticket.id] = memory
        fresh = with_facts(record.ticket, memory)
        if self.tickets.get(record.ticket.id) != fresh:
            self.tickets[record.ticket.id] = fresh

    def _drop(self, ticket_id: int) -> None:
        self.tickets.pop(ticket_id, None)
        self._records.pop(ticket_id, None)

    def _forget_done(self) -> None:
        before = self._clock.now() - KEEP_DONE
        for ticket_id, ticket in list(self.tickets.items()):
            old = ticket.status.done and ticket.updated_at < before
            if old and ticket_id not in self.keep:
                self._drop(ticket_id)

    def _unknown(self) -> list[tuple[datetime, int]]:
        return sorted(
            (self._nearest_due(ticket), ticket_id)
            for ticket_id, ticket in self.tickets.items()
            if not ticket.status.done and self._needs_reading(ticket_id, ticket)
        )

    def _needs_reading(self, ticket_id: int, ticket: Ticket) -> bool:
        memory = self._memories[ticket_id]
        paused = self._never_due(ticket.status)
        return memory.needs_comments or memory.needs_audits(paused=paused)

    async def read_unknown(self, most: int) -> None:
        """Read, one by one, what only its own history can tell; nearest deadline first.

        Raises:
            ServiceError: One could not be read; those before it count.
        """
        for _, ticket_id in self._unknown()[:most]:
            record, memory = self._records[ticket_id], self._memories[ticket_id]
            if memory.needs_comments:
                said = await self._answers(record)
                memory = with_comments(memory, said)
            else:
                memory = with_audits(memory, await self.client.status_changes(ticket_id))
            self._remember(record, memory)

    async def _answers(self, record: TicketRecord) -> list[Comment]:
        """Comments that hold the first and the latest public agent answer, if any.

        The newest page is enough for all but very long tickets. The oldest comment of all is the
        description, which never counts.
        """
        newest, whole = await self._until_answered(record.ticket, newest_first=True)
        if whole:
            return _in_order(newest)[1:]
        oldest, _ = await self._until_answered(record.ticket, newest_first=False)
        return newest + oldest

    async def _until_answered(
        self, ticket: Ticket, *, newest_first: bool
    ) -> tuple[list[Comment], bool]:
        """Comments from one end up to the first page with an agent's answer; and if that is all.

        From the oldest end the description is left out.
        """
        said: list[Comment] = []
        cursor: str | None = None
        while True:
            page = await self.client.comments(
                ticket.id, ticket.requester_id, newest_first=newest_first, cursor=cursor
            )
            said += page.comments
            answers = said if newest_first else _in_order(said)[1:]
            if not page.more:
                return (said, True) if newest_first else (answers, True)
            if _answered(answers):
                return answers, False
            cursor = page.cursor


def _in_order(comments: Iterable[Comment]) -> list[Comment]:
    return sorted(comments, key=lambda comment: (comment.at, comment.id))


def _answered(comments: Iterable[Comment]) -> bool:
    return any(comment.public and comment.by_agent for comment in comments)
