"""What is painted of a screen that another one covers? Nothing, until it is on top again.

Textual goes on laying out and painting what lies below the top, for it may be seen through it; each
time, all of the top is painted again. What hides all that is below need not be.
"""

from typing import TYPE_CHECKING

from tui.part import PartOfApp

if TYPE_CHECKING:
    from textual.screen import Screen


class Covering(PartOfApp):
    """An app that paints what can be seen."""

    @property
    def _background_screens(self) -> "list[Screen[object]]":
        """Those below the top that are seen through it; Textual asks for them."""
        if self._screen_stack and self._screen_stack[-1].styles.background.a == 1:
            return []
        return super()._background_screens
