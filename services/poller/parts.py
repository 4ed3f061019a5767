"""How is a long list saved without anybody having to wait? A part at a time."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

K = TypeVar("K")

AT_ONCE = 250
"""Saved before others get their turn: after a start, all of a long queue is new."""


async def save_in_parts(unsaved: set[K], save: Callable[[list[K], bool], None]) -> None:
    """Have all that is unsaved saved, and taken out of the set as far as it is.

    Args:
        unsaved: What is added to it meanwhile is left for the next time.
        save: Saves a part, told whether it is the last; called at least once.

    Raises:
        StoreError: It could not be saved; the parts before it are.
    """
    keys = list(unsaved)
    for start in range(0, max(1, len(keys)), AT_ONCE):
        if start:
            await asyncio.sleep(0)
        part = keys[start : start + AT_ONCE]
        save(part, start + AT_ONCE >= len(keys))
        unsaved.difference_update(part)
