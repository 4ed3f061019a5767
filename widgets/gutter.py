"""The countdowns beside the queue. A second repaints just the lines that read differently."""

from datetime import datetime

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from services.domain import State
from widgets.countdown import WIDTH, Countdown, countdown
from widgets.queue_table import STATE_CLASSES, QueueTable, waits

GUTTER = WIDTH + 3
"""Cells of the gutter: symbol, space, countdown, space."""


class Gutter(Widget):
    """The countdowns of the rows in view."""

    DEFAULT_CSS = f"""
    Gutter {{ width: {GUTTER}; height: 1fr; }}
    """

    def __init__(self, table: QueueTable) -> None:
        super().__init__(id="gutter")
        self._table = table
        self._now: datetime | None = None
        self._shown: dict[int, tuple[str, Countdown]] = {}
        self.lines_refreshed = 0
        """Lines repainted by ticks so far; a tick that changes nothing adds none."""

    def on_mount(self) -> None:
        """Scroll with the table."""
        self.watch(self._table, "scroll_y", self._repaint, init=False)

    def _repaint(self) -> None:
        self.refresh()

    def show(self, now: datetime) -> None:
        """Paint all: rows have changed."""
        self._now = now
        self.refresh()

    def tick(self, now: datetime) -> int:
        """Repaint the lines that read differently now; how many those were."""
        self._now = now
        changed = [
            Region(0, y, GUTTER, 1)
            for y in range(self.size.height)
            if (line := self._line(y)) is not None and self._shown.get(y) != line
        ]
        if changed:
            self.refresh(*changed)
        self.lines_refreshed += len(changed)
        return len(changed)

    def render_line(self, y: int) -> Strip:
        """Symbol and countdown of one row."""
        line = self._line(y)
        if line is None:
            self._shown.pop(y, None)
            return Strip.blank(GUTTER, self.rich_style)
        self._shown[y] = line
        shown = line[1]
        table = self._table
        style = table.get_component_rich_style(STATE_CLASSES.get(shown.state, "queue--row"))
        if y + table.scroll_offset.y == table.cursor and shown.state is not State.BREACHED:
            style += Style(bold=True)
        text = f"{table.symbols[shown.state]} {shown.text:>{WIDTH}} "
        return Strip([Segment(set_cell_size(text, GUTTER), style)], GUTTER)

    def _line(self, y: int) -> tuple[str, Countdown] | None:
        place = y + self._table.scroll_offset.y
        if self._now is None or place >= len(self._table.rows):
            return None
        row = self._table.rows[place]
        return row.issue.id, countdown(row.next, waits(row), self._table.policy, self._now)
