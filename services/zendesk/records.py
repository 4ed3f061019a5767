"""What Zendesk tells of tickets, people and comments, in our own words.

Times are aware `datetime`s in UTC unless a name says minutes. Text is raw.
"""

from datetime import datetime

from msgspec import Struct

from services.api.records import Moment, Whole
from services.domain import Ticket


class ReplyTime(Struct, frozen=True, gc=False):
    """How long the first public reply of an agent took, in minutes."""

    calendar: Whole | None = None
    """Of all hours; 0 may also mean none yet."""


class Metrics(
    Struct,
    frozen=True,
    gc=False,
    rename={
        "reply_time": "reply_time_in_minutes",
        "latest_comment_at": "latest_comment_added_at",
    },
):
    """The counters that come with a ticket; None where Zendesk did not say.

    Read from Zendesk's JSON just as they are, for there are as many as tickets.
    """

    replies: Whole | None = None
    """Public replies by agents, as Zendesk counts them."""
    reply_time: ReplyTime | None = None
    latest_comment_at: Moment | None = None
    """The newest comment of anyone, public or not."""
    requester_updated_at: Moment | None = None
    status_updated_at: Moment | None = None

    @property
    def reply_minutes(self) -> int | None:
        """Calendar minutes from creation to the first reply; 0 may also mean none yet."""
        return self.reply_time.calendar if self.reply_time is not None else None


class TicketRecord(Struct, frozen=True, gc=False):
    """A ticket as it was sent, and what it takes to judge its facts."""

    ticket: Ticket
    """Its facts are unread: only counters came with it."""
    metrics: Metrics | None
    """None when no metric set was sent."""
    comment_count: int | None
    """Comments of anyone, public or not, with the description."""
    submitter_id: int | None
    """Who made the ticket; an agent, where it was raised for someone."""
    requester_is_agent: bool | None
    """By the requester's role; None when that was not sent."""


class TicketPage(Struct, frozen=True):
    """Some of a list of tickets."""

    tickets: tuple[TicketRecord, ...]
    """In the order sent."""
    more: bool
    cursor: str | None
    """Where the next page begins; None on lists that are paged by number, and at the end."""
    total: int | None
    """How many there are in all, where Zendesk counts."""
    skipped: tuple[str, ...]
    """A line for each ticket that could not be read."""


class Comment(Struct, frozen=True):
    """Something said on a ticket. The oldest of a ticket is its description."""

    id: int
    at: datetime
    author_id: int
    author: str | None
    by_agent: bool
    """By a person with an agent's or admin's role, other than the requester; no rule, no bot."""
    by_requester: bool
    public: bool
    text: str
    op: str | None
    """The mark that our own writes carry."""


class CommentPage(Struct, frozen=True):
    """Some of a ticket's comments, in the order asked for."""

    comments: tuple[Comment, ...]
    more: bool
    cursor: str | None
    skipped: tuple[str, ...] = ()
    """A line for each comment that could not be read."""


class Person(Struct, frozen=True):
    """A user of Zendesk."""

    id: int
    name: str
    email: str | None
    role: str | None
    """end-user, agent or admin."""
    restricted_to: str | None = None
    """Which tickets an agent may see (`groups`, `assigned`, …); None is all, or not told."""

    @property
    def is_agent(self) -> bool | None:
        """Whether the role is one of ours; None when it was not sent."""
        return None if self.role is None else self.role in ("agent", "admin")


class Group(Struct, frozen=True):
    """A group that tickets are assigned to."""

    id: int
    name: str
