"""What is painted when a screen is left? What lay below it, once; the rest is cleared away unseen.

Textual paints what lay below when it is on top again, and a second time, laid out anew, when the
widgets of the screen that was left are gone. Nothing has moved by then. Where Textual does that
under another name, it goes on doing it.

All of a screen that was left is let go at once. Textual lets go of who watches the app when what is
watched changes, which a theme may never do; and of painted lines, when a thousand other widgets
have been painted. There would be that much more for Python to look through for garbage.
"""

from collections.abc import Collection

from textual._styles_cache import StylesCache
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
        self._let_go(nodes)
        if screens:
            self.left()
        return super()._prune(*nodes, parent=None if screens else parent)

    def left(self) -> None:
        """A screen is about to be gone."""

    def _let_go(self, gone: Collection[Widget]) -> None:
        watchers: dict[str, list[tuple[DOMNode, object]]] = getattr(self, "__watchers", {})
        for watching in watchers.values():
            watching[:] = [
                (who, told)
                for who, told in watching
                if not any(node in gone for node in who.ancestors_with_self)
            ]
        # The colours of widgets are remembered by what holds their painted lines.
        forget = getattr(getattr(StylesCache, "get_inner_outer", None), "cache_clear", None)
        if forget is not None:
            forget()
