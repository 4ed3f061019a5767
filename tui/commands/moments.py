"""Which moment does a person mean who writes a date and a time?"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from services.errors import UsageError

YEARS = range(1990, 2101)
"""Further off no bank holidays are known, and no ticket was raised."""


def read_moment(text: str, option: str, zone: ZoneInfo) -> datetime:
    """The moment in UTC.

    Args:
        text: ISO 8601, with a time of day; without an offset it is civil time in `zone`.
        option: Where it was written, for the message.
        zone: The support time zone.

    Raises:
        UsageError: It is no such thing, or in `zone` that time came twice or not at all.
    """
    try:
        said = datetime.fromisoformat(text.strip())
    except ValueError:
        said = None
    if said is None or (":" not in text and "T" not in text.upper()):
        raise UsageError(
            f"{option}: {text!r} is not a moment.",
            "Write a date and a time, as 2026-01-06T11:00Z or 2026-01-06T11:00.",
        )
    if said.year not in YEARS:
        raise UsageError(f"{option}: {text!r} is not between {YEARS[0]} and {YEARS[-1]}.")
    return said.astimezone(UTC) if said.tzinfo is not None else _civil(said, option, zone)


def _civil(said: datetime, option: str, zone: ZoneInfo) -> datetime:
    """A civil time as a moment, unless the clock change makes it none or two."""
    first, second = (said.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first
    times = "came twice" if first < second else "never came"
    raise UsageError(
        f"{option}: in {zone.key} {said:%Y-%m-%d %H:%M} {times}: the clocks were changed.",
        f"Write the moment in UTC, as {first:%Y-%m-%dT%H:%MZ}.",
    )


def local(moment: datetime, zone: ZoneInfo) -> str:
    """A moment for reading, with the zone's abbreviation.

    >>> local(datetime(2026, 7, 6, 10, tzinfo=UTC), ZoneInfo("Europe/London"))
    'Mon 2026-07-06 11:00:00 BST'
    """
    return moment.astimezone(zone).strftime("%a %Y-%m-%d %H:%M:%S %Z")
