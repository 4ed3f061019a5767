"""How is it said how far each source can be trusted? Words only."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from services.domain import Snapshot, Source, SourceStatus
from services.health import Trust, trust, trust_until
from services.plain import plain
from widgets.countdown import age_text
from widgets.fitting import cut_words

_MINUTE = timedelta(minutes=1)
_NAMES: Mapping[Source, tuple[str, str]] = {
    Source.ZENDESK: ("Zendesk", "ZD"),
    Source.PAGERDUTY: ("PagerDuty", "PD"),
}
_SHORTEST = frozenset(short for _, short in _NAMES.values())
_WORRYING = (Trust.PARTLY, Trust.STALE, Trust.FAILING)
_QUIET = (Trust.LIVE, Trust.ASKING, Trust.OFF)


def in_trouble(snapshot: Snapshot, now: datetime) -> bool:
    """Whether how old or how broken our data is, is a reason to worry."""
    statuses = (snapshot.sources or {}).values()
    return any(trust(status, now) in _WORRYING for status in statuses)


def trust_wordings(snapshot: Snapshot, now: datetime, seconds: bool = True) -> tuple[str, ...]:
    """How old what we show is, by source, and why; the age is in the shortest too."""
    if snapshot.sources is None:
        return ("asking…",)
    paused = ["PAUSED"] if snapshot.paused else []
    wordings = []
    for place, reason, separator in ((0, 60, " · "), (0, 24, " · "), (0, 0, " · "), (1, 0, " ")):
        said = [
            _source(_NAMES[source][place], status, now, reason, snapshot.paused, seconds)
            for source, status in snapshot.sources.items()
            # That one is off is worth a word where there is room.
            if trust(status, now) is not Trust.OFF or reason
        ]
        wordings.append(separator.join([*paused, *said]))
    return tuple(wordings)


def trust_reads_until(snapshot: Snapshot, now: datetime) -> datetime | None:
    """When these words read differently, counted in seconds only where something is amiss."""
    moments: list[datetime] = []
    for status in (snapshot.sources or {}).values():
        if (turns := trust_until(status, now, paused=snapshot.paused)) is not None:
            moments.append(turns)
        if status.fetched_at is not None:
            moments.append(now + _MINUTE - (now - status.fetched_at) % _MINUTE)
        if trust(status, now, paused=snapshot.paused) in _QUIET:
            continue
        young = status.fetched_at is not None and now - status.fetched_at < _MINUTE
        again = status.next_try_at is not None and now < status.next_try_at < now + _MINUTE
        if young or again:
            moments.append(now.replace(microsecond=0) + timedelta(seconds=1))
    return min(moments, default=None)


def half_wording(snapshot: Snapshot, source: Source, now: datetime) -> str:
    """Of when one half of an issue is, where its source is not live; else empty."""
    status = (snapshot.sources or {}).get(source)
    if status is None:
        return ""
    found = trust(status, now, paused=snapshot.paused)
    if found in _QUIET:
        return ""
    said = "" if snapshot.paused and found is Trust.LATE else f"{found.value.upper()}: "
    if found is Trust.PARTLY:
        return f"! {said}may be as last known"
    if status.fetched_at is None:
        return f"! {said}as last known"
    return f"! {said}as of {age_text(now - status.fetched_at)} ago"


def as_of(status: SourceStatus, now: datetime) -> str:
    """The age of what a live source told, from when it was asked for; young is young enough."""
    if status.fetched_at is None or now - status.fetched_at < _MINUTE:
        return "as of just now"
    return f"as of {age_text(now - status.fetched_at)} ago"


def half_reads_until(snapshot: Snapshot, source: Source, now: datetime) -> datetime | None:
    """When that reads differently; None is never."""
    status = (snapshot.sources or {}).get(source)
    if status is None:
        return None
    moments = [trust_until(status, now, paused=snapshot.paused)]
    live = trust(status, now, paused=snapshot.paused) in _QUIET
    if status.fetched_at is not None and not live and now - status.fetched_at < _MINUTE:
        moments.append(now.replace(microsecond=0) + timedelta(seconds=1))
    if status.fetched_at is not None:
        moments.append(now + _MINUTE - (now - status.fetched_at) % _MINUTE)
    return min((moment for moment in moments if moment is not None), default=None)


def _source(
    name: str, status: SourceStatus, now: datetime, reason: int, paused: bool, seconds: bool
) -> str:
    """One source; its error in so many characters at the most."""
    found = trust(status, now, paused=paused)
    if found in (Trust.ASKING, Trust.OFF):
        return f"{name} {'asking…' if found is Trust.ASKING else 'off'}"
    # That it is paused is said once for all.
    said = "" if found is Trust.LIVE or (paused and found is Trust.LATE) else found.value.upper()
    text = f"{name} {said}".rstrip()
    if status.fetched_at is not None:
        age = now - status.fetched_at
        exact = seconds or found not in _QUIET
        text += f" {age_text(age)}" if exact or age >= _MINUTE else " <1m"
    if not (status.error and said):
        return text
    again = status.next_try_at if name not in _SHORTEST else None
    if reason:
        text += f": {cut_words(in_brief(status.error), reason)}"
    if again is not None and again > now:
        text = f"{text.removesuffix('.')} (next try {age_text(again - now)})"
    return text


def in_brief(error: str) -> str:
    """An error without the name that stands before it, and without what to do.

    >>> in_brief("Zendesk is unreachable. Is the network up, and base_url right?")
    'unreachable.'
    """
    sentence = plain(error).partition(". ")
    brief = sentence[0] + (". " if sentence[1] else "").rstrip()
    for full, _ in _NAMES.values():
        brief = brief.removeprefix(f"{full} is ").removeprefix(f"{full} ")
    return brief
