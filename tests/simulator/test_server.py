"""The simulator over a socket, on the loopback interface."""

import asyncio
import os
import signal
import tomllib

import httpx
import pytest

from services.clock import ManualClock, SystemClock
from services.simulator import faults
from services.simulator.scenario import DEMO_START
from services.simulator.server import listening, ready_config, serve
from services.simulator.world import World


@pytest.fixture
def world() -> World:
    return World(ManualClock(DEMO_START))


def _client(world: World, base_url: str) -> httpx.AsyncClient:
    headers = {"authorization": f"Bearer {world.zendesk_token}"}
    return httpx.AsyncClient(base_url=base_url, headers=headers, trust_env=False)


async def test_links_fit_the_socket_and_the_date_is_simulated(world: World) -> None:
    async with listening(world) as base_url, _client(world, base_url) as client:
        response = await client.get("/zendesk/api/v2/groups.json?page[size]=1")
        following = await client.get(response.json()["links"]["next"])

    assert base_url.startswith("http://127.0.0.1:")
    assert response.headers["date"] == "Thu, 24 Dec 2026 14:20:00 GMT"
    assert response.json()["links"]["next"].startswith(f"{base_url}/zendesk/api/v2/groups.json?")
    assert len(following.json()["groups"]) == 1


async def test_a_reset_closes_the_connection(world: World) -> None:
    world.faults.add(faults.reset_before(), times=1)

    async with listening(world) as base_url, _client(world, base_url) as client:
        with pytest.raises(httpx.TransportError):
            await client.get("/zendesk/api/v2/groups")
        again = await client.get("/zendesk/api/v2/groups")

    assert again.status_code == 200


async def test_silence_lasts_as_long_as_the_client_waits(world: World) -> None:
    world.faults.add(faults.silent_after(), times=1)

    async with listening(world) as base_url, _client(world, base_url) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.get("/zendesk/api/v2/groups", timeout=0.05)


async def test_a_signal_ends_it_cleanly(world: World) -> None:
    ready: asyncio.Queue[str] = asyncio.Queue()
    serving = asyncio.create_task(serve(world, 0, ready.put_nowait))
    base_url = await ready.get()
    async with _client(world, base_url) as client:
        assert (await client.get("/zendesk/api/v2/groups")).status_code == 200

    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(serving, 5)


def test_the_config_points_at_the_simulator() -> None:
    world = World(SystemClock())

    config = tomllib.loads(ready_config("http://127.0.0.1:8080", world))

    assert config["zendesk"]["base_url"] == "http://127.0.0.1:8080/zendesk"
    assert config["zendesk"]["token_command"] == ["printf", "%s", world.zendesk_token]
    assert config["pagerduty"]["token_command"] == ["printf", "%s", world.pagerduty_token]
