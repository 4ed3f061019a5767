"""How soon does the screen follow another size of its window? At once, unless it is being dragged.

Textual waits after every change whether there is another. One that comes after a while is by
itself or the first of a run: it is followed without a wait, and those behind it in Textual's own
way. Where Textual does that under another name, it goes on doing it.
"""

import asyncio

from textual import events

from tui.part import PartOfApp

RUN = 0.1
"""Seconds within which one change of size follows another while a window is dragged."""


class Resizing(PartOfApp):
    """An app that follows its window at once."""

    _resized_at = -RUN

    def on_resize(self, event: events.Resize) -> None:
        """The window has another size."""
        before, self._resized_at = self._resized_at, asyncio.get_running_loop().time()
        follow = getattr(self, "_check_resize", None)
        if follow is not None and self._resized_at - before >= RUN:
            # Once Textual has taken note of it.
            self.call_next(follow)
