"""What is to be sent, and how does each piece of it stand?

A *draft* is text being written. An *action* is what one key press decided: it becomes *letters*,
one per API write, each frozen at that moment and sent on its own, in order per issue. These are
plain values, kept on disk as they are here; `services.outbox` moves them along. Times are aware
`datetime`s in UTC on the servers' clock; text is raw.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from msgspec import Struct

from services.domain import Incident, IncidentStatus, Source, Status, Ticket

OWN_SLACK = timedelta(seconds=2)
"""How much later than we noted it a vendor may date what we have written."""


class LetterState(StrEnum):
    """How a letter stands."""

    QUEUED = "queued"
    """Not sent yet; held until `hold_until`, and as long as a letter before it is not settled."""
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    """It left and no answer came; nobody may send it again before having looked."""
    CONFLICT = "conflict"
    """Somebody changed the issue first; the person decides."""
    REFUSED = "refused"
    """The vendor said no, for good."""

    @property
    def settled(self) -> bool:
        """Whether nothing more will happen to it by itself."""
        return self in (LetterState.SENT, LetterState.CONFLICT, LetterState.REFUSED)


class _Value(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A value on disk. Fields may be added with a default, and never change their meaning."""


class TicketUpdate(_Value, frozen=True, tag="ticket_update"):
    """One change of a ticket: at most one comment, and fields. None leaves a field alone."""

    ticket_id: int
    stamp: datetime
    """The ticket's `updated_at` that the person saw; ours moves it on for the letters behind."""
    comment: str | None = None
    public: bool = False
    """Who may read the comment; always said, never left to the vendor."""
    status: Status | None = None
    priority: str | None = None
    subject: str | None = None
    assignee_id: int | None = None
    group_id: int | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()


class TicketCreate(_Value, frozen=True, tag="ticket_create"):
    """A new ticket; its `op` is the Idempotency-Key."""

    subject: str
    comment: str
    public: bool = True
    requester_name: str = ""
    requester_email: str = ""
    priority: str | None = None
    tags: tuple[str, ...] = ()
    assignee_id: int | None = None
    group_id: int | None = None


class IncidentSeen(_Value, frozen=True):
    """The incident as it was on the screen at the key press; a difference is a conflict."""

    status: IncidentStatus
    assignee_ids: tuple[str, ...] = ()
    priority: str | None = None
    title: str = ""


class IncidentUpdate(_Value, frozen=True, tag="incident_update"):
    """Acknowledge, resolve, reassign, escalate, set the priority or rename."""

    incident_id: str
    seen: IncidentSeen
    status: IncidentStatus | None = None
    resolution: str | None = None
    """Goes with `status` resolved only."""
    assignee_ids: tuple[str, ...] = ()
    policy_id: str | None = None
    escalation_level: int | None = None
    """Absolute, of the incident's policy; 1 is the first."""
    priority: str | None = None
    """The priority's name."""
    title: str | None = None


class IncidentNote(_Value, frozen=True, tag="incident_note"):
    """A note; it is sent with a short mark made of its `op`."""

    incident_id: str
    text: str


class IncidentStatusUpdate(_Value, frozen=True, tag="incident_status_update"):
    """A message to the incident's subscribers. It can carry no mark."""

    incident_id: str
    message: str


class IncidentSnooze(_Value, frozen=True, tag="incident_snooze"):
    """Silence until `until`; only an acknowledged incident can be snoozed."""

    incident_id: str
    seen: IncidentSeen
    until: datetime
    """The moment the person chose; the length is worked out when it is sent."""


class IncidentMerge(_Value, frozen=True, tag="incident_merge"):
    """Incidents become part of one; they are resolved by it."""

    into_id: str
    from_ids: tuple[str, ...]


class IncidentCreate(_Value, frozen=True, tag="incident_create"):
    """A page; its `op` is the incident key, so that it cannot be made twice while open."""

    title: str
    service_id: str
    urgency: str = "high"
    priority: str | None = None
    body: str = ""


class OverrideCreate(_Value, frozen=True, tag="override_create"):
    """Somebody takes a piece of a schedule."""

    schedule_id: str
    user_id: str
    start: datetime
    end: datetime


Write = (
    TicketUpdate
    | TicketCreate
    | IncidentUpdate
    | IncidentNote
    | IncidentStatusUpdate
    | IncidentSnooze
    | IncidentMerge
    | IncidentCreate
    | OverrideCreate
)
"""One request that changes the outside world."""


class Draft(_Value, frozen=True):
    """What was typed into a form and not sent."""

    issue: str
    """`Issue.id`; `new` for what has no issue yet."""
    form: str
    saved_at: datetime
    answers: dict[str, str] = {}
    """By the field's id, just as typed."""
    id: int = 0
    """Which one, where there are several of one form: the newest is offered first."""


class Action(_Value, frozen=True):
    """What one key press decided, ready to become letters."""

    issue: str
    form: str
    label: str
    """For people: `Reply to #4711`."""
    writes: tuple[Write, ...]
    """In the order in which they are to arrive."""
    answers: dict[str, str] = {}
    """The form's answers, given back as a draft when a letter is pulled back or refused."""
    hold: timedelta = timedelta(0)
    """How long `u` can pull it back."""


class Letter(_Value, frozen=True):
    """One entry of the outbox."""

    id: int
    op: str
    """32 hexadecimal digits that mark this write at the vendor."""
    action: str
    """Shared by the letters of one key press."""
    issue: str
    form: str
    label: str
    write: Write
    state: LetterState
    queued_at: datetime
    hold_until: datetime
    tries: int = 0
    reason: str = ""
    """Why it stands as it does, in plain words."""
    theirs: str = ""
    """What came in meanwhile, to be read beside the draft, when in conflict."""
    settled_at: datetime | None = None
    """When nothing more was left to do by itself; also of an `unknown` that only a person can
    find out about."""
    again: Write | None = None
    """The same write, frozen at what was there when the conflict was found: what a retry sends."""
    left_at: datetime | None = None
    """When it was last on its way."""
    next_try_at: datetime | None = None
    """Not tried, or looked for, again before this moment."""

    @property
    def waits_for_person(self) -> bool:
        """Whether nothing more happens before somebody decides."""
        return self.settled_at is not None and self.state is not LetterState.SENT

    @property
    def on_its_way(self) -> bool:
        """Whether it may be arriving just now, or may have arrived unseen."""
        doubtful = self.state is LetterState.UNKNOWN and self.settled_at is None
        return doubtful or self.state is LetterState.SENDING

    @property
    def touches(self) -> frozenset[str]:
        """What it changes, as parts of an issue's id; writes to the same thing keep their order."""
        return touched_by(self.write, self.op)

    @property
    def source(self) -> Source:
        """Who it is sent to."""
        return source_of(self.write)

    @property
    def mark(self) -> str:
        """The mark that a PagerDuty note carries."""
        return f"[rota {self.op[:6]}]"


class Landed(Struct, frozen=True):
    """What a vendor answered to a write that it carried out."""

    ticket: Ticket | None = None
    incident: Incident | None = None
    stamp: datetime | None = None
    """The ticket's `updated_at` right after it; the letters behind go on from there."""
    seen: IncidentSeen | None = None
    """The incident right after it, likewise."""
    remark: str = ""
    """What the person should know of it all the same; may be empty."""


class Overtaken(Struct, frozen=True):
    """Somebody changed the issue first; nothing of ours was carried out."""

    theirs: str
    """What came in meanwhile, for reading; raw."""
    again: Write
    """The same write, frozen at what is there now."""
    ticket: Ticket | None = None
    incident: Incident | None = None


class Undecided(Struct, frozen=True):
    """Looking cannot tell whether a write has arrived: only a person can."""

    reason: str


def note_text(text: str, mark: str) -> str:
    """What PagerDuty keeps of a note: the words, and on a line of its own the mark.

    >>> note_text("Restarted it.\\n", "[rota 0a1b2c]")
    'Restarted it.\\n[rota 0a1b2c]'
    """
    return f"{text.rstrip()}\n{mark}"


def source_of(write: Write) -> Source:
    """Who a write is sent to."""
    zendesk = isinstance(write, TicketUpdate | TicketCreate)
    return Source.ZENDESK if zendesk else Source.PAGERDUTY


def touched_by(write: Write, op: str) -> frozenset[str]:
    """What a write changes: `zd-<ticket>`, `pd-<incident>`, a schedule, or something new."""
    match write:
        case TicketUpdate():
            return frozenset({f"zd-{write.ticket_id}"})
        case IncidentMerge():
            return frozenset(f"pd-{one}" for one in (write.into_id, *write.from_ids))
        case OverrideCreate():
            return frozenset({f"schedule-{write.schedule_id}"})
        case TicketCreate() | IncidentCreate():
            return frozenset({f"new-{op}"})
        case _:
            return frozenset({f"pd-{write.incident_id}"})


def seen(incident: Incident) -> IncidentSeen:
    """An incident as it is on the screen, to be held against what is there when we write."""
    return IncidentSeen(
        status=incident.status,
        assignee_ids=incident.assignee_ids,
        priority=incident.priority,
        title=incident.title,
    )
