"""What does Zendesk want of a write, and what does it tell of one? Its shapes.

They stay in this package. Source: developer.zendesk.com, Tickets and Ticket Audits.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from services.api.records import Moment, utc
from services.letters import TicketCreate, TicketUpdate
from services.zendesk.wire import Beside, Meta

_NOTHING = msgspec.Raw(b"null")
_FIELDS = {"status": "status", "priority": "priority", "subject": "title", "tags": "tags"}


class Custom(msgspec.Struct):
    """The part of an audit's metadata that is the client's own."""

    op: str | None = None


class _Metadata(msgspec.Struct):
    custom: Custom | None = None


class _Event(msgspec.Struct):
    type: str | None = None
    public: bool | None = None
    field_name: str | None = None
    value: msgspec.Raw = _NOTHING
    previous_value: msgspec.Raw = _NOTHING


class Audit(msgspec.Struct):
    """One update of a ticket: everything that changed with it."""

    id: int
    created_at: Moment
    metadata: msgspec.Raw = _NOTHING
    events: list[_Event] | None = None

    @property
    def at(self) -> datetime:
        """When, in UTC."""
        return utc(self.created_at)

    @property
    def op(self) -> str | None:
        """The mark that our own writes carry."""
        try:
            metadata = msgspec.json.decode(self.metadata, type=_Metadata | None)
        except (ValueError, RecursionError):
            return None
        return metadata.custom.op if metadata and metadata.custom else None

    @property
    def comment_is_public(self) -> bool | None:
        """Who can read the comment made with it; None where there is none."""
        said = (event.public for event in self.events or () if event.type == "Comment")
        return next((public for public in said if public is not None), None)

    def changes(self) -> Iterator[str]:
        """What it changed of the fields that concern us, in plain words."""
        for event in self.events or ():
            if event.type != "Change":
                continue
            if event.field_name in _FIELDS:
                field, before = _FIELDS[event.field_name], _word(event.previous_value)
                yield f"The {field} went from {before} to {_word(event.value)}."
            elif event.field_name == "assignee_id":
                yield "The assignee was changed."
            elif event.field_name == "group_id":
                yield "The group was changed."


class Audits(msgspec.Struct, kw_only=True):
    """A page of one ticket's history."""

    audits: list[msgspec.Raw]
    meta: Meta | None = None


class Written(msgspec.Struct):
    """The answer to a write: the ticket, and the update that was made of it."""

    ticket: msgspec.Raw
    audit: msgspec.Raw = _NOTHING

    def read_audit(self) -> Audit | None:
        """The update, if it came and can be read; an update of nothing may have none."""
        try:
            return msgspec.json.decode(self.audit, type=Audit | None)
        except (ValueError, RecursionError):
            return None


class Shown(Beside, kw_only=True):
    """A ticket asked for by id, with the people and groups that belong to it."""

    ticket: msgspec.Raw


def update_body(write: TicketUpdate, op: str, tags: Sequence[str] | None) -> dict[str, object]:
    """The body of an update that changes nothing if the ticket is not as it was seen.

    Args:
        write: The update.
        op: Its mark.
        tags: All tags that the ticket is to have; None leaves them alone.
    """
    ticket: dict[str, object] = {
        "safe_update": True,
        "updated_stamp": write.stamp.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "metadata": {"op": op},
    }
    if write.comment is not None:
        ticket["comment"] = {"body": write.comment, "public": write.public}
    if write.status is not None:
        ticket["status"] = write.status.value
    if tags is not None:
        ticket["tags"] = list(tags)
    ticket |= _given(
        priority=write.priority,
        subject=write.subject,
        assignee_id=write.assignee_id,
        group_id=write.group_id,
    )
    return {"ticket": ticket}


def create_body(write: TicketCreate, op: str) -> dict[str, object]:
    """The body that raises a ticket."""
    ticket: dict[str, object] = {
        "subject": write.subject,
        "comment": {"body": write.comment, "public": write.public},
        "metadata": {"op": op},
    }
    if write.requester_email:
        name = write.requester_name or write.requester_email.partition("@")[0]
        ticket["requester"] = {"name": name, "email": write.requester_email}
    if write.tags:
        ticket["tags"] = list(write.tags)
    ticket |= _given(
        priority=write.priority, assignee_id=write.assignee_id, group_id=write.group_id
    )
    return {"ticket": ticket}


def _given(**fields: str | int | None) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not None}


def _word(raw: msgspec.Raw) -> str:
    try:
        value: object = msgspec.json.decode(raw)
    except (ValueError, RecursionError):
        return "something unreadable"
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "nothing"
    return "nothing" if value in (None, "") else str(value)
