"""A poller on the simulator, and what it says as time passes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from services.assemble import Assembly, assemble
from services.clock import ManualClock
from services.config.tables import Config, PagerDuty, Zendesk
from services.domain import Issue, Snapshot, Source, SourceStatus
from services.simulator.scenario import DEMO_START, populate
from services.simulator.transport import SimulatorTransport
from services.simulator.world import World
from services.store import Store
from tests.stillness import turns

CONFIG = Config(
    zendesk=Zendesk(base_url="http://127.0.0.1/zendesk"),
    pagerduty=PagerDuty(base_url="http://127.0.0.1/pagerduty"),
)


@dataclass
class Bench:
    """A world, a poller, and the snapshots so far."""

    world: World
    clock: ManualClock
    assembly: Assembly
    seen: list[Snapshot] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def latest(self) -> Snapshot:
        return self.seen[-1]

    def status(self, source: Source) -> SourceStatus:
        assert self.latest.sources is not None
        return self.latest.sources[source]

    def ticket(self, ticket_id: int) -> Issue | None:
        found = (i for i in self.latest.issues if i.ticket and i.ticket.id == ticket_id)
        return next(found, None)

    async def advance(self, seconds: float) -> None:
        """Let time pass in small steps, so that what needs a thread gets its turn too."""
        for _ in range(max(1, round(seconds / 5))):
            await self.clock.advance(5)
            await turns(200)

    async def started(self) -> None:
        """Wait until both sources have been asked once."""
        async with asyncio.timeout(30):
            while True:
                await self.news.wait()
                self.news.clear()
                if all(_asked(status) for status in (self.latest.sources or {}).values()):
                    return


def _asked(status: SourceStatus) -> bool:
    return status.fetched_at is not None or (status.failures > 0)


def world_with(open_issues: int) -> tuple[World, ManualClock]:
    clock = ManualClock(DEMO_START)
    world = World(clock)
    populate(world, open_issues)
    return world, clock


def poller_on(
    world: World, clock: ManualClock, store: Store | None = None, token: str | None = None
) -> Assembly:
    tokens = {
        "ROTA_ZENDESK_TOKEN": token or world.zendesk_token,
        "ROTA_PAGERDUTY_TOKEN": world.pagerduty_token,
    }
    return assemble(
        CONFIG,
        tokens,
        clock=clock,
        transport=SimulatorTransport(world),
        store=store or Store(None),
    )


@contextlib.asynccontextmanager
async def running(
    open_issues: int = 20,
    *,
    store: Store | None = None,
    token: str | None = None,
    world: tuple[World, ManualClock] | None = None,
    wait: bool = True,
) -> AsyncIterator[Bench]:
    """A poller that has polled once and goes on."""
    made, clock = world or world_with(open_issues)
    bench = Bench(made, clock, poller_on(made, clock, store, token))

    async def listen() -> None:
        async for snapshot in bench.assembly.poller.snapshots():
            bench.seen.append(snapshot)
            bench.news.set()

    listener = asyncio.create_task(listen())
    try:
        if wait:
            await bench.started()
        yield bench
    finally:
        listener.cancel()
        await asyncio.gather(listener, return_exceptions=True)
        await bench.assembly.aclose()
