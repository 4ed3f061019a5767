"""Are the requests that our own client makes those that the vendors have published?"""

import asyncio
import random
from datetime import timedelta
from functools import cache
from urllib.parse import unquote

import httpx
import pytest

from services.assemble import assemble
from services.clock import ManualClock
from services.simulator.scenario import DEMO_START, populate
from services.simulator.transport import SimulatorTransport
from services.simulator.world import World
from services.store import Store
from tests.contract.openapi import SHARED_API, SUBSET, operation, parameters
from tests.embedded import CONFIG

ZENDESK_PAGE = SHARED_API / "zendesk.md"

pytestmark = pytest.mark.skipif(
    not SUBSET.is_file(), reason="the published contracts are not beside this repository"
)


class Listening(httpx.AsyncBaseTransport):
    """Keeps every request and the status of its answer."""

    def __init__(self, world: World) -> None:
        self._inner = SimulatorTransport(world)
        self.heard: list[tuple[httpx.Request, int]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        self.heard.append((request, response.status_code))
        return response

    def to(self, vendor: str) -> list[tuple[httpx.Request, str]]:
        """The requests to a vendor, with their paths below its base URL."""
        root = f"/{vendor}"
        return [
            (request, request.url.path.removeprefix(root))
            for request, _ in self.heard
            if request.url.path.startswith(f"{root}/")
        ]


async def _polled(polls: int = 3) -> Listening:
    """All that is asked from a cold start and in the polls after it."""
    clock = ManualClock(DEMO_START)
    world = World(clock)
    populate(world, open_issues=110)
    transport = Listening(world)
    assembly = assemble(
        CONFIG,
        {
            "ROTA_ZENDESK_TOKEN": world.zendesk_token,
            "ROTA_PAGERDUTY_TOKEN": world.pagerduty_token,
        },
        clock=clock,
        transport=transport,
        store=Store(None),
        jitter=random.Random(1),
    )
    try:
        for _ in range(polls):
            await assembly.poller.read_once(200)
            await clock.advance(timedelta(minutes=5).total_seconds())
    finally:
        await assembly.aclose()
    return transport


@cache
def polled() -> Listening:
    """The same for every question that is put to it: nothing is added once it is over."""
    return asyncio.run(_polled())


def test_everything_asked_is_answered() -> None:
    transport = polled()

    assert {status for _, status in transport.heard} == {200}
    assert len(transport.to("zendesk")) > 3
    assert len(transport.to("pagerduty")) > 3


def test_pagerduty_is_asked_only_what_it_has_published() -> None:
    transport = polled()

    for request, path in transport.to("pagerduty"):
        found = operation(request.method, path)
        assert found is not None, path
        declared = parameters(found, "query")
        asked = set(request.url.params)
        needed = {name for name, row in declared.items() if row.get("required")}
        assert asked <= set(declared), (path, asked - set(declared))
        assert needed <= asked, (path, needed - asked)


def test_pagerduty_is_asked_only_for_published_values() -> None:
    transport = polled()

    for request, path in transport.to("pagerduty"):
        found = operation(request.method, path)
        assert found is not None, path
        for name, row in parameters(found, "query").items():
            schema = row.get("schema", {})
            allowed = schema.get("enum") or schema.get("items", {}).get("enum")
            if allowed:
                assert set(request.url.params.get_list(name)) <= set(allowed), (path, name)


def test_pagerduty_gets_the_headers_it_requires() -> None:
    transport = polled()

    for request, path in transport.to("pagerduty"):
        found = operation(request.method, path)
        assert found is not None, path
        for name, row in parameters(found, "header").items():
            bodiless = name == "Content-Type" and not request.content
            if row.get("required") and not bodiless:
                assert name in request.headers, (path, name)
        assert request.headers["accept"] == "application/vnd.pagerduty+json;version=2"
        assert request.headers["authorization"].startswith(("Token token=", "Bearer "))


def test_zendesk_is_asked_below_its_api_in_json_with_parameters_it_documents() -> None:
    """Its contract is prose: a parameter is documented where the page speaks of it."""
    transport = polled()
    page = ZENDESK_PAGE.read_text()

    for request, path in transport.to("zendesk"):
        assert path.startswith("/api/v2/"), path
        assert "json" in request.headers["accept"], path
        assert request.headers["authorization"].startswith(("Basic ", "Bearer "))
        for name in request.url.params:
            assert unquote(name) in page, (path, name)


def test_reading_writes_nothing() -> None:
    transport = polled()

    assert {request.method for request, _ in transport.heard} == {"GET"}
