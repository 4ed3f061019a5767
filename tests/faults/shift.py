"""A whole shift of random trouble, and what is left at its end."""

import contextlib
import gc
import random
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from types import BuiltinFunctionType, FunctionType, ModuleType
from unittest import mock

from services.api.client import Api
from services.clock import ManualClock
from services.config.tables import Config
from services.domain import Snapshot, Source
from services.policy.deadlines import Policy
from services.poller import pagerduty_feed, zendesk_feed
from services.sessions import Session
from services.simulator import faults, rehearsal, script
from services.simulator.interference import Effect
from services.simulator.scenario import DEMO_START
from services.simulator.world import World
from tests.faults.stage import CONFIG, Stage, by_id, fresh_look, open_in, stage, untruths

STEP = 60.0
"""Seconds between two looks of the judge."""

KEPT = timedelta(hours=1)
"""How long what is done is kept in a shift."""

BUDGET_PER_MINUTE = {Source.ZENDESK: 7.0, Source.PAGERDUTY: 9.3 + 8}
"""Requests a minute: the polling design's table. Reading single incidents, two in each cycle at
the most, comes on top of its 9.3 for PagerDuty; for Zendesk it is counted in."""

PATHS = ("*", "*", "/tickets*", "/search", "/incidents*", "/log_entries", "/schedules")


def weather(world: World, rng: random.Random) -> None:
    """One of many kinds of trouble, somewhere, for a while."""
    kinds: list[Effect] = [
        faults.broken(500),
        faults.unavailable(rng.choice((None, 20, 90))),
        faults.rate_limited(rng.choice((10, 60)), bare=rng.random() < 0.3),
        faults.html_page(502),
        faults.plain_text(504),
        faults.truncated(rng.random()),
        faults.reset_before(),
        faults.reset_after(),
        faults.silent_after(),
        faults.slow(rng.choice((3.0, 30.0)), world.clock.sleep),
        faults.surprising(),
    ]
    vendor = rng.choice(("zendesk", "pagerduty", None))
    path = rng.choice(PATHS)
    now = world.timeline.now()
    ends = now + timedelta(seconds=rng.choice((20, 60, 240, 900)))
    if vendor == "zendesk":
        world.faults.add(rng.choice(kinds), vendor="zendesk", path=path, until=ends)
    elif vendor == "pagerduty":
        world.faults.add(rng.choice(kinds), vendor="pagerduty", path=path, until=ends)
    else:
        world.faults.add(rng.choice(kinds), path=path, until=ends)


@dataclass
class Shift:
    """A shift that is over."""

    world: World
    crowd: list[Stage]
    hours: float
    growth: float = 0.0
    """By what share all that the dashboards hold grew in the second half of the shift."""
    lies: list[str] = field(default_factory=list)
    """What was shown and not true, meanwhile and at the end, by whichever dashboard."""

    @property
    def polls(self) -> int:
        """How often a vendor was asked by any dashboard for what has changed."""
        asked = self.world.asked()
        return asked["GET", "/tickets"] + asked["GET", "/log_entries"]

    def per_minute(self, source: Source) -> float:
        """Requests that a vendor got from each dashboard."""
        made = sum(seen.vendor == source.value for seen in self.world.requests)
        return made / (self.hours * 60 * len(self.crowd))


async def lived_through(
    hours: float, seed: int, config: Config = CONFIG, dashboards: int = 1
) -> Shift:
    """A shift of some dashboards with their judge, and what it left.

    What is done is let go after an hour here instead of a day, so that by half of the shift each
    thing that is kept for a time has been let go of, and what grows from then on grows for ever.
    """
    rng = random.Random(seed)
    world = World(clock := ManualClock(DEMO_START), seed=seed)
    rehearsal.play(world, script.find("shift"))
    async with contextlib.AsyncExitStack() as stack:
        crowd = [
            await stack.enter_async_context(
                stage(world=world, keep=False, seed=seed + number, config=config)
            )
            for number in range(dashboards)
        ]
        shift = Shift(world, crowd, hours)

        async def advance(seconds: float) -> None:
            for _ in range(round(seconds / STEP)):
                await clock.advance(STEP)
                for on in crowd:
                    await on.settle()
                    shift.lies += untruths(on.latest, world, clock.now())

        await advance(60)
        sooner = stack.enter_context(contextlib.ExitStack())
        for module, name in ((zendesk_feed, "KEEP_DONE"), (pagerduty_feed, "KEEP_RESOLVED")):
            sooner.enter_context(mock.patch.object(module, name, KEPT))
        steps, half = int(hours * 3600 / 300), 0
        for step in range(steps):
            if rng.random() < 0.4:
                weather(world, rng)
            await advance(300)
            if step == steps // 2:
                half = sum(map(held, crowd))
        shift.growth = sum(map(held, crowd)) / half - 1
        world.faults.clear()
        await advance(900)
        for on in crowd:
            on.assembly.poller.refresh()
        await clock.settle()
        # Who has not been there finds pairs by what was over today, as these did at their start.
        sooner.close()
        newcomer = await fresh_look(crowd[0])
        for on in crowd:
            await on.settle()
            shift.lies += differences(on, newcomer)
        return shift


def held(on: Stage) -> int:
    """Bytes of all that a dashboard holds, in this process and apart from its connections."""
    size, seen, waiting = 0, set(), [on.assembly.poller, on.assembly.outbox, on.assembly.log]
    while waiting:
        one: object = waiting.pop()
        if id(one) in seen or isinstance(one, _OTHERS):
            continue
        seen.add(id(one))
        size += sys.getsizeof(one)
        waiting += gc.get_referents(one)
    return size


_OTHERS = (type, ModuleType, FunctionType, BuiltinFunctionType, Api, ManualClock, Session, Policy)
"""Where the poller's own things end."""


def differences(on: Stage, newcomer: Snapshot) -> list[str]:
    """What is on show otherwise than in the world, and than a newcomer sees it."""
    found = untruths(on.latest, on.world, on.clock.now())
    tickets, incidents = open_in(on.world)
    shown = {i.ticket.id for i in on.latest.issues if i.ticket and not i.ticket.status.done}
    pages = {i.incident.id for i in on.latest.issues if i.incident and not i.incident.resolved}
    found += [f"ticket {one}" for one in tickets ^ shown]
    found += [f"incident {one}" for one in incidents ^ pages]
    mine, theirs = by_id(on.latest), by_id(newcomer)
    found += [f"{one}: not as a newcomer sees it" for one in mine.keys() ^ theirs.keys()]
    for one in mine.keys() & theirs.keys():
        if mine[one].promises != theirs[one].promises:
            found.append(f"{one}: {mine[one].promises} / {theirs[one].promises}")
    return found
