"""What is owed on an issue, when is it due, and how does it stand at a given moment?

Pure: facts and `now` go in, promises and states come out. Source: the policy, section by section
as named in each docstring.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.domain import (
    NEVER,
    ClockKind,
    Deadline,
    Fact,
    Incident,
    Issue,
    Kind,
    Period,
    Promise,
    Severity,
    State,
    Ticket,
)
from services.policy.calendar import SupportCalendar
from services.policy.rules import Allowance, PolicyRules, SeverityRule

_KIND_ORDER = {kind: place for place, kind in enumerate(Kind)}
_OWED = frozenset(
    {State.BREACHED, State.SOON, State.RUNNING, State.PAUSED, State.UNKNOWN},
)
_TICK = timedelta(microseconds=1)
"""A deadline is breached once it is *past* due, the smallest step after it."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The promises that an issue of some severity carries; all moments in UTC."""

    period: Period
    respond_by: datetime
    update_by: datetime | None
    triage_by: datetime | None


def next_deadline(deadlines: Iterable[Deadline]) -> Deadline | None:
    """The one that comes first; PagerDuty's own re-page is no promise and is never it."""
    owed = (d for d in deadlines if d.state in _OWED and d.kind is not Kind.REPAGE)
    return min(owed, key=lambda d: (d.due_at, _KIND_ORDER[d.kind]), default=None)


class Policy:
    """The rules applied. Knows no time of its own."""

    def __init__(self, rules: PolicyRules, calendar: SupportCalendar) -> None:
        self.rules = rules
        self.calendar = calendar

    def promises(self, ticket: Ticket | None, incident: Incident | None) -> tuple[Promise, ...]:
        """Everything promised on an issue, in the order of `Kind`.

        Policy rule "Listed deadlines". A solved ticket, or a resolved incident without one, owes
        no response and no update; what was answered stays listed as met or late.
        """
        issue = Issue(ticket, incident)
        severity = issue.severity
        owes = not ticket.status.done if ticket else incident is not None and not incident.resolved
        responded = responded_fact(ticket, incident)
        listed: list[Promise] = []
        if severity is None:
            if not issue.done:
                listed.append(self._triage(issue))
            if owes or responded.at is not None:
                listed.append(self._first_response(issue.raised_at, responded))
        else:
            if owes or responded.at is not None:
                listed.append(self._response(severity, issue.raised_at, responded))
            if owes and responded.happened:
                listed.append(self._update(severity, ticket, incident))
        if incident is not None:
            listed += self._repage(incident)
        return tuple(sorted(listed, key=lambda promise: _KIND_ORDER[promise.kind]))

    def deadlines(self, issue: Issue, now: datetime) -> tuple[Deadline, ...]:
        """How each promise on an issue stands at `now`."""
        return tuple(Deadline(p, self.state(p, now)) for p in issue.promises)

    def state(self, promise: Promise, now: datetime) -> State:
        """How a promise stands at `now`: the first state that fits. Policy rule "State"."""
        due = promise.due_at
        if promise.waiting or due is None:
            return State.WAITING
        if promise.met_at is not None:
            return State.MET if promise.met_at <= due else State.LATE
        if not promise.known:
            return State.UNKNOWN
        if now > due:
            return State.BREACHED
        if promise.clock is ClockKind.ALWAYS:
            return State.SOON if due - now <= self._soon(promise) else State.RUNNING
        if not self.calendar.is_open(now):
            return State.PAUSED
        left = self.calendar.left(now, due)
        return State.SOON if left <= self._soon(promise) else State.RUNNING

    def left(self, promise: Promise, now: datetime) -> timedelta | None:
        """Time left on the promise's own clock; past due, minus the wall-clock time since.

        None once it is kept or while the ball is with the requester.
        """
        due = promise.due_at
        if due is None or promise.waiting or promise.met_at is not None:
            return None
        if now > due or promise.clock is ClockKind.ALWAYS:
            return due - now
        return self.calendar.left(now, due)

    def changes_at(self, promise: Promise, now: datetime) -> datetime | None:
        """The first moment after `now` at which the state is another; None if time alone won't."""
        state, due = self.state(promise, now), promise.due_at
        if due is None or state not in (State.PAUSED, State.SOON, State.RUNNING):
            return None
        turns = [due + _TICK]
        if promise.clock is ClockKind.ALWAYS:
            turns.append(due - self._soon(promise))
        else:
            opens = self.calendar.opens_next(now + _TICK)
            turns += [opens, self.calendar.closes_next(now)]
            turns.append(self.calendar.left_reaches(due, self._soon(promise)))
        later = sorted(turn for turn in turns if turn > now)
        return next((turn for turn in later if self.state(promise, turn) is not state), None)

    def what_if(
        self,
        severity: Severity | None,
        raised: datetime,
        responded: datetime | None = None,
        updated: datetime | None = None,
    ) -> WhatIf:
        """The deadlines of an issue raised at `raised` if it had this severity.

        Args:
            severity: None is unclassified; then `respond_by` is the first response.
            raised: When it was raised.
            responded: When an agent first answered; without it no update is owed yet.
            updated: When an agent last answered, if later.
        """
        period = self.calendar.period(raised)
        if severity is None:
            rule = self.rules.unclassified
            respond_by = self._due(rule.clock, raised, rule.first_response)
            return WhatIf(period, respond_by, None, self._due(rule.clock, raised, rule.triage))
        promised = self.rules.severities[severity]
        allowance, _ = self._respond_allowance(severity, raised)
        update_by = None
        if responded is not None:
            start = max(responded, updated or responded)
            update_by = self._due(promised.clock, start, promised.update)
        return WhatIf(period, self._due(promised.clock, raised, allowance), update_by, None)

    def pauses(self, severity: Severity, ticket: Ticket) -> bool:
        """Whether a ticket's status puts the ball with someone else. Policy rule `pause_on`."""
        return ticket.status in self.rules.severities[severity].pause_on

    def _triage(self, issue: Issue) -> Promise:
        """20 min of support time; P1's response rule where someone was paged."""
        raised = issue.raised_at
        if issue.incident is not None and issue.incident.urgency == "high":
            clock = self.rules.severities[Severity.P1].clock
            allowance, rule = self._respond_allowance(Severity.P1, raised)
            note = "Someone was paged, so P1's response time counts until it is triaged."
        else:
            clock, allowance = self.rules.unclassified.clock, self.rules.unclassified.triage
            rule, note = "severity.unclassified.triage", ""
        return self._promise(Kind.TRIAGE, clock, raised, allowance, rule, "raised", note=note)

    def _first_response(self, raised: datetime, responded: Fact) -> Promise:
        rule = self.rules.unclassified
        return self._promise(
            Kind.FIRST_RESPONSE,
            rule.clock,
            raised,
            rule.first_response,
            "severity.unclassified.first_response",
            "raised",
            met=responded,
        )

    def _response(self, severity: Severity, raised: datetime, responded: Fact) -> Promise:
        allowance, rule = self._respond_allowance(severity, raised)
        clock = self.rules.severities[severity].clock
        return self._promise(Kind.RESPONSE, clock, raised, allowance, rule, "raised", met=responded)

    def _update(
        self, severity: Severity, ticket: Ticket | None, incident: Incident | None
    ) -> Promise:
        """Runs from the latest of responded, updated and resumed; waits while paused."""
        rule = self.rules.severities[severity]
        responded, updated = responded_fact(ticket, incident), updated_fact(ticket, incident)
        starts = [
            (fact.at or fact.not_before, reason)
            for fact, reason in ((responded, "first response"), (updated, "latest update"))
        ]
        starts.append((resumed_at(ticket, rule), "came back to us"))
        start, reason = max(
            ((at, why) for at, why in starts if at is not None), key=lambda pair: pair[0]
        )
        known = responded.known and updated.known and (ticket is None or ticket.changes_known)
        name = f"severity.{severity}.update"
        if ticket is not None and ticket.status in rule.pause_on:
            return Promise(
                Kind.UPDATE, None, start, self._span(rule.update), rule.clock,
                waiting=True, rule=name, start_reason=reason,
                note=f"The ticket is {ticket.status}: the ball is with someone else.",
            )  # fmt: skip
        fact = Fact(known=known, not_before=start)
        return self._promise(Kind.UPDATE, rule.clock, start, rule.update, name, reason, met=fact)

    def _repage(self, incident: Incident) -> list[Promise]:
        """PagerDuty's own next timer that wakes someone: the earlier of un-ack and escalation."""
        wakes = [a for a in incident.pending_actions if a.kind in ("unacknowledge", "escalate")]
        if incident.resolved or not wakes:
            return []
        first = min(wakes, key=lambda action: action.at)
        start = min(incident.acknowledged_at or incident.created_at, first.at)
        what = "the acknowledgement ends" if first.kind == "unacknowledge" else "it escalates"
        return [
            Promise(
                Kind.REPAGE, first.at, start, first.at - start, ClockKind.ALWAYS,
                rule="PagerDuty", start_reason=f"PagerDuty pages again when {what}",
            )
        ]  # fmt: skip

    def _promise(
        self,
        kind: Kind,
        clock: ClockKind,
        start: datetime,
        allowance: Allowance,
        rule: str,
        reason: str,
        *,
        met: Fact = NEVER,
        note: str = "",
    ) -> Promise:
        return Promise(
            kind=kind,
            due_at=self._due(clock, start, allowance),
            started_at=start,
            allowance=self._span(allowance),
            clock=clock,
            met_at=met.at,
            known=met.known,
            rule=rule,
            start_reason=reason,
            note=note,
        )

    def _respond_allowance(self, severity: Severity, raised: datetime) -> tuple[Allowance, str]:
        """The time to respond, chosen by the period in which the issue was *raised*."""
        rule = self.rules.severities[severity]
        by_night = rule.respond_out_of_hours
        if (
            by_night is not None
            and rule.clock is ClockKind.ALWAYS
            and self.calendar.period(raised) is not Period.IN_HOURS
        ):
            return by_night, f"severity.{severity}.respond_out_of_hours"
        return rule.respond, f"severity.{severity}.respond"

    def _due(self, clock: ClockKind, start: datetime, allowance: Allowance) -> datetime:
        span = self._span(allowance)
        return start + span if clock is ClockKind.ALWAYS else self.calendar.due(start, span)

    def _span(self, allowance: Allowance) -> timedelta:
        return allowance.duration + allowance.business_days * self.calendar.business_day

    def _soon(self, promise: Promise) -> timedelta:
        if promise.kind is Kind.REPAGE:
            return self.rules.soon_at_least
        return max(self.rules.soon_at_least, promise.allowance * self.rules.soon_fraction)


def responded_fact(ticket: Ticket | None, incident: Incident | None) -> Fact:
    """Policy rule "responded": the ticket's first public agent comment, else the first ack."""
    if ticket is not None:
        return ticket.replied_first
    return incident.acknowledged_first if incident is not None else Fact()


def updated_fact(ticket: Ticket | None, incident: Incident | None) -> Fact:
    """Policy rule "updated": what last told people how it stands."""
    facts: list[Fact] = []
    if ticket is not None:
        facts.append(ticket.replied_last)
    elif incident is not None:
        facts.append(incident.noted_last)
    if incident is not None:
        facts.append(incident.status_updated_last)
    return _latest(facts)


def resumed_at(ticket: Ticket | None, rule: SeverityRule) -> datetime | None:
    """Policy rule "resumed": when the ticket last left a pausing status, or was re-opened."""
    if ticket is None:
        return None
    came_back = [
        change.at
        for change in ticket.status_changes
        if not change.after.done
        and (
            change.before.done
            or (change.before in rule.pause_on and change.after not in rule.pause_on)
        )
    ]
    return max(came_back, default=None)


def _latest(facts: Sequence[Fact]) -> Fact:
    moments = [at for fact in facts if (at := fact.at or fact.not_before) is not None]
    latest = max(moments, default=None)
    if all(fact.known for fact in facts):
        return Fact(latest)
    return Fact(known=False, not_before=latest)
