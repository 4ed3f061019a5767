"""How is the outbox's file read and changed, by several dashboards at once?

It is opened when it is first needed; a file that cannot be opened is tried again each time, so
that a disk that has been made writable again is used without a restart.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from services.database import Tell, open_database, transaction
from services.errors import StoreError
from services.outbox.schema import MIGRATIONS


class OutboxFile:
    """The file, and who wants to know of its changes."""

    def __init__(self, path: Path | None, tell: Tell | None = None) -> None:
        """Take the file's path; None keeps everything in memory. `tell` hears of one set aside."""
        self._path = path
        self._tell = tell
        self._connection: sqlite3.Connection | None = None
        self._listeners: list[Callable[[], None]] = []

    @property
    def shared(self) -> bool:
        """Whether other processes can open it, too."""
        return self._path is not None

    def close(self) -> None:
        """Let go of the file."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def watch(self, listener: Callable[[], None]) -> None:
        """Have `listener` called after every change of letters made through this object."""
        self._listeners.append(listener)

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Look without changing anything.

        Raises:
            StoreError: The file cannot be opened or read.
        """
        db = self._opened()
        try:
            yield db
        except sqlite3.Error as error:
            raise StoreError(f"The outbox cannot be read: {error}.") from error

    @contextlib.contextmanager
    def changing(self, *, letters: bool = True) -> Iterator[sqlite3.Connection]:
        """Everything inside is kept, or nothing; nobody else changes anything meanwhile.

        Args:
            letters: Whether letters change by it; drafts do at every key, and nobody waits.

        Raises:
            StoreError: It cannot be kept; nothing has changed.
        """
        db = self._opened()
        with transaction(db):
            # At once, so that what is read in here is still so when it is written.
            db.execute("BEGIN IMMEDIATE")
            yield db
        for listener in self._listeners if letters else ():
            listener()

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = open_database(self._path, MIGRATIONS, self._tell)
        return self._connection
