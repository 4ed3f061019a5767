"""When did an agent last answer this ticket in public? Decided without reading every ticket.

Each ticket comes with counters. Comparing them with those seen before tells most changes apart for
nothing; what stays ambiguous is marked unknown, and its comments or audits are read once.
Source: policy rules "responded", "updated" and "resumed"; Zendesk side-loads `metric_sets` and
`comment_count`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from services.domain import NEVER, UNREAD, Fact, Status, StatusChange, Ticket
from services.zendesk.records import Comment, TicketRecord


class TicketMemory(Struct, frozen=True):
    """What is known of one ticket, and the counters that it was known at. Kept on disk."""

    status: Status
    updated_at: datetime
    replies: int | None = None
    comment_count: int | None = None
    status_updated_at: datetime | None = None
    replied_first: Fact = UNREAD
    replied_last: Fact = UNREAD
    status_changes: tuple[StatusChange, ...] = ()
    changes_known: bool = False

    @property
    def needs_comments(self) -> bool:
        """Whether only the comments can tell."""
        return not (self.replied_first.known and self.replied_last.known)

    def needs_audits(self, *, paused: bool) -> bool:
        """Whether only the audits can tell when the ticket came back to us.

        Args:
            paused: Whether its status pauses its severity, so that it has not come back yet.
        """
        answered = self.replied_last.known and self.replied_last.at is not None
        return answered and not (self.changes_known or paused or self.status.done)


def learn(record: TicketRecord, before: TicketMemory | None) -> TicketMemory:
    """What a fresh record of a ticket tells, given what was known."""
    if before is not None and record.ticket.updated_at < before.updated_at:
        return before
    first, last = _replies(record, before)
    metrics = record.metrics
    fresh = TicketMemory(
        status=record.ticket.status,
        updated_at=record.ticket.updated_at,
        replies=metrics.replies if metrics else None,
        comment_count=record.comment_count if metrics else None,
        status_updated_at=metrics.status_updated_at if metrics else None,
        replied_first=first,
        replied_last=last,
    )
    return _with_changes(fresh, before)


def with_comments(memory: TicketMemory, comments: Sequence[Comment]) -> TicketMemory:
    """What a ticket's conversation tells.

    Args:
        memory: What was known.
        comments: Its comments in any order, the description left out; at least the oldest and
            the latest public answer of an agent are among them, where there are any.
    """
    answers = sorted(c.at for c in comments if c.public and c.by_agent)
    if not answers:
        exact = replace(memory, replied_first=NEVER, replied_last=NEVER)
    else:
        exact = replace(memory, replied_first=Fact(answers[0]), replied_last=Fact(answers[-1]))
    return replace(exact, changes_known=exact.changes_known or _settled_by_reply(exact))


def with_audits(memory: TicketMemory, changes: Sequence[StatusChange]) -> TicketMemory:
    """What a ticket's audits tell of its status."""
    return replace(memory, status_changes=tuple(changes), changes_known=True)


def with_facts(ticket: Ticket, memory: TicketMemory) -> Ticket:
    """The ticket as the policy wants it."""
    return replace(
        ticket,
        replied_first=memory.replied_first,
        replied_last=memory.replied_last,
        status_changes=memory.status_changes,
        changes_known=memory.changes_known,
    )


def _replies(record: TicketRecord, before: TicketMemory | None) -> tuple[Fact, Fact]:
    metrics = record.metrics
    if metrics is None or metrics.replies is None:
        if before is not None and before.updated_at == record.ticket.updated_at:
            return before.replied_first, before.replied_last
        return _doubt(record, before)
    if before is None or before.replies is None or before.comment_count is None:
        return _cold(record, metrics.replies)
    more_replies = metrics.replies - before.replies
    more_comments = (record.comment_count or 0) - before.comment_count
    if record.comment_count is None:
        more_comments = -1
    if more_replies == 0 and more_comments in (0, 1):
        # Nothing said in public by an agent: a field, a note, or the requester's own words.
        return before.replied_first, before.replied_last
    sure = before.replied_last.known and before.replied_first.known and _counts_replies(record)
    if more_replies == 1 and more_comments == 1 and sure and metrics.latest_comment_at is not None:
        said = Fact(metrics.latest_comment_at)
        return (before.replied_first if before.replied_first.at else said), said
    return _doubt(record, before)


def _cold(record: TicketRecord, replies: int) -> tuple[Fact, Fact]:
    """The first sight of a ticket."""
    if replies == 0:
        return NEVER, NEVER
    return _doubt(record, None)


def _doubt(record: TicketRecord, before: TicketMemory | None) -> tuple[Fact, Fact]:
    """Not to be told from counters: unknown, but not earlier than what is certain."""
    earliest = _first_reply_not_before(record)
    if before is None:
        unsure = Fact(known=False, not_before=earliest)
        return unsure, unsure
    first = before.replied_first
    if not (first.known and first.at is not None):
        first = Fact(known=False, not_before=first.not_before or earliest)
    last = before.replied_last
    bound = last.at or last.not_before or earliest
    return first, Fact(known=False, not_before=bound)


def _first_reply_not_before(record: TicketRecord) -> datetime | None:
    """Minute precision from `reply_time_in_minutes`; None if there may have been no reply."""
    metrics = record.metrics
    if metrics is None or not metrics.replies or not _counts_replies(record):
        return None
    return record.ticket.created_at + timedelta(minutes=metrics.reply_minutes or 0)


def _counts_replies(record: TicketRecord) -> bool:
    """Whether Zendesk's `replies` counts just what we call a response.

    Not where the requester is an agent too, nor where an agent raised the ticket for someone:
    then it may count the requester's own words, or the description.
    """
    for_someone = record.submitter_id is not None and (
        record.submitter_id != record.ticket.requester_id
    )
    return not record.requester_is_agent and not for_someone


def _with_changes(fresh: TicketMemory, before: TicketMemory | None) -> TicketMemory:
    if before is None:
        return replace(fresh, changes_known=_settled_by_reply(fresh))
    seen, known = before.status_changes, before.changes_known
    if fresh.status is not before.status:
        at = fresh.status_updated_at or fresh.updated_at
        seen = (*seen, StatusChange(at, before.status, fresh.status))
    elif fresh.status_updated_at != before.status_updated_at:
        # It changed and changed back between two polls; only the audits saw it.
        known = False
    fresh = replace(fresh, status_changes=seen, changes_known=known)
    return replace(fresh, changes_known=known or _settled_by_reply(fresh))


def _settled_by_reply(memory: TicketMemory) -> bool:
    """Whether no status change can matter any more: none came after the last public reply."""
    last = memory.replied_last
    if last.known and last.at is None:
        return memory.status is Status.NEW
    return (
        memory.status_updated_at is not None
        and last.at is not None
        and memory.status_updated_at <= last.at
    )
