"""Who is on call now, who is next, when is nobody, and when am I?

A *turn* is a stretch in which a schedule is with the same people. The turns of a schedule leave no
hole: where nobody is on call there is a turn without people. Moments are aware, in UTC. Pure.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import combinations, pairwise

from msgspec import Struct

from services.domain import OnCall, Rota, Schedule, Shift


class Turn(Struct, frozen=True):
    """A stretch of a schedule, from `start`, up to but not including `end`."""

    start: datetime
    end: datetime
    shifts: tuple[Shift, ...] = ()
    """Whose it is: usually one; several where people are on call together; none in a gap."""

    @property
    def names(self) -> str:
        """Who is on call, raw; empty when nobody is."""
        return " + ".join(dict.fromkeys(shift.who for shift in self.shifts))

    @property
    def user_ids(self) -> frozenset[str]:
        """Whose turn it is."""
        return frozenset(shift.user_id for shift in self.shifts)

    @property
    def override(self) -> bool:
        """Whether somebody stands in for whoever has it by rotation."""
        return any(shift.override for shift in self.shifts)


class Standing(Struct, frozen=True):
    """How a schedule stands at one moment."""

    schedule: Schedule
    now: Turn
    """Its end is the moment at which other people, or nobody, take over."""
    next: Turn | None
    """The first turn after that with somebody in it; None if there is none as far as is known."""


class Stretch(Struct, frozen=True):
    """A stretch of time and what is wrong with it."""

    start: datetime
    end: datetime
    what: str = ""


def turns(schedule: Schedule, since: datetime, until: datetime) -> tuple[Turn, ...]:
    """The whole range, turn by turn; neighbours always differ."""
    return tuple(_in_turn(schedule, since, until))


def _in_turn(schedule: Schedule, since: datetime, until: datetime) -> Iterator[Turn]:
    """The same, only as far as somebody goes on asking."""
    if since >= until:
        return
    within = [s for s in schedule.shifts if s.start < until and s.end > since and s.start < s.end]
    edges = {since, until}
    edges |= {e for s in within for e in (s.start, s.end) if since < e < until}
    pending = sorted(
        within, key=lambda shift: (shift.start, shift.end, shift.user_id), reverse=True
    )
    active: list[Shift] = []
    held: Turn | None = None
    for start, end in pairwise(sorted(edges)):
        while pending and pending[-1].start <= start:
            active.append(pending.pop())
        active = [shift for shift in active if shift.end > start]
        turn = Turn(start, end, tuple(active))
        if held is None or _same(held, turn):
            held = turn if held is None else Turn(held.start, end, held.shifts)
        else:
            yield held
            held = turn
    if held is not None:
        yield held


def _same(one: Turn, other: Turn) -> bool:
    return one.user_ids == other.user_ids and one.override == other.override


def turn_at(found: Sequence[Turn], at: datetime) -> Turn | None:
    """The turn that a moment lies in."""
    return next((turn for turn in found if turn.start <= at < turn.end), None)


def standing(schedule: Schedule, now: datetime, until: datetime) -> Standing:
    """Who is on call at `now` and who follows, by what is known up to `until`."""
    ahead = _in_turn(schedule, now, max(until, now))
    current = next(ahead, None)
    if current is None:
        return Standing(schedule, Turn(now, now), None)
    end, following = current.end, None
    for turn in ahead:
        if turn.user_ids == current.user_ids and turn.start == end:
            end = turn.end
        elif turn.shifts:
            following = turn
            break
    began = min((s.start for s in current.shifts), default=now)
    return Standing(schedule, Turn(min(began, now), end, current.shifts), following)


def on_call(schedule: Schedule, now: datetime, until: datetime) -> OnCall:
    """The same in short, for one line."""
    stands = standing(schedule, now, until)
    who = stands.now.names or None
    then = stands.next.names if stands.next is not None else None
    # A turn that reaches to the end of what was read may well go on.
    ends = stands.now.end if who and stands.now.end < until else None
    return OnCall(schedule.name, who, ends, then)


def gaps(schedules: Iterable[Schedule], since: datetime, until: datetime) -> tuple[Stretch, ...]:
    """When nobody is on call on any of the schedules."""
    busy = sorted((shift.start, shift.end) for one in schedules for shift in one.shifts)
    found: list[Stretch] = []
    covered = since
    for start, end in [*busy, (until, until)]:
        if covered < min(start, until):
            found.append(Stretch(covered, min(start, until), "nobody is on call"))
        covered = max(covered, end)
    return tuple(found)


def overlaps(schedule: Schedule) -> tuple[Stretch, ...]:
    """Where overrides for different people lie on top of each other; the last one made counts."""
    found = []
    for one, other in combinations(schedule.overrides, 2):
        start, end = max(one.start, other.start), min(one.end, other.end)
        if start < end and one.user_id != other.user_id:
            found.append(Stretch(start, end, f"overrides for {one.who} and {other.who} overlap"))
    return tuple(found)


def is_mine(shift: Shift, rota: Rota, names: Collection[str]) -> bool:
    """Whether a shift is the operator's: by id where that is known, else by name."""
    if rota.my_id is not None:
        return shift.user_id == rota.my_id
    return shift.who.casefold() in {name.casefold() for name in names}


def my_turns(
    rota: Rota, names: Collection[str], now: datetime
) -> tuple[tuple[Schedule, Turn], ...]:
    """The turns that are mine, from the one that goes on now, by start."""
    until = rota.until or now
    found = [
        (schedule, turn)
        for schedule in rota.schedules
        if any(is_mine(shift, rota, names) for shift in schedule.shifts)
        for turn in turns(schedule, min(rota.since or now, now), max(until, now))
        if turn.end > now and any(is_mine(shift, rota, names) for shift in turn.shifts)
    ]
    return tuple(sorted(found, key=lambda pair: (pair[1].start, pair[0].id)))


def people(rota: Rota) -> tuple[tuple[str, str], ...]:
    """Everyone who takes turns anywhere, by name: id and name, raw."""
    found = dict(pair for schedule in rota.schedules for pair in schedule.people)
    for schedule in rota.schedules:
        for shift in (*schedule.shifts, *schedule.overrides):
            found.setdefault(shift.user_id, shift.who)
    return tuple(sorted(found.items(), key=lambda pair: (pair[1].casefold(), pair[0])))
