"""How does the cursor get from issue to issue?"""

from widgets.queue_table import QueueTable


class CursorActions:
    """The keys that move the cursor of a queue."""

    table: QueueTable

    def action_move(self, by: int) -> None:
        """The cursor goes so many issues on."""
        self.table.move(by)

    def action_page(self, by: int) -> None:
        """The cursor goes so many screenfuls on."""
        self.table.move(by * max(1, self.table.size.height - 1))

    def action_top(self) -> None:
        """To the most urgent."""
        self.table.move_to(0)

    def action_bottom(self) -> None:
        """To the last."""
        self.table.move_to(len(self.table.rows) - 1)
