"""How much may still be asked, and how long is one to wait? Read from the headers of an answer."""

import contextlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

LONGEST_WAIT = 3600.0
"""Seconds; a vendor that asks for more is asked again after this all the same."""

_SPELLINGS = (
    ("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"),
    ("rate-limit", "rate-limit-remaining", "rate-limit-reset"),
    ("x-rate-limit", "x-rate-limit-remaining", "x-rate-limit-reset"),
)


@dataclass(frozen=True, slots=True)
class Limits:
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
