"""What has been entered in the journal, as it lies on the disk?

Keeps and finds; judges nothing. What belongs together is written inside one `together`. A file of
its own beside the cache: what it holds cannot be read anew from the vendors. Several dashboards may
write to it at once, for each entry has a natural key.
"""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from services.database import Tell, open_database, transaction
from services.errors import StoreError
from services.journal.records import Deed, Kept, Record

MIGRATIONS = (
    """
    CREATE TABLE promise (
        key TEXT PRIMARY KEY, anchor TEXT NOT NULL, decided_at REAL NOT NULL,
        reason TEXT NOT NULL DEFAULT '', record BLOB NOT NULL
    ) STRICT;
    CREATE INDEX promise_anchor ON promise (anchor);
    CREATE INDEX promise_decided ON promise (decided_at);
    CREATE TABLE deed (key TEXT PRIMARY KEY, at REAL NOT NULL, deed BLOB NOT NULL) STRICT;
    CREATE INDEX deed_at ON deed (at);
    CREATE TABLE word (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    """,
)
"""Append only; `PRAGMA user_version` counts how many have been applied."""

T = TypeVar("T")

PAGES_KEPT = 256
"""Kilobytes of the file kept in memory; SQLite's own choice would be eight times that."""

_LONGEST = 20_000
"""Characters of a word or of a reason."""


class Entries:
    """Promises, deeds and single words in one file."""

    def __init__(self, path: Path | None, tell: Tell | None = None) -> None:
        """Open or make the file.

        Args:
            path: The file; None keeps everything in memory.
            tell: Told when a file had to be set aside.

        Raises:
            StoreError: The file or its directory cannot be made or opened.
        """
        self._db = open_database(path, MIGRATIONS, tell)
        self._db.execute(f"PRAGMA cache_size = -{PAGES_KEPT}")

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @contextlib.contextmanager
    def together(self, *, alone: bool = False) -> Iterator[None]:
        """All that is written inside is kept, or nothing of it.

        Args:
            alone: Whether others are kept from writing meanwhile, so that what is read inside
                still stands when it is written by.

        Raises:
            StoreError: It cannot be kept; nothing has changed.
        """
        with transaction(self._db):
            if alone:
                self._db.execute("BEGIN IMMEDIATE")
            yield

    def promises(self, since: datetime, until: datetime) -> tuple[Kept, ...]:
        """Every promise that was done, or due, from one moment up to another; in that order."""
        rows = self._read(
            "SELECT record, reason FROM promise WHERE decided_at >= ? AND decided_at <= ?"
            " ORDER BY decided_at, key",
            since.timestamp(), until.timestamp(),
        )  # fmt: skip
        return tuple(
            Kept(record, str(reason))
            for blob, reason in rows
            if (record := _decoded(blob, Record)) is not None
        )

    def promised(self, anchor: str) -> dict[str, Record]:
        """What is kept of an issue's promises, by key."""
        rows = self._read("SELECT record FROM promise WHERE anchor = ?", anchor)
        records = (_decoded(blob, Record) for (blob,) in rows)
        return {record.key: record for record in records if record is not None}

    def put(self, record: Record) -> None:
        """Enter a promise, or how it stands now; what somebody said of it stays."""
        self._db.execute(
            "INSERT INTO promise (key, anchor, decided_at, record) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (key) DO UPDATE"
            " SET decided_at = excluded.decided_at, record = excluded.record",
            (
                record.key,
                record.anchor,
                record.decided_at.timestamp(),
                msgspec.msgpack.encode(record),
            ),
        )

    def move(self, old: Record, anchor: str) -> None:
        """Have a promise be another anchor's; one that is there already stays instead."""
        key = anchor + old.key.removeprefix(old.anchor)
        moved = msgspec.structs.replace(old, key=key, anchor=anchor)
        self._db.execute(
            "UPDATE OR IGNORE promise SET key = ?, anchor = ?, record = ? WHERE key = ?",
            (key, anchor, msgspec.msgpack.encode(moved), old.key),
        )
        self._db.execute("DELETE FROM promise WHERE key = ?", (old.key,))

    def put_reason(self, key: str, reason: str) -> None:
        """Enter what somebody says of a promise."""
        self._db.execute(
            "UPDATE promise SET reason = ? WHERE key = ?", (reason.strip()[:_LONGEST], key)
        )

    def deeds(self, since: datetime, until: datetime) -> tuple[Deed, ...]:
        """What was done from one moment up to another, oldest first."""
        rows = self._read(
            "SELECT deed FROM deed WHERE at >= ? AND at <= ? ORDER BY at, key",
            since.timestamp(), until.timestamp(),
        )  # fmt: skip
        return tuple(deed for (blob,) in rows if (deed := _decoded(blob, Deed)) is not None)

    def add(self, deeds: Iterable[Deed]) -> int:
        """Enter what was done; what is there already stays as it is. How many are new."""
        rows = [(deed.key, deed.at.timestamp(), msgspec.msgpack.encode(deed)) for deed in deeds]
        if not rows:
            return 0
        return self._db.executemany("INSERT OR IGNORE INTO deed VALUES (?, ?, ?)", rows).rowcount

    def rewrite(self, deeds: Iterable[Deed]) -> None:
        """Have deeds read otherwise than they were entered."""
        rows = [(msgspec.msgpack.encode(deed), deed.key) for deed in deeds]
        self._db.executemany("UPDATE deed SET deed = ? WHERE key = ?", rows)

    def word(self, name: str) -> str:
        """A single word kept under a name; empty if there is none."""
        row = next(iter(self._read("SELECT value FROM word WHERE name = ?", name)), None)
        return str(row[0]) if row else ""

    def put_word(self, name: str, value: str) -> None:
        """Keep a single word under a name."""
        self._db.execute("INSERT OR REPLACE INTO word VALUES (?, ?)", (name, value[:_LONGEST]))

    def _read(self, sql: str, *values: object) -> list[tuple[bytes, ...]]:
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"The journal of rota cannot be read: {error}.") from error


def _decoded(value: bytes, kind: type[T]) -> T | None:
    """None where another rota wrote it otherwise."""
    try:
        return msgspec.msgpack.decode(value, type=kind)
    except msgspec.MsgspecError:
        return None
