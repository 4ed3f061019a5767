"""Issues, and a person at the keyboard who opens forms on them."""

from datetime import UTC, datetime, timedelta
from typing import TypedDict, Unpack

from msgspec.structs import replace

from services.config.tables import Config
from services.domain import NEVER, Fact, Incident, IncidentStatus, Issue, Severity, Status, Ticket
from services.forms.form import Colleague, Directory, Form, Me, Others, Scene, fresh_answers
from services.forms.house import house_of
from services.forms.preview import Preview, plan, preview
from services.letters import Action
from services.policy.calendar import SupportCalendar
from services.policy.deadlines import Policy
from services.policy.holidays import bank_holidays
from services.policy.rules import PolicyRules

POLICY = Policy(PolicyRules(), SupportCalendar(PolicyRules().hours, bank_holidays("GB", "ENG")))
HOUSE = house_of(Config())
ME = Me(frozenset({"Imogen Achebe"}), zendesk_id=31, pagerduty_id="PME")
NOON = datetime(2026, 1, 14, 12, tzinfo=UTC)
"""A Wednesday, in hours; UTC is local time."""
SATURDAY = datetime(2026, 1, 17, 12, tzinfo=UTC)


class TicketFields(TypedDict, total=False):
    id: int
    subject: str
    status: Status
    severity: Severity | None
    tags: frozenset[str]
    assignee_id: int | None
    assignee: str | None
    requester: str | None
    replied_first: Fact
    replied_last: Fact


class IncidentFields(TypedDict, total=False):
    id: str
    number: int
    title: str
    status: IncidentStatus
    priority: str | None
    severity: Severity | None
    urgency: str
    acknowledged_first: Fact


def a_ticket(
    minutes_ago: float = 12, at: datetime = NOON, **fields: Unpack[TicketFields]
) -> Ticket:
    """A ticket that nobody has answered or triaged."""
    raised = at - timedelta(minutes=minutes_ago)
    fresh = Ticket(
        4711, "Cannot push api-gateway", Status.OPEN, raised, raised, requester="Ada Ashdown",
        replied_first=NEVER, replied_last=NEVER, changes_known=True,
    )  # fmt: skip
    return replace(fresh, **fields)


def an_incident(
    minutes_ago: float = 12, at: datetime = NOON, **fields: Unpack[IncidentFields]
) -> Incident:
    """A page that nobody has acknowledged."""
    raised = at - timedelta(minutes=minutes_ago)
    fresh = Incident(
        "PABC", 87, "Cannot push api-gateway", IncidentStatus.TRIGGERED, raised, raised,
        assignees=("Tomas Lindqvist",), assignee_ids=("PTOM",), acknowledged_first=NEVER,
        noted_last=NEVER, status_updated_last=NEVER, service="Emergency e-mail", service_id="PSVC",
    )  # fmt: skip
    return replace(fresh, **fields)


def issue_of(ticket: Ticket | None, incident: Incident | None = None) -> Issue:
    return Issue(ticket, incident, POLICY.promises(ticket, incident))


DIRECTORY = Directory(
    agents=(Colleague("31", "Imogen Achebe"), Colleague("32", "Tomas Lindqvist")),
    groups=(Colleague("7", "Billing"),),
    users=(Colleague("PME", "Imogen Achebe"), Colleague("PTOM", "Tomas Lindqvist")),
    services=(Colleague("PSVC", "Emergency e-mail"),),
    policies=(Colleague("PPOL", "Database people"),),
)


def a_scene(issue: Issue | None, now: datetime = NOON, *others: Issue) -> Scene:
    return Scene(issue, POLICY, HOUSE, ME, now, now, Others(others), DIRECTORY)


TICKET = issue_of(a_ticket())
INCIDENT = issue_of(None, an_incident())
PAIR = issue_of(a_ticket(), an_incident())


def sent(form: Form, scene: Scene, **answers: str) -> tuple[Action, Preview]:
    """What a form makes of some answers over its defaults."""
    filled = {**fresh_answers(form, scene), **answers}
    action = plan(form, scene, filled)
    return action, preview(form, scene, filled, action)
