"""A screen over the queue that is kept up to date like the queue itself."""

from datetime import datetime, timedelta

from services.domain import Snapshot
from tui.screens.whole import Whole


class Follower(Whole[None]):
    """Told of each new state of the world, and of the time, by the app."""

    def show(self, snapshot: Snapshot, now: datetime) -> None:
        """Take a new state of the world."""
        raise NotImplementedError

    def letters_changed(self) -> None:
        """Something is to be sent, was sent, or came to grief."""

    def tick(self, now: datetime) -> None:
        """It is `now`."""
        raise NotImplementedError

    def reads_until(self, now: datetime) -> datetime | None:
        """Words here change with the minute."""
        return now.replace(second=0, microsecond=0) + timedelta(minutes=1)
