"""Is it known of every issue that was seen open when it was for the last time?"""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import seen_open
from services.errors import StoreError
from services.seen_open import EVERY, MIGRATION, SeenOpen

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HALVES = ("zd-1", "zd-2", "zd-3", "pd-P1", "pd-P2")


def database() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:")
    db.executescript(MIGRATION)
    return db


@pytest.fixture(autouse=True)
def small_steps() -> Iterator[None]:
    with mock.patch.multiple(seen_open, LOOKED_AT=2, WRITTEN=2):
        yield


def save(seen: SeenOpen, db: sqlite3.Connection, ids: list[str], at: datetime) -> None:
    for _ in seen.prepare(ids, at):
        pass
    with db:
        seen.save()
    seen.saved()


turns = st.lists(
    st.tuples(
        st.frozensets(st.sampled_from(HALVES)),
        st.integers(0, 50),
        st.sampled_from(["saved", "left", "failed", "started anew"]),
        st.integers(0, 4),
    ),
    max_size=8,
)


@given(turns)
def test_whoever_was_seen_open_is_known_to_have_been(
    turns: list[tuple[frozenset[str], int, str, int]],
) -> None:
    """Also where steps were left half way, a save failed, or rota was started anew."""
    db, at = database(), NOW
    seen, last, this_run = SeenOpen(db), dict[str, datetime](), dict[str, datetime]()
    for now_open, minutes, outcome, steps in turns:
        at += timedelta(minutes=minutes)
        ids = sorted(now_open)
        if outcome == "left":
            list(islice(seen.prepare(ids, at), steps))
            continue
        if outcome == "failed":
            list(seen.prepare(ids, at))
            seen.save()
            db.rollback()
            continue
        if outcome == "started anew":
            seen, this_run = SeenOpen(db), {}
        save(seen, db, ids, at)
        last |= dict.fromkeys(now_open, at)
        this_run |= dict.fromkeys(now_open, at)

        assert all(half in seen.since(moment) for half, moment in this_run.items())
        # The next start knows it to the hour.
        known = SeenOpen(db)
        assert all(half in known.since(moment - EVERY) for half, moment in last.items())
        assert seen.since(at + timedelta(seconds=1)) == now_open
        assert seen.since(NOW - EVERY) <= {*HALVES}
    db.close()


def test_what_stays_open_is_written_once_an_hour_and_what_comes_or_goes_at_once() -> None:
    db = database()
    seen, written = SeenOpen(db), list[str]()
    db.set_trace_callback(written.append)

    def told(ids: list[str], minutes: int) -> int:
        written.clear()
        save(seen, db, ids, NOW + timedelta(minutes=minutes))
        return sum(line.startswith("INSERT") for line in written)

    ids = [f"zd-{n}" for n in range(9)]
    assert told(ids, 0) == 9
    assert told(ids, 30) == 0
    assert told([*ids[1:], "zd-9+pd-P1"], 40) == 3
    assert told([*ids[1:], "zd-9+pd-P1"], 60) == 10
    db.close()


def test_thousands_are_written_a_few_at_a_time() -> None:
    db = database()
    seen, counts = SeenOpen(db), list[int]()
    for _ in seen.prepare([f"zd-{n}" for n in range(9)], NOW):
        counts.append(db.execute("SELECT count(*) FROM seen_open").fetchone()[0])

    assert counts == [0, 0, 0, 0, 0, 2, 4, 6, 8]
    db.close()


def test_a_disk_that_takes_nothing_is_told_of_and_loses_nothing() -> None:
    db = database()
    seen = SeenOpen(db)
    save(seen, db, ["zd-1"], NOW)
    db.execute("PRAGMA query_only = ON")
    with pytest.raises(StoreError):
        list(seen.prepare(["zd-1", "zd-2", "zd-3", "zd-4"], NOW + EVERY))
    db.execute("PRAGMA query_only = OFF")

    assert seen.since(NOW) == {"zd-1"}
    save(seen, db, ["zd-2"], NOW + EVERY)
    assert SeenOpen(db).since(NOW + EVERY) == {"zd-1", "zd-2"}
    db.close()
