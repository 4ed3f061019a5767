"""How is the queue narrowed? By what is typed, by a saved view, to what is mine."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual.screen import Screen
from textual.widget import Widget

from services.plain import plain
from services.queue import Row
from tui.screens.narrowing import Narrowing
from widgets.queue_table import QueueTable

if TYPE_CHECKING:
    from textual.widgets import Input

FILTER_HINT = "words, sev:p2 is:mine src:pd who:ann tag:api age>2h due<30m"


class FilterActions(Screen[None]):
    """The keys that narrow the queue, and the field for what is typed."""

    table: QueueTable
    _narrowing: Narrowing
    _box: "Input | None" = None
    """Where a filter is typed; made with the first one."""

    def narrowed(self) -> None:
        """Other rows are to be shown."""
        raise NotImplementedError

    def say_below(self) -> None:
        """What a filter complains of, if anything, is to be read."""
        raise NotImplementedError

    def foot(self) -> Widget | str:
        """What the field stands above."""
        raise NotImplementedError

    def kept_of(self, rows: Sequence[Row], now: datetime) -> tuple[Sequence[Row], tuple[str, ...]]:
        """The rows that are shown, and what they are narrowed to, ever shorter; () is nothing."""
        narrowing = self._narrowing
        kept = [row for row in rows if narrowing.keeps(row, now)] if narrowing.narrows else rows
        few = f"{len(kept)} of {len(rows)}"
        words = narrowing.words
        return kept, (f"[{plain(words)}] {few}", f"[…] {few}") if words else ()

    async def action_filter(self) -> None:
        """Type a filter."""
        if self._box is None:
            from widgets.field import Field

            self._box = Field(placeholder=FILTER_HINT, id="filter")
            await self.mount(self._box, before=self.foot())
        self._box.display = True
        # At once, not at the next turn of the loop: what is typed ahead belongs in the box.
        self.set_focus(self._box)

    # Named, not decorated: a decorator would need the field's room before there is a filter.
    def on_input_changed(self, event: "Input.Changed") -> None:
        """Narrow as it is typed; says of a term that makes no sense why, and goes without it."""
        self._narrowing.type(event.value)
        self.say_below()
        self.narrowed()

    def on_input_submitted(self, event: "Input.Submitted") -> None:
        """Enter keeps the filter and gives the keys back to the list."""
        event.input.display = bool(event.value)
        self.table.focus()

    def drop_filter(self) -> None:
        """Show everything."""
        if self._box is not None:
            self._box.value = ""
            self._box.display = False
        self._narrowing.drop()
        self.table.focus()
        self.narrowed()

    def action_mine(self) -> None:
        """Only what is mine, or everything."""
        self._narrowing.mine = not self._narrowing.mine
        self.narrowed()

    def action_view(self, number: int) -> None:
        """A saved view; the one that is open: everything."""
        if not self._narrowing.choose(number):
            self.notify(f"There is no view {number}; [views] in config.toml.", markup=False)
        self.narrowed()

    def action_step_view(self, by: int) -> None:
        """The next saved view, or the one before."""
        self._narrowing.step(by)
        self.narrowed()
