"""Tokens are asked to end, so that they can be renewed whatever the age of the OAuth client."""

import json
from datetime import UTC, datetime

import httpx
import pytest

from services.api.client import Api
from services.clock import ManualClock
from services.domain import Source
from services.secret import Secret
from services.simulator.keys import Consent
from services.simulator.settings import Settings
from services.simulator.transport import SimulatorTransport
from services.simulator.world import World
from services.zendesk.oauth import EXPIRES_IN, TokenPair, next_pair, pair_for_code

START = datetime(2026, 1, 14, 12, tzinfo=UTC)
ROOT = "http://127.0.0.1/zendesk"
BACK = "http://127.0.0.1:8976/rota"


@pytest.mark.parametrize("client", ["new", "old"])
async def test_a_client_of_any_age_gives_pairs_that_can_be_renewed(client: str) -> None:
    """One from before 30 April 2026 gives no refresh token with a token that never ends."""
    clock = ManualClock(START)
    settings = Settings(oauth_client="old" if client == "old" else "new")
    world = World(clock, settings=settings)
    transport = SimulatorTransport(world)
    api = Api(Source.ZENDESK, ROOT, headers=dict, clock=clock, transport=transport)
    pair = await pair_for_code(api, world.keys.agree(Consent(BACK, "")), "v" * 43, BACK, "rota")
    good = []
    for _ in range(3):
        good.append(world.keys.bearer(pair.access.reveal()) is not None)
        await clock.advance(EXPIRES_IN)
        good.append(world.keys.bearer(pair.access.reveal()) is not None)
        pair = await next_pair(api, pair)
    await api.aclose()

    assert good == [True, False] * 3


async def test_both_questions_say_when_the_tokens_are_to_end() -> None:
    """As numbers, within what Zendesk takes: more than 5 minutes and less than 2 days for access,
    more than 7 and less than 90 days for a renewal."""
    asked: list[dict[str, object]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        return httpx.Response(200, json={"access_token": "a", "refresh_token": "r"})

    transport = httpx.MockTransport(answer)
    clock = ManualClock(START)
    api = Api(Source.ZENDESK, ROOT, headers=dict, clock=clock, transport=transport)
    await pair_for_code(api, "code", "v" * 43, BACK, "rota", Secret("s"))
    await next_pair(api, TokenPair(Secret("a"), Secret("r"), "rota", Secret("s")))
    await api.aclose()
    lives = [(body["expires_in"], body["refresh_token_expires_in"]) for body in asked]

    assert [body["grant_type"] for body in asked] == ["authorization_code", "refresh_token"]
    for access, refresh in lives:
        assert isinstance(access, int)
        assert isinstance(refresh, int)
        assert 300 < access < 2 * 86_400
        assert 7 * 86_400 < refresh < 90 * 86_400
