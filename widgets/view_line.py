"""Which saved views are there, which is open, and how much is in each?"""

from collections.abc import Sequence

from rich.text import Text
from textual.widgets import Static

from widgets.fitting import fit

LEAST_NEWS = 8
"""Cells under which news say nothing."""


class ViewLine(Static):
    """One line; as many views as fit, the open one always among them."""

    DEFAULT_CSS = """
    ViewLine { height: 1; color: $text-muted; }
    """

    def __init__(self) -> None:
        super().__init__("", id="views", markup=False)
        self._views: Sequence[tuple[str, bool, int | None]] = ()
        self._news = ""

    def show(self, views: Sequence[tuple[str, bool, int | None]], news: str) -> None:
        """Take the views, and what is new.

        Args:
            views: Name, whether open, how many; the first one is everything.
            news: Stands behind them, cut to what room there is.
        """
        if (views, news) != (self._views, self._news):
            self._views, self._news = views, news
            self._write()

    def show_news(self, news: str) -> None:
        """What is new is another."""
        self.show(self._views, news)

    def on_resize(self) -> None:
        """As many as there is room for."""
        self._write()

    def _write(self) -> None:
        left = self.size.width - 1
        text = Text(" ", no_wrap=True, overflow="ellipsis")
        for place, (name, is_open, count) in enumerate(self._views):
            number = f"{place} " if place else ""
            words = f"{number}{name}" + (f" {count}" if count is not None else "")
            shown = f"[{words}]" if is_open else words
            if len(shown) > left and not is_open:
                continue
            left -= len(shown) + 2
            text.append(shown, style="bold" if is_open else "")
            text.append("  ")
        if left >= LEAST_NEWS:
            text.append(fit(self._news, left).rstrip(), style="bold")
        self.update(text)
