"""What is asked, and what comes back? The body of an answer, read and decoded with care."""

import re
import zlib
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec import Struct, field

from services.api.bounds import BODY_BYTES, too_much
from services.api.words import NAMES, one_line
from services.domain import Source
from services.errors import UnexpectedReply

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")

_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
    r"|(?:\\[^u]){1,64}|\\u"
)


class Request(Struct, frozen=True):
    """One question to a vendor, or one thing for it to do."""

    method: str
    path: str
    """Below the base address, beginning with a slash; ids in it went through `segment`."""
    params: Sequence[tuple[str, str]] = ()
    """The query, in order; a name may repeat."""
    body: bytes | None = None
    """JSON."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Besides the credentials, as `From` or `Idempotency-Key`."""
    urgent: bool = False
    """A write, or the look that verifies one: it goes before waiting reads, and may use the part
    of the limit that is kept back from them."""
    patient: bool = False
    """Whether a late answer is waited for as long as any: it cannot be had twice."""

    @property
    def writes(self) -> bool:
        """Whether it may change something, so that a lost answer leaves that unknown."""
        return self.method not in ("GET", "HEAD")


class Answer(Struct, frozen=True):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def good(self) -> bool:
        """Whether the request was carried out."""
        return 200 <= self.status < 300

    @property
    def is_web_page(self) -> bool:
        """Whether something on the way answered, and not the vendor."""
        kind = self.headers.get("content-type", "").lower()
        return "html" in kind or self.body.lstrip()[:1] == b"<"


async def read_body(source: Source, response: "httpx.Response") -> bytes:
    """The body of an answer; that of a refusal is left empty if it cannot be read.

    Raises:
        UnexpectedReply: A good answer's cannot be read, or is larger than `BODY_BYTES`.
    """
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
            what = f"{NAMES[source]} sent an answer that cannot be read: {error}."
            raise UnexpectedReply(source, what) from error
        return b""
    return bytes(body)


def decode(source: Source, answer: Answer, reply: type[T]) -> T:
    """What an answer says.

    Raises:
        UnexpectedReply: It is not JSON, too much of it, or not of the documented shape.
    """
    name = NAMES[source]
    if answer.is_web_page:
        raise UnexpectedReply(
            source, f"{name} answered with a web page instead of JSON; is base_url right?"
        )
    if excess := too_much(answer.body):
        raise UnexpectedReply(source, f"{name} answered with JSON that {excess}.")
    try:
        return decoded(answer.body, reply)
    except msgspec.ValidationError as error:
        what = f"{name} answered in an unknown shape: {one_line(str(error))}"
        raise UnexpectedReply(source, what) from error
    except (ValueError, RecursionError) as error:
        what = f"{name} answered with JSON that is broken or cut short."
        raise UnexpectedReply(source, what) from error


def decoded(body: bytes, reply: type[T]) -> T:
    """JSON as `reply`; halves of a cut emoji in it are mended.

    Raises:
        ValueError: It is not JSON; a `msgspec.ValidationError` when of another shape.
    """
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
