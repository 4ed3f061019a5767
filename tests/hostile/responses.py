"""What a vendor, or somebody in its place, may answer: each by name, made when it is wanted."""

import gzip
import json
import zlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import cache

import httpx

Build = Callable[[httpx.Request], httpx.Response]

ELSEWHERE = "https://evil.example"
HUGE = 12 * 1024 * 1024
"""Bytes; more than is ever read."""

ACTS = "\x1b]0;owned\x07\x1b[2J\u202e[red]"


class Wire(httpx.AsyncByteStream):
    """Pieces as they come off a wire, so many of them, and how many were taken."""

    def __init__(self, pieces: Sequence[bytes], times: int = 1) -> None:
        self.pieces, self.times, self.taken = pieces, times, 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(self.times):
            for piece in self.pieces:
                self.taken += len(piece)
                yield piece


class Broken(httpx.AsyncByteStream):
    """Hangs up after the first piece."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b'{"tickets": ['
        raise httpx.ReadError("reset")


def body(content: bytes, status: int = 200, **headers: str) -> Build:
    """This very content, called JSON unless told otherwise."""
    named = {"content-type": "application/json"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: httpx.Response(status, content=content, headers=named, request=request)


def says(document: object, status: int = 200, **headers: str) -> Build:
    """This document as JSON, written when it is first asked for."""

    @cache
    def written() -> bytes:
        return json.dumps(document).encode()

    return lambda request: body(written(), status, **headers)(request)


def streamed(stream: httpx.AsyncByteStream, status: int = 200, **headers: str) -> Build:
    """A body that comes in pieces."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: httpx.Response(status, stream=stream, headers=named, request=request)


def packed(
    content: Callable[[], bytes], status: int = 200, packing: str = "gzip", size: int = 65536
) -> Build:
    """A packed body as it comes off the wire, still packed."""

    def build(request: httpx.Request) -> httpx.Response:
        whole = content()
        pieces = [whole[at : at + size] for at in range(0, len(whole), size)]
        return streamed(Wire(pieces), status, content_encoding=packing)(request)

    return build


def raising(error: type[httpx.TransportError]) -> Build:
    """No answer at all."""

    def fail(request: httpx.Request) -> httpx.Response:
        raise error("\x1b]0;owned\x07", request=request)

    return fail


def echo(status: int) -> Build:
    """Repeats what it was sent, credentials and all."""

    def build(request: httpx.Request) -> httpx.Response:
        sent = dict(request.headers)
        document = {"error": {"message": json.dumps(sent), "errors": list(sent.values())}, **sent}
        return httpx.Response(status, json=document, request=request)

    return build


def nest(opening: str, closing: str, levels: int, inside: str = "1") -> bytes:
    """Levels in levels."""
    return (opening * levels + inside + closing * levels).encode()


def every_list(one: object, **more: object) -> dict[str, object]:
    """A page that is a page to any reader, with this in each of its lists."""
    names = (
        "tickets",
        "results",
        "incidents",
        "log_entries",
        "users",
        "groups",
        "comments",
        "audits",
        "metric_sets",
        "oncalls",
        "schedules",
        "priorities",
        "teams",
        "services",
    )
    return {name: [one] for name in names} | more


def ticket(**odd: object) -> dict[str, object]:
    """A page of one ticket and one incident, odd in one way."""
    at = "2026-01-14T12:00:00Z"
    usual = {
        "id": 1,
        "subject": "x",
        "title": "x",
        "status": "open",
        "created_at": at,
        "updated_at": at,
        "tags": ["p1"],
        "requester_id": 1,
        "assignee_id": 1,
        "incident_number": 1,
        "html_url": "https://x.example/1",
        "url": "https://x.example/1",
        "type": "Comment",
    }
    more = {"meta": {"has_more": False}, "more": False, "count": 1, "end_of_stream": True}
    return every_list({**usual, **odd}, **more)


@cache
def bomb() -> bytes:
    """A little that unpacks to 64 MiB."""
    return gzip.compress(b"\0" * (64 * 1024 * 1024), 9)


LATER = "9" * 400

RESPONSES: Mapping[str, Build] = {
    # Elsewhere.
    "moved to another host": body(b"", 301, location=f"{ELSEWHERE}/"),
    "found at another scheme": body(b"", 302, location="http://evil.example/"),
    "see a file": body(b"", 303, location="file:///etc/passwd"),
    "moved for now, with the body": body(b"", 307, location=f"{ELSEWHERE}/api"),
    "moved for good, within": body(b"", 308, location="/elsewhere"),
    "moved to nonsense": body(b"", 301, location="\\\\evil\\x"),
    "many choices": body(b"[]", 300),
    "not modified": body(b"", 304),
    "use a proxy": body(b"", 305, location=ELSEWHERE),
    "refresh to elsewhere": body(b"{}", refresh=f"0; url={ELSEWHERE}"),
    "pages that go on elsewhere": says(
        ticket()
        | {
            "next_page": f"{ELSEWHERE}/2",
            "links": {"next": f"{ELSEWHERE}/3"},
            "meta": {"has_more": True, "after_cursor": f"{ELSEWHERE}/4"},
            "more": True,
        }
    ),
    "asks for a password": body(b"", 401, www_authenticate='Basic realm="\x0b"'),
    "asks the proxy's password": body(b"", 407, proxy_authenticate="Basic"),
    "switches protocols": body(b"", 101),
    # Not what was asked for.
    "empty": body(b""),
    "no content": body(b"", 204),
    "part of it": body(b'{"tickets": [', 206),
    "blank": body(b" \n\t "),
    "null": body(b"null"),
    "true": body(b"true"),
    "a number": body(b"-0.0e-400"),
    "a string": body(b'"tickets"'),
    "a list": body(b"[[]]"),
    "an empty object": body(b"{}"),
    "lists that are objects": says({"tickets": {}, "incidents": {}, "oncalls": {}, "results": {}}),
    "lists of nulls": says(every_list(None)),
    "lists of numbers": says(every_list(10**18)),
    "a web page": body(b"<!doctype html><title>Sign in</title>", content_type="text/html"),
    "a web page called JSON": body(b"\n <html><script>alert(1)</script>"),
    "JSON called a web page": says(ticket(), content_type="text/html"),
    "XML with entities": body(b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
    "in an unheard-of alphabet": says(ticket(), content_type="application/json; charset=\x7f"),
    # Broken.
    "cut short": body(b'{"tickets": [{"id": 1, "subj'),
    "more behind its end": body(b'{"tickets": []} {"tickets": []}'),
    "not a number": body(b'{"tickets": [NaN, Infinity, -Infinity]}'),
    "a number out of range": body(b'{"count": 1e999, "tickets": []}'),
    "a number of 20,000 digits": body(b'{"count": ' + b"9" * 20_000 + b', "tickets": []}'),
    "the same key twice": body(b'{"tickets": [], "tickets": null}'),
    "an order of bytes first": body(b"\xef\xbb\xbf" + b'{"tickets": []}'),
    "in UTF-16": body('{"tickets": []}'.encode("utf-16")),
    "not text": body(b'{"tickets": [{"id": 1, "subject": "\xff\xfe\x80"}]}'),
    "overlong UTF-8": body(b'{"tickets": [{"id": 1, "subject": "\xc0\x9b[2J"}]}'),
    "surrogates in UTF-8": body(b'{"tickets": [{"id": 1, "subject": "\xed\xa0\x80"}]}'),
    "raw controls": body(b'{"tickets": [{"id": 1, "subject": "\x1b[2J\x00"}]}'),
    "zero bytes": body(b"\x00" * 1000),
    "comments and commas": body(b'{"tickets": [],} // x'),
    # Too much.
    "65 lists deep": body(nest("[", "]", 65)),
    "100,000 lists deep": body(nest("[", "]", 100_000)),
    "100,000 objects deep": body(nest('{"a":', "}", 100_000)),
    "deep where nobody looks": body(b'{"tickets": [], "x": ' + nest('[{"a":', "}]", 5000) + b"}"),
    "deep, and never closed": body(b"[" * 1_000_000),
    "deep, hidden by strings": body(b'{"x": ' + nest('["]",', "]", 3000, '"[[[["') + b"}"),
    "quotes without end": body(b'"\\' * 500_000),
    "a list of two million": body(b'{"tickets": [' + b"0," * 2_000_000 + b"0]}"),
    "100,000 broken records": body(b'{"tickets": [' + b"{}," * 100_000 + b"{}]}"),
    "100,000 keys": says({f"k{number}": number for number in range(100_000)}),
    "100,000 tags": says(ticket(tags=[f"t{number}" for number in range(100_000)])),
    "a subject of a megabyte": says(ticket(subject="\u202e" * 300_000)),
    "twelve megabytes": packed(lambda: b'{"x": "' + b"a" * HUGE + b'"}', packing="identity"),
    "twelve megabytes in pieces": lambda request: streamed(Wire([b" " * 65536], 192))(request),
    "a bomb": packed(bomb),
    "a bomb in a refusal": packed(bomb, 503),
    "a bomb in pieces": packed(bomb, size=512),
    "a bomb in a bomb": packed(lambda: gzip.compress(bomb()), packing="gzip, gzip"),
    "packed in an unasked way": packed(lambda: b"\x1b\x00\x00", packing="br"),
    "packed and cut": packed(lambda: gzip.compress(b"{}" * 5000)[:-9]),
    "called packed and not": packed(lambda: b'{"tickets": []}'),
    "packed without a head": packed(lambda: zlib.compress(b"{}")[2:], packing="deflate"),
    "hangs up in the middle": lambda request: streamed(Broken())(request),
    "a refusal of many words": says({"errors": [f"word {n}" for n in range(30_000)]}, 422),
    "a deep refusal": body(nest('{"error":', "}", 50_000), 422),
    # Headers.
    "a date of nobody's": says(ticket(), date="Wed, 99 Foo 99999 99:99:99 GMT"),
    "a date in the year 9999": says(ticket(), date="Fri, 31 Dec 9999 23:59:59 GMT"),
    "a date in the year 1": says(ticket(), date="Mon, 01 Jan 0001 00:00:00 +2359"),
    "wait for ever": body(b"", 429, retry_after=LATER),
    "wait a negative time": body(b"", 429, retry_after="-1"),
    "wait not a number": body(b"", 503, retry_after="NaN"),
    "wait for infinity": body(b"", 429, retry_after="inf", ratelimit_reset="inf"),
    "wait until 9999": body(
        b"",
        429,
        retry_after="Fri, 31 Dec 9999 23:59:59 GMT",
        date="Wed, 14 Jan 2026 12:00:00 GMT",
    ),
    "limits out of range": says(
        ticket(), x_rate_limit=LATER, x_rate_limit_remaining="-5", x_rate_limit_reset="NaN"
    ),
    "no more requests": says(
        ticket(), ratelimit_limit="1", ratelimit_remaining="0", ratelimit_reset=LATER
    ),
    "cookies for elsewhere": says(ticket(), set_cookie="a=b; Domain=evil.example; Path=/"),
    "a size that is a lie": body(b'{"tickets": []}', content_length="99999999"),
    # Refusals that repeat, act or lie.
    "repeats what it was sent": echo(400),
    "repeats what it was sent, unauthorised": echo(401),
    "repeats what it was sent, in trouble": echo(500),
    "words that act": says(
        {"error": {"message": ACTS, "errors": [ACTS]}, "description": ACTS}, 422
    ),
    "fields that act": says({"details": {ACTS: [{"description": ACTS}]}, "error": ACTS}, 422),
    "a status of no kind": body(b"{}", 299),
    "a status of 999": body(b"{}", 999),
    "a code that is none": says({"error": {"message": "x", "code": 10**30}}, 400),
    # Records that are odd.
    "texts that act": says(ticket(subject=ACTS, title=ACTS, status=ACTS, tags=[ACTS])),
    "an id that is a path": says(ticket(id="../../admin", requester_id="../1")),
    "an id that acts": says(ticket(id=f"P{ACTS}")),
    "an id below zero": says(ticket(id=-1)),
    "an id of forty digits": says(ticket(id=10**40)),
    "an id that is a list": says(ticket(id=[1])),
    "an address that runs": says(ticket(html_url="javascript:alert(1)", url="file:///etc/passwd")),
    "an address that acts": says(ticket(html_url=f"https://{ACTS}/")),
    "a moment that is none": says(ticket(created_at="yesterday")),
    "a moment without an offset": says(ticket(created_at="2026-01-14T12:00:00")),
    "a moment in the year 1": says(ticket(created_at="0001-01-01T00:00:00+14:00")),
    "a moment in the year 9999": says(ticket(created_at="9999-12-31T23:59:59-14:00")),
    "a moment that is a number": says(ticket(created_at=10**12)),
    "a tag that names a path": says(ticket(tags=["pd_../../x", "pd_", "pd_" + "a" * 5000])),
    "the wrong type everywhere": says(
        ticket(subject={}, title=[], status=1, tags="p1", html_url=7, updated_at=None)
    ),
    "a page that never ends": says(
        ticket()
        | {
            "meta": {"has_more": True, "after_cursor": "x"},
            "more": True,
            "end_of_stream": False,
            "after_cursor": "x",
            "next_page": "x",
            "count": 10**9,
        }
    ),
    "an empty page that goes on": says(
        {name: [] for name in every_list(0)}
        | {"meta": {"has_more": True, "after_cursor": "x"}, "more": True, "count": 10**9}
    ),
    "a place to go on that acts": says(
        ticket() | {"meta": {"has_more": True, "after_cursor": f"\r\nHost: x{ACTS}"}, "more": True}
    ),
    # No answer.
    "nobody there": raising(httpx.ConnectError),
    "nobody there in time": raising(httpx.ConnectTimeout),
    "silence": raising(httpx.ReadTimeout),
    "a broken protocol": raising(httpx.RemoteProtocolError),
    "a reset": raising(httpx.ReadError),
    "no room in the pool": raising(httpx.PoolTimeout),
    "a proxy that refuses": raising(httpx.ProxyError),
    "a protocol that is not spoken": raising(httpx.UnsupportedProtocol),
}
