"""What is known of incidents, by what has been told of them and in which order?"""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from services.domain import NEVER, Fact, Incident, IncidentStatus
from services.incident_facts import IncidentMemory
from services.pagerduty.records import LogEntry
from services.poller.incident_book import IncidentBook

RAISED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
INCIDENT = Incident("Q1", 1, "Smoke", IncidentStatus.TRIGGERED, RAISED, RAISED, service_id="PS")
TAKEN = LogEntry("R1", RAISED + 5 * MINUTE, "acknowledge", "Q1", "Ada", True, "", None)
UNSURE = Fact(known=False)


def changed(minutes: float, title: str = "Smoke") -> Incident:
    return replace(INCIDENT, title=title, updated_at=RAISED + minutes * MINUTE)


def incomplete(book: IncidentBook) -> list[str]:
    """Of which only their own log can tell the rest."""
    return [name for name in sorted(book.incidents) if book.incomplete(name)]


def acknowledged(book: IncidentBook) -> Fact:
    return book.incidents["Q1"].acknowledged_first


def test_a_record_takes_the_place_of_an_older_one_never_of_a_newer() -> None:
    book = IncidentBook({})
    for record in (changed(3, "Fire"), changed(2, "Smoke")):
        book.take(record)

    assert book.incidents["Q1"].title == "Fire"


@pytest.mark.parametrize("list_first", [True, False])
def test_the_log_tells_all_of_what_began_since_it_is_read(list_first: bool) -> None:
    book = IncidentBook({})
    book.tell((), RAISED - MINUTE)
    if list_first:
        book.take(INCIDENT)
    book.tell([TAKEN], RAISED - MINUTE)
    if not list_first:
        book.take(INCIDENT)

    assert acknowledged(book) == Fact(TAKEN.at)
    assert incomplete(book) == []


def test_of_what_began_before_only_its_own_log_can_tell() -> None:
    book = IncidentBook({})
    book.tell((), RAISED + MINUTE)
    book.take(INCIDENT)
    before, waiting = acknowledged(book), incomplete(book)
    book.tell_whole("Q1", [TAKEN])

    assert (before, waiting) == (UNSURE, ["Q1"])
    assert (acknowledged(book), incomplete(book)) == (Fact(TAKEN.at), [])


def test_after_a_gap_all_are_asked_about_but_those_that_began_since() -> None:
    book = IncidentBook({"Q1": IncidentMemory(complete=True)})
    book.take(INCIDENT)
    book.take(replace(INCIDENT, id="Q2", created_at=RAISED + 9 * MINUTE))
    book.gap(RAISED + 8 * MINUTE)
    book.complete_since(RAISED + 8 * MINUTE)

    assert incomplete(book) == ["Q1"]


@pytest.mark.parametrize(("minutes", "fact"), [(0, NEVER), (1, UNSURE)])
def test_while_the_log_is_silent_a_change_leaves_it_open_what_was_done(
    minutes: float, fact: Fact
) -> None:
    book = IncidentBook({"Q1": IncidentMemory(complete=True)})
    book.take(INCIDENT)
    book.untold = True
    book.take(changed(minutes))

    assert acknowledged(book) == fact


def test_what_was_held_of_strangers_is_not_all_once_it_has_been_let_go_of() -> None:
    book = IncidentBook({})
    book.tell([TAKEN], RAISED - MINUTE)
    book.forget_strangers(RAISED + 9 * MINUTE)
    book.take(INCIDENT)

    assert acknowledged(book) == UNSURE


def test_a_resolved_one_is_over_unless_its_ticket_is_open() -> None:
    book = IncidentBook({})
    ended = RAISED + 30 * MINUTE
    for name in ("Q1", "Q2", "Q3"):
        book.take(replace(INCIDENT, id=name, status=IncidentStatus.RESOLVED, resolved_at=ended))
    book.take(replace(INCIDENT, id="Q4"))
    book.take(changed(31))
    book.half.hold("Q2", True)

    assert book.over(ended) == []
    assert book.over(ended + MINUTE) == ["Q3"]


def test_one_that_is_open_again_is_not_over() -> None:
    book = IncidentBook({})
    book.take(replace(INCIDENT, status=IncidentStatus.RESOLVED))
    assert book.over(RAISED + MINUTE) == ["Q1"]
    book.take(INCIDENT)

    assert book.over(RAISED + MINUTE) == []


def test_the_last_start_brings_back_only_what_is_resolved_and_remembered() -> None:
    over = replace(INCIDENT, status=IncidentStatus.RESOLVED)
    book = IncidentBook({"Q1": IncidentMemory(complete=True), "Q2": IncidentMemory()})
    book.recall([over, replace(INCIDENT, id="Q2"), replace(over, id="Q3")])

    assert set(book.incidents) == book.half.held == {"Q1"}


def test_what_the_log_shows_of_other_services_is_left_out_but_not_what_the_list_shows() -> None:
    book = IncidentBook({}, services=("OTHER",))
    book.take(INCIDENT)
    left_out = dict(book.incidents)
    book.take(INCIDENT, ours=True)

    assert (left_out, set(book.incidents)) == ({}, {"Q1"})


def test_one_that_reads_as_before_stays_the_same_object() -> None:
    book = IncidentBook({})
    book.take(INCIDENT)
    first = book.incidents["Q1"]
    book.take(replace(INCIDENT))

    assert book.incidents["Q1"] is first
