"""Why is this deadline what it is? The receipt, in words for a tired person.

Times are given in support's own zone, and the due moment in UTC as well. Pure: told `now`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from services.domain import ClockKind, Kind, Promise, State
from services.policy.calendar import Skipped, SupportCalendar
from services.policy.deadlines import Policy

KIND_WORDS = {
    Kind.TRIAGE: "Triage",
    Kind.RESPONSE: "Response",
    Kind.FIRST_RESPONSE: "First response",
    Kind.UPDATE: "Update",
    Kind.REPAGE: "Pages again",
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """One deadline explained."""

    title: str
    lines: tuple[tuple[str, str], ...]
    """A label and what it says, in reading order."""


def receipt(promise: Promise, policy: Policy, now: datetime) -> Receipt:
    """Explain a promise: rule, start, what was skipped, due, and how it stands at `now`."""
    return Receipt(KIND_WORDS[promise.kind], tuple(_lines(promise, policy, now)))


def duration_words(span: timedelta) -> str:
    """A length of time in hours and minutes; the sign is left out.

    >>> duration_words(timedelta(hours=2, minutes=5)), duration_words(timedelta(seconds=40))
    ('2 h 5 min', '40 s')
    """
    seconds = int(abs(span).total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    hours, minutes = divmod(seconds // 60, 60)
    parts = [f"{hours} h" if hours else "", f"{minutes} min" if minutes else ""]
    return " ".join(part for part in parts if part)


def _lines(promise: Promise, policy: Policy, now: datetime) -> Iterator[tuple[str, str]]:
    calendar = policy.calendar
    if promise.kind is Kind.REPAGE:
        yield "Rule", f"{promise.start_reason}; no promise to a person."
    else:
        yield "Rule", f"{duration_words(promise.allowance)} ({promise.rule})"
        yield "Started", f"{_local(promise.started_at, calendar)}, {promise.start_reason}"
        yield "Clock", _clock_words(promise, calendar)
    if promise.note:
        yield "Note", promise.note
    due = promise.due_at
    if due is None:
        yield "Due", "not while the ball is with someone else"
        return
    if promise.clock is ClockKind.SUPPORT_HOURS:
        yield from _skipped_lines(calendar.skipped(promise.started_at, due))
    earliest = "" if promise.known else "at the earliest "
    yield "Due", f"{earliest}{_local(due, calendar)} ({_utc(due)})"
    yield "Now", _standing(promise, policy, now)


def _clock_words(promise: Promise, calendar: SupportCalendar) -> str:
    if promise.clock is ClockKind.ALWAYS:
        return "runs day and night"
    hours = calendar.hours
    return f"runs in support hours only, {hours.opens:%H:%M} to {hours.closes:%H:%M}"


def _skipped_lines(days: Sequence[Skipped]) -> Iterator[tuple[str, str]]:
    if not days:
        return
    weekend = [skipped for skipped in days if skipped.why == "weekend"]
    if weekend:
        yield "Skipped", "weekend: " + ", ".join(f"{s.day:%a %d %b}" for s in weekend)
    for skipped in days:
        if skipped.why != "weekend":
            yield "Skipped", f"{skipped.why}: {skipped.day:%a %d %b}"


def _standing(promise: Promise, policy: Policy, now: datetime) -> str:
    due = promise.due_at or now
    match policy.state(promise, now):
        case State.MET:
            return f"met at {_local(promise.met_at or due, policy.calendar)}"
        case State.LATE:
            at = promise.met_at or due
            return f"done {duration_words(at - due)} late, at {_local(at, policy.calendar)}"
        case State.UNKNOWN:
            return "not known yet: what happened so far is still being read"
        case State.BREACHED:
            return f"breached {duration_words(now - due)} ago"
        case State.PAUSED:
            wakes = policy.calendar.opens_next(now)
            left = duration_words(policy.left(promise, now) or timedelta(0))
            return f"asleep until {_local(wakes, policy.calendar)}, {left} left then"
        case state:
            left = duration_words(policy.left(promise, now) or timedelta(0))
            return f"{left} left" + (", due soon" if state is State.SOON else "")


def _local(moment: datetime, calendar: SupportCalendar) -> str:
    return f"{moment.astimezone(calendar.zone):%a %d %b %H:%M:%S %Z}"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
