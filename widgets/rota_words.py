"""How are schedules, turns and what is wrong with them said? Pure words, safe to paint."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.domain import Rota, Schedule
from services.letters import LetterState
from services.plain import plain
from services.policy.calendar import SupportCalendar
from services.policy.spoken import day_words, duration_words
from services.rota.days import Shade, days
from services.rota.sent import Outcome
from services.rota.turns import Standing, Turn, gaps, is_mine, my_turns, overlaps
from widgets.fitting import fit

NOBODY = "nobody"

_NEAR = timedelta(days=6)


def when(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """A moment ahead, in as few words as are clear.

    >>> from datetime import UTC
    >>> noon, london = datetime(2026, 12, 24, 12, tzinfo=UTC), ZoneInfo("Europe/London")
    >>> [when(noon + timedelta(days=days), noon, london) for days in (0, 2, 9)]
    ['12:00', 'Sat 12:00', 'Sat 2 Jan 12:00']
    """
    local = at.astimezone(zone)
    if local.date() == now.astimezone(zone).date():
        return f"{local:%H:%M}"
    if timedelta(0) <= at - now < _NEAR:
        return f"{day_words(local)[:3]} {local:%H:%M}"
    return f"{day_words(local)} {local:%H:%M}"


def title(rota: Rota, now: datetime, zone: ZoneInfo, length: int, *, asked: bool) -> str:
    """What is drawn below: from when on, for how long, and of how many schedules.

    Args:
        rota: What is known.
        now: Where it begins.
        zone: In which it is drawn.
        length: How many days of it.
        asked: Whether PagerDuty is used, so that an empty rota is only not read yet.
    """
    words = f" ROTA {day_words(now.astimezone(zone))}, {length} days, times of {zone.key}"
    if rota.until is None and asked:
        return f"{words} · asking PagerDuty…"
    return f"{words} · {len(rota.schedules)} schedules" if len(rota.schedules) > 1 else words


def fate(outcome: Outcome | None) -> str:
    """How what was sent last fares; what is left to do is said."""
    if outcome is None:
        return ""
    label, why = plain(outcome.label, limit=100), plain(outcome.reason, limit=160)
    match outcome.state:
        case LetterState.SENT:
            return f" {label}: done."
        case LetterState.REFUSED | LetterState.CONFLICT if outcome.half:
            way = " b gives it back." if outcome.back else ""
            return f" HALF DONE, {label}: one half is made, the other was refused: {why}{way}"
        case LetterState.REFUSED | LetterState.CONFLICT:
            return f" NOT DONE, {label}: refused: {why}"
        case LetterState.UNKNOWN:
            return f" {label}: not known whether it arrived; it is being looked for. {why}"
    return f" {label}: on its way. u pulls it back."


def span(turn: Turn, zone: ZoneInfo) -> str:
    """From when to when, with the zone where the clocks do not change between."""
    start, end = turn.start.astimezone(zone), turn.end.astimezone(zone)
    first = f"{day_words(start)} {start:%H:%M}"
    last = f"{end:%H:%M}" if start.date() == end.date() else f"{day_words(end)} {end:%H:%M}"
    zones = f"{start:%Z}" if f"{start:%Z}" == f"{end:%Z}" else f"{start:%Z}/{end:%Z}"
    return f"{first} – {last} {zones}"


def standing_line(standing: Standing, rota: Rota, now: datetime, zone: ZoneInfo, width: int) -> str:
    """A schedule, who is on until when, and who follows: in so many cells."""
    name = plain(standing.schedule.name, limit=60) or standing.schedule.id
    who = plain(standing.now.names, limit=60) or NOBODY
    known = rota.until is None or standing.now.end < rota.until
    until = f" until {when(standing.now.end, now, zone)}" if known and standing.now.shifts else ""
    following = standing.next
    then = ""
    if following is not None:
        then = f" → {plain(following.names, limit=60)} {when(following.start, now, zone)}"
    elif standing.now.shifts and known:
        then = f" → {NOBODY} after that"
    room = 22 if width >= 90 else 13
    return fit(f"{fit(name, room)} {who}{until}{then}", width)


def my_next(rota: Rota, names: Collection[str], now: datetime, zone: ZoneInfo) -> str:
    """The turn of mine that goes on, or the next one; empty if there is none."""
    mine = my_turns(rota, names, now)
    if not mine:
        return "None of the turns that were read is yours."
    schedule, turn = mine[0]
    name = plain(schedule.name, limit=40)
    if turn.start <= now:
        later = next((pair for pair in mine if pair[1].start > now), None)
        after = f"; next {when(later[1].start, now, zone)}" if later is not None else ""
        return f"You are on {name} until {when(turn.end, now, zone)}{after}."
    return f"You are next on {name}: {span(turn, zone)}, in {_about(turn.start - now)}."


def troubles(rota: Rota, now: datetime, zone: ZoneInfo, configured: bool) -> Iterator[str]:
    """What is wrong with the rota, worst first."""
    if not configured:
        yield "PagerDuty is not configured, so there is no rota to show."
        return
    if rota.trouble:
        yield f"Not all schedules can be read: {plain(rota.trouble, limit=200)}"
    if not rota.schedules and rota.until is not None and not rota.trouble:
        yield "PagerDuty has no schedule that this token can see."
    for gap in gaps(rota.schedules, now, rota.until or now) if rota.schedules else ():
        where = span(Turn(gap.start, gap.end), zone)
        yield f"Nobody at all is on call {where} ({duration_words(gap.end - gap.start)})."
    for schedule in rota.schedules:
        name = plain(schedule.name, limit=40)
        if not schedule.shifts:
            yield f"{name}: nobody is on it in the two weeks that were read."
        for found in overlaps(schedule):
            if found.end > now:
                where = span(Turn(found.start, found.end), zone)
                yield f"{name}: {plain(found.what, limit=120)}, {where}."


def inspected(
    schedule: Schedule, turn: Turn, rota: Rota, names: Collection[str], calendar: SupportCalendar
) -> list[str]:
    """All about one turn."""
    zone = calendar.zone
    who = plain(turn.names, limit=80) or f"{NOBODY} on this schedule"
    marks = []
    if any(is_mine(shift, rota, names) for shift in turn.shifts):
        marks.append("yours")
    if turn.override:
        marks.append("override")
    if rota.until is not None and turn.end >= rota.until:
        marks.append("goes on beyond what was read")
    if not turn.shifts and gaps(rota.schedules, turn.start, turn.end):
        marks.append("nobody at all is on call for some of it")
    said = f" ({', '.join(marks)})" if marks else ""
    lines = [
        f"{plain(schedule.name, limit=60)}: {who}{said}",
        f"{span(turn, zone)}, {duration_words(turn.end - turn.start)}; {_kinds(turn, calendar)}",
    ]
    there = _there(schedule, turn, zone)
    if there:
        lines.append(there)
    return lines


def _kinds(turn: Turn, calendar: SupportCalendar) -> str:
    """Which kinds of hour a turn holds."""
    zone = calendar.zone
    first = turn.start.astimezone(zone).date()
    last = (turn.end - timedelta(microseconds=1)).astimezone(zone).date()
    found: dict[str, None] = {}
    for day in days(calendar, first, min((last - first).days, 14) + 1):
        if day.shade is Shade.HOURS:
            start, end = max(turn.start, day.starts_at), min(turn.end, day.ends_at)
            hours = calendar.left(start, end)
            found |= {Shade.HOURS.value: None} if hours else {}
            found |= {Shade.NIGHT.value: None} if hours < end - start else {}
        elif day.shade is Shade.HOLIDAY:
            found[f"bank holiday ({plain(day.why, limit=40)})"] = None
        else:
            found[day.shade.value] = None
        if day.clocks and turn.start < day.ends_at and turn.end > day.starts_at:
            found["the clocks change"] = None
    return ", ".join(found)


def _there(schedule: Schedule, turn: Turn, zone: ZoneInfo) -> str:
    """The same in the schedule's own zone, where that shows another time."""
    if not schedule.zone or schedule.zone == zone.key:
        return ""
    try:
        own = ZoneInfo(schedule.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"The schedule's zone, {plain(schedule.zone, limit=40)}, is not known here."
    if turn.start.astimezone(own).utcoffset() == turn.start.astimezone(zone).utcoffset():
        return ""
    return f"In {plain(schedule.zone, limit=40)}: {span(turn, own)}"


def _about(length: timedelta) -> str:
    """A length of time, roughly.

    >>> _about(timedelta(minutes=50)), _about(timedelta(hours=30)), _about(timedelta(days=4))
    ('50 min', '30 h', '4 days')
    """
    minutes = int(length.total_seconds()) // 60
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"
