"""`rota check` as a person and as a script meet it."""

import json
import os
from pathlib import Path

import pytest

from tests.cli.test_init import Vendors, vendors
from tui.cli import main

__all__ = ["vendors"]


@pytest.fixture(autouse=True)
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person without any configuration, at a usual terminal."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("ROTA_", "XDG_", "LC_"))]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("TMUX", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("LANG", "C.UTF-8")


def test_all_is_well_and_says_so_in_a_line_each(
    vendors: Vendors,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, token in vendors.tokens.items():
        monkeypatch.setenv(name, token)
    (tmp_path / "config.toml").write_text(
        f'[zendesk]\nbase_url = "{vendors.zendesk}"\n'
        f'[pagerduty]\nbase_url = "{vendors.pagerduty}"\n'
    )

    assert main(["check"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {line.split()[0] for line in lines} == {"ok"}
    assert any("signed in as Imogen" in line for line in lines)
    assert not any(token in line for line in lines for token in vendors.tokens.values())


def test_without_anything_it_says_where_to_begin(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)

    assert told["usable"] is False
    failed = [f for f in told["findings"] if f["verdict"] == "failed"]
    assert {f["about"] for f in failed} == {"zendesk", "pagerduty"}
    assert all("rota init" in f["advice"] for f in failed)


def test_every_typo_of_the_file_is_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.toml").write_text('[pol]\n[severity.P2]\nrespond = "soon"\n')

    assert main(["check"]) == 1
    out = capsys.readouterr().out
    assert "did you mean poll?" in out
    assert "severity.P2.respond" in out


def test_a_key_that_the_dashboard_would_refuse_is_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.toml").write_text('[keys]\nacknowlege = "A"\n')

    assert main(["check"]) == 1
    assert "failed   keys: keys.acknowlege: there is no such action. Did you mean acknowledge?" in (
        capsys.readouterr().out.splitlines()
    )
