"""Which rows are shown? A saved view, what is mine, and what was typed, all together."""

from collections.abc import Collection, Sequence
from datetime import datetime

from services.filter import (
    EVERYTHING,
    Filter,
    FilterError,
    View,
    is_mine,
    parse_filter,
    understood,
)
from services.plain import plain
from services.queue import Row

MOST_COUNTED = 3_000
"""Rows up to which the views' rows are counted; with more, a poll must not wait for it."""


class Narrowing:
    """What the operator wants to see. Kept over polls; knows no time of its own."""

    def __init__(self, views: Sequence[View], start: str = "") -> None:
        """Begin with a view, or with everything."""
        self.views = tuple(views)
        self.mine = False
        self.complaint = ""
        """Why a part of what was typed makes no sense; "" when all does."""
        self._view = next((view for view in views if view.name == start), EVERYTHING)
        self._names: Collection[str] = ()
        self._typed = Filter("", ())
        self._saved = Filter("", ())
        self.know(())

    def know(self, names: Collection[str]) -> None:
        """Learn who is at the keyboard."""
        self._names = names
        self._typed = understood(self._typed.text, names)
        self._saved = parse_filter(self._view.text, names)

    def type(self, text: str) -> None:
        """Narrow by what is typed, as far as it makes sense."""
        try:
            parse_filter(text)
            self.complaint = ""
        except FilterError as error:
            self.complaint = plain(str(error))
        self._typed = understood(text, self._names)

    def drop(self) -> None:
        """Show everything."""
        self.mine = False
        self._view = EVERYTHING
        self.type("")
        self.know(self._names)

    def choose(self, number: int) -> bool:
        """Open the view with a number from 1, or everything if it is open; whether it is there."""
        if not 0 < number <= len(self.views):
            return False
        wanted = self.views[number - 1]
        self._view = EVERYTHING if wanted is self._view else wanted
        self.know(self._names)
        return True

    def step(self, by: int) -> None:
        """The next view or the one before; everything is one of them."""
        every = (EVERYTHING, *self.views)
        self._view = every[(every.index(self._view) + by) % len(every)]
        self.know(self._names)

    @property
    def narrows(self) -> bool:
        """Whether anything is hidden."""
        return bool(self.mine or self._typed.text or self._view.text)

    @property
    def words(self) -> str:
        """What is shown, for the header; "" when it is everything."""
        view = self._view.name if self._view is not EVERYTHING else ""
        parts = (view, self._typed.text, "mine" if self.mine else "")
        return " ".join(part for part in parts if part)

    def keeps(self, row: Row, now: datetime) -> bool:
        """Whether a row is shown."""
        if self.mine and not is_mine(row, self._names):
            return False
        return self._saved.keeps(row, now) and self._typed.keeps(row, now)

    def counted(self, rows: Sequence[Row], now: datetime) -> list[tuple[str, bool, int | None]]:
        """Each view: its name, whether it is open, and how many rows it has."""
        every = [(EVERYTHING, Filter("", ()))]
        every += [(view, parse_filter(view.text, self._names)) for view in self.views]
        few = len(rows) <= MOST_COUNTED
        return [
            (view.name, view is self._view, sum(f.keeps(r, now) for r in rows) if few else None)
            for view, f in every
        ]
