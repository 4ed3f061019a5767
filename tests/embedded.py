"""A dashboard's insides on an embedded world whose clock is moved by hand."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from services.assemble import Assembly, assemble
from services.clock import ManualClock
from services.config.tables import Config, PagerDuty, Poll, Zendesk
from services.simulator.scenario import DEMO_START, populate
from services.simulator.transport import SimulatorTransport
from services.simulator.world import World
from services.store import Store

CONFIG = Config(
    zendesk=Zendesk(base_url="http://127.0.0.1/zendesk"),
    pagerduty=PagerDuty(base_url="http://127.0.0.1/pagerduty"),
    poll=Poll(rota=timedelta(hours=24)),
)


@dataclass(frozen=True, slots=True)
class Embedded:
    """The world, its clock, and what polls it."""

    clock: ManualClock
    world: World
    assembly: Assembly


@asynccontextmanager
async def embedded(
    open_issues: int, *, store: Store | None = None, token: str | None = None
) -> AsyncIterator[Embedded]:
    """A world of so many open issues with a poller on it; closed at the end."""
    clock = ManualClock(DEMO_START)
    world = World(clock)
    populate(world, open_issues=open_issues)
    assembly = assemble(
        CONFIG,
        {
            "ROTA_ZENDESK_TOKEN": token or world.zendesk_token,
            "ROTA_PAGERDUTY_TOKEN": world.pagerduty_token,
        },
        clock=clock,
        transport=SimulatorTransport(world),
        store=store or Store(None),
        jitter=random.Random(1),
    )
    try:
        yield Embedded(clock, world, assembly)
    finally:
        await assembly.aclose()
