"""How is time left written and marked? Pure words and symbols; the colours are CSS classes."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from services.domain import ClockKind, Deadline, Kind, State
from services.policy.deadlines import Policy

WIDTH = 8
"""Cells a countdown takes at the most."""

_INSTANT = timedelta(microseconds=1)
"""Time left reads differently from the first instant *after* it is so much."""

SYMBOLS: Mapping[State | None, str] = {
    State.BREACHED: "▲",
    State.SOON: "◆",
    State.RUNNING: "●",
    State.PAUSED: "z",
    State.UNKNOWN: "?",
    State.WAITING: "…",
    State.MET: "✓",
    State.LATE: "✗",
    None: " ",
}
ASCII_SYMBOLS: Mapping[State | None, str] = {
    **SYMBOLS,
    State.BREACHED: "!",
    State.SOON: "*",
    State.RUNNING: "-",
    State.WAITING: "~",
    State.MET: "+",
    State.LATE: "x",
}

STATE_WORDS: Mapping[State, str] = {
    State.BREACHED: "BREACHED",
    State.SOON: "soon",
    State.RUNNING: "running",
    State.PAUSED: "asleep",
    State.UNKNOWN: "unknown",
    State.WAITING: "waiting",
    State.MET: "met",
    State.LATE: "done late",
}

KIND_SHORT: Mapping[Kind, str] = {
    Kind.TRIAGE: "triage",
    Kind.RESPONSE: "respond",
    Kind.FIRST_RESPONSE: "1st",
    Kind.UPDATE: "update",
    Kind.REPAGE: "re-page",
}


class Countdown(Struct, frozen=True):
    """What the gutter shows of one row."""

    text: str
    state: State | None


def clock_text(span: timedelta) -> str:
    """A length of time, to the second below an hour.

    >>> clock_text(timedelta(minutes=4, seconds=9)), clock_text(timedelta(hours=2, minutes=14))
    ('4:09', '2h14')
    >>> clock_text(timedelta(hours=30)), clock_text(timedelta(days=12))
    ('30h00', '12d00h')
    """
    seconds = int(abs(span).total_seconds())
    if seconds < 3600:
        return f"{seconds // 60}:{seconds % 60:02}"
    if seconds < 100 * 3600:
        return f"{seconds // 3600}h{seconds % 3600 // 60:02}"
    return f"{seconds // 86400}d{seconds % 86400 // 3600:02}h"


def support_text(span: timedelta, business_day: timedelta) -> str:
    """Support time left; more than a support day is counted in business days.

    >>> support_text(timedelta(hours=11), timedelta(hours=8))
    '1bd 3h'
    >>> support_text(timedelta(minutes=90), timedelta(hours=8))
    '1h30'
    """
    if span <= business_day:
        return clock_text(span)
    days, rest = divmod(span, business_day)
    return f"{days}bd {int(rest.total_seconds()) // 3600}h"


def countdown(deadline: Deadline | None, waiting: bool, policy: Policy, now: datetime) -> Countdown:
    """The words of an issue's next deadline at `now`.

    Args:
        deadline: The next deadline; None when nothing is owed.
        waiting: Whether it only waits for the requester.
        policy: For the time left on the deadline's own clock.
        now: The servers' time.
    """
    if deadline is None or deadline.due_at is None:
        return Countdown("waiting", State.WAITING) if waiting else Countdown("", None)
    zone = policy.calendar.zone
    match deadline.state:
        case State.BREACHED:
            return Countdown("+" + clock_text(now - deadline.due_at), State.BREACHED)
        case State.UNKNOWN:
            local = deadline.due_at.astimezone(zone)
            near = local.date() == now.astimezone(zone).date()
            return Countdown(f"≥{local:%H:%M}" if near else f"≥{local:%d %b}", State.UNKNOWN)
        case State.PAUSED:
            wakes = policy.calendar.opens_next(now)
            soon = wakes - now < timedelta(hours=24)
            return Countdown(f"zz {wakes.astimezone(zone):{'%H:%M' if soon else '%a'}}",
                             State.PAUSED)  # fmt: skip
    left = policy.left(deadline.promise, now) or timedelta(0)
    if deadline.promise.clock is ClockKind.SUPPORT_HOURS:
        return Countdown(support_text(left, policy.calendar.business_day), deadline.state)
    return Countdown(clock_text(left), deadline.state)


def reads_until(
    deadline: Deadline | None, policy: Policy, now: datetime, *, seconds: bool = True
) -> datetime | None:
    """The first moment after `now` at which `countdown` has other words, while the state stays.

    None if the words only change with the state. When that does: `Policy.changes_at`.

    Args:
        deadline: As `countdown` takes it.
        policy: Likewise.
        now: The servers' time.
        seconds: Whether seconds count; if not, the words are those of `without_seconds`.
    """
    if deadline is None or deadline.due_at is None:
        return None
    match deadline.state:
        case State.BREACHED:
            passed = now - deadline.due_at
            unit = _unit(passed, seconds)
            return now + (unit - passed % unit)
        case State.UNKNOWN:
            return _tomorrow(now, policy)
        case State.PAUSED:
            by_name = policy.calendar.opens_next(now) - timedelta(hours=24)
            return by_name + _INSTANT if by_name >= now else None
    left = policy.left(deadline.promise, now) or timedelta(0)
    business_day = policy.calendar.business_day
    if deadline.promise.clock is ClockKind.SUPPORT_HOURS and left > business_day:
        hours = left % business_day % timedelta(hours=1)
        return now + min(hours + _INSTANT, left - business_day)
    return now + left % _unit(left, seconds) + _INSTANT


def without_seconds(shown: Countdown) -> str:
    """The words in minutes, where they count seconds.

    >>> without_seconds(Countdown("4:09", State.RUNNING))
    '4m'
    >>> without_seconds(Countdown("+0:09", State.BREACHED))
    '+<1m'
    """
    if not shows_seconds(shown):
        return shown.text
    minutes = shown.text.partition(":")[0]
    return minutes.replace("0", "<1") + "m" if minutes in ("0", "+0") else f"{minutes}m"


def shows_seconds(shown: Countdown) -> bool:
    """Whether the words change with every second.

    >>> shows_seconds(Countdown("4:09", State.RUNNING)), shows_seconds(Countdown("2h14", None))
    (True, False)
    """
    return ":" in shown.text and shown.state in (State.BREACHED, State.SOON, State.RUNNING)


def _unit(span: timedelta, seconds: bool) -> timedelta:
    """What `clock_text` counts in."""
    if span < timedelta(hours=1) and seconds:
        return timedelta(seconds=1)
    return timedelta(minutes=1) if span < timedelta(hours=100) else timedelta(hours=1)


def _tomorrow(now: datetime, policy: Policy) -> datetime:
    local = now.astimezone(policy.calendar.zone) + timedelta(days=1)
    return local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def age_text(span: timedelta) -> str:
    """How old something is, roughly.

    >>> age_text(timedelta(seconds=12)), age_text(timedelta(minutes=4)), age_text(timedelta(days=2))
    ('12s', '4m', '2d')
    """
    seconds = max(0, int(span.total_seconds()))
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
