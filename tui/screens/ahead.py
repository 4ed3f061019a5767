"""What is told of five, nine and the next turn, half an hour before? A card above the queue."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from textual.screen import Screen

from services.domain import Snapshot
from services.policy.deadlines import Policy
from services.queue import Row

if TYPE_CHECKING:
    from widgets.boundary_card import BoundaryCard

_MINUTE = timedelta(minutes=1)


class LookingAhead(Screen[None]):
    """A screen that looks ahead once a minute; the card is made when it is first to be shown."""

    policy: Policy
    looks_at: datetime | None = None
    """When it is time to look; None before there is anything to see."""
    _card: "BoundaryCard | None" = None

    def look_ahead(
        self,
        rows: Sequence[Row],
        told: Snapshot,
        names: frozenset[str],
        now: datetime,
        *,
        ascii_only: bool,
    ) -> None:
        """Show what is coming, if anything is.

        Args:
            rows: The whole queue.
            told: The state of the world that it is of.
            names: Those of who is at the keyboard.
            now: The servers' time.
            ascii_only: Whether to do without other symbols.
        """
        from services.boundary import boundary_ahead

        # The card as well: each shift comes to it, and what stays is to be there from the start.
        from widgets.boundary_card import BoundaryCard

        calendar = self.policy.calendar
        boundary = boundary_ahead(rows, told.done, told.rota, names, calendar, now)
        if boundary is not None and self._card is None:
            self._card = BoundaryCard(calendar, ascii_only=ascii_only)
            self.mount(self._card, after="#empty")
        if self._card is not None:
            self._card.show(boundary, now, self.size.width, self.size.height)
        self.looks_at = now.replace(second=0, microsecond=0) + _MINUTE

    def hide_card(self) -> bool:
        """Hide the card; whether there was one to hide."""
        if self._card is None or not self._card.showing:
            return False
        self._card.dismiss()
        return True
