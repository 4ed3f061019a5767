"""What would each severity mean for an issue, now?"""

from datetime import datetime

from msgspec.structs import replace

from services.domain import Issue, Kind, Severity, State
from services.expected import Names, expected
from services.forms.form import Choice, Scene
from services.forms.words import due_words, when
from services.letters import TicketUpdate
from services.policy.deadlines import Policy

NICKNAMES = {
    Severity.P1: "critical incident",
    Severity.P2: "major incident",
    Severity.P3: "significant",
    Severity.P4: "minor",
}


def severity_choices(scene: Scene) -> tuple[Choice, ...]:
    """The four severities, each with what it would promise."""
    return tuple(
        Choice(severity.value, f"{severity.value} {NICKNAMES[severity]}", what_if(scene, severity))
        for severity in Severity
    )


def what_if(scene: Scene, severity: Severity) -> str:
    """What an issue would owe if it had this severity: `respond by 14:32, in 12 min; …`."""
    issue = scene.issue
    if issue is None:
        return ""
    policy, now = scene.policy, scene.now
    supposed = classified(issue, severity, policy)
    deadlines = {d.kind: d for d in policy.deadlines(supposed, now)}
    parts: list[str] = []
    response, update = deadlines.get(Kind.RESPONSE), deadlines.get(Kind.UPDATE)
    if response is not None and response.met_at is None:
        parts.append(f"respond {due_words(response, policy, now)}")
    elif response is not None and response.met_at is not None:
        late = ", late" if response.state is State.LATE else ""
        parts.append(f"answered {when(response.met_at, policy, now)}{late}")
    if update is not None:
        waits = update.state is State.WAITING
        said = "no update while it waits" if waits else f"update {due_words(update, policy, now)}"
        parts.append(said)
    elif (answered := _update_after_an_answer(supposed, policy, now)) is not None:
        parts.append(f"then update by {when(answered, policy, now)}")
    return "; ".join(parts)


def classified(issue: Issue, severity: Severity, policy: Policy) -> Issue:
    """The same issue with this severity at both vendors."""
    ticket, incident = issue.ticket, issue.incident
    if ticket is not None:
        ticket = replace(ticket, severity=severity)
    if incident is not None:
        incident = replace(incident, severity=severity)
    return replace(
        issue, ticket=ticket, incident=incident, promises=policy.promises(ticket, incident)
    )


def _update_after_an_answer(issue: Issue, policy: Policy, now: datetime) -> datetime | None:
    """When the next update would be due if the requester were answered at once."""
    ticket = issue.ticket
    if ticket is None or ticket.status.done:
        return None
    answer = TicketUpdate(ticket_id=ticket.id, stamp=ticket.updated_at, comment="x", public=True)
    after = expected(issue, (answer,), now, policy, Names())
    due = [p.due_at for p in after.promises if p.kind is Kind.UPDATE]
    return due[0] if due else None
