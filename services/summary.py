"""How does the queue stand, in a word? For the window's title and for `rota status`."""

from collections import Counter
from collections.abc import Mapping, Sequence

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


def summed(rows: Sequence[Row], states: Mapping[State, int] | None = None) -> Summary:
    """The queue in numbers.

    Args:
        rows: In the queue's order.
        states: How many of them have a next deadline in each state, where that is known already.
    """
    if states is None:
        states = Counter(row.next.state for row in rows if row.next is not None)
    # Those that owe nothing stand behind all others.
    return Summary(
        len(rows),
        states.get(State.BREACHED, 0),
        states.get(State.SOON, 0),
        states.get(State.UNKNOWN, 0),
        rows[0] if rows and rows[0].next is not None else None,
    )
