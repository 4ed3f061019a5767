"""No key waits while Python looks through a queue for garbage."""

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest

from services.domain import Health, SourceStatus
from tests.perf.canned import by_minutes, canned
from tests.screen.stage import FRESH, NOON, Desk, issue, settle, snapshot
from tui import collector
from tui.collector import AT_FIRST, Collector

NOT_YET = SourceStatus(Health.STALE, NOON)
REFUSED = SourceStatus(Health.ERROR, error="no", failures=1)
OFF = SourceStatus(Health.OFF)


PYTHONS = 700, 10, 10
LOOKS = 200
"""Turns of the loop in which all that waits for nothing has happened."""


@pytest.fixture(autouse=True)
def rhythm() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(*PYTHONS)
    yield
    gc.set_threshold(*before)
    gc.enable()


class Garbage:
    """What only a look for garbage takes away."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector, "REST", 0.0)


@pytest.fixture
def looks(at_once: None) -> Iterator[Collector]:
    """What has begun, and leaves it to nobody else to look."""
    begun = Collector()
    begun.begin()
    gc.disable()
    yield begun
    begun.end()


def put_aside(value: object) -> bool:
    """Whether Python looks at it no more."""
    return all(value is not known for known in gc.get_objects())


@pytest.mark.parametrize("last", [FRESH, REFUSED, OFF])
async def test_a_queue_is_put_aside_once_every_vendor_has_answered(last: SourceStatus) -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        queue = [[0]]
        await desk.give(pilot, snapshot(zendesk=NOT_YET))
        assert not put_aside(queue)
        await desk.give(pilot, snapshot(zendesk=last))
        assert put_aside(queue)

        later = [[1]]
        await desk.give(pilot, snapshot(zendesk=last))
        assert not put_aside(later)


async def test_the_longer_the_queue_the_fewer_looks_at_the_young_until_it_is_left() -> None:
    gc.disable()
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert gc.isenabled()
        assert gc.get_threshold() == AT_FIRST
        await desk.give(pilot, canned(200, NOON, by_minutes))
        assert gc.get_threshold() == PYTHONS
        await desk.give(pilot, canned(1_000, NOON, by_minutes))
        assert gc.get_threshold() == (1_000, *PYTHONS[1:])
    assert gc.get_threshold() == PYTHONS


async def test_a_screen_that_was_left_is_looked_for_once_it_is_gone(at_once: None) -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, snapshot(issue(1, "first")))
        gc.disable()
        await pilot.press("O")
        await settle(pilot)
        # The last screen of a kind is held until there is another.
        left = weakref.ref(desk.app.screen)
        for key in ("escape", "O", "escape"):
            assert left() is not None
            await pilot.press(key)
            await settle(pilot)
        await turn()
        assert left() is None


async def turn() -> None:
    for _ in range(LOOKS):
        await asyncio.sleep(0)


async def test_nor_while_keys_are_pressed(looks: Collector) -> None:
    garbage = weakref.ref(Garbage())
    there_at_looks: list[bool] = []
    loop, twice = asyncio.get_running_loop(), asyncio.Event()

    def touched_at() -> float:
        there_at_looks.append(garbage() is not None)
        if len(there_at_looks) == 1:
            return loop.time() + 0.001
        twice.set()
        return 0.0

    looks.left(touched_at)
    await twice.wait()
    await turn()
    assert there_at_looks == [True, True]
    assert garbage() is None


@pytest.mark.parametrize("ended", [False, True])
async def test_nor_once_the_dashboard_was_left(looks: Collector, ended: bool) -> None:
    garbage = weakref.ref(Garbage())
    looks.left(lambda: 0.0)
    if ended:
        looks.end()
        looks.left(lambda: 0.0)
    await turn()
    assert (garbage() is not None) == ended
