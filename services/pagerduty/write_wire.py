"""What does PagerDuty want of a write, and what does it tell of one? Its shapes.

They stay in this package. Source: PagerDuty REST API v2, Incidents, Notes, Log Entries, Overrides.
"""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from services.api.records import Moment, utc
from services.letters import IncidentCreate, IncidentUpdate, OverrideCreate

_NOTHING = msgspec.Raw(b"null")


class _Named(msgspec.Struct):
    id: str | None = None
    type: str | None = None


class Note(msgspec.Struct):
    """A note, as far as it takes to know our own again."""

    content: str | None = None


class Notes(msgspec.Struct):
    """An incident's notes."""

    notes: list[Note]


class Kept(msgspec.Struct):
    """The answer to a write that tells nothing we do not know."""


class _LogEntry(msgspec.Struct, kw_only=True):
    created_at: Moment
    type: str
    agent: _Named | None = None
    note: msgspec.Raw = _NOTHING
    message: msgspec.Raw = _NOTHING

    @property
    def at(self) -> datetime:
        """When, in UTC."""
        return utc(self.created_at)

    @property
    def by(self) -> str | None:
        """Whose doing it was, where it was a person's."""
        person = self.agent is not None and (self.agent.type or "").startswith("user")
        return self.agent.id if person and self.agent else None

    def says(self, kind: str) -> str | None:
        """The words of a `resolve` or a `status_update`; None where it is something else."""
        if not self.type.startswith(kind):
            return None
        raw = self.note if kind == "resolve" else self.message
        try:
            return msgspec.json.decode(raw, type=str | None)
        except ValueError:
            return None


class Log(msgspec.Struct, kw_only=True):
    """A page of one incident's log."""

    log_entries: list[_LogEntry]
    more: bool | None = None


class _Reason(msgspec.Struct):
    incident: _Named | None = None


class _Resolved(msgspec.Struct):
    resolve_reason: _Reason | None = None


class ResolvedIncident(msgspec.Struct):
    """An incident, for why it is resolved."""

    incident: _Resolved

    @property
    def merged_into(self) -> str | None:
        """The incident that it has become a part of."""
        reason = self.incident.resolve_reason
        return reason.incident.id if reason and reason.incident else None


class Override(msgspec.Struct, kw_only=True):
    """Somebody's piece of a schedule."""

    start: Moment
    end: Moment
    user: _Named | None = None

    def is_the(self, write: OverrideCreate) -> bool:
        """Whether it is what a write asks for."""
        same = (utc(self.start), utc(self.end)) == (write.start, write.end)
        return same and self.user is not None and self.user.id == write.user_id


class Overrides(msgspec.Struct):
    """The overrides of a schedule."""

    overrides: list[Override]


class _Made(msgspec.Struct):
    status: int = 201
    errors: list[str] | str | None = None

    def refusal(self) -> str:
        """Why it was not made; "" where it was."""
        if 200 <= self.status < 300:
            return ""
        words = [self.errors] if isinstance(self.errors, str) else self.errors or []
        return ", ".join(words) or f"status {self.status}"


class _Several(msgspec.Struct):
    overrides: list[_Made]


def refusals(answer: msgspec.Raw) -> Iterator[str]:
    """Why overrides were not made, each of them: the answer is good even if none was.

    PagerDuty answers with a bare list; one of its guides, with an object.

    Raises:
        ValueError: It is neither.
    """
    made = msgspec.json.decode(answer, type=list[_Made] | _Several)
    for one in made.overrides if isinstance(made, _Several) else made:
        if why := one.refusal():
            yield why


def update_body(write: IncidentUpdate) -> dict[str, object]:
    """The body of a change of an incident."""
    incident: dict[str, object] = {"type": "incident_reference"}
    if write.status is not None:
        incident["status"] = write.status.value
    if write.assignee_ids:
        incident["assignments"] = [
            {"assignee": _reference(one, "user")} for one in write.assignee_ids
        ]
    if write.policy_id is not None:
        incident["escalation_policy"] = _reference(write.policy_id, "escalation_policy")
    for name, value in (
        ("resolution", write.resolution),
        ("escalation_level", write.escalation_level),
        ("priority", write.priority),
        ("title", write.title),
    ):
        if value is not None:
            incident[name] = value
    return {"incident": incident}


def create_body(write: IncidentCreate, op: str, priority_id: str | None) -> dict[str, object]:
    """The body of a new incident; its key is ours, so that it is not made twice while open."""
    incident: dict[str, object] = {
        "type": "incident",
        "title": write.title,
        "service": _reference(write.service_id, "service"),
        "urgency": write.urgency,
        "incident_key": op,
    }
    if priority_id is not None:
        incident["priority"] = _reference(priority_id, "priority")
    if write.body:
        incident["body"] = {"type": "incident_body", "details": write.body}
    return {"incident": incident}


def override_body(write: OverrideCreate) -> dict[str, object]:
    """The body of an override."""
    one = {
        "start": stamp(write.start),
        "end": stamp(write.end),
        "user": _reference(write.user_id, "user"),
    }
    return {"overrides": [one]}


def sources_body(ids: tuple[str, ...]) -> dict[str, object]:
    """The body of a merge."""
    return {"source_incidents": [_reference(one, "incident") for one in ids]}


def stamp(moment: datetime) -> str:
    """A moment as PagerDuty reads it."""
    return utc(moment).strftime("%Y-%m-%dT%H:%M:%SZ")


def _reference(id: str, kind: str) -> dict[str, str]:
    return {"id": id, "type": f"{kind}_reference"}
