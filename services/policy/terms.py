"""How long does the policy allow for each thing, on which clock, and when is that up?

The rules as the configuration gives them, with business days turned into support time once and for
all. Pure. Source: the policy's table of severities.
"""

from datetime import datetime, timedelta

from msgspec import Struct

from services.domain import ClockKind, Period, Severity, Status
from services.errors import ConfigError
from services.policy.calendar import SupportCalendar
from services.policy.rules import Allowance, PolicyRules, SeverityRule
from services.policy.support_time import in_utc


class Term(Struct, frozen=True):
    """One line of the policy."""

    rule: str
    """Where it stands in the configuration, as `severity.P2.respond`."""
    clock: ClockKind
    allowance: timedelta
    """Time allowed, counted on `clock`."""
    note: str = ""
    """Why this line and no other, where that is not plain."""


class Terms:
    """The policy's lines, ready to be counted with."""

    def __init__(self, rules: PolicyRules, calendar: SupportCalendar) -> None:
        """Turn every allowance into time.

        Raises:
            ConfigError: A severity has no rule, or business days are to be counted on a clock that
                always runs, which knows none.
        """
        self._calendar = calendar
        self._respond: dict[Severity, Term] = {}
        self._respond_out_of_hours: dict[Severity, Term] = {}
        self._update: dict[Severity, Term] = {}
        self._pause_on: dict[Severity, frozenset[Status]] = {}
        for severity in Severity:
            if severity not in rules.severities:
                raise ConfigError(f"severity.{severity}: this severity has no rule.")
            self._add(severity, rules.severities[severity])
        unclassified = rules.unclassified
        self.first_response = self._term(
            "severity.unclassified.first_response", unclassified.clock, unclassified.first_response
        )
        self._triage = self._term(
            "severity.unclassified.triage", unclassified.clock, unclassified.triage
        )

    def triage(self, raised: datetime, *, paged: bool) -> Term:
        """How long an unclassified issue may go untriaged.

        Args:
            raised: When it was raised.
            paged: Whether it has a high-urgency incident; then P1's time to respond counts.
        """
        if not paged:
            return self._triage
        term = self.respond(Severity.P1, raised)
        note = "someone was paged, so P1's time to respond counts"
        return Term(
            term.rule, term.clock, term.allowance, f"{note}; {term.note}" if term.note else note
        )

    def respond(self, severity: Severity, raised: datetime) -> Term:
        """How long a first answer may take, by the period in which the issue was raised."""
        out_of_hours = self._respond_out_of_hours.get(severity)
        if out_of_hours is None or self._calendar.is_open(raised):
            return self._respond[severity]
        waking = self._calendar.period(raised) is Period.OUT_OF_HOURS_WAKING
        when = "by day" if waking else "overnight"
        return Term(
            out_of_hours.rule,
            out_of_hours.clock,
            out_of_hours.allowance,
            f"raised out of hours ({when})",
        )

    def update(self, severity: Severity) -> Term:
        """How long people may go without news."""
        return self._update[severity]

    def pauses(self, severity: Severity, status: Status) -> bool:
        """Whether a ticket's status puts the ball with the requester, or with a third party."""
        return status in self._pause_on[severity]

    def due(self, term: Term, start: datetime) -> datetime:
        """When a term that starts at `start` is up, in UTC."""
        if term.clock is ClockKind.ALWAYS:
            return in_utc(start) + term.allowance
        return self._calendar.due(start, term.allowance)

    def _add(self, severity: Severity, rule: SeverityRule) -> None:
        name, clock = f"severity.{severity}", rule.clock
        self._pause_on[severity] = rule.pause_on
        self._respond[severity] = self._term(f"{name}.respond", clock, rule.respond)
        self._update[severity] = self._term(f"{name}.update", clock, rule.update)
        # On a clock that sleeps, an issue raised out of hours waits for the opening anyway.
        if rule.respond_out_of_hours is not None and clock is ClockKind.ALWAYS:
            self._respond_out_of_hours[severity] = self._term(
                f"{name}.respond_out_of_hours", clock, rule.respond_out_of_hours
            )

    def _term(self, rule: str, clock: ClockKind, allowance: Allowance) -> Term:
        if allowance.business_days and clock is ClockKind.ALWAYS:
            raise ConfigError(
                f"{rule}: business days cannot be counted on a clock that always runs.",
                "Give a duration, or let the clock run in support hours.",
            )
        span = allowance.duration + allowance.business_days * self._calendar.business_day
        if span < timedelta(0):
            raise ConfigError(f"{rule}: an allowance cannot be negative.")
        return Term(rule, clock, span)
