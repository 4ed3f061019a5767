"""How are several issues chosen at once?"""

from collections.abc import Iterable

from services.domain import Issue
from widgets.queue_table import QueueTable


class MarkActions:
    """The keys that mark issues. Marks belong to issues, wherever in the list they are."""

    table: QueueTable
    _anchor: str | None = None

    def marked(self) -> tuple[Issue, ...]:
        """The marked issues that are in the list, from the top."""
        return tuple(row.issue for row in self.table.rows if row.issue.id in self.table.marks)

    def dealt_with(self, ids: Iterable[str]) -> None:
        """Something was sent on these issues; if they were marked for it, no mark is left over."""
        if not self.table.marks.isdisjoint(ids):
            self.table.mark(frozenset())

    def action_mark(self) -> None:
        """Mark the issue under the cursor, or no longer; on to the next."""
        row = self.table.selected
        if row is None:
            return
        self._anchor = row.issue.id
        self.table.mark(self.table.marks ^ {row.issue.id})
        self.table.move(1)

    def action_mark_range(self) -> None:
        """Mark everything between the last mark and the cursor."""
        ids = [row.issue.id for row in self.table.rows]
        if not ids:
            return
        here = self.table.cursor
        start = ids.index(self._anchor) if self._anchor in ids else here
        first, last = sorted((start, here))
        self._anchor = ids[here]
        self.table.mark(self.table.marks | set(ids[first : last + 1]))

    def action_mark_all(self) -> None:
        """Mark everything in the list; if it is so already, nothing."""
        ids = frozenset(row.issue.id for row in self.table.rows)
        self.table.mark(frozenset() if ids <= self.table.marks else ids)
