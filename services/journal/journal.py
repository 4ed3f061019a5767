"""What became of each promise, and what was done, for the handover and the report?

Hears what polls tell, has it judged, and keeps what comes of it (`entries`). What has been heard
is judged bit by bit, but always before anything is read. All moments are the servers' time, handed
in.
"""

import contextlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from services.database import Tell
from services.differences import Compare, differences
from services.domain import Health, Issue, Snapshot, Source, SourceStatus
from services.errors import StoreError
from services.journal.entries import Entries
from services.journal.judging import judge, settled_by_words
from services.journal.looks import Looks
from services.journal.records import Deed, Kept, anchor_of
from services.letters import Letter, LetterState
from services.policy.deadlines import Policy

FRESH = timedelta(minutes=2)
"""What is older is not judged by: an answer may have come that we have not seen."""

SEEN_EVERY = timedelta(minutes=1)
"""How often it is written down that somebody looks, when nothing changes."""

MOST_LOOKS = 500
"""Issues looked at in one go: the first look at thousands is spread over the next ones."""

_EVER = datetime(2000, 1, 1, tzinfo=UTC)
_SEEN = "seen"
"""The word that says when everything was last looked at, by any dashboard."""


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
        self._entries = Entries(path, tell)
        self._looks = Looks()
        self._policy: Policy | None = None
        self._at = _EVER
        """When what waits to be looked at was told of."""
        self._untold = False
        """Whether it is yet to be written down that everything has been looked at."""
        self._seen = _moment(self._entries.word(_SEEN))
        self._written = self._seen

    def close(self) -> None:
        """Let go of the file; what waits is looked at first."""
        self._catch_up()
        self._entries.close()

    def observe(self, snapshot: Snapshot, policy: Policy, now: datetime) -> int:
        """Note what became of promises; how many entries are new or have changed.

        Nothing is judged while a source is in trouble or old. Of thousands some wait.

        Raises:
            StoreError: It cannot be kept; it is tried again at the next look.
        """
        return self.look(MOST_LOOKS) if self.take(snapshot, policy, now) else 0

    def take(
        self,
        snapshot: Snapshot,
        policy: Policy,
        now: datetime,
        compare: Compare = differences,
    ) -> bool:
        """Hear what a poll has told, to be judged by at the next looks; whether anything is.

        Nothing is while a source is in trouble or old. Nothing is written yet, but whatever reads
        the journal has it looked at before.

        Args:
            snapshot: What it told.
            policy: What is promised.
            now: When it was.
            compare: Tells which open issues that has changed.
        """
        if not _all_fresh(snapshot.sources, now):
            return False
        self._looks.take(snapshot, now, compare)
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
        if new := tuple(deeds):
            with self._entries.together():
                self._entries.add(new)

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
        return self._entries.deeds(since, until)

    def promises(self, since: datetime, until: datetime) -> tuple[Kept, ...]:
        """Every promise that was done, or due, from one moment up to another; in that order."""
        self._catch_up()
        return self._entries.promises(since, until)

    def give_reason(self, key: str, reason: str) -> None:
        """Keep why a promise was missed or late; an empty reason takes it back.

        Raises:
            StoreError: It cannot be kept.
        """
        with self._entries.together():
            self._entries.put_reason(key, reason)

    def learn_words(self, words: Mapping[str, Sequence[datetime]], policy: Policy) -> None:
        """Judge updates anew by all that was ever said.

        Args:
            words: When somebody was told something, by anchor; each from its beginning.
            policy: For the time taken.

        Raises:
            StoreError: It cannot be kept.
        """
        self._catch_up()
        with self._entries.together():
            for anchor, moments in words.items():
                for old in self._entries.promised(anchor).values():
                    new = settled_by_words(old, moments, policy)
                    if new != old:
                        self._entries.put(new)

    def remarks(self, name: str) -> str:
        """What somebody wrote into a handover."""
        return self._entries.word(f"remarks/{name}")

    def keep_remarks(self, name: str, text: str) -> None:
        """Keep what is being written into a handover, as it is typed.

        Raises:
            StoreError: It cannot be kept.
        """
        with self._entries.together():
            self._entries.put_word(f"remarks/{name}", text)

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
            with self._entries.together():
                for record in promises:
                    self._entries.put(replace(record, subject=""))
                self._entries.rewrite(replace(deed, text="") for deed in deeds)
        return len(promises) + len(deeds)

    def _look_at(
        self, issues: Sequence[Issue], policy: Policy, now: datetime, *, whole: bool
    ) -> int:
        entries, found = self._entries, 0
        # Two dashboards that judge at once would each write over the other's findings.
        with entries.together(alone=True):
            others = _moment(entries.word(_SEEN))
            seen = max((at for at in (others, self._seen) if at is not None), default=None)
            for issue in issues:
                self._join_halves(issue)
                before = entries.promised(anchor_of(issue))
                for record in judge(issue, before, policy, now, seen):
                    entries.put(record)
                    found += 1
                found += entries.add(_acknowledgement(issue))
            if whole:
                entries.put_word(_SEEN, now.isoformat())
        return found

    def _join_halves(self, issue: Issue) -> None:
        """What was kept of an incident before its ticket was known is the ticket's now."""
        if issue.ticket is None or issue.incident is None:
            return
        for old in self._entries.promised(f"pd-{issue.incident.id}").values():
            self._entries.move(old, anchor_of(issue))


def _all_fresh(sources: Mapping[Source, SourceStatus] | None, now: datetime) -> bool:
    used = [status for status in (sources or {}).values() if status.state is not Health.OFF]
    return bool(used) and all(
        status.state is Health.OK
        and status.fetched_at is not None
        and now - status.fetched_at <= FRESH
        for status in used
    )


def _acknowledgement(issue: Issue) -> tuple[Deed, ...]:
    """That a page was taken, if it was, and by whom."""
    incident = issue.incident
    at = incident.acknowledged_first.at if incident is not None else None
    if incident is None or at is None:
        return ()
    return (
        Deed(
            key=f"acknowledged/{incident.id}",
            at=at,
            kind="acknowledged",
            anchor=anchor_of(issue),
            who=(incident.acknowledged_by or "") if incident.acknowledged_at == at else "",
            text=incident.title,
        ),
    )


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
