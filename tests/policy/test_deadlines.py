"""How deadlines stand, when that changes, and which comes first."""

import random
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.domain import (
    ClockKind,
    Deadline,
    Kind,
    PendingAction,
    Promise,
    Severity,
    State,
    Status,
)
from services.policy.deadlines import next_deadline
from services.policy.support_time import from_micros, to_micros
from tests.policy.cases import (
    CALENDAR,
    INSTANT,
    POLICY,
    answered,
    incident,
    issue,
    minutes,
    promised,
    states,
    ticket,
    utc,
)

P1, P2, P3, P4 = Severity


def response(severity: Severity | None, raised: str) -> Promise:
    kind = Kind.FIRST_RESPONSE if severity is None else Kind.RESPONSE
    return promised(ticket(severity, raised))[kind]


@pytest.mark.parametrize(
    ("severity", "raised", "now", "state"),
    [
        pytest.param(P3, "10:00", "10:00", State.RUNNING, id="just-raised"),
        pytest.param(P3, "10:00", "11:29:59.999999", State.RUNNING, id="over-a-quarter-left"),
        pytest.param(P3, "10:00", "11:30", State.SOON, id="a-quarter-left"),
        pytest.param(P1, "10:00", "10:14:59", State.RUNNING, id="over-five-minutes-left"),
        pytest.param(P1, "10:00", "10:15", State.SOON, id="five-minutes-left"),
        pytest.param(P3, "10:00", "12:00", State.SOON, id="due-this-instant"),
        pytest.param(P3, "10:00", "12:00:00.000001", State.BREACHED, id="past-due"),
        pytest.param(P3, "15:30", "16:59:59", State.RUNNING, id="before-it-falls-asleep"),
        pytest.param(P3, "15:30", "17:00", State.PAUSED, id="asleep-at-closing"),
        pytest.param(P3, "15:30", "2026-01-15 08:59:59", State.PAUSED, id="asleep-until-opening"),
        pytest.param(P3, "15:30", "2026-01-15 09:00", State.SOON, id="awake-at-opening"),
        pytest.param(P3, "15:00", "17:00", State.PAUSED, id="due-at-closing-asleep-that-instant"),
        pytest.param(P3, "15:00", "17:00:01", State.BREACHED, id="breached-while-asleep"),
        pytest.param(P1, "20:00", "20:10", State.RUNNING, id="a-p1-runs-at-night"),
        pytest.param(P2, "2026-12-25 12:00", "2026-12-26 12:00", State.PAUSED, id="holiday"),
        pytest.param(None, "10:00", "2026-01-15 12:00", State.RUNNING, id="unclassified-running"),
        pytest.param(None, "10:00", "2026-01-15 14:00", State.SOON, id="unclassified-four-hours"),
    ],
)
def test_an_answer_nobody_gave_is(
    severity: Severity | None, raised: str, now: str, state: State
) -> None:
    assert POLICY.state(response(severity, raised), utc(now)) is state


def test_soon_is_counted_on_the_promises_own_clock() -> None:
    """Half an hour of two is left at closing: 16 hours on the wall change nothing."""
    owed = response(P3, "15:30")

    assert POLICY.left(owed, utc("16:59")) == minutes(31)
    assert POLICY.left(owed, utc("17:00")) == minutes(30)
    assert POLICY.left(owed, utc("2026-01-15 09:00")) == minutes(30)


def test_lateness_is_counted_on_the_wall() -> None:
    assert POLICY.left(response(P3, "15:00"), utc("2026-01-15 09:00")) == -timedelta(hours=16)


def test_nothing_is_left_to_count_while_the_ball_is_elsewhere() -> None:
    waiting = promised(replace(ticket(P2, status=Status.PENDING), **answered("10:05")))[Kind.UPDATE]

    assert POLICY.left(waiting, utc("10:10")) is None
    assert POLICY.state(waiting, utc("10:10")) is State.WAITING
    assert POLICY.changes_at(waiting, utc("10:10")) is None


def any_promise(**facts: object) -> Promise:
    made = Promise(Kind.UPDATE, utc("12:00"), utc("10:00"), minutes(120), ClockKind.SUPPORT_HOURS)
    return replace(made, **facts)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        pytest.param(
            {"met_at": utc("11:00"), "waiting": True, "known": False}, State.MET, id="met-first"
        ),
        pytest.param({"met_at": utc("13:00"), "known": False}, State.LATE, id="late-first"),
        pytest.param({"waiting": True, "due_at": None, "known": False}, State.WAITING, id="waits"),
        pytest.param({"known": False}, State.UNKNOWN, id="unknown-before-breached"),
        pytest.param({}, State.BREACHED, id="breached-before-paused"),
    ],
)
def test_the_first_state_that_fits_is_it(facts: dict[str, object], state: State) -> None:
    assert POLICY.state(any_promise(**facts), utc("20:00")) is state


@pytest.mark.parametrize(
    ("now", "changes"),
    [
        pytest.param("10:00", "16:59", id="running-until-soon"),
        pytest.param("16:59", "17:00", id="soon-until-asleep"),
        pytest.param("17:00", "2026-01-15 09:00", id="asleep-until-it-wakes"),
        pytest.param("2026-01-15 09:00", "2026-01-15 09:29:00.000001", id="soon-until-past-due"),
        pytest.param("2026-01-15 09:29:00.000001", None, id="breached-for-good"),
    ],
)
def test_a_state_lasts_until(now: str, changes: str | None) -> None:
    owed = any_promise(
        due_at=utc("2026-01-15 09:29"), started_at=utc("14:59:00"), allowance=minutes(120)
    )

    assert POLICY.changes_at(owed, utc(now)) == (utc(changes) if changes else None)


def test_a_promise_that_falls_due_at_closing_sleeps_for_an_instant() -> None:
    owed = response(P3, "15:00")

    assert POLICY.changes_at(owed, utc("16:45")) == utc("17:00")
    assert POLICY.changes_at(owed, utc("17:00")) == utc("17:00:00.000001")


@pytest.mark.parametrize("known", [True, False])
def test_what_is_kept_or_unknown_never_changes_by_itself(known: bool) -> None:
    settled = any_promise(met_at=utc("11:00") if known else None, known=known)

    assert POLICY.changes_at(settled, utc("10:00")) is None


def paged(due: str) -> Promise:
    action = PendingAction("escalate", utc(due))
    return promised(None, replace(incident(P4), pending_actions=(action,)))[Kind.REPAGE]


@pytest.mark.parametrize(
    ("now", "state"),
    [
        pytest.param("19:54:59", State.RUNNING, id="more-than-five-minutes-ahead"),
        pytest.param("19:55", State.SOON, id="five-minutes-ahead"),
        pytest.param("20:00:01", State.BREACHED, id="past"),
    ],
)
def test_a_page_is_soon_from_five_minutes_however_long_it_takes(now: str, state: State) -> None:
    assert POLICY.state(paged("20:00"), utc(now)) is state


def deadline(kind: Kind, due: str | None, state: State) -> Deadline:
    promise = replace(any_promise(), kind=kind, due_at=utc(due) if due else None)
    return Deadline(promise, state)


@pytest.mark.parametrize(
    ("deadlines", "first"),
    [
        pytest.param([], None, id="nothing-owed"),
        pytest.param([(Kind.RESPONSE, "10:00", State.MET)], None, id="met"),
        pytest.param([(Kind.RESPONSE, "10:00", State.LATE)], None, id="late"),
        pytest.param([(Kind.UPDATE, None, State.WAITING)], None, id="waiting"),
        pytest.param([(Kind.REPAGE, "10:00", State.SOON)], None, id="a-page"),
        pytest.param(
            [(Kind.UPDATE, "11:00", State.UNKNOWN), (Kind.RESPONSE, "12:00", State.RUNNING)],
            Kind.UPDATE,
            id="an-unknown-one-counts",
        ),
        pytest.param(
            [(Kind.TRIAGE, "12:00", State.SOON), (Kind.FIRST_RESPONSE, "10:00", State.PAUSED)],
            Kind.FIRST_RESPONSE,
            id="earliest-whatever-its-state",
        ),
        pytest.param(
            [
                (kind, "12:00", State.RUNNING)
                for kind in (Kind.UPDATE, Kind.FIRST_RESPONSE, Kind.RESPONSE, Kind.TRIAGE)
            ],
            Kind.TRIAGE,
            id="ties-go-to-triage",
        ),
        pytest.param(
            [
                (kind, "12:00", State.RUNNING)
                for kind in (Kind.UPDATE, Kind.FIRST_RESPONSE, Kind.RESPONSE)
            ],
            Kind.RESPONSE,
            id="then-to-the-response",
        ),
        pytest.param(
            [(kind, "12:00", State.RUNNING) for kind in (Kind.UPDATE, Kind.FIRST_RESPONSE)],
            Kind.FIRST_RESPONSE,
            id="then-to-the-first-response",
        ),
    ],
)
def test_the_next_deadline_is(
    deadlines: list[tuple[Kind, str | None, State]], first: Kind | None
) -> None:
    found = next_deadline([deadline(*each) for each in deadlines])

    assert (found.kind if found else None) is first


def test_deadlines_are_the_promises_of_an_issue_and_their_states() -> None:
    owed = issue(ticket(None))

    assert [(d.kind, d.state) for d in POLICY.deadlines(owed, utc("10:30"))] == [
        (Kind.TRIAGE, State.BREACHED),
        (Kind.FIRST_RESPONSE, State.RUNNING),
    ]
    assert states("10:30", ticket(None)) == {
        d.kind: d.state for d in POLICY.deadlines(owed, utc("10:30"))
    }


SPAN = (to_micros(utc("2018-01-01 00:00")), to_micros(utc("2040-12-01 00:00")))


@given(
    st.sampled_from(list(Kind)),
    st.sampled_from(list(ClockKind)),
    st.integers(*SPAN).map(from_micros),
    st.timedeltas(timedelta(0), timedelta(hours=40)),
    st.timedeltas(timedelta(0), timedelta(days=9)),
    st.randoms(use_true_random=False),
)
def test_a_state_changes_when_it_is_said_to_and_no_earlier(
    kind: Kind,
    clock: ClockKind,
    start: datetime,
    allowance: timedelta,
    later: timedelta,
    rng: random.Random,
) -> None:
    due = start + allowance if clock is ClockKind.ALWAYS else CALENDAR.due(start, allowance)
    owed, now = Promise(kind, due, start, allowance, clock), start + later
    state, turn = POLICY.state(owed, now), POLICY.changes_at(owed, now)

    if turn is None:
        assert state is State.BREACHED
        assert POLICY.state(owed, now + timedelta(days=40)) is state
        return
    assert turn > now
    assert POLICY.state(owed, turn) is not state
    assert POLICY.state(owed, turn - INSTANT) is state
    span = to_micros(turn) - to_micros(now)
    for _ in range(8):
        assert POLICY.state(owed, now + rng.randrange(span) * INSTANT) is state
