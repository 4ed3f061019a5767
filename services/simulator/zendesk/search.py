"""Which tickets does a search find? The part of Zendesk's query language that matters to support.

The index lags: a ticket is found (or no longer found) by what it was a minute or two ago.
"""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.simulator.call import moment_of
from services.simulator.zendesk.ledger import Ledger
from services.simulator.zendesk.records import PRIORITIES, STATUSES, Indexed, Person, Ticket

_TERM = re.compile(r'(-?)(?:([a-z_]+)(:|<=|>=|<|>))?(?:"([^"]*)"|(\S+))', re.IGNORECASE)
_AGO = re.compile(r"(\d+)(minutes?|hours?|days?|weeks?)", re.IGNORECASE)
_DATES = {
    "created": "created_at",
    "created_at": "created_at",
    "updated": "updated_at",
    "updated_at": "updated_at",
    "solved": "solved_at",
}
_RANKED = {"status": STATUSES, "priority": PRIORITIES}
SORTS = ("updated_at", "created_at", "priority", "status", "ticket_type")
"""What a search may be sorted by."""

_SIGNS = {
    ":": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}

Test = Callable[[Ticket, Indexed], bool]


@dataclass(frozen=True, slots=True)
class Term:
    """One condition of a query.

    Attributes:
        key: What it is about; empty for a free word.
        sign: `:`, `<`, `>`, `<=` or `>=`.
    """

    key: str
    sign: str
    value: str
    negated: bool


def terms_of(query: str) -> tuple[Term, ...]:
    """Take a query apart.

    >>> [(t.key, t.sign, t.value) for t in terms_of('type:ticket status<solved "disk full"')]
    [('type', ':', 'ticket'), ('status', '<', 'solved'), ('', ':', 'disk full')]
    """
    return tuple(
        Term(key.lower(), sign or ":", quoted or plain, minus == "-")
        for minus, key, sign, quoted, plain in _TERM.findall(query)
    )


def sort_of(query: str) -> tuple[str, str]:
    """What the query itself says of the order: a field and a direction, each perhaps empty."""
    named = {term.key: term.value for term in terms_of(query)}
    return named.get("order_by", ""), named.get("sort", "")


def find(
    account: Ledger, query: str, me: Person, *, live: bool = False
) -> list[tuple[Ticket, Indexed]]:
    """Every ticket the index has for `query`, by id, with what it knows of each.

    `live` asks the tickets themselves, as a view does, in place of the lagging index.
    """
    now = account.timeline.now()
    tests = _tests(account, query, me, now)
    seen_before = now if live else now - account.settings.search_lag
    found = []
    for ticket in account.tickets.values():
        entry = _entry(ticket, seen_before)
        if entry is None or entry.deleted:
            continue
        if all(test(ticket, entry) for test in tests):
            found.append((ticket, entry))
    return found


def _entry(ticket: Ticket, seen_before: datetime) -> Indexed | None:
    return next((e for e in reversed(ticket.indexed) if e.at <= seen_before), None)


def _tests(account: Ledger, query: str, me: Person, now: datetime) -> list[Test]:
    """One test per key: the same key twice means either, as long as it is asked for equality."""
    either: dict[str, list[Test]] = {}
    tests: list[Test] = []
    for term in terms_of(query):
        if term.key in ("type", "order_by", "sort"):
            continue
        test = _test(account, term, me, now)
        if term.negated:
            tests.append(_not(test))
        elif term.key and term.sign == ":":
            either.setdefault(term.key, []).append(test)
        else:
            tests.append(test)
    return [*tests, *(_any(choices) for choices in either.values())]


def _not(test: Test) -> Test:
    return lambda ticket, entry: not test(ticket, entry)


def _any(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]
    return lambda ticket, entry: any(test(ticket, entry) for test in tests)


def _test(account: Ledger, term: Term, me: Person, now: datetime) -> Test:
    if term.key in _RANKED:
        return _ranked(term, _RANKED[term.key])
    if term.key in _DATES:
        return _dated(term, _DATES[term.key], now)
    if term.key in ("assignee", "requester", "submitter", "group", "organization"):
        return _related(account, term, me)
    if term.key in ("tags", "tag"):
        wanted = term.value.lower()
        if wanted == "none":
            return lambda ticket, entry: not entry.tags
        return lambda ticket, entry: wanted in entry.tags
    return _worded(term)


def _ranked(term: Term, order: tuple[str, ...]) -> Test:
    value = term.value.lower()
    if value == "none":
        return lambda ticket, entry: getattr(entry, term.key) is None
    if value not in order:
        return lambda ticket, entry: False
    rank = order.index(value)
    wanted = frozenset(name for place, name in enumerate(order) if _compare(term.sign, place, rank))
    return lambda ticket, entry: getattr(entry, term.key) in wanted


def _dated(term: Term, name: str, now: datetime) -> Test:
    ago = _AGO.fullmatch(term.value)
    if ago:
        unit = ago[2].lower().rstrip("s") + "s"
        limit: datetime | None = now - timedelta(**{unit: int(ago[1])})
    else:
        limit = moment_of(term.value)
    if limit is None:
        return lambda ticket, entry: False
    floor, whole_day = limit, term.sign == ":"

    def test(ticket: Ticket, entry: Indexed) -> bool:
        if name == "updated_at":
            moment: datetime | None = entry.updated_at
        else:
            moment = ticket.created_at if name == "created_at" else ticket.metrics.solved_at
        if moment is None:
            return False
        if whole_day:
            return floor <= moment < floor + timedelta(days=1)
        return _compare(term.sign, moment, floor)

    return test


def _related(account: Ledger, term: Term, me: Person) -> Test:
    value = term.value.lower()
    name = f"{term.key}_id"
    if value == "none":
        wanted: frozenset[int | None] = frozenset({None})
    elif value == "me":
        wanted = frozenset({me.id})
    elif term.key in ("group", "organization"):
        places = account.groups if term.key == "group" else account.organizations
        wanted = frozenset(p.id for p in places.values() if value in (str(p.id), p.name.lower()))
    else:
        wanted = frozenset(
            person.id
            for person in account.people.values()
            if value in (str(person.id), person.email.lower()) or value in person.name.lower()
        )
    if term.key in ("assignee", "group"):
        return lambda ticket, entry: getattr(entry, name) in wanted
    return lambda ticket, entry: getattr(ticket, name) in wanted


def _worded(term: Term) -> Test:
    word = term.value.lower()
    if term.key == "subject":
        return lambda ticket, entry: word in entry.subject.lower()
    if term.key == "description":
        return lambda ticket, entry: word in ticket.description.lower()
    if term.key == "via":
        return lambda ticket, entry: ticket.via["channel"] == word
    if term.key == "ticket_type":
        return lambda ticket, entry: entry.type == word
    if term.key:
        return lambda ticket, entry: False
    return lambda ticket, entry: (
        word == str(ticket.id)
        or word in entry.subject.lower()
        or any(word in comment.body.lower() for comment in ticket.comments)
    )


def _compare(sign: str, left: Any, right: Any) -> bool:
    return bool(_SIGNS[sign](left, right))


def order(
    found: list[tuple[Ticket, Indexed]], field: str, direction: str
) -> list[tuple[Ticket, Indexed]]:
    """The found tickets in the order asked for; newest first when nothing is."""
    rank = {name: place for place, name in enumerate((*STATUSES, *PRIORITIES))}

    def key(row: tuple[Ticket, Indexed]) -> tuple[Any, int]:
        ticket, entry = row
        keys: dict[str, object] = {
            "updated_at": entry.updated_at,
            "created_at": ticket.created_at,
            "status": rank[entry.status],
            "priority": -1 if entry.priority is None else rank[entry.priority],
            "ticket_type": entry.type or "",
        }
        return keys.get(field, ticket.created_at), ticket.id

    return sorted(found, key=key, reverse=direction != "asc")
