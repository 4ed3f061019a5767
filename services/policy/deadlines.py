"""How does each promise stand at a given moment, when will that change, and which comes first?

Pure: it is told `now` and never asks. Source: the policy's states and its rule "next".
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from services.domain import (
    ClockKind,
    Deadline,
    Incident,
    Issue,
    Kind,
    Period,
    Promise,
    Severity,
    State,
    Ticket,
)
from services.policy.at_once import AtOnce
from services.policy.calendar import SupportCalendar
from services.policy.promises import promises_on
from services.policy.rules import PolicyRules
from services.policy.support_time import in_utc
from services.policy.terms import Terms

_MAY_BE_NEXT = frozenset(
    {State.BREACHED, State.SOON, State.RUNNING, State.PAUSED, State.UNKNOWN},
)
_KIND_ORDER = {kind: place for place, kind in enumerate(Kind)}

_INSTANT = timedelta(microseconds=1)
"""A deadline is breached from the first instant *after* it is due."""


class WhatIf(Struct, frozen=True):
    """What an issue would carry if it had some severity. Moments are in UTC."""

    period: Period
    """The kind of hour in which it was raised."""
    respond_by: datetime
    """For an unclassified issue, when the first response is due."""
    update_by: datetime | None = None
    """None as long as nobody has responded, and for an unclassified issue."""
    triage_by: datetime | None = None
    """None for a classified issue."""


class Policy:
    """What was promised, and how it stands. Knows no time of its own."""

    def __init__(self, rules: PolicyRules, calendar: SupportCalendar) -> None:
        """Take the rules as they are.

        Raises:
            ConfigError: The rules contradict themselves.
        """
        self.rules = rules
        self.calendar = calendar
        self._terms = Terms(rules, calendar)
        self._at_once: AtOnce | None = None

    def promises(self, ticket: Ticket | None, incident: Incident | None) -> tuple[Promise, ...]:
        """Everything promised on an issue, in the order of `Kind`; the same at any time.

        Policy rule "Listed deadlines".
        """
        if ticket is None and incident is None:
            return ()
        return tuple(promises_on(Issue(ticket, incident), self._terms))

    def deadlines(self, issue: Issue, now: datetime) -> tuple[Deadline, ...]:
        """The promises that an issue carries, as they stand at `now`."""
        return tuple([Deadline(p, self.state(p, now)) for p in issue.promises])

    def at(self, now: datetime) -> AtOnce:
        """How promises stand at `now`, for many issues at once."""
        known = self._at_once
        if known is None or known.now is not now:
            known = self._at_once = AtOnce(self, now)
        return known

    def state(self, promise: Promise, now: datetime) -> State:
        """How a promise stands at `now`. Policy rule "State, the first that fits"."""
        due = promise.due_at
        if promise.met_at is not None:
            return State.MET if due is None or promise.met_at <= due else State.LATE
        if promise.waiting or due is None:
            return State.WAITING
        if not promise.known:
            return State.UNKNOWN
        if now > due:
            return State.BREACHED
        if promise.clock is ClockKind.ALWAYS:
            left = due - now
        elif self.calendar.is_open(now):
            left = self.calendar.left(now, due)
        else:
            return State.PAUSED
        return State.SOON if left <= self.soon_from(promise) else State.RUNNING

    def left(self, promise: Promise, now: datetime) -> timedelta | None:
        """Time left on the promise's own clock; past due, minus the wall-clock time since then.

        For an unknown deadline, to the earliest it can be. None while the ball is elsewhere.
        """
        due = promise.due_at
        if promise.waiting or due is None:
            return None
        if now > due or promise.clock is ClockKind.ALWAYS:
            return due - now
        return self.calendar.left(now, due)

    def changes_at(self, promise: Promise, now: datetime) -> datetime | None:
        """The first moment after `now` at which the state is another; None if time alone won't.

        Exact: that of a breach is the first microsecond after the promise was due.
        """
        state, due = self.state(promise, now), promise.due_at
        if due is None or state not in (State.RUNNING, State.SOON, State.PAUSED):
            return None
        breach = due + _INSTANT
        if state is State.PAUSED:
            return min(breach, self.calendar.opens_next(now))
        if promise.clock is ClockKind.ALWAYS:
            return breach if state is State.SOON else due - self.soon_from(promise)
        closes = self.calendar.closes_next(now)
        if state is State.SOON:
            return min(breach, closes)
        spare = self.calendar.left(now, due) - self.soon_from(promise)
        return min(closes, self.calendar.due(now, spare))

    def what_if(
        self,
        severity: Severity | None,
        raised: datetime,
        responded: datetime | None = None,
        updated: datetime | None = None,
    ) -> WhatIf:
        """The promises on a ticket without an incident, if it had this severity.

        Args:
            severity: None is unclassified.
            raised: When it was raised.
            responded: When an agent first answered; None if nobody has.
            updated: When an agent last answered, if that was later.
        """
        terms, period = self._terms, self.calendar.period(raised)
        if severity is None:
            return WhatIf(
                period,
                respond_by=terms.due(terms.first_response, raised),
                triage_by=terms.due(terms.triage(raised, paged=False), raised),
            )
        respond_by = terms.due(terms.respond(severity, raised), raised)
        if responded is None:
            return WhatIf(period, respond_by)
        spoke = max((m for m in (responded, updated) if m is not None), key=in_utc)
        return WhatIf(period, respond_by, update_by=terms.due(terms.update(severity), spoke))

    def pauses(self, severity: Severity, ticket: Ticket) -> bool:
        """Whether the ticket's status pauses updates of this severity. Policy rule `pause_on`."""
        return self._terms.pauses(severity, ticket.status)

    def soon_from(self, promise: Promise) -> timedelta:
        """How much time is left, on the promise's own clock, when it becomes `soon`."""
        if promise.kind is Kind.REPAGE:
            return self.rules.soon_at_least
        return max(self.rules.soon_at_least, promise.allowance * self.rules.soon_fraction)


def next_deadline(deadlines: Iterable[Deadline]) -> Deadline | None:
    """The one to look at first: the earliest due of those that are owed. Policy rule "next".

    PagerDuty's own re-page is no promise to a person, and never it.
    """
    first: Deadline | None = None
    for deadline in deadlines:
        due, kind = deadline.promise.due_at, deadline.promise.kind
        if due is None or deadline.state not in _MAY_BE_NEXT or kind is Kind.REPAGE:
            continue
        if first is None or (due, _KIND_ORDER[kind]) < (
            first.promise.due_at,
            _KIND_ORDER[first.kind],
        ):
            first = deadline
    return first
