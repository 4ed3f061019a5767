"""Tickets and incidents for the policy's tests, and the calendar they are judged by."""

from datetime import UTC, datetime, timedelta
from typing import TypedDict

from msgspec.structs import replace

from services.domain import (
    NEVER,
    Fact,
    Incident,
    IncidentStatus,
    Issue,
    Kind,
    Promise,
    Severity,
    State,
    Status,
    StatusChange,
    Ticket,
)
from services.policy.calendar import SupportCalendar
from services.policy.deadlines import Policy
from services.policy.holidays import bank_holidays
from services.policy.rules import PolicyRules, SupportHours

CALENDAR = SupportCalendar(SupportHours(), bank_holidays("GB", "ENG"))
POLICY = Policy(PolicyRules(), CALENDAR)
INSTANT = timedelta(microseconds=1)


class Answers(TypedDict):
    """When a ticket was first and last answered in public."""

    replied_first: Fact
    replied_last: Fact


def utc(text: str) -> datetime:
    """A moment in UTC; without a date it is on Wednesday 14 January 2026, when UTC is local."""
    whole = text if "-" in text else f"2026-01-14 {text}"
    return datetime.fromisoformat(whole).replace(tzinfo=UTC)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def ticket(
    severity: Severity | None = Severity.P2, raised: str = "10:00", status: Status = Status.OPEN
) -> Ticket:
    """A ticket of which all is known, and that nobody has answered."""
    return Ticket(
        id=1,
        subject="cf push fails",
        status=status,
        created_at=utc(raised),
        updated_at=utc(raised),
        severity=severity,
        replied_first=NEVER,
        replied_last=NEVER,
        changes_known=True,
    )


def answered(first: str, last: str | None = None) -> Answers:
    return {"replied_first": Fact(utc(first)), "replied_last": Fact(utc(last or first))}


def incident(
    severity: Severity | None = None,
    raised: str = "10:00",
    status: IncidentStatus = IncidentStatus.TRIGGERED,
) -> Incident:
    """A high-urgency incident of which all is known, and that nobody has acknowledged."""
    return Incident(
        id="PABC",
        number=7,
        title="cf push fails",
        status=status,
        created_at=utc(raised),
        updated_at=utc(raised),
        severity=severity,
        acknowledged_first=NEVER,
        noted_last=NEVER,
        status_updated_last=NEVER,
    )


def came_back(at: str, before: Status, after: Status = Status.OPEN) -> tuple[StatusChange, ...]:
    return (StatusChange(utc(at), before, after),)


def promised(
    ticket: Ticket | None, incident: Incident | None = None, policy: Policy = POLICY
) -> dict[Kind, Promise]:
    return {promise.kind: promise for promise in policy.promises(ticket, incident)}


def due(
    ticket: Ticket | None, incident: Incident | None = None, policy: Policy = POLICY
) -> dict[Kind, datetime | None]:
    return {kind: promise.due_at for kind, promise in promised(ticket, incident, policy).items()}


def states(now: str, ticket: Ticket | None, incident: Incident | None = None) -> dict[Kind, State]:
    found = promised(ticket, incident).items()
    return {kind: POLICY.state(promise, utc(now)) for kind, promise in found}


def issue(ticket: Ticket | None, incident: Incident | None = None) -> Issue:
    return replace(Issue(ticket, incident), promises=POLICY.promises(ticket, incident))
