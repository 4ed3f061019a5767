"""What the queue is made of: plain frozen values, shared by every floor.

Times are aware `datetime`s in UTC and durations are `timedelta`s. Nothing here does I/O, reads a
clock, or knows more of a vendor than its name and its words. Text is kept raw, just as the vendor
sent it; it is made safe where it is shown (`services.plain`).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import force_setattr


class Source(StrEnum):
    """Where the queue comes from."""

    ZENDESK = "zendesk"
    PAGERDUTY = "pagerduty"


class Severity(StrEnum):
    """How bad it is. An issue without one is *unclassified*: not triaged yet."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


SEVERITY_RANK: Mapping[Severity | None, int] = {
    Severity.P1: 0,
    None: 1,
    Severity.P2: 2,
    Severity.P3: 3,
    Severity.P4: 4,
}
"""Most urgent first; an unclassified issue may be anything, so it comes right behind P1."""


class Period(StrEnum):
    """Which of the three kinds of hour a moment lies in, by local civil time."""

    IN_HOURS = "in_hours"
    OUT_OF_HOURS_WAKING = "out_of_hours_waking"
    OUT_OF_HOURS_OVERNIGHT = "out_of_hours_overnight"


class Kind(StrEnum):
    """What was promised. The order is the one that ties are broken by."""

    TRIAGE = "triage"
    RESPONSE = "response"
    FIRST_RESPONSE = "first_response"
    UPDATE = "update"
    REPAGE = "repage"


class State(StrEnum):
    """How a deadline stands at one moment."""

    MET = "met"
    LATE = "late"
    WAITING = "waiting"
    UNKNOWN = "unknown"
    BREACHED = "breached"
    PAUSED = "paused"
    SOON = "soon"
    RUNNING = "running"


class ClockKind(StrEnum):
    """Which time a promise counts."""

    ALWAYS = "always"
    SUPPORT_HOURS = "support_hours"


class Status(StrEnum):
    """A Zendesk ticket's status; one we have never heard of counts as `open`."""

    NEW = "new"
    OPEN = "open"
    PENDING = "pending"
    HOLD = "hold"
    SOLVED = "solved"
    CLOSED = "closed"
    DELETED = "deleted"

    @property
    def done(self) -> bool:
        """Whether nothing is owed on a ticket with this status."""
        return self in (Status.SOLVED, Status.CLOSED, Status.DELETED)


class IncidentStatus(StrEnum):
    """A PagerDuty incident's status; one we have never heard of counts as `triggered`."""

    TRIGGERED = "triggered"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class Fact(Struct, frozen=True, gc=False, omit_defaults=True):
    """When something last happened, as far as is known.

    Three cases: it happened at `at`; it has never happened (`at` is None and `known`); it has to
    be looked up first (not `known`), and then `not_before` is the earliest it can have been, or
    None when it may not have happened at all.
    """

    at: datetime | None = None
    known: bool = True
    not_before: datetime | None = None

    @property
    def happened(self) -> bool:
        """Whether it is certain that it happened, even if not when."""
        return self.at is not None or self.not_before is not None


NEVER = Fact()
"""It is known that it has not happened."""

UNREAD = Fact(known=False)
"""Nobody has looked yet; it may or may not have happened."""


class StatusChange(Struct, frozen=True, gc=False):
    """A ticket went from one status to another."""

    at: datetime
    before: Status
    after: Status


class Ticket(Struct, frozen=True, gc=False, omit_defaults=True):
    """A Zendesk ticket, with the facts its promises rest on."""

    id: int
    subject: str
    status: Status
    created_at: datetime
    updated_at: datetime
    """Whole seconds; two updates in one second share it."""
    url: str = ""
    """For people: opens the ticket in the agent's browser."""
    tags: frozenset[str] = frozenset()
    """Lower case."""
    priority: str | None = None
    """urgent, high, normal or low. Says nothing of triage: only a tag does."""
    requester: str | None = None
    requester_id: int | None = None
    assignee: str | None = None
    assignee_id: int | None = None
    group: str | None = None
    group_id: int | None = None
    severity: Severity | None = None
    """The most severe of its severity tags."""
    replied_first: Fact = UNREAD
    """The first public comment by an agent after the description."""
    replied_last: Fact = UNREAD
    """The latest public comment by an agent after the description."""
    status_changes: tuple[StatusChange, ...] = ()
    """Oldest first, as far as seen or read."""
    changes_known: bool = False
    """Whether every status change since the last public agent comment is in `status_changes`."""
    requester_wrote_at: datetime | None = None
    """When the requester last changed the ticket."""
    description: str = ""


class PendingAction(Struct, frozen=True):
    """What PagerDuty will do by itself, and when.

    `kind` is unacknowledge, escalate, resolve or urgency_change.
    """

    kind: str
    at: datetime


class Incident(Struct, frozen=True, gc=False, omit_defaults=True):
    """A PagerDuty incident, with the facts its promises rest on."""

    id: str
    number: int
    title: str
    status: IncidentStatus
    created_at: datetime
    updated_at: datetime
    url: str = ""
    urgency: str = "high"
    priority: str | None = None
    """The priority's name, whatever it is."""
    severity: Severity | None = None
    """The priority, where it is one of P1 to P4."""
    service: str | None = None
    service_id: str | None = None
    assignees: tuple[str, ...] = ()
    assignee_ids: tuple[str, ...] = ()
    acknowledged_at: datetime | None = None
    """When the acknowledgement in force began; empty while triggered or resolved."""
    acknowledged_by: str | None = None
    resolved_at: datetime | None = None
    pending_actions: tuple[PendingAction, ...] = ()
    acknowledged_first: Fact = UNREAD
    """The first acknowledgement ever by a person; un-acknowledging does not take it back."""
    noted_last: Fact = UNREAD
    """The latest note by a person."""
    status_updated_last: Fact = UNREAD
    """The latest status update to stakeholders by a person."""

    @property
    def resolved(self) -> bool:
        """Whether it is done with."""
        return self.status is IncidentStatus.RESOLVED


class Promise(Struct, frozen=True, gc=False, omit_defaults=True):
    """A deadline apart from the time of day: what was promised, from when, and whether kept."""

    kind: Kind
    due_at: datetime | None
    """The promised moment; None while the ball is with the requester."""
    started_at: datetime
    allowance: timedelta
    """Time allowed, counted on the promise's own clock."""
    clock: ClockKind
    met_at: datetime | None = None
    waiting: bool = False
    known: bool = True
    """Whether the facts are in. If not, `due_at` is the earliest it can be."""
    rule: str = ""
    """Which line of the policy, as `severity.P2.respond`."""
    start_reason: str = ""
    """What set the clock off, in words: `raised`, `last public reply`, …"""
    note: str = ""
    """Anything a person must know to believe the moment; may be empty."""


class Deadline(Struct, frozen=True, gc=False):
    """A promise as it stands at one moment."""

    promise: Promise
    state: State

    @property
    def kind(self) -> Kind:
        """What was promised."""
        return self.promise.kind

    @property
    def due_at(self) -> datetime | None:
        """The promised moment, or the earliest it can be while the state is unknown."""
        return self.promise.due_at

    @property
    def met_at(self) -> datetime | None:
        """When the promise was kept, in time or not."""
        return self.promise.met_at


class Issue(Struct, frozen=True, gc=False, omit_defaults=True):
    """One row of the queue: a ticket, an incident, or a ticket and the incident born with it."""

    ticket: Ticket | None
    incident: Incident | None
    promises: tuple[Promise, ...] = ()
    """Everything promised on it, in the order of `Kind`."""
    broken_pair: str | None = None
    """The incident id of a pairing tag that names no incident."""
    unconfirmed: str = ""
    """What of it is only what we expect, as long as its vendor has not shown it; in words."""
    id: str = ""
    """`zd-<id>`, `pd-<id>` or `zd-<id>+pd-<id>`; kept, for it is asked more often than all else."""

    def __post_init__(self) -> None:
        ticket, incident = self.ticket, self.incident
        if incident is None:
            made = f"zd-{ticket.id}" if ticket is not None else ""
        elif ticket is None:
            made = f"pd-{incident.id}"
        else:
            made = f"zd-{ticket.id}+pd-{incident.id}"
        force_setattr(self, "id", made)

    @property
    def subject(self) -> str:
        """The ticket's subject, or the incident's title; raw."""
        if self.ticket is not None:
            return self.ticket.subject
        return self.incident.title if self.incident is not None else ""

    @property
    def severity(self) -> Severity | None:
        """The more severe of what the two vendors say; None is unclassified."""
        tag = self.ticket.severity if self.ticket is not None else None
        priority = self.incident.severity if self.incident is not None else None
        if tag is None or priority is None:
            return tag or priority
        return min(tag, priority, key=SEVERITY_RANK.__getitem__)

    @property
    def tag_severity(self) -> Severity | None:
        """What the ticket's tags say."""
        return self.ticket.severity if self.ticket is not None else None

    @property
    def priority_severity(self) -> Severity | None:
        """What the incident's priority says."""
        return self.incident.severity if self.incident is not None else None

    @property
    def raised_at(self) -> datetime:
        """The earlier moment at which the ticket or the incident was created."""
        ticket, incident = self.ticket, self.incident
        if ticket is None:
            if incident is None:
                raise ValueError("an issue is a ticket, an incident or both")
            return incident.created_at
        return (
            ticket.created_at if incident is None else min(ticket.created_at, incident.created_at)
        )

    @property
    def assignee(self) -> str | None:
        """Who holds it: the ticket's assignee, else the incident's first."""
        if self.ticket is not None and self.ticket.assignee is not None:
            return self.ticket.assignee
        if self.incident is not None and self.incident.assignees:
            return self.incident.assignees[0]
        return None

    @property
    def done(self) -> bool:
        """Whether both halves are done with, so that it leaves the queue."""
        ticket_done = self.ticket is None or self.ticket.status.done
        incident_done = self.incident is None or self.incident.resolved
        return ticket_done and incident_done


class Health(StrEnum):
    """How far the data of a source can be trusted."""

    OK = "ok"
    STALE = "stale"
    """Answered before, but not lately."""
    ERROR = "error"
    """Has not answered at all, or refuses to."""
    OFF = "off"
    """Not configured, or switched off."""


class SourceStatus(Struct, frozen=True):
    """The trust line of one source."""

    state: Health
    fetched_at: datetime | None = None
    """When the latest good answer was *asked for*, on the server's clock."""
    error: str | None = None
    """Why the last attempt failed, in one plain line; None after a good one."""
    failures: int = 0
    """Attempts in a row that failed."""
    next_try_at: datetime | None = None
    """When it will be asked again, on the server's clock."""
    every: timedelta = timedelta(0)
    """How often it is asked as a rule."""
    partial: bool = False
    """Whether good answers leave out a part of the queue; then `error` says which, and why."""


class Shift(Struct, frozen=True):
    """Somebody's turn on a schedule: from `start`, up to but not including `end`."""

    start: datetime
    end: datetime
    who: str
    user_id: str
    override: bool
    """Whether it comes from an override and not from the rotation."""


class Schedule(Struct, frozen=True):
    """Who has which turn, as far as it was read."""

    id: str
    name: str
    shifts: tuple[Shift, ...]
    """By start; what falls to whom once overrides are counted in."""
    zone: str = ""
    """In which its turns change, as `Europe/London`; empty is not known."""
    overrides: tuple[Shift, ...] = ()
    """By start, also those that another override hides."""
    people: tuple[tuple[str, str], ...] = ()
    """Id and name of whoever takes turns here, in their order."""
    shift_based: bool = False
    """PagerDuty's newer kind: it is seen in who is on call, and overridden there alone."""


class Rota(Struct, frozen=True):
    """Every schedule, and how far it was read."""

    schedules: tuple[Schedule, ...] = ()
    since: datetime | None = None
    """Turns before are not read; those that reach back further are cut off here."""
    until: datetime | None = None
    trouble: str = ""
    """Why schedules are missing, in one plain line; empty when none are."""
    my_id: str | None = None
    """By which PagerDuty knows the person at the keyboard; an account's key is nobody's."""


class OnCall(Struct, frozen=True):
    """Who answers for a schedule, and who takes over when."""

    schedule: str
    who: str | None
    until: datetime | None
    then: str | None


class Snapshot(Struct, frozen=True):
    """Everything the screen shows, as of one moment. Replaced whole, never changed."""

    issues: tuple[Issue, ...] = ()
    """Open issues, in no promised order: the order depends on the time (`services.queue`)."""
    sources: Mapping[Source, SourceStatus] | None = None
    on_call: tuple[OnCall, ...] = ()
    on_call_at: datetime | None = None
    """When the schedules were last read in full; they have an age of their own."""
    rota: Rota = Rota()
    done: tuple[Issue, ...] = ()
    """What was done with in the last day; not in the queue any more."""
    paused: bool = False
    """Whether polling is paused by the operator."""
    me: frozenset[str] = frozenset()
    """Names by which the vendors know the person at the keyboard."""
    my_ids: Mapping[Source, str] | None = None
    """The ids of the same person, by vendor; none where it is not known yet."""
    notices: tuple[str, ...] = ()
    """What is amiss at this moment beside the sources' own health, in plain words."""
    said: tuple[str, ...] = ()
    """What the operator should be told once; lines are added, and stay."""


class TimelineEntry(Struct, frozen=True):
    """One thing that happened to an issue, for reading."""

    at: datetime
    source: Source
    kind: str
    """public reply, requester, internal note, note, status update, acknowledged, …"""
    who: str
    text: str
    """Raw; may be long and may be empty."""


class Happening(Struct, frozen=True):
    """Something that was done about an issue, by whomever."""

    at: datetime
    source: Source
    kind: str
    """public reply, internal note, solved, acknowledged, resolved, note, status update, …"""
    who: str
    """Raw; empty when it is not known."""
    anchor: str
    """`zd-<id>` or `pd-<id>`."""
    subject: str
    """Of the issue, raw."""


class History(Struct, frozen=True):
    """What was done since some moment, as far as the vendors tell."""

    since: datetime
    happenings: tuple[Happening, ...] = ()
    """Oldest first."""
    words: Mapping[str, tuple[datetime, ...]] = field(default_factory=dict)
    """When agents answered in public, by anchor; of tickets whose whole conversation was read."""
    read: frozenset[Source] = frozenset()
    """Vendors that could tell."""
    troubles: tuple[str, ...] = ()
    """What could not be read, in plain words."""
