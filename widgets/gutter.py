"""The countdowns beside the queue. A second repaints just the lines that read differently.

Textual sends a line from its widget's left edge up to where it changed. So what changes every
second stands in a widget of its own, and the symbols, which do not, in another.
"""

from dataclasses import dataclass
from datetime import datetime

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from services.domain import State
from services.queue import Row
from widgets.countdown import WIDTH, Countdown, countdown, reads_until, shows_seconds
from widgets.queue_table import STATE_CLASSES, QueueTable, waits

MARK = 2
"""Cells of a symbol with its space. All symbols take one cell."""

GUTTER = WIDTH + 1
"""Cells of a countdown, and a space that is never repainted with it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A line as it was last worked out."""

    row: Row
    under: bool
    """Whether the cursor is on it."""
    countdown: Countdown
    since: datetime
    until: datetime | None
    """When it reads differently; None if not by itself."""

    def holds(self, row: Row, under: bool, now: datetime) -> bool:
        """Whether it need not be worked out anew."""
        ages = self.until is not None and now >= self.until
        return self.row is row and self.under is under and self.since <= now and not ages


class Gutter(Widget):
    """The countdowns of the rows in view."""

    DEFAULT_CSS = f"""
    Gutter {{ width: {GUTTER}; height: 1fr; }}
    """

    def __init__(self, table: QueueTable) -> None:
        super().__init__(id="gutter")
        self.marks = Marks(self)
        """The symbols, to be put in front."""
        self._table = table
        self._now: datetime | None = None
        self._shown: dict[int, Shown] = {}
        self.lines_refreshed = 0
        """Lines repainted by ticks so far; a tick that changes nothing adds none."""
        self.countdowns_made = 0
        """Countdowns worked out so far; a tick makes only those that read differently."""

    def on_mount(self) -> None:
        """Scroll with the table."""
        self.watch(self._table, "scroll_y", self._repaint, init=False)

    def on_show(self) -> None:
        """What was to be repainted while nothing was to be seen has been forgotten."""
        self._repaint()

    def _repaint(self) -> None:
        self.refresh()
        self.marks.refresh()

    def tick(self, now: datetime) -> int:
        """Repaint the lines that read differently now; how many those were."""
        self._now = now
        changed, marks = [], []
        for y in range(self.size.height):
            before, line = self._shown.get(y), self.line(y)
            if before is line:
                continue
            if before is None or line is None or _look(before) != _look(line):
                marks.append(Region(0, y, MARK, 1))
            elif before.countdown == line.countdown:
                continue
            changed.append(Region(0, y, WIDTH, 1))
        if changed:
            self.refresh(*changed)
        if marks:
            self.marks.refresh(*marks)
        self.lines_refreshed += len(changed)
        return len(changed)

    def reads_until(self) -> datetime | None:
        """When a line in view next reads differently, by the time last told."""
        lines = map(self.line, range(self.size.height))
        return min((line.until for line in lines if line and line.until), default=None)

    @property
    def shows_seconds(self) -> bool:
        """Whether a line in view changes with every second."""
        lines = map(self.line, range(self.size.height))
        return any(shows_seconds(line.countdown) for line in lines if line)

    def render_line(self, y: int) -> Strip:
        """The countdown of one row."""
        line = self.line(y)
        if line is None:
            return Strip.blank(GUTTER, self.rich_style)
        text = set_cell_size(f"{line.countdown.text:>{WIDTH}}", GUTTER)
        return Strip([Segment(text, self.style_of(line))], GUTTER)

    def symbol(self, line: Shown) -> str:
        """What stands before a countdown."""
        return self._table.symbols[line.countdown.state]

    def style_of(self, line: Shown) -> Style:
        """How a line is painted."""
        state = line.countdown.state
        style = self._table.get_component_rich_style(STATE_CLASSES.get(state, "queue--row"))
        if line.under and state is not State.BREACHED:
            style += Style(bold=True)
        return style

    def line(self, y: int) -> Shown | None:
        """A line as it reads at the time last told; worked out anew only if it may have changed."""
        place, now = y + self._table.scroll_offset.y, self._now
        if now is None or place >= len(self._table.rows):
            self._shown.pop(y, None)
            return None
        row, under, kept = self._table.rows[place], place == self._table.cursor, self._shown.get(y)
        if kept is not None and kept.holds(row, under, now):
            return kept
        self.countdowns_made += 1
        policy = self._table.policy
        made = countdown(row.next, waits(row), policy, now)
        line = Shown(row, under, made, now, reads_until(row.next, policy, now))
        self._shown[y] = line
        return line


class Marks(Widget):
    """The symbols in front of the countdowns."""

    DEFAULT_CSS = f"""
    Marks {{ width: {MARK}; height: 1fr; }}
    """

    def __init__(self, gutter: Gutter) -> None:
        super().__init__(id="marks")
        self._gutter = gutter

    def render_line(self, y: int) -> Strip:
        """The symbol of one row."""
        line = self._gutter.line(y)
        if line is None:
            return Strip.blank(MARK, self.rich_style)
        symbol = self._gutter.symbol(line)
        return Strip([Segment(set_cell_size(symbol, MARK), self._gutter.style_of(line))], MARK)


def _look(line: Shown) -> tuple[State | None, bool]:
    return line.countdown.state, line.under
