"""What do Zendesk's pages look like, and who is named beside their lists?

The shapes stay in this package. They ask for as little as they can: unknown fields are ignored,
unknown statuses count as open, and whatever may be null may also be missing.
Source: developer.zendesk.com, Tickets, Ticket Metrics, Ticket Comments, Ticket Audits.
"""

import contextlib
from collections.abc import Iterable, Mapping

import msgspec
from msgspec import Struct

from services.api.records import Whole, readable
from services.domain import Status
from services.zendesk.records import Group, Metrics

NOTHING = msgspec.Raw(b"null")
"""What stands for a part that is kept as it was sent, where nothing was."""


class Meta(msgspec.Struct):
    """Where a page stands in a list that is paged by cursor."""

    has_more: bool = False
    after_cursor: str | None = None


class Beside(msgspec.Struct, kw_only=True):
    """What may come beside a list of tickets or comments."""

    users: list[msgspec.Raw] | None = None
    groups: list[msgspec.Raw] | None = None
    metric_sets: list[msgspec.Raw] | None = None
    meta: Meta | None = None
    next_page: str | None = None
    count: Whole | None = None


class Tickets(Beside, kw_only=True):
    """A page of tickets, or the tickets asked for by id."""

    tickets: list[msgspec.Raw]


class Found(Beside, kw_only=True):
    """A page of search results."""

    results: list[msgspec.Raw]


class Comments(Beside, kw_only=True):
    """A page of one ticket's comments."""

    comments: list[msgspec.Raw]


class Audits(msgspec.Struct, kw_only=True):
    """A page of one ticket's history."""

    audits: list[msgspec.Raw]
    meta: Meta | None = None


class Groups(msgspec.Struct, kw_only=True):
    """A page of the account's groups."""

    groups: list[msgspec.Raw]
    meta: Meta | None = None


class _Me(msgspec.Struct):
    id: Whole | None = None
    name: str | None = None
    email: str | None = None
    role: str | None = None
    ticket_restriction: str | None = None


class Me(msgspec.Struct):
    """Whose token it is; without an id: nobody's."""

    user: _Me


class User(msgspec.Struct, gc=False):
    """What is read of a person beside a list."""

    id: Whole
    name: str | None = None
    role: str | None = None


class NamedGroup(msgspec.Struct, gc=False):
    """What is read of a group."""

    id: Whole
    name: str | None = None


class MetricSet(Metrics, frozen=True, gc=False):
    """A ticket's counters, where they come beside the list."""

    ticket_id: Whole | None = None


Who = tuple[str | None, bool | None]
"""What a person is called, and whether the role is agent or admin; None is not told."""

NOBODY: Who = (None, None)
"""Of whom nothing came along."""


class Sideloads(Struct, frozen=True):
    """The people, groups and counters that came with a page, by id."""

    people: Mapping[int | None, Who]
    groups: Mapping[int | None, str | None]
    metrics: Mapping[int | None, Metrics]

    def name_of(self, person: int | None) -> str | None:
        """What a person is called, if that came along."""
        return self.people.get(person, NOBODY)[0]

    def is_agent(self, person: int | None) -> bool | None:
        """Whether a person's role is agent or admin; None when it did not come along."""
        return self.people.get(person, NOBODY)[1]


def sideloads(page: Beside) -> Sideloads:
    """Whatever came beside the list. What cannot be read is as good as not sent."""
    people, _ = readable("user", page.users or (), _user)
    groups, _ = readable("group", page.groups or (), _named_group)
    metrics, _ = readable("metric set", page.metric_sets or (), _metric_set)
    return beside(people, groups, metrics)


def beside(
    people: Iterable[User], groups: Iterable[NamedGroup], metrics: Iterable[MetricSet]
) -> Sideloads:
    """What was read beside a list, by id."""
    return Sideloads(
        {one.id: (one.name or None, _is_agent(one.role)) for one in people},
        {one.id: one.name or None for one in groups},
        {one.ticket_id: _alone(one) for one in metrics if one.ticket_id is not None},
    )


def group(raw: msgspec.Raw) -> Group:
    """A group. Raises `ValueError` without an id."""
    one = _named_group(raw)
    return Group(one.id, one.name or "")


STATUS: Mapping[str | None, Status] = {status.value: status for status in Status}
"""The words for statuses as they are documented."""


def status(word: str | None) -> Status:
    """The status that a word means, in capitals or not."""
    with contextlib.suppress(ValueError):
        return Status((word or "").lower())
    return Status.OPEN


def _is_agent(role: str | None) -> bool | None:
    return None if role is None else role in ("agent", "admin")


def _alone(one: MetricSet) -> Metrics:
    return Metrics(
        one.replies,
        one.reply_time,
        one.latest_comment_at,
        one.requester_updated_at,
        one.status_updated_at,
    )


def _user(raw: msgspec.Raw) -> User:
    return msgspec.json.decode(raw, type=User)


def _named_group(raw: msgspec.Raw) -> NamedGroup:
    return msgspec.json.decode(raw, type=NamedGroup)


def _metric_set(raw: msgspec.Raw) -> MetricSet:
    return msgspec.json.decode(raw, type=MetricSet)
