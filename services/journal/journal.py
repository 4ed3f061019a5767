"""What is kept of promises and acts, on the disk, for the handover and the report?

A file of its own beside the cache: what it holds cannot be read anew from the vendors. Several
dashboards may write to it at once, for each entry has a natural key. All moments are the servers'
time, handed in.
"""

import contextlib
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec

from services.database import Tell, open_database, transaction
from services.domain import Health, Issue, Snapshot, Source, SourceStatus
from services.errors import StoreError
from services.journal.judging import judge, settled_by_words
from services.journal.looks import Looks
from services.journal.records import Deed, Kept, Outcome, Record, anchor_of
from services.letters import Letter, LetterState
from services.policy.deadlines import Policy

MIGRATIONS = (
    """
    CREATE TABLE promise (
        key TEXT PRIMARY KEY, anchor TEXT NOT NULL, decided_at REAL NOT NULL,
        reason TEXT NOT NULL DEFAULT '', record BLOB NOT NULL
    ) STRICT;
    CREATE INDEX promise_anchor ON promise (anchor);
    CREATE INDEX promise_decided ON promise (decided_at);
    CREATE TABLE deed (key TEXT PRIMARY KEY, at REAL NOT NULL, deed BLOB NOT NULL) STRICT;
    CREATE INDEX deed_at ON deed (at);
    CREATE TABLE word (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    """,
)
"""Append only; `PRAGMA user_version` counts how many have been applied."""

FRESH = timedelta(minutes=2)
"""What is older is not judged by: an answer may have come that we have not seen."""

SEEN_EVERY = timedelta(minutes=1)
"""How often it is written down that somebody looks, when nothing changes."""

T = TypeVar("T")

MOST_LOOKS = 500
"""Issues looked at in one go: the first look at thousands is spread over the next ones."""

PAGES_KEPT = 256
"""Kilobytes of the file kept in memory; SQLite's own choice would be eight times that."""

_EVER = datetime(2000, 1, 1, tzinfo=UTC)
_LONGEST = 20_000
"""Characters of remarks or of a reason."""


class Journal:
    """Promises and acts on the disk. Every method is one transaction."""

    def __init__(self, path: Path | None, tell: Tell | None = None) -> None:
        """Open or make a journal.

        Args:
            path: The file; None keeps everything in memory.
            tell: Told when a file had to be set aside.

        Raises:
            StoreError: The file or its directory cannot be made or opened.
        """
        self._db = open_database(path, MIGRATIONS, tell)
        self._db.execute(f"PRAGMA cache_size = -{PAGES_KEPT}")
        self._looks = Looks()
        self._policy: Policy | None = None
        self._at = _EVER
        """When what waits to be looked at was told of."""
        self._untold = False
        """Whether it is yet to be written down that everything has been looked at."""
        self._seen = _moment(self._word("seen"))
        self._written = self._seen

    def close(self) -> None:
        """Let go of the file; what waits is looked at first."""
        self._catch_up()
        self._db.close()

    def observe(self, snapshot: Snapshot, policy: Policy, now: datetime) -> int:
        """Note what became of promises; how many entries are new or have changed.

        Nothing is judged while a source is in trouble or old. Of thousands some wait.

        Raises:
            StoreError: It cannot be kept; it is tried again at the next look.
        """
        return self.look(MOST_LOOKS) if self.take(snapshot, policy, now) else 0

    def take(self, snapshot: Snapshot, policy: Policy, now: datetime) -> bool:
        """Hear what a poll has told, to be judged by at the next looks; whether anything is.

        Nothing is while a source is in trouble or old. Nothing is written yet, but whatever reads
        the journal has it looked at before.
        """
        if not _all_fresh(snapshot.sources, now):
            return False
        self._looks.take(snapshot, now)
        self._policy, self._at = policy, now
        stale = self._written is None or now - self._written >= SEEN_EVERY
        self._untold = self._untold or stale or bool(self._looks)
        if not self._untold:
            self._seen = now
        return self._untold

    @property
    def waits(self) -> bool:
        """Whether there is something to look at."""
        return self._untold

    def look(self, most: int) -> int:
        """Judge so many of the issues that wait; how many entries are new or have changed.

        Raises:
            StoreError: It cannot be kept; it is tried again at the next look.
        """
        if not self._untold or self._policy is None:
            return 0
        issues = self._looks.first(most)
        whole = len(issues) == len(self._looks)
        found = self._look_at(issues, self._policy, self._at, whole=whole)
        self._looks.looked_at(issues, self._at)
        self._written = self._at
        if whole:
            self._seen, self._untold = self._at, False
        return found

    def _catch_up(self) -> None:
        """Look before the journal is read; where that cannot be kept, it is tried again later."""
        with contextlib.suppress(StoreError):
            self.look(MOST_LOOKS)

    def note(self, deeds: Iterable[Deed]) -> None:
        """Keep what was done; what is kept already stays as it is.

        Raises:
            StoreError: It cannot be kept.
        """
        rows = [(deed.key, deed.at.timestamp(), msgspec.msgpack.encode(deed)) for deed in deeds]
        if rows:
            with transaction(self._db):
                self._db.executemany("INSERT OR IGNORE INTO deed VALUES (?, ?, ?)", rows)

    def note_letters(self, letters: Iterable[Letter]) -> None:
        """Keep which letters have arrived, before the outbox forgets them.

        Raises:
            StoreError: It cannot be kept.
        """
        self.note(
            Deed(
                key=f"sent/{letter.op}",
                at=letter.settled_at,
                kind="sent",
                anchor=letter.issue,
                who="",
                text=letter.label,
            )
            for letter in letters
            if letter.state is LetterState.SENT and letter.settled_at is not None
        )

    def deeds(self, since: datetime, until: datetime) -> tuple[Deed, ...]:
        """What was done from one moment up to another, oldest first."""
        self._catch_up()
        rows = self._read(
            "SELECT deed FROM deed WHERE at >= ? AND at <= ? ORDER BY at, key",
            since.timestamp(), until.timestamp(),
        )  # fmt: skip
        return tuple(deed for (blob,) in rows if (deed := _decoded(blob, Deed)) is not None)

    def promises(self, since: datetime, until: datetime) -> tuple[Kept, ...]:
        """Every promise that was done, or due, from one moment up to another; in that order."""
        self._catch_up()
        rows = self._read(
            "SELECT record, reason FROM promise WHERE decided_at >= ? AND decided_at <= ?"
            " ORDER BY decided_at, key",
            since.timestamp(), until.timestamp(),
        )  # fmt: skip
        return tuple(
            Kept(record, str(reason))
            for blob, reason in rows
            if (record := _decoded(blob, Record)) is not None
        )

    def give_reason(self, key: str, reason: str) -> None:
        """Keep why a promise was missed or late; an empty reason takes it back.

        Raises:
            StoreError: It cannot be kept.
        """
        with transaction(self._db):
            self._db.execute(
                "UPDATE promise SET reason = ? WHERE key = ?", (reason.strip()[:_LONGEST], key)
            )

    def learn_words(self, words: Mapping[str, Sequence[datetime]], policy: Policy) -> None:
        """Judge updates anew by all that was ever said.

        Args:
            words: When somebody was told something, by anchor; each from its beginning.
            policy: For the time taken.

        Raises:
            StoreError: It cannot be kept.
        """
        self._catch_up()
        with transaction(self._db):
            for anchor, moments in words.items():
                for old in self._of_anchor(anchor).values():
                    new = settled_by_words(old, moments, policy)
                    if new != old:
                        self._put(new)

    def remarks(self, name: str) -> str:
        """What somebody wrote into a handover."""
        return self._word(f"remarks/{name}")

    def keep_remarks(self, name: str, text: str) -> None:
        """Keep what is being written into a handover, as it is typed.

        Raises:
            StoreError: It cannot be kept.
        """
        with transaction(self._db):
            self._put_word(f"remarks/{name}", text[:_LONGEST])

    @property
    def kept(self) -> str:
        """What of customers' words is in it."""
        return "subjects in the journal"

    def old(self, before: datetime, open_halves: Collection[str], *, forget: bool) -> int:
        """Count, or forget, the subjects of what was decided before a moment; the counts stay.

        Raises:
            StoreError: They cannot be read or forgotten; nothing has changed.
        """
        promises = [
            record
            for kept in self.promises(_EVER, before)
            if (record := kept.record).subject and record.anchor not in open_halves
        ]
        deeds = [
            deed
            for deed in self.deeds(_EVER, before)
            if deed.text and not (set(deed.anchor.split("+")) & set(open_halves))
        ]
        if forget and (promises or deeds):
            with transaction(self._db):
                for record in promises:
                    self._put(msgspec.structs.replace(record, subject=""))
                self._db.executemany(
                    "UPDATE deed SET deed = ? WHERE key = ?",
                    [
                        (msgspec.msgpack.encode(msgspec.structs.replace(d, text="")), d.key)
                        for d in deeds
                    ],
                )
        return len(promises) + len(deeds)

    def _look_at(
        self, issues: Sequence[Issue], policy: Policy, now: datetime, *, whole: bool
    ) -> int:
        found = 0
        with transaction(self._db):
            # Two dashboards that judge at once would each write over the other's findings.
            self._db.execute("BEGIN IMMEDIATE")
            others = _moment(self._word("seen"))
            seen = max((at for at in (others, self._seen) if at is not None), default=None)
            for issue in issues:
                self._join_halves(issue)
                before = self._of_anchor(anchor_of(issue))
                for record in judge(issue, before, policy, now, seen):
                    self._put(record)
                    found += 1
                found += self._note_acknowledgement(issue)
            if whole:
                self._put_word("seen", now.isoformat())
        return found

    def _join_halves(self, issue: Issue) -> None:
        """What was kept of an incident before its ticket was known is the ticket's now."""
        if issue.ticket is None or issue.incident is None:
            return
        of_incident = self._of_anchor(f"pd-{issue.incident.id}")
        anchor = anchor_of(issue)
        for old in of_incident.values():
            key = anchor + old.key.removeprefix(old.anchor)
            moved = msgspec.structs.replace(old, key=key, anchor=anchor)
            self._db.execute(
                "UPDATE OR IGNORE promise SET key = ?, anchor = ?, record = ? WHERE key = ?",
                (key, anchor, msgspec.msgpack.encode(moved), old.key),
            )
            self._db.execute("DELETE FROM promise WHERE key = ?", (old.key,))

    def _note_acknowledgement(self, issue: Issue) -> int:
        incident = issue.incident
        at = incident.acknowledged_first.at if incident is not None else None
        if incident is None or at is None:
            return 0
        deed = Deed(
            key=f"acknowledged/{incident.id}",
            at=at,
            kind="acknowledged",
            anchor=anchor_of(issue),
            who=(incident.acknowledged_by or "") if incident.acknowledged_at == at else "",
            text=incident.title,
        )
        row = (deed.key, at.timestamp(), msgspec.msgpack.encode(deed))
        return self._db.execute("INSERT OR IGNORE INTO deed VALUES (?, ?, ?)", row).rowcount

    def _of_anchor(self, anchor: str) -> dict[str, Record]:
        rows = self._read("SELECT record FROM promise WHERE anchor = ?", anchor)
        records = (_decoded(blob, Record) for (blob,) in rows)
        return {record.key: record for record in records if record is not None}

    def _put(self, record: Record) -> None:
        self._db.execute(
            "INSERT INTO promise (key, anchor, decided_at, record) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (key) DO UPDATE"
            " SET decided_at = excluded.decided_at, record = excluded.record",
            (
                record.key,
                record.anchor,
                record.decided_at.timestamp(),
                msgspec.msgpack.encode(record),
            ),
        )

    def _word(self, name: str) -> str:
        row = next(iter(self._read("SELECT value FROM word WHERE name = ?", name)), None)
        return str(row[0]) if row else ""

    def _put_word(self, name: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO word VALUES (?, ?)", (name, value))

    def _read(self, sql: str, *values: object) -> list[tuple[bytes, ...]]:
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"The journal of rota cannot be read: {error}.") from error


def counted(kept: Iterable[Kept]) -> tuple[Kept, ...]:
    """Those that say something: kept, late, missed, or not to be told."""
    said = (Outcome.MET, Outcome.LATE, Outcome.MISSED, Outcome.UNKNOWN)
    return tuple(one for one in kept if one.record.outcome in said)


def _all_fresh(sources: Mapping[Source, SourceStatus] | None, now: datetime) -> bool:
    used = [status for status in (sources or {}).values() if status.state is not Health.OFF]
    return bool(used) and all(
        status.state is Health.OK
        and status.fetched_at is not None
        and now - status.fetched_at <= FRESH
        for status in used
    )


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def _decoded(value: bytes, kind: type[T]) -> T | None:
    """None where another rota wrote it otherwise."""
    try:
        return msgspec.msgpack.decode(value, type=kind)
    except msgspec.MsgspecError:
        return None
