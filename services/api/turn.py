"""Whose request goes next? One at a time, the urgent ones first, else as they came."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator


class Turn:
    """A gate that one passes at a time."""

    def __init__(self) -> None:
        self._taken = False
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._usual: deque[asyncio.Future[None]] = deque()

    @contextlib.asynccontextmanager
    async def taken(self, *, urgent: bool) -> AsyncIterator[None]:
        """Inside, it is ours; the next in line is let in when we leave."""
        await self._wait(self._urgent if urgent else self._usual)
        try:
            yield
        finally:
            self._leave()

    async def _wait(self, line: deque[asyncio.Future[None]]) -> None:
        if not self._taken:
            self._taken = True
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            # Let in and cancelled in one turn of the loop: the turn goes on to the next.
            if waiter.done() and not waiter.cancelled():
                self._leave()
            elif waiter in line:
                # Whoever left before this was heard of may have passed over it already.
                line.remove(waiter)
            raise

    def _leave(self) -> None:
        for line in (self._urgent, self._usual):
            while line:
                waiter = line.popleft()
                if not waiter.done():
                    waiter.set_result(None)
                    return
        self._taken = False
