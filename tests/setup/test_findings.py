"""What the accounts offer, asked of the simulator."""

import httpx
import pytest

from services.api.client import Api
from services.clock import ManualClock
from services.domain import Source
from services.errors import Unauthorised
from services.pagerduty.client import pagerduty_token
from services.setup.findings import look_at_pagerduty, look_at_zendesk
from services.simulator.scenario import DEMO_START, populate
from services.simulator.transport import SimulatorTransport
from services.simulator.world import World
from services.zendesk.client import zendesk_bearer
from tests.clients.vendor import TOKEN, Vendor, ok


def world() -> World:
    made = World(ManualClock(DEMO_START))
    populate(made, open_issues=3)
    return made


def zendesk(at: World, token: str) -> Api:
    return _api(at, Source.ZENDESK, zendesk_bearer(token))


def pagerduty(at: World, token: str) -> Api:
    return _api(at, Source.PAGERDUTY, pagerduty_token(token))


def _api(at: World, source: Source, headers: object) -> Api:
    assert isinstance(headers, dict)
    return Api(
        source,
        f"http://127.0.0.1/{source}",
        headers=lambda: headers,
        clock=ManualClock(DEMO_START),
        transport=SimulatorTransport(at),
    )


async def test_zendesk_tells_who_we_are_and_what_there_is() -> None:
    there = world()

    found = await look_at_zendesk(zendesk(there, there.zendesk_token))

    assert found.me.is_agent
    assert {group.name for group in found.groups} == {
        group.name for group in there.zendesk.groups.values()
    }
    assert len(found.views) == len(there.zendesk.views)
    assert found.troubles == ()


async def test_pagerduty_tells_who_we_are_and_what_there_is() -> None:
    there = world()

    found = await look_at_pagerduty(pagerduty(there, there.pagerduty_token))

    assert found.me is not None
    assert {s.name for s in found.schedules} == {s.name for s in there.pagerduty.schedules.values()}
    assert [p.name for p in found.priorities][:1] == ["P1"]
    assert found.troubles == ()


async def test_a_wrong_token_is_nobody_s() -> None:
    there = world()

    with pytest.raises(Unauthorised):
        await look_at_zendesk(zendesk(there, "guess"))
    with pytest.raises(Unauthorised):
        await look_at_pagerduty(pagerduty(there, "guess"))


async def test_a_list_that_is_refused_is_empty_and_said() -> None:
    me = ok({"user": {"id": 1, "name": "Ann", "role": "end-user"}})
    refused = httpx.Response(403, json={"error": "Forbidden"})

    found = await look_at_zendesk(Vendor(me, refused).api())

    assert (found.groups, found.views) == ((), ())
    assert "is no agent" in found.troubles[0]
    assert [line.partition(":")[0] for line in found.troubles[1:]] == ["groups", "views"]
    assert TOKEN not in " ".join(found.troubles)


async def test_an_account_without_priorities_is_told_what_that_means() -> None:
    me = ok({"user": {"id": "U1", "name": "Ann"}})
    nothing = ok({"teams": [], "services": [], "schedules": []})
    lacks = httpx.Response(402, json={"error": {"message": "no", "code": 2014}})
    vendor = Vendor(me, nothing, nothing, nothing, lacks)
    headers = pagerduty_token(TOKEN)

    found = await look_at_pagerduty(
        vendor.api(Source.PAGERDUTY, "https://pd.example.com", lambda: headers)
    )

    assert found.priorities == ()
    assert "no priorities" in found.troubles[0]
