"""Priority, escalate, reassign: how bad is it, and who has it?"""

from collections.abc import Iterator

from services.domain import Incident, Severity
from services.forms.addressing import TicketFields, prioritise, seen, severity_fields, update_ticket
from services.forms.form import LONGEST_NOTE, Answers, Choice, Field, Form, Scene, said
from services.forms.severity import severity_choices
from services.letters import IncidentNote, IncidentUpdate, Write
from services.plain import plain

KEEP = "keep"

LEVELS = (1, 2, 3)
"""Levels of an escalation policy that can be asked for; PagerDuty says if there is no such one."""


def priority_fields(scene: Scene) -> tuple[Field, ...]:
    """The four, each with what it would promise."""
    severity = scene.issue.severity if scene.issue is not None else None
    return (
        Field("severity", "Severity", required=True, choices=severity_choices(scene),
              default=severity.value if severity is not None else "",
              missing="Choose a severity."),
        Field("why", "Why", "An internal note; may be empty.", lines=3, limit=LONGEST_NOTE),
    )  # fmt: skip


def priority_writes(scene: Scene, answers: Answers) -> tuple[Write, ...]:
    """Tag and priority; PagerDuty's priority; the reason as a note on the ticket, or incident."""
    severity, out = Severity(answers["severity"]), list[Write]()
    why = said(scene, priority_fields(scene), answers, "why")
    ticket, incident = scene.ticket, scene.incident
    if ticket is not None:
        changed = severity_fields(scene, ticket, severity)
        if why:
            changed["comment"], changed["public"] = f"Severity {severity.value}: {why}", False
        out.append(update_ticket(scene, ticket, **changed))
    if incident is not None:
        out += prioritise(scene, incident, severity)
        if why and ticket is None:
            out.append(IncidentNote(incident_id=incident.id, text=why))
    return tuple(out)


def priority_check(scene: Scene, answers: Answers) -> Iterator[tuple[str, str]]:
    """It must change something."""
    issue, chosen = scene.issue, answers.get("severity", "")
    if issue is None or issue.severity is None or chosen != issue.severity.value:
        return
    said_by = [half for half in (scene.ticket, scene.incident) if half is not None]
    if all(half.severity is issue.severity for half in said_by):
        yield "severity", f"It is {chosen} already."


def priority_warn(scene: Scene, answers: Answers) -> Iterator[str]:
    """The triage questions wait elsewhere; the start of the clock does not move."""
    issue = scene.issue
    if issue is None:
        return
    if issue.severity is None:
        yield "It has not been triaged: t asks the questions and keeps the answers."
    else:
        yield "The clock still counts from when it was raised."


def _writable(scene: Scene) -> str:
    if scene.ticket is None and scene.incident is None:
        return "Nothing about it can be changed any more: it is closed."
    return ""


def escalate_fields(scene: Scene) -> tuple[Field, ...]:
    """To whom, at each vendor; and why."""
    asked: list[Field] = []
    if scene.incident is not None:
        asked.append(Field("page", "PagerDuty: page", required=True, default=KEEP,
                           choices=_page_choices(scene)))  # fmt: skip
    if scene.ticket is not None:
        asked.append(Field("ticket", "Zendesk: give to", required=True, default=KEEP,
                           choices=_ticket_choices(scene)))  # fmt: skip
    asked.append(
        Field("why", "Why", "What they need to know; a note for them.", required=True, lines=4,
              missing="Say why, and what they need to know.", limit=LONGEST_NOTE)
    )  # fmt: skip
    return tuple(asked)


def _page_choices(scene: Scene) -> tuple[Choice, ...]:
    levels = tuple(
        Choice(f"level-{n}", f"Level {n} of its escalation policy", "they are paged at once")
        for n in LEVELS
    )
    held = set(scene.incident.assignee_ids) if scene.incident is not None else set()
    people = tuple(
        Choice(f"user-{user.id}", _name(user.name, user.id == scene.me.pagerduty_id),
               "paged at once; it will not escalate by itself")
        for user in scene.directory.users
        if user.id not in held
    )  # fmt: skip
    policies = tuple(
        Choice(f"policy-{policy.id}", f"Policy {plain(policy.name, limit=60)}",
               "whoever it names is paged; it escalates by that policy from now on")
        for policy in scene.directory.policies
    )  # fmt: skip
    return (Choice(KEEP, "Nobody else"), *levels, *people, *policies)


def _ticket_choices(scene: Scene) -> tuple[Choice, ...]:
    ticket, mine = scene.ticket, str(scene.me.zendesk_id)
    held = str(ticket.assignee_id) if ticket is not None else ""
    agents = [agent for agent in scene.directory.agents if agent.id != held]
    known = {agent.id for agent in scene.directory.agents}
    me = () if mine in known or scene.me.zendesk_id is None or held == mine else (
        Choice(f"agent-{mine}", _name(scene.me.name, True)),
    )  # fmt: skip
    return (
        Choice(KEEP, "Leave it"),
        *me,
        *(Choice(f"agent-{a.id}", _name(a.name, a.id == mine)) for a in agents),
        *(Choice(f"group-{g.id}", f"Group {plain(g.name, limit=60)}", "nobody in particular")
          for g in scene.directory.groups),
    )  # fmt: skip


def _name(name: str, me: bool) -> str:
    return f"{plain(name, limit=60)} (me)" if me else plain(name, limit=60)


def escalate_check(scene: Scene, answers: Answers) -> Iterator[tuple[str, str]]:
    """Somebody must get it."""
    moved = [answers.get(id, KEEP) != KEEP for id in ("page", "ticket")]
    if not any(moved):
        yield ("page" if scene.incident is not None else "ticket"), "Choose who gets it."


def escalate_writes(scene: Scene, answers: Answers) -> tuple[Write, ...]:
    """The note goes before the page, so that it is there when they look."""
    out: list[Write] = []
    why = said(scene, escalate_fields(scene), answers, "why")
    page, to = answers.get("page", KEEP), answers.get("ticket", KEEP)
    ticket, incident = scene.ticket, scene.incident
    if ticket is not None:
        kind, _, id = to.partition("-")
        changed = TicketFields(comment=why, public=False)
        if kind == "agent":
            changed["assignee_id"] = int(id)
        elif kind == "group":
            changed["group_id"] = int(id)
        out.append(update_ticket(scene, ticket, **changed))
    if incident is not None and page != KEEP:
        out.append(IncidentNote(incident_id=incident.id, text=why))
        out.append(_paged(incident, page))
    return tuple(out)


def _paged(incident: Incident, page: str) -> IncidentUpdate:
    kind, _, id = page.partition("-")
    if kind == "level":
        return IncidentUpdate(
            incident_id=incident.id, seen=seen(incident), escalation_level=int(id)
        )
    if kind == "policy":
        return IncidentUpdate(incident_id=incident.id, seen=seen(incident), policy_id=id)
    return IncidentUpdate(incident_id=incident.id, seen=seen(incident), assignee_ids=(id,))


def escalate_warn(scene: Scene, answers: Answers) -> Iterator[str]:
    """What PagerDuty does not do."""
    incident = scene.incident
    low = incident is not None and incident.urgency == "low"
    if low and answers.get("page", KEEP).startswith("level"):
        yield "It has low urgency: PagerDuty escalates only what is urgent."


PRIORITY = Form(
    id="priority", title="Severity", fields=priority_fields, writes=priority_writes,
    verb="Set the severity of", check=priority_check, warn=priority_warn, refuses=_writable,
)  # fmt: skip

ESCALATE = Form(
    id="escalate", title="Escalate or reassign", fields=escalate_fields, writes=escalate_writes,
    verb="Escalate", check=escalate_check, warn=escalate_warn, refuses=_writable,
)  # fmt: skip
