"""Is a file of signals that cannot be used set aside, and the operator told, like any other?"""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.config.tables import Config, PagerDuty, Zendesk
from services.opening import signal_memory
from services.signals.memory import EVERYTHING, FOR_EVER

CONFIG = Config(
    zendesk=Zendesk(base_url="https://acme.zendesk.com"),
    pagerduty=PagerDuty(base_url="https://api.pagerduty.com"),
)
NOON = datetime(2026, 1, 14, 12, tzinfo=UTC)


def corrupt(path: Path) -> None:
    path.write_bytes(b"this is no database, and never was")


def newer(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        pytest.param(corrupt, "not a database", id="corrupt"),
        pytest.param(newer, "written by a newer rota", id="newer"),
    ],
)
def test_a_file_that_cannot_be_used_is_set_aside_and_told(
    spoil: Callable[[Path], None], why: str, tmp_path: Path
) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    said: list[str] = []
    signal_memory(CONFIG, environ, said.append).close()
    path = next((tmp_path / "rota").glob("*-signals.db"))
    assert said == []
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    spoil(path)
    spoiled = path.read_bytes()

    memory = signal_memory(CONFIG, environ, said.append)
    memory.silence([EVERYTHING], FOR_EVER)
    silent = memory.silent(NOON)
    memory.close()

    aside = path.with_suffix(".unreadable-1")
    assert len(said) == 1
    assert why in said[0]
    assert aside.name in said[0]
    assert aside.read_bytes() == spoiled
    assert EVERYTHING in silent


def test_where_no_file_can_be_had_that_is_told_and_signals_work(tmp_path: Path) -> None:
    (tmp_path / "rota").write_text("in the way", encoding="utf-8")
    said: list[str] = []
    memory = signal_memory(CONFIG, {"XDG_STATE_HOME": str(tmp_path)}, said.append)
    memory.silence([EVERYTHING], FOR_EVER)
    silent = memory.silent(NOON)
    memory.close()

    assert len(said) == 1
    assert "state of rota cannot be kept here" in said[0]
    assert EVERYTHING in silent
