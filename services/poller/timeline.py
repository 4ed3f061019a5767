"""What happened to an issue, in words for reading?"""

from collections.abc import Iterable

from services.domain import Source, TimelineEntry
from services.pagerduty.records import LogEntry
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


def of_comments(comments: Iterable[Comment]) -> list[TimelineEntry]:
    """A ticket's conversation."""
    return [
        TimelineEntry(c.at, Source.ZENDESK, _comment_kind(c), c.author or "someone", c.text)
        for c in comments
    ]


def of_log(entries: Iterable[LogEntry]) -> list[TimelineEntry]:
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
