"""Twelve hours of the dashboard in a minute, without a terminal: how much memory before and after?

Prints both as JSON, in kilobytes. A clock is moved on second by second; twice a minute a poll
changes a few issues and one makes room for a new one, and once a minute the cursor moves.
"""

import asyncio
import gc
import json
import random
import re
import sys
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from services.clock import ManualClock
from services.domain import Health, Snapshot, Source, SourceStatus
from services.journal.journal import Journal
from services.signals.memory import SignalMemory
from tests.perf.canned import canned, canned_issue, mixed
from tests.screen.stage import NOON, POLICY, FakeFeed
from tui.app import RotaApp
from tui.signals import Calls

TICKS = 43_200
WARM_UP = 3_600
ISSUES = 200
POLL = 30


def resident() -> int:
    """Kilobytes of this process in memory, garbage not counted."""
    gc.collect()
    found = re.search(r"^VmRSS:\s+(\d+)", Path("/proc/self/status").read_text(), re.MULTILINE)
    return int(found[1]) if found else 0


def polled(told: Snapshot, now: datetime, chance: random.Random, number: int) -> Snapshot:
    """Three issues have been answered and owe the next word later; one has left for a new one."""
    issues = list(told.issues)
    for place in chance.sample(range(len(issues)), 3):
        promise = issues[place].promises[0]
        later = replace(promise, due_at=now + timedelta(minutes=chance.randrange(30, 600)))
        issues[place] = replace(issues[place], promises=(later,))
    issues[chance.randrange(len(issues))] = canned_issue(number, now + timedelta(hours=4), now)
    fresh = SourceStatus(Health.OK, now)
    return replace(told, issues=tuple(issues), sources=dict.fromkeys(Source, fresh))


async def main(ticks: int, folder: Path) -> None:
    """Run it; what is kept for ever goes to the disk, as it does in earnest."""
    clock, feed, chance = ManualClock(NOON), FakeFeed(), random.Random(1)
    calls = Calls(SignalMemory(folder / "signals.db"), environ={})
    app = RotaApp(feed, POLICY, clock, calls=calls, journal=lambda: Journal(folder / "journal.db"))
    told = canned(ISSUES, NOON, mixed)
    before = 0
    async with app.run_test(size=(120, 40)) as pilot:
        for second in range(WARM_UP + ticks):
            if second == WARM_UP:
                await pilot.pause()
                before = resident()
            if second % POLL == 0:
                told = polled(told, clock.now(), chance, ISSUES + second)
                feed.waiting.put_nowait(told)
            if second % 60 == 7:
                app.queue.action_move(chance.choice((1, 1, 1, -2)))
            await clock.advance(1)
            app.tick()
            for _ in range(3):
                await asyncio.sleep(0)
        await pilot.pause()
        after = resident()
    print(json.dumps({"before": before, "after": after}), file=sys.__stdout__)


if __name__ == "__main__":
    with TemporaryDirectory(prefix="rota-shift-") as kept:
        asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else TICKS, Path(kept)))
