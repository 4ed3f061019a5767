"""Where the screen gets its queue from, without knowing what polls, replays or invents it."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Protocol

from services.domain import History, Issue, Snapshot, TimelineEntry


class Feed(Protocol):
    """A source of snapshots. Implemented by `services.poller.Poller` and by tests."""

    def snapshots(self) -> AsyncIterator[Snapshot]:
        """Each new state of the world as it becomes known; the first may come from disk.

        Never raises a `ServiceError`: what went wrong is in the snapshot's sources.
        """
        ...

    def refresh(self) -> None:
        """Ask every source now, however long ago it was asked. Works while paused."""
        ...

    def pause(self, paused: bool) -> None:
        """Stop, or go on with, polling by itself."""
        ...

    async def timeline(self, issue: Issue) -> tuple[TimelineEntry, ...]:
        """What happened to an issue at both vendors, oldest first.

        Raises:
            ServiceError: A vendor could not be asked.
        """
        ...

    async def history(self, since: datetime) -> History:
        """What was done about every issue since a moment, whether or not anybody looked.

        Never raises a `ServiceError`: what could not be read is said in the history.
        """
        ...
