"""How far can what a source told us be trusted, at this moment?

Pure: told how the asking went, and the time on the servers' clock. Nothing that is paused, late or
old is ever called live, whatever the last answer was like.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from services.domain import Health, SourceStatus

LATE = timedelta(seconds=60)
"""An answer older than this is late, unless its source is asked less often anyway."""

OLD = timedelta(minutes=2)
"""An answer older than this is stale, likewise."""

GRACE = timedelta(seconds=15)
"""How long an answer may be under way before the source is called late."""


class Trust(StrEnum):
    """What the operator is told of a source."""

    LIVE = "live"
    LATE = "late"
    """No worry yet, but not of this minute: one poll failed, hangs, or is put off."""
    PARTLY = "partly"
    """What is shown is of this minute, but it is not all there is."""
    STALE = "stale"
    """Old: two polls in a row failed, or there has been none for long."""
    FAILING = "failing"
    """Never answered, or refuses us."""
    ASKING = "asking"
    """Never answered, and no reason to worry so far."""
    OFF = "off"


def trust(status: SourceStatus, now: datetime, *, paused: bool = False) -> Trust:
    """The one word for a source at `now`.

    Args:
        status: How the asking went so far.
        now: On the servers' clock.
        paused: Whether the operator has stopped the polling.
    """
    if status.state is Health.OFF:
        return Trust.OFF
    if status.fetched_at is None and status.error is None and status.state is not Health.STALE:
        return Trust.ASKING
    if status.state is Health.ERROR or status.fetched_at is None:
        return Trust.FAILING
    age = now - status.fetched_at
    known_stale = status.state is Health.STALE and not status.partial
    if known_stale or age > max(OLD, 4 * status.every):
        return Trust.STALE
    overdue = status.next_try_at is not None and now > status.next_try_at + GRACE
    if paused or overdue or age > max(LATE, 2 * status.every + GRACE):
        return Trust.LATE
    return Trust.PARTLY if status.partial else Trust.LIVE


def trust_until(status: SourceStatus, now: datetime, *, paused: bool = False) -> datetime | None:
    """When the word for a source changes next if nothing is heard of it; None is never."""
    moments = []
    if status.fetched_at is not None:
        moments = [
            status.fetched_at + max(LATE, 2 * status.every + GRACE),
            status.fetched_at + max(OLD, 4 * status.every),
        ]
    if status.next_try_at is not None:
        moments.append(status.next_try_at + GRACE)
    word = trust(status, now, paused=paused)
    instant = timedelta(microseconds=1)
    return next(
        (
            at + instant
            for at in sorted(moments)
            if at >= now and trust(status, at + instant, paused=paused) is not word
        ),
        None,
    )


def health(status: SourceStatus, now: datetime) -> Health:
    """The same for scripts, in the four words that they know."""
    match trust(status, now):
        case Trust.OFF:
            return Health.OFF
        case Trust.PARTLY | Trust.STALE:
            return Health.STALE
        case Trust.LIVE | Trust.LATE:
            return Health.STALE if status.partial else Health.OK
    return Health.ERROR
