"""How do drafts and letters lie on the disk?

Text is JSON, so that it can be rescued by hand with nothing but `sqlite3`. Moments are ISO 8601
in UTC.
"""

from datetime import datetime

import msgspec

from services.letters import Draft, Letter, LetterState, Write

MIGRATIONS = (
    """
    CREATE TABLE draft (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        issue TEXT NOT NULL,
        form TEXT NOT NULL,
        saved_at TEXT NOT NULL,
        version INTEGER NOT NULL,
        answers TEXT NOT NULL
    ) STRICT;
    CREATE TABLE action (
        id TEXT PRIMARY KEY,
        issue TEXT NOT NULL,
        form TEXT NOT NULL,
        label TEXT NOT NULL,
        answers TEXT NOT NULL
    ) STRICT;
    CREATE TABLE letter (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        op TEXT NOT NULL UNIQUE,
        action TEXT NOT NULL REFERENCES action,
        write TEXT NOT NULL,
        again TEXT,
        state TEXT NOT NULL,
        queued_at TEXT NOT NULL,
        hold_until TEXT NOT NULL,
        tries INTEGER NOT NULL DEFAULT 0,
        reason TEXT NOT NULL DEFAULT '',
        theirs TEXT NOT NULL DEFAULT '',
        settled_at TEXT,
        next_try_at TEXT
    ) STRICT;
    CREATE TABLE step (
        ticket INTEGER NOT NULL,
        before TEXT NOT NULL,
        after TEXT NOT NULL,
        PRIMARY KEY (ticket, before)
    ) STRICT;
    """,
    "ALTER TABLE letter ADD COLUMN left_at TEXT",
)
"""Append only; `PRAGMA user_version` counts how many have been applied."""

LETTER_COLUMNS = (
    "letter.id, op, action, issue, form, label, write, again, state, queued_at, hold_until, "
    "tries, reason, theirs, settled_at, next_try_at, left_at"
)
"""What `read_letter` takes, in its order."""

DRAFT_COLUMNS = "id, issue, form, saved_at, version, answers"
"""What `read_draft` takes, in its order; `version` counts the saves."""

Row = tuple[str | int | None, ...]


def written(value: Write | dict[str, str]) -> str:
    """A value as it is kept. Halves of surrogate pairs cannot be, and become U+FFFD."""
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(_whole(msgspec.to_builtins(value))).decode()


def stamped(moment: datetime | None) -> str | None:
    """A moment as it is kept."""
    return None if moment is None else moment.isoformat()


def read_draft(row: Row) -> Draft:
    """A draft from its row."""
    id_, issue, form, saved_at, _, answers = row
    return msgspec.convert(
        {
            "id": id_,
            "issue": issue,
            "form": form,
            "saved_at": saved_at,
            "answers": msgspec.json.decode(str(answers)),
        },
        Draft,
    )


def read_letter(row: Row) -> Letter:
    """A letter from its row."""
    (
        id_, op, action, issue, form, label, write, again, state, queued_at, hold_until,
        tries, reason, theirs, settled_at, next_try_at, left_at,
    ) = row  # fmt: skip
    return Letter(
        id=int(id_ or 0),
        op=str(op),
        action=str(action),
        issue=str(issue),
        form=str(form),
        label=str(label),
        write=read_write(str(write)),
        again=None if again is None else read_write(str(again)),
        state=LetterState(str(state)),
        queued_at=datetime.fromisoformat(str(queued_at)),
        hold_until=datetime.fromisoformat(str(hold_until)),
        tries=int(tries or 0),
        reason=str(reason),
        theirs=str(theirs),
        settled_at=_moment(settled_at),
        next_try_at=_moment(next_try_at),
        left_at=_moment(left_at),
    )


def read_write(text: str) -> Write:
    """A write as it was frozen."""
    write: Write = msgspec.json.decode(text, type=Write)
    return write


def read_answers(text: str) -> dict[str, str]:
    """The answers of a form."""
    return msgspec.json.decode(text, type=dict[str, str])


def _moment(text: str | int | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(str(text))


def _whole(value: object) -> object:
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case dict():
            return {_whole(key): _whole(one) for key, one in value.items()}
        case list() | tuple():
            return [_whole(one) for one in value]
        case _:
            return value
