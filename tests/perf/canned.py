"""Queues of any length whose countdowns are known beforehand."""

from collections.abc import Callable
from datetime import datetime, timedelta

from services.domain import (
    ClockKind,
    Fact,
    Health,
    Issue,
    Kind,
    Promise,
    Severity,
    Snapshot,
    Source,
    SourceStatus,
    Status,
    Ticket,
)

DueIn = Callable[[int], timedelta]
"""How long each issue still has, by its place."""

_SEVERITIES = (Severity.P1, Severity.P2, Severity.P3, Severity.P4)
_WORDS = ("router", "memory", "quota", "deploy", "certificate", "log", "database", "login", "fails")


def by_seconds(place: int) -> timedelta:
    """All are due within the hour, so all that can be seen change with every second."""
    return timedelta(minutes=50, seconds=place % 500)


def mixed(place: int) -> timedelta:
    """The first eleven are due within the hour, all others later: they change with the minute."""
    return (
        timedelta(minutes=15, seconds=100 * place)
        if place < 11
        else timedelta(hours=2 + place, seconds=30)
    )


def by_minutes(place: int) -> timedelta:
    """None is due within the hour."""
    return timedelta(hours=3 + place // 40, seconds=30)


def canned_issue(place: int, due: datetime, now: datetime, subject: str = "") -> Issue:
    """An open ticket that was answered an hour ago and owes the next word at `due`."""
    said = now - timedelta(hours=1)
    raised = now - timedelta(hours=5)
    words = " ".join(_WORDS[(place * 7 + n * 3) % len(_WORDS)] for n in range(6))
    ticket = Ticket(
        40_000 + place,
        subject or f"{words} {place}",
        Status.OPEN,
        raised,
        said,
        assignee="Imogen Achebe",
        requester="Rosa Coyle",
        severity=_SEVERITIES[place % 4],
        replied_first=Fact(said),
        replied_last=Fact(said),
        changes_known=True,
    )
    promise = Promise(
        Kind.UPDATE, due, said, timedelta(hours=1), ClockKind.ALWAYS, rule="severity.P1.update"
    )
    return Issue(ticket, None, (promise,))


def canned(number: int, now: datetime, due_in: DueIn) -> Snapshot:
    """So many of them, all asked for just now."""
    issues = tuple(canned_issue(n, now + due_in(n), now) for n in range(number))
    fresh = SourceStatus(Health.OK, now)
    return Snapshot(issues, dict.fromkeys(Source, fresh), me=frozenset({"Me"}))
