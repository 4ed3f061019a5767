"""What is shown of a source that has not answered since the start? The last known, as old as it is.

Pure: told the queue from disk and what is known by now.
"""

from collections.abc import Mapping, Set

from msgspec.structs import replace

from services.domain import Health, Issue, Snapshot, Source, SourceStatus
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
    issues: tuple[Issue, ...], done: tuple[Issue, ...], cached: CachedQueue, silent: Set[Source]
) -> tuple[Issue, ...]:
    """The issues known by now, and those from disk that only a `silent` source can tell of.

    One that is silent in part may have told that some are done.
    """
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
