"""How is the policy written in `config.toml`? Support hours, promises by severity, and `soon`."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Annotated

from msgspec import Meta

from services.config.table import Table
from services.domain import ClockKind, Severity, Status
from services.policy.rules import (
    Allowance,
    PolicyRules,
    SeverityRule,
    SupportHours,
    UnclassifiedRule,
)

_RULES = PolicyRules()

Share = Annotated[float, Meta(ge=0, le=1)]
"""A part of a whole."""

Weekdays = Annotated[frozenset[int], "weekdays"]
"""Monday is 0; written as mon, tue, …"""


class Hours(Table, frozen=True):
    """When support is open."""

    timezone: str = _RULES.hours.timezone
    days: Weekdays = _RULES.hours.days
    opens: time = _RULES.hours.opens
    closes: time = _RULES.hours.closes
    country: str = _RULES.hours.country
    """Whose bank holidays, as the `holidays` package names it; "" keeps none."""
    subdivision: str = _RULES.hours.subdivision
    extra_holidays: frozenset[date] = frozenset()
    not_holidays: frozenset[date] = frozenset()

    def rule(self) -> SupportHours:
        """The same, as the policy takes it."""
        return SupportHours(
            timezone=self.timezone,
            days=self.days,
            opens=self.opens,
            closes=self.closes,
            country=self.country,
            subdivision=self.subdivision,
            extra_holidays=self.extra_holidays,
            not_holidays=self.not_holidays,
        )


class Promises(Table, frozen=True):
    """What is promised for one severity, and how the vendors are told of it."""

    clock: ClockKind
    respond: Allowance
    respond_out_of_hours: Allowance | None
    """For issues raised out of hours; without meaning on a clock that sleeps then."""
    update: Allowance
    pause_on: frozenset[Status]
    tag: str
    """The Zendesk tag, lower case."""
    incident_priority: str
    """The name of the PagerDuty priority."""

    def rule(self) -> SeverityRule:
        """The same, as the policy takes it."""
        always = self.clock is ClockKind.ALWAYS
        return SeverityRule(
            clock=self.clock,
            respond=self.respond,
            respond_out_of_hours=self.respond_out_of_hours if always else None,
            update=self.update,
            pause_on=self.pause_on,
        )


class Unclassified(Table, frozen=True):
    """What is promised before an issue has a severity."""

    clock: ClockKind = _RULES.unclassified.clock
    triage: Allowance = _RULES.unclassified.triage
    first_response: Allowance = _RULES.unclassified.first_response

    def rule(self) -> UnclassifiedRule:
        """The same, as the policy takes it."""
        return UnclassifiedRule(
            clock=self.clock, triage=self.triage, first_response=self.first_response
        )


def _promises(severity: Severity) -> Promises:
    rule = _RULES.severities[severity]
    return Promises(
        clock=rule.clock,
        respond=rule.respond,
        respond_out_of_hours=rule.respond_out_of_hours,
        update=rule.update,
        pause_on=rule.pause_on,
        tag=severity.value.lower(),
        incident_priority=severity.value,
    )


class Severities(Table, frozen=True):
    """The promises, by severity. Named fields, so that an error can name the key."""

    P1: Promises = _promises(Severity.P1)
    P2: Promises = _promises(Severity.P2)
    P3: Promises = _promises(Severity.P3)
    P4: Promises = _promises(Severity.P4)
    unclassified: Unclassified = Unclassified()

    def classified(self) -> Mapping[Severity, Promises]:
        """The promises of the four severities, most severe first."""
        return {
            Severity.P1: self.P1,
            Severity.P2: self.P2,
            Severity.P3: self.P3,
            Severity.P4: self.P4,
        }


class Deadlines(Table, frozen=True):
    """When a deadline counts as soon: at most this share or this much is left of it."""

    soon_fraction: Share = _RULES.soon_fraction
    soon_at_least: timedelta = _RULES.soon_at_least
