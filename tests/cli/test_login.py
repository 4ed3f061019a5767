"""Logging in and out, against a simulator in another process."""

import io
import os
import threading
import urllib.request
from pathlib import Path
from urllib.error import HTTPError

import pytest

from services.config.wallet import NO_KEYRING, Wallet
from services.domain import Source
from tests.cli.test_init import Vendors, vendors
from tui.cli import main
from tui.commands import login as command
from tui.commands.login import Way, login

__all__ = ["vendors"]


@pytest.fixture(autouse=True)
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person on a laptop without a keyring."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("ROTA_", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("services.config.wallet.DESKTOP", NO_KEYRING)


@pytest.fixture
def config(vendors: Vendors, tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(
        f'[zendesk]\nbase_url = "{vendors.zendesk}"\noauth_client = "rota"\n'
        f'[pagerduty]\nbase_url = "{vendors.pagerduty}"\n'
    )
    return path


def type_in(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def wallet(tmp_path: Path) -> Wallet:
    return Wallet(tmp_path / "state" / "rota", NO_KEYRING)


def agree(url: str) -> None:
    """Goes where the browser would go, and follows it back."""
    threading.Thread(target=lambda: urllib.request.urlopen(url).close()).start()


def test_consent_in_the_browser_leaves_a_pair_and_a_queue(
    config: Path,
    tmp_path: Path,
    vendors: Vendors,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert login(None, os.environ, "zendesk", Way(port=0), browse=agree) == 0
    out = capsys.readouterr().out
    kept = wallet(tmp_path).load(Source.ZENDESK)
    monkeypatch.setenv("ROTA_PAGERDUTY_TOKEN", vendors.tokens["ROTA_PAGERDUTY_TOKEN"])

    assert kept is not None
    assert kept.pair is not None
    assert "Signed in to Zendesk as Imogen" in out
    assert kept.pair.access.reveal() not in out
    assert main(["queue"]) == 0


def test_a_refusal_in_the_browser_keeps_nothing(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(url: str) -> None:
        def come_back() -> None:
            back = url.partition("redirect_uri=")[2].partition("&")[0]
            with pytest.raises(HTTPError):
                urllib.request.urlopen(urllib.parse.unquote(back) + "?error=access_denied&state=x")

        threading.Thread(target=come_back).start()

    from services.errors import Unauthorised

    with pytest.raises(Unauthorised, match="not ours"):
        login(None, os.environ, "zendesk", Way(port=0), browse=refuse)
    assert wallet(tmp_path).load(Source.ZENDESK) is None


def test_a_token_from_a_pipe_is_kept_once_it_is_known_whose_it_is(
    config: Path,
    vendors: Vendors,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    type_in(monkeypatch, vendors.tokens["ROTA_PAGERDUTY_TOKEN"] + "\n")
    assert main(["login", "pagerduty"]) == 0
    type_in(monkeypatch, vendors.tokens["ROTA_ZENDESK_TOKEN"] + "\n")
    assert main(["login", "zendesk", "--token"]) == 0

    out = capsys.readouterr().out
    assert out.count("Imogen") == 2
    assert main(["queue"]) == 0
    files = sorted((tmp_path / "state" / "rota").glob("*.credentials"))
    assert [file.stat().st_mode & 0o777 for file in files] == [0o600, 0o600]


def test_a_token_of_nobody_is_not_kept(
    config: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    type_in(monkeypatch, "guess-of-mine\n")

    assert main(["login", "pagerduty"]) == 1
    assert "guess-of-mine" not in capsys.readouterr().err
    assert wallet(tmp_path).load(Source.PAGERDUTY) is None


@pytest.mark.parametrize("typed", ["", "\n", "two words\n"])
def test_what_can_be_no_token_is_refused(
    typed: str, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_in(monkeypatch, typed)

    assert main(["login", "pagerduty"]) == 2


def test_without_an_account_there_is_nobody_to_log_in_to(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["login", "zendesk"]) == 2
    assert "rota init" in capsys.readouterr().err


def test_logging_out_forgets(
    config: Path,
    vendors: Vendors,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    type_in(monkeypatch, vendors.tokens["ROTA_PAGERDUTY_TOKEN"])
    main(["login", "pagerduty"])

    assert main(["logout", "pagerduty"]) == 0
    assert main(["logout", "pagerduty"]) == 0
    assert capsys.readouterr().out.endswith("Nothing was kept for pagerduty.\n")
    assert wallet(tmp_path).load(Source.PAGERDUTY) is None


def test_the_port_of_the_redirect_address_is_the_one_that_is_documented() -> None:
    from tui.parsing import parser

    assert parser().parse_args(["login", "zendesk"]).port == command.DEFAULT_CLIENT_PORT
    assert f"127.0.0.1:{command.DEFAULT_CLIENT_PORT}/rota" in Path(
        Path(__file__).parents[2] / "config.toml"
    ).read_text(encoding="utf-8")
