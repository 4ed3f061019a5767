"""How is time left written and marked? Pure words and symbols; the colours are CSS classes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.domain import ClockKind, Deadline, Kind, State
from services.policy.deadlines import Policy

WIDTH = 8
"""Cells a countdown takes at the most."""

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


@dataclass(frozen=True, slots=True)
class Countdown:
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
