"""Has an incident changed since the person saw it, in a way that matters to what they decided?

PagerDuty keeps nobody from writing over anybody: the incident is read again right before each
write, and held against how it was seen.
"""

from collections.abc import Iterator

from services.domain import Incident, IncidentStatus
from services.letters import IncidentSeen, IncidentSnooze, IncidentUpdate


def changes(write: IncidentUpdate | IncidentSnooze, now: Incident) -> list[str]:
    """What has changed, in plain words; nothing where the write may go ahead.

    Who holds a page does not matter to an acknowledgement, nor its title to its priority: a
    timer that has moved the page on must not keep anybody from taking it.
    """
    return list(_changes(write, write.seen, now))


def as_wanted(write: IncidentUpdate, now: Incident) -> bool:
    """Whether an incident is as a write would have it."""
    moved = write.policy_id is not None or write.escalation_level is not None
    return all(
        (
            write.status in (None, now.status),
            write.priority is None or _same(write.priority, now.priority),
            write.title in (None, now.title),
            not write.assignee_ids or set(write.assignee_ids) == set(now.assignee_ids),
            # Which level it is on is not told, but who is paged is.
            not moved or set(write.seen.assignee_ids) != set(now.assignee_ids),
        )
    )


def _changes(
    write: IncidentUpdate | IncidentSnooze, seen: IncidentSeen, now: Incident
) -> Iterator[str]:
    update = write if isinstance(write, IncidentUpdate) else None
    if (update is None or update.status is not None) and seen.status != now.status:
        yield _status(now)
    if _concerns_people(write) and set(seen.assignee_ids) != set(now.assignee_ids):
        yield f"It is now assigned to {', '.join(now.assignees) or 'nobody'}."
    if update is None:
        return
    if update.priority is not None and not _same(seen.priority, now.priority):
        yield f"Its priority is now {now.priority or 'none'}."
    if update.title is not None and seen.title != now.title:
        yield f"Its title is now “{now.title}”."


def _concerns_people(write: IncidentUpdate | IncidentSnooze) -> bool:
    if isinstance(write, IncidentSnooze):
        return True
    moved = write.policy_id is not None or write.escalation_level is not None
    return bool(write.assignee_ids) or moved or write.status is IncidentStatus.RESOLVED


def _status(now: Incident) -> str:
    by = f" by {now.acknowledged_by}" if now.acknowledged_by else ""
    return f"It is now {now.status.value}{by}."


def _same(one: str | None, other: str | None) -> bool:
    return (one or "").strip().casefold() == (other or "").strip().casefold()
