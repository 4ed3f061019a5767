"""Why is this deadline when it is? The whole sum, in words for someone tired.

Times of day are support's own civil times with the zone's abbreviation; the due moment is given in
UTC as well. Pure: told `now`. Source: the policy's "Why?".
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from services.domain import ClockKind, Kind, Promise, State
from services.policy.calendar import ClosedStretch, SupportCalendar
from services.policy.deadlines import Policy
from services.policy.spoken import day_words, days_words, duration_words

KIND_WORDS = {
    Kind.TRIAGE: "Triage",
    Kind.RESPONSE: "Response",
    Kind.FIRST_RESPONSE: "First response",
    Kind.UPDATE: "Update",
    Kind.REPAGE: "Next page",
}
"""What a deadline is called where there is room for words."""

NIGHTS_LISTED = 3
"""More nights than this are counted rather than listed."""


class Receipt(Struct, frozen=True):
    """One deadline explained."""

    title: str
    lines: tuple[tuple[str, str], ...]
    """A label and what it says, in reading order; a label may come more than once."""


def receipt(promise: Promise, policy: Policy, now: datetime) -> Receipt:
    """Explain a promise: rule, start, clock, what was skipped, due, and how it stands at `now`."""
    return Receipt(KIND_WORDS[promise.kind], tuple(_lines(promise, policy, now)))


def _lines(promise: Promise, policy: Policy, now: datetime) -> Iterator[tuple[str, str]]:
    calendar, due = policy.calendar, promise.due_at
    yield "Rule", _rule(promise, calendar)
    if promise.note:
        yield "Because", promise.note
    # Of an answer only the doing can be unknown; of an update, the start as well.
    certain = promise.known or promise.kind is not Kind.UPDATE
    or_later = "" if certain else ", or later"
    yield "Started", f"{_local(promise.started_at, calendar)}{or_later} ({promise.start_reason})"
    yield "Clock", _clock(promise, calendar)
    if due is not None and not promise.waiting:
        yield from _between(promise, due, calendar)
        at_least = "" if certain else "not before "
        yield "Due", f"{at_least}{_local(due, calendar)} = {_utc(due)}"
    yield "Now", _standing(promise, policy, now)


def _rule(promise: Promise, calendar: SupportCalendar) -> str:
    span = duration_words(promise.allowance)
    if promise.kind is Kind.REPAGE:
        return f"set by PagerDuty ({promise.rule})"
    if promise.clock is ClockKind.ALWAYS:
        return f"{span} ({promise.rule})"
    days, rest = divmod(promise.allowance, calendar.business_day)
    if days and not rest:
        plural = "s" if days > 1 else ""
        return f"{days} business day{plural}, that is {span} of support time ({promise.rule})"
    return f"{span} of support time ({promise.rule})"


def _clock(promise: Promise, calendar: SupportCalendar) -> str:
    if promise.clock is ClockKind.ALWAYS:
        return "always runs: nights, weekends and holidays count"
    hours = calendar.hours
    return (
        f"runs in support hours: {days_words(hours.days)} {hours.opens:%H:%M}-{hours.closes:%H:%M} "
        f"{hours.timezone}, not on bank holidays"
    )


def _between(
    promise: Promise, due: datetime, calendar: SupportCalendar
) -> Iterator[tuple[str, str]]:
    """What lies between start and due that a person counting on fingers would miss."""
    if promise.clock is ClockKind.SUPPORT_HOURS:
        yield from _skipped(calendar.skipped(promise.started_at, due), calendar)
    before, after = (moment.astimezone(calendar.zone) for moment in (promise.started_at, due))
    if before.utcoffset() != after.utcoffset():
        yield "Mind", f"the clocks change on the way, from {before:%Z} to {after:%Z}"


def _skipped(
    slept: tuple[ClosedStretch, ...], calendar: SupportCalendar
) -> Iterator[tuple[str, str]]:
    nights = [stretch for stretch in slept if not stretch.days]
    many = len(nights) > NIGHTS_LISTED
    if many:
        span = _span(nights[0].starts_at, nights[-1].ends_at, calendar)
        yield "Skipped", f"{len(nights)} nights, {span}"
    for stretch in slept:
        if stretch.days:
            yield "Skipped", _closed(stretch, calendar)
        elif not many:
            yield "Skipped", f"{_span(stretch.starts_at, stretch.ends_at, calendar)}: night"


def _closed(stretch: ClosedStretch, calendar: SupportCalendar) -> str:
    reasons = [f"{day_words(closed.day)} {closed.why}" for closed in stretch.days]
    return f"{_span(stretch.starts_at, stretch.ends_at, calendar)}: {', '.join(reasons)}"


def _standing(promise: Promise, policy: Policy, now: datetime) -> str:
    left = duration_words(policy.left(promise, now) or timedelta(0))
    match policy.state(promise, now):
        case State.MET | State.LATE:
            return _kept(promise, policy.calendar)
        case State.WAITING:
            return "waiting: the clock starts anew when the ticket comes back to us"
        case State.UNKNOWN if promise.kind is Kind.UPDATE:
            return "not known yet: the history is still being read; it may be due later than this"
        case State.UNKNOWN:
            return "not known yet: the history is still being read; it may be done already"
        case State.BREACHED:
            return f"breached {left} ago"
        case State.PAUSED:
            wakes = _local(policy.calendar.opens_next(now), policy.calendar)
            return f"paused with {left} of support time left; wakes {wakes}"
        case state:
            return f"{state}: {left} left"


def _kept(promise: Promise, calendar: SupportCalendar) -> str:
    met_at, due = promise.met_at or promise.started_at, promise.due_at or promise.started_at
    between = duration_words(due - met_at)
    return f"done {_local(met_at, calendar)}, {between} {'too late' if met_at > due else 'early'}"


def _local(moment: datetime, calendar: SupportCalendar) -> str:
    local = moment.astimezone(calendar.zone)
    return f"{day_words(local)} {local.year} {local:%H:%M:%S}{_fraction(moment)} {local:%Z}"


def _span(start: datetime, end: datetime, calendar: SupportCalendar) -> str:
    first, last = start.astimezone(calendar.zone), end.astimezone(calendar.zone)
    return f"{_short(first)} to {_short(last)}"


def _short(local: datetime) -> str:
    return (
        f"{day_words(local)} {local:%H:%M:%S}"
        if local.second
        else f"{day_words(local)} {local:%H:%M}"
    )


def _fraction(moment: datetime) -> str:
    return f".{moment.microsecond:06}" if moment.microsecond else ""


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}{_fraction(moment)}Z"
