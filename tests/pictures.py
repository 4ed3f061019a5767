"""Draws the pictures of the README from the demo: `python -m tests.pictures`."""

import asyncio
import random
from pathlib import Path

from services.assemble import assemble
from services.clock import ManualClock
from services.config.tables import Config, PagerDuty, Zendesk
from services.simulator.scenario import DEMO_START, populate
from services.simulator.transport import SimulatorTransport
from services.simulator.world import World
from services.store import Store
from tui.app import RotaApp

PICTURES = Path(__file__).parents[1] / "docs"


async def draw(width: int, height: int) -> str:
    """Run the demo for a moment at this size; what it painted, as SVG."""
    clock = ManualClock(DEMO_START)
    world = World(clock)
    populate(world)
    assembly = assemble(
        Config(
            zendesk=Zendesk(base_url="http://127.0.0.1/zendesk"),
            pagerduty=PagerDuty(base_url="http://127.0.0.1/pagerduty"),
        ),
        {"ROTA_ZENDESK_TOKEN": world.zendesk_token, "ROTA_PAGERDUTY_TOKEN": world.pagerduty_token},
        clock=clock,
        transport=SimulatorTransport(world),
        store=Store(None),
        jitter=random.Random(1),
    )
    app = RotaApp(assembly.poller, assembly.policy, clock)
    async with app.run_test(size=(width, height)) as pilot:
        for _ in range(20):
            await pilot.pause(0.05)
        await pilot.press("j", "j", "j")
        await pilot.pause(1.0)
        picture = app.export_screenshot(title="rota")
    await assembly.aclose()
    return picture


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    (PICTURES / "queue.svg").write_text(asyncio.run(draw(120, 32)), encoding="utf-8")
