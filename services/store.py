"""What does the laptop remember between two starts?

One SQLite file per pair of accounts, readable by its owner only: the last queue (painted before
the first poll answers) and the facts that cost requests to find out.
"""

import contextlib
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from services import kept_pairs, kept_queue, seen_open
from services.database import Tell, open_database, transaction
from services.domain import Health, Issue, Snapshot
from services.incident_facts import IncidentMemory
from services.kept_pairs import KeptPairs
from services.kept_queue import KeptQueue
from services.seen_open import SeenOpen
from services.ticket_facts import TicketMemory

try:
    # As `random` does it: hashlib loads OpenSSL's for what is asked for once, of a line.
    from _sha256 import sha256  # type: ignore[import-not-found]
except ImportError:
    from hashlib import sha256

K = TypeVar("K")
T = TypeVar("T")

MIGRATIONS = (
    """
    CREATE TABLE ticket (id INTEGER PRIMARY KEY, memory BLOB NOT NULL) STRICT;
    CREATE TABLE incident (id TEXT PRIMARY KEY, memory BLOB NOT NULL) STRICT;
    CREATE TABLE pair (ticket INTEGER PRIMARY KEY, incident TEXT NOT NULL) STRICT;
    CREATE TABLE single (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
    """,
    seen_open.MIGRATION,
    kept_queue.MIGRATION,
    kept_pairs.MIGRATION,
)
"""Append only; `PRAGMA user_version` counts how many have been applied."""


class CachedQueue(Struct, frozen=True):
    """The last snapshot, and when it was taken on the servers' clock."""

    at: datetime
    snapshot: Snapshot


class Store:
    """The facts on disk. Every method is one transaction."""

    kept = "issues of the last queue"

    def __init__(self, path: Path | None, *, facts: bool = True, tell: Tell | None = None) -> None:
        """Open or make a store.

        Args:
            path: The file; None keeps everything in memory.
            facts: Whether facts of an earlier start may be used. Not for a simulator, whose
                world begins anew, with the same ids, each time it is started.
            tell: Told when a file had to be set aside, or part of it cannot be read.

        Raises:
            StoreError: The file or its directory cannot be made or opened.
        """
        self.facts = facts
        """Whether what an earlier start knew still holds."""
        self._prepared: Sequence[Issue] | None = None
        """Issues that everything is ready to be saved of."""
        self._whole_at: datetime | None = None
        """When a queue was last saved that left nothing out."""
        self._tickets: dict[int, TicketMemory] = {}
        self._incidents: dict[str, IncidentMemory] = {}
        self._tell = tell
        self._db = open_database(path, MIGRATIONS, tell)
        self._queue = KeptQueue(self._db)
        self._seen_open = SeenOpen(self._db)
        self._pairs = KeptPairs(self._db)
        if not facts:
            with self._transaction():
                for table in ("ticket", "incident", "pair"):
                    self._db.execute(f"DELETE FROM {table}")  # noqa: S608 - names of ours
                self._db.execute("DELETE FROM single WHERE name = 'watermark'")

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def load_tickets(self) -> dict[int, TicketMemory]:
        """What was known of tickets, by id."""
        rows = self._rows("SELECT id, memory FROM ticket")
        self._tickets = {i: known for i, m in rows if (known := _decoded(m, TicketMemory))}
        return dict(self._tickets)

    def save_tickets(self, memories: Mapping[int, TicketMemory | None]) -> None:
        """Keep what is known of some tickets; None is nothing. Only differences are written."""
        fresh, gone = _differences(self._tickets, memories)
        if not (fresh or gone):
            return
        with self._transaction():
            self._db.executemany("DELETE FROM ticket WHERE id = ?", [(i,) for i in gone])
            self._db.executemany(
                "INSERT OR REPLACE INTO ticket VALUES (?, ?)",
                [(i, msgspec.msgpack.encode(m)) for i, m in fresh.items()],
            )
        _take_over(self._tickets, fresh, gone)

    def load_incidents(self) -> dict[str, IncidentMemory]:
        """What was known of incidents, by id."""
        rows = self._rows("SELECT id, memory FROM incident")
        self._incidents = {i: known for i, m in rows if (known := _decoded(m, IncidentMemory))}
        return dict(self._incidents)

    def load_log_watermark(self) -> datetime | None:
        """Up to which moment the account's log has been read without a gap."""
        value = self._single("watermark")
        return _decoded(value, datetime) if value else None

    def save_incidents(
        self, memories: Mapping[str, IncidentMemory | None], watermark: datetime | None
    ) -> None:
        """Keep what is known of some incidents, None is nothing, and how far the log is read, if
        that is told: both or neither."""
        fresh, gone = _differences(self._incidents, memories)
        with self._transaction():
            self._db.executemany("DELETE FROM incident WHERE id = ?", [(i,) for i in gone])
            self._db.executemany(
                "INSERT OR REPLACE INTO incident VALUES (?, ?)",
                [(i, msgspec.msgpack.encode(m)) for i, m in fresh.items()],
            )
            if watermark is not None:
                self._put_single("watermark", msgspec.msgpack.encode(watermark))
        _take_over(self._incidents, fresh, gone)

    def load_pairs(self) -> dict[int, str]:
        """Pairs found by subject, ticket id to incident id."""
        with self._telling():
            return self._pairs.load()
        return {}

    def save_pairs(self, pairs: Mapping[int, str]) -> None:
        """Remember pairs found by subject, until a tag on the ticket says so."""
        with self._transaction():
            self._pairs.save(pairs)

    def load_queue(self) -> CachedQueue | None:
        """The last queue; None when there is none, or when an older rota wrote it otherwise."""
        with self._telling():
            kept = self._queue.load()
            return CachedQueue(*kept) if kept else None
        return None

    def prepare_queue(self, issues: Sequence[Issue], at: datetime) -> Iterator[None]:
        """Do what takes long of saving these issues, a little at each step.

        Raises:
            StoreError: The disk is full or read-only.
        """
        ids: list[str] = []
        for start in range(0, len(issues), seen_open.LOOKED_AT):
            ids += [issue.id for issue in issues[start : start + seen_open.LOOKED_AT]]
            yield
        yield from self._seen_open.prepare(ids, at)
        yield
        yield from self._queue.prepare(issues, ids)
        self._prepared = issues

    def save_queue(self, snapshot: Snapshot, at: datetime) -> None:
        """Keep the queue for the next start, and that its issues were open.

        Raises:
            StoreError: The disk is full or read-only.
        """
        if self._prepared is not snapshot.issues:
            for _ in self.prepare_queue(snapshot.issues, at):
                pass
        self._prepared = None
        with self._transaction():
            self._queue.save(snapshot, at)
            self._seen_open.save()
            self._pairs.date(at)
        self._seen_open.saved()
        if _whole(snapshot):
            self._whole_at = at

    def open_since(self, moment: datetime) -> frozenset[str]:
        """`zd-…` and `pd-…` of each issue that was seen open at a moment, or later."""
        return self._seen_open.since(moment)

    def old(self, before: datetime, open_halves: Collection[str], *, forget: bool) -> int:
        """Count, or forget, the issues of the last queue, if it is older than a moment.

        Pairs of which neither half has been open for long are forgotten with them; they are no
        texts, and not counted.

        Raises:
            StoreError: It cannot be forgotten; nothing has changed.
        """
        if forget and self._whole_at is not None:
            # Before, an issue that is open may just not have been told of: the laptop was off.
            with self._transaction():
                self._pairs.forget(min(before, self._whole_at - kept_pairs.KEPT))
        with self._telling():
            head = self._queue.head()
            if head is None or head.at >= before:
                return 0
            if forget:
                with self._transaction():
                    self._queue.forget()
            return head.count
        return 0

    def _single(self, name: str) -> bytes | None:
        rows = self._rows("SELECT value FROM single WHERE name = ?", name)
        return bytes(rows[0][0]) if rows else None

    def _put_single(self, name: str, value: bytes) -> None:
        self._db.execute("INSERT OR REPLACE INTO single VALUES (?, ?)", (name, value))

    def _rows(self, sql: str, *values: str) -> list[tuple[Any, ...]]:
        """What a table says; nothing where it cannot be read, which costs requests, not facts."""
        with self._telling():
            return self._db.execute(sql, values).fetchall()
        return []

    @contextlib.contextmanager
    def _telling(self) -> Iterator[None]:
        """What cannot be read is told of, and left out."""
        try:
            yield
        except sqlite3.Error as error:
            if self._tell is not None:
                self._tell(f"Part of what rota remembers cannot be read ({error}).")

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        with transaction(self._db):
            yield


def store_path(state_dir: Path, *accounts: str, kind: str = "") -> Path:
    """Where a file of a pair of accounts lies: each pair has its own, of each kind."""
    digest = sha256("\n".join(accounts).encode()).hexdigest()[:16]
    return state_dir / f"{digest}{kind}.db"


def _whole(snapshot: Snapshot) -> bool:
    """Whether every source in use has just told all that is open."""
    states = (snapshot.sources or {}).values()
    in_use = [status for status in states if status.state is not Health.OFF]
    return bool(in_use) and all(
        status.state is Health.OK and not status.partial and status.error is None
        for status in in_use
    )


def _differences(kept: Mapping[K, T], known: Mapping[K, T | None]) -> tuple[dict[K, T], list[K]]:
    """What is to be written, and what is to be deleted, of what is known of some."""
    fresh = {i: m for i, m in known.items() if m is not None and kept.get(i) != m}
    return fresh, [i for i, m in known.items() if m is None and i in kept]


def _take_over(kept: dict[K, T], fresh: Mapping[K, T], gone: Iterable[K]) -> None:
    """Remember what has been written and deleted."""
    kept.update(fresh)
    for i in gone:
        del kept[i]


def _decoded(value: bytes, kind: type[T]) -> T | None:
    """None where it was written otherwise, by another rota: then it is found out anew."""
    try:
        return msgspec.msgpack.decode(value, type=kind)
    except msgspec.MsgspecError:
        return None
