"""How would a program read a page of tickets with msgspec alone? The measure of our own reading.

Every field that we read and no other, with the types that one would write down: no bounds, no
options, nothing made of it. What comes beside a list is part of the page.
"""

from datetime import datetime

import msgspec


class Minutes(msgspec.Struct):
    """A length of time by two clocks, of which one is read."""

    calendar: int | None = None


class Metrics(msgspec.Struct):
    """A ticket's counters."""

    replies: int | None = None
    reply_time_in_minutes: Minutes | None = None
    latest_comment_added_at: datetime | None = None
    requester_updated_at: datetime | None = None
    status_updated_at: datetime | None = None


class Ticket(msgspec.Struct):
    """A ticket."""

    id: int
    created_at: datetime
    updated_at: datetime
    subject: str | None = None
    raw_subject: str | None = None
    description: str | None = None
    status: str | None = None
    priority: str | None = None
    tags: list[str] | None = None
    requester_id: int | None = None
    submitter_id: int | None = None
    assignee_id: int | None = None
    group_id: int | None = None
    comment_count: int | None = None
    metric_set: Metrics | None = None


class User(msgspec.Struct):
    """Somebody named in a ticket."""

    id: int
    name: str | None = None
    role: str | None = None


class Group(msgspec.Struct):
    """Whose ticket it is."""

    id: int
    name: str | None = None


class Meta(msgspec.Struct):
    """Whether there is more."""

    has_more: bool = False
    after_cursor: str | None = None


class Page(msgspec.Struct):
    """A page of tickets."""

    tickets: list[Ticket]
    users: list[User] | None = None
    groups: list[Group] | None = None
    meta: Meta | None = None
    next_page: str | None = None
    count: int | None = None
