"""What of our customers' words is still on this laptop, and when does it go?

Texts of an issue are kept while it is open and some days after; then the vendors have them, and
nobody else needs to. What was typed and not sent is never touched: no draft, no letter that has
not arrived. Times are aware `datetime`s in UTC.
"""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from services.clock import Clock
from services.errors import StoreError

FIRST_LOOK = 120.0
"""Seconds after the start, when the screen has long been painted."""

LOOK_EVERY = 6 * 3600.0
"""Seconds between two looks of a dashboard that is never closed."""


class Keeper(Protocol):
    """Whoever keeps texts of issues on the disk."""

    @property
    def kept(self) -> str:
        """What it keeps, for people, in the plural."""
        ...

    def old(self, before: datetime, open_halves: Collection[str], *, forget: bool) -> int:
        """Count, or forget, the texts of an issue that are older than a moment.

        Args:
            before: When a text must have been written or last touched.
            open_halves: `zd-…` and `pd-…` of the issues whose texts stay however old they are.
            forget: Whether they are to go; otherwise they are only counted.

        Raises:
            StoreError: The file cannot be read or written; nothing has changed.
        """
        ...


class Almanac(Protocol):
    """Whoever remembers when an issue was last seen open."""

    def open_since(self, moment: datetime) -> frozenset[str]:
        """`zd-…` and `pd-…` of each issue that was open at a moment, or later."""
        ...


class Found(Struct, frozen=True):
    """So many texts of one kind that are due to go."""

    kept: str
    count: int


class Retention:
    """Sees to it that nothing stays longer than it should."""

    def __init__(self, days: int, almanac: Almanac, keepers: Sequence[Keeper]) -> None:
        """Keep texts for so many days after an issue was last seen open."""
        self._days = timedelta(days=days)
        self._almanac = almanac
        self._keepers = tuple(keepers)

    def after(self, days: int) -> "Retention":
        """The same, after so many days."""
        return Retention(days, self._almanac, self._keepers)

    def due(self, now: datetime) -> tuple[Found, ...]:
        """What would go now; nothing is changed.

        Raises:
            StoreError: A file cannot be read.
        """
        return tuple(self._each(now, forget=False))

    def purge(self, now: datetime) -> tuple[Found, ...]:
        """Let it go; returns what went.

        Raises:
            StoreError: A file cannot be written; what is in it goes next time.
        """
        return tuple(self._each(now, forget=True))

    async def run(self, clock: Clock) -> None:
        """Look now and then, as long as the dashboard runs. A file in trouble waits."""
        await clock.sleep(FIRST_LOOK)
        while True:
            for keeper in self._keepers:
                try:
                    self._one(keeper, clock.now(), forget=True)
                except StoreError:
                    continue
                await asyncio.sleep(0)
            await clock.sleep(LOOK_EVERY)

    def _each(self, now: datetime, *, forget: bool) -> Iterable[Found]:
        for keeper in self._keepers:
            count = self._one(keeper, now, forget=forget)
            if count:
                yield Found(keeper.kept, count)

    def _one(self, keeper: Keeper, now: datetime, *, forget: bool) -> int:
        before = now - self._days
        return keeper.old(before, self._almanac.open_since(before), forget=forget)


def halves(*issue_ids: str) -> frozenset[str]:
    """The tickets and the incidents that ids of issues name.

    >>> sorted(halves("zd-4711+pd-PABC", "zd-4712"))
    ['pd-PABC', 'zd-4711', 'zd-4712']
    """
    return frozenset("+".join(issue_ids).split("+")) if issue_ids else frozenset()
