"""How are letters found and changed? Statements that run inside a transaction of the outbox."""

import sqlite3
from collections.abc import Collection, Mapping
from datetime import datetime

from services.letters import Letter, LetterState, Write
from services.outbox.schema import LETTER_COLUMNS, Row, read_letter, stamped, written
from services.retention import halves

# In all statements names of columns are ours, and every value is bound.
_FROM = (
    f"SELECT {LETTER_COLUMNS} "  # noqa: S608 - names of ours
    "FROM letter JOIN action ON action.id = letter.action"
)


def all_letters(db: sqlite3.Connection) -> tuple[Letter, ...]:
    """Every letter, in the order of posting."""
    return _found(db, "")


def letter_with(db: sqlite3.Connection, id_: int) -> Letter | None:
    """One letter, if it is there."""
    return next(iter(_found(db, "WHERE letter.id = ?", id_)), None)


def of_action(db: sqlite3.Connection, action: str) -> tuple[Letter, ...]:
    """The letters of one key press."""
    return _found(db, "WHERE letter.action = ?", action)


def siblings(db: sqlite3.Connection, id_: int) -> tuple[Letter, ...]:
    """The letters of the key press that made this one, itself among them."""
    return _found(db, "WHERE letter.action = (SELECT action FROM letter WHERE id = ?)", id_)


def queued(db: sqlite3.Connection) -> tuple[Letter, ...]:
    """Those that have not left."""
    return _found(db, "WHERE state = ?", LetterState.QUEUED)


def add(
    db: sqlite3.Connection,
    op: str,
    action: str,
    write: Write,
    queued_at: datetime,
    hold_until: datetime,
) -> None:
    """A new letter, queued."""
    db.execute(
        "INSERT INTO letter (op, action, write, state, queued_at, hold_until)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (op, action, written(write), LetterState.QUEUED, stamped(queued_at), stamped(hold_until)),
    )


def change(
    db: sqlite3.Connection,
    id_: int,
    *,
    only: LetterState | None = None,
    **columns: str | int | None,
) -> bool:
    """Give columns of a letter new values; whether it was there, and in the state `only`."""
    return _set(db, id_, columns, only)


def change_unsent(db: sqlite3.Connection, id_: int, **columns: str | int | None) -> None:
    """Give columns new values, unless a person has said meanwhile that the letter has arrived."""
    letter = letter_with(db, id_)
    if letter is not None and letter.state is not LetterState.SENT:
        _set(db, id_, columns)


def drop(db: sqlite3.Connection, letter: Letter) -> None:
    """Withdraw a letter."""
    db.execute("DELETE FROM letter WHERE id = ?", (letter.id,))


def drop_old(db: sqlite3.Connection, before: datetime) -> None:
    """Drop letters that arrived before a moment, and actions that have none left."""
    db.execute(
        "DELETE FROM letter WHERE state = ? AND settled_at < ?",
        (LetterState.SENT, stamped(before)),
    )
    drop_empty(db)


def arrived(
    db: sqlite3.Connection, before: datetime, open_halves: Collection[str]
) -> tuple[Letter, ...]:
    """Letters that arrived before a moment, but for those of issues whose halves are named."""
    sent = _found(db, "WHERE state = ?", LetterState.SENT)
    return tuple(
        letter
        for letter in sent
        if letter.settled_at is not None
        and letter.settled_at < before
        and halves(letter.issue).isdisjoint(open_halves)
    )


def drop_empty(db: sqlite3.Connection) -> None:
    """Drop actions that have no letter left."""
    db.execute("DELETE FROM action WHERE id NOT IN (SELECT action FROM letter)")


def _set(
    db: sqlite3.Connection,
    id_: int,
    columns: Mapping[str, str | int | None],
    only: LetterState | None = None,
) -> bool:
    places = ", ".join(f"{name} = ?" for name in columns)
    values: list[str | int | None] = [*columns.values(), id_]
    condition = "id = ?"
    if only is not None:
        condition += " AND state = ?"
        values.append(only)
    change = f"UPDATE letter SET {places} WHERE {condition}"  # noqa: S608 - names of ours
    return db.execute(change, values).rowcount == 1


def _found(db: sqlite3.Connection, where: str, *values: str | int) -> tuple[Letter, ...]:
    rows: list[Row] = db.execute(f"{_FROM} {where} ORDER BY letter.id", values).fetchall()
    return tuple(read_letter(row) for row in rows)
