"""How is a text shown that is soon another, without laying out the screen for it?

Its lines are made when it is written, and only those that read differently are painted. It wraps,
scrolls and draws its scroll bar by itself: what is around it never has to move.
"""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.geometry import Region
from textual.selection import Selection
from textual.strip import Strip
from textual.visual import Visual, visualize
from textual.widget import Widget

from widgets.accents import wrapped_with_letters
from widgets.parts import Parts

WHEEL = 3
"""Lines that a turn of the wheel goes on."""


class Pane(Widget, can_focus=False):
    """Texts, one below the other."""

    COMPONENT_CLASSES = {"pane--bar", "pane--thumb"}
    DEFAULT_CSS = """
    Pane { height: 1fr; width: 1fr; padding: 0 0 0 1; border-left: vkey $panel; }
    Pane .pane--bar { background: $scrollbar-background; }
    Pane .pane--thumb { background: $scrollbar; }
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.parts = Parts()
        self._texts: tuple[RenderableType, ...] = ()
        self._lines: list[Strip] = []
        self._made: dict[tuple[int, int], tuple[RenderableType, list[Strip]]] = {}
        self._top = 0
        self.lines_refreshed = 0
        """Lines painted anew so far because they read differently."""

    def write(self, texts: Sequence[RenderableType]) -> None:
        """Show these; one that reads as one did before is not laid out anew."""
        self._texts = tuple(self._as_before(text) for text in texts)
        shown = set(map(id, self._texts))
        self._made = {key: made for key, made in self._made.items() if key[0] in shown}
        if self.size:
            before = self._in_view()
            self._lay_out()
            self._paint_after(before)

    def from_the_top(self) -> None:
        """Back to the first line, with the next text that is written."""
        self._top = 0

    def scroll_lines(self, by: int) -> None:
        """So many lines on, as far as there are any."""
        before = self._in_view()
        self._top += by
        self._stay_within()
        self._paint_after(before)

    def render_line(self, y: int) -> Strip:
        """One line of the window."""
        place, width = y + self._top, self.size.width
        blank = self.visual_style.rich_style
        line = self._lines[place] if place < len(self._lines) else Strip.blank(0)
        chosen = self.text_selection.get_span(place) if self.text_selection else None
        if chosen is not None:
            line = _painted_over(line, *chosen, self.screen.get_component_rich_style(
                "screen--selection", partial=True))  # fmt: skip
        if place < len(self._lines):
            line = line.apply_offsets(0, place)
        if not self._overflows:
            return line.adjust_cell_length(width, blank)
        handle = y in self._thumb(self.size.height)
        under = self.get_component_rich_style("pane--thumb" if handle else "pane--bar")
        bar = Strip([Segment(" ", under)], 1)
        return Strip.join([line.adjust_cell_length(width - 1, blank), bar])

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """What has been marked with the mouse."""
        return selection.extract("\n".join(line.text.rstrip() for line in self._lines)), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Paint what is marked."""
        self.refresh()

    def on_resize(self) -> None:
        """Lines are wrapped anew for another width."""
        self._lay_out()
        self.refresh()

    def notify_style_update(self) -> None:
        """Another theme: what was laid out in the old one is of no use."""
        super().notify_style_update()
        self._made.clear()
        if self.is_mounted and self.size:
            self._lay_out()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Read on."""
        event.stop()
        self.scroll_lines(WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Read back."""
        event.stop()
        self.scroll_lines(-WHEEL)

    @property
    def _overflows(self) -> bool:
        return len(self._lines) > self.size.height

    def _thumb(self, height: int) -> range:
        """The lines of the window that the handle of the scroll bar lies on."""
        whole = len(self._lines)
        length = max(1, height * height // whole)
        first = round(self._top * (height - length) / max(1, whole - height))
        return range(first, first + length)

    def _lay_out(self) -> None:
        """Wrap; narrower where that is too long, for the scroll bar needs room too."""
        # A cell stays free at the right.
        self._lines = self._wrapped(self.size.width - 1)
        if self._overflows:
            self._lines = self._wrapped(self.size.width - 2)
        self._stay_within()

    def _stay_within(self) -> None:
        self._top = max(0, min(self._top, len(self._lines) - self.size.height))

    def _wrapped(self, width: int) -> list[Strip]:
        return [line for text in self._texts for line in self._lines_of(text, max(1, width))]

    def _lines_of(self, text: RenderableType, width: int) -> list[Strip]:
        if isinstance(text, Text) and not text:
            return []
        made = self._made.get((id(text), width))
        if made is None:
            visual, style = visualize(self, text, markup=False), self.visual_style
            lines = Visual.to_strips(self, visual, width, None, style, apply_selection=False)
            lines = wrapped_with_letters(lines)
            # Kept with its lines: no other text can have its id meanwhile.
            made = self._made[id(text), width] = text, lines
        return made[1]

    def _as_before(self, text: RenderableType) -> RenderableType:
        alike = (old for old in self._texts if old is text or _reads_alike(old, text))
        return next(alike, text)

    def _in_view(self) -> list[tuple[Strip | None, bool | None]]:
        """What each line of the window is painted from: its words, and the scroll bar if any."""
        height = self.size.height
        seen: list[Strip | None] = list(self._lines[self._top : self._top + height])
        seen += [None] * (height - len(seen))
        if len(self._lines) <= height:
            return [(line, None) for line in seen]
        thumb = self._thumb(height)
        return [(line, y in thumb) for y, line in enumerate(seen)]

    def _paint_after(self, before: Sequence[tuple[Strip | None, bool | None]]) -> None:
        """Paint the lines of the window that are others than before."""
        width = self.size.width
        changed = [
            Region(0, y, width, 1)
            for y, (old, new) in enumerate(zip(before, self._in_view(), strict=True))
            if old != new
        ]
        if changed:
            self.parts.add(self, changed)
        self.lines_refreshed += len(changed)


def _reads_alike(one: RenderableType, other: RenderableType) -> bool:
    """Whether two texts have the same words in the same looks; of anything else nobody knows."""
    return (
        isinstance(one, Text)
        and isinstance(other, Text)
        and (one.plain, one.style, one.spans) == (other.plain, other.style, other.spans)
    )


def _painted_over(line: Strip, start: int, end: int, style: Style) -> Strip:
    """A line with some of its cells in another style; an end of -1 is that of the line."""
    last = line.cell_length if end == -1 else end
    before, over, behind = line.crop(0, start), line.crop(start, last), line.crop(last)
    return Strip.join([before, over.apply_style(style), behind])
