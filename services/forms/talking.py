"""Reply and note: what is said to the requester, to subscribers, or to colleagues only?"""

from services.domain import Status
from services.expected import Names, expected
from services.forms.addressing import update_ticket
from services.forms.form import LONGEST_NOTE, Answers, Choice, Field, Form, Scene, said
from services.forms.templates import filled
from services.forms.words import standing
from services.letters import IncidentNote, IncidentStatusUpdate, TicketUpdate, Write

KEEP = "keep"

STATUSES = (
    Choice(KEEP, "Leave as it is"),
    Choice("open", "Open: the ball is with us"),
    Choice("pending", "Pending: we wait for the requester"),
    Choice("hold", "On hold: we wait for somebody else"),
)


def reply_fields(scene: Scene) -> tuple[Field, ...]:
    """A public comment; on an incident alone, a message to those who follow it."""
    if scene.ticket is None:
        return (
            Field("kind", "Write", required=True, default="note",
                  choices=(Choice("note", "A note on the incident", "colleagues read it"),
                           Choice("status", "A status update", "subscribers are sent it"))),
            Field("text", "Text", "How does it stand, and when will you write again?",
                  required=True, lines=6, missing="There is nothing to send yet.",
                  limit=LONGEST_NOTE),
        )  # fmt: skip
    return (
        Field("text", "Reply", "The requester reads exactly this.", required=True, lines=8,
              missing="There is nothing to send yet.", default=filled(scene, "reply"),
              public=True),
        Field("status", "Status", required=True, choices=_statuses(scene), default=KEEP),
    )  # fmt: skip


def _statuses(scene: Scene) -> tuple[Choice, ...]:
    """What the ticket may be set to, each with what is owed next if it is answered so now."""
    issue, ticket = scene.issue, scene.ticket
    if issue is None or ticket is None:
        return STATUSES
    noted: list[Choice] = []
    for choice in STATUSES:
        status = None if choice.value == KEEP else Status(choice.value)
        answer = TicketUpdate(
            ticket_id=ticket.id, stamp=ticket.updated_at, comment="x", public=True, status=status
        )
        after = expected(issue, (answer,), scene.now, scene.policy, Names())
        owed = standing(after, scene.policy, scene.now)
        noted.append(Choice(choice.value, choice.label, f"next: {owed}"))
    return tuple(noted)


def reply_writes(scene: Scene, answers: Answers) -> tuple[Write, ...]:
    """One public comment with its status; or one message on the incident."""
    text = said(scene, reply_fields(scene), answers, "text")
    ticket, incident = scene.ticket, scene.incident
    if ticket is not None:
        chosen = answers.get("status", KEEP)
        if chosen == KEEP:
            return (update_ticket(scene, ticket, comment=text, public=True),)
        return (update_ticket(scene, ticket, comment=text, public=True, status=Status(chosen)),)
    if incident is None:
        return ()
    if answers.get("kind") == "status":
        return (IncidentStatusUpdate(incident_id=incident.id, message=text),)
    return (IncidentNote(incident_id=incident.id, text=text),)


def note_fields(scene: Scene) -> tuple[Field, ...]:
    """What colleagues should know."""
    asked = [
        Field("text", "Note", "Colleagues read it; the requester does not.", required=True,
              lines=8, missing="There is nothing to note yet.", limit=LONGEST_NOTE,
              template=filled(scene, "note")),
    ]  # fmt: skip
    if scene.ticket is not None and scene.incident is not None:
        asked.append(
            Field("where", "Where", required=True, default="both",
                  choices=(Choice("both", "On ticket and incident"), Choice("ticket", "Ticket"),
                           Choice("incident", "Incident")))
        )  # fmt: skip
    return tuple(asked)


def note_writes(scene: Scene, answers: Answers) -> tuple[Write, ...]:
    """An internal note, a PagerDuty note, or both."""
    text = said(scene, note_fields(scene), answers, "text")
    where = answers.get("where", "both")
    out: list[Write] = []
    if scene.ticket is not None and where != "incident":
        out.append(update_ticket(scene, scene.ticket, comment=text, public=False))
    if scene.incident is not None and where != "ticket":
        out.append(IncidentNote(incident_id=scene.incident.id, text=text))
    return tuple(out)


def _writable(scene: Scene) -> str:
    if scene.ticket is None and scene.incident is None:
        return "Nothing can be written to it any more: it is closed."
    return ""


REPLY = Form(
    id="reply", title="Reply", fields=reply_fields, writes=reply_writes, verb="Reply to",
    refuses=_writable,
)  # fmt: skip

NOTE = Form(
    id="note", title="Note", fields=note_fields, writes=note_writes, verb="Note on",
    refuses=_writable, bulk=True,
)  # fmt: skip
