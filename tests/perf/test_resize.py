"""Another size of the window is followed at once; of a run of sizes, Textual paints what it can."""

import asyncio
from collections.abc import Callable

import pytest
from textual._compositor import Compositor, ReflowResult
from textual.app import App
from textual.events import Resize
from textual.geometry import Region, Size
from textual.widget import Widget

from tests.perf.canned import by_minutes
from tests.perf.test_keys import counted
from tests.perf.test_tick import a_terminal_with_all_colours, desk_with
from tests.screen.stage import Desk, settle
from tests.stillness import still
from tui.resizing import RUN

__all__ = ["a_terminal_with_all_colours"]

OTHER = Size(100, 30)


class NeverRings:
    """A timer for which the time never comes."""

    def stop(self) -> None: ...


def without_timers(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def started(delay: float, callback: Callable[[], None]) -> NeverRings:
        return NeverRings()

    monkeypatch.setattr(desk.app, "set_timer", started)


async def resized(desk: Desk, size: Size) -> None:
    """Until what follows without any timer has been done."""
    desk.app.post_message(Resize(size, size))
    for _ in range(30):
        await asyncio.sleep(0)


async def test_a_size_after_a_while_waits_for_no_timer_and_one_of_a_run_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with desk_with(20, by_minutes, (120, 40)) as (desk, _):
        without_timers(desk, monkeypatch)
        desk.app._resized_at = asyncio.get_running_loop().time() - 2 * RUN
        await resized(desk, OTHER)
        at_once = desk.app.queue._compositor.size
        await still()
        desk.app._resized_at = asyncio.get_running_loop().time() + 60
        await resized(desk, Size(90, 28))
        in_a_run = desk.app.queue._compositor.size
        await still()

        assert at_once == OTHER
        assert in_a_run == OTHER
        assert desk.app.queue._compositor.size == Size(90, 28)
        assert "_check_resize" in App._on_resize.__code__.co_names


async def test_it_lays_out_the_lines_of_the_window_and_not_of_the_queue(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: dict[int, int] = {}
    for number in (60, 2_000):
        async with desk_with(number, by_minutes, (120, 40)) as (desk, pilot):
            await pilot.resize_terminal(110, 30)
            await settle(pilot)
            with monkeypatch.context() as patch:
                lines = counted(patch, type(desk.app.queue.table), "_strip")
                await pilot.resize_terminal(*OTHER)
                await settle(pilot)
            made[number] = len(lines)

    assert 0 < made[60] == made[2_000] <= OTHER.height


async def test_what_lines_have_in_common_is_looked_up_once_for_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with desk_with(200, by_minutes, (120, 40)) as (desk, _):
        table, asked = desk.app.queue.table, list[str]()
        for name in ("scroll_offset", "scrollable_content_region"):
            monkeypatch.setattr(type(table), name, noted(getattr(type(table), name), name, asked))
        table.render_lines(Region(0, 0, *table.size))
        desk.app.queue.countdowns.render_lines(Region(0, 0, *desk.app.queue.countdowns.size))

        assert table.size.height > 30
        assert asked.count("scroll_offset") == 2
        assert asked.count("scrollable_content_region") <= 3


def noted(read: property, name: str, asked: list[str]) -> property:
    """The same property, which notes who asks."""

    def reading(widget: object) -> object:
        asked.append(name)
        return read.__get__(widget)

    return property(reading)


async def test_two_sizes_that_are_on_their_way_at_once_come_to_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each layout tells the screen of its size, which is laid out for it: that must have an end."""
    layouts: list[Size] = []
    real = Compositor.reflow

    def reflow(compositor: Compositor, parent: Widget, size: Size) -> ReflowResult:
        layouts.append(size)
        assert len(layouts) < 20
        return real(compositor, parent, size)

    async with desk_with(20, by_minutes, (120, 40)) as (desk, _):
        monkeypatch.setattr(Compositor, "reflow", reflow)
        for size in (OTHER, Size(90, 28)):
            desk.app._size = size
            desk.app.queue.post_message(Resize(size, size))
            desk.app.queue.post_message(desk.app.queue.Turned())
        await still()

        assert desk.app.queue._compositor.size == Size(90, 28)
        assert set(layouts) == {Size(90, 28)}
