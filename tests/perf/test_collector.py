"""No key waits while Python looks through a queue that has only just been read."""

import gc
from collections.abc import Iterator

import pytest

from services.domain import Health, SourceStatus
from tests.screen.stage import FRESH, NOON, Desk, snapshot
from tui.collector import SELDOM

NOT_YET = SourceStatus(Health.STALE, NOON)
REFUSED = SourceStatus(Health.ERROR, error="no", failures=1)
OFF = SourceStatus(Health.OFF)


@pytest.fixture
def rhythm() -> Iterator[tuple[int, int, int]]:
    before = gc.get_threshold()
    yield before
    gc.set_threshold(*before)


@pytest.mark.parametrize("last", [FRESH, REFUSED, OFF])
async def test_everything_is_looked_through_again_once_every_vendor_has_answered(
    last: SourceStatus, rhythm: tuple[int, int, int]
) -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, snapshot(zendesk=NOT_YET))
        assert gc.get_threshold() == (*rhythm[:2], SELDOM)
        put_aside = gc.get_freeze_count()
        kept = [[number] for number in range(10_000)]

        await desk.give(pilot, snapshot(zendesk=last))
        assert gc.get_threshold() == rhythm
        assert gc.get_freeze_count() >= put_aside + len(kept)


async def test_who_leaves_before_leaves_python_as_it_was(rhythm: tuple[int, int, int]) -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, snapshot(zendesk=NOT_YET))
        assert gc.get_threshold() != rhythm
    assert gc.get_threshold() == rhythm
