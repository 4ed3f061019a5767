"""`--scenario` of the demo and the simulator, and the note about faults."""

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from services.config.tables import Config
from services.opening import Opened
from tui import launch
from tui.cli import main
from tui.later import Later
from tui.options import ScreenOptions

ROOT = Path(__file__).parents[2]

OWN = """
name = "mine"
summary = "Ours."
start = 2026-07-06T10:00:00Z
open = 1
events = [{ at = "0s", do = "ticket", subject = "Disk full" }]
"""


@pytest.fixture(autouse=True)
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person without any configuration."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in [name for name in os.environ if name.startswith(("ROTA_", "XDG_"))]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("argv", "label", "begins"),
    [
        pytest.param((), "DEMO", "2026-12-24T14:20", id="the-usual-shift"),
        pytest.param(("--scenario", "night"), "DEMO night", "2026-11-18T02:40", id="by-name"),
        pytest.param(("--scenario", "own.toml"), "DEMO mine", "2026-07-06T10:00", id="by-path"),
        pytest.param(
            ("--scenario", "storm", "--speed", "3"), "DEMO storm ×3", "2026-11-18T11:00", id="fast"
        ),
    ],
)
def test_the_demo_plays_the_scenario(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    argv: tuple[str, ...],
    label: str,
    begins: str,
) -> None:
    (tmp_path / "own.toml").write_text(OWN, encoding="utf-8")
    said: list[str] = []
    options = launch._options

    def ran(opened: Opened, later: Later, options: object, calls: object) -> int:
        said.append(opened.clock.now().isoformat()[:16])
        asyncio.run(later.aclose())
        return 0

    def labelled(config: Config, demo: str = "") -> ScreenOptions:
        said.append(demo)
        return options(config, demo)

    monkeypatch.setattr(launch, "_run", ran)
    monkeypatch.setattr(launch, "_options", labelled)

    assert main(["demo", *argv]) == 0
    assert said == [label, begins]


def test_the_simulator_plays_a_file_and_says_where_faults_go(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN, encoding="utf-8")
    argv = ["simulate", "--port", "0", "--scenario", "own.toml"]
    with subprocess.Popen(
        [sys.executable, "-m", "tui", *argv],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as simulator:
        assert simulator.stderr is not None
        note = simulator.stderr.readline()
        place = re.search(r"faults at (http://127\.0\.0\.1:\d+)(/admin/[\w-]+/faults);", note)
        assert place is not None
        base, faults = place.groups()
        with httpx.Client(base_url=base, trust_env=False) as client:
            added = client.post(faults, json={"effect": "broken", "times": 1})
            hit = client.get("/zendesk/api/v2/groups")
            spared = client.get("/zendesk/api/v2/groups")
            wrong = client.get("/admin/guess/faults")
        simulator.terminate()
        rest = simulator.stderr.read()

    assert (added.status_code, hit.status_code, wrong.status_code) == (201, 500, 404)
    assert spared.status_code == 401
    assert spared.headers["date"].startswith("Mon, 06 Jul 2026 10:00")
    assert (simulator.returncode, rest) == (0, "")
