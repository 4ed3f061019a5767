"""What has happened to an issue while a form on it was open?"""

from collections.abc import Iterator
from datetime import datetime

from services.domain import Incident, Issue, Ticket
from services.forms.words import title_words
from services.letters import OWN_SLACK
from services.plain import plain


def changes(before: Issue, after: Issue | None, ours: datetime | None = None) -> tuple[str, ...]:
    """What is different now, a line each; nothing if nothing that matters to a form is.

    Args:
        before: As it was when the form was opened.
        after: As it is now; None when it has left the queue.
        ours: When a letter of our own last arrived on it: that is no news.
    """
    if after is None:
        return ("It has left the queue: it is closed, or no longer ours to see.",)
    lines: list[str] = []
    if before.ticket is not None and after.ticket is not None:
        own = ours is not None and after.ticket.updated_at <= ours + OWN_SLACK
        lines += () if own else _of_ticket(before.ticket, after.ticket)
    if before.incident is not None and after.incident is not None:
        lines += _of_incident(before.incident, after.incident)
    return tuple(lines)


def _of_ticket(before: Ticket, after: Ticket) -> Iterator[str]:
    if before.updated_at == after.updated_at:
        return
    told = list(_differences(before, after))
    yield from told
    if not told:
        yield "Somebody changed the ticket."


def _differences(before: Ticket, after: Ticket) -> Iterator[str]:
    wrote = after.requester_wrote_at
    if wrote is not None and wrote != before.requester_wrote_at:
        yield f"{plain(after.requester or 'The requester', limit=40)} wrote."
    if after.replied_last.at is not None and after.replied_last.at != before.replied_last.at:
        yield "An agent answered in public."
    if after.status is not before.status:
        yield f"Status: {before.status.value} → {after.status.value}."
    if after.subject != before.subject:
        yield f"New title: {title_words(after.subject)}"
    if after.severity is not before.severity:
        yield f"Severity: {before.severity or 'none'} → {after.severity or 'none'}."
    if after.assignee != before.assignee:
        yield f"Assigned to {plain(after.assignee or 'nobody', limit=40)}."


def _of_incident(before: Incident, after: Incident) -> Iterator[str]:
    if after.status is not before.status:
        who = f" by {plain(after.acknowledged_by, limit=40)}" if after.acknowledged_by else ""
        yield f"Page: {before.status.value} → {after.status.value}{who}."
    if after.priority != before.priority:
        yield f"Page priority: {before.priority or 'none'} → {after.priority or 'none'}."
    if after.assignee_ids != before.assignee_ids:
        yield f"Page is with {plain(', '.join(after.assignees) or 'nobody', limit=60)}."
