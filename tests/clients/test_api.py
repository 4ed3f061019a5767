"""Does every failure on the way become an error that says what happened, and tells no secret?"""

import asyncio
import gzip
import traceback
import zlib
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api import client as api_module
from services.api.addresses import check_base_url, segment
from services.api.client import Api
from services.api.limits import Limits
from services.api.records import utc
from services.clock import ManualClock
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
from services.pagerduty.client import pagerduty_bearer, pagerduty_token
from services.zendesk.client import zendesk_basic, zendesk_bearer
from tests.clients.vendor import TOKEN, Vendor, ok


class _Thing(msgspec.Struct):
    name: str


class _Stream(httpx.AsyncByteStream):
    """A body that arrives in pieces, as from a wire."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            self.taken += 1
            yield piece


async def _failure(vendor: Vendor) -> ServiceError:
    with pytest.raises(ServiceError) as caught:
        await vendor.api().read("/things", _Thing)
    return caught.value


async def test_a_good_answer_is_decoded_and_counted() -> None:
    vendor = Vendor(ok({"name": "kettle", "new": [1]}))
    api = vendor.api()

    thing = await api.read("/things/1", _Thing, [("a[]", "1"), ("a[]", "2 3")])

    assert thing.name == "kettle"
    assert api.requests_made == 1
    assert vendor.query() == [("a[]", "1"), ("a[]", "2 3")]
    assert str(vendor.asked[0].url).startswith("https://desk.example.com/things/1?")
    assert vendor.asked[0].headers["authorization"] == f"Bearer {TOKEN}"


async def test_a_base_address_with_a_path_keeps_it() -> None:
    vendor = Vendor(ok({"name": "kettle"}))
    await vendor.api(base_url="http://127.0.0.1:8080/zendesk/").read("/api/v2/x", _Thing)

    assert str(vendor.asked[0].url) == "http://127.0.0.1:8080/zendesk/api/v2/x"


STATUSES = [
    pytest.param(301, UnexpectedReply, id="moved"),
    pytest.param(304, UnexpectedReply, id="not-modified"),
    pytest.param(400, Rejected, id="bad-request"),
    pytest.param(401, Unauthorised, id="unauthorised"),
    pytest.param(402, Rejected, id="no-such-ability"),
    pytest.param(403, Forbidden, id="forbidden"),
    pytest.param(404, NotFound, id="not-found"),
    pytest.param(408, Unavailable, id="took-too-long"),
    pytest.param(409, Rejected, id="conflict"),
    pytest.param(422, Rejected, id="invalid"),
    pytest.param(429, RateLimited, id="too-often"),
    pytest.param(500, Unavailable, id="internal"),
    pytest.param(503, Unavailable, id="unavailable"),
]
BODIES = [
    pytest.param(b'{"error":"RecordNotFound","description":"Not found"}', id="zendesk-words"),
    pytest.param(b'{"error":{"title":"Forbidden","message":"No access"}}', id="zendesk-object"),
    pytest.param(b'{"errors":[{"code":"Depth","title":"t","detail":"d"}]}', id="zendesk-list"),
    pytest.param(b'{"error":{"message":"Bad","code":2001,"errors":["Why"]}}', id="pagerduty"),
    pytest.param(b'{"error":{"message":"Bad","code":"x","errors":"Why"}}', id="pagerduty-string"),
    pytest.param(b'{"error":["one","two"]}', id="pagerduty-list"),
    pytest.param(b'{"errors":{"start":["is late"]}}', id="pagerduty-v3"),
    pytest.param(b'[[[[[[[["deep"]]]]]]]]', id="deep"),
    pytest.param(b"[" * 50_000, id="very-deep"),
    pytest.param(b"<html>502</html>", id="html"),
    pytest.param(b"\xff\xfe", id="not-text"),
    pytest.param(b"null", id="null"),
    pytest.param(b"", id="empty"),
]


@pytest.mark.parametrize(("status", "error"), STATUSES)
@pytest.mark.parametrize("body", BODIES)
async def test_the_status_decides_whatever_the_body(
    status: int, error: type[ServiceError], body: bytes
) -> None:
    failure = await _failure(Vendor(httpx.Response(status, content=body)))

    assert type(failure) is error
    assert failure.source == "zendesk"
    assert failure.headline.isprintable()
    assert len(failure.headline) < 200


async def test_a_refusal_repeats_the_vendors_words_and_code() -> None:
    body = {"error": {"message": "Invalid Input", "code": 2001, "errors": ["Status must be"]}}
    failure = await _failure(Vendor(httpx.Response(400, json=body)))

    assert isinstance(failure, Rejected)
    assert (failure.status, failure.code) == (400, 2001)
    assert failure.headline == "Zendesk refused the request (400): Invalid Input, Status must be."


async def test_a_vendors_words_are_cut_and_made_printable() -> None:
    body = {"error": "\x1b[31mred\n\u202e" + "x" * 500}
    failure = await _failure(Vendor(httpx.Response(400, json=body)))
    words = failure.headline.partition(": ")[2]

    assert words.isprintable()
    assert len(words) == 120


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({"retry-after": "17", "ratelimit-reset": "3"}, 17, id="retry-after-first"),
        pytest.param({"ratelimit-reset": "3"}, 3, id="reset"),
        pytest.param({"rate-limit-reset": "4"}, 4, id="older-reset"),
        pytest.param(
            {
                "retry-after": "Mon, 05 Jan 2026 09:00:30 GMT",
                "date": "Mon, 05 Jan 2026 09:00:00 GMT",
            },
            30,
            id="as-a-date",
        ),
        pytest.param({"retry-after": "Mon, 05 Jan 2026 09:00:30 GMT"}, None, id="date-alone"),
        pytest.param({"retry-after": "-5"}, 0, id="negative"),
        pytest.param({"retry-after": "nan"}, None, id="not-a-number"),
        pytest.param({"retry-after": "9999999"}, 3600, id="too-long"),
        pytest.param({}, None, id="unsaid"),
    ],
)
async def test_being_asked_to_wait_says_how_long(
    headers: dict[str, str], seconds: float | None
) -> None:
    failure = await _failure(Vendor(httpx.Response(429, headers=headers)))

    assert isinstance(failure, RateLimited)
    assert failure.retry_after == seconds


async def test_a_vendor_in_trouble_may_say_when_it_is_back() -> None:
    failure = await _failure(Vendor(httpx.Response(503, headers={"retry-after": "60"})))

    assert isinstance(failure, Unavailable)
    assert failure.retry_after == 60


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"", "broken or cut short", id="empty"),
        pytest.param(b'{"name": "ket', "broken or cut short", id="truncated"),
        pytest.param(b'{"name": "\xff"}', "broken or cut short", id="not-utf-8"),
        pytest.param(b'{"x":' + b"[" * 99_999, "nested too deeply", id="too-deep"),
        pytest.param(b'{"name": 1}', "$.name", id="wrong-shape"),
        pytest.param(b"[]", "unknown shape", id="wrong-kind"),
        pytest.param(b" <!doctype html>", "web page instead of JSON; is base_url", id="web-page"),
    ],
)
async def test_a_good_status_with_a_bad_body_is_told(content: bytes, words: str) -> None:
    failure = await _failure(Vendor(httpx.Response(200, content=content)))

    assert isinstance(failure, UnexpectedReply)
    assert words in failure.headline


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(httpx.ConnectError("name or service not known"), id="no-name"),
        pytest.param(httpx.ConnectTimeout("x"), id="no-connection"),
        pytest.param(httpx.ReadTimeout("x"), id="silence"),
        pytest.param(httpx.PoolTimeout("x"), id="pool"),
        pytest.param(httpx.ReadError("x"), id="broken-off"),
        pytest.param(httpx.RemoteProtocolError("x"), id="gibberish"),
    ],
)
async def test_no_answer_is_unreachable(error: Exception) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    assert isinstance(await _failure(Vendor(fail)), Unreachable)


async def test_an_answer_that_drips_for_ever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    class Drip(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b"{"
            await asyncio.Event().wait()

    monkeypatch.setattr(api_module, "REQUEST_SECONDS", 0.01)
    failure = await _failure(Vendor(httpx.Response(200, stream=Drip())))

    assert isinstance(failure, Unreachable)
    assert "too long" in failure.headline


async def test_a_packed_answer_is_unpacked() -> None:
    packed = gzip.compress(b'{"name": "kettle"}')
    halves = _Stream(packed[:9], packed[9:])
    reply = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=halves)
    vendor = Vendor(reply)

    assert (await vendor.api().read("/things", _Thing)).name == "kettle"
    assert vendor.asked[0].headers["accept-encoding"] == "gzip"


@pytest.mark.parametrize(
    ("encoding", "pieces"),
    [
        pytest.param("gzip", [gzip.compress(b'{"name": "kettle"}')[:-9]], id="cut-short"),
        pytest.param("gzip", [b"not gzip at all"], id="not-packed"),
        pytest.param("br", [b"{}"], id="packed-otherwise"),
    ],
)
async def test_a_badly_packed_answer_is_unexpected(encoding: str, pieces: list[bytes]) -> None:
    stream = _Stream(*pieces)
    reply = httpx.Response(200, headers={"content-encoding": encoding}, stream=stream)

    assert isinstance(await _failure(Vendor(reply)), UnexpectedReply)


async def test_an_answer_over_the_cap_is_not_read_to_its_end() -> None:
    stream = _Stream(*[b" " * 1024 * 1024] * 30)
    failure = await _failure(Vendor(httpx.Response(200, stream=stream)))

    assert isinstance(failure, UnexpectedReply)
    assert "10 MiB" in failure.headline
    assert stream.taken == 11


async def test_a_bomb_is_not_unpacked() -> None:
    """Half a gigabyte in one piece of half a megabyte: only the first 10 MiB are ever made."""
    packer = zlib.compressobj(9, wbits=-15)
    mebibyte = packer.compress(bytes(1024 * 1024)) + packer.flush(zlib.Z_FULL_FLUSH)
    # A block that refers to nothing before it: as often as one likes, behind the head of a file.
    stream = _Stream(b"\x1f\x8b\x08" + bytes(6) + b"\xff" + mebibyte * 512)
    reply = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=stream)

    assert "10 MiB" in (await _failure(Vendor(reply))).headline


async def test_a_refusal_with_an_endless_body_is_still_that_refusal() -> None:
    stream = _Stream(*[b" " * 1024 * 1024] * 30)

    assert isinstance(await _failure(Vendor(httpx.Response(403, stream=stream))), Forbidden)


async def test_a_redirect_is_refused_and_nothing_is_sent_there() -> None:
    moved = httpx.Response(302, headers={"location": "https://thief.example.net/"})
    vendor = Vendor(moved)
    failure = await _failure(vendor)

    assert isinstance(failure, UnexpectedReply)
    assert len(vendor.asked) == 1


async def test_cookies_are_not_kept() -> None:
    vendor = Vendor(httpx.Response(200, json={"name": "x"}, headers={"set-cookie": "a=b; Path=/"}))
    api = vendor.api()
    await api.read("/things", _Thing)
    await api.read("/things", _Thing)

    assert "cookie" not in vendor.asked[1].headers


async def test_one_request_at_a_time() -> None:
    running, most = 0, 0

    async def serve(_: httpx.Request) -> httpx.Response:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return ok({"name": "x"})

    clock = ManualClock(datetime(2026, 1, 5, tzinfo=UTC))
    api = Api(
        Source.ZENDESK,
        "https://desk.example.com",
        headers=dict,
        clock=clock,
        transport=httpx.MockTransport(serve),
    )
    await asyncio.gather(*(api.read("/things", _Thing) for _ in range(5)))
    await api.aclose()
    await api.aclose()

    assert most == 1
    assert api.requests_made == 5


async def test_every_answer_is_observed_with_its_round_trip() -> None:
    clock = ManualClock(datetime(2026, 1, 5, tzinfo=UTC))
    heard: list[tuple[str, str, float]] = []

    async def serve(_: httpx.Request) -> httpx.Response:
        await clock.advance(1.5)
        return httpx.Response(500, headers={"Date": "Mon, 05 Jan 2026 09:00:00 GMT"})

    def observe(source: str, headers: Mapping[str, str], seconds: float) -> None:
        heard.append((source, headers["date"], seconds))

    api = Api(
        Source.PAGERDUTY,
        "https://pd.example.com",
        headers=dict,
        clock=clock,
        observe=observe,
        transport=httpx.MockTransport(serve),
    )
    with pytest.raises(Unavailable):
        await api.read("/things", _Thing)

    assert heard == [("pagerduty", "Mon, 05 Jan 2026 09:00:00 GMT", 1.5)]


@pytest.mark.parametrize(
    ("headers", "limits"),
    [
        pytest.param(
            {"ratelimit-limit": "700", "ratelimit-remaining": "697", "ratelimit-reset": "48"},
            Limits(700, 697, 48),
            id="current",
        ),
        pytest.param(
            {"rate-limit": "700", "rate-limit-remaining": "617", "rate-limit-reset": "30"},
            Limits(700, 617, 30),
            id="older",
        ),
        pytest.param(
            {"x-rate-limit": "700", "x-rate-limit-remaining": "696"},
            Limits(700, 696, None),
            id="oldest",
        ),
        pytest.param({"ratelimit-limit": "many"}, None, id="nonsense"),
    ],
)
async def test_limits_are_learnt_in_every_spelling(
    headers: dict[str, str], limits: Limits | None
) -> None:
    api = Vendor(httpx.Response(200, json={"name": "x"}, headers=headers)).api()
    await api.read("/things", _Thing)

    assert api.limits == limits


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://desk.example.com", id="plain-http"),
        pytest.param("http://127.0.0.1.example.com", id="loopback-look-alike"),
        pytest.param("http://localhost.example.com", id="localhost-look-alike"),
        pytest.param("http://192.168.0.1", id="private"),
        pytest.param("ftp://desk.example.com", id="ftp"),
        pytest.param("desk.example.com", id="no-scheme"),
        pytest.param("https://", id="no-host"),
        pytest.param(f"https://me:{TOKEN}@desk.example.com", id="password"),
        pytest.param("https://desk.example.com?x=1", id="query"),
        pytest.param("https://desk.example.com#x", id="fragment"),
        pytest.param("https://desk.example.com:port", id="port"),
        pytest.param("https://[::1", id="bracket"),
        pytest.param("http://localhost\\@desk.example.com", id="backslash"),
        pytest.param("https://desk.exa\tmple.com", id="tab"),
        pytest.param("", id="empty"),
    ],
)
def test_an_address_that_credentials_must_not_go_to_is_refused(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_base_url(url, "zendesk.base_url")

    assert caught.value.headline.startswith("zendesk.base_url: ")
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://desk.example.com",
        "http://127.0.0.1:8080/zendesk",
        "http://localhost:1",
        "http://[::1]:9",
    ],
)
def test_https_and_loopback_are_accepted(url: str) -> None:
    assert check_base_url(url + "/", "x") == url


@pytest.mark.parametrize(
    "path", ["things", "/a/../b", "//evil", "/a?b", "/a b", "/a%2e", "/.", "/"]
)
async def test_a_path_that_could_lead_elsewhere_is_a_bug(path: str) -> None:
    with pytest.raises(ValueError, match="not a path"):
        await Vendor(ok({})).api().read(path, _Thing)


@given(st.text())
def test_an_id_is_one_segment_or_nothing_has_it(text: str) -> None:
    if text and text.isascii() and text.replace("-", "").replace("_", "").isalnum():
        assert segment(Source.PAGERDUTY, text[:128]) == text[:128]
    elif text.strip("-_") != "":
        with pytest.raises(NotFound) as caught:
            segment(Source.PAGERDUTY, text)
        assert caught.value.headline.isprintable()


SECRETIVE = [
    pytest.param(lambda: zendesk_bearer(TOKEN), id="zendesk-bearer"),
    pytest.param(lambda: zendesk_basic("me@example.com", TOKEN), id="zendesk-basic"),
    pytest.param(lambda: pagerduty_token(TOKEN), id="pagerduty-token"),
    pytest.param(lambda: pagerduty_bearer(TOKEN), id="pagerduty-bearer"),
    pytest.param(lambda: zendesk_bearer(TOKEN + "\n"), id="line-break"),
    pytest.param(lambda: zendesk_bearer(TOKEN + "é"), id="not-ascii"),
]


@pytest.mark.parametrize("headers", SECRETIVE)
async def test_the_token_is_in_no_error_and_no_repr(headers: object) -> None:
    """Not even when the vendor repeats it."""
    assert callable(headers)

    def echo(request: httpx.Request) -> httpx.Response:
        sent = request.headers["authorization"]
        return httpx.Response(401, json={"error": f"wrong: {sent}", "again": TOKEN})

    api = Vendor(echo).api(headers=headers)
    with pytest.raises(Unauthorised) as caught:
        await api.read("/things", _Thing)
    secret = headers()["Authorization"].rpartition(" ")[2].removeprefix("token=").strip()
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + repr(api)

    assert secret not in told
    assert TOKEN not in told


async def test_bad_network_settings_are_told_without_their_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"nonsense://me:{TOKEN}@proxy.example.com")
    clock = ManualClock(datetime(2026, 1, 5, tzinfo=UTC))
    api = Api(Source.ZENDESK, "https://desk.example.com", headers=dict, clock=clock)
    with pytest.raises(Unreachable) as caught:
        await api.read("/things", _Thing)

    assert TOKEN not in "".join(traceback.format_exception(caught.value))


def test_a_colon_in_the_address_of_a_person_is_refused() -> None:
    with pytest.raises(ConfigError):
        zendesk_basic("me:you@example.com", TOKEN)


def test_pagerduty_is_asked_for_its_second_version() -> None:
    assert pagerduty_bearer("x")["Accept"] == "application/vnd.pagerduty+json;version=2"
    assert pagerduty_token("x")["Authorization"] == "Token token=x"


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(datetime.fromisoformat("2026-01-05T09:00:00"), id="naive"),
        pytest.param(datetime.fromisoformat("0001-01-01T00:00:00+14:00"), id="before-the-calendar"),
    ],
)
def test_a_moment_without_a_place_in_utc_is_refused(moment: datetime) -> None:
    with pytest.raises(ValueError, match="a moment"):
        utc(moment)
