"""A small world on a clock that stands still, and a client of each vendor."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import pytest_asyncio

from services.clock import ManualClock
from services.simulator.settings import Settings
from services.simulator.transport import SimulatorTransport
from services.simulator.world import World
from services.simulator.zendesk.records import Ticket

START = datetime(2026, 12, 24, 14, 20, tzinfo=UTC)


@dataclass
class Vendor:
    """A client of one vendor, which speaks paths below the API's root."""

    client: httpx.AsyncClient
    root: str

    async def __call__(self, method: str, path: str, json: Any = None, **more: Any) -> Any:
        """One request; the answer's status is asserted by whoever cares."""
        return await self.client.request(method, self.root + path, json=json, **more)

    async def get(self, path: str, **more: Any) -> Any:
        """The JSON of a read that went well."""
        response = await self("GET", path, **more)
        assert response.status_code == 200, response.text
        return response.json()


@dataclass
class Stage:
    """A world, its clock and both clients."""

    clock: ManualClock
    world: World
    zendesk: Vendor
    pagerduty: Vendor

    def ticket(self, subject: str = "Disk full", **fields: Any) -> Ticket:
        """A ticket of the first tenant, in our group."""
        cast = self.world.cast
        return self.world.zendesk.create_ticket(
            subject,
            "Hello,\n\nit is full.",
            requester_id=cast.requesters[0],
            fields={"group_id": cast.support, **fields},
        )

    async def pass_time(self, seconds: float) -> None:
        """Move the clock; the world follows at its next request, or now."""
        await self.clock.advance(seconds)
        self.world.catch_up()


MakeStage = Callable[..., Stage]


@pytest_asyncio.fixture
async def make_stage() -> AsyncIterator[MakeStage]:
    """Makes stages with the settings of one's choice."""
    clients: list[httpx.AsyncClient] = []

    def make(start: datetime = START, **settings: Any) -> Stage:
        clock = ManualClock(start)
        world = World(clock, settings=Settings(**settings))
        tokens = (world.zendesk_token, world.pagerduty_token)
        two = [
            httpx.AsyncClient(
                transport=SimulatorTransport(world),
                base_url="http://simulator",
                headers={"authorization": f"Bearer {token}"},
            )
            for token in tokens
        ]
        clients.extend(two)
        return Stage(clock, world, Vendor(two[0], "/zendesk/api/v2"), Vendor(two[1], "/pagerduty"))

    yield make
    for client in clients:
        await client.aclose()


@pytest.fixture
def stage(make_stage: MakeStage) -> Stage:
    """A stage with the settings that are most probably true."""
    return make_stage()
