"""Does `rota --plain` tell each change in one line, and nothing else?"""

import asyncio
import subprocess
import sys
from pathlib import Path

from msgspec.structs import replace

from services.clock import ManualClock
from services.domain import Health, Severity, Snapshot, SourceStatus
from tests.screen.stage import NOON, POLICY, FakeFeed, issue, snapshot
from tui.commands.plain import tell_changes

ROOT = Path(__file__).parents[2]


class Ear:
    """Listens to what is told while the clock is moved."""

    def __init__(self) -> None:
        self.clock = ManualClock(NOON)
        self.feed = FakeFeed()
        self.heard: list[str] = []
        self._telling = asyncio.create_task(
            tell_changes(self.feed, POLICY, self.clock, self.heard.append)
        )

    async def give(self, world: Snapshot) -> list[str]:
        """What is told of a new state of the world."""
        self.heard.clear()
        self.feed.waiting.put_nowait(world)
        await self.clock.settle()
        return list(self.heard)

    async def wait(self, seconds: float) -> list[str]:
        """What is told while time passes."""
        self.heard.clear()
        await self.clock.advance(seconds)
        await self.clock.settle()
        return list(self.heard)

    async def close(self) -> None:
        self._telling.cancel()
        await asyncio.gather(self._telling, return_exceptions=True)


async def test_each_change_is_one_line() -> None:
    ear = Ear()
    one, two = issue(1, "first\x1b[31m\nx", 5), issue(2, "second", 20)
    start = await ear.give(snapshot(one, two))
    same = await ear.give(snapshot(one, two))
    soon = await ear.wait(3 * 60)
    late = await ear.wait(8 * 60)
    assigned = await ear.give(snapshot(one, issue(2, "second", 20, assignee="Ann")))
    new = await ear.give(snapshot(one, issue(3, "third", -10, severity=Severity.P1)))
    await ear.close()

    assert start == [
        "12:00:00 Zendesk: answers",
        "12:00:00 PagerDuty: answers",
        "12:00:00 queue: 2 open, 2 open",
        "12:00:00 open: P2 #2 response running, due 12:10, 10 min left: second",
        "12:00:00 open: P2 #1 response running, due 12:25, 25 min left: first␛[31m x",
    ]
    assert same == []
    assert [line[9:] for line in soon] == [
        "deadline: P2 #2 response due soon, due 12:10, 7 min 30 s left: second"
    ]
    assert [line[9:40] for line in late] == ["deadline: P2 #2 response breach"]
    assert [line[9:] for line in assigned] == ["held: P2 #2 by Ann"]
    assert [line[9:29] for line in new] == ["new: P1 #3 response ", "gone: P2 #2: second"]


async def test_a_source_in_trouble_is_told_once_with_its_reason() -> None:
    ear = Ear()
    fine = snapshot(issue(1, "x"))
    await ear.give(fine)
    down = snapshot(issue(1, "x"), pagerduty=SourceStatus(Health.ERROR, NOON, "It is down.", 2))
    first = await ear.give(replace(down, issues=fine.issues))
    second = await ear.give(replace(down, issues=fine.issues))
    await ear.close()

    assert first == ["12:00:00 PagerDuty: does not answer: It is down."]
    assert second == []


def test_it_runs_without_a_screen_on_the_demo(tmp_path: Path) -> None:
    """Its first lines come down a pipe; then the reader goes, and that is no failure."""
    code = "import sys; sys.argv = ['rota', 'demo', '--plain']; from tui.entry import main; main()"
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    running = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environ,
    )
    assert running.stdout is not None
    lines = [running.stdout.readline().strip() for _ in range(4)]
    running.terminate()
    running.communicate()

    assert lines[0].startswith("DEMO")
    assert any("queue: " in line or "answers" in line for line in lines)
