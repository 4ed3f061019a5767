"""A second costs what is seen to change, whatever the queue holds: lines, cells, bytes, sums."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from msgspec.structs import replace
from textual.drivers import headless_driver
from textual.pilot import Pilot

from services.policy.deadlines import Policy
from services.policy.support_time import SupportTime
from tests.perf.canned import DueIn, by_minutes, by_seconds, canned, mixed
from tests.screen.stage import NOON, Desk, settle
from tui.options import ScreenOptions
from tui.timekeeper import LONGEST_TICK, SHORTEST_TICK, seconds_to_next


class Wire(headless_driver.HeadlessDriver):
    """A terminal that is painted on; what reaches it is kept."""

    sent: str = ""

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        self.sent += data


@pytest.fixture(autouse=True)
def a_terminal_with_all_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headless_driver, "HeadlessDriver", Wire)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)


@asynccontextmanager
async def desk_with(
    number: int, due_in: DueIn, size: tuple[int, int] = (99, 40), theme: str = "textual-dark"
) -> AsyncIterator[tuple[Desk, Pilot[None]]]:
    desk = Desk(ScreenOptions(theme=theme))
    async with desk.app.run_test(size=size) as pilot:
        await desk.give(pilot, canned(number, NOON, due_in))
        for _ in range(5):
            await settle(pilot)
        queue, now = desk.app.queue, desk.clock.now()
        while (until := queue.reads_until(now)) and until <= now:
            desk.app.tick()
        # What is judged afterwards, a little at a time, is over.
        desk.app.journal.look(number)
        yield desk, pilot


async def sent_by_a_second(desk: Desk, pilot: Pilot[None], seconds: float = 1) -> str:
    """What reaches the terminal when so much time passes, after two ticks to warm up."""
    wire = desk.app._driver
    assert isinstance(wire, Wire)
    await desk.pass_time(pilot, 0)
    await desk.pass_time(pilot, 0)
    wire.sent = ""
    await desk.pass_time(pilot, seconds)
    return wire.sent


@pytest.mark.parametrize("number", [200, 2_000])
async def test_a_second_sends_few_bytes_for_each_row_that_changed(number: int) -> None:
    async with desk_with(number, by_seconds) as (desk, pilot):
        gutter = desk.app.queue.countdowns
        before = gutter.lines_refreshed
        sent = await sent_by_a_second(desk, pilot)
        changed = gutter.lines_refreshed - before

        assert changed == gutter.size.height
        assert len(sent.encode()) <= 60 * changed + 100


async def test_with_the_terminals_own_colours_it_is_half_of_that() -> None:
    async with desk_with(200, by_seconds, theme="ansi-dark") as (desk, pilot):
        sent = await sent_by_a_second(desk, pilot)

        assert len(sent.encode()) <= 32 * desk.app.queue.countdowns.size.height + 100


@pytest.mark.parametrize("number", [20, 2_000])
async def test_a_second_works_out_only_the_countdowns_in_view_that_change(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk_with(number, mixed) as (desk, pilot):
        gutter, table = desk.app.queue.countdowns, desk.app.queue.table
        sums: list[str] = []
        for owner, name in ((Policy, "state"), (SupportTime, "left"), (SupportTime, "due")):
            monkeypatch.setattr(owner, name, _counted(getattr(owner, name), name, sums))
        lines, made, rows = gutter.lines_refreshed, gutter.countdowns_made, table.lines_refreshed
        await sent_by_a_second(desk, pilot)

        assert gutter.lines_refreshed - lines == 11
        assert gutter.countdowns_made - made == 11
        assert table.lines_refreshed == rows
        assert sums == []


def _counted(work: object, name: str, calls: list[str]) -> object:
    def counting(*args: object) -> object:
        calls.append(name)
        assert callable(work)
        return work(*args)

    return counting


@pytest.mark.parametrize("due_in", [by_minutes, mixed])
async def test_where_nothing_reads_differently_nothing_is_sent(due_in: DueIn) -> None:
    """Neither by a tick nor by a poll that found nothing new."""
    async with desk_with(200, due_in) as (desk, pilot):
        still = await sent_by_a_second(desk, pilot, 0)
        wire = desk.app._driver
        assert isinstance(wire, Wire)
        await desk.give(pilot, canned(200, NOON, due_in))

        assert still == ""
        assert wire.sent == ""


async def test_a_poll_with_one_change_repaints_its_line() -> None:
    async with desk_with(200, by_minutes) as (desk, pilot):
        table = desk.app.queue.table
        before = table.lines_refreshed
        told = canned(200, NOON, by_minutes)
        third = told.issues[2]
        assert third.ticket is not None
        renamed = replace(third, ticket=replace(third.ticket, subject="renamed"))
        await desk.give(pilot, replace(told, issues=(*told.issues[:2], renamed, *told.issues[3:])))

        assert table.lines_refreshed == before + 1
        assert any("renamed" in line for line in desk.lines("#queue"))


async def test_the_next_tick_is_due_when_something_reads_differently() -> None:
    async with desk_with(200, by_minutes) as (desk, pilot):
        queue = desk.app.queue
        await desk.pass_time(pilot, 7)
        quiet = queue.reads_until(desk.clock.now())
        await desk.give(pilot, canned(200, desk.clock.now(), mixed))
        busy = queue.reads_until(desk.clock.now())

        assert quiet == NOON + timedelta(seconds=30, microseconds=1)
        assert busy is not None
        assert busy - desk.clock.now() < timedelta(seconds=1)


def next_tick(desk: Desk) -> float:
    """In how many seconds the dashboard looks at the time again by itself."""
    armed = desk.app._next_tick
    assert armed is not None
    return armed.when() - asyncio.get_running_loop().time()


async def test_a_queue_that_has_only_just_come_counts_down_from_its_first_second_on() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(99, 40)) as pilot:
        await settle(pilot)
        assert next_tick(desk) > 2
        await desk.give(pilot, canned(40, NOON, by_seconds))
        await settle(pilot)
        assert next_tick(desk) < 1.1


async def test_lines_that_come_into_view_count_down_from_their_first_second_on() -> None:
    def late_or_soon(place: int) -> timedelta:
        return by_seconds(place) if place >= 30 else -timedelta(hours=5)

    desk = Desk()
    async with desk.app.run_test(size=(99, 20)) as pilot:
        await desk.give(pilot, canned(50, NOON, late_or_soon))
        await settle(pilot)
        assert next_tick(desk) > 2
        await pilot.resize_terminal(99, 50)
        await settle(pilot)
        assert next_tick(desk) < 1.1


class Until:
    """Something that reads alike for so many seconds."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds

    def tick(self, now: object) -> None: ...

    def reads_until(self, now: object) -> object:
        return None if self.seconds is None else NOON + timedelta(seconds=self.seconds)


@pytest.mark.parametrize(
    ("timed", "pace", "least", "most"),
    [
        pytest.param([0.000_001], 1, SHORTEST_TICK, SHORTEST_TICK, id="never-at-once"),
        pytest.param([0], 0.5, SHORTEST_TICK, SHORTEST_TICK, id="something-was-left-over"),
        pytest.param([1.000_001], 1, 1.000_001, 1.01, id="the-second"),
        pytest.param([1.3, 1.7, 60], 1, 2.000_001, 2.01, id="fractions-share-a-tick"),
        pytest.param([8, None], 1, 8.000_001, 8.01, id="later"),
        pytest.param([3600], 1, LONGEST_TICK, LONGEST_TICK, id="a-laptop-may-sleep"),
        pytest.param([], 1, LONGEST_TICK, LONGEST_TICK, id="nothing-to-tell"),
        pytest.param([60], 60, 1.000_001, 1.01, id="a-fast-clock"),
        pytest.param([1], 60, SHORTEST_TICK, SHORTEST_TICK, id="a-fast-clock-that-shows-seconds"),
    ],
)
def test_how_long_to_sleep(
    timed: list[float | None], pace: float, least: float, most: float
) -> None:
    wait = seconds_to_next([Until(seconds) for seconds in timed], NOON, pace)  # type: ignore[misc]

    assert least <= wait <= most
