"""How far down is the list? Shown in a column, of which only the cells that change are painted.

Textual has all of its bar laid out by Rich at each step of the list, which takes a third of what a
key that scrolls takes. How it looks, and what the mouse does on it, is Textual's own.
"""

from rich.color import Color
from rich.segment import Segment
from textual.app import App
from textual.geometry import Region
from textual.reactive import Reactive
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip
from textual.widget import Widget

START = "_start_widget"
"""What Textual calls it to have a part of a widget live."""


class SlimBar(ScrollBar):
    """An upright scroll bar, one cell wide."""

    position: Reactive[float] = Reactive(0, repaint=False)

    def __init__(self) -> None:
        super().__init__(vertical=True, name="vertical", thickness=1)
        self._painted: dict[int, Segment] = {}

    def watch_position(self) -> None:
        """Paint what reads differently now."""
        if changed := self.changed():
            self.refresh(changed)

    def changed(self) -> Region:
        """From the first to the last cell that reads differently than it was painted."""
        before = self._painted.get
        changed = [y for y, cell in enumerate(self._cells()) if before(y) != cell]
        return Region(0, changed[0], 1, changed[-1] + 1 - changed[0]) if changed else Region()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Cells of the bar."""
        filters, (_, background) = self.get_line_filters(), self.background_colors
        cells, strips = self._cells(), []
        for y in crop.line_range:
            self._painted[y] = cells[y]
            strip = Strip([cells[y]], 1)
            for one in filters:
                strip = strip.apply_filter(one, background)
            strips.append(strip)
        return strips

    def _cells(self) -> list[Segment]:
        """From top to bottom."""
        height = self.size.height
        # One that is told to go is asked to paint once more.
        bar = self.render() if height and self.parent is not None else None
        if not isinstance(bar, ScrollBarRender):
            return []
        style = self.app.console.get_style(bar.style)
        colours = (style.bgcolor or Color.default(), style.color or Color.default())
        sizes = (height, bar.virtual_size, bar.window_size, bar.position, 1, True)
        return bar.render_bar(*sizes, *colours).segments


def slim_bar(widget: Widget) -> ScrollBar | None:
    """One for a widget that is on the screen; None where Textual is not as we know it."""
    start = getattr(App, START, None)
    if start is None or not hasattr(widget, "_vertical_scrollbar"):
        return None
    bar = SlimBar()
    bar.display = False
    start(widget.app, widget, bar)
    return bar
