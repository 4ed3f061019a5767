"""What follows where the cursor goes: its lines at once, the issue beside them once it rests.

Nobody reads what a cursor on its way passes, and nobody is asked for it.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from textual.geometry import Region
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

from services.domain import Issue
from services.queue import Row
from tui.compositor import paint
from widgets.detail import Detail
from widgets.gutter import Gutter
from widgets.parts import Parts
from widgets.queue_table import QueueTable
from widgets.scroll_bar import SlimBar

REST = 0.3
"""Seconds the cursor must rest on an issue before its story is fetched."""

RUNNING = 0.15
"""Seconds between two moves of a cursor that is on its way."""


class Resting(Screen[None]):
    """A queue whose cursor is followed by the issue beside it."""

    table: QueueTable
    countdowns: Gutter
    _detail: Detail
    _parts: Parts
    _moved_at = 0.0
    _pause: asyncio.TimerHandle | None = None

    class Turned(Message):
        """Other things are in view: they may read differently sooner than what was there."""

        def can_replace(self, message: Message) -> bool:
            """Told once is enough."""
            return isinstance(message, Resting.Turned)

    @property
    def _now(self) -> datetime:
        raise NotImplementedError

    def want(self, issue: Issue) -> None:
        """Ask for what happened to an issue that is being looked at."""
        raise NotImplementedError

    def paint_soon(self) -> None:
        """Send what has been gathered once all else is done: the terminal's thread needs us idle.

        Textual's own way there takes a message for each widget, and a timer.
        """

        def send() -> None:
            paint(self, self._parts.taken())

        asyncio.get_running_loop().call_soon(send)

    def _scrolled(self) -> None:
        """Rows have come into view whose countdowns nobody has worked out yet."""
        self.countdowns.tick(self._now)
        self._rest_soon()

    def _moved(self, lines: Sequence[int] | None) -> None:
        """The cursor first, the issue beside it right after; of a run, the one where it ends.

        Where the queue has moved under the cursor there is no run: both are painted together.
        """
        if lines != ():
            self._paint_cursor(lines)
            self._rest_soon()
            return
        row = self.table.selected
        # The same issue it follows to its newest by itself.
        if self.has_class("-wide") and (row is None or row.issue.id != self._detail.about):
            self._show_beside()

    def _paint_cursor(self, lines: Sequence[int] | None) -> None:
        """A key is answered before anything else is done; of keys that came together, the last."""
        table = self.table
        rows = table.scrollable_content_region.size.region
        changed: dict[Widget, Sequence[Region]]
        if lines is None:
            changed = {table: [rows], self.countdowns: (), self.countdowns.marks: ()}
            bar = table.vertical_scrollbar
            cells = bar.changed() if isinstance(bar, SlimBar) else bar.size.region
            if cells:
                changed[bar] = [cells]
        else:
            changed = {table: [Region(0, y, rows.width, 1) for y in lines]}
            changed |= self.countdowns.touched(lines)
        if self.app.message_queue_size:
            for widget, regions in changed.items():
                widget.refresh(*regions)
        else:
            paint(self, changed)

    def _rest_soon(self) -> None:
        """What hangs on where the cursor is may wait until it stays there."""
        loop = asyncio.get_running_loop()
        moved_at, self._moved_at = self._moved_at, loop.time()
        if self._pause is None:
            runs = self._moved_at - moved_at < RUNNING
            wait = RUNNING if runs else 0
            self._pause = loop.call_later(wait, self.call_next, self._rest, runs)

    def _rest(self, runs: bool) -> None:
        """The cursor may have come to rest; if not, it is asked again when it could have."""
        loop = asyncio.get_running_loop()
        left = self._moved_at + RUNNING - loop.time()
        if runs and left > 0:
            self._pause = loop.call_later(left, self.call_next, self._rest, runs)
            return
        self._pause = None
        if self.has_class("-wide"):
            self._show_beside()
        else:
            self.post_message(self.Turned())

    def _show_beside(self) -> None:
        before, row = self._detail.about, self.table.selected
        with self._parts:
            self._detail.show(row, self._now)
        self.paint_soon()
        self.post_message(self.Turned())
        if row is not None and row.issue.id != before:
            self._ask_after_rest(row)

    def _ask_after_rest(self, row: Row) -> None:
        def ask() -> None:
            held = self.table.selected
            if held is not None and held.issue.id == row.issue.id:
                self.want(held.issue)

        self.set_timer(REST, ask)
