"""Which pairs found by subject are known at the next start, and for how long?

Until a tag on the ticket says so, they are known here and nowhere else. A pair whose halves have
both been gone for long is forgotten: by then no promise rests on it any more. Ids, and no words.
"""

import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta

MIGRATION = "ALTER TABLE pair ADD COLUMN since REAL;"
"""Since when it is known, in seconds of the epoch; none until that is told."""

KEPT = timedelta(days=400)
"""How long a pair stays after either half was last seen open: far longer than Zendesk lets a solved
ticket be opened again, so that one that comes back has its incident."""


class KeptPairs:
    """The pairs in the file."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Take the file, with its tables."""
        self._db = db
        self._dated = False

    def load(self) -> dict[int, str]:
        """Ticket id to incident id."""
        return dict(self._db.execute("SELECT ticket, incident FROM pair").fetchall())

    def save(self, pairs: Mapping[int, str]) -> None:
        """Know these too; one with another incident than before is a new one."""
        self._db.executemany(
            "INSERT INTO pair (ticket, incident) VALUES (?, ?) ON CONFLICT (ticket) DO UPDATE "
            "SET incident = excluded.incident, since = NULL WHERE incident <> excluded.incident",
            pairs.items(),
        )
        self._dated = False

    def date(self, now: datetime) -> None:
        """Those that are new are known since now."""
        if not self._dated:
            self._db.execute("UPDATE pair SET since = ? WHERE since IS NULL", (now.timestamp(),))
            self._dated = True

    def forget(self, before: datetime) -> None:
        """Forget those that were known, and whose halves were both last seen open, before then."""
        long_ago = before.timestamp()
        self._db.execute(
            "DELETE FROM pair WHERE since < ? AND NOT EXISTS (SELECT 1 FROM seen_open "
            "WHERE at >= ? AND half IN ('zd-' || ticket, 'pd-' || incident))",
            (long_ago, long_ago),
        )
