"""How are thousands of issues written down, so that they are soon there again and take little room?

Column by column: each value stands once, and for each field it is said which value is whose. What
was alike is then one value in memory, and records are made by `map`, with no step of Python's own
for each. Only who would write them in the same `FORM` can read them.
"""

from collections.abc import Generator, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import accumulate, pairwise, repeat
from operator import itemgetter
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import astuple

from services.domain import (
    ClockKind,
    Fact,
    Incident,
    IncidentStatus,
    Issue,
    Kind,
    PendingAction,
    Promise,
    Severity,
    Status,
    StatusChange,
    Ticket,
)

T = TypeVar("T")

Place = Annotated[int, Meta(ge=0)]

Column = Place | bytes | list[Place]
"""Where the values of a field are: in a row from one place on; all in the one place of a list; or
each in its own, which is soonest read where the places are small enough for bytes."""


class Values(Struct, array_like=True):
    """All values, each of them once."""

    text: list[str | None]
    number: list[int | None]
    flag: list[bool]
    moment: list[datetime | None]
    span: list[timedelta]
    status: list[Status]
    incident_status: list[IncidentStatus]
    severity: list[Severity | None]
    kind: list[Kind]
    clock: list[ClockKind]
    tags: list[frozenset[str]]
    names: list[tuple[str, ...]]
    changes: list[tuple[StatusChange, ...]]
    actions: list[tuple[PendingAction, ...]]


FACT = "fact"
"""Facts are values too, made of others."""

VALUES: Mapping[object, str] = {
    str: "text",
    str | None: "text",
    int: "number",
    int | None: "number",
    bool: "flag",
    datetime: "moment",
    datetime | None: "moment",
    timedelta: "span",
    Status: "status",
    IncidentStatus: "incident_status",
    Severity | None: "severity",
    Kind: "kind",
    ClockKind: "clock",
    frozenset[str]: "tags",
    tuple[str, ...]: "names",
    tuple[StatusChange, ...]: "changes",
    tuple[PendingAction, ...]: "actions",
    Fact: FACT,
}
"""Where the values of a field are, by what the field is declared as."""

RECORDS = (Fact, Ticket, Incident, Promise)
"""What is written column by column."""


class Records(Struct, array_like=True):
    """As many records of one kind."""

    count: Place
    columns: list[Column]


class Part(Struct, array_like=True):
    """Some issues."""

    values: Values
    facts: Records
    tickets: Records
    incidents: Records
    promises: Records
    count: Place
    ticket: Column
    """Which of the tickets; none is the place behind the last."""
    incident: Column
    promised: list[Place]
    """Where its promises end, which follow those of the issue before."""
    broken_pair: Column
    unconfirmed: Column


FORM = repr(
    [(kind.__name__, kind.__annotations__) for kind in (*RECORDS, Issue, Values, Records, Part)]
)
"""What is read and what it is made into; another form is another rota's."""


def encode(issues: Sequence[Issue]) -> bytes:
    """Write them down; they share nothing with any that are written at another time."""
    steps = encoding(issues)
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            written: bytes = ended.value
            return written


def encoding(issues: Sequence[Issue]) -> Generator[None, None, bytes]:
    """The same, in a few steps: for some hundred issues each of them takes a few milliseconds."""
    known: dict[str, dict[Any, int]] = {name: {} for name in (*Values.__struct_fields__, FACT)}
    tickets, ticket = _apart([issue.ticket for issue in issues])
    incidents, incident = _apart([issue.incident for issue in issues])
    promises = [promise for issue in issues for promise in issue.promises]
    written = {}
    records: Sequence[Struct]
    for record, records in ((Ticket, tickets), (Incident, incidents), (Promise, promises)):
        yield
        written[record] = _written(record, records, known)
    yield
    broken_pair = _places([issue.broken_pair for issue in issues], known["text"])
    unconfirmed = _places([issue.unconfirmed for issue in issues], known["text"])
    facts = _written(Fact, list(known[FACT]), known)
    part = Part(
        Values(*[list(known[name]) for name in Values.__struct_fields__]),
        facts,
        written[Ticket],
        written[Incident],
        written[Promise],
        len(issues),
        ticket,
        incident,
        list(accumulate([len(issue.promises) for issue in issues])),
        broken_pair,
        unconfirmed,
    )
    return msgspec.msgpack.encode(part)


def decode(written: bytes) -> list[Issue]:
    """The issues that were written down, in the same order.

    Raises:
        ValueError: They were not written by `encode` of the same `FORM`.
        IndexError: Likewise.
    """
    part = msgspec.msgpack.decode(written, type=Part)
    values = {name: getattr(part.values, name) for name in Values.__struct_fields__}
    values[FACT] = _made(Fact, part.facts, values)
    promises = tuple(_made(Promise, part.promises, values))
    if len(part.promised) != part.count or part.promised[-1:] not in ([], [len(promises)]):
        raise ValueError("promises are missing")
    return list(
        map(
            Issue,
            _column([*_made(Ticket, part.tickets, values), None], part.ticket, part.count),
            _column([*_made(Incident, part.incidents, values), None], part.incident, part.count),
            [promises[start:end] for start, end in pairwise((0, *part.promised))],
            _column(values["text"], part.broken_pair, part.count),
            _column(values["text"], part.unconfirmed, part.count),
        )
    )


def _apart(halves: Sequence[T | None]) -> tuple[list[T], Column]:
    """Those that are there, and which of them each is."""
    there = [half for half in halves if half is not None]
    if len(there) == len(halves):
        return there, 0
    place, places = 0, []
    for half in halves:
        places.append(len(there) if half is None else place)
        place += half is not None
    return there, _narrow(places) if there else [0]


def _written(
    record: type[Struct], records: Sequence[Struct], known: Mapping[str, dict[Any, int]]
) -> Records:
    kinds = [VALUES[declared] for declared in record.__annotations__.values()]
    if not records:
        return Records(0, [0] * len(kinds))
    columns = zip(kinds, zip(*map(astuple, records), strict=True), strict=True)
    return Records(len(records), [_places(values, known[kind]) for kind, values in columns])


def _places(values: Sequence[object], known: dict[Any, int]) -> Column:
    """Where each value is; those that are new come to be known."""
    before, distinct = len(known), dict.fromkeys(values)
    for value in distinct:
        known.setdefault(value, len(known))
    if len(known) == before + len(values):
        return before
    if len(distinct) == 1:
        return [known[values[0]]]
    return _narrow(itemgetter(*values)(known))


def _narrow(places: Sequence[int]) -> bytes | list[int]:
    return bytes(places) if max(places) < 256 else list(places)


def _made(record: type[T], written: Records, values: Mapping[str, list[Any]]) -> list[T]:
    declared = record.__annotations__.values()
    columns = zip(declared, written.columns, strict=True)
    fields = [_column(values[VALUES[kind]], column, written.count) for kind, column in columns]
    return list(map(record, *fields))


def _column(values: list[T], places: Column, count: int) -> Iterable[T]:
    """The value of each of `count` records."""
    if isinstance(places, int):
        if places + count > len(values):
            raise IndexError("values are missing")
        return values[places : places + count]
    if len(places) == 1:
        return repeat(values[places[0]], count)
    if len(places) != count:
        raise ValueError("records are missing")
    # Half of what a `map` takes.
    found: tuple[T, ...] = itemgetter(*places)(values)
    return found
