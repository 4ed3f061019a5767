"""Faults and the clock, changed over HTTP."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio

from services.clock import ManualClock, ScaledClock
from services.simulator.admin import EFFECTS
from services.simulator.scenario import DEMO_START
from services.simulator.server import listening
from services.simulator.world import World

TOKEN = "made-up-admin-token"
FAULTS = f"/admin/{TOKEN}/faults"
CLOCK = f"/admin/{TOKEN}/clock"
GROUPS = "/zendesk/api/v2/groups"


@dataclass
class Door:
    """A world behind a socket."""

    world: World
    client: httpx.AsyncClient

    async def __call__(self, method: str, path: str, json: Any = None) -> httpx.Response:
        return await self.client.request(method, path, json=json)

    async def status(self, path: str = GROUPS) -> int:
        return (await self("GET", path)).status_code


@pytest_asyncio.fixture
async def door() -> AsyncIterator[Door]:
    world = World(ManualClock(DEMO_START))
    headers = {"authorization": f"Bearer {world.zendesk_token}"}
    async with (
        listening(world, admin_token=TOKEN) as base_url,
        httpx.AsyncClient(base_url=base_url, headers=headers, trust_env=False) as client,
    ):
        yield Door(world, client)


async def test_a_fault_falls_on_as_many_requests_as_were_asked_for(door: Door) -> None:
    asked = {
        "effect": "broken",
        "args": {"status": 502},
        "vendor": "zendesk",
        "method": "GET",
        "path": "/groups*",
        "times": 2,
    }

    added = await door("POST", FAULTS, asked)
    listed = (await door("GET", FAULTS)).json()["faults"]
    met = [await door.status() for _ in range(3)]

    assert added.status_code == 201
    assert listed == [{**asked, "skip": 0, "since": None, "until": None}]
    assert met == [502, 502, 200]
    assert (await door("GET", FAULTS)).json() == {"faults": []}


async def test_faults_can_be_lifted(door: Door) -> None:
    await door("POST", FAULTS, {"effect": "unavailable", "args": {"retry_after": None}})

    before = await door.status()
    lifted = await door("DELETE", FAULTS)

    assert (before, lifted.status_code, await door.status()) == (503, 204, 200)


@pytest.mark.parametrize("effect", sorted(EFFECTS))
async def test_every_effect_can_be_asked_for(door: Door, effect: str) -> None:
    needed: dict[str, dict[str, object]] = {"slow": {"seconds": 5}, "skewed": {"ahead": -420}}
    args = needed.get(effect, {})
    asked = {"effect": effect, "args": args, "vendor": "pagerduty"}

    assert (await door("POST", FAULTS, asked)).status_code == 201


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        pytest.param({}, "effect", id="nothing"),
        pytest.param({"effect": "bad luck"}, "write one of rate_limited", id="effect"),
        pytest.param({"effect": "slow"}, "slow needs seconds", id="seconds-missing"),
        pytest.param({"effect": "broken", "args": {"sleep": 1}}, "'sleep'", id="argument"),
        pytest.param({"effect": "broken", "args": {"status": "x"}}, "args.status", id="type"),
        pytest.param({"effect": "broken", "args": {"status": 99}}, "args.status", id="status"),
        pytest.param({"effect": "odd_error", "args": {"shape": "x"}}, "args.shape", id="shape"),
        pytest.param({"effect": "broken", "times": 0}, "times", id="times"),
        pytest.param({"effect": "broken", "vendor": "x"}, "vendor", id="vendor"),
        pytest.param({"effect": "broken", "until": "x"}, "until", id="no-moment"),
        pytest.param({"effect": "broken", "since": "2026-12-24T14:20:00"}, "since", id="no-zone"),
        pytest.param({"effect": "broken", "when": "now"}, "when", id="unknown-key"),
        pytest.param({"effect": "skewed"}, "skewed needs ahead", id="ahead-missing"),
    ],
)
async def test_what_cannot_be_a_fault_is_refused(
    door: Door, asked: dict[str, object], said: str
) -> None:
    response = await door("POST", FAULTS, asked)

    assert response.status_code == 400
    assert said in response.json()["error"]
    assert await door.status() == 200


async def test_what_is_not_json_is_refused(door: Door) -> None:
    for path in (FAULTS, CLOCK):
        assert (await door.client.post(path, content=b"{")).status_code == 400


@pytest.mark.parametrize("path", ["faults", "clock"])
async def test_a_wrong_token_finds_nothing(door: Door, path: str) -> None:
    body = {"effect": "broken", "advance_seconds": 60}
    wrong = [await door("POST", f"/admin/{token}/{path}", body) for token in ("wrong", "é")]

    assert [response.status_code for response in wrong] == [404, 404]
    assert door.world.clock.now() == DEMO_START
    assert await door.status() == 200


async def test_without_a_token_there_is_no_admin() -> None:
    world = World(ManualClock(DEMO_START))
    async with listening(world) as url, httpx.AsyncClient(base_url=url, trust_env=False) as client:
        assert (await client.get("/admin/None/faults")).status_code == 404


async def test_the_admin_is_neither_hindered_nor_remembered(door: Door) -> None:
    await door("POST", FAULTS, {"effect": "reset_before"})

    assert (await door("GET", FAULTS)).status_code == 200
    assert not door.world.requests


async def test_a_clock_moved_by_hand_is_moved_and_things_happen(door: Door) -> None:
    seen: list[str] = []
    door.world.timeline.at(DEMO_START, lambda: seen.append("it"))

    told = (await door("POST", CLOCK, {"advance_seconds": 3600})).json()

    assert told == {"now": "2026-12-24T15:20:00Z", "events": 1}
    assert seen == ["it"]
    assert (await door("GET", GROUPS)).headers["date"] == "Thu, 24 Dec 2026 15:20:00 GMT"


@pytest.mark.parametrize("by", [-1, "x", None, 1e12], ids=json.dumps)
async def test_a_clock_goes_forward_by_a_number_of_seconds(door: Door, by: object) -> None:
    assert (await door("POST", CLOCK, {"advance_seconds": by})).status_code == 400


async def test_the_vendors_go_ahead_of_a_clock_that_runs_by_itself() -> None:
    world = World(ScaledClock(ManualClock(DEMO_START), DEMO_START, 60))
    async with (
        listening(world, admin_token=TOKEN) as base_url,
        httpx.AsyncClient(base_url=base_url, trust_env=False) as client,
    ):
        for _ in range(2):
            told = (await client.post(CLOCK, json={"advance_seconds": 90})).json()

    assert told["now"] == "2026-12-24T14:23:00Z"
