"""What is shown of a source that has not answered since the start? The last known, as old as it is.

Pure: told the queue from disk and what is known by now.
"""

from collections.abc import Callable, Mapping, Sequence, Set

from msgspec.structs import replace

from services.domain import (
    Health,
    Incident,
    Issue,
    Snapshot,
    Source,
    SourceStatus,
    Ticket,
)
from services.store import CachedQueue


def from_disk(
    cached: CachedQueue, statuses: Mapping[Source, SourceStatus], *, paused: bool
) -> Snapshot:
    """The last known queue: never said to be live."""
    old = cached.snapshot.sources or {}
    sources = {}
    for source, status in statuses.items():
        before = old.get(source)
        if status.state is not Health.OFF and before is not None:
            status = replace(status, state=Health.STALE, fetched_at=before.fetched_at)
        sources[source] = status
    last = cached.snapshot
    return Snapshot(last.issues, sources, last.on_call, last.on_call_at, last.rota, paused=paused)


def with_cached(
    issues: tuple[Issue, ...],
    done: tuple[Issue, ...],
    cached: CachedQueue,
    silent: Set[Source],
    together: Callable[[Ticket, Incident], Issue],
) -> tuple[Issue, ...]:
    """The issues known by now, and those from disk that only a `silent` source can tell of.

    One that is silent in part may have told that some are done. Where one half of a pair is live,
    the other stays with it as last known: what is owed on a pair is not what is owed on a half.

    Args:
        issues: What is open, as far as it was told.
        done: What is done with, likewise.
        cached: The queue from disk.
        silent: Who has not told everything since the start.
        together: Makes the issue of two halves.
    """
    issues = _paired_again(issues, done, cached.snapshot.issues, silent, together)
    known = {issue.ticket.id for issue in (*issues, *done) if issue.ticket}
    pages = {issue.incident.id for issue in issues if issue.incident}
    kept = [
        issue
        for issue in cached.snapshot.issues
        if (issue.ticket is None or Source.ZENDESK in silent)
        and (issue.incident is None or Source.PAGERDUTY in silent or issue.ticket is not None)
        and (issue.ticket is None or issue.ticket.id not in known)
        and (issue.incident is None or issue.incident.id not in pages)
    ]
    return (*issues, *kept)


def _paired_again(
    issues: tuple[Issue, ...],
    done: tuple[Issue, ...],
    last: Sequence[Issue],
    silent: Set[Source],
    together: Callable[[Ticket, Incident], Issue],
) -> tuple[Issue, ...]:
    tickets = {issue.ticket.id for issue in (*issues, *done) if issue.ticket}
    pages = {issue.incident.id for issue in (*issues, *done) if issue.incident}
    pairs = [(one.ticket, one.incident) for one in last if one.ticket and one.incident]
    ticket_of = {i.id: t for t, i in pairs if t.id not in tickets and Source.ZENDESK in silent}
    page_of = {t.id: i for t, i in pairs if i.id not in pages and Source.PAGERDUTY in silent}
    if not (ticket_of or page_of):
        return issues
    whole: list[Issue] = []
    for issue in issues:
        ticket, incident = issue.ticket, issue.incident
        if ticket is None and incident is not None:
            ticket = ticket_of.get(incident.id)
        elif ticket is not None and incident is None:
            incident = page_of.get(ticket.id)
        if ticket is None or incident is None or (issue.ticket and issue.incident):
            whole.append(issue)
        else:
            whole.append(together(ticket, incident))
    return tuple(whole)
