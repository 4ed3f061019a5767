"""From nothing to "their" vendors, as a script would do it: simulate, init, queue, over HTTP."""

import io
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tui.cli import main

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Vendors:
    """A simulator in another process."""

    zendesk: str
    pagerduty: str
    tokens: dict[str, str]


@pytest.fixture(scope="module")
def vendors() -> Iterator[Vendors]:
    """Both vendors on any free port of this computer."""
    command = [sys.executable, "-m", "tui", "simulate", "--port", "0", "--open", "12"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        text = ""
        while text.count("token_command") < 2:
            text += serving.stdout.readline()
        ready = tomllib.loads(text)
        yield Vendors(
            ready["zendesk"]["base_url"],
            ready["pagerduty"]["base_url"],
            {
                "ROTA_ZENDESK_TOKEN": ready["zendesk"]["token_command"][-1],
                "ROTA_PAGERDUTY_TOKEN": ready["pagerduty"]["token_command"][-1],
            },
        )
        serving.terminate()


@pytest.fixture(autouse=True)
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person without any configuration, and with nobody at the keyboard."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("ROTA_", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("sys.stdin", io.StringIO())


def where(vendors: Vendors) -> list[str]:
    return ["--zendesk", vendors.zendesk, "--pagerduty-url", vendors.pagerduty]


def test_from_the_simulator_to_a_queue(
    vendors: Vendors,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, token in vendors.tokens.items():
        monkeypatch.setenv(name, token)
    assert main(["init", *where(vendors), "--keep", "file", "--yes"]) == 0
    told = capsys.readouterr().out
    for name in vendors.tokens:
        monkeypatch.delenv(name)

    assert main(["queue", "--json"]) == 0
    queue = json.loads(capsys.readouterr().out)
    assert told.startswith(f"Wrote {tmp_path}/.config/rota/config.toml.")
    assert {source["state"] for source in queue["sources"].values()} == {"ok"}
    assert queue["issues"]


def test_a_token_for_nobody_writes_nothing(
    vendors: Vendors,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ROTA_ZENDESK_TOKEN", "guess-of-mine")

    assert main(["init", *where(vendors), "--yes"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("rota: Zendesk does not")
    assert "guess-of-mine" not in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("argv", "complaint"),
    [
        pytest.param([], "Which Zendesk?", id="nothing-said-and-no-screen"),
        pytest.param(["--zendesk", "http://acme.zendesk.com"], "http://", id="not-encrypted"),
        pytest.param(["--zendesk", "acme", "--keep", "wall"], "keep", id="no-such-place"),
        pytest.param(["--no-zendesk"], "ROTA_PAGERDUTY_TOKEN", id="no-token"),
        pytest.param(["--no-zendesk", "--no-pagerduty"], "--yes", id="nobody-says-yes"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_line(
    argv: list[str],
    complaint: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ROTA_ZENDESK_TOKEN", "some-token")

    assert main(["init", *argv]) == 2
    assert complaint in capsys.readouterr().err


def test_a_group_that_is_not_there_is_told_with_the_nearest(
    vendors: Vendors, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, token in vendors.tokens.items():
        monkeypatch.setenv(name, token)

    assert main(["init", *where(vendors), "--group", "Biling", "--yes"]) == 2
    assert "did you mean Billing?" in capsys.readouterr().err


def test_a_file_before_is_kept_and_its_typos_are_named(
    vendors: Vendors,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('# ours\n[pol]\nzendesk = "1m"\n[screen]\nascii = true\n')
    for name, token in vendors.tokens.items():
        monkeypatch.setenv(name, token)

    assert main(["init", "--config", str(path), *where(vendors), "--yes"]) == 0
    out, err = capsys.readouterr()
    assert "pol: there is no such table; did you mean poll?" in err
    assert "mine.toml.before-1" in out
    assert (tmp_path / "mine.toml.before-1").read_text().startswith("# ours")
    assert tomllib.loads(path.read_text())["screen"] == {"ascii": True}


def test_a_broken_file_says_the_way_out_where_there_is_nobody_to_ask(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.toml").write_text("[zendesk]\nsubdomian = 'acme'\n")

    assert main([]) == 2
    err = capsys.readouterr().err
    assert "did you mean subdomain?" in err
    assert "rota init" in err


def test_a_broken_file_offers_the_setup_and_takes_no_for_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.toml").write_text("[zendesk]\nsubdomian = 'acme'\n")
    asked: list[str] = []

    def answer(prompt: str) -> str:
        asked.append(prompt)
        return "n"

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("sys.stdout", Terminal())
    monkeypatch.setattr("builtins.input", answer)

    assert main([]) == 2
    assert "rota init" in asked[0]
    assert "did you mean subdomain?" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["config.toml"]


class Terminal(io.StringIO):
    """A stream with somebody at it."""

    def isatty(self) -> bool:
        return True
