"""What happened to an issue, in words for reading?"""

from collections.abc import Iterable

from services.domain import Issue, Source, TimelineEntry
from services.pagerduty.records import LogEntry
from services.poller.pagerduty_feed import PagerDutyFeed
from services.poller.zendesk_feed import ZendeskFeed
from services.zendesk.records import Comment

_LOG_WORDS = {
    "trigger": "raised",
    "acknowledge": "acknowledged",
    "unacknowledge": "un-acknowledged",
    "annotate": "note",
    "status_update": "status update",
    "escalate": "escalated",
    "assign": "assigned",
    "resolve": "resolved",
    "snooze": "snoozed",
    "priority_change": "priority",
    "notify": "notified",
}


async def read_timeline(
    zendesk: ZendeskFeed | None, pagerduty: PagerDutyFeed | None, issue: Issue
) -> tuple[TimelineEntry, ...]:
    """What happened to an issue at both vendors, oldest first; also settles its facts.

    Raises:
        ServiceError: A vendor could not be asked.
    """
    entries: list[TimelineEntry] = []
    if issue.ticket is not None and zendesk is not None:
        entries += _of_comments(await zendesk.comments(issue.ticket.id))
    if issue.incident is not None and pagerduty is not None:
        entries += _of_log(await pagerduty.log(issue.incident.id))
    return tuple(sorted(entries, key=lambda entry: entry.at))


def _of_comments(comments: Iterable[Comment]) -> list[TimelineEntry]:
    """A ticket's conversation."""
    return [
        TimelineEntry(c.at, Source.ZENDESK, _comment_kind(c), c.author or "someone", c.text)
        for c in comments
    ]


def _of_log(entries: Iterable[LogEntry]) -> list[TimelineEntry]:
    """An incident's log."""
    return [
        TimelineEntry(
            e.at,
            Source.PAGERDUTY,
            _LOG_WORDS.get(e.kind, e.kind.replace("_", " ")),
            e.by or "PagerDuty",
            e.text,
        )
        for e in entries
        if e.kind != "notify"
    ]


def _comment_kind(comment: Comment) -> str:
    if not comment.public:
        return "internal note"
    if comment.by_agent:
        return "public reply"
    return "requester" if comment.by_requester else "public comment"
