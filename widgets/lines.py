"""How does a widget that is nothing but lines paint them, without Textual's machinery for more?

Borders, padding and opacity take longer than all the rest. What a line is painted from is its key:
a line whose key has been painted before is taken from there.
"""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

Key = TypeVar("Key", bound=Hashable)

STRIPS_KEPT = 120
"""Painted lines kept to be painted again, such as those that are scrolled back to."""


class Lines(Generic[Key]):
    """The lines of a widget without border or padding, in the colours that the terminal has."""

    def __init__(
        self, widget: Widget, key: Callable[[int], Key], made: Callable[[Key], Strip]
    ) -> None:
        """Paint nothing yet.

        Args:
            widget: Whose lines.
            key: All that a line of the window is painted from, beside the theme and the width.
            made: The line for a key, as wide as there is room.
        """
        self._widget, self._key, self._make = widget, key, made
        self._strips: dict[Key, Strip] = {}
        self._painted_for: object = None

    def render(self, crop: Region) -> list[Strip]:
        """Lines of the window; Textual asks for them."""
        widget = self._widget
        filters, (_, background) = widget.get_line_filters(), widget.background_colors
        width = widget.scrollable_content_region.width
        painted_for = (*filters, background, width)
        if self._painted_for != painted_for or len(self._strips) > STRIPS_KEPT:
            self.forget()
            self._painted_for = painted_for
        strips = []
        for y in crop.line_range:
            key = self._key(y)
            strip = self._strips.get(key)
            if strip is None:
                strip = self._make(key)
                for one in filters:
                    strip = strip.apply_filter(one, background)
                self._strips[key] = strip
            strips.append(strip)
        if crop.column_span != (0, width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def forget(self) -> None:
        """What was painted in another theme is of no use."""
        self._strips.clear()
