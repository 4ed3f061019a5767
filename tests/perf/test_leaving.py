"""Nothing holds on to the screens that were left: over a shift there are hundreds."""

import asyncio
import gc
import weakref
from heapq import heapify

import pytest
from textual._styles_cache import StylesCache
from textual.screen import Screen

from tests.screen.stage import Desk, issue, settle, snapshot

TIMES = 4


@pytest.mark.parametrize("key", ["t", "n", "O", "L", "question_mark", "enter", "ctrl+p"])
async def test_of_screens_that_were_left_there_is_the_last_at_most_and_its_painted_lines(
    key: str,
) -> None:
    desk = Desk()
    screens: list[weakref.ref[Screen[object]]] = []
    painted: list[weakref.ref[StylesCache]] = []
    async with desk.app.run_test(size=(120, 40)) as pilot:
        await desk.give(pilot, snapshot(issue(1, "first"), issue(2, "second")))
        for _ in range(TIMES):
            await pilot.press(key)
            await settle(pilot)
            assert desk.app.screen is not desk.app.queue
            screens.append(weakref.ref(desk.app.screen))
            painted.append(weakref.ref(desk.app.screen._styles_cache))
            await pilot.press("escape", "j", "k")
            await settle(pilot)
            assert desk.app.screen is desk.app.queue
        _forget_cancelled_timers()
        gc.collect()

        # Forms are all drawn on one.
        assert len({screen() for screen in screens} - {None}) <= 1
        assert len({id(lines()) for lines in painted if lines() is not None}) <= 1


def _forget_cancelled_timers() -> None:
    """The loop holds on to where they were set until their time would have come: half a minute."""
    timers: list[asyncio.TimerHandle] = getattr(asyncio.get_running_loop(), "_scheduled", [])
    timers[:] = [timer for timer in timers if not timer.cancelled()]
    heapify(timers)
