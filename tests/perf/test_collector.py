"""No key waits while Python looks through a queue for garbage."""

import gc
from collections.abc import Iterator

import pytest

from services.domain import Health, SourceStatus
from tests.perf.canned import by_minutes, canned
from tests.screen.stage import FRESH, NOON, Desk, settle, snapshot
from tui.collector import AT_FIRST

NOT_YET = SourceStatus(Health.STALE, NOON)
REFUSED = SourceStatus(Health.ERROR, error="no", failures=1)
OFF = SourceStatus(Health.OFF)


PYTHONS = 700, 10, 10


@pytest.fixture(autouse=True)
def rhythm() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(*PYTHONS)
    yield
    gc.set_threshold(*before)


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
