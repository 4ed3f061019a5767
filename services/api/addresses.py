"""Where may credentials be sent, and what may stand in a path?"""

import ipaddress
import re
from urllib.parse import urlsplit

from services.api.words import NAMES, one_line
from services.domain import Source
from services.errors import ConfigError, NotFound

PATH = r"(?:/(?!\.)[A-Za-z0-9_.-]+)+"
"""A path below the base address; ids in it went through `segment`."""

_SEGMENT = r"[A-Za-z0-9_-]{1,128}"


def check_base_url(url: str, name: str) -> str:
    """The address without a trailing slash, if credentials may be sent there.

    Args:
        url: `https://…`, or `http://…` for this machine only.
        name: How the configuration calls it, for the error.

    Raises:
        ConfigError: Not such an address, or it carries a user, a query or a fragment.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ConfigError(f"{name}: not a web address.") from None
    if not (url.isascii() and url.isprintable()) or re.search(r"[\s\\]", url) or not host:
        raise ConfigError(f"{name}: not a web address.")
    if set("@?#") & set(url):
        raise ConfigError(f"{name}: must hold no user name, password, query or fragment.")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        raise ConfigError(f"{name}: must begin with https://; http:// is for this machine only.")
    return url.rstrip("/")


def segment(source: Source, value: str) -> str:
    """An id as one segment of a path.

    Raises:
        NotFound: It cannot be an id, so nothing can have it.
    """
    if not re.fullmatch(_SEGMENT, value):
        raise NotFound(source, f"{NAMES[source]} has nothing with the id {one_line(value)!r}.")
    return value


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
