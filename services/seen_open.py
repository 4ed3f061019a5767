"""Which tickets and incidents were seen open, and when for the last time?

What has to do with them is kept as long as they may be asked about. Written down are those that
come or go, and once an hour all that are open, a part at a time: there may be thousands.
"""

import sqlite3
from collections.abc import Iterator, Sequence, Set
from datetime import datetime, timedelta

from msgspec import Struct

from services.database import transaction
from services.retention import halves

MIGRATION = "CREATE TABLE seen_open (half TEXT PRIMARY KEY, at REAL NOT NULL) STRICT;"

EVERY = timedelta(hours=1)
"""How often it is written down that the same issues are open."""

FORGET_AFTER = timedelta(days=3700)
"""When it is forgotten that an issue was ever open; longer than any text may be kept."""

LOOKED_AT = 1_000
"""Issues looked at in one step."""

WRITTEN = 250
"""Lines written in one step."""


class Prepared(Struct, frozen=True):
    """What it takes to have it written down what is open."""

    open: Set[str]
    all_at: datetime
    """When all that is open was written down last, this time included."""
    left: list[tuple[str, float]]
    """What is not written yet."""


class SeenOpen:
    """Them, in a database."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Nothing is known to be open. `db` has been brought up to date with `MIGRATION`."""
        self._db = db
        self._open: Set[str] = frozenset()
        self._all_at: datetime | None = None
        self._prepared: Prepared | None = None

    def prepare(self, ids: Sequence[str], at: datetime) -> Iterator[None]:
        """Write down what is open, as far as it is more than `save` should have to, in steps.

        Args:
            ids: Of all issues that are open.
            at: The moment, on the servers' clock.

        Raises:
            StoreError: It cannot be written; what was is no worse for it.
        """
        found: set[str] = set()
        for start in range(0, len(ids), LOOKED_AT):
            found |= halves(*ids[start : start + LOOKED_AT])
            yield
        seen, all_at = found ^ self._open, self._all_at
        if all_at is None or at - all_at >= EVERY:
            seen, all_at = found | self._open, at
        left = [(half, at.timestamp()) for half in seen]
        while len(left) > WRITTEN:
            with transaction(self._db):
                self._write(left[-WRITTEN:])
            del left[-WRITTEN:]
            yield
        self._prepared = Prepared(found, all_at, left)

    def save(self) -> None:
        """Write down the rest, as part of the caller's transaction; `saved` says that it held.

        Raises:
            sqlite3.Error: It cannot be written.
        """
        if (prepared := self._prepared) is None:
            return
        if prepared.all_at != self._all_at:
            long_ago = (prepared.all_at - FORGET_AFTER).timestamp()
            self._db.execute("DELETE FROM seen_open WHERE at < ?", (long_ago,))
        self._write(prepared.left)

    def saved(self) -> None:
        """What was to be saved has been."""
        if self._prepared is not None:
            self._open, self._all_at = self._prepared.open, self._prepared.all_at
            self._prepared = None

    def since(self, moment: datetime) -> frozenset[str]:
        """`zd-…` and `pd-…` of each issue that was seen open at a moment, or later.

        Raises:
            sqlite3.Error: It cannot be read.
        """
        rows = self._db.execute("SELECT half FROM seen_open WHERE at >= ?", (moment.timestamp(),))
        return frozenset(half for (half,) in rows) | self._open

    def _write(self, seen: Sequence[tuple[str, float]]) -> None:
        self._db.executemany("INSERT OR REPLACE INTO seen_open VALUES (?, ?)", seen)
