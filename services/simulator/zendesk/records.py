"""What does Zendesk keep? People, tickets, and everything that was ever done to a ticket."""

from dataclasses import dataclass, field
from datetime import datetime

from services.simulator.call import Json

STATUSES = ("new", "open", "pending", "hold", "solved", "closed")
"""In the order in which Zendesk compares them: `status<solved` is the first four."""

PRIORITIES = ("low", "normal", "high", "urgent")
"""From the least to the most pressing."""

SYSTEM_AUTHOR = -1
"""Who a trigger or an automation writes as."""


@dataclass(slots=True)
class Person:
    """Anyone with an account: an agent of ours or a tenant's person.

    Attributes:
        restriction: Which tickets an agent may see: `groups`, or `None` for all.
    """

    id: int
    name: str
    email: str
    role: str
    created_at: datetime
    organization_id: int | None = None
    group_ids: tuple[int, ...] = ()
    restriction: str | None = None
    zone: str = "Europe/London"

    @property
    def is_agent(self) -> bool:
        """Whether this is one of ours."""
        return self.role in ("agent", "admin")


@dataclass(frozen=True, slots=True)
class Group:
    """A team of agents."""

    id: int
    name: str
    created_at: datetime
    default: bool = False


@dataclass(frozen=True, slots=True)
class Organization:
    """A tenant."""

    id: int
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CustomStatus:
    """A status by the account's own name; every category has its default."""

    id: int
    category: str
    label: str
    created_at: datetime
    default: bool = True
    active: bool = True


@dataclass(frozen=True, slots=True)
class View:
    """A saved list of tickets, defined by a search."""

    id: int
    title: str
    query: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Macro:
    """A prepared answer."""

    id: int
    title: str
    body: str
    created_at: datetime
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """Something said on a ticket. The first one is its description."""

    id: int
    audit_id: int
    author_id: int
    body: str
    html_body: str
    public: bool
    created_at: datetime
    via: Json
    custom: Json
    client: str


@dataclass(frozen=True, slots=True)
class Audit:
    """One update of a ticket and all it consisted of.

    Attributes:
        custom: What the client gave as `metadata`.
    """

    id: int
    ticket_id: int
    created_at: datetime
    author_id: int
    events: tuple[Json, ...]
    via: Json
    custom: Json
    client: str


@dataclass(slots=True)
class Metrics:
    """What Zendesk counts and stamps for a ticket."""

    id: int
    replies: int = 0
    reopens: int = 0
    group_stations: int = 0
    assignee_stations: int = 0
    first_reply_at: datetime | None = None
    assigned_at: datetime | None = None
    initially_assigned_at: datetime | None = None
    assignee_updated_at: datetime | None = None
    requester_updated_at: datetime | None = None
    status_updated_at: datetime | None = None
    latest_comment_added_at: datetime | None = None
    solved_at: datetime | None = None
    first_solved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Indexed:
    """What the search index knows of a ticket, from `at` plus the lag on."""

    at: datetime
    status: str
    priority: str | None
    type: str | None
    subject: str
    tags: frozenset[str]
    group_id: int | None
    assignee_id: int | None
    updated_at: datetime
    deleted: bool = False


@dataclass(slots=True)
class Ticket:
    """One ticket.

    Attributes:
        indexed: What the search index knew, oldest first; only what may still matter is kept.
        generated_at: When anything about it was last computed, which the exports go by.
    """

    id: int
    subject: str
    description: str
    requester_id: int
    submitter_id: int
    created_at: datetime
    updated_at: datetime
    generated_at: datetime
    status: str
    custom_status_id: int
    via: Json
    metrics: Metrics
    is_public: bool = True
    priority: str | None = None
    type: str | None = None
    assignee_id: int | None = None
    group_id: int | None = None
    organization_id: int | None = None
    problem_id: int | None = None
    external_id: str | None = None
    recipient: str | None = None
    due_at: datetime | None = None
    deleted: bool = False
    tags: tuple[str, ...] = ()
    custom_fields: Json = field(default_factory=dict)
    comments: list[Comment] = field(default_factory=list)
    audits: list[Audit] = field(default_factory=list)
    indexed: list[Indexed] = field(default_factory=list)


@dataclass(slots=True)
class Job:
    """Something Zendesk does later: a bulk update or a merge."""

    id: str
    total: int
    created_at: datetime
    status: str = "queued"
    progress: int | None = None
    message: str | None = None
    results: list[Json] | None = None


class Invalid(Exception):
    """An update that Zendesk refuses as a whole.

    Attributes:
        field: The field it complains about, or `base`.
    """

    def __init__(self, field: str, description: str) -> None:
        super().__init__(f"{field}: {description}")
        self.field = field
        self.description = description
