"""Who is on call when? Renders layers and overrides into shifts.

Turns and restrictions are civil time in the schedule's zone, so a shift that begins at 09:00 does
so before and after a change of the clocks. All results are in UTC.
"""

from bisect import insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from services.simulator.pagerduty.records import Layer, Restriction, Schedule, ShiftSchedule

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """Somebody is on call from `start` until `end`.

    Attributes:
        override_id: The override that put them there, if one did.
    """

    start: datetime
    end: datetime
    user_id: str
    override_id: str = ""


def layer_shifts(layer: Layer, zone: ZoneInfo, since: datetime, until: datetime) -> list[Shift]:
    """The shifts of one layer that overlap the range, whole."""
    start = layer.start.astimezone(zone).replace(tzinfo=None)
    first = since.astimezone(zone).replace(tzinfo=None) - _DAY
    last = until.astimezone(zone).replace(tzinfo=None) + _DAY
    turn = max(0, (first - start) // layer.turn - 1)
    shifts: list[Shift] = []
    while start + turn * layer.turn < last:
        begin = start + turn * layer.turn
        user_id = layer.user_ids[turn % len(layer.user_ids)]
        for opened, closed in _staffed(layer.restrictions, begin, begin + layer.turn):
            shifts.append(Shift(_utc(opened, zone), _utc(closed, zone), user_id))
        turn += 1
    return [shift for shift in shifts if shift.start < until and shift.end > since]


def _staffed(
    restrictions: Iterable[Restriction], begin: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """The parts of a turn in which a layer is staffed, in order. All times are civil."""
    rules = tuple(restrictions)
    if not rules:
        yield begin, end
        return
    windows: list[tuple[datetime, datetime]] = []
    day = begin.replace(hour=0, minute=0, second=0) - 7 * _DAY
    while day < end:
        for rule in rules:
            if rule.weekday in (None, day.isoweekday()):
                opened = datetime.combine(day, rule.start)
                low, high = max(opened, begin), min(opened + rule.duration, end)
                if low < high:
                    insort(windows, (low, high))
        day += _DAY
    yield from windows


def _utc(civil: datetime, zone: ZoneInfo) -> datetime:
    return civil.replace(tzinfo=zone).astimezone(UTC)


def side_by_side(schedule: ShiftSchedule, since: datetime, until: datetime) -> list[Shift]:
    """The shifts of all rotations that overlap the range, whole, in order."""
    zone = ZoneInfo(schedule.zone)
    return sorted(
        shift
        for rotation in schedule.rotations
        for shift in layer_shifts(rotation, zone, since, until)
    )


def override_shifts(schedule: Schedule, since: datetime, until: datetime) -> list[Shift]:
    """The overrides that overlap the range, whole, in order."""
    return sorted(
        Shift(override.start, override.end, override.user_id, override.id)
        for override in schedule.overrides
        if override.start < until and override.end > since
    )


def final_shifts(schedule: Schedule, since: datetime, until: datetime) -> list[Shift]:
    """Who is really on call in the range: whole shifts, in order, never two at once."""
    zone = ZoneInfo(schedule.zone)
    wide = since - 8 * _DAY, until + 8 * _DAY
    final: list[Shift] = []
    for layer in schedule.layers:
        for shift in layer_shifts(layer, zone, *wide):
            final = _laid_over(final, shift)
    for override in schedule.overrides:
        if override.start < wide[1] and override.end > wide[0]:
            shift = Shift(override.start, override.end, override.user_id, override.id)
            final = _laid_over(final, shift)
    joined = _joined(sorted(final))
    return [shift for shift in joined if shift.start < until and shift.end > since]


def _laid_over(below: list[Shift], top: Shift) -> list[Shift]:
    kept: list[Shift] = []
    for shift in below:
        if shift.end <= top.start or shift.start >= top.end:
            kept.append(shift)
            continue
        if shift.start < top.start:
            kept.append(Shift(shift.start, top.start, shift.user_id, shift.override_id))
        if shift.end > top.end:
            kept.append(Shift(top.end, shift.end, shift.user_id, shift.override_id))
    return [*kept, top]


def _joined(shifts: list[Shift]) -> list[Shift]:
    joined: list[Shift] = []
    for shift in shifts:
        last = joined[-1] if joined else None
        same = last is not None and (last.user_id, last.override_id) == (
            shift.user_id,
            shift.override_id,
        )
        if last is not None and same and last.end == shift.start:
            joined[-1] = Shift(last.start, shift.end, shift.user_id, shift.override_id)
        else:
            joined.append(shift)
    return joined


def on_call(schedule: Schedule, moment: datetime) -> str | None:
    """Whoever is on call at a moment: the last override, else the topmost layer."""
    for override in reversed(schedule.overrides):
        if override.start <= moment < override.end:
            return override.user_id
    zone, soon = ZoneInfo(schedule.zone), moment + timedelta(microseconds=1)
    for layer in reversed(schedule.layers):
        for shift in layer_shifts(layer, zone, moment, soon):
            return shift.user_id
    return None


def clipped(shifts: Iterable[Shift], since: datetime, until: datetime) -> list[Shift]:
    """Shifts cut off at the ends of the range."""
    return [Shift(max(s.start, since), min(s.end, until), s.user_id, s.override_id) for s in shifts]


def coverage(shifts: Iterable[Shift], since: datetime, until: datetime) -> float:
    """How much of the range is covered, in per cent, to one decimal."""
    seconds = sum((s.end - s.start).total_seconds() for s in clipped(shifts, since, until))
    return round(100 * seconds / (until - since).total_seconds(), 1)
