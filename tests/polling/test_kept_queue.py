"""Is the queue that is read again the one that was kept, whatever it is and whoever keeps one?"""

import sqlite3
from collections.abc import Generator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.columns import FORM, RECORDS, VALUES, decode, encode, encoding
from services.domain import (
    ClockKind,
    Fact,
    Health,
    Incident,
    IncidentStatus,
    Issue,
    Kind,
    PendingAction,
    Promise,
    Severity,
    Snapshot,
    Source,
    SourceStatus,
    Status,
    StatusChange,
    Ticket,
)
from services.kept_queue import Head, KeptQueue, divided
from services.store import MIGRATIONS, Store
from tests.perf.canned import canned, mixed

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SIZE = 3
"""Issues in a part, here."""
ISSUES = canned(21, NOW, mixed).issues


def ids(issues: Sequence[Issue]) -> list[str]:
    return [issue.id for issue in issues]


# Few of each, so that some are alike.
moments = st.sampled_from([NOW, NOW + timedelta(microseconds=1), NOW - timedelta(days=400)])
maybe = st.none() | moments
texts = st.sampled_from(["", "zd-1", "Rosa Coyle", "\x1b[31m\N{PILE OF POO}"])
names = st.none() | texts
numbers = st.none() | st.sampled_from([0, 1, 2**53])
facts = st.builds(Fact, maybe, st.booleans(), maybe)
severities = st.none() | st.sampled_from(Severity)
changes = st.builds(
    StatusChange, moments, st.sampled_from([Status.NEW, Status.OPEN]), st.just(Status.HOLD)
)
tickets = st.builds(
    Ticket,
    id=st.integers(0, 2**60),
    subject=texts,
    status=st.sampled_from(Status),
    created_at=moments,
    updated_at=moments,
    url=texts,
    tags=st.frozensets(texts),
    priority=names,
    requester=names,
    requester_id=numbers,
    assignee=names,
    assignee_id=numbers,
    group=names,
    group_id=numbers,
    severity=severities,
    replied_first=facts,
    replied_last=facts,
    status_changes=st.lists(changes, max_size=2).map(tuple),
    changes_known=st.booleans(),
    requester_wrote_at=maybe,
    description=texts,
)
incidents = st.builds(
    Incident,
    id=st.text("PQ12", min_size=1, max_size=6),
    number=st.integers(0, 3),
    title=texts,
    status=st.sampled_from(IncidentStatus),
    created_at=moments,
    updated_at=moments,
    url=texts,
    urgency=texts,
    priority=names,
    severity=severities,
    service=names,
    service_id=names,
    assignees=st.lists(texts, max_size=2).map(tuple),
    assignee_ids=st.lists(texts, max_size=2).map(tuple),
    acknowledged_at=maybe,
    acknowledged_by=names,
    resolved_at=maybe,
    pending_actions=st.lists(st.builds(PendingAction, texts, moments), max_size=2).map(tuple),
    acknowledged_first=facts,
    noted_last=facts,
    status_updated_last=facts,
)
promises = st.builds(
    Promise,
    kind=st.sampled_from(Kind),
    due_at=maybe,
    started_at=moments,
    allowance=st.sampled_from([timedelta(0), timedelta(hours=1, microseconds=7)]),
    clock=st.sampled_from(ClockKind),
    met_at=maybe,
    waiting=st.booleans(),
    known=st.booleans(),
    rule=texts,
    start_reason=texts,
    note=texts,
)
queues = st.lists(
    st.builds(
        Issue,
        ticket=st.none() | tickets,
        incident=st.none() | incidents,
        promises=st.lists(promises, max_size=3).map(tuple),
        broken_pair=names,
        unconfirmed=texts,
    ).filter(lambda issue: issue.id),
    max_size=9,
    unique_by=lambda issue: issue.id,
)


def _untagged(issues: Sequence[Issue]) -> list[Issue]:
    """Sets have no order that they would be shown in."""
    return [
        replace(one, ticket=replace(one.ticket, tags=frozenset())) if one.ticket else one
        for one in issues
    ]


def database() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:")
    for script in MIGRATIONS:
        db.executescript(script)
    return db


def save(kept: KeptQueue, db: sqlite3.Connection, issues: Sequence[Issue], at: datetime) -> None:
    with db:
        kept.save(Snapshot(tuple(issues), me=frozenset({"Me"})), at)


@settings(max_examples=60)
@given(queues)
def test_issues_are_read_as_they_were_written(issues: list[Issue]) -> None:
    again = decode(encode(issues))

    assert again == issues
    # A status is equal to its word, but no word is a status.
    assert [repr(one) for one in _untagged(again)] == [repr(one) for one in _untagged(issues)]


turns = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.booleans(),
        st.integers(0, 8),
        st.lists(
            st.tuples(st.integers(0, 20), st.booleans()), max_size=15, unique_by=lambda one: one[0]
        ),
    ),
    min_size=1,
    max_size=5,
)
"""Which of two processes keeps which issues, each in one of two states; whether it reads first,
and how many steps of it are done beforehand."""


@given(turns)
def test_the_last_queue_that_was_kept_is_read_whoever_kept_it(
    turns: list[tuple[int, bool, int, list[tuple[int, bool]]]],
) -> None:
    db = database()
    processes = [KeptQueue(db, SIZE), KeptQueue(db, SIZE)]
    for turn, (process, reads, steps, wanted) in enumerate(turns):
        at = NOW + timedelta(seconds=turn)
        issues = tuple(replace(ISSUES[n], unconfirmed="sent" if sent else "") for n, sent in wanted)
        preparing = islice(processes[process].prepare(issues, ids(issues)), steps)
        if turn % 2:
            list(preparing)
        if reads:
            processes[process].load()
        list(preparing)
        save(processes[process], db, issues, at)

        assert KeptQueue(db).load() == (at, Snapshot(issues, me=frozenset({"Me"})))
    stored = db.execute("SELECT count(*) FROM queue").fetchone()[0]
    head = KeptQueue(db).head()
    assert head is not None
    assert (head.count, len(head.parts)) == (len(wanted), stored)
    db.close()


@given(st.lists(st.integers(0, 60), unique=True), st.frozensets(st.integers(0, 60)))
def test_parts_are_the_whole_queue_in_its_order(there: list[int], before: frozenset[int]) -> None:
    issues = [Issue(Ticket(n, "", Status.OPEN, NOW, NOW), None) for n in there]
    parts = divided(issues, ids(issues), SIZE, frozenset(f"zd-{n}" for n in before))

    assert [issue for part in parts.values() for issue in part] == issues
    assert all(part[0].id == first for first, part in parts.items())
    assert all(len(part) < 2 * SIZE for part in parts.values())
    assert {f"zd-{n}" for n in before & {*there}} <= parts.keys()


def test_only_the_parts_that_have_changed_are_written() -> None:
    db = database()
    kept = KeptQueue(db, 50)
    issues = list(canned(1_000, NOW, mixed).issues)
    save(kept, db, issues, NOW)
    written = db.total_changes
    save(kept, db, issues, NOW + timedelta(minutes=1))
    assert db.total_changes - written == 1

    issues[500] = replace(issues[500], unconfirmed="sent just now")
    del issues[120]
    written = db.total_changes
    save(kept, db, issues, NOW + timedelta(minutes=2))
    assert db.total_changes - written == 3
    assert KeptQueue(db).load() == (
        NOW + timedelta(minutes=2),
        Snapshot(tuple(issues), me=frozenset({"Me"})),
    )
    db.close()


def test_what_is_the_same_since_the_last_start_is_not_written_again() -> None:
    db = database()
    issues = list(canned(1_000, NOW, mixed).issues)
    save(KeptQueue(db, 50), db, issues, NOW)
    again = KeptQueue(db, 50)
    again.load()
    live = list(canned(1_000, NOW, mixed).issues)
    live[500] = replace(live[500], unconfirmed="sent just now")
    written = db.total_changes
    save(again, db, live, NOW + timedelta(minutes=1))

    assert db.total_changes - written == 2
    found = KeptQueue(db).load()
    assert found is not None
    assert found[1].issues == tuple(live)
    db.close()


def test_what_takes_long_can_be_done_beforehand_a_part_at_a_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written: list[int] = []

    def writing(issues: Sequence[Issue]) -> Generator[None, None, bytes]:
        written.append(len(issues))
        return (yield from encoding(issues))

    monkeypatch.setattr("services.kept_queue.encoding", writing)
    db = database()
    kept = KeptQueue(db, 50)
    issues = canned(200, NOW, mixed).issues
    assert [len(written) for _ in kept.prepare(issues, ids(issues))] == [
        0,
        *(part for part in (1, 2, 3, 4) for _ in range(5)),
    ]

    save(kept, db, issues, NOW)
    assert [len(written) for _ in kept.prepare(issues, ids(issues))] == []
    save(kept, db, issues, NOW)
    assert written == [50, 50, 50, 50]

    changed = (*issues[:70], replace(issues[70], unconfirmed="sent"), *issues[71:])
    assert [len(written) for _ in kept.prepare(changed, ids(changed))] == [
        *(4, 4),
        *(5, 5, 5, 5, 5),
        *(5, 5),
    ]
    save(kept, db, changed, NOW)
    assert KeptQueue(db).load() == (NOW, Snapshot(changed, me=frozenset({"Me"})))
    assert len(written) == 5
    db.close()


def test_what_is_alike_is_one_value() -> None:
    issues = decode(encode(canned(40, NOW, mixed).issues))
    tickets = [issue.ticket for issue in issues if issue.ticket is not None]
    begun = [promise.started_at for issue in issues for promise in issue.promises]

    assert len({id(ticket.requester) for ticket in tickets}) == 1
    assert len({id(ticket.replied_last) for ticket in tickets}) == 1
    assert {id(moment) for moment in begun} == {id(ticket.updated_at) for ticket in tickets}
    assert len({id(promise.allowance) for issue in issues for promise in issue.promises}) == 1


def test_every_field_of_every_record_is_written() -> None:
    declared = {kind for record in RECORDS for kind in record.__annotations__.values()}

    assert declared == VALUES.keys()
    for record in RECORDS:
        assert tuple(record.__annotations__) == record.__struct_fields__
    assert Issue.__struct_fields__ == (
        "ticket",
        "incident",
        "promises",
        "broken_pair",
        "unconfirmed",
        "id",
    )


def cut_short(db: sqlite3.Connection) -> None:
    db.execute("UPDATE queue SET issues = substr(issues, 1, length(issues) - 2)")


def one_part_gone(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM queue WHERE first = 'zd-40003'")


def other_columns(db: sqlite3.Connection) -> None:
    """Each part without the last of the columns of its facts."""
    for first, issues in db.execute("SELECT first, issues FROM queue").fetchall():
        part = msgspec.msgpack.decode(issues)
        part[1][1].pop()
        db.execute(
            "UPDATE queue SET issues = ? WHERE first = ?", (msgspec.msgpack.encode(part), first)
        )


def fewer_values(db: sqlite3.Connection) -> None:
    for first, issues in db.execute("SELECT first, issues FROM queue").fetchall():
        part = msgspec.msgpack.decode(issues)
        part[0][0].clear()
        db.execute(
            "UPDATE queue SET issues = ? WHERE first = ?", (msgspec.msgpack.encode(part), first)
        )


def another_form(db: sqlite3.Connection) -> None:
    head = Head(NOW, 7, FORM + " ", Snapshot(), ("zd-40000",))
    db.execute("UPDATE single SET value = ?", (msgspec.msgpack.encode(head),))


def no_head(db: sqlite3.Connection) -> None:
    db.execute("UPDATE single SET value = ?", (b"\x93\x01",))


@pytest.mark.parametrize(
    "spoil", [cut_short, one_part_gone, other_columns, fewer_values, another_form, no_head]
)
def test_a_queue_that_is_not_as_it_was_written_is_none_and_the_next_one_is_kept(
    spoil: object,
) -> None:
    db = database()
    kept = KeptQueue(db, SIZE)
    issues = canned(9, NOW, mixed).issues
    save(kept, db, issues, NOW)
    assert callable(spoil)
    with db:
        spoil(db)
    assert KeptQueue(db).load() is None

    again = KeptQueue(db, SIZE)
    save(again, db, issues, NOW)
    found = KeptQueue(db).load()
    assert found is not None
    assert found[1].issues == issues
    db.close()


def test_what_an_older_rota_kept_is_let_go(tmp_path: Path) -> None:
    """It wrote the whole queue as one value."""
    path = tmp_path / "a.db"
    Store(path).close()
    db = sqlite3.connect(path)
    db.executescript("DROP TABLE queue; ALTER TABLE pair DROP COLUMN since;")
    db.execute("PRAGMA user_version = 2")
    with db:
        db.execute("INSERT INTO single VALUES ('queue', ?)", (b"\x82",))
        db.execute("INSERT INTO pair VALUES (1, 'Q1')")
    db.close()
    store = Store(path)

    assert store.load_queue() is None
    assert store.load_pairs() == {1: "Q1"}
    store.close()
    db = sqlite3.connect(path)
    assert db.execute("SELECT name FROM single").fetchall() == []
    db.close()


def test_a_save_that_failed_is_made_up_for_by_the_next() -> None:
    db = database()
    kept = KeptQueue(db, SIZE)
    before, after = canned(9, NOW, mixed).issues, canned(12, NOW, mixed).issues
    save(kept, db, before, NOW)
    kept.save(Snapshot(after), NOW + timedelta(seconds=1))
    db.rollback()
    assert KeptQueue(db).load() == (NOW, Snapshot(before, me=frozenset({"Me"})))

    save(kept, db, after, NOW + timedelta(seconds=2))
    found = KeptQueue(db).load()
    assert found is not None
    assert found[1].issues == after
    db.close()


def test_all_that_is_said_of_the_queue_is_kept_too(tmp_path: Path) -> None:
    store = Store(tmp_path / "a.db")
    snapshot = replace(
        canned(3, NOW, mixed),
        sources={Source.ZENDESK: SourceStatus(Health.STALE, NOW, "no answer", 3)},
        me=frozenset({"Me"}),
    )
    store.save_queue(snapshot, NOW)
    cached = store.load_queue()

    assert cached is not None
    assert (cached.at, cached.snapshot) == (NOW, snapshot)
    store.close()


def test_a_cached_issue_takes_little_room(tmp_path: Path) -> None:
    """What it says takes 300 bytes; three times that is ten megabytes for ten thousand."""
    import tracemalloc

    store = Store(tmp_path / "a.db")
    store.save_queue(canned(2_000, NOW, mixed), NOW)
    store.load_queue()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        cached = store.load_queue()
        held = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()

    assert cached is not None
    assert held / len(cached.snapshot.issues) < 700
    store.close()
