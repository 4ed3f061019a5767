"""Is what is read one by one, let go of and saved just as if everything had been looked at?"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Coroutine, Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain import Fact, Incident, IncidentStatus, Source, Status, Ticket
from services.errors import NotFound, Unavailable
from services.half import Half
from services.incident_facts import IncidentMemory
from services.pagerduty.records import LogEntry
from services.poller import reading_list
from services.poller.incident_book import IncidentBook
from services.poller.parts import save_in_parts
from services.poller.reading_list import ReadingList
from services.poller.ticket_book import Scope, TicketBook
from services.ticket_facts import TicketMemory
from services.zendesk.records import TicketRecord

K = TypeVar("K", int, str)
V = TypeVar("V")

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LATER = st.integers(0, 6).map(lambda hours: START + HOUR * hours)
NUMBER = st.integers(0, 5)
NAME = st.sampled_from(["Q1", "Q2", "Q3", "Q4"])

TICKET = st.builds(
    Ticket,
    id=NUMBER,
    subject=st.just("Deploys hang"),
    status=st.sampled_from([Status.OPEN, Status.PENDING, Status.SOLVED]),
    created_at=LATER,
    updated_at=LATER,
    group_id=st.sampled_from([1, 1, 1, 2]),
)
TICKET_MEMORY = st.builds(
    TicketMemory,
    status=st.just(Status.OPEN),
    updated_at=st.just(START),
    replied_first=st.just(Fact(START)),
    replied_last=st.sampled_from([Fact(START), Fact(known=False)]),
    changes_known=st.booleans(),
)
INCIDENT = st.builds(
    Incident,
    id=NAME,
    number=st.just(1),
    title=st.just("Smoke"),
    status=st.sampled_from(list(IncidentStatus)),
    created_at=LATER,
    updated_at=LATER,
)
ENTRY = st.builds(
    LogEntry,
    id=st.just("R1"),
    at=LATER,
    kind=st.sampled_from(["acknowledge", "annotate"]),
    incident_id=NAME,
    by=st.just("Ada"),
    by_person=st.booleans(),
    text=st.just(""),
    incident=st.none(),
)


class Reading:
    """Reads, and some of it goes wrong."""

    def __init__(self) -> None:
        self.bad: frozenset[object] = frozenset()
        self.failed: Counter[object] = Counter()
        self.done: list[object] = []

    async def __call__(self, key: object) -> None:
        self.done.append(key)
        if key in self.bad:
            self.failed[key] += 1
            raise NotFound(Source.ZENDESK, "There is no such thing.")
        self.failed.pop(key, None)

    def in_order(self, wanted: Mapping[object, Ticket | Incident]) -> list[object]:
        """Those that are to be read, in the order that a look at all of them would find."""
        return sorted(wanted, key=lambda key: (self.failed[key], due(wanted[key]), key))


def run(work: Coroutine[object, None, None]) -> None:
    """All of it; it waits for nothing but its turn."""
    with contextlib.suppress(StopIteration):
        while True:
            work.send(None)


def due(half: Ticket | Incident) -> datetime:
    """Two may be due at once."""
    return half.created_at


def paused(status: Status) -> bool:
    return status is Status.PENDING


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_list, "AT_ONCE", 2)
    monkeypatch.setattr("services.poller.parts.AT_ONCE", 2)


def tickets_to_read(book: TicketBook) -> dict[object, Ticket]:
    return {
        key: ticket
        for key, ticket in book.tickets.items()
        if not ticket.status.done
        and (
            book.memories[key].needs_comments
            or book.memories[key].needs_audits(paused=paused(ticket.status))
        )
    }


def incidents_to_read(book: IncidentBook) -> dict[object, Incident]:
    return {
        key: incident
        for key, incident in book.incidents.items()
        if not book.memories[key].complete and (not incident.resolved or key in book.half.held)
    }


def hold(half: Half[K, V], keys: frozenset[K]) -> None:
    for key in keys.symmetric_difference(half.held):
        half.hold(key, key in keys)


def take(book: TicketBook, ticket: Ticket) -> None:
    book.take(TicketRecord(ticket, None, None, None, None), live=True, member=True)


def change_tickets(book: TicketBook, data: st.DataObject) -> None:
    """Whatever a poll may tell."""
    match data.draw(st.integers(0, 5)):
        case 0 | 1:
            take(book, data.draw(TICKET))
        case 2:
            book.absorb(data.draw(TICKET))
        case 3:
            key = data.draw(NUMBER)
            if key in book.records:
                book.remember(book.records[key], data.draw(TICKET_MEMORY))
        case 4:
            hold(book.half, data.draw(st.frozensets(NUMBER)))
            before = data.draw(LATER)
            gone = {
                key
                for key, ticket in book.tickets.items()
                if ticket.status.done and ticket.updated_at < before and key not in book.half.held
            }
            left = book.tickets.keys() - gone
            book.forget_done(before)
            assert book.tickets.keys() == book.records.keys() == left
        case 5:
            book.drop(data.draw(NUMBER))


def change_incidents(book: IncidentBook, data: st.DataObject) -> None:
    """Whatever a poll may tell."""
    match data.draw(st.integers(0, 7)):
        case 0 | 1:
            book.take(data.draw(INCIDENT))
        case 2:
            since = data.draw(LATER)
            book.tell(data.draw(st.lists(ENTRY, max_size=3)), since)
            book.complete_since(since)
        case 3:
            book.tell_whole(data.draw(NAME), data.draw(st.lists(ENTRY, max_size=2)))
        case 4:
            book.gap(data.draw(LATER))
        case 5:
            hold(book.half, data.draw(st.frozensets(NAME)))
            before = data.draw(LATER)
            assert set(book.over(before)) == {
                key
                for key, incident in book.incidents.items()
                if incident.resolved and incident.updated_at < before and key not in book.half.held
            }
        case 6:
            book.drop(data.draw(NAME))
        case 7:
            book.untold = data.draw(st.booleans())
            book.forget_strangers(data.draw(LATER))


@settings(max_examples=50)
@given(data=st.data())
def test_tickets_are_read_let_go_of_and_saved_as_by_a_look_at_all(data: st.DataObject) -> None:
    known = data.draw(st.dictionaries(NUMBER, TICKET_MEMORY))
    book, disk, reading = TicketBook(Scope(), dict(known)), dict(known), Reading()
    book.group_ids = frozenset({1})

    def wanted(key: int) -> Ticket | None:
        found = tickets_to_read(book).get(key)
        return book.tickets[key] if found is not None else None

    unread = ReadingList(book.changed, wanted, due)
    for ticket in data.draw(st.lists(TICKET, max_size=4)):
        take(book, ticket)
    for _ in range(data.draw(st.integers(4, 10))):
        change_tickets(book, data)
        if data.draw(st.booleans()):
            _read(unread, reading, tickets_to_read(book), data)
    assert len(unread) == len(tickets_to_read(book))
    _read(unread, reading, tickets_to_read(book), data)

    def save(part: list[int], last: bool) -> None:
        _saved(disk, book.to_keep(part))

    run(save_in_parts(book.unsaved, save))
    assert disk == {key: book.memories[key] for key in book.records}


@settings(max_examples=50)
@given(data=st.data())
def test_incidents_are_read_let_go_of_and_saved_as_by_a_look_at_all(data: st.DataObject) -> None:
    memory = st.builds(IncidentMemory, complete=st.booleans())
    known = data.draw(st.dictionaries(NAME, memory))
    book, disk, reading = IncidentBook(dict(known)), dict(known), Reading()
    unread = ReadingList(book.changed, book.incomplete, due)
    for incident in data.draw(st.lists(INCIDENT, max_size=4)):
        book.take(incident)
    for _ in range(data.draw(st.integers(4, 10))):
        change_incidents(book, data)
        if data.draw(st.booleans()):
            _read(unread, reading, incidents_to_read(book), data)
    assert len(unread) == len(incidents_to_read(book))
    _read(unread, reading, incidents_to_read(book), data)

    def save(part: list[str], last: bool) -> None:
        _saved(disk, book.to_keep(part))

    run(save_in_parts(book.unsaved, save))
    assert disk == {key: book.memories[key] for key in book.records}


def _read(
    unread: "ReadingList[int, Ticket] | ReadingList[str, Incident]",
    reading: Reading,
    wanted: Mapping[object, Ticket | Incident],
    data: st.DataObject,
) -> None:
    """Read a few, of which some go wrong."""
    most = data.draw(st.integers(0, 6))
    expected = reading.in_order(wanted)[:most]
    reading.done, reading.bad = [], data.draw(st.frozensets(st.sampled_from([*wanted, None])))
    run(unread.read(most, reading, lambda: True))
    assert reading.done == expected


def _saved(disk: "dict[int, TicketMemory] | dict[str, IncidentMemory]", told: object) -> None:
    assert isinstance(told, dict)
    for key, memory in told.items():
        if memory is None:
            disk.pop(key, None)
        else:
            disk[key] = memory


async def test_what_is_due_is_worked_out_once_for_the_same_ticket() -> None:
    book = TicketBook(Scope(), {})
    for number in range(5):
        ticket = Ticket(number, "Deploys hang", Status.OPEN, START, START)
        take(book, ticket)
    worked_out = mock.Mock(side_effect=due)
    unread = ReadingList(book.changed, book.tickets.get, worked_out)
    for _ in range(3):
        assert await unread.first(2) == [0, 1]
        book.changed.add(3)

    assert worked_out.call_count == 5


async def test_others_get_their_turn_while_many_are_looked_at() -> None:
    book = TicketBook(Scope(), {})
    for number in range(7):
        ticket = Ticket(number, "Deploys hang", Status.OPEN, START, START)
        take(book, ticket)
    unread = ReadingList(book.changed, book.tickets.get, due)
    looking = asyncio.create_task(unread.first(9))
    left = []
    while not looking.done():
        await asyncio.sleep(0)
        left.append(len(book.changed))

    assert left == [5, 3, 1, 0]
    assert looking.result() == [0, 1, 2, 3, 4, 5, 6]


async def test_a_part_that_cannot_be_saved_is_saved_the_next_time() -> None:
    unsaved = {1, 2, 3, 4, 5}
    saved: list[int] = []

    def save(part: list[int], last: bool) -> None:
        assert last == (5 in part)
        if 3 in part and len(saved) < 4:
            saved.extend([0, 0])
            raise Unavailable(Source.ZENDESK, "The disk is full.")
        saved.extend(part)

    with pytest.raises(Unavailable):
        await save_in_parts(unsaved, save)
    assert (unsaved, saved) == ({3, 4, 5}, [1, 2, 0, 0])

    await save_in_parts(unsaved, save)
    assert (unsaved, saved) == (set(), [1, 2, 0, 0, 3, 4, 5])
