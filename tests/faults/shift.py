"""A whole shift of random trouble, and what is left at its end."""

import gc
import random
import sys
from datetime import timedelta
from types import BuiltinFunctionType, FunctionType, ModuleType

from services.api.client import Api
from services.clock import ManualClock
from services.config.tables import Config
from services.domain import Source
from services.policy.deadlines import Policy
from services.sessions import Session
from services.simulator import faults, rehearsal, script
from services.simulator.interference import Effect
from services.simulator.scenario import DEMO_START
from services.simulator.world import World
from tests.faults.stage import CONFIG, Stage, by_id, fresh_look, open_in, stage, untruths

STEP = 60.0
"""Seconds between two looks of the judge."""

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
    path = rng.choice(
        ("*", "*", "/tickets*", "/search", "/incidents*", "/log_entries", "/schedules")
    )
    now = world.timeline.now()
    ends = now + timedelta(seconds=rng.choice((20, 60, 240, 900)))
    if vendor == "zendesk":
        world.faults.add(rng.choice(kinds), vendor="zendesk", path=path, until=ends)
    elif vendor == "pagerduty":
        world.faults.add(rng.choice(kinds), vendor="pagerduty", path=path, until=ends)
    else:
        world.faults.add(rng.choice(kinds), path=path, until=ends)


async def lived_through(hours: float, seed: int, config: Config = CONFIG) -> tuple[Stage, float]:
    """A shift with its judge; what it left, and how much memory has grown from its first third on.

    What was done with today is kept for a day: memory is counted per issue that is held.
    """
    rng = random.Random(seed)
    world = World(ManualClock(DEMO_START), seed=seed)
    rehearsal.play(world, script.find("shift"))
    async with stage(world=world, keep=False, seed=seed, config=config) as on:
        await on.advance(60)
        early = 0.0
        steps = int(hours * 3600 / 300)
        for step in range(steps):
            if rng.random() < 0.4:
                weather(world, rng)
            await on.advance(300, STEP)
            if step == steps // 3:
                early = per_issue(on)
        growth = per_issue(on) / early - 1
        world.faults.clear()
        await on.advance(900, STEP)
        on.assembly.poller.refresh()
        await on.settle()
        on.lies += await differences(on)
        return on, growth


def per_issue(on: Stage) -> float:
    """Bytes held by the poller for each ticket and incident that it keeps."""
    poller = on.assembly.poller
    size, seen, waiting = 0, set(), [vars(poller)]
    while waiting:
        one: object = waiting.pop()
        if id(one) in seen or isinstance(one, _OTHERS):
            continue
        seen.add(id(one))
        size += sys.getsizeof(one)
        waiting += gc.get_referents(one)
    kept = on.latest.issues + on.latest.done
    return size / len(kept)


_OTHERS = (type, ModuleType, FunctionType, BuiltinFunctionType, Api, ManualClock, Session, Policy)
"""Where the poller's own things end."""


async def differences(on: Stage) -> list[str]:
    """What is on show otherwise than in the world, and than a newcomer sees it."""
    found = untruths(on.latest, on.world, on.clock.now())
    tickets, incidents = open_in(on.world)
    shown = {i.ticket.id for i in on.latest.issues if i.ticket and not i.ticket.status.done}
    pages = {i.incident.id for i in on.latest.issues if i.incident and not i.incident.resolved}
    found += [f"ticket {one}" for one in tickets ^ shown]
    found += [f"incident {one}" for one in incidents ^ pages]
    mine, theirs = by_id(on.latest), by_id(await fresh_look(on))
    found += [f"{one}: not as a newcomer sees it" for one in mine.keys() ^ theirs.keys()]
    for one in mine.keys() & theirs.keys():
        if mine[one].promises != theirs[one].promises:
            found.append(f"{one}: {mine[one].promises} / {theirs[one].promises}")
    return found


def per_minute(on: Stage, source: Source, hours: float) -> float:
    """Requests that a vendor got."""
    return sum(seen.vendor == source.value for seen in on.world.requests) / (hours * 60)
