"""How does a widget that is nothing but lines paint them, without Textual's machinery for more?

Borders, padding and opacity take longer than all the rest. What a line is painted from is its key:
a line whose key has been painted before is taken from there. Keys are asked for together, so that
what they have in common, such as how far the list is scrolled, is looked up once.
"""

from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

Key = TypeVar("Key", bound=Hashable)

STRIPS_KEPT = 120
"""Painted lines kept to be painted again, such as those that are scrolled back to.

The oldest go one by one: to drop them all at once would have memory swell and shrink for ever.
"""


class Lines(Generic[Key]):
    """The lines of a widget without border or padding, in the colours that the terminal has."""

    def __init__(
        self,
        widget: Widget,
        keys: Callable[[range], Iterable[Key]],
        made: Callable[[Key], Strip],
    ) -> None:
        """Paint nothing yet.

        Args:
            widget: Whose lines.
            keys: All that each of these lines of the window is painted from, beside the theme and
                the width.
            made: The line for a key, as wide as there is room.
        """
        self._widget, self._keys, self._make = widget, keys, made
        self._strips: dict[Key, Strip] = {}
        self._painted_for: object = None

    def render(self, crop: Region) -> list[Strip]:
        """Lines of the window; Textual asks for them."""
        widget = self._widget
        filters, (_, background) = widget.get_line_filters(), widget.background_colors
        width = widget.scrollable_content_region.width
        painted_for = (*filters, background, width)
        if self._painted_for != painted_for:
            self.forget()
            self._painted_for = painted_for
        strips = []
        for key in self._keys(crop.line_range):
            strip = self._strips.get(key)
            if strip is None:
                strip = self._make(key)
                for one in filters:
                    strip = strip.apply_filter(one, background)
                self._strips[key] = strip
            strips.append(strip)
        while len(self._strips) > STRIPS_KEPT:
            del self._strips[next(iter(self._strips))]
        if crop.column_span != (0, width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def forget(self) -> None:
        """What was painted in another theme is of no use."""
        self._strips.clear()
