"""Which draft of a form is whose? Statements that run inside a transaction of the outbox.

A form of an issue may have several drafts: another dashboard's, or one taken back while a newer
was being written. The newest is offered first. A draft is only ever written over by the one who
saw its latest state, which its version tells.
"""

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from services.letters import Draft
from services.outbox.schema import DRAFT_COLUMNS, Row, read_answers, read_draft, stamped, written


class Place(NamedTuple):
    """A draft as somebody saw it last."""

    id: int
    version: int


def all_drafts(db: sqlite3.Connection) -> tuple[Draft, ...]:
    """Every draft, the newest first."""
    return tuple(read_draft(row) for row in _rows(db))


def newest(db: sqlite3.Connection, issue: str, form: str) -> tuple[Draft, Place] | None:
    """The draft to go on with; those of an issue that has a half in common count too."""
    for row in _rows(db):
        draft = read_draft(row)
        if draft.form == form and not set(draft.issue.split("+")).isdisjoint(issue.split("+")):
            return draft, Place(draft.id, int(row[4] or 0))
    return None


def save(
    db: sqlite3.Connection,
    place: Place | None,
    issue: str,
    form: str,
    answers: Mapping[str, str],
    now: datetime,
) -> Place:
    """Write over the draft at `place`, if nobody else has meanwhile; else beside it."""
    text = written(dict(answers))
    if place is not None:
        change = "UPDATE draft SET answers = ?, saved_at = ?, version = version + 1"
        values = (text, stamped(now), *place)
        if db.execute(f"{change} WHERE id = ? AND version = ?", values).rowcount:
            return Place(place.id, place.version + 1)
    cursor = db.execute(
        "INSERT INTO draft (issue, form, saved_at, version, answers) VALUES (?, ?, ?, 1, ?)",
        (issue, form, stamped(now), text),
    )
    return Place(cursor.lastrowid or 0, 1)


def forget(db: sqlite3.Connection, place: Place | None) -> None:
    """Drop a draft, if nobody else has written into it meanwhile."""
    if place is not None:
        db.execute("DELETE FROM draft WHERE id = ? AND version = ?", place)


def answers_at(db: sqlite3.Connection, place: Place | None) -> dict[str, str]:
    """What a draft holds; nothing where it is gone or changed."""
    if place is None:
        return {}
    row = db.execute("SELECT answers FROM draft WHERE id = ? AND version = ?", place).fetchone()
    return read_answers(row[0]) if row else {}


def _rows(db: sqlite3.Connection) -> list[Row]:
    everything = f"SELECT {DRAFT_COLUMNS} FROM draft ORDER BY id DESC"  # noqa: S608 - names of ours
    return db.execute(everything).fetchall()
