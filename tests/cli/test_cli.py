"""The command line: exit statuses, what is said, and what is not imported."""

import gc
import json
import os
import socket
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from tui.arguments import DEFAULT_OPEN
from tui.cli import main
from tui.version import VERSION

ROOT = Path(__file__).parents[2]
SCREEN = {"textual", "rich"}
HEAVY = {"httpx", "holidays", "pendulum", "starlette", "msgspec"}


@pytest.fixture(autouse=True)
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person without any configuration."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in [name for name in os.environ if name.startswith(("ROTA_", "XDG_"))]:
        monkeypatch.delenv(name)


def answer(capsys: pytest.CaptureFixture[str], *argv: str) -> Mapping[str, str | None]:
    assert main(["deadline", *argv, "--json"]) == 0
    told: Mapping[str, str | None] = json.loads(capsys.readouterr().out)
    return told


def complaint(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    """What is said on stderr to something that cannot be worked with."""
    assert main(argv) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert all(line.startswith("rota: ") for line in err.splitlines())
    return err


def test_the_version_is_the_project_s(capsys: pytest.CaptureFixture[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert project["project"]["version"] == VERSION
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"rota {VERSION}\n"


def test_the_simulator_and_the_demo_open_as_much() -> None:
    from services.simulator.scenario import DEMO_ISSUES

    assert DEFAULT_OPEN == DEMO_ISSUES


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        pytest.param(
            ("p1", "--raised", "2026-01-06T11:00:00Z"),
            ("P1", "in_hours", "2026-01-06T11:20:00Z", None, None),
            id="P1-in-hours",
        ),
        pytest.param(
            ("P1", "--raised", "2026-01-10T12:00Z"),
            ("P1", "out_of_hours_waking", "2026-01-10T12:40:00Z", None, None),
            id="P1-on-a-saturday",
        ),
        pytest.param(
            ("P2", "--raised", "2026-01-06T11:00Z", "--responded", "2026-01-06T11:10Z"),
            ("P2", "in_hours", "2026-01-06T11:30:00Z", "2026-01-06T13:10:00Z", None),
            id="P2-answered",
        ),
        pytest.param(
            ("P3", "--raised", "2026-07-06T15:00"),
            ("P3", "in_hours", "2026-07-06T16:00:00Z", None, None),
            id="a-naive-time-is-support-time",
        ),
        pytest.param(
            ("P4", "--raised", "2026-01-10T12:00+00:00"),
            ("P4", "out_of_hours_waking", "2026-01-12T17:00:00Z", None, None),
            id="P4-on-a-saturday",
        ),
        pytest.param(
            ("Unclassified", "--raised", "2026-01-06T03:00Z"),
            (
                "unclassified",
                "out_of_hours_overnight",
                "2026-01-07T17:00:00Z",
                None,
                "2026-01-06T09:20:00Z",
            ),
            id="unclassified",
        ),
    ],
)
def test_a_deadline_is_the_policy_s(
    capsys: pytest.CaptureFixture[str], argv: tuple[str, ...], expected: tuple[str | None, ...]
) -> None:
    told = answer(capsys, *argv)

    assert set(told) == {
        *("severity", "raised_at", "period", "respond_by", "update_by", "triage_by")
    }
    names = ("severity", "period", "respond_by", "update_by", "triage_by")
    assert tuple(told[name] for name in names) == expected


def test_a_deadline_is_readable_in_local_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deadline", "unclassified", "--raised", "2026-07-06T10:00Z"]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "unclassified, raised Mon 2026-07-06 11:00:00 BST (in hours)",
        "triage by          Mon 2026-07-06 11:20:00 BST",
        "first response by  Wed 2026-07-08 11:00:00 BST",
    ]


@pytest.mark.parametrize("before", [True, False], ids=["before-the-command", "after-it"])
def test_the_configuration_can_be_named_anywhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], before: bool
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('[severity.P1]\nrespond = "5m"\n', encoding="utf-8")
    config = ["--config", str(path)]
    command = ["deadline", "P1", "--raised", "2026-01-06T11:00Z", "--json"]

    assert main([*config, *command] if before else [*command, *config]) == 0
    assert json.loads(capsys.readouterr().out)["respond_by"] == "2026-01-06T11:05:00Z"


RAISED = ("deadline", "P1", "--raised")


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        pytest.param(("nonsense",), "nonsense", id="command"),
        pytest.param(("--nonsense",), "--nonsense", id="option"),
        pytest.param(("deadline", "P1"), "--raised", id="raised-missing"),
        pytest.param(
            ("deadline", "P5", "--raised", "2026-01-06T11:00Z"),
            "write P1, P2, P3, P4 or unclassified",
            id="severity",
        ),
        pytest.param((*RAISED, "yesterday"), "'yesterday' is not a moment", id="no-moment"),
        pytest.param((*RAISED, "2026-01-06"), "is not a moment", id="date-alone"),
        pytest.param((*RAISED, "2026-13-06T11:00Z"), "is not a moment", id="no-such-month"),
        pytest.param((*RAISED, "0001-01-01T00:00+14:00"), "not between 1990", id="long-ago"),
        pytest.param((*RAISED, "9999-12-31T23:59Z"), "not between 1990", id="far-off"),
        pytest.param((*RAISED, "2026-03-29T01:30"), "never came", id="clocks-go-forward"),
        pytest.param((*RAISED, "2026-10-25T01:30"), "came twice", id="clocks-go-back"),
        pytest.param(
            (*RAISED, "2026-01-06T11:00Z", "--responded", "2026-01-06T10:59Z"),
            "--responded is before --raised",
            id="responded-before-raised",
        ),
        pytest.param(
            (*RAISED, "2026-01-06T11:00Z", "--updated", "2026-01-06T12:00Z"),
            "--updated needs --responded",
            id="updated-without-response",
        ),
        pytest.param(("demo", "--speed", "0"), "--speed", id="speed"),
        pytest.param(("demo", "--speed", "nan"), "--speed", id="speed-not-a-number"),
        pytest.param(("simulate", "--port", "65536"), "--port", id="port"),
        pytest.param(("simulate", "--open", "-1"), "--open", id="open"),
        pytest.param(("simulate", "--start", "noon"), "--start: 'noon'", id="start"),
        pytest.param(
            ("demo", "--scenario", "flood"),
            "Write boundary, night, quiet, scale, shift, storm, or the path",
            id="scenario-of-the-demo",
        ),
        pytest.param(
            ("simulate", "--scenario", "flood"),
            "--scenario: there is no scenario 'flood'.",
            id="scenario",
        ),
        pytest.param(
            ("simulate", "--scenario", "./none.toml"),
            "none.toml: cannot be read: no such file or directory.",
            id="scenario-missing",
        ),
        pytest.param(
            ("--config", "none.toml", *RAISED, "2026-01-06T11:00Z"),
            "none.toml: there is no such file (--config).",
            id="configuration-missing",
        ),
    ],
)
def test_what_cannot_be_worked_with_ends_with_2(
    capsys: pytest.CaptureFixture[str], argv: tuple[str, ...], words: str
) -> None:
    assert words in complaint(capsys, *argv)


def test_a_dashboard_that_cannot_begin_leaves_garbage_to_be_collected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "nowhere.toml" in complaint(capsys, "--config", str(tmp_path / "nowhere.toml"))
    assert gc.isenabled()


def test_every_problem_of_the_configuration_has_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.toml").write_text("[screen]\nascii = 1\nmouse = 2\n", encoding="utf-8")

    assert complaint(capsys, *RAISED, "2026-01-06T11:00Z").splitlines() == [
        "rota: config.toml: screen.ascii: expected true or false, got a whole number.",
        "rota: config.toml: screen.mouse: expected true or false, got a whole number.",
    ]


def test_a_port_that_is_taken_is_said_plainly(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = complaint(capsys, "simulate", "--port", port, "--open", "0")

    assert f"--port {port}: cannot listen there: address already in use." in said


def rota(*argv: str, **more: str) -> "subprocess.CompletedProcess[str]":
    environ = {**os.environ, "PYTHONPATH": str(ROOT), **more}
    return subprocess.run(
        [sys.executable, "-m", "tui", *argv],
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("argv", "without"),
    [
        pytest.param(("--help",), SCREEN | HEAVY, id="help"),
        pytest.param(("--version",), SCREEN | HEAVY, id="version"),
        pytest.param(("queue", "--help"), SCREEN | HEAVY, id="queue-help"),
        pytest.param(("simulate", "--help"), SCREEN | HEAVY, id="simulate-help"),
        pytest.param(
            (*RAISED, "2026-01-06T11:00Z"), SCREEN | {"httpx", "starlette"}, id="deadline"
        ),
    ],
)
def test_a_command_imports_no_more_than_it_needs(argv: tuple[str, ...], without: set[str]) -> None:
    script = "import sys; from tui.cli import main; code = main(sys.argv[1:]); "
    script += "print(*sys.modules, file=sys.stderr); sys.exit(code)"
    done = subprocess.run(
        [sys.executable, "-c", script, *argv],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0
    assert without.isdisjoint(done.stderr.split())


def test_a_reader_that_leaves_is_no_error() -> None:
    command = f"{sys.executable} -m tui --help | true"
    done = subprocess.run(
        ["sh", "-c", command],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert done.stderr == b""


def test_the_simulator_says_how_to_reach_it_and_ends_quietly(tmp_path: Path) -> None:
    kept = tmp_path / "ready.toml"
    argv = ["simulate", "--port", "0", "--open", "3", "--start", "2026-01-06T11:00"]
    with subprocess.Popen(
        [sys.executable, "-m", "tui", *argv, "--config-file", str(kept)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as simulator:
        assert simulator.stderr is not None
        assert simulator.stdout is not None
        said = simulator.stderr.readline()
        queue = rota("queue", "--json", "--config", str(kept), XDG_STATE_HOME=str(tmp_path))
        simulator.terminate()
        ready = simulator.stdout.read()
        rest = simulator.stderr.read()

    assert "simulating at http://127.0.0.1:" in said
    assert tomllib.loads(ready) == tomllib.loads(kept.read_text(encoding="utf-8"))
    assert kept.stat().st_mode & 0o077 == 0
    assert (simulator.returncode, rest) == (0, "")
    assert queue.returncode == 0, queue.stderr
    assert len(json.loads(queue.stdout)["issues"]) == 3


def test_a_queue_that_cannot_be_read_is_bad_news(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    path = tmp_path / "config.toml"
    path.write_text(f'[pagerduty]\nbase_url = "http://127.0.0.1:{port}"\n', encoding="utf-8")
    done = rota("queue", "--json", ROTA_PAGERDUTY_TOKEN="made-up", XDG_STATE_HOME=str(tmp_path))

    assert done.returncode == 1
    assert "rota: pagerduty: " in done.stderr
    assert "made-up" not in done.stdout + done.stderr
    assert json.loads(done.stdout)["sources"]["pagerduty"]["state"] == "error"
