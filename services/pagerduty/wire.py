"""What does PagerDuty's JSON mean? Its shapes, and their translation into our records.

The shapes stay in this package. They ask for as little as they can: unknown fields are ignored,
unknown statuses count as triggered, and whatever may be null may also be missing.
Source: PagerDuty REST API v2, Incidents, Log Entries, Schedules.
"""

import contextlib
from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from services.api.records import Moment, Whole, utc
from services.domain import Incident, IncidentStatus, PendingAction, Schedule, Severity, Shift
from services.pagerduty.records import LogEntry

_NOTHING = msgspec.Raw(b"null")


class _Page(msgspec.Struct, kw_only=True):
    more: bool | None = None


class Incidents(_Page, kw_only=True):
    """A page of incidents."""

    incidents: list[msgspec.Raw]


class OneIncident(msgspec.Struct):
    """An incident asked for by id."""

    incident: msgspec.Raw


class LogEntries(_Page, kw_only=True):
    """A page of a log."""

    log_entries: list[msgspec.Raw]


class Schedules(_Page, kw_only=True):
    """A page of schedules."""

    schedules: list[msgspec.Raw]


class OnCalls(_Page, kw_only=True):
    """A page of who is on call."""

    oncalls: list[msgspec.Raw]


class _User(msgspec.Struct):
    id: str
    name: str | None = None
    summary: str | None = None
    email: str | None = None
    role: str | None = None


class Me(msgspec.Struct):
    """Whose token it is."""

    user: _User


class _Reference(msgspec.Struct):
    """A thing named in passing, or in full where that was asked for."""

    id: str | None = None
    type: str | None = None
    name: str | None = None
    summary: str | None = None

    @property
    def called(self) -> str | None:
        return self.name or self.summary or None


class _Assignment(msgspec.Struct):
    assignee: _Reference | None = None


class _Acknowledgement(msgspec.Struct):
    at: Moment | None = None
    acknowledger: _Reference | None = None


class _PendingAction(msgspec.Struct):
    type: str | None = None
    at: Moment | None = None


class _Incident(msgspec.Struct, kw_only=True):
    id: str
    incident_number: Whole
    created_at: Moment
    updated_at: Moment | None = None
    resolved_at: Moment | None = None
    title: str | None = None
    summary: str | None = None
    status: str | None = None
    html_url: str | None = None
    urgency: str | None = None
    priority: _Reference | None = None
    service: _Reference | None = None
    assignments: list[_Assignment] | None = None
    acknowledgements: list[_Acknowledgement] | None = None
    pending_actions: list[_PendingAction] | None = None


class _Channel(msgspec.Struct):
    summary: str | None = None
    content: str | None = None


class _LogEntry(msgspec.Struct, kw_only=True):
    id: str
    created_at: Moment
    type: str
    summary: str | None = None
    agent: _Reference | None = None
    incident: msgspec.Raw = _NOTHING
    channel: msgspec.Raw = _NOTHING
    message: msgspec.Raw = _NOTHING


class _Entry(msgspec.Struct):
    start: Moment
    end: Moment
    user: _Reference | None = None


class _Subschedule(msgspec.Struct):
    rendered_schedule_entries: list[_Entry] | None = None


class _Schedule(msgspec.Struct):
    id: str
    name: str | None = None
    summary: str | None = None
    time_zone: str | None = None
    users: list[_Reference] | None = None
    final_schedule: _Subschedule | None = None
    overrides_subschedule: _Subschedule | None = None


class _OnCall(msgspec.Struct):
    user: _Reference
    schedule: _Reference | None = None
    start: Moment | None = None
    end: Moment | None = None


def incident(raw: msgspec.Raw, priorities: Mapping[str, Severity]) -> Incident:
    """An incident. Raises `ValueError` without an id, a number or the moment it was raised."""
    one = msgspec.json.decode(raw, type=_Incident)
    status = _status(one.status)
    acknowledged = _acknowledged(one) if status is IncidentStatus.ACKNOWLEDGED else None
    holders = [a.assignee for a in one.assignments or () if a.assignee is not None]
    by = acknowledged.acknowledger if acknowledged else None
    return Incident(
        id=one.id,
        number=one.incident_number,
        title=one.title or one.summary or "",
        status=status,
        created_at=utc(one.created_at),
        updated_at=utc(one.updated_at or one.created_at),
        url=one.html_url or "",
        urgency=one.urgency or "high",
        priority=one.priority.called if one.priority else None,
        severity=_severity(one.priority, priorities),
        service=one.service.called if one.service else None,
        service_id=one.service.id if one.service else None,
        assignees=tuple(holder.called or "" for holder in holders),
        assignee_ids=tuple(holder.id or "" for holder in holders),
        acknowledged_at=utc(acknowledged.at) if acknowledged and acknowledged.at else None,
        acknowledged_by=by.called if by else None,
        resolved_at=utc(one.resolved_at) if one.resolved_at else None,
        pending_actions=tuple(
            PendingAction(action.type, utc(action.at))
            for action in one.pending_actions or ()
            if action.type and action.at
        ),
    )


def log_entry(
    raw: msgspec.Raw, priorities: Mapping[str, Severity], incident_id: str | None = None
) -> LogEntry:
    """An entry of a log. Raises `ValueError` without an id, a moment, a type or an incident.

    Args:
        raw: The entry.
        priorities: What the account's priorities mean, by name in folded case.
        incident_id: Whose log it is, where it is one incident's.
    """
    one = msgspec.json.decode(raw, type=_LogEntry)
    about = msgspec.json.decode(one.incident, type=_Reference | None) or _Reference()
    belongs_to = about.id or incident_id
    if belongs_to is None:
        raise ValueError("belongs to no incident")
    kind = one.type.removesuffix("_reference").removesuffix("_log_entry")
    kind = "acknowledge" if kind == "acknowledgement" else kind
    agent = one.agent or _Reference()
    return LogEntry(
        id=one.id,
        at=utc(one.created_at),
        kind=kind,
        incident_id=belongs_to,
        by=agent.called,
        by_person=(agent.type or "").startswith("user"),
        text=_said(one, kind) or one.summary or "",
        incident=_whole(one.incident, about, priorities),
    )


def schedule(raw: msgspec.Raw) -> Schedule:
    """A schedule with its turns by start; those that nobody has are left out.

    Raises `ValueError` if any part of it cannot be read: a gap would look like nobody on call.
    """
    one = msgspec.json.decode(raw, type=_Schedule)
    overrides = _entries(one.overrides_subschedule)
    shifts = (
        _shift(entry, any(_covers(override, entry) for override in overrides))
        for entry in _entries(one.final_schedule)
    )
    replaced = (_shift(entry, True) for entry in overrides)
    people = {user.id: user.called or user.id for user in one.users or () if user.id}
    return Schedule(
        one.id,
        one.name or one.summary or "",
        _in_order(shifts),
        one.time_zone or "",
        _in_order(replaced),
        tuple(people.items()),
    )


def on_call(raw: msgspec.Raw, since: datetime, until: datetime) -> tuple[str, str, Shift] | None:
    """A schedule's id and name, and a turn on it; None for a person who is always called.

    Raises `ValueError` without a user. A turn without an end goes on for as long as was asked.
    """
    one = msgspec.json.decode(raw, type=_OnCall)
    if one.schedule is None or one.schedule.id is None:
        return None
    start = utc(one.start) if one.start else since
    end = utc(one.end) if one.end else until
    user = one.user
    shift = Shift(start, end, user.called or "", user.id or "", override=False)
    return one.schedule.id, one.schedule.called or one.schedule.id, shift


def _shift(entry: _Entry, override: bool) -> Shift | None:
    user = entry.user
    if user is None:
        return None
    return Shift(utc(entry.start), utc(entry.end), user.called or "", user.id or "", override)


def _in_order(shifts: Iterable[Shift | None]) -> tuple[Shift, ...]:
    known = [shift for shift in shifts if shift is not None]
    return tuple(sorted(known, key=lambda shift: (shift.start, shift.end, shift.user_id)))


def _entries(part: _Subschedule | None) -> list[_Entry]:
    return (part.rendered_schedule_entries or []) if part else []


def _covers(override: _Entry, entry: _Entry) -> bool:
    same = (
        override.user is not None and entry.user is not None and override.user.id == entry.user.id
    )
    return same and override.start <= entry.start and entry.end <= override.end


def _status(word: str | None) -> IncidentStatus:
    with contextlib.suppress(ValueError):
        return IncidentStatus(word or "")
    return IncidentStatus.TRIGGERED


def _acknowledged(one: _Incident) -> _Acknowledgement | None:
    """The first acknowledgement since it was last triggered."""
    dated = [(ack.at, ack) for ack in one.acknowledgements or () if ack.at is not None]
    return min(dated, key=lambda pair: pair[0])[1] if dated else None


def _severity(priority: _Reference | None, priorities: Mapping[str, Severity]) -> Severity | None:
    words = (priority.name, priority.summary) if priority else ()
    said = (priorities.get(word.strip().casefold()) for word in words if word)
    return next((severity for severity in said if severity is not None), None)


def _said(one: _LogEntry, kind: str) -> str | None:
    """What a person wrote, where the entry is about that."""
    with contextlib.suppress(ValueError, RecursionError):
        if kind == "annotate":
            channel = msgspec.json.decode(one.channel, type=_Channel | None) or _Channel()
            return channel.summary or channel.content
        if kind == "status_update":
            return msgspec.json.decode(one.message, type=str | None)
    return None


def _whole(
    raw: msgspec.Raw, about: _Reference, priorities: Mapping[str, Severity]
) -> Incident | None:
    """The incident in full. One that cannot be read takes nothing from the entry itself."""
    if about.type != "incident":
        return None
    with contextlib.suppress(ValueError, RecursionError):
        return incident(raw, priorities)
    return None
