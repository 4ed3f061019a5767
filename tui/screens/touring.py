"""How is a newcomer shown around?"""

from typing import TYPE_CHECKING

from textual.message import Message
from textual.screen import Screen

if TYPE_CHECKING:
    from widgets.tour import TourLine


class TourActions(Screen[None]):
    """The keys of the tour, which is made when it is first wanted."""

    _tour: "TourLine | None" = None

    class TourOver(Message):
        """The tour has been seen, or left."""

    def action_tour(self) -> None:
        """Show a newcomer around."""
        if self._tour is None:
            from widgets.tour import TourLine

            self._tour = TourLine()
            self.mount(self._tour, before="#footer")
        self._tour.begin()

    def action_tour_next(self) -> None:
        """The next step of the tour, if it is on."""
        if self._tour is not None and self._tour.on:
            self._tour.next()
            self._tour_over()

    def action_tour_end(self) -> None:
        """End the tour."""
        if self._tour is not None:
            self._tour.end()
        self._tour_over()

    def _tour_over(self) -> None:
        if self._tour is None or not self._tour.on:
            self.post_message(self.TourOver())
