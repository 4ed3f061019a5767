"""What does PagerDuty keep? Incidents and their log, and who is on call when."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import TypeAlias

from services.simulator.call import Json


@dataclass(slots=True)
class User:
    """Somebody who can be paged."""

    id: str
    name: str
    email: str
    role: str = "user"
    zone: str = "Europe/London"
    job_title: str = "Support engineer"


@dataclass(frozen=True, slots=True)
class Team:
    """A team."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Priority:
    """A priority; they are kept from the most to the least severe."""

    id: str
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Restriction:
    """When a layer is staffed at all.

    Attributes:
        start: Time of day, civil.
        duration: How long from there.
        weekday: 1 is Monday; `None` is every day.
    """

    start: time
    duration: timedelta
    weekday: int | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """People taking turns.

    Attributes:
        start: The layer's beginning, which is also where turns are counted from; in UTC.
        turn: How long a turn is, in civil time.
    """

    id: str
    name: str
    start: datetime
    turn: timedelta
    user_ids: tuple[str, ...]
    restrictions: tuple[Restriction, ...] = ()


@dataclass(slots=True)
class Override:
    """Somebody standing in. A later one wins over an earlier one."""

    id: str
    start: datetime
    end: datetime
    user_id: str


@dataclass(slots=True)
class Schedule:
    """A rota: layers, the later over the earlier, and overrides over all of them."""

    id: str
    name: str
    zone: str
    layers: tuple[Layer, ...]
    description: str = ""
    overrides: list[Override] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ShiftSchedule:
    """A shift-based (v3) schedule: rotations side by side, so several people can be on call."""

    id: str
    name: str
    zone: str
    rotations: tuple[Layer, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """One rung of an escalation policy.

    Attributes:
        delay: How long an incident stays here unacknowledged.
        shift_schedule_ids: Where the account has shift-based schedules.
    """

    id: str
    delay: timedelta
    user_ids: tuple[str, ...] = ()
    schedule_ids: tuple[str, ...] = ()
    shift_schedule_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EscalationPolicy:
    """Who is paged first, and who next."""

    id: str
    name: str
    levels: tuple[Level, ...]
    loops: int = 0


@dataclass(slots=True)
class Service:
    """What incidents happen to.

    Attributes:
        acknowledgement_timeout: Seconds until an acknowledged incident is triggered again.
        auto_resolve_timeout: Seconds until an open incident is resolved by itself.
    """

    id: str
    name: str
    policy_id: str
    created_at: datetime
    acknowledgement_timeout: int | None = 1800
    auto_resolve_timeout: int | None = None
    urgency: str = "high"
    integration: str = "Email Integration"
    last_incident_at: datetime | None = None


Actor: TypeAlias = User | Service
"""Whoever does something to an incident: a person, or the service by itself."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One thing that happened to an incident.

    Attributes:
        type: Without the `_log_entry` that all types end in.
        extra: Further keys that this type has.
    """

    id: str
    type: str
    summary: str
    created_at: datetime
    agent: Actor
    channel: Json
    incident_id: str
    extra: Json = field(default_factory=dict)


@dataclass(slots=True)
class Note:
    """A note on an incident."""

    id: str
    user: Actor
    content: str
    created_at: datetime
    updated_at: datetime


@dataclass(slots=True)
class Alert:
    """What a monitor or an e-mail said."""

    id: str
    key: str
    summary: str
    created_at: datetime
    severity: str
    details: str
    status: str = "triggered"


@dataclass(slots=True)
class Helper:
    """A person, or whoever a policy pages, who was asked to join.

    Attributes:
        kind: `user` or `escalation_policy`.
        state: `pending`, `joined` or `declined`.
    """

    kind: str
    id: str
    requester: User
    asked_at: datetime
    message: str
    state: str = "pending"


@dataclass(slots=True)
class Incident:
    """One incident.

    Attributes:
        assignments: Who has it, and since when.
        acknowledgements: Who acknowledged it, and when, since it was last triggered.
        pending: What will happen by itself, and when: `unacknowledge`, `escalate`, `resolve`.
        level: The rung of the policy it is on, from 1.
        loops: How often the policy was gone through.
        merged_into: The id of the incident that took this one over.
    """

    id: str
    number: int
    title: str
    service_id: str
    policy_id: str
    created_at: datetime
    updated_at: datetime
    status: str
    urgency: str
    key: str
    last_status_change_at: datetime
    last_status_change_by: Actor
    assigned_via: str = "escalation_policy"
    priority_id: str | None = None
    level: int = 1
    loops: int = 0
    resolved_at: datetime | None = None
    merged_into: str | None = None
    mergeable: bool = True
    body: str = ""
    type: str = "incident_default"
    conference: Json | None = None
    snoozed: bool = False
    assignments: list[tuple[datetime, str]] = field(default_factory=list)
    acknowledgements: list[tuple[datetime, Actor]] = field(default_factory=list)
    pending: dict[str, datetime] = field(default_factory=dict)
    entries: list[LogEntry] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    helpers: list[Helper] = field(default_factory=list)


class Conflict(Exception):
    """A change that PagerDuty refuses.

    Attributes:
        code: PagerDuty's own error code.
        errors: What exactly is wrong.
    """

    def __init__(self, code: int, message: str, *errors: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message} {' '.join(errors)}")
        self.code = code
        self.message = message
        self.errors = errors
        self.status = status
