"""Does `rota status` tell how the dashboard stands, in no time, and never make anything up?"""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.clock import ManualClock
from services.domain import Health, Snapshot, SourceStatus
from services.queue import arrange
from services.status import line
from services.status.file import BEAT, StatusFile
from services.status.line import BREACHED, CALM, NOT_RUNNING, SOON, STALE
from services.summary import summed
from tests.screen.stage import NOON, POLICY, Desk, issue, snapshot
from tui.signals import Calls
from widgets.countdown import clock_text

ROOT = Path(__file__).parents[2]
LATE = snapshot(issue(1, "Ann's secret", 40, requester="Ann"), issue(2, "second", 5))


def write(folder: Path, world: Snapshot = LATE, laptop: ManualClock | None = None) -> StatusFile:
    file = StatusFile(folder, POLICY, laptop or ManualClock(NOON))
    file.write(summed(arrange(world.issues, POLICY, NOON)), world, NOON)
    return file


def said(folder: Path, seconds: float = 0) -> tuple[str, int]:
    """The line and the exit status so many seconds after noon by the laptop."""
    now = NOON.timestamp() + seconds
    facts, status = line.look(str(folder), now)
    return line.text_line(facts, status, now), status


def test_the_worst_and_the_next_are_told_and_counted_on(tmp_path: Path) -> None:
    write(tmp_path)

    assert said(tmp_path) == ("▲ 1 late · P2 #1 response +10:00", BREACHED)
    assert said(tmp_path, 9) == ("▲ 1 late · P2 #1 response +10:09", BREACHED)


def test_a_countdown_goes_on_and_ends_in_a_breach(tmp_path: Path) -> None:
    write(tmp_path, snapshot(issue(2, "second", 29.5)))

    assert said(tmp_path) == ("◆ 1 soon · P2 #2 response 0:30", SOON)
    assert said(tmp_path, 12)[0].endswith("0:18")
    assert said(tmp_path, 31) == ("▲ 1 soon · P2 #2 response +0:01", BREACHED)


def test_a_laptop_whose_clock_is_wrong_counts_right(tmp_path: Path) -> None:
    laptop = ManualClock(NOON + timedelta(hours=3))
    write(tmp_path, laptop=laptop)

    assert said(tmp_path, 3 * 3600 + 5)[0].endswith("+10:05")


def test_a_clock_that_sleeps_is_told_by_when_it_is_due(tmp_path: Path) -> None:
    night = NOON + timedelta(hours=8)
    world = snapshot(issue(2, "second", -4.9 * 60))
    file = StatusFile(tmp_path, POLICY, ManualClock(night))
    file.write(summed(arrange(world.issues, POLICY, night)), world, night)

    assert said(tmp_path, 8 * 3600) == ("● 1 open · P2 #2 response due Thu 09:24", CALM)


def test_no_dashboard_a_dead_one_and_a_silent_one_are_told_apart(tmp_path: Path) -> None:
    none = said(tmp_path)
    write(tmp_path)
    silent = said(tmp_path, 61)
    text = (tmp_path / "status").read_text()
    (tmp_path / "status").write_text(text.replace(f"pid {os.getpid()}", "pid 999999999"))
    dead = said(tmp_path)

    assert none == dead == ("- rota: not running", NOT_RUNNING)
    assert silent == ("? rota: stale, not heard of for 1:01", STALE)


def test_a_source_in_trouble_is_told(tmp_path: Path) -> None:
    down = SourceStatus(Health.ERROR, NOON, "down", 3)
    write(tmp_path, snapshot(pagerduty=down))

    assert said(tmp_path) == ("● 0 open · PagerDuty not answering", CALM)


def test_the_file_is_small_private_and_says_nothing_of_anybody(tmp_path: Path) -> None:
    many = snapshot(*(issue(n, "x" * 5000, n, requester="Ann") for n in range(1, 500)))
    write(tmp_path / "rota", many)
    path = tmp_path / "rota" / "status"

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert path.stat().st_size < 1024
    assert "Ann" not in path.read_text()
    assert "xx" not in path.read_text()


def test_it_is_written_anew_when_something_changed_or_as_a_sign_of_life(tmp_path: Path) -> None:
    laptop = ManualClock(NOON)
    file = write(tmp_path, laptop=laptop)
    stand = summed(arrange(LATE.issues, POLICY, NOON))
    path = tmp_path / "status"
    path.unlink()
    file.write(stand, LATE, NOON)
    untouched = path.exists()
    file.write(replace(stand, soon=3), LATE, NOON)
    changed = path.exists()
    path.unlink()
    laptop._elapsed += BEAT
    file.write(replace(stand, soon=3), LATE, NOON)
    beat = path.exists()
    file.remove()

    assert (untouched, changed, beat, path.exists()) == (False, True, True, False)


def test_a_demo_is_told_only_while_nothing_real_runs(tmp_path: Path) -> None:
    demo = StatusFile(tmp_path, POLICY, ManualClock(NOON), demo=True)
    demo.write(summed(()), snapshot(), NOON)
    alone = said(tmp_path)[0]
    write(tmp_path)

    assert alone == "● DEMO · 0 open"
    assert said(tmp_path)[0].startswith("▲ 1 late")


@pytest.mark.parametrize(
    "text", ["", "x", "pid\n", "pid 1\nwritten x", "\x00\xff" * 99, "pid " + "9" * 9999, "pid ²"]
)
def test_a_file_of_nonsense_is_no_dashboard(tmp_path: Path, text: str) -> None:
    (tmp_path / "status").write_text(text)

    assert said(tmp_path)[1] == NOT_RUNNING


def test_the_line_for_tmux_is_coloured_short_and_no_format(tmp_path: Path) -> None:
    write(tmp_path)
    facts, status = line.look(str(tmp_path), NOON.timestamp())
    whole = line.tmux_line(facts, status, NOON.timestamp(), 40)
    short = line.tmux_line(facts, status, NOON.timestamp(), 12)

    assert whole == "#[fg=red,bold]▲ 1 late · P2 ##1 response +10:00#[default]"
    assert short == "#[fg=red,bold]▲ 1 late · …#[default]"


@given(st.integers(0, 10**8))
def test_lengths_of_time_are_written_as_in_the_queue(seconds: int) -> None:
    assert line.clock_text(seconds) == clock_text(timedelta(seconds=seconds))


async def test_the_dashboard_writes_it_and_takes_it_away(tmp_path: Path) -> None:
    desk = Desk()
    file = StatusFile(tmp_path, POLICY, desk.clock)
    desk.app._calls = Calls(status=file)
    async with desk.app.run_test(size=(80, 24)) as pilot:
        before = (tmp_path / "status").exists()
        await desk.give(pilot, LATE)
        while_running = said(tmp_path)

    assert not before
    assert while_running == ("▲ 1 late · P2 #1 response +10:00", BREACHED)
    assert said(tmp_path)[1] == NOT_RUNNING


def rota(*argv: str, home: Path) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "XDG_STATE_HOME": str(home)}
    return subprocess.run(
        [sys.executable, "-m", "tui", "status", *argv],
        cwd=ROOT, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_command_says_so_on_stdout_and_by_its_exit_status(tmp_path: Path) -> None:
    none = rota("--json", home=tmp_path)
    usage = rota("--width", "0", home=tmp_path)

    assert (none.returncode, json.loads(none.stdout)) == (NOT_RUNNING, {"state": "not_running"})
    assert usage.returncode == 2
    assert "whole number" in usage.stderr
    assert "11 something is breached" in " ".join(rota("--help", home=tmp_path).stdout.split())


def test_json_says_what_the_line_says(tmp_path: Path) -> None:
    write(tmp_path)
    facts, status = line.look(str(tmp_path), NOON.timestamp())
    told = json.loads(line._json(facts, status))

    assert (told["state"], told["open"], told["breached"]) == ("breached", 2, 1)
    assert told["next"] == {
        "issue": "zd-1", "severity": "P2", "kind": "response",
        "due_at": "2026-01-14T11:50:00Z", "state": "breached",
    }  # fmt: skip


def test_it_imports_neither_the_screen_nor_the_network_nor_argparse(tmp_path: Path) -> None:
    code = (
        "import sys; sys.argv = ['rota', 'status']; from tui.entry import main; main(); "
        "print([m for m in ('textual', 'rich', 'httpx', 'argparse', 'json', 'sqlite3', 'msgspec',"
        " 'asyncio') if m in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True,
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path)},
    )  # fmt: skip

    assert found.stdout.splitlines()[-1] == "[]"
