"""What asks the vendors, once the queue is on show?

To load and wire all of it takes longer than to paint, and nobody waits for it: the screen is first.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import TYPE_CHECKING

from services.domain import History, Issue, Snapshot, TimelineEntry
from services.opening import Opened

if TYPE_CHECKING:
    from services.assemble import Assembly
    from services.forms.form import Directory
    from services.journal.journal import Journal


class Later:
    """A `Feed`, and all that sends, put together when the first of it is wanted."""

    def __init__(self, opened: Opened, put_together: "Callable[[], Assembly]") -> None:
        """Take what is open already, and how the rest is made on it."""
        self._opened = opened
        self._put_together = put_together
        self._made: Assembly | None = None
        self._tidying: asyncio.Task[None] | None = None

    @property
    def assembly(self) -> "Assembly":
        """Everything, wired."""
        if self._made is None:
            self._made = self._put_together()
        return self._made

    def journal(self) -> "Journal":
        """What is noted for the handover and the report."""
        return self.assembly.journal

    async def snapshots(self) -> AsyncIterator[Snapshot]:
        """Each new state of the world; from now on, too, what is old is removed from the disk."""
        assembly = self.assembly
        self._tidying = asyncio.create_task(assembly.retention.run(assembly.clock))
        async for snapshot in assembly.poller.snapshots():
            yield snapshot

    def refresh(self) -> None:
        """Ask every source now."""
        self.assembly.poller.refresh()

    def pause(self, paused: bool) -> None:
        """Stop, or go on with, polling by itself."""
        self.assembly.poller.pause(paused)

    async def timeline(self, issue: Issue) -> tuple[TimelineEntry, ...]:
        """What happened to an issue at both vendors, oldest first.

        Raises:
            ServiceError: A vendor could not be asked.
        """
        return await self.assembly.poller.timeline(issue)

    async def history(self, since: datetime) -> History:
        """What was done about every issue since a moment."""
        return await self.assembly.poller.history(since)

    async def deliver(self) -> AsyncIterator[None]:
        """Send letters; yields whenever one stands differently."""
        async for _ in self.assembly.delivery.run():
            yield

    async def directory(self) -> "Directory":
        """Who there is to choose from.

        Raises:
            ServiceError: A vendor could not be asked.
        """
        from services.colleagues import directory

        return await directory(self.assembly.apis)

    def at_rest(self) -> str:
        """Why nothing is being sent from here just now; "" when it is."""
        delivery = self.assembly.delivery
        if delivery.trouble:
            return delivery.trouble
        return "" if delivery.sends else "another dashboard on this laptop sends"

    async def aclose(self) -> None:
        """Close connections and files."""
        if self._tidying is not None:
            self._tidying.cancel()
            await asyncio.gather(self._tidying, return_exceptions=True)
        if self._made is None:
            self._opened.close()
        else:
            await self._made.aclose()
