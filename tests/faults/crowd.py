"""Ten dashboards on the smallest plan, and one on a very large account."""

import asyncio
import random
from collections import Counter

from services.assemble import assemble
from services.clock import ManualClock
from services.simulator.scenario import DEMO_START, populate
from services.simulator.settings import Settings
from services.simulator.transport import SimulatorTransport
from services.simulator.world import World
from services.store import Store
from tests.faults.stage import CONFIG, Stage, open_in, stage, untruths

SHARED = 200
"""Requests per minute for all agents of Zendesk's Team plan together."""


Asked = Counter[tuple[str, str]]
"""How often each endpoint was asked, by method and path template."""


class Loud(SimulatorTransport):
    """Counts what it answers by status."""

    def __init__(self, world: World, heard: Counter[int]) -> None:
        super().__init__(world)
        self._heard = heard

    async def handle_async_request(self, request):  # type: ignore[no-untyped-def]
        answer = await super().handle_async_request(request)
        self._heard[answer.status_code] += 1
        return answer


async def ten_dashboards() -> tuple[Counter[int], list[str], list[bool], float]:
    """Statuses heard, lies told, who sees a new ticket in time, and requests a minute."""
    clock = ManualClock(DEMO_START)
    world = World(clock, settings=Settings(zendesk_limit=SHARED, tickets_index_limit=SHARED))
    populate(world, 60)
    heard: Counter[int] = Counter()
    crowd: list[Stage] = []
    for number in range(10):
        assembly = assemble(
            CONFIG,
            {
                "ROTA_ZENDESK_TOKEN": world.zendesk_token,
                "ROTA_PAGERDUTY_TOKEN": world.pagerduty_token,
            },
            clock=clock,
            transport=Loud(world, heard),
            store=Store(None),
            jitter=random.Random(number),
        )
        for session in assembly.sessions.values():
            await session.prepare()
        one = Stage(world, clock, assembly, keep=False)
        one.listener = asyncio.create_task(one.listen())
        crowd.append(one)

    async def advance(seconds: int) -> list[str]:
        lies = []
        for _ in range(seconds // 5):
            await clock.advance(5)
            for one in crowd:
                await one.settle(40)
            lies += [x for one in crowd for x in untruths(one.latest, world, clock.now())]
        return lies

    lies = await advance(300)
    before = len(world.requests)
    asked = world.zendesk.create_ticket("New", "Help.", requester_id=world.cast.requesters[0])
    lies += await advance(75)
    seen = [asked.id in {i.ticket.id for i in one.latest.issues if i.ticket} for one in crowd]
    a_minute = sum(1 for seen in list(world.requests)[before:] if seen.vendor == "zendesk") / 1.25
    for one in crowd:
        assert one.listener is not None
        one.listener.cancel()
        await asyncio.gather(one.listener, return_exceptions=True)
        await one.assembly.aclose()

    return heard, lies, seen, a_minute


async def large_account(open_issues: int) -> tuple[int, int, Asked, Asked]:
    """Open tickets and incidents; what was asked to know them all, and in ten minutes then."""
    clock = ManualClock(DEMO_START)
    world = World(clock, settings=Settings(export_includes=True))
    populate(world, open_issues)
    tickets, incidents = open_in(world)
    async with stage(world=world, keep=False) as on:
        for _ in range(60):
            await on.settle(4000)
            if on.seen and all(on.word(s).value == "live" for s in on.latest.sources or {}):
                break
            await on.clock.advance(1)
        first = world.asked()
        assert untruths(on.latest, world, clock.now()) == []
        await on.advance(600, step=15)
        steady = world.asked() - first

    return len(tickets), len(incidents), first, steady


def complaints_of_large(tickets: int, incidents: int, first: Asked, steady: Asked) -> list[str]:
    """A probe of search, then pages of 100 without one too many; then the same for ever."""
    found = []
    if first["GET", "/search"] != 1 or first["GET", "/tickets"] != 1:
        found.append(f"asked more than once: {first}")
    if first["GET", "/search/export"] > -(-tickets // 100):
        found.append(f"too many pages of tickets: {first}")
    if first["GET", "/incidents"] > -(-incidents // 95):
        found.append(f"too many pages of incidents: {first}")
    if sum(n for (_, path), n in steady.items() if "_id}" not in path) > 145:
        found.append(f"too much in ten minutes: {steady}")
    return found
