"""The countdowns beside the queue. A second repaints just the lines that read differently.

Textual sends a line from its widget's left edge up to where it changed. So what changes every
second stands in a widget of its own, and the symbols, which do not, in another.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec import Struct
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from services.domain import State
from services.queue import Row
from widgets.countdown import WIDTH, Countdown, countdown, reads_until
from widgets.lines import Lines
from widgets.parts import Parts
from widgets.queue_table import STATE_CLASSES, QueueTable, waits

MARK = 2
"""Cells of a symbol with its space. All symbols take one cell."""

GUTTER = WIDTH + 1
"""Cells of a countdown, and a space that is never repainted with it."""


class Shown(Struct, frozen=True):
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


class Column(Widget):
    """Lines of one piece of text each."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._lines = Lines(self, self.pieces, _painted)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Lines of the window."""
        return self._lines.render(crop)

    def render_line(self, y: int) -> Strip:
        """One line, for whoever looks at one."""
        return self.render_lines(Region(0, y, self.size.width, 1))[0]

    def pieces(self, lines: range) -> Iterator[tuple[str, Style]]:
        """The texts of lines, as wide as the column, and their styles."""
        raise NotImplementedError


class Gutter(Column):
    """The countdowns of the rows in view."""

    class OtherLines(Message):
        """There are more lines in view than at the latest tick, or fewer, or at last some."""

    DEFAULT_CSS = f"""
    Gutter {{ width: {GUTTER}; height: 1fr; }}
    """

    def __init__(self, table: QueueTable) -> None:
        super().__init__(id="gutter")
        self.marks = Marks(self)
        """The symbols, to be put in front."""
        self.parts = Parts()
        self._table = table
        self._now: datetime | None = None
        self._until: datetime | None = None
        self._top = 0
        """How far the list was scrolled at the latest tick."""
        self._shown: dict[int, Shown] = {}
        """By the row's place in the list: to scroll changes none of them."""
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
        self.post_message(self.OtherLines())

    def on_resize(self) -> None:
        """A queue that has only just come has no lines yet when it is first told the time."""
        self.post_message(self.OtherLines())

    def _repaint(self) -> None:
        self.refresh()
        self.marks.refresh()

    def touched(self, lines: Iterable[int]) -> dict[Widget, list[Region]]:
        """What is to be painted again of lines that the cursor has come to, or left."""
        top = self._table.scroll_offset.y
        looks = [y for y in lines if (line := self._shown.get(y + top)) and shows_cursor(line)]
        return {
            self: [Region(0, y, WIDTH, 1) for y in looks],
            self.marks: [Region(0, y, MARK, 1) for y in looks],
        } if looks else {}  # fmt: skip

    def tick(self, now: datetime) -> int:
        """Repaint the lines that read differently now; how many those were."""
        self._now, self._until = now, None
        changed, marks = [], []
        shown, top = self._shown, self._table.scroll_offset.y
        # Of a list that has been scrolled every line is to be painted already.
        scrolled, self._top, self._shown = top != self._top, top, dict(shown)
        for y, line in enumerate(self.lines(range(self.size.height))):
            before = shown.get(y + top)
            if line is not None and line.until is not None:
                self._until = min(line.until, self._until or line.until)
            if before is line or scrolled:
                continue
            if before is None or line is None or _look(before) != _look(line):
                marks.append(Region(0, y, MARK, 1))
            elif before.countdown == line.countdown:
                continue
            changed.append(Region(0, y, WIDTH, 1))
        if changed:
            self.parts.add(self, changed)
        if marks:
            self.parts.add(self.marks, marks)
        self.lines_refreshed += len(changed)
        in_view = range(top, top + self.size.height)
        self._shown = {place: line for place, line in self._shown.items() if place in in_view}
        return len(changed)

    def reads_until(self) -> datetime | None:
        """When a line in view next reads differently; as of the latest tick."""
        return self._until

    def pieces(self, lines: range) -> Iterator[tuple[str, Style]]:
        """The countdowns of rows."""
        for line in self.lines(lines):
            if line is None:
                yield " " * GUTTER, self.rich_style
            else:
                words = f"{line.countdown.text:>{WIDTH}}"
                yield set_cell_size(words, GUTTER), self.style_of(line)

    def symbol(self, line: Shown) -> str:
        """What stands before a countdown."""
        return self._table.symbols[line.countdown.state]

    def style_of(self, line: Shown) -> Style:
        """How a line is painted."""
        state = line.countdown.state
        style = self._table.get_component_rich_style(STATE_CLASSES.get(state, "queue--row"))
        if line.under and shows_cursor(line):
            style += Style(bold=True)
        return style

    def lines(self, lines: range) -> Iterator[Shown | None]:
        """Lines of the window as they read at the time last told.

        One is worked out anew only if it may have changed.
        """
        table, now = self._table, self._now
        top, cursor, rows = table.scroll_offset.y, table.cursor, table.rows
        for y in lines:
            place = y + top
            if now is None or place >= len(rows):
                self._shown.pop(place, None)
                yield None
                continue
            row, under, kept = rows[place], place == cursor, self._shown.get(place)
            if kept is None or not kept.holds(row, under, now):
                kept = self._shown[place] = self._worked_out(row, under, now)
            yield kept

    def _worked_out(self, row: Row, under: bool, now: datetime) -> Shown:
        self.countdowns_made += 1
        policy = self._table.policy
        made = countdown(row.next, waits(row), policy, now)
        return Shown(row, under, made, now, reads_until(row.next, policy, now))


class Marks(Column):
    """The symbols in front of the countdowns."""

    DEFAULT_CSS = f"""
    Marks {{ width: {MARK}; height: 1fr; }}
    """

    def __init__(self, gutter: Gutter) -> None:
        super().__init__(id="marks")
        self._gutter = gutter

    def pieces(self, lines: range) -> Iterator[tuple[str, Style]]:
        """The symbols of rows."""
        gutter = self._gutter
        for line in gutter.lines(lines):
            if line is None:
                yield " " * MARK, self.rich_style
            else:
                yield set_cell_size(gutter.symbol(line), MARK), gutter.style_of(line)


def _painted(piece: tuple[str, Style]) -> Strip:
    text, style = piece
    return Strip([Segment(text, style)], cell_len(text))


def shows_cursor(line: Shown) -> bool:
    """Whether it reads differently under the cursor: what is late is loud already."""
    return line.countdown.state is not State.BREACHED


def _look(line: Shown) -> tuple[State | None, bool]:
    return line.countdown.state, line.under
