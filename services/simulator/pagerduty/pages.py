"""Which records are on this page? And what else does PagerDuty let one ask?"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.simulator.call import Call, Json, Refused, Reply, moment_of
from services.simulator.settings import Settings

Row = TypeVar("Row")

DEEPEST = 10_000
"""Records of one list that can be reached."""


def error(status: int, code: int, message: str, *errors: str) -> Refused:
    """An error the way PagerDuty writes it."""
    body: Json = {"message": message, "code": code}
    if errors or code == 1008:
        body["errors"] = list(errors)
    return Refused(Reply(status, {"error": body}))


def invalid(*errors: str) -> Refused:
    """400: an argument makes no sense."""
    return error(400, 2001, "Invalid Input Provided", *errors)


def paged(
    call: Call, settings: Settings, rows: Sequence[Row], default: int = 25
) -> tuple[list[Row], Json]:
    """One page, and the envelope that goes with it; `total` only when it is asked for."""
    limit, offset = _whole(call, "limit", default), _whole(call, "offset", 0)
    if limit > 100 and settings.big_page == "refuse":
        raise invalid("Limit must be between 1 and 100.")
    limit = min(limit, 100)
    if offset + limit > DEEPEST:
        raise invalid("Offset plus limit must not be greater than 10000.")
    envelope = {
        "limit": limit,
        "offset": offset,
        "more": offset + limit < len(rows),
        "total": len(rows) if call.query.get("total") == "true" else None,
    }
    return list(rows[offset : offset + limit]), envelope


def _whole(call: Call, name: str, default: int) -> int:
    text = call.query.get(name, str(default))
    if not text.isdigit():
        raise invalid(f"{name.title()} must be a whole number.")
    return int(text)


def zone_of(call: Call, default: str) -> ZoneInfo:
    """The zone the answer is to be written in."""
    name = call.query.get("time_zone") or default
    try:
        return ZoneInfo("UTC" if name in ("UTC", "Etc/UTC") else name)
    except (ZoneInfoNotFoundError, ValueError):
        raise invalid("Time zone is invalid.") from None


def bound(call: Call, name: str, zone: ZoneInfo | None = None) -> datetime | None:
    """`since` or `until`, in UTC; one without an offset is read in `zone`."""
    text = call.query.get(name)
    if not text:
        return None
    moment = moment_of(text)
    if moment is None:
        raise error(400, 2004, "Invalid since/until", f"{name.title()} is not a date.")
    if zone is not None and datetime.fromisoformat(text.replace(" ", "+")).tzinfo is None:
        return moment.replace(tzinfo=zone).astimezone(UTC)
    return moment


def wanted(call: Call, name: str, allowed: Sequence[str] = ()) -> frozenset[str]:
    """The values of an array filter, which needs its brackets: `name[]`."""
    values = frozenset(call.query.all(f"{name}[]"))
    if allowed and values - set(allowed):
        singular = {"statuses": "Status", "urgencies": "Urgency"}.get(name, name)
        choices = f"{', '.join(allowed[:-1])}{',' if len(allowed) > 2 else ''} or {allowed[-1]}"
        raise invalid(f"{singular} must be a list of {choices}.")
    return values


def includes(call: Call) -> frozenset[str]:
    """What is to be written out in full."""
    return frozenset(call.query.all("include[]"))
