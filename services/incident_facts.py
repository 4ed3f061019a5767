"""When did a person first acknowledge this incident, and last write on it?

The log tells. An incident's facts are exact once its log has been read from its creation on:
either because the account's log was read over that time without a gap, or because the incident's
own log was read once. Source: policy rules "responded" and "updated"; PagerDuty log entries.
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from services.domain import Fact, Incident
from services.pagerduty.records import LogEntry


class IncidentMemory(Struct, frozen=True):
    """What the log has told of one incident so far. Kept on disk."""

    complete: bool = False
    """Whether the log is known from the incident's creation to the latest poll."""
    acknowledged_first: datetime | None = None
    noted_last: datetime | None = None
    status_updated_last: datetime | None = None


def learn(memory: IncidentMemory, entries: Iterable[LogEntry]) -> IncidentMemory:
    """What more log entries of one incident tell; in any order, repeats do no harm."""
    for entry in entries:
        if not entry.by_person:
            continue
        match entry.kind:
            case "acknowledge":
                at = min(memory.acknowledged_first or entry.at, entry.at)
                memory = replace(memory, acknowledged_first=at)
            case "annotate":
                at = max(memory.noted_last or entry.at, entry.at)
                memory = replace(memory, noted_last=at)
            case "status_update":
                at = max(memory.status_updated_last or entry.at, entry.at)
                memory = replace(memory, status_updated_last=at)
    return memory


def with_facts(incident: Incident, memory: IncidentMemory) -> Incident:
    """The incident as the policy wants it."""
    return replace(
        incident,
        acknowledged_first=_acknowledged(incident, memory),
        noted_last=_latest(memory.noted_last, memory),
        status_updated_last=_latest(memory.status_updated_last, memory),
    )


def _acknowledged(incident: Incident, memory: IncidentMemory) -> Fact:
    if memory.complete:
        return Fact(memory.acknowledged_first)
    happened = memory.acknowledged_first is not None or incident.acknowledged_at is not None
    return Fact(known=False, not_before=incident.created_at if happened else None)


def _latest(at: datetime | None, memory: IncidentMemory) -> Fact:
    return Fact(at) if memory.complete else Fact(known=False, not_before=at)
