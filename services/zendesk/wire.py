"""What does Zendesk's JSON mean? Its shapes, and their translation into our records.

The shapes stay in this package. They ask for as little as they can: unknown fields are ignored,
unknown statuses count as open, and whatever may be null may also be missing.
Source: developer.zendesk.com, Tickets, Ticket Metrics, Ticket Comments, Ticket Audits.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from services.api.records import Moment, Whole, readable, utc
from services.domain import SEVERITY_RANK, Severity, Status, StatusChange, Ticket
from services.html_text import LONGEST, html_text
from services.zendesk.records import Comment, Group, Metrics, Person, TicketRecord

_NOTHING = msgspec.Raw(b"null")
_NO_TAGS: frozenset[str] = frozenset()
_MACHINES = frozenset({"rule", "system"})
"""Channels of triggers, automations and Zendesk itself."""


class Meta(msgspec.Struct):
    """Where a page stands in a list that is paged by cursor."""

    has_more: bool = False
    after_cursor: str | None = None


class Beside(msgspec.Struct, kw_only=True):
    """What may come beside a list of tickets or comments."""

    users: list[msgspec.Raw] | None = None
    groups: list[msgspec.Raw] | None = None
    metric_sets: list[msgspec.Raw] | None = None
    meta: Meta | None = None
    next_page: str | None = None
    count: Whole | None = None


class Tickets(Beside, kw_only=True):
    """A page of tickets, or the tickets asked for by id."""

    tickets: list[msgspec.Raw]


class Found(Beside, kw_only=True):
    """A page of search results."""

    results: list[msgspec.Raw]


class Comments(Beside, kw_only=True):
    """A page of one ticket's comments."""

    comments: list[msgspec.Raw]


class Audits(msgspec.Struct, kw_only=True):
    """A page of one ticket's history."""

    audits: list[msgspec.Raw]
    meta: Meta | None = None


class Groups(msgspec.Struct, kw_only=True):
    """A page of the account's groups."""

    groups: list[msgspec.Raw]
    meta: Meta | None = None


class _Me(msgspec.Struct):
    id: Whole | None = None
    name: str | None = None
    email: str | None = None
    role: str | None = None
    ticket_restriction: str | None = None


class Me(msgspec.Struct):
    """Whose token it is; without an id: nobody's."""

    user: _Me


class _User(msgspec.Struct, gc=False):
    id: Whole
    name: str | None = None
    email: str | None = None
    role: str | None = None


class _Group(msgspec.Struct, gc=False):
    id: Whole
    name: str | None = None


class _Minutes(msgspec.Struct, gc=False):
    calendar: Whole | None = None


class _MetricSet(msgspec.Struct, gc=False):
    ticket_id: Whole | None = None
    replies: Whole | None = None
    reply_time_in_minutes: _Minutes | None = None
    latest_comment_added_at: Moment | None = None
    requester_updated_at: Moment | None = None
    status_updated_at: Moment | None = None


class SoundTicket(msgspec.Struct, kw_only=True, gc=False):
    """What is read of a ticket, its counters too."""

    id: Whole
    created_at: Moment
    updated_at: Moment
    subject: str | None = None
    raw_subject: str | None = None
    description: str | None = None
    status: str | None = None
    priority: str | None = None
    tags: list[str | None] | None = None
    requester_id: Whole | None = None
    submitter_id: Whole | None = None
    assignee_id: Whole | None = None
    group_id: Whole | None = None
    comment_count: Whole | None = None
    metric_set: _MetricSet | None = None


class _Ticket(SoundTicket, kw_only=True, gc=False):
    metric_set: msgspec.Raw = _NOTHING  # type: ignore[assignment]  # alone it may be broken


class SoundPage(msgspec.Struct, kw_only=True):
    """A page of tickets in which everything is as documented: read at once, as most pages are.

    Of one with a broken record everything else is read, record by record: `Tickets`, `Found`.
    """

    users: list[_User] | None = None
    groups: list[_Group] | None = None
    metric_sets: list[_MetricSet] | None = None
    meta: Meta | None = None
    next_page: str | None = None
    count: Whole | None = None


class SoundTickets(SoundPage, kw_only=True):
    """A page of tickets, or the tickets asked for by id."""

    tickets: list[SoundTicket]


class SoundFound(SoundPage, kw_only=True):
    """A page of search results."""

    results: list[SoundTicket]


SOUND: Mapping[type[Beside], type[SoundTickets] | type[SoundFound]] = {
    Tickets: SoundTickets,
    Found: SoundFound,
}
"""How a page is read at first."""


class _Via(msgspec.Struct):
    channel: str | int | None = None


class _Comment(msgspec.Struct, kw_only=True):
    id: Whole
    created_at: Moment
    author_id: Whole | None = None
    public: bool | None = None
    plain_body: str | None = None
    html_body: str | None = None
    body: str | None = None
    via: _Via | None = None
    metadata: msgspec.Raw = _NOTHING


class _Custom(msgspec.Struct):
    op: str | None = None


class _Metadata(msgspec.Struct):
    custom: _Custom | None = None


class _Event(msgspec.Struct):
    type: str | None = None
    field_name: str | None = None
    value: msgspec.Raw = _NOTHING
    previous_value: msgspec.Raw = _NOTHING


class _Audit(msgspec.Struct):
    id: Whole
    created_at: Moment
    events: list[_Event] | None = None


class Sideloads(Struct, frozen=True):
    """The people, groups and counters that came with a page, by id."""

    people: Mapping[int, Person]
    groups: Mapping[int, str]
    metrics: Mapping[int, _MetricSet]

    def name_of(self, person: int | None) -> str | None:
        """What a person is called, if that came along."""
        known = self.people.get(person) if person is not None else None
        return known.name or None if known else None

    def is_agent(self, person: int | None) -> bool | None:
        """Whether a person's role is agent or admin; None when it did not come along."""
        known = self.people.get(person) if person is not None else None
        return known.is_agent if known else None


def sideloads(page: Beside) -> Sideloads:
    """Whatever came beside the list. What cannot be read is as good as not sent."""
    people, _ = readable("user", page.users or (), person)
    groups, _ = readable("group", page.groups or (), group)
    metrics, _ = readable("metric set", page.metric_sets or (), _metric_set)
    return Sideloads(
        {one.id: one for one in people},
        {one.id: one.name for one in groups},
        {one.ticket_id: one for one in metrics if one.ticket_id is not None},
    )


def person(raw: msgspec.Raw) -> Person:
    """A user. Raises `ValueError` without an id."""
    return _person(msgspec.json.decode(raw, type=_User))


def _person(one: _User) -> Person:
    return Person(one.id, one.name or "", one.email, one.role)


def group(raw: msgspec.Raw) -> Group:
    """A group. Raises `ValueError` without an id."""
    return _group(msgspec.json.decode(raw, type=_Group))


def _group(one: _Group) -> Group:
    return Group(one.id, one.name or "")


def sound_tickets(
    page: SoundTickets | SoundFound, severity_tags: Mapping[str, Severity], web_url: str
) -> tuple[TicketRecord, ...]:
    """The tickets of a page in which everything is as documented. `ValueError` where it is not."""
    found = page.tickets if isinstance(page, SoundTickets) else page.results
    beside = Sideloads(
        {one.id: one for one in map(_person, page.users or ())},
        {one.id: one.name or "" for one in page.groups or ()},
        {one.ticket_id: one for one in page.metric_sets or () if one.ticket_id is not None},
    )
    return tuple([_record(one, one.metric_set, beside, severity_tags, web_url) for one in found])


def ticket(
    raw: msgspec.Raw, beside: Sideloads, severity_tags: Mapping[str, Severity], web_url: str
) -> TicketRecord:
    """A ticket. Raises `ValueError` without an id or one of its two moments."""
    one = msgspec.json.decode(raw, type=_Ticket)
    found = None
    with contextlib.suppress(ValueError, RecursionError):
        found = msgspec.json.decode(one.metric_set, type=_MetricSet | None)
    return _record(one, found, beside, severity_tags, web_url)


def _record(
    one: SoundTicket,
    found: _MetricSet | None,
    beside: Sideloads,
    severity_tags: Mapping[str, Severity],
    web_url: str,
) -> TicketRecord:
    """Ten thousand of these are made at a start: the fields go in by their place."""
    number, requester, assignee = one.id, one.requester_id, one.assignee_id
    metrics = _metrics(one, found or beside.metrics.get(number))
    created, updated = one.created_at, one.updated_at
    tags = frozenset([tag.lower() for tag in one.tags if tag]) if one.tags else _NO_TAGS
    said = severity_tags.keys() & tags if tags else None
    people = beside.people
    asked = people.get(requester) if requester is not None else None
    held = people.get(assignee) if assignee is not None else None
    group_id = one.group_id
    return TicketRecord(
        Ticket(
            number,
            one.subject or one.raw_subject or "",
            _STATUS.get(one.status) or _status(one.status),
            created if created.tzinfo is UTC else utc(created),
            updated if updated.tzinfo is UTC else utc(updated),
            f"{web_url}/agent/tickets/{number}",
            tags,
            one.priority,
            asked.name or None if asked else None,
            requester,
            held.name or None if held else None,
            assignee,
            None if group_id is None else beside.groups.get(group_id) or None,
            group_id,
            _worst([severity_tags[tag] for tag in said]) if said else None,
            requester_wrote_at=metrics.requester_updated_at if metrics else None,
            description=one.description or "",
        ),
        metrics,
        one.submitter_id,
        asked.is_agent if asked else None,
    )


def _worst(said: Sequence[Severity]) -> Severity:
    return said[0] if len(said) == 1 else min(said, key=SEVERITY_RANK.__getitem__)


def comment(raw: msgspec.Raw, beside: Sideloads, requester_id: int | None) -> Comment:
    """A comment. Raises `ValueError` without an id or a moment."""
    one = msgspec.json.decode(raw, type=_Comment)
    # Zendesk's own bots write as -1.
    author = -1 if one.author_id is None else one.author_id
    by_requester = author == requester_id
    machine = one.via is not None and one.via.channel in _MACHINES
    return Comment(
        id=one.id,
        at=utc(one.created_at),
        author_id=author,
        author=beside.name_of(author),
        by_agent=bool(beside.is_agent(author)) and author > 0 and not (by_requester or machine),
        by_requester=by_requester,
        public=bool(one.public),
        text=_text(one),
        op=_op(one.metadata),
    )


def _text(one: _Comment) -> str:
    """The words of a comment. Only its HTML tells where its links really lead."""
    words, html = one.plain_body or one.body or "", one.html_body or ""
    if html and (not words or ("href" in html and len(html) <= LONGEST)):
        return html_text(html)
    return words


def status_changes(raws: Sequence[msgspec.Raw]) -> tuple[tuple[StatusChange, ...], tuple[str, ...]]:
    """The changes of status in a ticket's audits, oldest first, and what could not be read.

    Not among them: the status it was created with, and changes between statuses that we do not
    tell apart.
    """
    audits, skipped = readable("audit", raws, _audit)
    in_order = sorted(audits, key=lambda audit: (audit.created_at, audit.id))
    return tuple(change for audit in in_order for change in _changes(audit)), skipped


def _audit(raw: msgspec.Raw) -> _Audit:
    audit = msgspec.json.decode(raw, type=_Audit)
    return msgspec.structs.replace(audit, created_at=utc(audit.created_at))


def _changes(audit: _Audit) -> Iterator[StatusChange]:
    for event in audit.events or ():
        if event.type == "Change" and event.field_name == "status":
            before, after = (_status(_word(raw)) for raw in (event.previous_value, event.value))
            if before is not after:
                yield StatusChange(audit.created_at, before, after)


_STATUS: Mapping[str | None, Status] = {status.value: status for status in Status}
"""The words as they are documented."""


def _status(word: str | None) -> Status:
    with contextlib.suppress(ValueError):
        return Status((word or "").lower())
    return Status.OPEN


def _word(raw: msgspec.Raw) -> str | None:
    with contextlib.suppress(ValueError, RecursionError):
        return msgspec.json.decode(raw, type=str)
    return None


def _op(raw: msgspec.Raw) -> str | None:
    with contextlib.suppress(ValueError, RecursionError):
        metadata = msgspec.json.decode(raw, type=_Metadata | None)
        return metadata.custom.op if metadata and metadata.custom else None
    return None


def _metric_set(raw: msgspec.Raw) -> _MetricSet:
    return msgspec.json.decode(raw, type=_MetricSet)


def _metrics(one: SoundTicket, found: _MetricSet | None) -> Metrics | None:
    if found is None:
        return None
    minutes = found.reply_time_in_minutes
    return Metrics(
        found.replies,
        minutes.calendar if minutes else None,
        one.comment_count,
        _maybe(found.latest_comment_added_at),
        _maybe(found.requester_updated_at),
        _maybe(found.status_updated_at),
    )


def _maybe(moment: datetime | None) -> datetime | None:
    return moment if moment is None or moment.tzinfo is UTC else utc(moment)
