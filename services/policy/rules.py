"""What has been promised: the policy as data, just as the configuration gives it.

Source: the team's support policy (DESIGN of deadlines); every value is a default of `config.toml`
and can be changed there.
"""

from datetime import date, time, timedelta

from msgspec import Struct, field

from services.domain import ClockKind, Severity, Status


class Allowance(Struct, frozen=True):
    """Time allowed: a fixed duration, or a number of business days.

    A business day is one support day's worth of support time, whatever its length.
    """

    duration: timedelta = timedelta(0)
    business_days: int = 0

    def __str__(self) -> str:
        """As written in the configuration.

        >>> str(Allowance(timedelta(minutes=90))), str(Allowance(business_days=2))
        ('1h30m', '2bd')
        """
        if self.business_days:
            return f"{self.business_days}bd"
        seconds = int(self.duration.total_seconds())
        parts = ((seconds // 3600, "h"), (seconds % 3600 // 60, "m"), (seconds % 60, "s"))
        return "".join(f"{n}{unit}" for n, unit in parts if n) or "0m"


class SupportHours(Struct, frozen=True):
    """When support is open, in civil time of one zone."""

    timezone: str = "Europe/London"
    days: frozenset[int] = frozenset({0, 1, 2, 3, 4})
    """Weekdays, Monday is 0."""
    opens: time = time(9)
    closes: time = time(17)
    country: str = "GB"
    subdivision: str = "ENG"
    extra_holidays: frozenset[date] = frozenset()
    not_holidays: frozenset[date] = frozenset()


class SeverityRule(Struct, frozen=True):
    """What is promised for one severity."""

    clock: ClockKind
    respond: Allowance
    update: Allowance
    pause_on: frozenset[Status]
    respond_out_of_hours: Allowance | None = None
    """Replaces `respond` for issues raised out of hours; only on a clock that always runs."""


class UnclassifiedRule(Struct, frozen=True):
    """What is promised before an issue has a severity."""

    clock: ClockKind = ClockKind.SUPPORT_HOURS
    triage: Allowance = Allowance(timedelta(minutes=20))
    first_response: Allowance = Allowance(business_days=2)


def _default_severities() -> dict[Severity, SeverityRule]:
    pending = frozenset({Status.PENDING})
    pending_or_hold = frozenset({Status.PENDING, Status.HOLD})
    return {
        Severity.P1: SeverityRule(
            clock=ClockKind.ALWAYS,
            respond=Allowance(timedelta(minutes=20)),
            respond_out_of_hours=Allowance(timedelta(minutes=40)),
            update=Allowance(timedelta(hours=1)),
            pause_on=pending,
        ),
        Severity.P2: SeverityRule(
            clock=ClockKind.SUPPORT_HOURS,
            respond=Allowance(timedelta(minutes=30)),
            update=Allowance(timedelta(hours=2)),
            pause_on=pending,
        ),
        Severity.P3: SeverityRule(
            clock=ClockKind.SUPPORT_HOURS,
            respond=Allowance(timedelta(hours=2)),
            update=Allowance(timedelta(hours=4)),
            pause_on=pending_or_hold,
        ),
        Severity.P4: SeverityRule(
            clock=ClockKind.SUPPORT_HOURS,
            respond=Allowance(business_days=1),
            update=Allowance(business_days=2),
            pause_on=pending_or_hold,
        ),
    }


class PolicyRules(Struct, frozen=True):
    """The whole policy."""

    hours: SupportHours = SupportHours()
    severities: dict[Severity, SeverityRule] = field(default_factory=_default_severities)
    unclassified: UnclassifiedRule = UnclassifiedRule()
    soon_fraction: float = 0.25
    """A deadline is `soon` when at most this share of its allowance is left …"""
    soon_at_least: timedelta = timedelta(minutes=5)
    """… or at most this much time, whichever is more."""
