"""Close: that we close, why, why nothing more is needed, and until when it can be reopened.

Source: the team's support manual, "Tips and good practice". What the requester gets is built from
all three, so that none can be left out.
"""

from collections.abc import Iterator

from services.domain import IncidentStatus, Status
from services.forms.addressing import TicketFields, seen, update_ticket
from services.forms.form import (
    LONGEST_NOTE,
    LONGEST_TITLE,
    Answers,
    Field,
    Form,
    Scene,
    said,
)
from services.forms.renaming import vague
from services.forms.templates import REOPEN_UNTIL, fill, filled, reopen_until
from services.letters import IncidentUpdate, Write

REOPEN_LINE = "You can reopen it by answering this message until {reopen_until}."
"""Where the house has no words of its own."""


def fields(scene: Scene) -> tuple[Field, ...]:
    """What the requester is told, and what is left in PagerDuty."""
    asked: list[Field] = []
    if _open_ticket(scene):
        asked += [
            Field("why", "Why we close it", "What the requester reads first.", required=True,
                  missing="Say why we are closing it.", lines=3, public=True,
                  template=filled(scene, "close_why")),
            Field("resolved", "Why it is resolved", "Or why it needs nothing more from us.",
                  required=True, lines=4, public=True,
                  missing="Say why it is resolved, or why nothing more is needed from us."),
            Field("reopen", "How to reopen it",
                  f"{REOPEN_UNTIL} becomes the true moment, now {reopen_until(scene)}.",
                  required=True, ready=True, lines=2, public=True,
                  default=scene.house.templates.get("close_reopen", "") or REOPEN_LINE,
                  missing="Say that it can be reopened, and until when."),
            Field("title", "Better title", "May be empty: the title stays as it is.",
                  limit=LONGEST_TITLE),
        ]  # fmt: skip
    if scene.incident is not None:
        asked.append(
            Field("resolution", "Resolution", "Kept in PagerDuty with the incident.",
                  required=not _open_ticket(scene), lines=3, limit=LONGEST_NOTE,
                  missing="Say how the incident was resolved.")
        )  # fmt: skip
    return tuple(asked)


def check(scene: Scene, answers: Answers) -> Iterator[tuple[str, str]]:
    """The line about reopening carries the true moment."""
    if not _open_ticket(scene):
        return
    if REOPEN_UNTIL not in answers.get("reopen", ""):
        yield "reopen", f"Keep {REOPEN_UNTIL} in it: it becomes the true moment."
    if answers.get("title", "").strip() == scene.subject.strip() != "":
        yield "title", "That is its title already; leave it empty to keep it."


def warn(scene: Scene, answers: Answers) -> Iterator[str]:
    """What a closure may forget."""
    title = answers.get("title", "").strip()
    if title and (why := vague(title, scene)):
        yield why
    ticket = scene.ticket
    if ticket is not None and ticket.status is Status.PENDING and _open_ticket(scene):
        yield "It is pending: the requester has been asked something."
    if scene.issue is not None and scene.issue.severity is None:
        yield "It has not been triaged: it will count in no severity."


def text(scene: Scene, answers: Answers) -> str:
    """What the requester gets."""
    reopen = fill(answers.get("reopen", "").strip(), {"reopen_until": reopen_until(scene)})
    opening = filled(scene, "close_opening")
    parts = [opening, answers.get("why", "").strip(), answers.get("resolved", "").strip(), reopen]
    title = answers.get("title", "").strip()
    if title:
        parts.insert(3, f"So that it can be found again, its title is now: {title}")
    return "\n\n".join(part for part in (p.strip() for p in parts) if part)


def writes(scene: Scene, answers: Answers) -> tuple[Write, ...]:
    """One public comment that solves the ticket; the incident is resolved with its note."""
    out: list[Write] = []
    ticket, incident = scene.ticket, scene.incident
    if ticket is not None and _open_ticket(scene):
        changed = TicketFields(comment=text(scene, answers), public=True, status=Status.SOLVED)
        if title := answers.get("title", "").strip():
            changed["subject"] = title
        # Zendesk solves no ticket that is nobody's.
        if ticket.assignee_id is None and scene.me.zendesk_id is not None:
            changed["assignee_id"] = scene.me.zendesk_id
        out.append(update_ticket(scene, ticket, **changed))
    if incident is not None:
        resolution = said(scene, fields(scene), answers, "resolution")
        resolution = resolution or answers.get("resolved", "").strip()[:LONGEST_NOTE]
        out.append(
            IncidentUpdate(
                incident_id=incident.id,
                seen=seen(incident),
                status=IncidentStatus.RESOLVED,
                resolution=resolution,
            )
        )
    return tuple(out)


def refuses(scene: Scene) -> str:
    """There must be something to close."""
    if not _open_ticket(scene) and scene.incident is None:
        return "It is closed already."
    return ""


def _open_ticket(scene: Scene) -> bool:
    return scene.ticket is not None and not scene.ticket.status.done


CLOSE = Form(
    id="close", title="Close", fields=fields, writes=writes, verb="Close",
    check=check, warn=warn, refuses=refuses,
)  # fmt: skip
