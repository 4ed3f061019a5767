"""Are the countdowns right on a laptop whose clock is wrong, is set, jumps, or slept?"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assemble import Assembly, assemble
from services.clock import ManualClock, ServerClock
from services.domain import Snapshot, Source
from services.health import Trust, trust
from services.simulator.scenario import DEMO_START, populate
from services.simulator.transport import SimulatorTransport
from services.simulator.world import World
from services.store import Store
from services.vigil import Vigil
from tests.polling.bench import CONFIG
from tests.stillness import turns

SECOND = timedelta(seconds=1)


class Laptop:
    """A clock that is wrong by so much, on top of the true one."""

    def __init__(self, true: ManualClock, off: timedelta) -> None:
        self.true = true
        self.off = off

    def now(self) -> datetime:
        return self.true.now() + self.off

    def monotonic(self) -> float:
        return self.true.monotonic()

    async def sleep(self, seconds: float) -> None:
        await self.true.sleep(seconds)


class Running:
    """A dashboard's insides on such a laptop."""

    def __init__(self, laptop: Laptop, assembly: Assembly, world: World) -> None:
        self.laptop = laptop
        self.true = laptop.true
        self.assembly = assembly
        self.world = world
        self.seen: list[Snapshot] = []

    async def listen(self) -> None:
        async for snapshot in self.assembly.poller.snapshots():
            self.seen.append(snapshot)

    async def advance(self, seconds: int) -> None:
        for _ in range(seconds):
            await self.true.advance(1)
            await self.settle()

    async def settle(self) -> None:
        await turns(200)

    @property
    def error(self) -> timedelta:
        """How far the countdowns are from the truth."""
        return abs(self.assembly.clock.now() - self.true.now())

    def word(self, source: Source) -> Trust:
        status = (self.seen[-1].sources or {})[source]
        return trust(status, self.assembly.clock.now())


@contextlib.asynccontextmanager
async def running(off: timedelta) -> AsyncIterator[Running]:
    true = ManualClock(DEMO_START)
    world = World(true)
    populate(world, 12)
    laptop = Laptop(true, off)
    assembly = assemble(
        CONFIG,
        {
            "ROTA_ZENDESK_TOKEN": world.zendesk_token,
            "ROTA_PAGERDUTY_TOKEN": world.pagerduty_token,
        },
        laptop=laptop,
        transport=SimulatorTransport(world),
        store=Store(None),
        jitter=random.Random(1),
    )
    for session in assembly.sessions.values():
        await session.prepare()
    made = Running(laptop, assembly, world)
    listener = asyncio.create_task(made.listen())
    try:
        yield made
    finally:
        listener.cancel()
        await asyncio.gather(listener, return_exceptions=True)
        await assembly.aclose()


@pytest.mark.parametrize("hours", [-30, -2, 0, 2, 30])
async def test_a_laptop_that_is_hours_off_counts_right_and_is_told(hours: int) -> None:
    async with running(timedelta(hours=hours)) as on:
        await on.advance(40)
        made = on.world.zendesk.create_ticket("New", "x", requester_id=on.world.cast.requesters[0])
        page = on.world.pagerduty.create_incident("Fire", on.world.cast.smoke)
        await on.advance(45)
        last = on.seen[-1]
        told = [line for line in last.notices if "This laptop's clock" in line]

        assert on.error <= SECOND
        assert {on.word(source) for source in Source} == {Trust.LIVE}
        assert any(i.ticket and i.ticket.id == made.id for i in last.issues)
        assert any(i.incident and i.incident.id == page.id for i in last.issues)
        assert all(p.known for i in last.issues for p in i.promises)
        assert [f"{abs(hours)} h" in line for line in told] == ([True] if hours else [])


@given(leaps=st.lists(st.integers(-100_000, 100_000), max_size=5))
def test_setting_the_clock_moves_no_countdown(leaps: list[int]) -> None:
    true = ManualClock(DEMO_START)
    laptop = Laptop(true, timedelta(0))
    clock = ServerClock(laptop)
    stamp = f"{DEMO_START:%a, %d %b %Y %H:%M:%S} GMT"
    clock.observe("zendesk", {"date": stamp}, 0.0)
    for leap in leaps:
        laptop.off += timedelta(seconds=leap)
        clock.leapt()

        assert abs(clock.now() - true.now()) <= SECOND


async def test_after_a_suspend_everything_is_asked_at_once_and_nothing_looks_live() -> None:
    async with running(timedelta(0)) as on:
        await on.advance(40)
        on.true.suspend(5 * 3600)
        before = len(on.world.requests)
        asleep = {on.word(source) for source in Source}
        await on.advance(4)
        asked = {seen.vendor for seen in list(on.world.requests)[before:]}

        assert asleep == {Trust.STALE}
        assert asked == {"zendesk", "pagerduty"}
        assert on.error <= SECOND
        assert {on.word(source) for source in Source} == {Trust.LIVE}


async def test_where_no_clock_counts_the_sleep_the_next_answer_puts_it_right() -> None:
    """The monotonic clock stood still, the wall clock leapt: that is how it looks there."""
    true = ManualClock(DEMO_START)
    laptop = Laptop(true, timedelta(hours=2))
    clock = ServerClock(laptop, counts_sleep=False)
    clock.observe("zendesk", {"date": f"{DEMO_START:%a, %d %b %Y %H:%M:%S} GMT"}, 0.0)
    slept = timedelta(hours=3)
    true.shift(slept)
    leapt = clock.leapt()

    assert leapt
    assert abs(clock.now() - (DEMO_START + slept)) <= SECOND

    laptop.off += timedelta(hours=7)
    assert clock.leapt()
    clock.observe("zendesk", {"date": f"{true.now():%a, %d %b %Y %H:%M:%S} GMT"}, 0.0)
    assert abs(clock.now() - true.now()) <= SECOND


async def test_a_laptop_that_is_merely_busy_did_not_sleep() -> None:
    true = ManualClock(datetime(2026, 1, 14, 12, tzinfo=UTC))
    vigil = Vigil(ServerClock(true))
    looking = asyncio.create_task(vigil.leap())
    for _ in range(30):
        await true.advance(2)
        true.suspend(5)
    assert not looking.done()
    true.suspend(30)
    await true.advance(2)
    await asyncio.sleep(0)

    assert looking.done()


async def test_while_paused_a_suspend_asks_nothing_but_is_seen() -> None:
    async with running(timedelta(0)) as on:
        await on.advance(40)
        on.assembly.poller.pause(True)
        await on.advance(40)
        on.true.suspend(3600)
        before = len(on.world.requests)
        await on.advance(10)

        assert len(on.world.requests) == before
        assert {on.word(source) for source in Source} == {Trust.STALE}
