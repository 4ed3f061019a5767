"""How are moments and promises said to the person who fills in a form? Pure words."""

from datetime import datetime, timedelta

from services.domain import ClockKind, Deadline, Issue, Kind, Period, State
from services.plain import plain
from services.policy.deadlines import Policy, next_deadline
from services.policy.spoken import day_words, duration_words

NOTHING = "nothing"

KIND_WORDS = {
    Kind.TRIAGE: "triage",
    Kind.RESPONSE: "response",
    Kind.FIRST_RESPONSE: "first response",
    Kind.UPDATE: "update",
    Kind.REPAGE: "re-page",
}


def when(moment: datetime, policy: Policy, now: datetime) -> str:
    """A moment in the team's civil time; with its day, unless that is today."""
    local, today = moment.astimezone(policy.calendar.zone), now.astimezone(policy.calendar.zone)
    time = f"{local:%H:%M}"
    return time if local.date() == today.date() else f"{day_words(local.date())} {time}"


def rough(length: timedelta) -> str:
    """A length of time to the minute; below one, to the second.

    >>> rough(timedelta(minutes=12, seconds=40)), rough(timedelta(seconds=-20))
    ('12 min', '20 s')
    """
    seconds = abs(length).total_seconds()
    if seconds < 60:
        return duration_words(timedelta(seconds=int(seconds)))
    return duration_words(timedelta(minutes=int(seconds // 60)))


def due_words(deadline: Deadline, policy: Policy, now: datetime) -> str:
    """When something is due, and how far off that is: `by 14:32, in 12 min`."""
    due = deadline.due_at
    if due is None:
        return "nothing owed while the ball is elsewhere"
    by = f"by {when(due, policy, now)}"
    if deadline.state is State.UNKNOWN:
        return f"{by} at the earliest (not known yet)"
    if due < now:
        return f"{by}, {rough(now - due)} late already"
    same_day = due.astimezone(policy.calendar.zone).date() == (
        now.astimezone(policy.calendar.zone).date()
    )
    if deadline.state is State.PAUSED:
        wakes = when(policy.calendar.opens_next(now), policy, now)
        return f"{by} (its clock sleeps until {wakes})"
    return f"{by}, in {rough(due - now)}" if same_day else by


def standing(issue: Issue, policy: Policy, now: datetime) -> str:
    """What is owed on an issue next, in one line."""
    deadlines = policy.deadlines(issue, now)
    following = next_deadline(deadlines)
    if following is not None:
        return f"{KIND_WORDS[following.kind]} {due_words(following, policy, now)}"
    if any(deadline.state is State.WAITING for deadline in deadlines):
        return "no update while the ball is with the requester"
    return NOTHING


def effect(before: Issue, after: Issue, policy: Policy, now: datetime) -> tuple[str, ...]:
    """Which promises a change keeps, and what is due then."""
    lines = list(_kept(before, after, policy, now))
    following = standing(after, policy, now)
    lines.append("Then nothing more is owed." if following == NOTHING else f"Next: {following}.")
    return tuple(lines)


def _kept(before: Issue, after: Issue, policy: Policy, now: datetime) -> list[str]:
    then = {d.kind: d for d in policy.deadlines(after, now)}
    lines: list[str] = []
    for deadline in policy.deadlines(before, now):
        kind, due = deadline.kind, deadline.due_at
        if kind is Kind.REPAGE or due is None or deadline.state in (State.MET, State.LATE):
            continue
        new = then.get(kind)
        kept = new is not None and new.state in (State.MET, State.LATE)
        told = (
            new is not None
            and kind is Kind.UPDATE
            and new.promise.started_at > deadline.promise.started_at
        )
        classified = new is None and kind is Kind.TRIAGE and after.severity is not None
        # Once classified, the first response is the response.
        response = then.get(Kind.RESPONSE) if kind is Kind.FIRST_RESPONSE else None
        if response is not None and response.due_at is not None:
            if response.state in (State.MET, State.LATE):
                lines.append(_met(Kind.RESPONSE, response.due_at, policy, now))
        elif kept or told or classified:
            lines.append(_met(kind, due, policy, now))
    return lines


def _met(kind: Kind, due: datetime, policy: Policy, now: datetime) -> str:
    name = KIND_WORDS[kind]
    if due < now:
        return f"Answers the {name} promise {rough(now - due)} late: due {when(due, policy, now)}."
    same_day = due.astimezone(policy.calendar.zone).date() == (
        now.astimezone(policy.calendar.zone).date()
    )
    left = f", {rough(due - now)} left" if same_day else ""
    return f"Meets the {name} promise: due {when(due, policy, now)}{left}."


def out_of_hours(policy: Policy, moment: datetime) -> bool:
    """Whether a moment lies outside support hours."""
    return policy.calendar.period(moment) is not Period.IN_HOURS


def sleeps(clock: ClockKind) -> bool:
    """Whether a clock stands still outside support hours."""
    return clock is ClockKind.SUPPORT_HOURS


def title_words(text: str, limit: int = 60) -> str:
    """A subject for people, safe and short."""
    return plain(text, limit=limit) or "(no subject)"
