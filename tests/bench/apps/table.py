"""The same queue in Textual's own DataTable: `table.py N`. Keys move its cursor; `m` merges."""

import random
import sys

from textual.app import App, ComposeResult
from textual.widgets import DataTable

READY = "READYMARK"
CHANGES = 100
_WORDS = ("router", "memory", "quota", "deploy", "certificate", "log", "database", "login", "fails")


class Table(App[None]):
    """So many rows; a key stands for a poll that changed a hundred of them."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [("m", "merge", "Merge")]

    def compose(self) -> ComposeResult:
        """One table."""
        yield DataTable(cursor_type="row")

    def on_mount(self) -> None:
        """Fill it."""
        rows = int(sys.argv[1])
        table = self.query_one(DataTable)
        names = ("left", "severity", "promise", "id", "subject", "who", "age")
        self._columns = table.add_columns(*names)
        for n in range(rows):
            words = " ".join(_WORDS[(n * 7 + k * 3) % len(_WORDS)] for k in range(6))
            left = f"{3 + n // 40}h{n % 60:02}"
            table.add_row(
                left, "P2", "update", f"#{n}", f"{words} {n}", "Imogen Achebe", "5h", key=str(n)
            )
        table.focus()
        self.call_after_refresh(lambda: setattr(self, "title", READY))
        self._chance = random.Random(1)

    def action_merge(self) -> None:
        """A hundred rows change, and all are sorted again."""
        table = self.query_one(DataTable)
        for n in self._chance.sample(range(table.row_count), CHANGES):
            left = f"{self._chance.randrange(1, 90)}h{n % 60:02}"
            table.update_cell(str(n), self._columns[0], left)
        table.sort(self._columns[0])


if __name__ == "__main__":
    Table().run()
