"""Consent in the browser: one answer, to our question, in time."""

import asyncio
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from services.clock import ManualClock
from services.errors import Unauthorised
from services.setup.consent import PATIENCE, Doorstep, Request, consent_url, doorstep, new_request

START = datetime(2026, 1, 5, 9, tzinfo=UTC)


async def knock(door: Doorstep, target: str, method: str = "GET") -> str:
    """What a browser is told that comes to the door."""
    at = urlsplit(door.redirect_uri)
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    writer.write(f"{method} {target} HTTP/1.1\r\nHost: {at.netloc}\r\n\r\n".encode())
    await writer.drain()
    answer = (await reader.read()).decode()
    writer.close()
    await writer.wait_closed()
    return answer


def test_the_challenge_is_the_one_of_the_standard() -> None:
    """The example of RFC 7636, appendix B."""
    request = Request("s", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")

    assert request.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_the_browser_is_asked_for_a_code_with_our_state_and_without_the_verifier() -> None:
    request = new_request()
    url = consent_url("https://acme.zendesk.com/", "rota", "http://127.0.0.1:1/rota", request)

    asked = parse_qs(urlsplit(url).query)
    assert url.startswith("https://acme.zendesk.com/oauth/authorizations/new?")
    assert asked["state"] == [request.state]
    assert asked["code_challenge_method"] == ["S256"]
    assert request.verifier not in url
    assert request.state not in repr(request)


async def test_the_code_arrives() -> None:
    request = new_request()
    async with doorstep(request, ManualClock(START)) as door:
        answer = await knock(door, f"/rota?code=abc&state={request.state}")

        assert await door.code() == "abc"
    assert answer.startswith("HTTP/1.1 200")
    assert "abc" not in answer


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("code=abc&state=guess", id="another-state"),
        pytest.param("code=abc", id="no-state"),
        pytest.param("error=access_denied&state={state}", id="refused"),
        pytest.param("state={state}", id="no-code"),
    ],
)
async def test_an_answer_that_is_not_ours_ends_it(query: str) -> None:
    request = new_request()
    async with doorstep(request, ManualClock(START)) as door:
        answer = await knock(door, "/rota?" + query.format(state=request.state))
        late = await knock(door, f"/rota?code=late&state={request.state}")

        with pytest.raises(Unauthorised):
            await door.code()
    assert answer.startswith("HTTP/1.1 400")
    assert late.startswith("HTTP/1.1 400")


async def test_what_is_no_answer_leaves_the_door_open() -> None:
    request = new_request()
    async with doorstep(request, ManualClock(START)) as door:
        await knock(door, "/favicon.ico")
        await knock(door, f"/rota?code=abc&state={request.state}", method="POST")
        await knock(door, "/" + "x" * 20_000)
        await knock(door, f"/rota?code=abc&state={request.state}")

        assert await door.code() == "abc"


async def test_nobody_comes() -> None:
    clock = ManualClock(START)
    async with doorstep(new_request(), clock) as door:
        waiting = asyncio.create_task(door.code())
        await clock.advance(PATIENCE + 1)

        with pytest.raises(Unauthorised, match="5 minutes"):
            await waiting
