"""What is a ticket in Zendesk's JSON? Read a page at a time, and made into our records.

Nearly every page is as documented, and is read at once; of one that is not, each ticket is read by
itself. Ten thousand are read at a start: nothing is made here that nobody asks for.
Source: developer.zendesk.com, Tickets, Ticket Metrics.
"""

import contextlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import msgspec

from services.api.records import Moment, Whole, utc
from services.domain import SEVERITY_RANK, UNREAD, Severity, Ticket
from services.zendesk import wire
from services.zendesk.records import Metrics, TicketRecord

MOST_KNOWN = 1_000
"""Sets of tags that are remembered with what they mean, before all are forgotten."""

LONGEST_KNOWN = 500
"""Characters of tags that are remembered together; longer ones are read anew each time."""

Tags = tuple[str | None, ...] | None
"""As they were sent."""

Meaning = tuple[frozenset[str], Severity | None]
"""Tags in lower case, and the most severe of the severities among them."""


class SoundTicket(msgspec.Struct, gc=False):
    """What is read of a ticket, its counters too."""

    id: Whole
    created_at: Moment
    updated_at: Moment
    subject: str | None = None
    raw_subject: str | None = None
    description: str | None = None
    status: str | None = None
    priority: str | None = None
    tags: Tags = None
    requester_id: Whole | None = None
    submitter_id: Whole | None = None
    assignee_id: Whole | None = None
    group_id: Whole | None = None
    comment_count: Whole | None = None
    metric_set: Metrics | None = None


class _Ticket(SoundTicket, gc=False):
    metric_set: msgspec.Raw = wire.NOTHING  # type: ignore[assignment]  # alone it may be broken


class SoundPage(msgspec.Struct, kw_only=True):
    """A page of tickets in which everything is as documented: read at once, as most pages are.

    Of one with a broken record everything else is read, record by record: `Tickets`, `Found`.
    """

    users: list[wire.User] | None = None
    groups: list[wire.NamedGroup] | None = None
    metric_sets: list[wire.MetricSet] | None = None
    meta: wire.Meta | None = None
    next_page: str | None = None
    count: Whole | None = None


class SoundTickets(SoundPage, kw_only=True):
    """A page of tickets, or the tickets asked for by id."""

    tickets: list[SoundTicket]


class SoundFound(SoundPage, kw_only=True):
    """A page of search results."""

    results: list[SoundTicket]


SOUND: Mapping[type[wire.Beside], type[SoundTickets] | type[SoundFound]] = {
    wire.Tickets: SoundTickets,
    wire.Found: SoundFound,
}
"""How a page is read at first."""


class TicketReader:
    """Makes our records of tickets."""

    def __init__(self, severity_tags: Mapping[str, Severity], web_url: str) -> None:
        """Take the tags that mean a severity, in any case, and the root of people's addresses."""
        self._severity_tags = {tag.lower(): severity for tag, severity in severity_tags.items()}
        self._address = f"{web_url.rstrip('/')}/agent/tickets/"
        self._known: dict[Tags, Meaning] = {}

    def page(self, page: SoundTickets | SoundFound) -> tuple[TicketRecord, ...]:
        """The tickets of a page in which everything is as documented.

        Raises:
            ValueError: Something is not, after all.
        """
        found = page.tickets if isinstance(page, SoundTickets) else page.results
        beside = wire.beside(page.users or (), page.groups or (), page.metric_sets or ())
        return tuple(self._records(found, beside))

    def ticket(self, raw: msgspec.Raw, beside: wire.Sideloads) -> TicketRecord:
        """A ticket. Raises `ValueError` without an id or one of its two moments."""
        alone = msgspec.json.decode(raw, type=_Ticket)
        sent, one = alone.metric_set, _as_sound(alone)
        with contextlib.suppress(ValueError, RecursionError):
            one.metric_set = msgspec.json.decode(sent, type=Metrics | None)
        return self._records((one,), beside)[0]

    def _records(self, found: Iterable[SoundTicket], beside: wire.Sideloads) -> list[TicketRecord]:
        """All in one go, for calls cost more than what is done here; fields go by their place."""
        known, address = self._known, self._address
        people, groups, sets = beside.people, beside.groups, beside.metrics
        statuses, nobody = wire.STATUS, wire.NOBODY
        records = []
        for one in found:
            number, requester, assignee = one.id, one.requester_id, one.assignee_id
            created, updated = one.created_at, one.updated_at
            if not (created.tzinfo is UTC is updated.tzinfo):
                created, updated = utc(created), utc(updated)
            tags, severity = known.get(one.tags) or self._meaning(one.tags)
            metrics, wrote = one.metric_set or sets.get(number), None
            if metrics is not None:
                wrote = metrics.requester_updated_at
                latest, turned = metrics.latest_comment_at, metrics.status_updated_at
                if (
                    (wrote is not None and wrote.tzinfo is not UTC)
                    or (latest is not None and latest.tzinfo is not UTC)
                    or (turned is not None and turned.tzinfo is not UTC)
                ):
                    metrics = _in_utc(metrics)
                    wrote = metrics.requester_updated_at
            name, is_agent = people.get(requester, nobody)
            group = one.group_id
            records.append(
                TicketRecord(
                    Ticket(
                        number,
                        one.subject or one.raw_subject or "",
                        statuses.get(one.status) or wire.status(one.status),
                        created,
                        updated,
                        f"{address}{number}",
                        tags,
                        one.priority,
                        name,
                        requester,
                        people.get(assignee, nobody)[0],
                        assignee,
                        groups.get(group),
                        group,
                        severity,
                        UNREAD,
                        UNREAD,
                        (),
                        False,
                        wrote,
                        one.description or "",
                    ),
                    metrics,
                    one.comment_count,
                    one.submitter_id,
                    is_agent,
                )
            )
        return records

    def _meaning(self, sent: Tags) -> Meaning:
        """What tags mean. Most tickets have the tags of many others, which then share a set."""
        tags = frozenset([tag.lower() for tag in sent or () if tag])
        said = [self._severity_tags[tag] for tag in tags if tag in self._severity_tags]
        meaning = tags, min(said, key=SEVERITY_RANK.__getitem__, default=None)
        if sum([len(tag or "") + 1 for tag in sent or ()]) <= LONGEST_KNOWN:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[sent] = meaning
        return meaning


def _as_sound(one: SoundTicket) -> SoundTicket:
    """The same ticket, as yet without its counters."""
    one.metric_set = None
    return one


def _in_utc(sent: Metrics) -> Metrics:
    return Metrics(
        sent.replies,
        sent.reply_time,
        _maybe(sent.latest_comment_at),
        _maybe(sent.requester_updated_at),
        _maybe(sent.status_updated_at),
    )


def _maybe(moment: datetime | None) -> datetime | None:
    return None if moment is None else utc(moment)
