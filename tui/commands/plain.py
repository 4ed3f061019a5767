"""`rota --plain`: no screen, a line for each change; for screen readers, logs and pipes."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from services.changes import Changes
from services.clock import Clock
from services.domain import Snapshot
from services.feed import Feed
from services.policy.deadlines import Policy
from services.standing import Standing

LONGEST_WAIT = 15.0
"""Seconds between two looks at the most: timers stand still while the laptop sleeps."""


async def tell_changes(
    feed: Feed, policy: Policy, clock: Clock, write: Callable[[str], None]
) -> None:
    """Write a line for each change, until cancelled.

    Args:
        feed: Where the queue comes from.
        policy: What is promised.
        clock: The servers' time.
        write: Takes one line.
    """
    come: asyncio.Queue[Snapshot] = asyncio.Queue()

    async def take() -> None:
        async for snapshot in feed.snapshots():
            come.put_nowait(snapshot)

    taking = asyncio.create_task(take())
    try:
        await _tell(come, policy, clock, write)
    finally:
        taking.cancel()
        await asyncio.gather(taking, return_exceptions=True)


async def _tell(
    come: asyncio.Queue[Snapshot], policy: Policy, clock: Clock, write: Callable[[str], None]
) -> None:
    standing, changes, snapshot = Standing(policy), Changes(policy), Snapshot()
    while True:
        newer = await _next(come, clock, standing.turns_at)
        now = clock.now()
        snapshot = newer or snapshot
        standing.take(snapshot.issues, now)
        for line in changes.lines(snapshot, standing.rows, now):
            write(line)


async def _next(
    come: asyncio.Queue[Snapshot], clock: Clock, turns_at: datetime | None
) -> Snapshot | None:
    """The next state of the world; None when a row changes by itself before."""
    wait = LONGEST_WAIT
    if turns_at is not None:
        wait = min(wait, max(0.0, (turns_at - clock.now()).total_seconds()) + 0.01)
    getting = asyncio.ensure_future(come.get())
    sleeping = asyncio.ensure_future(clock.sleep(wait))
    try:
        await asyncio.wait((getting, sleeping), return_when=asyncio.FIRST_COMPLETED)
        return getting.result() if getting.done() else None
    finally:
        sleeping.cancel()
        if not getting.done():
            getting.cancel()
        await asyncio.gather(getting, sleeping, return_exceptions=True)
