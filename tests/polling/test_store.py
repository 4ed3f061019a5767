"""What survives a restart, and what happens to a file that cannot be read?"""

import sqlite3
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.domain import (
    Fact,
    Health,
    Issue,
    Snapshot,
    Source,
    SourceStatus,
    Status,
    StatusChange,
    Ticket,
)
from services.errors import StoreError
from services.incident_facts import IncidentMemory
from services.store import Store
from services.ticket_facts import TicketMemory

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TICKET = TicketMemory(
    Status.OPEN,
    NOW,
    2,
    4,
    NOW,
    Fact(NOW),
    Fact(known=False, not_before=NOW),
    (StatusChange(NOW, Status.PENDING, Status.OPEN),),
    changes_known=True,
)
INCIDENT = IncidentMemory(True, NOW, NOW + timedelta(minutes=1), None)
SNAPSHOT = Snapshot(
    (Issue(Ticket(1, "Deploys hang", Status.OPEN, NOW, NOW), None),),
    {Source.ZENDESK: SourceStatus(Health.OK, NOW)},
)


def fill(path: Path) -> None:
    store = Store(path)
    store.save_tickets({1: TICKET})
    store.save_incidents({"Q1": INCIDENT}, NOW)
    store.save_pairs({1: "Q1"})
    store.save_queue(SNAPSHOT, NOW)
    store.close()


def test_everything_survives_a_restart(tmp_path: Path) -> None:
    fill(tmp_path / "a.db")
    store = Store(tmp_path / "a.db")
    cached = store.load_queue()

    assert store.load_tickets() == {1: TICKET}
    assert store.load_incidents() == {"Q1": INCIDENT}
    assert store.load_log_watermark() == NOW
    assert store.load_pairs() == {1: "Q1"}
    assert cached is not None
    assert (cached.at, cached.snapshot) == (NOW, SNAPSHOT)
    store.close()


def test_what_is_no_longer_known_is_deleted(tmp_path: Path) -> None:
    fill(tmp_path / "a.db")
    store = Store(tmp_path / "a.db")
    store.load_tickets()
    store.save_tickets({1: None, 2: TICKET})

    assert store.load_tickets() == {2: TICKET}
    store.close()


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "rota" / "a.db"
    fill(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_simulators_facts_are_forgotten_and_its_queue_is_kept(tmp_path: Path) -> None:
    fill(tmp_path / "a.db")
    store = Store(tmp_path / "a.db", facts=False)

    assert [store.load_tickets(), store.load_incidents(), store.load_pairs()] == [{}, {}, {}]
    assert store.load_log_watermark() is None
    assert store.load_queue() is not None
    store.close()


def test_a_corrupt_file_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"this is no database" * 100)
    store = Store(path)

    assert store.load_queue() is None
    assert (tmp_path / "a.unreadable-1").read_bytes().startswith(b"this is no database")
    store.close()


def test_a_file_of_a_newer_rota_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    fill(path)
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    Store(path).close()

    assert (tmp_path / "a.unreadable-1").exists()


@pytest.mark.parametrize("table", ["ticket", "incident"])
def test_a_memory_that_cannot_be_read_is_as_good_as_none(tmp_path: Path, table: str) -> None:
    fill(tmp_path / "a.db")
    db = sqlite3.connect(tmp_path / "a.db")
    with db:
        db.execute(f"UPDATE {table} SET memory = x'c1'")
    db.close()
    store = Store(tmp_path / "a.db")

    assert (store.load_tickets() if table == "ticket" else store.load_incidents()) == {}
    store.close()


def test_where_nothing_can_be_kept_the_operator_is_told(tmp_path: Path) -> None:
    (tmp_path / "rota").write_text("a file where the directory should be")

    with pytest.raises(StoreError, match="cannot be kept here"):
        Store(tmp_path / "rota" / "a.db")
