"""How did the overrides that were sent fare, and what of a swap is left to put right?

Pure: told the letters. Text of the vendors is raw.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from services.letters import Letter, LetterState, OverrideCreate

ROTA = "rota"
"""What letters concern that change schedules and no issue."""

OVERRIDE, SWAP, PUT_BACK = "override", "swap", "put_back"
"""The forms that make overrides."""

FRESH = timedelta(minutes=10)
"""How long what went well is still told."""


class Outcome(Struct, frozen=True):
    """How one action on the rota stands."""

    action: str
    label: str
    state: LetterState
    """Of the part that fared worst."""
    reason: str
    half: bool
    """Whether a part of it has arrived and another never will by itself."""
    back: tuple[OverrideCreate, ...] = ()
    """The overrides that give back what has arrived of a swap that was half refused."""


_WORST = (
    LetterState.REFUSED,
    LetterState.CONFLICT,
    LetterState.UNKNOWN,
    LetterState.SENDING,
    LetterState.QUEUED,
    LetterState.SENT,
)


def latest_outcome(letters: Iterable[Letter], now: datetime) -> Outcome | None:
    """The latest action on the rota, as long as there is something to say of it."""
    ours = [letter for letter in letters if letter.form in (OVERRIDE, SWAP, PUT_BACK)]
    if not ours:
        return None
    last = ours[-1].action
    found = _outcome([letter for letter in ours if letter.action == last])
    settled = max(
        (one.settled_at for one in ours if one.action == last and one.settled_at), default=None
    )
    old = settled is not None and now - settled > FRESH
    return None if found.state is LetterState.SENT and old else found


def _outcome(letters: Sequence[Letter]) -> Outcome:
    worst = min(letters, key=lambda letter: _WORST.index(letter.state))
    sent = [letter for letter in letters if letter.state is LetterState.SENT]
    failed = worst.state in (LetterState.REFUSED, LetterState.CONFLICT)
    half = failed and bool(sent)
    back: tuple[OverrideCreate, ...] = ()
    if half and worst.form == SWAP and len(letters) == 2:
        back = _given_back(sent[0].write, worst.write)
    return Outcome(worst.action, worst.label, worst.state, worst.reason, half, back)


def _given_back(arrived: object, refused: object) -> tuple[OverrideCreate, ...]:
    """Of a swap each half names whom the other half was taken from."""
    if not isinstance(arrived, OverrideCreate) or not isinstance(refused, OverrideCreate):
        return ()
    return (
        OverrideCreate(
            schedule_id=arrived.schedule_id,
            user_id=refused.user_id,
            start=arrived.start,
            end=arrived.end,
        ),
    )
