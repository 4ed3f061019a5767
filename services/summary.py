"""How does the queue stand, in a word? For the window's title and for `rota status`."""

from collections.abc import Sequence

from msgspec import Struct

from services.domain import State
from services.queue import Row


class Summary(Struct, frozen=True):
    """The queue in numbers, and the issue that comes first."""

    open: int = 0
    breached: int = 0
    soon: int = 0
    unknown: int = 0
    first: Row | None = None
    """The most urgent issue that owes something."""

    @property
    def words(self) -> str:
        """The worst of it, short enough for a title.

        >>> Summary(28, breached=2, soon=1).words, Summary(3).words
        ('2 late, 1 soon', '3 open')
        """
        parts = ((self.breached, "late"), (self.soon, "soon"))
        return ", ".join(f"{count} {word}" for count, word in parts if count) or f"{self.open} open"


def summed(rows: Sequence[Row]) -> Summary:
    """The queue in numbers; `rows` are in the queue's order."""
    states = [row.next.state for row in rows if row.next is not None]
    return Summary(
        len(rows),
        states.count(State.BREACHED),
        states.count(State.SOON),
        states.count(State.UNKNOWN),
        next((row for row in rows if row.next is not None), None),
    )
