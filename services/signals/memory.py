"""What has rung already, and what is to be silent? Kept on disk, shared by all dashboards.

A step is claimed before it rings: whoever's claim is first rings, also after a restart and with
two dashboards on one desk. When in doubt it is the machine that goes down between the claim and
the bell, and a step is missed that the row shows all the same; nothing rings twice.
"""

import contextlib
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from services.database import Tell, open_database, transaction
from services.signals.ladder import Rung

MIGRATIONS = (
    """
    CREATE TABLE rung (half TEXT, step TEXT, at TEXT NOT NULL, PRIMARY KEY (half, step)) STRICT;
    CREATE TABLE silence (half TEXT PRIMARY KEY, until TEXT NOT NULL) STRICT;
    """,
    "CREATE TABLE single (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;",
)
"""Append only; `PRAGMA user_version` counts how many have been applied."""

KEPT = timedelta(days=90)
"""How long a step is remembered; longer than any issue is open and rings."""

EVERYTHING = "*"
"""Stands for all issues in the list of what is silent."""

PAGES_KEPT = 128
"""Kilobytes of the file kept in memory; SQLite's own choice would be sixteen times that."""

AT_HAND = 1_000
"""Steps known to be claimed without a look into the file, at the most."""

FOR_EVER = datetime.max.replace(tzinfo=UTC, microsecond=0)
"""An issue muted by hand is silent until it is unmuted."""


class SignalMemory:
    """What has rung, and what is silent."""

    def __init__(self, path: Path | None, tell: Tell | None = None) -> None:
        """Open or make the file.

        Args:
            path: The file; None remembers until the end of the program.
            tell: Told when a file had to be set aside.

        Raises:
            StoreError: The file or its directory cannot be made or opened.
        """
        self._db = open_database(path, MIGRATIONS, tell)
        self._db.execute(f"PRAGMA cache_size = -{PAGES_KEPT}")
        self._rung: set[tuple[str, str]] = set()

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def claim(self, rungs: Iterable[Rung], now: datetime) -> tuple[Rung, ...]:
        """Those that nobody has claimed yet; from now on they are.

        Raises:
            StoreError: It cannot be kept; nothing is claimed.
        """
        wanted = [rung for rung in rungs if not self._known(rung)]
        if not wanted:
            return ()
        with transaction(self._db):
            first = [rung for rung in wanted if self._claim(rung, now)]
        if len(self._rung) > AT_HAND:
            self._rung.clear()
        self._rung |= {(half, rung.name) for rung in wanted for half in rung.halves}
        return tuple(first)

    def forget_old(self, now: datetime) -> None:
        """Drop steps of long ago.

        Raises:
            StoreError: It cannot be kept.
        """
        with transaction(self._db):
            self._db.execute("DELETE FROM rung WHERE at < ?", ((now - KEPT).isoformat(),))
            self._db.execute("DELETE FROM silence WHERE until < ?", (now.isoformat(),))

    def _known(self, rung: Rung) -> bool:
        name = rung.name
        return any((half, name) in self._rung for half in rung.halves)

    def _claim(self, rung: Rung, now: datetime) -> bool:
        name, at = rung.name, now.isoformat()
        added = [
            self._db.execute(
                "INSERT OR IGNORE INTO rung VALUES (?, ?, ?)", (half, name, at)
            ).rowcount
            for half in rung.halves
        ]
        return all(added)

    def silence(self, halves: Iterable[str], until: datetime | None) -> None:
        """Be silent about something until a moment; None ends its silence.

        Raises:
            StoreError: It cannot be kept.
        """
        with transaction(self._db):
            for half in halves:
                self._db.execute("DELETE FROM silence WHERE half = ?", (half,))
                if until is not None:
                    self._db.execute("INSERT INTO silence VALUES (?, ?)", (half, until.isoformat()))

    def silent(self, now: datetime) -> frozenset[str]:
        """The halves that are silent now; `EVERYTHING` if all are."""
        # A file that cannot be read for a moment must not keep a signal back.
        with contextlib.suppress(sqlite3.Error):
            rows = self._db.execute("SELECT half FROM silence WHERE until > ?", (now.isoformat(),))
            return frozenset(half for (half,) in rows)
        return frozenset()

    def silent_until(self, half: str) -> datetime | None:
        """Until when something is silent; None if it is not known to be."""
        query = "SELECT until FROM silence WHERE half = ?"
        with contextlib.suppress(sqlite3.Error):
            found = self._db.execute(query, (half,)).fetchone()
            return datetime.fromisoformat(found[0]) if found else None
        return None

    def leave(self, now: datetime) -> None:
        """The dashboard is left; from now on there may be news.

        Raises:
            StoreError: It cannot be kept.
        """
        with transaction(self._db):
            self._db.execute("INSERT OR REPLACE INTO single VALUES ('left', ?)", (now.isoformat(),))

    def left_at(self) -> datetime | None:
        """When a dashboard was last left; None if that is not known."""
        with contextlib.suppress(sqlite3.Error):
            found = self._db.execute("SELECT value FROM single WHERE name = 'left'").fetchone()
            return datetime.fromisoformat(found[0]) if found else None
        return None
