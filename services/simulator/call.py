"""What is asked of a vendor, and what does it answer? Neither knows of sockets or frameworks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal, TypeAlias

Json: TypeAlias = dict[str, Any]
"""A JSON object. This package is where JSON begins, so its values are anything."""

Vendor = Literal["zendesk", "pagerduty"]


@dataclass(frozen=True, slots=True)
class Query:
    """The query of a URL, in order, decoded."""

    pairs: tuple[tuple[str, str], ...] = ()

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self.pairs)

    def get(self, name: str, default: str = "") -> str:
        """The last value given for `name`."""
        return next((value for key, value in reversed(self.pairs) if key == name), default)

    def all(self, name: str) -> tuple[str, ...]:
        """Every value given for `name`."""
        return tuple(value for key, value in self.pairs if key == name)

    def listed(self, name: str) -> tuple[str, ...]:
        """The values of `name` where they are separated by commas, without blanks."""
        return tuple(part.strip() for part in self.get(name).split(",") if part.strip())

    def with_(self, drop: tuple[str, ...] = (), **add: str) -> tuple[tuple[str, str], ...]:
        """The pairs, sorted, without those named in `drop` and with `add` in their place.

        A double underscore in a name stands for a bracket: `page__after` is `page[after]`.
        """
        new = {key.replace("__", "[") + ("]" if "__" in key else ""): add[key] for key in add}
        kept = [pair for pair in self.pairs if pair[0] not in drop and pair[0] not in new]
        return tuple(sorted([*kept, *new.items()]))


@dataclass(frozen=True, slots=True)
class Call:
    """One request, taken apart.

    Attributes:
        template: The path with its variable places named, below the vendor's API root.
        path: The path asked for, below the vendor's API root and without `.json`.
        root: The vendor's base URL as this client knows it, without a trailing slash.
        url: The URL without its query, as it was asked for.
        read_timeout: Seconds the client will wait, where it is known.
    """

    vendor: Vendor
    method: str
    template: str
    path: str
    root: str
    url: str
    query: Query = Query()
    places: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    read_timeout: float | None = None

    def object(self, name: str = "") -> Json:
        """The body, or what it holds under `name`, where that is an object; else an empty one."""
        value = self.body
        if name:
            value = value.get(name) if isinstance(value, dict) else None
        return value if isinstance(value, dict) else {}


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer.

    Attributes:
        body: To be written as JSON; `None` is no body at all.
        raw: Written as it is in place of `body`.
        lost: The answer never arrives: the connection is `reset`, or nothing is heard (`silence`).
        skew: How far ahead the clock is that stamps it.
    """

    status: int = 200
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    content_type: str = "application/json; charset=utf-8"
    lost: Literal["", "reset", "silence"] = ""
    skew: timedelta = timedelta(0)


class Refused(Exception):
    """The vendor answers with an error.

    Attributes:
        reply: That answer.
    """

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"{reply.status}: {reply.body}")
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as the vendor remembers it, for counting.

    Attributes:
        template: The path with its variable places named, below the vendor's API root.
    """

    vendor: Vendor
    method: str
    template: str
    path: str
    query: Query
    at: datetime


Serve = Callable[[Call], Reply]
"""Answers a call; may raise `Refused`."""


@lru_cache(maxsize=1 << 15)
def utc_text(moment: datetime) -> str:
    """A moment as both vendors write it in UTC.

    >>> utc_text(datetime(2026, 12, 24, 14, 20, 5, 999, tzinfo=UTC))
    '2026-12-24T14:20:05Z'
    """
    # Asked for more often than all else, and mostly of what was answered at the poll before;
    # `strftime` takes ten times as long.
    return f"{moment.astimezone(UTC).isoformat()[:19]}Z"


def text_or_none(moment: datetime | None) -> str | None:
    """Like `utc_text`, and `None` for `None`."""
    return None if moment is None else utc_text(moment)


def moment_of(text: str) -> datetime | None:
    """The moment a client wrote, in UTC; without a zone it is taken as UTC. `None` if none.

    >>> moment_of("2026-12-24T14:20:00Z") == moment_of("2026-12-24T15:20:00+01:00")
    True
    """
    try:
        moment = datetime.fromisoformat(text.strip().replace(" ", "+"))
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
