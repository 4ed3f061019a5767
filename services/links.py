"""Where does a link really lead, and may it be opened without a question?

Web addresses only. The host is shown as a browser sees it: letters of other alphabets that look
like ours come out as `xn--…`, and an address with a user name before its host is none at all.
"""

import re
from collections.abc import Collection
from urllib.parse import quote, urlsplit, urlunsplit

from msgspec import Struct

LONGEST = 2000
"""Characters; browsers cut longer addresses, each its own way."""

MOST = 50
"""Links looked for in one text."""

_SAFE = "/:@!$&*+,;=~%-._?"
"""What may stand in an address as it is; brackets, quotes and the rest are written with `%`."""

_HOST = r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[0-9a-f:]*:[0-9a-f:.]*"
_IN_TEXT = r"(?i)https?://[^\s<>\"]{1,2000}"


class Link(Struct, frozen=True):
    """An address that a browser can be given: ASCII, without blanks or quotes."""

    url: str
    host: str


def web_link(text: str) -> Link | None:
    """An address of the web, written out; None if it is anything else.

    >>> web_link("https://zendesk.com@evil.example/"), web_link("javascript:alert(1)")
    (None, None)
    >>> web_link("https://z\u0435ndesk.com/a b") is None
    True
    >>> web_link("https://z\u0435ndesk.com/(a)").url
    'https://xn--zndesk-3of.com/%28a%29'
    """
    if len(text) > LONGEST or not text.isprintable() or set(text) & set(" \\\u3000"):
        return None
    try:
        parts = urlsplit(text)
        port, named = parts.port, parts.hostname or ""
        host = named if named.isascii() else named.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return None
    if (
        parts.scheme not in ("http", "https")
        or "@" in parts.netloc
        or not re.fullmatch(_HOST, host)
    ):
        return None
    place = f"[{host}]" if ":" in host else host
    place += f":{port}" if port is not None else ""
    rest = (quote(part, safe=_SAFE) for part in (parts.path, parts.query, parts.fragment))
    return Link(urlunsplit((parts.scheme, place, *rest)), host)


def links_in(text: str) -> tuple[Link, ...]:
    """The different web addresses in a text, in their order.

    >>> [link.url for link in links_in("see https://a.example/x, or (https://b.example).")]
    ['https://a.example/x', 'https://b.example']
    """
    found: dict[str, Link] = {}
    for match in re.finditer(_IN_TEXT, text):
        link = web_link(match[0].rstrip(".,;:!?)]}'*_"))
        if link is not None:
            found.setdefault(link.url, link)
        if len(found) == MOST:
            break
    return tuple(found.values())


def allowed(link: Link, hosts: Collection[str]) -> bool:
    """Whether a link leads to one of these hosts; `*.example.com` is every host below it.

    >>> allowed(Link("https://a.b.example/", "a.b.example"), ["*.example"])
    True
    >>> allowed(Link("https://evilexample/", "evilexample"), ["*.example", "example"])
    False
    """
    return any(
        link.host == host or (host.startswith("*.") and link.host.endswith(host[1:]))
        for host in (host.lower() for host in hosts)
    )
