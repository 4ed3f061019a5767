"""Does PagerDuty's own Python client get along with the simulator, over a socket?"""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import httpx2
import pagerduty
import pytest

from services.clock import ManualClock
from services.simulator.pagerduty.records import Incident
from services.simulator.server import listening
from services.simulator.world import World
from tests.simulator.conftest import START

T = TypeVar("T")


class _WithoutTls(httpx2.HTTPTransport):
    """The client insists on https; the simulator is on this machine and speaks http."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.url = request.url.copy_with(scheme="http")
        return super().handle_request(request)


@pytest.fixture
def world() -> World:
    return World(ManualClock(START))


def _page(world: World, title: str = "Down") -> Incident:
    return world.pagerduty.create_incident(title, world.cast.emergency)


async def _spoken(world: World, talk: Callable[[pagerduty.RestApiV2Client], T]) -> T:
    """What the blocking client comes back with, from a thread of its own."""
    async with listening(world) as base_url:

        def in_a_thread() -> T:
            with pagerduty.RestApiV2Client(
                world.pagerduty_token,
                base_url=f"{base_url}/pagerduty".replace("http:", "https:", 1),
                transport=_WithoutTls(),
            ) as client:
                return talk(client)

        return await asyncio.to_thread(in_a_thread)


async def test_it_pages_through_250_incidents(world: World) -> None:
    made = {_page(world, f"Page {place}").id for place in range(250)}

    rows: list[Any] = await _spoken(world, lambda client: client.list_all("incidents"))

    assert len(rows) == 250
    assert {row["id"] for row in rows} == made
    assert world.asked("pagerduty")["GET", "/incidents"] == 3


async def test_it_counts_and_lists_by_status(world: World) -> None:
    first = _page(world)
    _page(world)
    me = world.pagerduty.users[world.cast.agents[0].pagerduty_id]
    world.pagerduty.acknowledge(first.id, me)

    def talk(client: pagerduty.RestApiV2Client) -> tuple[int, list[Any]]:
        acknowledged = client.list_all("incidents", params={"statuses": ["acknowledged"]})
        return client.get_total("incidents"), acknowledged

    total, acknowledged = await _spoken(world, talk)

    assert total == 2
    assert [row["id"] for row in acknowledged] == [first.id]


@pytest.mark.parametrize(
    "path", ["users", "services", "schedules", "escalation_policies", "oncalls", "teams"]
)
async def test_it_lists_everything_else(world: World, path: str) -> None:
    rows: list[Any] = await _spoken(world, lambda client: client.list_all(path))

    assert isinstance(rows, list)
    assert rows or path == "teams"


async def test_it_acknowledges_notes_and_snoozes(world: World) -> None:
    incident = _page(world)

    def talk(client: pagerduty.RestApiV2Client) -> tuple[Any, Any, Any]:
        path = f"/incidents/{incident.id}"
        acknowledged = client.rput(path, json={"type": "incident", "status": "acknowledged"})
        noted = client.rpost(f"{path}/notes", json={"content": "On it."})
        snoozed = client.post(f"{path}/snooze", json={"duration": 3600})
        return acknowledged, noted, snoozed

    acknowledged, noted, snoozed = await _spoken(world, talk)

    assert acknowledged["status"] == "acknowledged"
    assert noted["content"] == "On it."
    assert snoozed.status_code == 201
    assert [note.content for note in incident.notes] == ["On it."]
    pending = {row["type"]: row["at"] for row in snoozed.json()["incident"]["pending_actions"]}
    assert pending["unacknowledge"] == "2026-12-24T15:20:00Z"


async def test_it_merges_one_incident_into_another(world: World) -> None:
    kept, gone = _page(world, "Down"), _page(world, "Down again")
    sources = [{"id": gone.id, "type": "incident_reference"}]

    def talk(client: pagerduty.RestApiV2Client) -> tuple[Any, Any]:
        path = f"/incidents/{kept.id}/merge"
        merged = client.put(path, json={"source_incidents": sources})
        return merged.json(), client.rget(f"/incidents/{gone.id}")

    merged, after = await _spoken(world, talk)

    assert merged["incident"]["id"] == kept.id
    assert after["status"] == "resolved"


async def test_it_makes_lists_and_takes_back_an_override(world: World) -> None:
    path = f"/schedules/{world.cast.primary}/overrides"
    stand_in = world.cast.agents[2].pagerduty_id
    span = {"start": "2026-12-27T09:00:00Z", "end": "2026-12-27T12:00:00Z"}
    asked = {**span, "user": {"id": stand_in, "type": "user_reference"}}

    def talk(client: pagerduty.RestApiV2Client) -> tuple[Any, list[Any], int, list[Any]]:
        range_ = {"since": "2026-12-26T00:00:00Z", "until": "2026-12-28T00:00:00Z"}
        made = client.post(path, json={"overrides": [asked]}).json()
        listed = client.get(path, params=range_).json()["overrides"]
        gone = client.delete(f"{path}/{made[0]['override']['id']}").status_code
        return made, listed, gone, client.get(path, params=range_).json()["overrides"]

    made, listed, gone, after = await _spoken(world, talk)

    assert made[0]["status"] == 201
    assert [row["user"]["id"] for row in listed] == [stand_in]
    assert (gone, after) == (204, [])


async def test_a_refusal_is_the_error_it_expects(world: World) -> None:
    def talk(client: pagerduty.RestApiV2Client) -> int:
        with pytest.raises(pagerduty.HttpError) as refused:
            client.rget("/incidents/PNOWHERE")
        response = refused.value.response
        assert response is not None
        return int(response.status_code)

    assert await _spoken(world, talk) == 404
