"""When does a deadline call for a person? The steps of its ladder, as moments. Pure.

Shares are of the time allowed, counted on the deadline's own clock: three quarters of a support
hours promise are gone after three quarters of its support time. Source: policy rule "Ladder per
deadline".
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache

from msgspec import Struct, field

from services.domain import ClockKind, Issue, Kind, Promise, Severity
from services.policy.deadlines import Policy

BREACH = 1.0
"""The share at which a promise is broken."""

NEW = 0.0
"""Not a share of time: the issue itself is the news."""

_INSTANT = timedelta(microseconds=1)
"""A promise is broken from the first instant after it was due."""

USUAL = (0.75, 0.9, BREACH)
"""The steps of a deadline, unless the configuration says otherwise."""

Shares = tuple[float, ...]


class Ladder(Struct, frozen=True):
    """At which shares of the time allowed a person is called, by severity."""

    steps: Mapping[Severity | None, Shares] = field(
        default_factory=lambda: dict.fromkeys([*Severity, None], USUAL)
    )
    """`None` is unclassified. Each ascending; empty calls for nothing."""


class Rung(Struct, frozen=True):
    """One step of one deadline of one issue, or a new P1."""

    issue: Issue
    promise: Promise | None
    """None: the issue is a new P1."""
    share: float
    at: datetime
    """The moment of the step."""

    @property
    def halves(self) -> tuple[str, ...]:
        """What the issue is made of: a pair that is found later has rung already."""
        return tuple(self.issue.id.split("+"))

    @property
    def name(self) -> str:
        """What this step is called where those that have rung are kept.

        An update promise is another after each update; the others are made once. A change of
        severity makes other promises.
        """
        if self.promise is None:
            return "new P1"
        since = ""
        if self.promise.kind is Kind.UPDATE:
            at = self.promise.started_at.isoformat(timespec="seconds")[:19]
            since = f" {at.replace('-', '').replace(':', '')}"
        return f"{self.promise.rule or self.promise.kind}{since} {self.share:g}"


def steps(
    issue: Issue, ladder: Ladder, policy: Policy
) -> Iterator[tuple[Promise | None, float, datetime]]:
    """Of each step of an issue what it is a step of, which share, and when.

    The promise is None where the issue is the news. They change only with the issue. Not rungs yet:
    of most only the moment is of interest, for it is far off.
    """
    severity = issue.severity
    for promise in issue.promises:
        due = _owed(promise)
        if due is not None:
            for share in ladder.steps.get(severity, USUAL):
                yield promise, share, _moment(promise, due, share, policy)
    if severity is Severity.P1:
        yield None, NEW, issue.raised_at


def _owed(promise: Promise) -> datetime | None:
    """When it is due; None where it is kept, waits, is not known, or is no promise to a person."""
    quiet = promise.met_at is not None or promise.waiting or not promise.known
    return None if quiet or promise.kind is Kind.REPAGE else promise.due_at


def _moment(promise: Promise, due: datetime, share: float, policy: Policy) -> datetime:
    if share >= BREACH:
        return due + _INSTANT
    part = _part(promise.allowance, share)
    if promise.clock is ClockKind.ALWAYS:
        return promise.started_at + part
    return min(due, policy.calendar.due(promise.started_at, part))


@lru_cache(maxsize=256)
def _part(allowance: timedelta, share: float) -> timedelta:
    """Many promises allow the same, and to take a part of a time is slow."""
    return allowance * share
