"""The dashboard on a canned queue: `dashboard.py N KIND [THEME]`.

KIND says how the countdowns change: `seconds`, `mixed` or `minutes`. The signal USR1 stands for a
poll that changed a hundred issues, USR2 for one that told the same again. It begins at noon,
whenever that is: half an hour before support hours end there is more on the screen.
"""

import asyncio
import random
import signal
import sys
from collections.abc import AsyncIterator
from datetime import timedelta

from msgspec.structs import replace

from services.clock import Clock, ScaledClock, SystemClock
from services.domain import Health, Issue, Snapshot, Source, SourceStatus
from tests.perf.canned import by_minutes, by_seconds, canned, mixed
from tests.screen.stage import NOON, POLICY, FakeFeed
from tui.app import RotaApp
from tui.options import ScreenOptions

KINDS = {"seconds": by_seconds, "mixed": mixed, "minutes": by_minutes}
CHANGES = 100


class CannedFeed(FakeFeed):
    """Says the same until it is asked again."""

    def __init__(self, told: Snapshot, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._told = told
        self._chance = random.Random(1)
        self.waiting.put_nowait(told)

    async def snapshots(self) -> AsyncIterator[Snapshot]:
        """All that is told."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGUSR1, self.poll)
        loop.add_signal_handler(signal.SIGUSR2, self.poll_again)
        async for told in super().snapshots():
            yield told

    def poll(self) -> None:
        """A poll has found changes."""
        issues = list(self._told.issues)
        for place in self._chance.sample(range(len(issues)), min(CHANGES, len(issues))):
            issues[place] = _later(issues[place], self._chance.randrange(600, 60_000))
        self._told = replace(self._told, issues=tuple(issues))
        self.waiting.put_nowait(self._told)

    def poll_again(self) -> None:
        """A poll has found all as it was, and says when."""
        told = SourceStatus(Health.OK, self._clock.now())
        self.waiting.put_nowait(replace(self._told, sources=dict.fromkeys(Source, told)))


def _later(issue: Issue, seconds: int) -> Issue:
    promise = issue.promises[0]
    due = (promise.due_at or promise.started_at) + timedelta(seconds=seconds)
    return replace(issue, promises=(replace(promise, due_at=due),))


def main(number: int, kind: str, theme: str = "textual-dark") -> None:
    """Run it until it is ended."""
    clock = ScaledClock(SystemClock(), NOON)
    feed = CannedFeed(canned(number, NOON, KINDS[kind]), clock)
    RotaApp(feed, POLICY, clock, ScreenOptions(theme=theme)).run()


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
