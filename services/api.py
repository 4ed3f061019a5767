"""What did a vendor answer? One JSON request at a time, over one kept-alive connection.

Everything that can go wrong on the way becomes a `services.errors` type with plain words. The
credentials go to the configured address and nowhere else: no redirect is followed, no cookie is
kept, and no text made here repeats them. Times are in seconds, sizes in bytes after decompression.
"""

import asyncio
import base64
import contextlib
import ipaddress
import math
import re
import zlib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Annotated, TypeVar
from urllib.parse import urlsplit

import msgspec

from services.clock import Clock
from services.domain import Source
from services.errors import (
    ConfigError,
    Forbidden,
    NotFound,
    RateLimited,
    Rejected,
    ServiceError,
    Unauthorised,
    Unavailable,
    UnexpectedReply,
    Unreachable,
)

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")
_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
    r"|\\."
)

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment on the wire: it must say its offset."""
Observe = Callable[[str, Mapping[str, str], float], None]
"""Told the source, the headers and the round trip in seconds of every answer."""

REQUEST_SECONDS = 45.0
"""The longest a request may take from first to last byte, however alive the connection is."""
BODY_BYTES = 10 * 1024 * 1024
"""An answer larger than this is not read to its end."""
REMOTE_CHARACTERS = 120
"""How much of a vendor's own words an error repeats."""
LONGEST_WAIT = 3600.0
"""Seconds; a vendor that asks for more is asked again after this all the same."""

_NAMES = {Source.ZENDESK: "Zendesk", Source.PAGERDUTY: "PagerDuty"}
_HOW_TO_LOG_IN = {
    Source.ZENDESK: "Check ROTA_ZENDESK_TOKEN or zendesk.token_command.",
    Source.PAGERDUTY: "Check ROTA_PAGERDUTY_TOKEN or pagerduty.token_command.",
}
_PATH = re.compile(r"(?:/(?!\.)[A-Za-z0-9_.-]+)+")
_SEGMENT = re.compile(r"[A-Za-z0-9_-]{1,128}")
_LIMIT_SPELLINGS = (
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


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_web_page(self) -> bool:
        kind = self.headers.get("content-type", "").lower()
        return "html" in kind or self.body.lstrip()[:1] == b"<"


class Api:
    """One vendor's address, and our standing there."""

    def __init__(
        self,
        source: Source,
        base_url: str,
        *,
        headers: Callable[[], Mapping[str, str]],
        clock: Clock,
        observe: Observe | None = None,
        transport: "httpx.AsyncBaseTransport | None" = None,
    ) -> None:
        self.source = source
        self.name = _NAMES[source]
        self.requests_made = 0
        self.limits: Limits | None = None
        self._base_url = check_base_url(base_url, f"{source}.base_url")
        self._headers = headers
        self._clock = clock
        self._observe = observe
        self._transport = transport
        self._client: httpx.AsyncClient | None = None
        self._turn = asyncio.Lock()

    def __repr__(self) -> str:
        return f"Api({self.source.value!r}, {self._base_url!r})"

    async def read(self, path: str, reply: type[T], params: Sequence[tuple[str, str]] = ()) -> T:
        """Ask for `path` and decode the answer as `reply`.

        Args:
            path: Below the base address, beginning with a slash; ids in it went through `segment`.
            reply: What msgspec is to make of the JSON.
            params: The query, in order; a name may repeat.

        Raises:
            ServiceError: No answer, a refusal, or not the documented shape. Nothing was changed.
        """
        if not _PATH.fullmatch(path):
            raise ValueError(f"not a path: {path!r}")
        async with self._turn:
            sent = self._credentials()
            try:
                async with asyncio.timeout(REQUEST_SECONDS):
                    answer = await self._exchange(path, params, sent)
            except TimeoutError as error:
                raise self._silent() from error
        if not 200 <= answer.status < 300:
            raise _refusal(self.source, answer, _secrets(sent))
        return self._decode(answer, reply)

    async def aclose(self) -> None:
        """Close the connection. Asking again opens a new one."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _credentials(self) -> dict[str, str]:
        sent = {"Accept": "application/json", "User-Agent": "rota"} | dict(self._headers())
        # Else the transport would complain, and repeat the value in its complaint.
        if not all(value.isascii() and value.isprintable() for value in sent.values()):
            raise Unauthorised(
                self.source,
                f"The {self.name} token holds characters that cannot be sent.",
                "Was it copied whole, without a line break?",
            )
        # Only what `_inflated` can undo piece by piece.
        return sent | {"Accept-Encoding": "gzip"}

    async def _exchange(
        self, path: str, params: Sequence[tuple[str, str]], headers: Mapping[str, str]
    ) -> _Answer:
        import httpx

        client = self._connected()
        request = client.build_request(
            "GET", self._base_url + path, params=list(params) or None, headers=headers
        )
        self.requests_made += 1
        asked = self._clock.monotonic()
        try:
            response = await client.send(request, stream=True)
            try:
                self._heard(response.headers, self._clock.monotonic() - asked)
                body = await self._body(response)
            finally:
                await response.aclose()
        except httpx.TimeoutException as error:
            raise self._silent() from error
        except httpx.ConnectError as error:
            advice = "Is the network up, and base_url right?"
            raise Unreachable(self.source, f"{self.name} is unreachable.", advice) from error
        except httpx.RequestError as error:
            raise Unreachable(self.source, f"The connection to {self.name} broke off.") from error
        return _Answer(response.status_code, response.headers, body)

    def _connected(self) -> "httpx.AsyncClient":
        if self._client is not None:
            return self._client
        from http.cookiejar import CookieJar, DefaultCookiePolicy

        import httpx

        try:
            self._client = httpx.AsyncClient(
                transport=self._transport,
                timeout=httpx.Timeout(connect=5, read=20, write=20, pool=5),
                limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
                follow_redirects=False,
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
                # A proxy sees nothing of https; of http it would see the token.
                trust_env=self._base_url.startswith("https:"),
            )
        except (OSError, ValueError, ImportError, httpx.InvalidURL):
            # Not chained: the address of a proxy may hold a password.
            raise Unreachable(
                self.source,
                "The network settings of this shell cannot be used.",
                "Look at HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE and SSL_CERT_DIR.",
            ) from None
        return self._client

    def _heard(self, headers: Mapping[str, str], round_trip: float) -> None:
        self.limits = _limits(headers) or self.limits
        if self._observe is not None:
            self._observe(self.source.value, headers, round_trip)

    async def _body(self, response: "httpx.Response") -> bytes:
        # A test's transport may hand over a whole answer, read and unpacked beforehand.
        pieces = response.aiter_bytes() if response.is_stream_consumed else _inflated(response)
        body = bytearray()
        try:
            async for piece in pieces:
                body += piece
                if len(body) > BODY_BYTES:
                    raise ValueError("larger than 10 MiB")
        except (ValueError, zlib.error) as error:
            if response.is_success:
                what = f"{self.name} sent an answer that cannot be read: {error}."
                raise UnexpectedReply(self.source, what) from error
            return b""
        return bytes(body)

    def _silent(self) -> Unreachable:
        return Unreachable(self.source, f"{self.name} took too long to answer.")

    def _decode(self, answer: _Answer, reply: type[T]) -> T:
        if answer.is_web_page:
            raise UnexpectedReply(
                self.source,
                f"{self.name} answered with a web page instead of JSON; is base_url right?",
            )
        try:
            return _decoded(answer.body, reply)
        except msgspec.ValidationError as error:
            what = f"{self.name} answered in an unknown shape: {_plain(str(error))}"
            raise UnexpectedReply(self.source, what) from error
        except (ValueError, RecursionError) as error:
            what = f"{self.name} answered with JSON that is broken or cut short."
            raise UnexpectedReply(self.source, what) from error


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
    if not _SEGMENT.fullmatch(value):
        raise NotFound(source, f"{_NAMES[source]} has nothing with the id {_plain(value)!r}.")
    return value


def utc(moment: datetime) -> datetime:
    """The same moment in UTC.

    Raises:
        ValueError: It has no offset, or lies outside the calendar.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without an offset")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("a moment outside the calendar") from None


def readable(
    noun: str, raws: Iterable[msgspec.Raw], read: Callable[[msgspec.Raw], T]
) -> tuple[tuple[T, ...], tuple[str, ...]]:
    """Each record that can be read, and a line for each that cannot: one bad one spoils no other.

    Args:
        noun: What the records are called, for those lines.
        raws: The elements of a JSON list.
        read: Makes a value of one; a `ValueError` says that it is broken.
    """
    values, skipped = [], []
    for raw in raws:
        try:
            try:
                values.append(read(raw))
            except UnicodeDecodeError:
                whole = bytes(raw).decode("utf-8", errors="replace")
                values.append(read(msgspec.Raw(whole)))
        except (ValueError, RecursionError) as error:
            skipped.append(_plain(f"{noun} {_id_in(raw)}: {error}"))
    return tuple(values), tuple(skipped)


class _Identified(msgspec.Struct):
    id: int | str | None = None


def _id_in(raw: msgspec.Raw) -> str:
    with contextlib.suppress(ValueError, RecursionError):
        return str(msgspec.json.decode(raw, type=_Identified).id or "without id")
    return "without id"


def _decoded(body: bytes, reply: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=reply)
    except msgspec.ValidationError:
        raise
    except ValueError:
        # Half of a cut emoji in one subject must not hide every other ticket of the page.
        return msgspec.json.decode(_mended(body), type=reply)


def _mended(body: bytes) -> bytes:
    """JSON whose escaped halves of surrogate pairs are replaced by U+FFFD."""
    text = body.decode("utf-8", errors="surrogateescape")
    whole = _ESCAPE.sub(lambda m: "\\ufffd" if m["half"] else m[0], text)
    return whole.encode("utf-8", errors="surrogateescape")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _inflated(response: "httpx.Response") -> AsyncIterator[bytes]:
    """The body, unpacked at most 64 KiB at a time, so that a bomb fills no memory."""
    packed = response.headers.get("content-encoding", "identity").strip().lower()
    if packed == "identity":
        async for piece in response.aiter_raw():
            yield piece
        return
    if packed not in ("gzip", "x-gzip", "deflate"):
        raise ValueError("packed in a way we did not ask for")
    unpacker = zlib.decompressobj(wbits=47)
    async for piece in response.aiter_raw():
        while piece and not unpacker.eof:
            yield unpacker.decompress(piece, 65536)
            piece = unpacker.unconsumed_tail
    if not unpacker.eof:
        raise ValueError("cut short")


def _limits(headers: Mapping[str, str]) -> Limits | None:
    for names in _LIMIT_SPELLINGS:
        limit, remaining, reset = (_seconds(headers.get(name)) for name in names)
        if limit is not None and remaining is not None:
            return Limits(int(limit), int(remaining), reset)
    return None


def _seconds(text: str | None) -> float | None:
    with contextlib.suppress(ValueError):
        value = float(text or "")
        return max(value, 0.0) if math.isfinite(value) else None
    return None


def _retry_after(headers: Mapping[str, str], *spare: str) -> float | None:
    """Seconds to wait: from `Retry-After` in either of its forms, else from a `spare` header."""
    for name in ("retry-after", *spare):
        wait = _seconds(headers.get(name))
        if wait is None and name == "retry-after":
            wait = _seconds_until(headers.get(name), headers.get("date"))
        if wait is not None:
            return min(wait, LONGEST_WAIT)
    return None


def _seconds_until(then: str | None, now: str | None) -> float | None:
    if then is None or now is None:
        return None
    with contextlib.suppress(ValueError, TypeError):
        wait = parsedate_to_datetime(then) - parsedate_to_datetime(now)
        return max(wait.total_seconds(), 0.0)
    return None


def _refusal(source: Source, answer: _Answer, secrets: Sequence[str]) -> ServiceError:
    """The error that a status means, whatever the body looks like."""
    name, headers = _NAMES[source], answer.headers
    words, code = _envelope(answer, secrets)
    said = f": {words}" if words else "."
    advice = "Is base_url right?" if answer.is_web_page else ""
    match answer.status:
        case 401:
            return Unauthorised(
                source,
                f"{name} does not accept the credentials{said}",
                _HOW_TO_LOG_IN[source],
            )
        case 403:
            return Forbidden(source, f"{name} does not allow this{said}", advice)
        case 404:
            return NotFound(source, f"{name} has no such thing, or hides it{said}", advice)
        case 429:
            wait = _retry_after(headers, "ratelimit-reset", "rate-limit-reset")
            return RateLimited(source, f"{name} was asked too often.", wait)
        case status if status == 408 or status >= 500:
            trouble = f"{name} is in trouble ({status}){said}"
            return Unavailable(source, trouble, _retry_after(headers))
        case status if status >= 400:
            refused = f"{name} refused the request ({status}){said}"
            return Rejected(source, refused, advice, status=status, code=code)
        case status:
            moved = f"{name} answered {status}, pointing elsewhere; we do not follow."
            return UnexpectedReply(source, moved, "Is base_url right?")


def _envelope(answer: _Answer, secrets: Sequence[str]) -> tuple[str, int]:
    """The vendor's words and numeric code, out of any of the shapes that errors come in."""
    try:
        body: object = msgspec.json.decode(answer.body)
    except (ValueError, RecursionError):
        return "", 0
    words = ", ".join(dict.fromkeys(_strings(body)))
    for secret in secrets:
        words = words.replace(secret, "…")
    error = body.get("error") if isinstance(body, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return _plain(words), code if isinstance(code, int) else 0


def _strings(value: object, depth: int = 5) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth and isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part, depth - 1)


def _secrets(headers: Mapping[str, str]) -> list[str]:
    sent = next((v for k, v in headers.items() if k.lower() == "authorization"), "")
    scheme, _, secret = sent.rpartition(" ")
    found = [secret.removeprefix("token=")]
    if scheme == "Basic":
        with contextlib.suppress(ValueError):
            found.append(base64.b64decode(secret).decode().rpartition(":")[2])
    return [one for one in found if one]


def _plain(text: str) -> str:
    """Remote words on one line: what cannot be printed left out, and not too many of them."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= REMOTE_CHARACTERS else line[: REMOTE_CHARACTERS - 1] + "…"
