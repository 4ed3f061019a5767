"""What is painted when a screen is left? What lay below it, once; the rest is cleared away unseen.

Textual paints what lay below when it is on top again, and a second time, laid out anew, when the
widgets of the screen that was left are gone. Nothing has moved by then. Where Textual does that
under another name, it goes on doing it.
"""

from textual.await_remove import AwaitRemove
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widget import Widget

from tui.part import PartOfApp


class Leaving(PartOfApp):
    """An app that does not paint again for what has already gone."""

    def _prune(self, *nodes: Widget, parent: DOMNode | None = None) -> AwaitRemove:
        screens = [node for node in nodes if isinstance(node, Screen)]
        for screen in screens:
            # What loses the focus with its screen need not be seen to lose it.
            screen.set_reactive(Screen.focused, None)
        return super()._prune(*nodes, parent=None if screens else parent)
