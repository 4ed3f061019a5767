"""Pairs found by subject are known as long as anything may rest on them, and not for ever."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.domain import (
    Health,
    Incident,
    IncidentStatus,
    Issue,
    Snapshot,
    Source,
    SourceStatus,
    Status,
    Ticket,
)
from services.kept_pairs import KEPT
from services.retention import Retention
from services.store import MIGRATIONS, Store

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PAIR = {1: "Q1"}
TICKET = Issue(Ticket(1, "Deploys hang", Status.OPEN, NOW, NOW), None)
PAGE = Issue(None, Incident("Q1", 7, "Deploys hang", IncidentStatus.TRIGGERED, NOW, NOW))
WHOLE = {Source.ZENDESK: SourceStatus(Health.OK), Source.PAGERDUTY: SourceStatus(Health.OFF)}
LACKING = [
    None,
    {},
    {**WHOLE, Source.PAGERDUTY: SourceStatus(Health.ERROR, error="down")},
    {**WHOLE, Source.PAGERDUTY: SourceStatus(Health.STALE)},
    {**WHOLE, Source.ZENDESK: SourceStatus(Health.OK, partial=True, error="search is down")},
    {**WHOLE, Source.ZENDESK: SourceStatus(Health.OK, failures=1, error="timeout")},
]


def purge(store: Store, now: datetime, days: int = 14) -> None:
    Retention(days, store, [store]).purge(now)


@pytest.mark.parametrize("half", [TICKET, PAGE, replace(TICKET, incident=PAGE.incident)])
def test_it_goes_long_after_both_halves_have_gone(half: Issue, tmp_path: Path) -> None:
    store = Store(tmp_path / "a.db")
    store.save_pairs(PAIR)
    store.save_queue(Snapshot((half,), WHOLE), NOW)
    purge(store, NOW)
    gone = NOW + timedelta(days=100)
    store.save_queue(Snapshot((half,), WHOLE), gone)
    known = []
    for after in (timedelta(0), KEPT - timedelta(days=1), KEPT + timedelta(days=1)):
        store.save_queue(Snapshot((), WHOLE), gone + after)
        purge(store, gone + after)
        known.append(store.load_pairs())
    store.close()

    assert known == [PAIR, PAIR, {}]


def test_it_stays_as_long_as_texts_do_where_these_stay_longer(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.db")
    store.save_pairs(PAIR)
    for after in (timedelta(0), timedelta(days=600)):
        store.save_queue(Snapshot((), WHOLE), NOW + after)
        purge(store, NOW + after, days=1000)
    kept = store.load_pairs()
    store.save_queue(Snapshot((), WHOLE), NOW + timedelta(days=1001))
    purge(store, NOW + timedelta(days=1001), days=1000)

    assert (kept, store.load_pairs()) == (PAIR, {})
    store.close()


@pytest.mark.parametrize("lacking", LACKING)
def test_after_a_long_absence_nothing_goes_before_all_that_is_open_is_known(
    lacking: dict[Source, SourceStatus] | None, tmp_path: Path
) -> None:
    """The ticket may have been open all the time, on a laptop that was off."""
    store = Store(tmp_path / "a.db")
    store.save_pairs(PAIR)
    store.save_queue(Snapshot((TICKET,), WHOLE), NOW)
    purge(store, NOW)
    store.close()
    later = NOW + 2 * KEPT
    store = Store(tmp_path / "a.db")
    purge(store, later)
    store.save_queue(Snapshot((), lacking), later)
    purge(store, later)
    unsure = store.load_pairs()
    store.save_queue(Snapshot((TICKET,), WHOLE), later)
    purge(store, later)

    assert (unsure, store.load_pairs()) == (PAIR, PAIR)
    store.close()


def test_another_incident_makes_it_a_new_pair(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.db")
    store.save_pairs(PAIR)
    for days, pairs in ((0, {1: "Q2"}), (401, {1: "Q2"}), (402, {1: "Q3"})):
        store.save_queue(Snapshot((), WHOLE), NOW + timedelta(days=days))
        store.save_pairs(pairs)
        purge(store, NOW + timedelta(days=days))
    left = store.load_pairs()
    store.close()

    assert left == {1: "Q3"}


def test_pairs_of_an_older_rota_are_known_from_now_on(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    db = sqlite3.connect(path)
    for script in MIGRATIONS[:3]:
        db.executescript(script)
    with db:
        db.execute("PRAGMA user_version = 3")
        db.execute("INSERT INTO pair VALUES (1, 'Q1')")
    db.close()
    path.chmod(0o600)
    store = Store(path)
    store.save_queue(Snapshot((), WHOLE), NOW)
    purge(store, NOW)

    assert store.load_pairs() == PAIR
    store.close()


numbers = st.frozensets(st.integers(1, 3))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("found"), numbers),
        st.tuples(st.just("told"), numbers),
        st.tuples(st.just("told in part"), numbers),
        st.tuples(st.just("purged"), st.just(frozenset[int]())),
        st.tuples(st.just("started again"), st.just(frozenset[int]())),
        st.tuples(st.just("waited"), st.just(frozenset[int]())),
    ),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(steps, st.integers(1, 500))
def test_no_pair_goes_that_was_of_use_lately_and_none_stays_for_ever(
    lived: list[tuple[str, frozenset[int]]], days: int
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"
        path.parent.chmod(0o700)
        store, now, sure = Store(path), NOW, False
        of_use: dict[int, datetime] = {}
        for what, tickets in lived:
            before = store.load_pairs()
            if what == "found":
                store.save_pairs({number: f"Q{number}" for number in tickets})
                of_use |= dict.fromkeys(tickets - before.keys(), now)
            elif what.startswith("told"):
                store.save_queue(told(tickets, WHOLE if what == "told" else LACKING[2]), now)
                of_use |= dict.fromkeys(tickets & of_use.keys(), now)
                sure |= what == "told"
            elif what == "purged":
                purge(store, now)
                gone = before.keys() - store.load_pairs().keys()
                assert sure or not gone
                assert all(now - of_use[number] > KEPT for number in gone)
            elif what == "started again":
                store.close()
                store, sure = Store(path), False
            else:
                now += timedelta(days=days)
            if what != "purged":
                assert before.keys() <= store.load_pairs().keys()
        for _ in range(2):
            store.save_queue(told(frozenset(), WHOLE), now)
            purge(store, now)
            now += KEPT + timedelta(days=1)
        store.save_queue(told(frozenset(), WHOLE), now)
        purge(store, now)
        assert store.load_pairs() == {}
        store.close()


def told(tickets: frozenset[int], sources: dict[Source, SourceStatus] | None) -> Snapshot:
    """These are open; of every other one the incident alone."""
    made = []
    for number in sorted(tickets):
        assert TICKET.ticket is not None
        assert PAGE.incident is not None
        ticket = replace(TICKET.ticket, id=number) if number % 2 else None
        made.append(Issue(ticket, None if ticket else replace(PAGE.incident, id=f"Q{number}")))
    return Snapshot(tuple(made), sources)
