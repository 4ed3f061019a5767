"""Which rows does the operator want to see?

Free words are looked for in what a row says; `sev:p2 src:pd is:mine who:ann tag:api age>2h due<30m`
narrow by field. All terms must hold; `-` in front of a term turns it round. Pure.
"""

import re
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from msgspec import Struct

from services.domain import Severity, State
from services.errors import ConfigError
from services.queue import Row

Test = Callable[[Row, datetime], bool]

FIELDS = "sev: is: src: who: tag: age> age< due> due<"
IS_WORDS = "mine, breached, soon, paused, waiting, unknown, unclassified, paired"

_SPAN = r"^(\d+)([mhd])$"
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


class FilterError(ValueError):
    """A filter that cannot be understood; says why in one line."""


class Filter(Struct, frozen=True):
    """A filter that has been understood."""

    text: str
    tests: tuple[Test, ...]

    def keeps(self, row: Row, now: datetime) -> bool:
        """Whether a row is wanted."""
        return all(test(row, now) for test in self.tests)


class View(Struct, frozen=True):
    """A filter that was given a name."""

    name: str
    text: str


EVERYTHING = View("all", "")
"""The view that hides nothing."""

MOST_VIEWS = 9
"""As many as there are keys for them."""


def saved_views(named: Mapping[str, str]) -> tuple[View, ...]:
    """The saved views of the configuration, checked.

    Raises:
        ConfigError: A filter makes no sense, or there are more views than keys.
    """
    if len(named) > MOST_VIEWS:
        raise ConfigError(f"views: there are {len(named)}; keys 1 to 9 open {MOST_VIEWS}.")
    for name, text in named.items():
        try:
            parse_filter(text)
        except FilterError as error:
            raise ConfigError(f"views.{name}: {error}.") from None
    return tuple(View(name, text) for name, text in named.items())


def parse_filter(text: str, mine: Collection[str] = ()) -> Filter:
    """Understand what was typed.

    Args:
        text: The filter; empty keeps everything.
        mine: Names of the person at the keyboard.

    Raises:
        FilterError: A field or value is not known.
    """
    return Filter(text, tuple(_term(term, mine) for term in text.split()))


def understood(text: str, mine: Collection[str] = ()) -> Filter:
    """As much of a filter as makes sense, such as one that is still being typed."""
    tests = []
    for term in text.split():
        with suppress(FilterError):
            tests.append(_term(term, mine))
    return Filter(text, tuple(tests))


def is_mine(row: Row, mine: Collection[str]) -> bool:
    """Whether an issue is held by the person at the keyboard, at either vendor."""
    names = {name.casefold() for name in mine}
    ticket, incident = row.issue.ticket, row.issue.incident
    held = [ticket.assignee or ""] if ticket else []
    held += incident.assignees if incident else ()
    return any(name.casefold() in names for name in held)


def _term(term: str, mine: Collection[str]) -> Test:
    if term.startswith("-") and len(term) > 1:
        wanted = _term(term[1:], mine)
        return lambda row, now: not wanted(row, now)
    if match := re.match(r"^(age|due):?([<>])(.*)$", term):
        return _span_test(match[1], match[2], match[3])
    field, colon, value = term.partition(":")
    if colon and field in ("sev", "is", "src", "who", "tag"):
        return _field(field, value.casefold(), mine)
    if colon and field in ("age", "due"):
        raise FilterError(f"{field}: wants < or > and a length of time; write {field}<2h")
    if colon and field.isalpha() and value:
        raise FilterError(f"{field}: is no field; use {FIELDS}")
    return lambda row, now: term.casefold() in _words(row)


def _field(field: str, value: str, mine: Collection[str]) -> Test:
    if not value:
        raise FilterError(f"{field}: wants a value")
    match field:
        case "sev":
            return _severity(value)
        case "src":
            return _source(value)
        case "is":
            return _is(value, mine)
        case "who":
            return lambda row, now: value in _people(row)
        case _:
            return lambda row, now: any(value in tag for tag in _tags(row))


def _severity(value: str) -> Test:
    names: dict[str, Severity | None] = {s.value.casefold(): s for s in Severity}
    names |= {"none": None, "unclassified": None, "?": None}
    wanted = value.split(",")
    if not set(wanted) <= names.keys():
        raise FilterError(f"sev:{value} is no severity; use p1 to p4 or none")
    return lambda row, now: row.issue.severity in {names[name] for name in wanted}


def _source(value: str) -> Test:
    match value:
        case "zd" | "zendesk":
            return lambda row, now: row.issue.ticket is not None
        case "pd" | "pagerduty":
            return lambda row, now: row.issue.incident is not None
    raise FilterError(f"src:{value} is no source; use zd or pd")


def _is(value: str, mine: Collection[str]) -> Test:
    tests = [_is_one(word, mine) for word in value.split(",")]
    return tests[0] if len(tests) == 1 else lambda row, now: any(test(row, now) for test in tests)


def _is_one(value: str, mine: Collection[str]) -> Test:
    match value:
        case "mine":
            return lambda row, now: is_mine(row, mine)
        case "unclassified" | "untriaged":
            return lambda row, now: row.issue.severity is None
        case "paired":
            return lambda row, now: None not in (row.issue.ticket, row.issue.incident)
        case "waiting":
            return lambda row, now: any(d.state is State.WAITING for d in row.deadlines)
        case "breached" | "soon" | "paused" | "unknown" | "running":
            return lambda row, now: row.next is not None and row.next.state == value
    raise FilterError(f"is:{value} is not known; use {IS_WORDS}")


def _span_test(field: str, sign: str, value: str) -> Test:
    match = re.match(_SPAN, value)
    if match is None:
        raise FilterError(f"{field}{sign}{value} is no length of time; write 30m, 2h or 1d")
    span = int(match[1]) * _UNITS[match[2]]

    def holds(row: Row, now: datetime) -> bool:
        if field == "age":
            measured = now - row.issue.raised_at
        elif row.next is not None and row.next.due_at is not None:
            measured = row.next.due_at - now
        else:
            return False
        return measured < span if sign == "<" else measured > span

    return holds


def _words(row: Row) -> str:
    return f"{row.issue.id} {row.issue.subject} {_people(row)}".casefold()


def _people(row: Row) -> str:
    ticket, incident = row.issue.ticket, row.issue.incident
    names = [ticket.requester, ticket.assignee] if ticket else []
    names += incident.assignees if incident else ()
    return " ".join(name for name in names if name).casefold()


def _tags(row: Row) -> frozenset[str]:
    return row.issue.ticket.tags if row.issue.ticket else frozenset()
