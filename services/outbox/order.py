"""Which letters may go now, and when may the others?

In order for everything they touch; the letters of one key press one after the other, unless a
vendor in trouble would keep the other vendor's waiting. What was refused or is in conflict holds
the rest of its own action, and nothing else. All pure.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from services.letters import Letter, LetterState, TicketUpdate

WHOLE_SECONDS = timedelta(seconds=2)
"""Zendesk's stamps have whole seconds: in the second of the stamp itself somebody else's change
would not be noticed, so nothing is sent before it is over, with room for clocks that differ."""

LONGEST_PAUSE = timedelta(minutes=75)
"""No vendor is waited for any longer: a next try further ahead was noted by a clock that has been
put right since."""


class Waiting(Struct, frozen=True):
    """A letter whose turn it is, from some moment on."""

    letter: Letter
    due: datetime
    """When it may be sent or looked for; what has passed is now."""


def in_turn(letters: Sequence[Letter], now: datetime, under_way: Collection[int]) -> list[Waiting]:
    """The letters that nothing but time keeps from going.

    Args:
        letters: All of them, in the order of posting.
        now: The servers' time.
        under_way: Ids of those that are being carried just now.
    """
    found, busy = [], set[str]()
    for letter in letters:
        if _done_with(letter) or _held_up(letter, letters):
            continue
        first = busy.isdisjoint(letter.touches)
        if first and letter.id not in under_way and _follows(letter, letters):
            found.append(Waiting(letter, _due(letter, now)))
        busy |= letter.touches
    return found


def _done_with(letter: Letter) -> bool:
    """Whether nothing is left to do by itself, or all of it is being done."""
    return letter.state.settled or letter.waits_for_person


def _held_up(letter: Letter, letters: Sequence[Letter]) -> bool:
    """Whether it waits for a person to decide about a letter before it of the same action."""
    return any(
        one.state in (LetterState.CONFLICT, LetterState.REFUSED) for one in _before(letter, letters)
    )


def _follows(letter: Letter, letters: Sequence[Letter]) -> bool:
    """Whether those before it of the same action have arrived, or cannot for now."""
    if letter.state is not LetterState.QUEUED:
        return letter.state is LetterState.UNKNOWN
    return all(
        _done_with(one) or (one.source is not letter.source and _in_trouble(one))
        for one in _before(letter, letters)
    )


def _before(letter: Letter, letters: Sequence[Letter]) -> Iterator[Letter]:
    return (one for one in letters if one.action == letter.action and one.id < letter.id)


def _in_trouble(letter: Letter) -> bool:
    return letter.next_try_at is not None


def _due(letter: Letter, now: datetime) -> datetime:
    moments = [now]
    if letter.next_try_at is not None and letter.next_try_at <= now + LONGEST_PAUSE:
        moments.append(letter.next_try_at)
    if letter.state is LetterState.QUEUED:
        # What has been on its way before can be held back no longer.
        moments.append(now if letter.tries else letter.hold_until)
        if isinstance(letter.write, TicketUpdate) and letter.write.stamp <= now:
            moments.append(letter.write.stamp + WHOLE_SECONDS)
    return max(moments)
