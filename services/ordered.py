"""How does a long list stay in order while a few of its entries come and go?

It is kept in blocks: what comes or goes moves the entries of its own block and no others. Where it
stands is found by numbers that lie side by side: to ask the entries themselves, which lie all over
the memory, would take most of the time. No two entries have the same place.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import Generic, Protocol, TypeVar

Place = tuple[float, int, datetime, str]
"""Where an entry stands: by its urgency; the rest says who is first of several with the same."""


class Placed(Protocol):
    """What has a place among others."""

    @property
    def urgency(self) -> float:
        """What its place begins with."""

    @property
    def place(self) -> Place:
        """Where it stands, the smallest first."""


V = TypeVar("V", bound=Placed)

BLOCK = 64
"""Entries in a block when it is new; twice as many are split. Shorter ones make moving cheaper and
finding the block dearer."""

_place = attrgetter("place")


class Ordered(Generic[V]):
    """Entries in the order of their places, the smallest first."""

    def __init__(self, entries: Sequence[V] = ()) -> None:
        """Take what is in order already."""
        starts = range(0, len(entries), BLOCK)
        self._blocks = [list(entries[start : start + BLOCK]) for start in starts]
        self._numbers = [array("d", [entry.urgency for entry in block]) for block in self._blocks]
        """Of the entries of each block."""
        self._lasts = [numbers[-1] for numbers in self._numbers]
        """Of the last entry of each block."""

    def __bool__(self) -> bool:
        """Whether there is any entry."""
        return bool(self._blocks)

    def entries(self) -> list[V]:
        """All of them, in order, in a new list."""
        return list(chain.from_iterable(self._blocks))

    def discard(self, gone: Iterable[V]) -> None:
        """Take out entries that are there. `ValueError`, if one is not that very entry."""
        blocks, numbers_of, lasts = self._blocks, self._numbers, self._lasts
        for entry in gone:
            number = entry.urgency
            # As a rule no other has the same number.
            if (which := bisect_left(lasts, number)) == len(lasts):
                raise ValueError("no such entry")
            block, numbers = blocks[which], numbers_of[which]
            if block[where := bisect_left(numbers, number)] is not entry:
                which, where = self._seat(entry)
                block = blocks[which] if which < len(lasts) else []
                if where >= len(block) or block[where] is not entry:
                    raise ValueError("no such entry")
                numbers = numbers_of[which]
            del block[where], numbers[where]
            if not block:
                del blocks[which], numbers_of[which], lasts[which]
            elif where == len(block):
                lasts[which] = numbers[-1]

    def insert(self, come: Iterable[V]) -> None:
        """Put in entries whose places are not taken."""
        blocks, numbers_of, lasts = self._blocks, self._numbers, self._lasts
        for entry in come:
            number = entry.urgency
            which, where = bisect_left(lasts, number), 0
            if which < len(lasts):
                where = bisect_left(numbers_of[which], number)
                if numbers_of[which][where] == number:
                    which, where = self._seat(entry)
            if which == len(lasts):
                which, where = self._at_the_end(entry)
            block, numbers = blocks[which], numbers_of[which]
            block.insert(where, entry)
            numbers.insert(where, number)
            if len(block) >= 2 * BLOCK:
                blocks[which : which + 1] = [block[:BLOCK], block[BLOCK:]]
                numbers_of[which : which + 1] = [numbers[:BLOCK], numbers[BLOCK:]]
                lasts.insert(which, numbers[BLOCK - 1])

    def _seat(self, entry: V) -> tuple[int, int]:
        """In which block an entry stands, or would, and where in it; behind the last is no block.

        Only where others have the same number are they asked themselves.
        """
        number, lasts = entry.urgency, self._lasts
        which = bisect_left(lasts, number)
        if which == len(lasts):
            return which, 0
        if lasts[which] == number:
            end = bisect_right(lasts, number, which)
            which = bisect_left(self._blocks, entry.place, which, end, key=_last_place)
            if which == len(lasts):
                return which, 0
        block, numbers = self._blocks[which], self._numbers[which]
        where = bisect_left(numbers, number)
        if block[where] is not entry and numbers[where] == number:
            end = bisect_right(numbers, number, where)
            where = bisect_left(block, entry.place, where, end, key=_place)
        return which, where

    def _at_the_end(self, entry: V) -> tuple[int, int]:
        """In the last block, which will end with this entry, and where in it."""
        if not self._blocks:
            self._blocks.append([])
            self._numbers.append(array("d"))
            self._lasts.append(entry.urgency)
        self._lasts[-1] = entry.urgency
        return len(self._blocks) - 1, len(self._blocks[-1])


def _last_place(block: Sequence[Placed]) -> Place:
    return block[-1].place
