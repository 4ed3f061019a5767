"""How is it put down what became of a letter? For the one that sends; each call a transaction."""

from datetime import datetime, timedelta

from services.letters import Landed, Letter, LetterState, Write
from services.outbox import rows, steps
from services.outbox.file import OutboxFile
from services.outbox.lock import Lock
from services.outbox.schema import stamped, written

KEPT = timedelta(days=2)
"""How long letters that have arrived stay listed."""

_LEFT_BEHIND = "rota stopped while this was being sent."


class Ledger:
    """The letters, as the one that sends them sees them."""

    def __init__(self, file: OutboxFile, lock: Lock) -> None:
        self._file = file
        self._lock = lock

    @property
    def shared(self) -> bool:
        """Whether other dashboards may put letters in, too."""
        return self._file.shared

    def take_lock(self) -> bool:
        """Become the one that sends, if nobody else is; whether we are now.

        Raises:
            StoreError: The lock cannot be had at all.
        """
        return self._lock.take()

    def recover(self) -> None:
        """Note what the one before left behind; for the one that has just begun to send.

        What was being sent is `unknown` from then on.
        """
        with self._file.changing() as db:
            for letter in rows.all_letters(db):
                if letter.state is LetterState.SENDING:
                    rows.change(db, letter.id, state=LetterState.UNKNOWN, reason=_LEFT_BEHIND)

    def version(self) -> int:
        """A number that changes when another process has changed the file."""
        with self._file.reading() as db:
            return int(db.execute("PRAGMA data_version").fetchone()[0])

    def letters(self) -> tuple[Letter, ...]:
        """Every letter that is kept, in the order of posting."""
        with self._file.reading() as db:
            return rows.all_letters(db)

    def take(self, letter_id: int, now: datetime) -> Letter | None:
        """Mark a queued letter as being sent, on the disk, before a byte of it leaves.

        Returns:
            The letter as it now stands; None when it has been pulled back meanwhile.
        """
        with self._file.changing() as db:
            letter = rows.letter_with(db, letter_id)
            if letter is None or letter.state is not LetterState.QUEUED:
                return None
            rows.change(
                db,
                letter_id,
                state=LetterState.SENDING,
                tries=letter.tries + 1,
                left_at=stamped(now),
                reason="",
                next_try_at=None,
            )
            return rows.letter_with(db, letter_id)

    def put_off(
        self, letter_id: int, state: LetterState, reason: str, next_try_at: datetime
    ) -> None:
        """Leave a letter `queued` (it is certain that nothing happened) or `unknown` for later."""
        with self._file.changing() as db:
            rows.change_unsent(
                db, letter_id, state=state, reason=reason, next_try_at=stamped(next_try_at)
            )

    def send_again(self, letter_id: int) -> None:
        """It has been looked for and certainly is not there: in turn, it may be sent."""
        with self._file.changing() as db:
            rows.change(
                db,
                letter_id,
                only=LetterState.UNKNOWN,
                state=LetterState.QUEUED,
                reason="",
                next_try_at=None,
            )

    def start_hold_again(self, letter_id: int, now: datetime) -> None:
        """Count anew how long a letter can be pulled back: the clock has been put right."""
        with self._file.changing() as db:
            letter = rows.letter_with(db, letter_id)
            if letter is not None:
                rows.change(
                    db,
                    letter_id,
                    queued_at=stamped(now),
                    hold_until=stamped(now + (letter.hold_until - letter.queued_at)),
                    next_try_at=None,
                )

    def settle(
        self,
        letter_id: int,
        state: LetterState,
        now: datetime,
        *,
        reason: str = "",
        theirs: str = "",
        again: Write | None = None,
    ) -> None:
        """Note that nothing more happens to a letter by itself."""
        with self._file.changing() as db:
            rows.change_unsent(
                db,
                letter_id,
                state=state,
                reason=reason,
                theirs=theirs,
                again=None if again is None else written(again),
                settled_at=stamped(now),
                next_try_at=None,
            )

    def deliver(self, letter: Letter, landed: Landed, now: datetime) -> None:
        """Note that a letter has arrived, and let those behind it go on from there.

        Letters that arrived long ago are dropped: now is when the time is surely the servers'.
        """
        with self._file.changing() as db:
            rows.change(
                db,
                letter.id,
                state=LetterState.SENT,
                reason=landed.remark,
                theirs="",
                again=None,
                settled_at=stamped(now),
                next_try_at=None,
            )
            steps.remember(db, letter.write, landed.stamp)
            for behind in rows.queued(db):
                moved = steps.moved_on(behind.write, letter.write, landed)
                if moved != behind.write:
                    rows.change(db, behind.id, write=written(moved))
            rows.drop_old(db, now - KEPT)
            steps.drop_old(db, now - KEPT)
