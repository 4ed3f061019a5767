"""No key waits while Python looks through a queue for garbage."""

import gc
from collections.abc import Iterator

import pytest

from services.domain import Health, SourceStatus
from tests.screen.stage import FRESH, NOON, Desk, settle, snapshot
from tui.collector import RHYTHM

NOT_YET = SourceStatus(Health.STALE, NOON)
REFUSED = SourceStatus(Health.ERROR, error="no", failures=1)
OFF = SourceStatus(Health.OFF)


@pytest.fixture(autouse=True)
def rhythm() -> Iterator[tuple[int, int, int]]:
    before = gc.get_threshold()
    yield before
    gc.set_threshold(*before)


@pytest.mark.parametrize("last", [FRESH, REFUSED, OFF])
async def test_a_queue_is_put_aside_once_every_vendor_has_answered(last: SourceStatus) -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        begun = gc.get_freeze_count()
        queue = [[number] for number in range(5_000)]
        await desk.give(pilot, snapshot(zendesk=NOT_YET))
        assert gc.get_freeze_count() <= begun
        await desk.give(pilot, snapshot(zendesk=last))
        put_aside = gc.get_freeze_count()
        assert put_aside >= begun + len(queue)

        queue += [[number] for number in range(5_000)]
        await desk.give(pilot, snapshot(zendesk=last))
        assert gc.get_freeze_count() <= put_aside


async def test_the_young_are_looked_at_when_there_are_many_until_it_is_left(
    rhythm: tuple[int, int, int],
) -> None:
    gc.disable()
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert gc.isenabled()
        assert gc.get_threshold() == RHYTHM
    assert gc.get_threshold() == rhythm
