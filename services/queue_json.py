"""How does a script, or a person without a screen, read the queue?

The document's shape is stable: scripts use it. Moments are ISO 8601 in UTC with `Z`; all text is
raw, as the vendor sent it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from services.domain import (
    Deadline,
    Fact,
    Health,
    Incident,
    Issue,
    Period,
    Snapshot,
    Source,
    SourceStatus,
    Ticket,
)
from services.health import health
from services.plain import plain
from services.queue import Row

_OFF = SourceStatus(Health.OFF)
_HEADINGS = ("SEVERITY", "ISSUE", "STATUS", "NEXT", "STATE", "DUE", "SUBJECT")


def moment(at: datetime) -> str:
    """A moment as scripts read it.

    >>> moment(datetime(2026, 1, 6, 11, tzinfo=UTC))
    '2026-01-06T11:00:00Z'
    """
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def queue_document(
    snapshot: Snapshot, rows: Iterable[Row], *, now: datetime, period: Period
) -> dict[str, object]:
    """The queue as one JSON document, its issues in the order of `rows`."""
    sources = snapshot.sources or {}
    return {
        "generated_at": moment(now),
        "period": period.value,
        "sources": {source.value: _source(sources.get(source, _OFF), now) for source in Source},
        "issues": [_issue(row) for row in rows],
    }


def queue_lines(rows: Sequence[Row], now: datetime) -> list[str]:
    """The queue as a table for reading; due times are from `now`, in wall-clock time."""
    table = [_HEADINGS, *(_cells(row, now) for row in rows)]
    widths = [max(len(line[column]) for line in table) for column in range(len(_HEADINGS) - 1)]
    return [_aligned(line, widths) for line in table]


def responded_at(issue: Issue) -> datetime | None:
    """When we first responded; None when we have not, or it is not known."""
    if issue.ticket is not None:
        return _latest(issue.ticket.replied_first)
    return _latest(issue.incident.acknowledged_first) if issue.incident is not None else None


def updated_at(issue: Issue) -> datetime | None:
    """When we last told the requester anything; None when we have not, or it is not known."""
    ticket, incident = issue.ticket, issue.incident
    facts: list[Fact] = []
    if ticket is not None:
        facts.append(ticket.replied_last)
    if incident is not None:
        facts.append(incident.status_updated_last)
    if ticket is None and incident is not None:
        facts.append(incident.noted_last)
    return _latest(*facts)


def _latest(*facts: Fact) -> datetime | None:
    """The latest moment of several facts; None as long as one of them could still be later."""
    if not all(fact.known for fact in facts):
        return None
    return max((fact.at for fact in facts if fact.at is not None), default=None)


def _maybe(at: datetime | None) -> str | None:
    return None if at is None else moment(at)


def _source(status: SourceStatus, now: datetime) -> Mapping[str, object]:
    return {
        "state": health(status, now).value,
        "fetched_at": _maybe(status.fetched_at),
        "error": status.error,
    }


def _issue(row: Row) -> Mapping[str, object]:
    issue = row.issue
    return {
        "id": issue.id,
        "ticket": _ticket(issue.ticket),
        "incident": _incident(issue.incident),
        "subject": issue.subject,
        "severity": issue.severity,
        "severity_sources": {"tag": issue.tag_severity, "priority": issue.priority_severity},
        "requester": issue.ticket.requester if issue.ticket is not None else None,
        "assignee": issue.assignee,
        "raised_at": moment(issue.raised_at),
        "responded_at": _maybe(responded_at(issue)),
        "updated_at": _maybe(updated_at(issue)),
        "deadlines": [_deadline(deadline) for deadline in row.deadlines],
        "next": _next(row.next),
    }


def _ticket(ticket: Ticket | None) -> Mapping[str, object] | None:
    if ticket is None:
        return None
    return {"id": ticket.id, "status": ticket.status.value, "url": ticket.url}


def _incident(incident: Incident | None) -> Mapping[str, object] | None:
    if incident is None:
        return None
    return {
        "id": incident.id,
        "number": incident.number,
        "status": incident.status.value,
        "url": incident.url,
    }


def _deadline(deadline: Deadline) -> Mapping[str, object]:
    return {
        "kind": deadline.kind.value,
        "due_at": _maybe(deadline.due_at),
        "met_at": _maybe(deadline.met_at),
        "state": deadline.state.value,
    }


def _next(deadline: Deadline | None) -> Mapping[str, object] | None:
    if deadline is None:
        return None
    return {"kind": deadline.kind.value, "due_at": _maybe(deadline.due_at)}


def _cells(row: Row, now: datetime) -> tuple[str, ...]:
    issue = row.issue
    if issue.ticket is not None:
        status = issue.ticket.status.value
    else:
        status = issue.incident.status.value if issue.incident is not None else ""
    coming = row.next
    return (
        issue.severity.value if issue.severity is not None else "-",
        plain(issue.id),
        status,
        coming.kind.value.replace("_", " ") if coming is not None else "-",
        coming.state.value if coming is not None else "-",
        _from_now(coming.due_at, now) if coming is not None else "-",
        " ".join(plain(issue.subject).split()),
    )


def _from_now(due: datetime | None, now: datetime) -> str:
    if due is None:
        return "-"
    return f"in {_length(due - now)}" if due > now else f"{_length(now - due)} ago"


def _length(time: timedelta) -> str:
    """A length of time in its two largest units, rounded down so as not to promise too much.

    >>> _length(timedelta(minutes=72)), _length(timedelta(seconds=50))
    ('1h12m', '50s')
    """
    seconds = int(time.total_seconds())
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    if days:
        return f"{days}d{hours:02}h"
    if hours:
        return f"{hours}h{minutes:02}m"
    return f"{minutes}m" if minutes else f"{seconds}s"


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=False)]
    return "  ".join([*padded, cells[-1]]).rstrip()
