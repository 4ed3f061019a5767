"""How do letters leave, each exactly once?

Before a byte of a letter leaves, the disk knows that it is being sent; before anything of unknown
outcome is sent again, it has been looked for. Letters to different things go side by side, those
to one thing in their order. Of several dashboards on one laptop only the one with the lock sends;
the others watch, and take over when it is gone.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from services.clock import Clock
from services.domain import Source
from services.errors import (
    Forbidden,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    ServiceError,
    StoreError,
)
from services.letters import Landed, Letter, LetterState, Overtaken, Undecided
from services.outbox.order import Waiting, in_turn
from services.outbox.outbox import Outbox
from services.outbox.patience import wait_after

GLANCE = 1.0
"""Seconds between two looks at what other dashboards have put into the file."""
DISK_WAIT = 5.0
"""Seconds before a disk in trouble is tried again."""
CLOCK_SET = timedelta(seconds=5)
"""A letter posted further ahead than this was stamped by a clock that has been put right since."""


class Carrier(Protocol):
    """What can take a letter to a vendor, and find it there."""

    async def send(self, letter: Letter) -> Landed | Overtaken:
        """Have it carried out, once."""
        ...

    async def look(self, letter: Letter) -> Landed | Undecided | None:
        """Whether it is there; None if it certainly is not."""
        ...


Told = Callable[[Letter, Landed | Overtaken], None]
"""Hears what a vendor answered, so that the screen need not wait for the next poll."""


class Delivery:
    """Sends what is in the outbox.

    Attributes:
        sends: Whether this is the dashboard that does; another one has the lock if not.
    """

    def __init__(
        self,
        outbox: Outbox,
        carriers: Callable[[], Mapping[Source, Carrier]],
        clock: Clock,
        *,
        prepare: Callable[[Source], Awaitable[object]],
        told: Told,
        chance: random.Random | None = None,
    ) -> None:
        """Make a delivery; nothing is sent before `run`.

        Args:
            outbox: What is to be sent.
            carriers: Who takes it there, asked for when `run` begins; letters to a vendor
                without one stay.
            clock: The servers' time.
            prepare: Sees to it that a source has its credentials; raises `Unauthorised`.
            told: Hears what was answered.
            chance: Where jitter comes from.
        """
        self.sends = False
        self._unreadable = ""
        self._unwritable = ""
        self._outbox = outbox
        self._ledger = outbox.ledger
        self._find_carriers = carriers
        self._carriers: Mapping[Source, Carrier] = {}
        self._clock = clock
        self._prepare = prepare
        self._told = told
        self._chance = chance or random.Random()
        self._wake = asyncio.Event()
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._failures: dict[int, int] = {}
        # On the monotonic clock: the servers' time may be put right while something waits.
        self._next_try: dict[int, float] = {}
        self._closed_until: dict[Source, float] = {}
        self._recovered = False
        self._stirred = True
        self._version = 0
        outbox.watch(self._stir)

    @property
    def trouble(self) -> str:
        """Why the file cannot be used just now; "" when it can."""
        return self._unreadable or self._unwritable

    async def run(self) -> AsyncIterator[tuple[Letter, ...]]:
        """Send, and tell all letters after each change, whoever made it; ends only if closed."""
        told: tuple[Letter, ...] | None = None
        self._recovered = False
        self._carriers = self._find_carriers()
        try:
            while True:
                letters = self._look_up(told)
                if letters != told:
                    told = letters
                    yield letters
                await self._wait(self._start(letters))
                self._reap()
        finally:
            for task in self._under_way.values():
                task.cancel()
            await asyncio.gather(*self._under_way.values(), return_exceptions=True)
            self._under_way.clear()

    def _stir(self) -> None:
        self._stirred = True
        self._wake.set()

    def _look_up(self, before: tuple[Letter, ...] | None) -> tuple[Letter, ...]:
        """All letters; read again only if somebody has changed anything."""
        self._wake.clear()
        try:
            self.sends = self._ledger.take_lock()
            if self.sends and not self._recovered:
                self._ledger.recover()
                self._recovered = True
            version = self._ledger.version()
            self._unreadable = ""
            if before is not None and not self._stirred and version == self._version:
                return before
            letters = self._ledger.letters()
        except StoreError as error:
            self._unreadable = error.headline
            return before or ()
        self._stirred, self._version = False, version
        return letters

    def _start(self, letters: tuple[Letter, ...]) -> float | None:
        """Have everything carried that may go; seconds until more may, None if only news help."""
        if self._unreadable:
            return DISK_WAIT
        if not self.sends:
            return GLANCE
        now = self._clock.now()
        waits = [GLANCE] if self._ledger.shared else []
        for waiting in in_turn(letters, now, self._under_way):
            letter = waiting.letter
            if letter.source not in self._carriers:
                continue
            due = self._due(waiting, now)
            if due > now:
                waits.append((due - now).total_seconds())
            else:
                carry = self._find if letter.state is LetterState.UNKNOWN else self._send
                self._under_way[letter.id] = asyncio.create_task(carry(letter))
        return min(waits, default=None)

    def _due(self, waiting: Waiting, now: datetime) -> datetime:
        letter = waiting.letter
        if letter.queued_at > now + CLOCK_SET and not letter.tries:
            with contextlib.suppress(StoreError):
                self._ledger.start_hold_again(letter.id, now)
            return now + (letter.hold_until - letter.queued_at)
        elapsed = self._clock.monotonic()
        due = waiting.due
        if letter.next_try_at is not None and letter.id in self._next_try:
            due = now + timedelta(seconds=self._next_try[letter.id] - elapsed)
        closed = self._closed_until.get(letter.source, elapsed) - elapsed
        return max(due, now + timedelta(seconds=closed))

    async def _wait(self, seconds: float | None) -> None:
        """Until a letter has been carried, somebody changed something, or so long."""
        alarms = {asyncio.create_task(self._woken())}
        if seconds is not None:
            alarms.add(asyncio.create_task(self._clock.sleep(seconds)))
        try:
            everything = alarms | set(self._under_way.values())
            await asyncio.wait(everything, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for alarm in alarms:
                alarm.cancel()

    async def _woken(self) -> None:
        await self._wake.wait()

    def _reap(self) -> None:
        for letter_id, task in list(self._under_way.items()):
            if task.done():
                del self._under_way[letter_id]
                task.result()

    async def _send(self, letter: Letter) -> None:
        """Send a letter that certainly is not there."""
        try:
            await self._prepare(letter.source)
            taken = self._ledger.take(letter.id, self._clock.now())
        except ServiceError as error:
            await self._put_off(letter, LetterState.QUEUED, error)
            return
        except StoreError as error:
            # What the disk does not know of must not leave.
            self._unwritable = error.headline
            await self._clock.sleep(DISK_WAIT)
            return
        self._unwritable = ""
        if taken is None:
            return
        try:
            outcome = await self._carriers[letter.source].send(taken)
        except OutcomeUnknown as error:
            await self._put_off(letter, LetterState.UNKNOWN, error)
        except (Rejected, NotFound, Forbidden) as error:
            await self._settle(letter, LetterState.REFUSED, _reason(error))
        except ServiceError as error:
            await self._put_off(letter, LetterState.QUEUED, error)
        else:
            await self._arrived(taken, outcome)

    async def _find(self, letter: Letter) -> None:
        """Look for a letter of unknown outcome; if it certainly is not there, let it be sent."""
        try:
            await self._prepare(letter.source)
            found = await self._carriers[letter.source].look(letter)
        except NotFound:
            gone = "It is not to be seen any more; whether this arrived before cannot be told."
            await self._settle(letter, LetterState.UNKNOWN, gone)
        except ServiceError as error:
            # Not having found out is not having found nothing: unknown it stays.
            await self._put_off(letter, LetterState.UNKNOWN, error)
        else:
            match found:
                case None:
                    await self._record(lambda now: self._ledger.send_again(letter.id))
                case Undecided():
                    await self._settle(letter, LetterState.UNKNOWN, found.reason)
                case _:
                    await self._arrived(letter, found)

    async def _arrived(self, letter: Letter, outcome: Landed | Overtaken) -> None:
        self._failures.pop(letter.id, None)
        if isinstance(outcome, Landed):
            await self._record(lambda now: self._ledger.deliver(letter, outcome, now))
        else:
            await self._record(
                lambda now: self._ledger.settle(
                    letter.id,
                    LetterState.CONFLICT,
                    now,
                    reason="Somebody changed it first.",
                    theirs=outcome.theirs,
                    again=outcome.again,
                )
            )
        self._told(letter, outcome)

    async def _settle(self, letter: Letter, state: LetterState, reason: str) -> None:
        self._failures.pop(letter.id, None)
        await self._record(lambda now: self._ledger.settle(letter.id, state, now, reason=reason))

    async def _put_off(self, letter: Letter, state: LetterState, error: ServiceError) -> None:
        failures = self._failures.get(letter.id, 0)
        self._failures[letter.id] = failures + 1
        wait = wait_after(error, failures, self._chance)
        self._next_try[letter.id] = self._clock.monotonic() + wait
        if isinstance(error, RateLimited):
            self._closed_until[letter.source] = self._clock.monotonic() + wait
        await self._record(
            lambda now: self._ledger.put_off(
                letter.id, state, _reason(error), now + timedelta(seconds=wait)
            )
        )

    async def _record(self, note: Callable[[datetime], None]) -> None:
        """Note what became of a letter, however long the disk refuses: it is known only here."""
        while True:
            try:
                note(self._clock.now())
            except StoreError as error:
                self._unwritable = error.headline
                await self._clock.sleep(DISK_WAIT)
            else:
                self._unwritable = ""
                return


def _reason(error: ServiceError) -> str:
    return f"{error.headline} {error.advice}".rstrip()
