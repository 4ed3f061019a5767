"""Which tickets concern us, and what is known of each so far?

Remembers; asks nothing. A record takes the place of an older one, never of a newer.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from services.domain import Ticket
from services.half import Half
from services.ticket_facts import TicketMemory, learn, with_facts
from services.zendesk.records import TicketRecord


class Scope(Struct, frozen=True):
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


class TicketBook:
    """The tickets as last known."""

    def __init__(self, scope: Scope, memories: dict[int, TicketMemory]) -> None:
        """Begin with what an earlier start remembered of tickets, but without any."""
        self.half: Half[int, Ticket] = Half()
        self.tickets: Mapping[int, Ticket] = self.half.known
        self.records: dict[int, TicketRecord] = {}
        self.memories = memories
        self.changed: set[int] = self.half.touched
        """Of which something else is known than at the latest look of whoever empties this."""
        self.unsaved: set[int] = set(memories)
        """Of which something else may be known than the disk says."""
        self.members: set[int] = set()
        """What Zendesk itself counts in, where only it can tell."""
        self.group_ids: frozenset[int] | None = None
        """Groups that are ours; None is all."""
        self._scope = scope
        self._done: set[int] = set()

    def take(self, record: TicketRecord, *, live: bool, member: bool) -> None:
        """Keep a record that is no older than the one known; `live` ones also if of equal age."""
        ticket = record.ticket
        known = self.records.get(ticket.id)
        if known is not None:
            newer = ticket.updated_at > known.ticket.updated_at
            if not (newer or (live and ticket.updated_at == known.ticket.updated_at)):
                return
        if not self._ours(ticket, known is not None or member):
            self.drop(ticket.id)
            return
        self.records[ticket.id] = record
        self.remember(record, learn(record, self.memories.get(ticket.id)))

    def remember(self, record: TicketRecord, memory: TicketMemory) -> None:
        """Know more of a ticket; a ticket that reads as before stays the same object."""
        ticket_id = record.ticket.id
        if self.memories.get(ticket_id) != memory:
            self.memories[ticket_id] = memory
            self.changed.add(ticket_id)
            self.unsaved.add(ticket_id)
        fresh = with_facts(record.ticket, memory)
        if self.tickets.get(ticket_id) != fresh:
            self._put(fresh)

    def absorb(self, answered: Ticket) -> None:
        """Take over what a write was answered with; names, counters and facts stay as they were."""
        known = self.tickets.get(answered.id)
        if known is None or answered.updated_at < known.updated_at:
            return
        held = known.assignee if answered.assignee_id == known.assignee_id else None
        group = known.group if answered.group_id == known.group_id else None
        self._put(
            replace(
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
        )

    def to_keep(self, ticket_ids: Iterable[int]) -> dict[int, TicketMemory | None]:
        """What the next start is to know of each; None is nothing."""
        return {i: self.memories[i] if i in self.records else None for i in ticket_ids}

    def drop(self, ticket_id: int) -> None:
        """It is none of ours, or gone."""
        self.half.drop(ticket_id)
        self.records.pop(ticket_id, None)
        self.memories.pop(ticket_id, None)
        self._done.discard(ticket_id)
        self.unsaved.add(ticket_id)

    def is_news(self, record: TicketRecord) -> bool:
        """Whether a record is newer than what is known."""
        known = self.records.get(record.ticket.id)
        return known is None or record.ticket.updated_at > known.ticket.updated_at

    def forget_done(self, before: datetime) -> None:
        """Let go of tickets that were done with before."""
        for ticket_id in self._done.difference(self.half.held):
            if self.tickets[ticket_id].updated_at < before:
                self.drop(ticket_id)

    def is_ours(self, ticket: Ticket) -> bool:
        """Whether a ticket, in the queue or not, is one of those that concern us."""
        return self._ours(ticket, ticket.id in self.tickets)

    def _put(self, ticket: Ticket) -> None:
        """It reads otherwise than before."""
        self.half.put(ticket.id, ticket)
        if ticket.status.done:
            self._done.add(ticket.id)
        else:
            self._done.discard(ticket.id)

    def _ours(self, ticket: Ticket, member: bool) -> bool:
        if ticket.id in self.half.held:
            return True
        if self._scope.by_membership and not (member or ticket.id in self.members):
            return False
        if self.group_ids is None:
            return True
        if ticket.group_id is None:
            return self._scope.include_ungrouped
        return ticket.group_id in self.group_ids
