"""To which records does a form write, and as of when?

The stamp and the state that a write is held against are those of the issue that the person saw:
if somebody was faster, it is a conflict, and never an overwriting.
"""

from typing import TypedDict, Unpack

from services.domain import Incident, IncidentStatus, Severity, Status, Ticket
from services.forms.form import Scene
from services.letters import IncidentSeen, IncidentUpdate, TicketUpdate
from services.pairing import TAG_PREFIX, named_incident

PRIORITY_WORDS = {
    Severity.P1: "urgent",
    Severity.P2: "high",
    Severity.P3: "normal",
    Severity.P4: "low",
}
"""Zendesk's priority beside the tag."""


class TicketFields(TypedDict, total=False):
    """What an update may change."""

    comment: str
    public: bool
    status: Status
    priority: str
    subject: str
    assignee_id: int
    group_id: int
    add_tags: tuple[str, ...]
    remove_tags: tuple[str, ...]


def update_ticket(
    scene: Scene, ticket: Ticket, *, first: bool = True, **fields: Unpack[TicketFields]
) -> TicketUpdate:
    """One change of the ticket.

    Args:
        scene: What the person saw.
        ticket: The scene's ticket.
        first: Whether it is the first write to the ticket: that one carries the tag of a pair
            that was found by subject.
        fields: What it changes.
    """
    if first:
        fields["add_tags"] = (*fields.get("add_tags", ()), *pair_tag(scene, ticket))
    return TicketUpdate(ticket_id=ticket.id, stamp=ticket.updated_at, **fields)


def pair_tag(scene: Scene, ticket: Ticket) -> tuple[str, ...]:
    """The tag that makes a pair found by subject last; none where it has one, or is no pair."""
    incident = scene.issue.incident if scene.issue is not None else None
    if incident is None or named_incident(ticket) == incident.id.upper():
        return ()
    return (TAG_PREFIX + incident.id.lower(),)


def seen(incident: Incident) -> IncidentSeen:
    """How the person saw the incident."""
    return IncidentSeen(
        status=incident.status,
        assignee_ids=incident.assignee_ids,
        priority=incident.priority,
        title=incident.title,
    )


def acknowledge(incident: Incident) -> IncidentUpdate:
    """Take the page."""
    return IncidentUpdate(
        incident_id=incident.id, seen=seen(incident), status=IncidentStatus.ACKNOWLEDGED
    )


def severity_fields(scene: Scene, ticket: Ticket, severity: Severity) -> TicketFields:
    """How Zendesk is told of a severity: its tag in place of the others, and the priority."""
    tags = scene.house.tags
    wanted = tags.get(severity, "")
    others = {tag for other, tag in tags.items() if other is not severity}
    fields = TicketFields(priority=PRIORITY_WORDS[severity])
    if wanted and wanted not in ticket.tags:
        fields["add_tags"] = (wanted,)
    if gone := tuple(sorted(others & ticket.tags)):
        fields["remove_tags"] = gone
    return fields


def prioritise(scene: Scene, incident: Incident, severity: Severity) -> tuple[IncidentUpdate, ...]:
    """How PagerDuty is told of a severity; not at all if it says so already, or has no name."""
    name = scene.house.priorities.get(severity, "")
    if not name or incident.priority == name:
        return ()
    return (IncidentUpdate(incident_id=incident.id, seen=seen(incident), priority=name),)
