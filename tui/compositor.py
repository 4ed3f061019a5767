"""Which widgets are asked for their lines when a few cells have changed? Those under the cells.

Textual's compositor asks every widget whose *container* touches the changed part: for a countdown
in the corner, the whole screen. This rests on names that are Textual's own business; where one of
them is missing, its compositor is used as it is. A test pins the names.
"""

from collections.abc import Iterable

from textual._compositor import Compositor
from textual.geometry import Region
from textual.screen import Screen, ScreenResultType
from textual.strip import Strip


class NarrowCompositor(Compositor):
    """Textual's compositor, asking only widgets that are touched themselves."""

    def _get_renders(
        self, crop: Region | None = None
    ) -> Iterable[tuple[Region, Region, list[Strip]]]:
        if crop is None:
            return super()._get_renders(crop)
        everywhere = self.visible_widgets
        self._visible_widgets = touched = {}
        for widget, (region, clip) in everywhere.items():
            if not crop.overlaps(region):
                continue
            touched[widget] = region, clip
            if region.intersection(clip).contains_region(crop):
                # They come front to back: it hides all that follow.
                break
        try:
            return list(super()._get_renders(crop))
        finally:
            self._visible_widgets = everywhere


def paint_narrowly(screen: Screen[ScreenResultType]) -> None:
    """Have a new screen composed so, if Textual is as we know it."""
    stock = getattr(screen, "_compositor", None)
    if type(stock) is Compositor and can_narrow():
        screen._compositor = NarrowCompositor()


def can_narrow() -> bool:
    """Whether Textual's compositor has what this rests on."""
    names = getattr(getattr(Compositor, "_get_renders", None), "__code__", None)
    return (
        isinstance(getattr(Compositor, "visible_widgets", None), property)
        and hasattr(Compositor(), "_visible_widgets")
        and names is not None
        and "visible_widgets" in names.co_names
    )
