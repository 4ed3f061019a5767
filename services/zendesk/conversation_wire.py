"""What was said on a ticket, and how did its status change? Zendesk's JSON of it.

Source: developer.zendesk.com, Ticket Comments, Ticket Audits.
"""

import contextlib
from collections.abc import Iterator, Sequence

import msgspec

from services.api.records import Moment, Whole, readable, utc
from services.domain import StatusChange
from services.html_text import LONGEST, html_text
from services.zendesk.records import Comment
from services.zendesk.wire import NOTHING, Sideloads, status

_MACHINES = frozenset({"rule", "system"})
"""Channels of triggers, automations and Zendesk itself."""


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
    metadata: msgspec.Raw = NOTHING


class _Custom(msgspec.Struct):
    op: str | None = None


class _Metadata(msgspec.Struct):
    custom: _Custom | None = None


class _Event(msgspec.Struct):
    type: str | None = None
    field_name: str | None = None
    value: msgspec.Raw = NOTHING
    previous_value: msgspec.Raw = NOTHING


class _Audit(msgspec.Struct):
    id: Whole
    created_at: Moment
    events: list[_Event] | None = None


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
            before, after = (status(_word(raw)) for raw in (event.previous_value, event.value))
            if before is not after:
                yield StatusChange(audit.created_at, before, after)


def _word(raw: msgspec.Raw) -> str | None:
    with contextlib.suppress(ValueError, RecursionError):
        return msgspec.json.decode(raw, type=str)
    return None


def _op(raw: msgspec.Raw) -> str | None:
    with contextlib.suppress(ValueError, RecursionError):
        metadata = msgspec.json.decode(raw, type=_Metadata | None)
        return metadata.custom.op if metadata and metadata.custom else None
    return None
