"""What has been typed and not sent, and how does each letter stand?

A file of its own beside the cache, for losing this one loses somebody's words. Every method is one
transaction: when it raises `StoreError` nothing has changed, and the form keeps its text. Several
dashboards on one laptop may read, draft and post at once; only the one that holds the lock sends.
All moments are the servers' time, handed in.
"""

import os
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from services.database import Tell
from services.letters import Action, Draft, Letter, LetterState
from services.outbox import drafts, rows, steps
from services.outbox.drafts import Place
from services.outbox.file import OutboxFile
from services.outbox.ledger import Ledger
from services.outbox.lock import Lock
from services.outbox.schema import read_answers, written


class Outbox:
    """Drafts and letters on the disk, as the person at the keyboard sees them.

    Attributes:
        ledger: The same letters, for the one that sends them.
    """

    kept = "letters that have arrived"

    def __init__(self, path: Path | None, tell: Tell | None = None) -> None:
        """Take the file, which is opened when it is first needed; None keeps all in memory.

        Args:
            path: The file.
            tell: Told when a file had to be set aside.
        """
        self._file = OutboxFile(path, tell)
        self._lock = Lock(path.with_suffix(".lock") if path is not None else None)
        self.ledger = Ledger(self._file, self._lock)
        self._places: dict[tuple[str, str], Place] = {}

    def close(self) -> None:
        """Let go of the file and the lock. What was typed and posted stays."""
        self._file.close()
        self._lock.release()

    def watch(self, listener: Callable[[], None]) -> None:
        """Have `listener` called after every change of letters made through this object."""
        self._file.watch(listener)

    def save_draft(self, issue: str, form: str, answers: Mapping[str, str], now: datetime) -> None:
        """Keep what is in a form, in place of what was kept of it before.

        Survives whatever happens from the moment this returns. What another dashboard wrote into
        the same form meanwhile stays too, as a draft of its own. A form without a word in it is
        no draft: what was kept of it is forgotten.
        """
        place = self._places.get((issue, form))
        with self._file.changing(letters=False) as db:
            if any(answer.strip() for answer in answers.values()):
                place = drafts.save(db, place, issue, form, answers, now)
            else:
                drafts.forget(db, place)
                place = None
        self._hold(issue, form, place)

    def draft(self, issue: str, form: str) -> Draft | None:
        """The newest draft of a form, to go on with; older ones follow when it is gone.

        An issue that has been paired or unpaired meanwhile keeps the drafts of its halves.
        """
        with self._file.reading() as db:
            found = drafts.newest(db, issue, form)
        self._hold(issue, form, found[1] if found else None)
        return found[0] if found else None

    def drafts(self) -> tuple[Draft, ...]:
        """Every draft, the newest first."""
        with self._file.reading() as db:
            return drafts.all_drafts(db)

    def discard_draft(self, issue: str, form: str) -> None:
        """Forget the draft that is being written here, or else the newest, for good."""
        if (issue, form) not in self._places:
            self.draft(issue, form)
        with self._file.changing(letters=False) as db:
            drafts.forget(db, self._places.get((issue, form)))
        self._hold(issue, form, None)

    def post(self, action: Action, now: datetime) -> tuple[Letter, ...]:
        """Turn a draft into letters, one per write. Both happen, or neither.

        The letters survive from the moment this returns, frozen as they are, with the answers
        that they were made of.

        Raises:
            ValueError: An action that writes nothing.
        """
        return self.post_all((action,), now, action.issue)

    def post_all(self, actions: Sequence[Action], now: datetime, draft: str) -> tuple[Letter, ...]:
        """The same for what one key press decided on several issues: all of it, or nothing.

        Args:
            actions: One for each issue, all of one form.
            now: The servers' time.
            draft: Under which issue the draft is kept that they were made of.

        Raises:
            ValueError: An action that writes nothing.
        """
        if not all(action.writes for action in actions):
            raise ValueError("an action without a write")
        form = actions[0].form
        place = self._places.get((draft, form))
        letters: list[Letter] = []
        with self._file.changing() as db:
            typed = drafts.answers_at(db, place)
            for action in actions:
                id_ = _fresh_mark()
                answers = written({**typed, **action.answers})
                db.execute(
                    "INSERT INTO action VALUES (?, ?, ?, ?, ?)",
                    (id_, action.issue, form, action.label, answers),
                )
                for write in action.writes:
                    frozen = steps.caught_up(db, write)
                    rows.add(db, _fresh_mark(), id_, frozen, now, now + action.hold)
                letters += rows.of_action(db, id_)
            drafts.forget(db, place)
        self._hold(draft, form, None)
        return tuple(letters)

    def letters(self) -> tuple[Letter, ...]:
        """Every letter that is kept, in the order of posting; those sent for two days."""
        return self.ledger.letters()

    def pull_back(self, action: str, now: datetime) -> Draft | None:
        """Take an action back as long as none of it has left: a draft again, or all stays.

        Args:
            action: `Letter.action`.
            now: The servers' time.

        Returns:
            The draft, now the newest of its form (one that asked nothing is not kept); None when
            it is too late.
        """
        with self._file.changing() as db:
            letters = rows.of_action(db, action)
            if not letters or any(one.state is not LetterState.QUEUED for one in letters):
                return None
            return _given_back(db, letters, now)

    def give_back(self, letter_id: int, now: datetime) -> Draft | None:
        """Turn an action that was refused, conflicts or is in doubt into a draft again.

        What of it has arrived stays listed; what has not is withdrawn. Both happen, or neither.

        Returns:
            The draft, now the newest of its form; None when the letter waits for nobody, or
            another of its action is on its way just now.
        """
        with self._file.changing() as db:
            letters = rows.siblings(db, letter_id)
            unsent = tuple(one for one in letters if one.state is not LetterState.SENT)
            waits = any(one.id == letter_id and one.waits_for_person for one in unsent)
            if not waits or any(one.on_its_way for one in unsent):
                return None
            return _given_back(db, unsent, now)

    def retry(self, letter_id: int) -> bool:
        """Try now what waits; whether there was anything to try.

        A conflict is sent against what was there when it was found, which the person has read by
        then. One of unknown outcome is looked for first, unless looking has settled nothing: then
        it is the person who says that it has not arrived.
        """
        with self._file.changing() as db:
            letter = rows.letter_with(db, letter_id)
            if letter is None or letter.state in (LetterState.SENT, LetterState.SENDING):
                return False
            return rows.change(
                db,
                letter_id,
                state=LetterState.UNKNOWN if letter.on_its_way else LetterState.QUEUED,
                write=written(letter.again or letter.write),
                again=None,
                reason="",
                theirs="",
                settled_at=None,
                next_try_at=None,
            )

    def confirm(self, letter_id: int, now: datetime) -> bool:
        """The person has seen that a letter in doubt has arrived; whether it was in doubt."""
        with self._file.changing() as db:
            return rows.change(
                db,
                letter_id,
                only=LetterState.UNKNOWN,
                state=LetterState.SENT,
                reason="",
                settled_at=now.isoformat(),
                next_try_at=None,
            )

    def discard(self, letter_id: int) -> tuple[Letter, ...]:
        """Withdraw a letter for good, and, if it held up the rest of its action, that too.

        Returns:
            What was withdrawn; nothing when it may be arriving just now, or has arrived.
        """
        with self._file.changing() as db:
            letters = rows.siblings(db, letter_id)
            chosen = next((one for one in letters if one.id == letter_id), None)
            if chosen is None or chosen.state is LetterState.SENT or chosen.on_its_way:
                return ()
            gone = [chosen]
            if chosen.waits_for_person:
                gone += [o for o in letters if o.id > letter_id and o.state is LetterState.QUEUED]
            for one in gone:
                rows.drop(db, one)
            return tuple(gone)

    def old(self, before: datetime, open_halves: Collection[str], *, forget: bool) -> int:
        """Count, or forget, letters that arrived before a moment; only of issues not open since.

        Whatever has not arrived, and every draft, stays.

        Raises:
            StoreError: They cannot be read or forgotten; nothing has changed.
        """
        with self._file.reading() as db:
            found = rows.arrived(db, before, open_halves)
        if forget and found:
            with self._file.changing() as db:
                for letter in rows.arrived(db, before, open_halves):
                    rows.drop(db, letter)
                rows.drop_empty(db)
        return len(found)

    def _hold(self, issue: str, form: str, place: Place | None) -> None:
        """Remember which draft, and which state of it, was last seen here of a form."""
        self._places.pop((issue, form), None)
        if place is not None:
            self._places[issue, form] = place


def _fresh_mark() -> str:
    """32 hexadecimal digits that nobody else has."""
    return os.urandom(16).hex()


def _given_back(db: sqlite3.Connection, letters: tuple[Letter, ...], now: datetime) -> Draft:
    first = letters[0]
    text = db.execute("SELECT answers FROM action WHERE id = ?", (first.action,)).fetchone()[0]
    for letter in letters:
        rows.drop(db, letter)
    draft = Draft(issue=first.issue, form=first.form, saved_at=now, answers=read_answers(text))
    if not draft.answers:
        return draft
    place = drafts.save(db, None, draft.issue, draft.form, draft.answers, now)
    return msgspec.structs.replace(draft, id=place.id)
