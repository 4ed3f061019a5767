"""How is a file of state opened, on a laptop where anything may have happened to it?

SQLite in WAL mode, every commit on the disk before it returns, readable by its owner only. A file
that cannot be read, or that a newer rota wrote, is set aside with a new name. What is deleted is
overwritten with zeroes, so that no customer's words are left behind in a free page.
"""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from services.errors import StoreError
from services.private import open_private, private_directory

BUSY_SECONDS = 5
"""How long one process waits for another that is writing."""


Tell = Callable[[str], None]
"""Told what the operator must know of a file, in a plain sentence."""


def open_database(
    path: Path | None, migrations: Sequence[str], tell: Tell | None = None
) -> sqlite3.Connection:
    """Open or make a file of state, brought up to date.

    Args:
        path: The file; None keeps everything in memory.
        migrations: SQL scripts, append only; `PRAGMA user_version` counts those applied.
        tell: Told when a file had to be set aside.

    Raises:
        StoreError: The file or its directory cannot be made or opened, or is not ours alone.
    """
    try:
        return _open(path, migrations, tell)
    except StoreError as error:
        what = f"{error.headline} The state of rota cannot be kept here."
        raise StoreError(what, error.advice) from None
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            f"{path}: the state of rota cannot be kept here: {error}.",
            "Make the directory writable, or set XDG_STATE_HOME.",
        ) from error


@contextlib.contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Everything inside is kept, or nothing.

    Raises:
        StoreError: It cannot be kept; nothing has changed.
    """
    try:
        with db:
            yield
    except sqlite3.Error as error:
        raise StoreError(f"The state of rota cannot be saved: {error}.") from error


def _open(path: Path | None, migrations: Sequence[str], tell: Tell | None) -> sqlite3.Connection:
    if path is None:
        return _migrated(sqlite3.connect(":memory:"), migrations)
    private_directory(path.parent)
    os.close(open_private(path))
    db = sqlite3.connect(path, timeout=BUSY_SECONDS)
    try:
        _check(db)
        return _migrated(db, migrations)
    except sqlite3.OperationalError:
        # Locked, full, read-only: the file itself may be whole.
        db.close()
        raise
    except sqlite3.DatabaseError as error:
        db.close()
        aside = _set_aside(path)
        if tell is not None:
            tell(
                f"{path} could not be used ({error}). It is kept as {aside.name}, and a new one "
                "is begun."
            )
        return _open(path, migrations, tell)


def _check(db: sqlite3.Connection) -> None:
    """A damaged page is found now, and not in the middle of the shift.

    Raises:
        sqlite3.DatabaseError: There is one.
    """
    found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise sqlite3.DatabaseError("it is damaged")


def _migrated(db: sqlite3.Connection, migrations: Sequence[str]) -> sqlite3.Connection:
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA secure_delete = ON")
    applied = db.execute("PRAGMA user_version").fetchone()[0]
    if applied > len(migrations):
        raise sqlite3.DatabaseError("written by a newer rota")
    for number, script in enumerate(migrations[applied:], start=applied + 1):
        db.executescript(f"BEGIN IMMEDIATE;{script};PRAGMA user_version = {number};COMMIT;")
    return db


def _set_aside(path: Path) -> Path:
    """Keep an unreadable file under a name of its own, with its journal."""
    number = 1
    while (aside := path.with_suffix(f".unreadable-{number}")).exists():
        number += 1
    path.rename(aside)
    for ending in ("-wal", "-shm"):
        journal = path.with_name(path.name + ending)
        if journal.exists():
            journal.rename(aside.with_name(aside.name + ending))
    return aside
