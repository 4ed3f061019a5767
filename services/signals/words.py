"""What does a signal say? Words for a bell's notification and variables for a command."""

from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType

from msgspec import Struct

from services.domain import SEVERITY_RANK, Kind
from services.plain import plain
from services.policy.spoken import duration_words
from services.signals.ladder import BREACH, NEW, Rung

LONGEST = 160
"""Characters of a notification's text."""

_KINDS = MappingProxyType(
    {
        Kind.TRIAGE: "triage",
        Kind.RESPONSE: "response",
        Kind.FIRST_RESPONSE: "first response",
        Kind.UPDATE: "update",
        Kind.REPAGE: "re-page",
    }
)


class Signal(Struct, frozen=True):
    """What is said at once; several steps reached together are one signal."""

    title: str
    text: str
    told: dict[str, str]
    """The variables that a command finds in its environment."""
    always: bool = False
    """Whether it rings even for somebody who is looking: a new P1."""


def signal(reached: Sequence[Rung], now: datetime) -> Signal:
    """Several steps as one signal, about the worst of them first.

    Args:
        reached: At least one.
        now: The servers' time.
    """
    ordered = sorted(reached, key=_weight)
    worst = ordered[0]
    issue = worst.issue
    title = f"{issue.severity or 'unclassified'} {_what(worst, now)}"
    others = f" (and {len(ordered) - 1} more)" if len(ordered) > 1 else ""
    half = issue.ticket or issue.incident
    told = {
        "ROTA_TITLE": title,
        "ROTA_STEP": _step(worst),
        "ROTA_ISSUE": issue.id,
        "ROTA_SUBJECT": issue.subject,
        "ROTA_SEVERITY": str(issue.severity or "unclassified"),
        "ROTA_URL": half.url if half is not None else "",
        "ROTA_COUNT": str(len(ordered)),
    }
    if worst.promise is not None and worst.promise.due_at is not None:
        told |= {
            "ROTA_KIND": worst.promise.kind.value,
            "ROTA_DUE_AT": f"{worst.promise.due_at:%Y-%m-%dT%H:%M:%SZ}",
        }
    text = f"{_number(worst)} {plain(issue.subject)}"
    return Signal(
        plain(title),
        plain(text, LONGEST - len(others)) + others,
        told,
        always=any(rung.share == NEW for rung in ordered),
    )


def _weight(rung: Rung) -> tuple[int, int, float, datetime]:
    order = 0 if rung.share == NEW else 1
    return order, SEVERITY_RANK[rung.issue.severity], -rung.share, rung.at


def _what(rung: Rung, now: datetime) -> str:
    promise = rung.promise
    if promise is None or promise.due_at is None:
        return "is new"
    if rung.share >= BREACH:
        return f"{_KINDS[promise.kind]} breached"
    left = duration_words(max(promise.due_at - now, now - now))
    return f"{_KINDS[promise.kind]} due in {left}"


def _step(rung: Rung) -> str:
    if rung.share == NEW:
        return "new"
    return "breach" if rung.share >= BREACH else f"{rung.share * 100:.0f}%"


def _number(rung: Rung) -> str:
    ticket, incident = rung.issue.ticket, rung.issue.incident
    if ticket is not None:
        return f"#{ticket.id}"
    return f"pd#{incident.number}" if incident is not None else ""
