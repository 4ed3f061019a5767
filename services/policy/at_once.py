"""How do the promises of thousands of issues stand at one and the same moment?

Always just what `Policy.state`, `next_deadline` and `Policy.changes_at` say of each, with what does
not depend on the issue worked out once: a promise is `soon` from a moment on that is the same for
all with the same allowance. Pure.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from services.domain import ClockKind, Deadline, Kind, Promise, State
from services.errors import ConfigError

if TYPE_CHECKING:
    from services.policy.deadlines import Policy

States = tuple[State, ...]
"""How the promises of an issue stand, in their order."""

_KIND_ORDER = {kind: place for place, kind in enumerate(Kind)}
_INSTANT = timedelta(microseconds=1)
_NOTHING = timedelta(0)
_NEVER = datetime.min.replace(tzinfo=UTC)
_ALWAYS = datetime.max.replace(tzinfo=UTC)

_TURNS_BY_ITSELF = frozenset({State.RUNNING, State.SOON, State.PAUSED})
_ALONE: dict[State, States] = {state: (state,) for state in State}
"""Shared by all issues with one promise, which are most."""

# Looking a member up in its class costs as much as a comparison.
_MET, _LATE, _WAITING, _UNKNOWN = State.MET, State.LATE, State.WAITING, State.UNKNOWN
_BREACHED, _PAUSED, _SOON, _RUNNING = State.BREACHED, State.PAUSED, State.SOON, State.RUNNING
_REPAGE, _RUNS_ALWAYS = Kind.REPAGE, ClockKind.ALWAYS


class AtOnce:
    """How promises stand at one moment."""

    def __init__(self, policy: "Policy", now: datetime) -> None:
        """Work nothing out before it is asked for."""
        self._policy = policy
        self.now = now
        self._is_open: bool | None = None
        self._soon_up_to: tuple[dict[timedelta, datetime], dict[timedelta, datetime]] = ({}, {})
        """By allowance: what is due no later than this is soon. Support hours; clocks of always."""
        self._soon: dict[timedelta, timedelta] = {}
        """By allowance: with how much left a promise is soon."""
        self._turns_today: dict[timedelta, datetime] = {}
        """By allowance: what is due later than this is not soon before support closes."""
        self._together: dict[States, States] = {}
        self._next_turn: datetime | None = None

    def stand(self, promises: Sequence[Promise]) -> tuple[States, Deadline | None]:
        """How each stands, and the one to look at first; None when nothing is owed."""
        first: Promise | None = None
        first_due, first_state = _ALWAYS, _RUNNING
        states: list[State] = []
        for promise in promises:
            due, met = promise.due_at, promise.met_at
            if met is not None:
                states.append(_MET if due is None or met <= due else _LATE)
                continue
            if due is None or promise.waiting:
                states.append(_WAITING)
                continue
            state = self._state(promise, due)
            states.append(state)
            kind = promise.kind
            if kind is not _REPAGE and (
                first is None
                or due < first_due
                or (due == first_due and _KIND_ORDER[kind] < _KIND_ORDER[first.kind])
            ):
                first, first_due, first_state = promise, due, state
        if len(states) == 1:
            shared = _ALONE[states[0]]
        else:
            together = tuple(states)
            shared = self._together.setdefault(together, together)
        return shared, None if first is None else Deadline(first, first_state)

    def _support_is_open(self) -> bool:
        """The first to ask has a year's openings laid out, if nobody did before."""
        if self._is_open is None:
            self._is_open = self._policy.calendar.is_open(self.now)
        return self._is_open

    def _state(self, promise: Promise, due: datetime) -> State:
        """How a promise stands that is neither met nor waiting."""
        if not promise.known:
            return _UNKNOWN
        if self.now > due:
            return _BREACHED
        if promise.kind is _REPAGE:
            return self._policy.state(promise, self.now)
        always = promise.clock is _RUNS_ALWAYS
        if not (always or self._support_is_open()):
            return _PAUSED
        soon_up_to = self._soon_up_to[always].get(promise.allowance) or self._know(promise)
        return _SOON if due <= soon_up_to else _RUNNING

    def changes_at(self, promises: Sequence[Promise], states: States) -> datetime | None:
        """The first moment after this one at which one stands otherwise; None if none will.

        Args:
            promises: Of one issue.
            states: How they stand, as `stand` said.
        """
        first: datetime | None = None
        for promise, state in zip(promises, states, strict=True):
            if state not in _TURNS_BY_ITSELF:
                continue
            moment = self._turn(promise, state)
            if moment is not None and (first is None or moment < first):
                first = moment
        return first

    def _turn(self, promise: Promise, state: State) -> datetime | None:
        due = promise.due_at
        if due is None or promise.kind is _REPAGE:
            return self._policy.changes_at(promise, self.now)
        if promise.clock is _RUNS_ALWAYS:
            return due + _INSTANT if state is _SOON else due - self._soon_from(promise)
        turn = self._next_turn
        if turn is None:
            calendar, now = self._policy.calendar, self.now
            turn = (
                calendar.closes_next(now) if self._support_is_open() else calendar.opens_next(now)
            )
            self._next_turn = turn
        if state is not _RUNNING:
            return turn if turn <= due else due + _INSTANT
        today = self._turns_today.get(promise.allowance)
        if today is None:
            today = self._latest_with(turn - self.now + self._soon_from(promise))
            self._turns_today[promise.allowance] = today
        return turn if due > today else self._policy.changes_at(promise, self.now)

    def _know(self, promise: Promise) -> datetime:
        """Up to when it would be soon, worked out for all with the same clock and allowance."""
        soon = self._soon_from(promise)
        always = promise.clock is _RUNS_ALWAYS
        up_to = self.now + soon if always else self._latest_with(soon)
        self._soon_up_to[always][promise.allowance] = up_to
        return up_to

    def _soon_from(self, promise: Promise) -> timedelta:
        soon = self._soon.get(promise.allowance)
        if soon is None:
            soon = self._soon[promise.allowance] = self._policy.soon_from(promise)
        return soon

    def _latest_with(self, left: timedelta) -> datetime:
        """The latest moment up to which no more support time than this is left, while open."""
        if left < _NOTHING:
            return _NEVER
        calendar = self._policy.calendar
        try:
            end = calendar.due(self.now, left)
            # At a closing nothing more passes until support opens again.
            return end if calendar.is_open(end) else calendar.opens_next(end)
        except ConfigError:
            # Support is never again open for so long.
            return _ALWAYS
