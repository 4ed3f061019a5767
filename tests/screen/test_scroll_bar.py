"""The bar beside the queue is Textual's own, cell for cell, and does what the mouse says."""

import asyncio

import pytest
from rich.segment import Segment
from textual.app import App
from textual.scrollbar import ScrollBar

from tests.perf.canned import by_minutes, canned
from tests.screen.stage import NOON, Desk, settle
from widgets.scroll_bar import SlimBar


def as_textual_has_it(bar: ScrollBar) -> list[list[Segment]]:
    console = bar.app.console
    options = console.options.update(width=1, height=bar.size.height)
    return console.render_lines(bar.render(), options, pad=False)


@pytest.mark.parametrize("size", [(120, 40), (60, 15), (40, 10)])
@pytest.mark.parametrize("number", [60, 2_000])
async def test_it_looks_as_textuals_own_however_far_down(
    size: tuple[int, int], number: int
) -> None:
    desk = Desk()
    async with desk.app.run_test(size=size) as pilot:
        await desk.give(pilot, canned(number, NOON, by_minutes))
        table = desk.app.queue.table
        bar = table.vertical_scrollbar
        assert isinstance(bar, SlimBar)
        assert bar.size.height == table.size.height
        for key in ("down", "pagedown", "down", "pagedown", "end", "up", "pageup", "home"):
            await pilot.press(key)
            await settle(pilot)

            plainly = [list(strip) for strip in bar.render_lines(bar.size.region)]
            assert plainly == as_textual_has_it(bar)


async def test_a_click_beside_its_handle_goes_a_page_on() -> None:
    desk = Desk()
    desk.app.animation_level = "none"
    async with desk.app.run_test(size=(120, 40)) as pilot:
        await desk.give(pilot, canned(200, NOON, by_minutes))
        table = desk.app.queue.table
        bar = table.vertical_scrollbar.region
        # Textual scrolls once it has painted, in its own time.
        async with asyncio.timeout(10):
            await pilot.click(offset=(bar.x, bar.bottom - 1))
            while table.scroll_offset.y != table.size.height:
                await pilot.pause()

            await pilot.click(offset=(bar.x, bar.y))
            while table.scroll_offset.y != 0:
                await pilot.pause()


async def test_a_list_that_fits_has_none() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(120, 40)) as pilot:
        await desk.give(pilot, canned(5, NOON, by_minutes))

        assert not desk.app.queue.table.vertical_scrollbar.display


async def test_where_textual_has_changed_its_own_bar_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert hasattr(App, "_start_widget")
    monkeypatch.setattr("widgets.scroll_bar.START", "_something_else")
    desk = Desk()
    async with desk.app.run_test(size=(120, 40)) as pilot:
        await desk.give(pilot, canned(200, NOON, by_minutes))
        await pilot.press("end")
        await settle(pilot)

        bar = desk.app.queue.table.vertical_scrollbar
        assert type(bar) is ScrollBar
        assert bar.display
