"""How is the last queue kept on disk, when every half minute a few of its issues are others?

In parts of some hundred issues. Only parts that have changed are written again, so that a key never
waits for all the others, and what reading one takes is used again for the next.
"""

import sqlite3
from collections.abc import Container, Iterator, Sequence
from datetime import datetime
from itertools import chain, pairwise

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from services.columns import FORM, decode, encode, encoding
from services.domain import Issue, Snapshot

MIGRATION = """
    CREATE TABLE queue (first TEXT PRIMARY KEY, issues BLOB NOT NULL) STRICT;
    DELETE FROM single WHERE name = 'queue';
"""
"""Parts of the queue by the id of their first issue. In which order they follow is in `single`."""

PART = 192
"""Issues in a part, more or less; half as many again are split. Shorter ones are sooner written
again when one issue has changed; reading more of them takes longer."""


class Head(Struct, frozen=True):
    """What is known of a kept queue before its issues are read."""

    at: datetime
    """When it was taken, on the servers' clock."""
    count: int
    form: str
    snapshot: Snapshot
    """Without its issues."""
    parts: tuple[str, ...]
    """In their order."""


class Prepared(Struct, frozen=True):
    """What it takes to keep some issues."""

    issues: Sequence[Issue]
    parts: dict[str, tuple[Issue, ...]]
    before: dict[str, tuple[Issue, ...]]
    written: dict[str, bytes]
    """Those of the parts that are others than before."""


class KeptQueue:
    """The last queue, in a database."""

    def __init__(self, db: sqlite3.Connection, size: int = PART) -> None:
        """Of the queue that is in there nothing is known yet.

        Args:
            db: Brought up to date with `MIGRATION`.
            size: Issues in a part.
        """
        self._db = db
        self._size = size
        self._head = b""
        """What was read or saved last; where it is not there, another process has saved since."""
        self._parts: dict[str, tuple[Issue, ...]] = {}
        """What that stands for."""
        self._issues: Sequence[Issue] = ()
        """What the parts are made of."""
        self._prepared: Prepared | None = None

    def head(self) -> Head | None:
        """What is there; None for nothing, and for what another rota wrote otherwise.

        Raises:
            sqlite3.Error: It cannot be read.
        """
        return _read(self._written_head())

    def load(self) -> tuple[datetime, Snapshot] | None:
        """When the queue was taken, and the queue; None as with `head`.

        Raises:
            sqlite3.Error: It cannot be read.
        """
        with self._db:
            # Nobody's saving comes in between.
            self._db.execute("BEGIN")
            written = self._written_head()
            head = _read(written)
            if head is None or head.form != FORM:
                return None
            try:
                parts = {first: tuple(decode(self._part(first))) for first in head.parts}
            except (IndexError, ValueError):
                return None
        self._head, self._parts = written, parts
        # None of the pages is read again.
        self._db.execute("PRAGMA shrink_memory")
        self._issues = issues = tuple(chain.from_iterable(parts.values()))
        return head.at, replace(head.snapshot, issues=issues)

    def prepare(self, issues: Sequence[Issue], ids: Sequence[str]) -> Iterator[None]:
        """Write down what `save` will need for these issues, a part of them at each step.

        Args:
            issues: What will be saved.
            ids: Theirs, in the same order.
        """
        parts, before, written = self._parts, self._parts, dict[str, bytes]()
        if issues is not self._issues:
            parts = divided(issues, ids, self._size, before)
            yield
            for first, part in parts.items():
                if before.get(first) != part:
                    written[first] = yield from encoding(part)
                yield
        self._prepared = Prepared(issues, parts, before, written)

    def save(self, snapshot: Snapshot, at: datetime) -> None:
        """Keep this queue and no other, as part of the caller's transaction.

        Raises:
            sqlite3.Error: It cannot be written.
        """
        prepared = self._prepared_for(snapshot.issues)
        parts = prepared.parts
        rest = replace(snapshot, issues=())
        head = msgspec.msgpack.encode(Head(at, len(snapshot.issues), FORM, rest, tuple(parts)))
        known, ours = self._parts, (head, self._head)
        if not self._db.execute(
            "UPDATE single SET value = ? WHERE name = 'queue' AND value = ?", ours
        ).rowcount:
            known = {}
            self.forget()
            self._db.execute("INSERT INTO single VALUES ('queue', ?)", (head,))
        gone = [(first,) for first in known.keys() - parts.keys()]
        written = prepared.written
        if known is not prepared.before:
            written = {
                first: written.get(first) or encode(part)
                for first, part in parts.items()
                if known.get(first) != part
            }
        self._db.executemany("DELETE FROM queue WHERE first = ?", gone)
        self._db.executemany("INSERT OR REPLACE INTO queue VALUES (?, ?)", written.items())
        self._head, self._parts, self._issues = head, parts, snapshot.issues
        self._prepared = None

    def forget(self) -> None:
        """Keep none, as part of the caller's transaction.

        Raises:
            sqlite3.Error: It cannot be written.
        """
        self._db.execute("DELETE FROM single WHERE name = 'queue'")
        self._db.execute("DELETE FROM queue")

    def _written_head(self) -> bytes:
        found = self._db.execute("SELECT value FROM single WHERE name = 'queue'").fetchone()
        return bytes(found[0]) if found else b""

    def _prepared_for(self, issues: Sequence[Issue]) -> "Prepared":
        if self._prepared is None or self._prepared.issues is not issues:
            for _ in self.prepare(issues, [issue.id for issue in issues]):
                pass
        assert self._prepared is not None
        return self._prepared

    def _part(self, first: str) -> bytes:
        found = self._db.execute("SELECT issues FROM queue WHERE first = ?", (first,)).fetchone()
        if found is None:
            raise IndexError("a part is missing")
        return bytes(found[0])


def divided(
    issues: Sequence[Issue],
    ids: Sequence[str],
    size: int,
    before: Container[str] = frozenset(),
) -> dict[str, tuple[Issue, ...]]:
    """The queue in parts, by the id of the first issue of each.

    Args:
        issues: No two with the same id.
        ids: Theirs, in the same order.
        size: Issues in a part; in some there are half as many again.
        before: Where parts began before. There they begin again, however many came or went in front
            of them, so that most stay what they were.
    """
    starts = [place for place, issue_id in enumerate(ids) if issue_id in before]
    parts = {}
    for start, end in pairwise((0, *starts, len(issues))):
        number = max(1, round((end - start) / size))
        step = max(1, -(-(end - start) // number))
        for place in range(start, end, step):
            parts[ids[place]] = tuple(issues[place : min(place + step, end)])
    return parts


def _read(head: bytes) -> Head | None:
    try:
        return msgspec.msgpack.decode(head, type=Head)
    except msgspec.MsgspecError:
        return None
