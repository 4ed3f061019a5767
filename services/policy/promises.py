"""What has been promised on an issue, from when, and was it kept?

Facts go in, promises come out, whatever time it is. Source: the policy's definitions of raised,
responded, updated and resumed, and its list of deadlines.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from services.domain import (
    ClockKind,
    Fact,
    Incident,
    Issue,
    Kind,
    Promise,
    Severity,
    Status,
    StatusChange,
    Ticket,
)
from services.policy.terms import Term, Terms

_WAKES_SOMEONE = {
    "unacknowledge": "the acknowledgement or the snooze ends",
    "escalate": "the incident escalates",
}
"""What PagerDuty does by itself that pages a person, by the kind of its pending action."""


def promises_on(issue: Issue, terms: Terms) -> Iterator[Promise]:
    """Everything promised on an issue, in the order of `Kind`."""
    severity = issue.severity
    if severity is None:
        yield from _triage(issue, terms)
        yield from _answer(issue, Kind.FIRST_RESPONSE, terms.first_response, terms)
    else:
        respond = terms.respond(severity, issue.raised_at)
        yield from _answer(issue, Kind.RESPONSE, respond, terms)
        yield from _update(issue, severity, terms)
    if issue.incident is not None:
        yield from _repage(issue.incident)


def responded_fact(ticket: Ticket | None, incident: Incident | None) -> Fact:
    """Policy rule "responded": the first public comment by an agent; without a ticket, the ack."""
    if ticket is not None:
        return ticket.replied_first
    return incident.acknowledged_first if incident is not None else Fact()


def resumed_fact(ticket: Ticket, severity: Severity, terms: Terms) -> Fact:
    """Policy rule "resumed": when the ticket last came back to us, as far as it matters now."""
    back = _last_return(ticket, severity, terms)
    at = back.at if back is not None else None
    if ticket.changes_known or terms.pauses(severity, ticket.status):
        return Fact(at)
    return Fact(known=False, not_before=at)


def _triage(issue: Issue, terms: Terms) -> Iterator[Promise]:
    """Owed on every unclassified issue until it is classified, or done with."""
    if issue.done:
        return
    paged = issue.incident is not None and issue.incident.urgency == "high"
    term = terms.triage(issue.raised_at, paged=paged)
    yield _promise(Kind.TRIAGE, term, terms, issue.raised_at, "raised")


def _answer(issue: Issue, kind: Kind, term: Term, terms: Terms) -> Iterator[Promise]:
    """The first word to the requester; once nothing is owed, only as the record of one given."""
    responded = responded_fact(issue.ticket, issue.incident)
    if responded.known:
        if responded.at is not None or _owed(issue):
            yield _promise(kind, term, terms, issue.raised_at, "raised", met_at=responded.at)
    elif _owed(issue):
        yield _promise(kind, term, terms, issue.raised_at, "raised", known=False)


def _update(issue: Issue, severity: Severity, terms: Terms) -> Iterator[Promise]:
    """The next word, from the latest of responded, updated and resumed."""
    if not (_owed(issue) and _certainly_responded(issue)):
        return
    evidence = list(_evidence(issue, severity, terms))
    # The first of several at one moment names it.
    start, reason = max(
        ((at, why) for fact, why in evidence if (at := fact.at or fact.not_before) is not None),
        key=lambda found: found[0],
    )
    term, ticket = terms.update(severity), issue.ticket
    known = all(fact.known for fact, _ in evidence)
    if ticket is None or not terms.pauses(severity, ticket.status):
        yield _promise(Kind.UPDATE, term, terms, start, reason, known=known)
        return
    yield Promise(
        kind=Kind.UPDATE,
        due_at=None,
        started_at=start,
        allowance=term.allowance,
        clock=term.clock,
        waiting=True,
        known=known,
        rule=term.rule,
        start_reason=reason,
        note=_who_has_the_ball(ticket.status),
    )


def _owed(issue: Issue) -> bool:
    """Whether someone still waits for words: not once the ticket, or the lone incident, is done."""
    if issue.ticket is not None:
        return not issue.ticket.status.done
    return issue.incident is not None and not issue.incident.resolved


def _certainly_responded(issue: Issue) -> bool:
    responded = responded_fact(issue.ticket, issue.incident)
    if responded.known:
        return responded.at is not None
    # Whoever answered last, answered first at some time.
    again = issue.ticket is not None and issue.ticket.replied_last.happened
    return responded.happened or again


def _evidence(issue: Issue, severity: Severity, terms: Terms) -> Iterator[tuple[Fact, str]]:
    """Everything that may have set the update clock off, with the words for it."""
    ticket, incident = issue.ticket, issue.incident
    if ticket is not None:
        if ticket.replied_first.known or ticket.replied_last.at is None:
            yield ticket.replied_first, "responded: first public reply"
        yield ticket.replied_last, "updated: last public reply"
    elif incident is not None:
        yield incident.acknowledged_first, "responded: first acknowledgement"
        yield incident.noted_last, "updated: last note on the incident"
    if incident is not None:
        yield incident.status_updated_last, "updated: last status update on the incident"
    if ticket is not None:
        back = _last_return(ticket, severity, terms)
        how = "ticket re-opened" if back is None or back.before.done else f"back from {back.before}"
        yield resumed_fact(ticket, severity, terms), f"resumed: {how}"


def _last_return(ticket: Ticket, severity: Severity, terms: Terms) -> StatusChange | None:
    def came_back(change: StatusChange) -> bool:
        if change.before.done:
            return not change.after.done
        return terms.pauses(severity, change.before) and not (
            terms.pauses(severity, change.after) or change.after.done
        )

    returns = [change for change in ticket.status_changes if came_back(change)]
    return max(returns, key=lambda change: change.at, default=None)


def _repage(incident: Incident) -> Iterator[Promise]:
    """PagerDuty's own next page: the earlier of un-acknowledge (or end of snooze) and escalate."""
    pages = [action for action in incident.pending_actions if action.kind in _WAKES_SOMEONE]
    if incident.resolved or not pages:
        return
    first = min(pages, key=lambda action: action.at)
    start = incident.acknowledged_at or incident.created_at
    yield Promise(
        kind=Kind.REPAGE,
        due_at=first.at,
        started_at=start,
        allowance=max(first.at - start, timedelta(0)),
        clock=ClockKind.ALWAYS,
        rule=f"pagerduty.{first.kind}",
        start_reason="acknowledged" if incident.acknowledged_at else "triggered",
        note=f"PagerDuty pages again when {_WAKES_SOMEONE[first.kind]}; no promise to a person",
    )


def _promise(
    kind: Kind,
    term: Term,
    terms: Terms,
    start: datetime,
    reason: str,
    *,
    met_at: datetime | None = None,
    known: bool = True,
) -> Promise:
    return Promise(
        kind=kind,
        due_at=terms.due(term, start),
        started_at=start,
        allowance=term.allowance,
        clock=term.clock,
        met_at=met_at,
        known=known,
        rule=term.rule,
        start_reason=reason,
        note=term.note,
    )


def _who_has_the_ball(status: Status) -> str:
    if status is Status.HOLD:
        return "the ticket is on hold: it waits for someone else"
    return f"the ticket is {status}: the ball is with the requester"
