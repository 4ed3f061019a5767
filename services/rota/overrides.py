"""May this override be made, what would it change, and can these two turns be swapped?

Only what PagerDuty would refuse, or what changes nothing, stands in the way; all else is said and
left to the person. Moments are aware, in UTC. Pure.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct
from msgspec.structs import replace

from services.domain import Rota, Schedule
from services.letters import OverrideCreate
from services.rota.turns import Turn, turns

LONGEST = timedelta(days=90)
"""Nobody stands in for longer; more than this is a slip of the finger."""


class Cover(Struct, frozen=True):
    """Somebody is to have a piece of a schedule."""

    schedule: Schedule
    user_id: str
    who: str
    start: datetime
    end: datetime
    instead_id: str = ""
    """Who has it now, where that is one person: to whom it can be given back."""
    instead: str = ""

    @property
    def write(self) -> OverrideCreate:
        """What PagerDuty is asked for."""
        return OverrideCreate(
            schedule_id=self.schedule.id, user_id=self.user_id, start=self.start, end=self.end
        )


class Remark(Struct, frozen=True):
    """Something to know before it is sent."""

    text: str
    forbids: bool = False
    """Whether it cannot, or need not, be sent at all."""


def cover_from(cover: Cover, now: datetime) -> Cover:
    """The same, without what has passed: the past cannot be overridden."""
    coming = now.replace(second=0, microsecond=0)
    coming += timedelta(minutes=1) if coming < now else timedelta(0)
    return replace(cover, start=max(cover.start, coming))


def remarks(
    cover: Cover, rota: Rota, now: datetime, besides: Sequence[Cover] = ()
) -> tuple[Remark, ...]:
    """All that is to be said of an override; one that forbids comes alone.

    Args:
        cover: The override.
        rota: Who has what now.
        now: The servers' time.
        besides: Overrides made together with it: turns given away by them do not collide.
    """
    forbidden = _forbidden(cover, now)
    if forbidden:
        return (Remark(forbidden, forbids=True),)
    found = turns(cover.schedule, cover.start, cover.end)
    if all(turn.user_ids == {cover.user_id} for turn in found):
        return (Remark(f"{cover.who} has this time already: nothing would change.", forbids=True),)
    return tuple(_replaced(found)) + tuple(_to_know(cover, rota, besides))


def _forbidden(cover: Cover, now: datetime) -> str:
    if cover.schedule.shift_based:
        return (
            f"{cover.schedule.name} is one of PagerDuty's shift-based schedules: "
            "its overrides can only be made in PagerDuty itself."
        )
    if cover.end <= cover.start:
        return "It must end after it begins."
    if cover.end <= now:
        return "It is over already: the past cannot be changed."
    if cover.end - cover.start > LONGEST:
        return f"It is longer than {LONGEST.days} days."
    return ""


def _replaced(found: Sequence[Turn]) -> Iterator[Remark]:
    names = dict.fromkeys(turn.names for turn in found if turn.shifts)
    if names:
        yield Remark(f"takes over from {', '.join(names)}")
    if any(not turn.shifts for turn in found):
        yield Remark("fills a time that nobody has on this schedule")
    if any(turn.override for turn in found):
        yield Remark("lies on another override: the last one made counts")


def _to_know(cover: Cover, rota: Rota, besides: Sequence[Cover]) -> Iterator[Remark]:
    for schedule in rota.schedules:
        if schedule.id == cover.schedule.id:
            continue
        theirs = (
            turn
            for turn in turns(schedule, cover.start, cover.end)
            if cover.user_id in turn.user_ids
        )
        if any(not _given_away(schedule, turn, cover, besides) for turn in theirs):
            yield Remark(f"{cover.who} is on {schedule.name} at that time as well")
    if rota.until is not None and cover.end > rota.until:
        yield Remark("reaches further ahead than the schedules were read")


def _given_away(schedule: Schedule, turn: Turn, cover: Cover, besides: Sequence[Cover]) -> bool:
    return any(
        other.schedule.id == schedule.id
        and other.user_id != cover.user_id
        and other.start <= turn.start
        and turn.end <= other.end
        for other in besides
    )


def swap(
    one: tuple[Schedule, Turn], other: tuple[Schedule, Turn], rota: Rota, now: datetime
) -> tuple[Cover, Cover] | Remark:
    """The two overrides by which two people have each other's turn, or why there are none."""
    why = _no_swap(one, other, rota, now)
    if why:
        return Remark(why, forbids=True)
    first, second = one[1].shifts[0], other[1].shifts[0]
    return (
        Cover(one[0], second.user_id, second.who, one[1].start, one[1].end,
              first.user_id, first.who),
        Cover(other[0], first.user_id, first.who, other[1].start, other[1].end,
              second.user_id, second.who),
    )  # fmt: skip


def _no_swap(
    one: tuple[Schedule, Turn], other: tuple[Schedule, Turn], rota: Rota, now: datetime
) -> str:
    for schedule, turn in (one, other):
        if schedule.shift_based:
            return f"{schedule.name} is shift-based: its turns can only be swapped in PagerDuty."
        if len(turn.user_ids) != 1:
            return "Only turns of one person can be swapped."
        if turn.start <= now:
            return f"{turn.names}'s turn has begun: add an override for what is left of it."
        if rota.until is not None and turn.end >= rota.until:
            return f"{turn.names}'s turn goes on for longer than the schedules were read."
    if one[1].user_ids == other[1].user_ids:
        return f"Both turns are {one[1].names}'s."
    if one[0].id == other[0].id and one[1].start < other[1].end and other[1].start < one[1].end:
        return "These turns overlap."
    if _length(*one) != _length(*other):
        return "They are not of the same length."
    return ""


def _length(schedule: Schedule, turn: Turn) -> timedelta:
    """By the clock on the wall: a night is a night, also when the clocks are changed in it."""
    try:
        zone = ZoneInfo(schedule.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return turn.end - turn.start
    start, end = turn.start.astimezone(zone), turn.end.astimezone(zone)
    return end.replace(tzinfo=None) - start.replace(tzinfo=None)


def given_back(cover: Cover) -> Cover | None:
    """The override that undoes one: the last one made counts. None if nobody had it before."""
    if not cover.instead_id:
        return None
    return replace(
        cover,
        user_id=cover.instead_id,
        who=cover.instead,
        instead_id=cover.user_id,
        instead=cover.who,
    )
