"""How much may still be asked, and how long is one to wait? Read from the headers of an answer."""

import contextlib
import math
import re
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime

from msgspec import Struct

LONGEST_WAIT = 3600.0
"""Seconds; a vendor that asks for more is asked again after this all the same."""

_SPELLINGS = (
    ("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"),
    ("rate-limit", "rate-limit-remaining", "rate-limit-reset"),
    ("x-rate-limit", "x-rate-limit-remaining", "x-rate-limit-reset"),
)
_BUCKET = re.compile(r"zendesk-rate-?limit-(.+)")
_PART = re.compile(r"(\w+)\s*=\s*(\d+)")


class Limits(Struct, frozen=True):
    """How much may still be asked, as of the latest answer that said so."""

    limit: int
    """Requests per window; a minute at both vendors."""
    remaining: int
    resets_in: float | None
    """Seconds from that answer to the next window, where told."""


def limits_told(headers: Mapping[str, str]) -> Limits | None:
    """The account's or the key's own limit, in whichever spelling; None when it is not told."""
    for names in _SPELLINGS:
        limit, remaining, reset = (_seconds(headers.get(name)) for name in names)
        if limit is not None and remaining is not None:
            return Limits(int(limit), int(remaining), reset)
    return None


def buckets_told(headers: Mapping[str, str]) -> Iterator[tuple[str, Limits]]:
    """Zendesk's limits for single endpoints, by name, old and new spelling alike.

    >>> told = {"Zendesk-RateLimit-tickets-index": "total=100; remaining=96; resets=42"}
    >>> list(buckets_told(told))
    [('tickets-index', Limits(limit=100, remaining=96, resets_in=42.0))]
    """
    for header, text in headers.items():
        found = _BUCKET.fullmatch(header.lower())
        parts = dict(_PART.findall(text)) if found else {}
        if found and "total" in parts and "remaining" in parts:
            resets = float(parts["resets"]) if "resets" in parts else None
            yield found[1], Limits(int(parts["total"]), int(parts["remaining"]), resets)


def retry_after(headers: Mapping[str, str], *spare: str) -> float | None:
    """Seconds to wait: from `Retry-After` in either of its forms, else from a `spare` header."""
    for name in ("retry-after", *spare):
        wait = _seconds(headers.get(name))
        if wait is None and name == "retry-after":
            wait = _seconds_until(headers.get(name), headers.get("date"))
        if wait is not None:
            return min(wait, LONGEST_WAIT)
    return None


def _seconds(text: str | None) -> float | None:
    with contextlib.suppress(ValueError):
        value = float(text or "")
        return max(value, 0.0) if math.isfinite(value) else None
    return None


def _seconds_until(then: str | None, now: str | None) -> float | None:
    if then is None or now is None:
        return None
    with contextlib.suppress(ValueError, TypeError):
        wait = parsedate_to_datetime(then) - parsedate_to_datetime(now)
        return max(wait.total_seconds(), 0.0)
    return None
