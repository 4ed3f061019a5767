"""Tickets and incidents of one e-mail find each other, and only those."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain import Incident, IncidentStatus, Status, Ticket
from services.pairing import PairingRules, pair, plain_subject

T0 = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)
RULES = PairingRules(prefixes=("[EMERGENCY]",))


def ticket(
    id: int, subject: str = "API down", after: float = 0, tags: frozenset[str] = frozenset()
) -> Ticket:
    at = T0 + timedelta(minutes=after)
    return Ticket(id, subject, Status.OPEN, at, at, tags=tags)


def incident(id: str, title: str = "API down", after: float = 0) -> Incident:
    at = T0 + timedelta(minutes=after)
    return Incident(id, 1, title, IncidentStatus.TRIGGERED, at, at)


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        pytest.param("Re: RE: Fw: fwd:  API  down", "api down", id="replies-and-forwards-repeat"),
        pytest.param("[Emergency] API down", "api down", id="configured-prefix-any-case"),
        pytest.param("Re: [EMERGENCY] Re: API down", "api down", id="mixed-prefixes"),
        pytest.param("Regarding: API", "regarding: api", id="a-word-is-no-prefix"),
        pytest.param(" re: ", "", id="nothing-left"),
    ],
)
def test_a_subject_is_compared_without_prefixes_case_and_odd_spaces(
    written: str, compared: str
) -> None:
    assert plain_subject(written, RULES.prefixes) == compared


def test_the_nearest_in_time_wins_one_to_one() -> None:
    tickets = [ticket(1, after=0), ticket(2, after=10)]
    incidents = [incident("PA", after=9), incident("PB", after=14)]

    assert pair(tickets, incidents, RULES, remembered={}).incident_of == {2: "PA", 1: "PB"}


@pytest.mark.parametrize(("minutes", "paired"), [(15, True), (-15, True), (15.1, False)])
def test_they_must_be_raised_within_fifteen_minutes(minutes: float, paired: bool) -> None:
    pairs = pair([ticket(1)], [incident("PA", after=minutes)], RULES, remembered={})

    assert (pairs.incident_of == {1: "PA"}) is paired


def test_blank_subjects_never_pair() -> None:
    assert not pair([ticket(1, "Re: ")], [incident("PA", " ")], RULES, remembered={}).incident_of


def test_a_tag_wins_over_the_subject() -> None:
    tickets = [ticket(1, tags=frozenset({"pd_pb"}))]
    incidents = [incident("PA"), incident("PB", "other", after=900)]

    assert pair(tickets, incidents, RULES, remembered={}).incident_of == {1: "PB"}


def test_of_two_tickets_with_one_incident_the_older_has_it() -> None:
    tag = frozenset({"pd_pa"})
    tickets = [ticket(2, "x", after=5, tags=tag), ticket(9, "y", after=1, tags=tag)]

    assert pair(tickets, [incident("PA")], RULES, remembered={}).incident_of == {9: "PA"}


def test_unpaired_by_hand_stays_apart() -> None:
    tickets = [ticket(1, tags=frozenset({"pd_none"}))]

    assert not pair(tickets, [incident("PA")], RULES, remembered={1: "PA"}).incident_of


def test_a_tag_that_names_no_incident_is_void_and_said() -> None:
    tickets = [ticket(1, tags=frozenset({"pd_gone"}))]
    pairs = pair(tickets, [incident("PA")], RULES, remembered={}, void={"GONE"})

    assert pairs.broken == {1: "GONE"}
    assert pairs.incident_of == {1: "PA"}


def test_a_tag_not_yet_looked_up_neither_pairs_nor_breaks() -> None:
    tickets = [ticket(1, tags=frozenset({"pd_late"}))]
    pairs = pair(tickets, [incident("PA")], RULES, remembered={})

    assert (pairs.incident_of, pairs.broken) == ({}, {})


def test_a_remembered_pair_survives_a_rename() -> None:
    pairs = pair([ticket(1, "renamed")], [incident("PA")], RULES, remembered={1: "PA"})

    assert pairs.incident_of == {1: "PA"}
    assert not pairs.by_subject


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 60)), max_size=8),
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 60)), max_size=8),
)
def test_pairing_is_one_to_one_and_leaves_no_pair_that_could_be(
    raised: list[tuple[str, int]], paged: list[tuple[str, int]]
) -> None:
    tickets = [ticket(n, s, after) for n, (s, after) in enumerate(raised)]
    incidents = [incident(f"P{n}", s, after) for n, (s, after) in enumerate(paged)]
    pairs = pair(tickets, incidents, RULES, remembered={}).incident_of

    assert len(set(pairs.values())) == len(pairs)
    for left in (t for t in tickets if t.id not in pairs):
        for other in (i for i in incidents if i.id not in pairs.values()):
            near = abs(left.created_at - other.created_at) <= RULES.window
            assert not (near and left.subject == other.title)
