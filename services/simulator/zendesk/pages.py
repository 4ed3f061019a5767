"""Which records are on this page, and where is the next? Zendesk has two ways of counting."""

import base64
import binascii
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import urlencode

from services.simulator.call import Call, Json, Refused, Reply
from services.simulator.settings import Settings

Row = TypeVar("Row")
Key = tuple[int | str, ...]

LARGEST = 100
"""Records per page."""

DEEPEST = 10_000
"""Records that can be reached by counting pages."""


def wants_cursor(call: Call) -> bool:
    """Whether the client asks for pages by cursor."""
    return any(name in call.query for name in ("page[size]", "page[after]", "page[before]"))


def refuse_pages(code: str, title: str, detail: str) -> Refused:
    """The error that pagination answers."""
    errors = [{"code": code, "title": title, "detail": detail}]
    return Refused(Reply(400, {"errors": errors}))


def by_cursor(
    call: Call,
    settings: Settings,
    rows: Sequence[Row],
    key: Callable[[Row], Key],
    *,
    descending: bool = False,
) -> tuple[list[Row], Json]:
    """One page of `rows`, which ascend by `key`, and the envelope that goes with it.

    The cursor holds a key and not a place, so that records may come and go between two pages.
    `links.next` is given even when nothing is left, as the real one does.
    """
    size = _page_size(call, settings)
    after, before = call.query.get("page[after]"), call.query.get("page[before]")
    forwards = not before
    cursor = opened(before or after) if before or after else None
    climbing = forwards is not descending
    if cursor is None:
        start, end = 0, len(rows)
    elif climbing:
        start, end = bisect_right(rows, cursor, key=key), len(rows)
    else:
        start, end = 0, bisect_left(rows, cursor, key=key)
    more = end - start > size
    page = list(rows[start:end][:size] if climbing else rows[start:end][-size:])
    if descending:
        page.reverse()
    return page, _envelope(call, page, key, size, more)


def _page_size(call: Call, settings: Settings) -> int:
    text = call.query.get("page[size]", str(LARGEST))
    title = "Invalid pagination parameter"
    if not text.isdigit() or int(text) < 1:
        raise refuse_pages("InvalidPaginationParameter", title, "page[size] must be positive")
    if int(text) > LARGEST and settings.big_page == "refuse":
        detail = f"page[size] must be between 1 and {LARGEST}"
        raise refuse_pages("InvalidPaginationParameter", title, detail)
    return min(int(text), LARGEST)


def _envelope(
    call: Call, page: Sequence[Row], key: Callable[[Row], Key], size: int, more: bool
) -> Json:
    first, last = (sealed(key(page[0])), sealed(key(page[-1]))) if page else (None, None)
    return {
        "meta": {"has_more": more, "after_cursor": last, "before_cursor": first},
        "links": {
            "prev": _link(call, size, page__before=first) if first else None,
            "next": _link(call, size, page__after=last) if last else None,
        },
    }


def _link(call: Call, size: int, **cursor: str) -> str:
    places = ("page[after]", "page[before]")
    pairs = call.query.with_(drop=places, page__size=str(size), **cursor)
    return f"{call.url}?{urlencode(pairs)}"


def sealed(key: Key) -> str:
    """A cursor: opaque to whoever is not meant to look.

    >>> opened(sealed((1, "two")))
    (1, 'two')
    """
    return base64.b64encode(json.dumps({"v": key}).encode()).decode()


def opened(cursor: str) -> Key:
    """The key inside a cursor; 400 if it is none of ours."""
    try:
        return tuple(json.loads(base64.b64decode(cursor, validate=True))["v"])
    except (binascii.Error, ValueError, KeyError, TypeError):
        title = "Invalid cursor"
        raise refuse_pages("InvalidPaginationParameter", title, "is not valid") from None


def by_number(call: Call, rows: Sequence[Row], *, deepest: int = DEEPEST) -> tuple[list[Row], Json]:
    """One page of `rows` in their order, and the envelope that goes with it.

    More than 100 per page is quietly taken as 100.
    """
    size = min(_whole(call, "per_page", LARGEST), LARGEST)
    number = _whole(call, "page", 1)
    if (number - 1) * size >= deepest:
        detail = f"Page {number} is beyond the first {deepest} records; use cursor pagination."
        raise refuse_pages("InvalidPaginationDepth", "Invalid pagination depth", detail)
    start = (number - 1) * size
    page = list(rows[start : start + size])
    return page, {
        "next_page": _numbered(call, number + 1) if start + size < len(rows) else None,
        "previous_page": _numbered(call, number - 1) if number > 1 else None,
        "count": len(rows),
    }


def _whole(call: Call, name: str, default: int) -> int:
    text = call.query.get(name)
    return max(1, int(text)) if text.isdigit() else default


def _numbered(call: Call, number: int) -> str:
    pairs = call.query.with_(drop=("page",))
    return f"{call.url}?{urlencode([*pairs, ('page', str(number))])}"
