"""How does a long list stay in order while a few of its entries come and go?

It is kept in blocks: what comes or goes moves the entries of its own block and no others. Each
entry has a key that says where it stands; no two entries have the same.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Generic, Protocol, TypeVar


class Comparable(Protocol):
    """What can be told apart by which is smaller."""

    def __lt__(self, other: Any, /) -> bool:
        """Whether it stands in front of another."""


K = TypeVar("K", bound=Comparable)
V = TypeVar("V")

BLOCK = 64
"""Entries in a block when it is new; twice as many are split. Shorter ones make moving cheaper and
finding the block dearer."""


class Ordered(Generic[K, V]):
    """Values in the order of their keys, the smallest first."""

    def __init__(self, keys: Sequence[K] = (), values: Sequence[V] = ()) -> None:
        """Take what is in order already.

        Args:
            keys: In order, no two alike.
            values: As many, each in the place of its key.
        """
        starts = range(0, len(keys), BLOCK)
        self._blocks = [
            (list(keys[start : start + BLOCK]), list(values[start : start + BLOCK]))
            for start in starts
        ]
        self._last = [block[-1] for block, _ in self._blocks]
        """The last key of each block."""

    def __bool__(self) -> bool:
        """Whether there is any entry."""
        return bool(self._blocks)

    def every_key(self) -> Iterator[K]:
        """All keys, in order."""
        return chain.from_iterable([keys for keys, _ in self._blocks])

    def values(self) -> list[V]:
        """All values, in order, in a new list."""
        return list(chain.from_iterable([values for _, values in self._blocks]))

    def discard(self, gone: Iterable[tuple[K, V]]) -> None:
        """Take out entries that are there. `ValueError`, if one is not that very value."""
        lasts = self._last
        for key, value in gone:
            number = bisect_left(lasts, key)
            block, values = self._blocks[number] if number < len(lasts) else ([], [])
            place = bisect_left(block, key)
            if place == len(block) or values[place] is not value:
                raise ValueError("no such entry")
            del block[place], values[place]
            if place == len(block):
                if block:
                    lasts[number] = block[-1]
                else:
                    del self._blocks[number], lasts[number]

    def insert(self, come: Iterable[tuple[K, V]]) -> None:
        """Put in entries whose keys are not there yet."""
        lasts = self._last
        for key, value in come:
            number = bisect_left(lasts, key)
            if number == len(lasts):
                number = self._at_the_end(key)
            block, values = self._blocks[number]
            place = bisect_left(block, key)
            block.insert(place, key)
            values.insert(place, value)
            if len(block) >= 2 * BLOCK:
                self._blocks[number : number + 1] = [
                    (block[:BLOCK], values[:BLOCK]),
                    (block[BLOCK:], values[BLOCK:]),
                ]
                lasts.insert(number, block[BLOCK - 1])

    def _at_the_end(self, key: K) -> int:
        """The number of the last block, which now ends with this key."""
        if self._blocks:
            self._last[-1] = key
        else:
            self._blocks.append(([], []))
            self._last.append(key)
        return len(self._blocks) - 1
