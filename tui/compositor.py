"""Which widgets are asked for their lines when a few cells have changed? Those under the cells.

Textual's compositor asks whole widgets, and every one whose *container* touches the changed part;
it sends a line from its widget's left edge on. Here a widget is asked for the lines that changed,
and just the cells that changed are sent. A key's own lines need not wait for the next turn of the
loop either: `paint` sends them at once. This rests on names that are Textual's own business; where
one of them is missing, its compositor is used as it is. A test pins the names.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.cells import cell_len
from rich.console import Console, RenderableType
from textual._compositor import ChopsUpdate, Compositor, ReflowResult
from textual._context import visible_screen_stack
from textual.app import App
from textual.geometry import Region, Size
from textual.screen import Screen, ScreenResultType
from textual.strip import Strip
from textual.widget import Widget

from widgets.accents import cut

Piece = tuple[int, int, Strip]
"""Column and line of the screen, and what is put there."""


class Pieces(ChopsUpdate):
    """What is sent: pieces of lines, each put in its place."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        super().__init__([], [], [])
        self.pieces = pieces

    def render_segments(self, console: Console) -> str:
        """As a terminal is told."""
        return "".join(
            f"\x1b[{y + 1};{x + 1}H{strip.render(console)}" for x, y, strip in self.pieces
        )


class NarrowCompositor(Compositor):
    """Textual's compositor, asking only for what has changed."""

    waits = False
    """Whether nothing is painted, as the whole screen is going to be (`paint_whole`)."""

    def reflow(self, parent: Widget, size: Size) -> ReflowResult:
        """Lay out, and paint what that has uncovered or covered, with the cells beside it.

        There may stand the other half of a wide letter, which is blank while one of them is hidden.
        """
        dirty, self._dirty_regions = self._dirty_regions, set()
        result = super().reflow(parent, size)
        self._dirty_regions = dirty | {one.grow((0, 1, 0, 1)) for one in self._dirty_regions}
        return result

    def render_update(
        self,
        full: bool = False,
        screen_stack: list[Screen[object]] | None = None,
        simplify: bool = False,
    ) -> RenderableType | None:
        """What is to be sent; the whole screen in the same way as a part of it."""
        if full:
            # A picture is wanted, which is drawn by other means.
            return super().render_update(full, screen_stack, simplify)
        visible_screen_stack.set(screen_stack or [])
        return None if self.waits else self.render_partial_update()

    def render_partial_update(self) -> ChopsUpdate | None:
        """What has changed since the last time; None if nothing has."""
        screen = self.size.region
        changed = [*filter(None, (_overlap(region, screen) for region in self._dirty_regions))]
        self._dirty_regions.clear()
        # One, such as the whole screen, overlaps no other.
        blocks = changed if len(changed) < 2 else _blocks(self._regions_to_spans(changed))
        pieces = list(self._pieces(blocks))
        return Pieces(pieces) if pieces else None

    def _pieces(self, left: list[Region]) -> Iterator[Piece]:
        before: list[Region] = []
        for widget, (region, clip) in self.visible_widgets.items():
            # They come front to back: what one has painted hides all that follow.
            seen, behind = _overlap(region, clip), []
            for block in left:
                mine = _overlap(block, seen)
                if not mine:
                    behind.append(block)
                    continue
                crop = Region(0, mine.y - region.y, region.width, mine.height)
                lines = widget.render_lines(crop)
                for y, line in zip(mine.line_range, lines, strict=True):
                    start, end = mine.x - region.x, mine.right - region.x
                    if (start, end) != (0, line.cell_length) and not line.text.isascii():
                        start, end = _around(line, start, end, region.x, y, seen, before)
                    yield region.x + start, y, cut(line, start, end)
                behind += _without(block, mine)
            left = behind
            if not left:
                return
            before.append(seen)


def _blocks(spans: Iterable[tuple[int, int, int]]) -> list[Region]:
    """Spans of cells, line by line, as few rectangles; none overlaps another."""
    blocks: list[Region] = []
    growing: dict[tuple[int, int], Region] = {}
    for y, start, end in spans:
        block = growing.get((start, end))
        if block is not None and block.bottom == y:
            growing[start, end] = Region(block.x, block.y, block.width, block.height + 1)
            continue
        if block is not None:
            blocks.append(block)
        growing[start, end] = Region(start, y, end - start, 1)
    return [*blocks, *growing.values()]


def _around(
    line: Strip, start: int, end: int, left: int, y: int, seen: Region, before: Sequence[Region]
) -> tuple[int, int]:
    """From which cell to which a line is sent, so that no wide letter is sent by half.

    The other half is sent too where it is seen: it may be blank, as it was while this half was not.

    Args:
        line: All of it.
        start: From which cell of it on something has changed.
        end: And up to which.
        left: Where it begins on the screen.
        y: The line of the screen.
        seen: What there is to be seen of the widget, but for what is before it.
        before: What is before it.
    """

    def shown(cell: int) -> bool:
        x = left + cell
        return seen.contains(x, y) and not any(one.contains(x, y) for one in before)

    first, last, at = start, end, 0
    for char in line.text:
        at += (width := cell_len(char))
        if width == 2 and at - 1 == start and shown(start - 1):
            first = start - 1
        elif width == 2 and at - 1 == end and shown(end):
            last = end + 1
        elif at > end:
            break
    return first, last


def _overlap(one: Region, other: Region) -> Region:
    """What two rectangles share. Textual's own keeps thousands of its answers for ever."""
    x, y = max(one.x, other.x), max(one.y, other.y)
    width = min(one.x + one.width, other.x + other.width) - x
    height = min(one.y + one.height, other.y + other.height) - y
    return Region(x, y, width, height) if width > 0 and height > 0 else Region()


def _without(block: Region, part: Region) -> list[Region]:
    """What is left of a rectangle when one within it is cut out."""
    above = Region(block.x, block.y, block.width, part.y - block.y)
    below = Region(block.x, part.bottom, block.width, block.bottom - part.bottom)
    before = Region(block.x, part.y, part.x - block.x, part.height)
    behind = Region(part.right, part.y, block.right - part.right, part.height)
    return [rest for rest in (above, below, before, behind) if rest]


def paint_narrowly(screen: Screen[ScreenResultType], *, waits: bool = False) -> None:
    """Have a new screen composed so, if Textual is as we know it; at first perhaps not at all."""
    stock = getattr(screen, "_compositor", None)
    if type(stock) is Compositor and can_narrow():
        screen._compositor = narrow = NarrowCompositor()
        narrow.waits = waits


def paint(screen: Screen[ScreenResultType], changed: Mapping[Widget, Sequence[Region]]) -> bool:
    """Send at once what a key has changed; in Textual's own time where that cannot be.

    Args:
        screen: That of the widgets.
        changed: Which parts of them, as their `refresh` is told; none is the whole widget.

    Returns:
        Whether it has been sent.
    """
    if not changed:
        return True
    app: App[object] = screen.app
    if not _at_once(screen, app):
        for widget, regions in changed.items():
            widget.refresh(*regions)
        return False
    for widget, regions in changed.items():
        widget._set_dirty(*regions)
    screen._compositor.update_widgets(set(changed))
    app._display(screen, screen._compositor.render_update())
    return True


def paint_whole(screen: Screen[ScreenResultType]) -> None:
    """Lay out and send all of a screen that has come up; later and twice where that cannot be."""
    app: App[object] = screen.app
    if isinstance(screen._compositor, NarrowCompositor):
        screen._compositor.waits = False
        if not screen.is_current or app._batch_count or app.is_inline:
            return
        # What widgets are about to ask for is done here.
        for widget in screen.walk_children(Widget):
            if widget._layout_required:
                _arrange_anew_around(widget)
            widget._layout_required = widget._repaint_required = False
        screen._compositor._dirty_regions.add(app.size.region)
        screen._refresh_layout(app.size)
        screen._layout_required = screen._scroll_required = screen._repaint_required = False
        screen._dirty_widgets.clear()


def _arrange_anew_around(widget: Widget) -> None:
    """Have its place worked out again, and that of whatever has its size from it."""
    for above in widget.ancestors:
        if isinstance(above, Widget):
            above._clear_arrangement_cache()
            above._layout_updates += 1
            if above.styles.auto_dimensions:
                continue
        break


def _at_once(screen: Screen[ScreenResultType], app: App[object]) -> bool:
    """Whether the screen is as it was last laid out, and on top."""
    return (
        isinstance(screen._compositor, NarrowCompositor)
        and screen.is_active
        and not (app._batch_count or app.is_inline)
        and not (screen._layout_required or screen._scroll_required)
    )


def can_narrow() -> bool:
    """Whether Textual has what this rests on."""
    used = ("_batch_count", "_display", "is_inline")
    drawn = getattr(getattr(Compositor, "render_update", None), "__code__", None)
    return (
        isinstance(getattr(Compositor, "visible_widgets", None), property)
        and hasattr(Compositor(), "_dirty_regions")
        and all(
            hasattr(Compositor, name) for name in ("_regions_to_spans", "reflow", "update_widgets")
        )
        and drawn is not None
        and "render_partial_update" in drawn.co_names
        and all(name in App.__init__.__code__.co_names or hasattr(App, name) for name in used)
        and hasattr(Widget, "_set_dirty")
        and hasattr(Widget, "_clear_arrangement_cache")
        and hasattr(Screen, "_refresh_layout")
    )
