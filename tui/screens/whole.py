"""When is a screen painted that comes up? Once, when all of it is there.

Textual styles it, lays it out and paints it, and all of that again when its widgets have heard how
large they are, and again when what they say has changed: three to five times in all.
"""

from textual import events
from textual.screen import Screen, ScreenResultType

from tui.compositor import paint_narrowly, paint_whole


class Whole(Screen[ScreenResultType]):
    """A screen that hides what lies below it."""

    _styled_for: object = None

    def __init__(self) -> None:
        super().__init__()
        paint_narrowly(self, waits=True)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """On top: paint it when Textual has taken note."""
        # What else its styles hang on; a new one has just been given them.
        looks = frozenset(self.app.classes), frozenset(self.app.pseudo_classes)
        event.refresh_styles = self._styled_for not in (None, looks)
        self._styled_for = looks
        # Behind what its widgets have already asked for.
        self.call_later(paint_whole, self)
