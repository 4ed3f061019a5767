"""Does a list that is read page by page come to an end?

A vendor that says "more" for ever, page after page of what was seen before, would have us ask it
without a pause. Pages may overlap, and repeat themselves a little while a list moves.
"""

from services.domain import Source
from services.errors import UnexpectedReply

MOST_IDLE_PAGES = 3
"""Pages in a row with nothing new on them."""


class Ending:
    """Watches over one list."""

    def __init__(self, source: Source, what: str) -> None:
        """Watch over the list of `what`, in the plural."""
        self._source = source
        self._what = what
        self._seen = 0
        self._idle = 0

    def restart(self) -> None:
        """The list is read from its first page again."""
        self._seen = self._idle = 0

    def goes_on(self, seen: int) -> None:
        """There is said to be more after a page; `seen` different records so far.

        Raises:
            UnexpectedReply: There have been too many pages with nothing new.
        """
        self._idle = 0 if seen > self._seen else self._idle + 1
        self._seen = seen
        if self._idle > MOST_IDLE_PAGES:
            self.restart()
            name = {Source.ZENDESK: "Zendesk", Source.PAGERDUTY: "PagerDuty"}[self._source]
            raise UnexpectedReply(self._source, f"{name}'s list of {self._what} has no end.")
