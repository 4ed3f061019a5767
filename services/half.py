"""What has a source told of, and what of it is another since both halves were last put together?

Whoever reads the source puts in and takes out. Whoever pairs is told only of what has changed, and
says what is to be held on to.
"""

from collections.abc import Collection
from typing import Generic, TypeVar

K = TypeVar("K", int, str)
V = TypeVar("V")


class Half(Generic[K, V]):
    """All tickets that are known, or all incidents, by id."""

    def __init__(self) -> None:
        """Nothing is known."""
        self.known: dict[K, V] = {}
        """To be read by anyone; changed by `put` and `drop` alone."""
        self.touched: set[K] = set()
        """Put in, taken out, or held on to otherwise, since whoever empties this last looked."""
        self._changed: dict[K, None] = {}
        self._held: set[K] = set()

    @property
    def held(self) -> Collection[K]:
        """Ids to hold on to, though they are done or none of ours: the other half is open."""
        return self._held

    def put(self, key: K, value: V) -> None:
        """It reads so from now on."""
        self.known[key] = value
        self._changed[key] = None
        self.touched.add(key)

    def drop(self, key: K) -> None:
        """It is gone, if it was there."""
        if self.known.pop(key, None) is not None:
            self._changed[key] = None
        self.touched.add(key)

    def hold(self, key: K, on: bool) -> None:
        """Hold on to it, or do so no more, whether it is there yet or not."""
        if on == (key in self._held):
            return
        if on:
            self._held.add(key)
        else:
            self._held.remove(key)
        self.touched.add(key)

    def changes(self) -> dict[K, V | None]:
        """What is another since the last call, as it is now; None is gone."""
        changed, self._changed = self._changed, {}
        return {key: self.known.get(key) for key in changed}
