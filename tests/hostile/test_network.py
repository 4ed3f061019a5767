"""Can anything that comes over the network break us, make us wait, or be sent our credentials?"""

import tracemalloc
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest

from services.api.bounds import BODY_BYTES
from services.api.client import Api
from services.assemble import Assembly, assemble
from services.clock import SystemClock
from services.config.tables import Config, PagerDuty, Zendesk
from services.domain import Health, Snapshot, Source
from services.errors import ServiceError
from services.store import Store
from tests.hostile.responses import HUGE, RESPONSES, Build, Wire, streamed

TOKENS = {
    "ROTA_ZENDESK_TOKEN": "s3cr3t-zd-0123456789",
    "ROTA_PAGERDUTY_TOKEN": "s3cr3t-pd-0123456789",
}
OWNERS = {"desk.example.com": "s3cr3t-zd", "pd.example.com": "s3cr3t-pd"}
CONFIG = Config(
    zendesk=Zendesk(base_url="https://desk.example.com"),
    pagerduty=PagerDuty(base_url="https://pd.example.com"),
)


class Wiretap:
    """Gives one answer to everything, and keeps what it was asked."""

    def __init__(self, build: Build) -> None:
        self.build = build
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self.build(request)

    def assembly(self) -> Assembly:
        """All of rota that polls, with this at the other end of every wire."""
        return assemble(CONFIG, TOKENS, transport=httpx.MockTransport(self), store=Store(None))

    def sent_credentials_home_only(self) -> bool:
        """Whether each request went to one of our two hosts, with that one's own token."""
        for request in self.asked:
            sent = str(request.headers) + str(request.url) + repr(request.content)
            others = [token for host, token in OWNERS.items() if host != request.url.host]
            if request.url.host not in OWNERS or request.url.scheme != "https":
                return False
            if any(token in sent for token in others) or "cookie" in request.headers:
                return False
        return True


def said(snapshot: Snapshot) -> str:
    """Everything that is told of how it went."""
    errors = [status.error or "" for status in (snapshot.sources or {}).values()]
    return "\n".join([*errors, *snapshot.notices])


def test_there_are_many() -> None:
    assert len(RESPONSES) >= 100


@pytest.mark.parametrize("name", RESPONSES)
async def test_a_hostile_answer_is_told_in_words_and_does_no_harm(name: str) -> None:
    """One whole poll of both vendors, every answer the same."""
    wiretap = Wiretap(RESPONSES[name])
    assembly = wiretap.assembly()
    try:
        snapshot = await assembly.poller.read_once(12)
    finally:
        await assembly.aclose()

    assert wiretap.asked
    assert len(wiretap.asked) <= 200
    assert wiretap.sent_credentials_home_only()
    assert "s3cr3t" not in said(snapshot)
    assert all(line.isprintable() for line in said(snapshot).splitlines())
    for status in (snapshot.sources or {}).values():
        assert (status.state is Health.OK) == (status.error is None), "trouble without a word"
        if status.next_try_at is not None:
            assert status.next_try_at - SystemClock().now() < timedelta(days=400)


class _Anything(msgspec.Struct):
    tickets: list[msgspec.Raw] = []


def api(build: Build, source: Source = Source.ZENDESK) -> Api:
    headers: Mapping[str, str] = {"Authorization": "Bearer s3cr3t-zd-0123456789"}
    return Api(
        source,
        "https://desk.example.com",
        headers=lambda: headers,
        clock=SystemClock(),
        transport=httpx.MockTransport(build),
    )


@pytest.mark.parametrize("name", RESPONSES)
async def test_a_hostile_answer_is_an_answer_or_an_error_of_ours(name: str) -> None:
    """Even to a reader who would take almost anything."""
    told = ""
    try:
        await api(RESPONSES[name]).read("/things", _Anything)
    except ServiceError as error:
        told = f"{error.headline} {error.advice}"

    assert told.isprintable() or not told
    assert "s3cr3t" not in told
    assert len(told) < 350


@pytest.mark.parametrize("name", [name for name in RESPONSES if "bomb" in name])
async def test_a_bomb_fills_no_memory(name: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(ServiceError):
            await api(RESPONSES[name]).read("/things", _Anything)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most < 3 * BODY_BYTES


async def test_no_more_is_taken_off_the_wire_than_will_be_read() -> None:
    wire = Wire([b" " * 65536], HUGE // 65536)

    with pytest.raises(ServiceError, match="larger than 10 MiB"):
        await api(streamed(wire)).read("/things", _Anything)

    assert wire.taken <= BODY_BYTES + 65536


@pytest.mark.parametrize(
    "name", [name for name in RESPONSES if "deep" in name or "two million" in name]
)
async def test_what_is_too_much_is_named(name: str) -> None:
    with pytest.raises(ServiceError, match=r"nested too deeply|too many values|422|broken or cut"):
        await api(RESPONSES[name]).read("/things", _Anything)


def test_the_client_verifies_and_does_not_follow() -> None:
    """Nothing that the code may say turns verification off, or redirects on."""
    client = api(RESPONSES["null"])._connected()

    assert client.follow_redirects is False
    assert urlsplit(str(client.base_url)).netloc == ""
    assert client._trust_env is True
