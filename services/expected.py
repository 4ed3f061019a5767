"""What will an issue look like once what we send has arrived?

Pure. Used twice: to say before sending which promise it meets, and to show the new state at once
while the vendor has not confirmed it. Times are aware `datetime`s in UTC.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from msgspec import Struct, field
from msgspec.structs import replace

from services.domain import (
    SEVERITY_RANK,
    Fact,
    Incident,
    IncidentStatus,
    Issue,
    PendingAction,
    Severity,
    Snapshot,
    Status,
    StatusChange,
    Ticket,
)
from services.letters import (
    IncidentCreate,
    IncidentMerge,
    IncidentNote,
    IncidentSnooze,
    IncidentStatusUpdate,
    IncidentUpdate,
    Letter,
    LetterState,
    OverrideCreate,
    TicketCreate,
    TicketUpdate,
    Write,
)
from services.policy.deadlines import Policy

LONGEST_LAG = timedelta(minutes=2)
"""What Zendesk shows later than this after a write is what is so."""

LONGEST_LEAVING = timedelta(seconds=30)
"""A letter that may leave and has not arrived by then is not as good as sent."""

_DOUBT = (
    LetterState.UNKNOWN,
    LetterState.QUEUED,
    LetterState.SENDING,
    LetterState.SENT,
    LetterState.CONFLICT,
    LetterState.REFUSED,
)
"""The most doubtful first."""

_DOUBT_WORDS = {
    LetterState.UNKNOWN: "it is not known whether our letter has arrived",
    LetterState.QUEUED: "our letter has not left yet",
    LetterState.SENDING: "our letter is on its way",
    LetterState.SENT: "our letter has arrived, and is not to be seen yet",
}


class Names(Struct, frozen=True):
    """What ids, tags and priorities stand for."""

    tags: Mapping[str, Severity] = field(default_factory=dict)
    priorities: Mapping[str, Severity] = field(default_factory=dict)
    agents: Mapping[int, str] = field(default_factory=dict)
    """Zendesk ids to names."""
    users: Mapping[str, str] = field(default_factory=dict)
    """PagerDuty ids to names."""


def expected(
    issue: Issue, writes: Iterable[Write], at: datetime, policy: Policy, names: Names
) -> Issue:
    """The issue as it will be once these writes have arrived.

    Args:
        issue: As the vendors last showed it.
        writes: In the order in which they arrive; those that concern other issues change nothing.
        at: When they arrive.
        policy: To work out what is promised then.
        names: To show names and severities in place of ids, tags and priorities.
    """
    ticket, incident = issue.ticket, issue.incident
    for write in writes:
        if isinstance(write, TicketUpdate):
            if ticket is not None and ticket.id == write.ticket_id:
                ticket = _ticket(ticket, write, at, names)
        elif incident is not None:
            incident = _incident(incident, write, at, names)
    if ticket is issue.ticket and incident is issue.incident:
        return issue
    return replace(
        issue, ticket=ticket, incident=incident, promises=policy.promises(ticket, incident)
    )


def overlaid(
    snapshot: Snapshot, letters: Iterable[Letter], policy: Policy, names: Names, now: datetime
) -> Snapshot:
    """The world with what we have sent, or are about to, already in it, and marked as such.

    A letter that was refused, or that waits for somebody, changes nothing: what it had changed is
    as the vendor shows it again. So is what one changes that cannot leave, or whose arrival cannot
    be found out; it is marked all the same. Nothing that is owed may look done meanwhile.
    """
    waiting: dict[str, list[Letter]] = {}
    for letter in letters:
        if not (letter.waits_for_person or _long_ago(letter, now) or _shown(letter, snapshot)):
            for part in letter.touches:
                waiting.setdefault(part, []).append(letter)
    if not waiting:
        return snapshot
    issues = tuple(_overlaid(issue, waiting, policy, names, now) for issue in snapshot.issues)
    return replace(snapshot, issues=issues)


def _overlaid(
    issue: Issue, waiting: Mapping[str, list[Letter]], policy: Policy, names: Names, now: datetime
) -> Issue:
    found = [letter for part in issue.id.split("+") for letter in waiting.get(part, ())]
    if not found:
        return issue
    found.sort(key=lambda letter: letter.id)
    changed = issue
    for letter in found:
        if not (_stuck(letter, now) or _seen_at_the_vendor(letter, issue)):
            at = letter.settled_at or max(letter.queued_at, min(letter.hold_until, now))
            changed = expected(changed, (letter.write,), at, policy, names)
    worst = min(found, key=lambda letter: _DOUBT.index(letter.state))
    return replace(changed, unconfirmed=_DOUBT_WORDS[worst.state])


def _stuck(letter: Letter, now: datetime) -> bool:
    """Whether it was in trouble already, or should have left by now."""
    if letter.state is LetterState.SENT:
        return False
    troubled = letter.next_try_at is not None or letter.tries > 1
    return troubled or now > letter.hold_until + LONGEST_LEAVING


def _seen_at_the_vendor(letter: Letter, issue: Issue) -> bool:
    """Whether the vendor's record is younger than what the letter was written against."""
    if letter.state is not LetterState.SENT or not isinstance(letter.write, TicketUpdate):
        return False
    return issue.ticket is not None and issue.ticket.updated_at > letter.write.stamp


def _long_ago(letter: Letter, now: datetime) -> bool:
    """Whether it arrived so long ago that what the vendor shows is what is so."""
    sent = letter.settled_at if letter.state is LetterState.SENT else None
    return sent is not None and now - sent > LONGEST_LAG


def _shown(letter: Letter, snapshot: Snapshot) -> bool:
    """Whether what the vendor shows has the letter in it already."""
    if letter.state is not LetterState.SENT or letter.settled_at is None:
        return False
    status = (snapshot.sources or {}).get(letter.source)
    asked = status.fetched_at if status is not None else None
    if isinstance(letter.write, TicketUpdate):
        ticket_id, stamp = letter.write.ticket_id, letter.write.stamp
        tickets = (issue.ticket for issue in snapshot.issues)
        ticket = next((t for t in tickets if t is not None and t.id == ticket_id), None)
        return ticket is None or ticket.updated_at > stamp
    return asked is not None and asked > letter.settled_at


def severity_of(tags: Iterable[str], known: Mapping[str, Severity]) -> Severity | None:
    """The more severe of what some tags say."""
    said = [known[tag] for tag in tags if tag in known]
    return min(said, key=SEVERITY_RANK.__getitem__, default=None)


def _ticket(ticket: Ticket, write: TicketUpdate, at: datetime, names: Names) -> Ticket:
    tags = (ticket.tags | set(write.add_tags)) - set(write.remove_tags)
    changed = replace(
        ticket,
        subject=write.subject if write.subject is not None else ticket.subject,
        priority=write.priority or ticket.priority,
        tags=tags,
        severity=severity_of(tags, names.tags) if tags != ticket.tags else ticket.severity,
    )
    if write.assignee_id is not None and write.assignee_id != ticket.assignee_id:
        name = names.agents.get(write.assignee_id, f"agent {write.assignee_id}")
        changed = replace(changed, assignee_id=write.assignee_id, assignee=name)
    if write.group_id is not None and write.group_id != ticket.group_id:
        changed = replace(changed, group_id=write.group_id, group=None)
    status = write.status
    if status is None and ticket.status is Status.NEW and write.assignee_id is not None:
        status = Status.OPEN
    if status is not None and status is not ticket.status:
        moved = StatusChange(at, ticket.status, status)
        changed = replace(changed, status=status, status_changes=(*ticket.status_changes, moved))
    if write.comment is not None and write.public:
        first = ticket.replied_first
        if first.known and first.at is None:
            first = Fact(at)
        changed = replace(changed, replied_first=first, replied_last=Fact(at), changes_known=True)
    return changed


def _incident(incident: Incident, write: Write, at: datetime, names: Names) -> Incident:
    match write:
        case IncidentUpdate(incident_id=id) if id == incident.id:
            return _updated(incident, write, at, names)
        case IncidentNote(incident_id=id) if id == incident.id:
            return replace(incident, noted_last=Fact(at))
        case IncidentStatusUpdate(incident_id=id) if id == incident.id:
            return replace(incident, status_updated_last=Fact(at))
        case IncidentSnooze(incident_id=id) if id == incident.id:
            kept = [a for a in incident.pending_actions if a.kind != "unacknowledge"]
            ends = PendingAction("unacknowledge", write.until)
            return replace(incident, pending_actions=(*kept, ends))
        case IncidentMerge() if incident.id in write.from_ids:
            return _resolved(incident, at)
    return incident


def _updated(incident: Incident, write: IncidentUpdate, at: datetime, names: Names) -> Incident:
    changed = incident
    if write.title is not None:
        changed = replace(changed, title=write.title)
    if write.priority is not None:
        severity = names.priorities.get(write.priority)
        changed = replace(changed, priority=write.priority, severity=severity)
    if write.assignee_ids:
        who = tuple(names.users.get(id, id) for id in write.assignee_ids)
        changed = replace(changed, assignee_ids=write.assignee_ids, assignees=who)
    if write.status is IncidentStatus.RESOLVED:
        return _resolved(changed, at)
    if write.status is IncidentStatus.ACKNOWLEDGED:
        first = changed.acknowledged_first
        if first.known and first.at is None:
            first = Fact(at)
        return replace(
            changed,
            status=IncidentStatus.ACKNOWLEDGED,
            acknowledged_at=at,
            acknowledged_first=first,
            pending_actions=tuple(a for a in changed.pending_actions if a.kind != "escalate"),
        )
    return changed


def _resolved(incident: Incident, at: datetime) -> Incident:
    return replace(
        incident,
        status=IncidentStatus.RESOLVED,
        resolved_at=at,
        assignees=(),
        assignee_ids=(),
        pending_actions=(),
    )


_KINDS: Mapping[type[Write], str] = {
    TicketCreate: "new ticket",
    IncidentNote: "PagerDuty note",
    IncidentStatusUpdate: "status update",
    IncidentSnooze: "snooze",
    IncidentMerge: "merge",
    IncidentCreate: "page",
    OverrideCreate: "override",
}


def kind_of(write: Write) -> str:
    """What sort of thing a write is, in a word or two."""
    match write:
        case TicketUpdate(comment=None):
            return "Zendesk fields"
        case TicketUpdate():
            return "public comment" if write.public else "internal note"
        case IncidentUpdate(status=IncidentStatus.ACKNOWLEDGED):
            return "acknowledge"
        case IncidentUpdate(status=IncidentStatus.RESOLVED):
            return "resolve"
        case IncidentUpdate():
            return "PagerDuty fields"
        case _:
            return _KINDS[type(write)]


def text_of(write: Write) -> str:
    """The words that a write carries to somebody; "" if it carries none."""
    match write:
        case TicketUpdate() | TicketCreate():
            return write.comment or ""
        case IncidentNote():
            return write.text
        case IncidentStatusUpdate():
            return write.message
        case IncidentUpdate():
            return write.resolution or ""
        case IncidentCreate():
            return write.body
    return ""
