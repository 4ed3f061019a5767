"""Where tokens come from, and that they never show."""

import sys
from pathlib import Path

import msgspec
import pytest

from services.config import Config
from services.config.files import read
from services.config.secrets import (
    PagerDutyLogin,
    Secret,
    ZendeskLogin,
    pagerduty_login,
    zendesk_login,
)
from services.config.vendors import configured
from services.config.wallet import Kept
from services.domain import Source
from services.errors import ConfigError


def empty(source: Source) -> Kept | None:
    """A keyring with nothing in it."""
    return None


def full(source: Source) -> Kept | None:
    """A keyring with a token for everybody."""
    return Kept(Secret(f"rota-{source}"))


def command(script: str) -> Config:
    """A configuration that gets both tokens from a Python script."""
    argv = (sys.executable, "-c", script)
    zendesk = msgspec.structs.replace(Config().zendesk, token_command=argv)
    pagerduty = msgspec.structs.replace(Config().pagerduty, token_command=argv)
    return Config(zendesk=zendesk, pagerduty=pagerduty)


def in_a_file(folder: Path, text: str, mode: int = 0o600) -> Config:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return read(path)


def test_a_secret_does_not_show() -> None:
    login = ZendeskLogin(Secret("hunter2"), "me@example.com")

    assert "hunter2" not in f"{login!r} {login.token} {login.token!r}"
    assert login.token.reveal() == "hunter2"


def test_the_environment_comes_first(tmp_path: Path) -> None:
    environ = {"ROTA_ZENDESK_TOKEN": " z \n", "ROTA_PAGERDUTY_TOKEN": "p"}
    config = command("print('other')")

    assert zendesk_login(config, environ, full) == ZendeskLogin(Secret("z"))
    assert pagerduty_login(config, environ, full) == PagerDutyLogin(Secret("p"))


def test_an_api_token_goes_with_an_address() -> None:
    environ = {"ROTA_ZENDESK_API_TOKEN": "z", "ROTA_ZENDESK_EMAIL": "me@example.com"}
    login = zendesk_login(Config(), environ, empty)

    assert login == ZendeskLogin(Secret("z"), "me@example.com")
    assert not login.bearer
    with pytest.raises(ConfigError, match="not whose token"):
        zendesk_login(Config(), {"ROTA_ZENDESK_API_TOKEN": "z"}, empty)


def test_an_account_key_writes_for_somebody() -> None:
    environ = {"ROTA_PAGERDUTY_TOKEN": "p", "ROTA_PAGERDUTY_EMAIL": "me@example.com"}

    assert pagerduty_login(Config(), environ, empty) == PagerDutyLogin(
        Secret("p"), email="me@example.com"
    )


def test_a_command_comes_before_the_keyring() -> None:
    config = command("print(' from-a-command ')")

    assert zendesk_login(config, {}, full) == ZendeskLogin(Secret("from-a-command"))
    assert pagerduty_login(config, {}, full) == PagerDutyLogin(Secret("from-a-command"))


def test_the_keyring_comes_before_the_file(tmp_path: Path) -> None:
    config = in_a_file(tmp_path, '[pagerduty]\ntoken = "p"\n', mode=0o644)

    assert pagerduty_login(config, {}, full) == PagerDutyLogin(Secret("rota-pagerduty"))


def test_nothing_anywhere_is_no_login() -> None:
    assert zendesk_login(Config(), {}, empty) is None
    assert pagerduty_login(Config(), {}, empty) is None


@pytest.mark.parametrize(
    ("script", "message"),
    [
        pytest.param("print('hunter2'); exit(3)", "ended with exit status 3", id="fails"),
        pytest.param("", "the token is empty", id="prints-nothing"),
        pytest.param("print('hunter2\\nhunter2')", "this is no token", id="two-lines"),
        pytest.param(
            "import sys; sys.stdout.buffer.write(b'hunter2\\xff')", "did not print text", id="bytes"
        ),
        pytest.param(
            "import sys; print('hunter2', file=sys.stderr); exit(1)",
            "exit status 1",
            id="complains",
        ),
    ],
)
def test_a_command_that_fails_says_so_without_its_output(
    script: str, message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ConfigError) as refused:
        zendesk_login(command(script), {}, full)

    assert message in str(refused.value)
    assert "hunter2" not in str(refused.value)
    assert "hunter2" not in "".join(capfd.readouterr())


def test_a_command_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.config.secrets.COMMAND_TIMEOUT", 0.05)

    with pytest.raises(ConfigError, match=r"did not end within 0\.05 seconds"):
        zendesk_login(command("import time; time.sleep(60)"), {}, empty)


def test_a_command_that_is_not_there_says_so() -> None:
    zendesk = msgspec.structs.replace(Config().zendesk, token_command=("/no/such/program", "x"))

    with pytest.raises(ConfigError, match="/no/such/program cannot be started: no such file"):
        zendesk_login(Config(zendesk=zendesk), {}, empty)


def test_a_token_in_a_file_of_my_own_is_used(tmp_path: Path) -> None:
    text = '[zendesk]\ntoken = "z"\n[pagerduty]\ntoken = "p"\nbearer = true\n'
    config = in_a_file(tmp_path, text)

    assert zendesk_login(config, {}, empty) == ZendeskLogin(Secret("z"))
    assert pagerduty_login(config, {}, empty) == PagerDutyLogin(Secret("p"), bearer=True)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o610])
def test_a_token_in_a_file_that_others_can_touch_is_refused(tmp_path: Path, mode: int) -> None:
    text = '[zendesk]\nemail = "a@b"\napi_token = "hunter2"\n[pagerduty]\ntoken = "hunter2"\n'
    config = in_a_file(tmp_path, text, mode)

    with pytest.raises(ConfigError, match="holds a token for zendesk, but others") as refused:
        zendesk_login(config, {}, empty)
    assert "hunter2" not in str(refused.value)
    with pytest.raises(ConfigError, match="holds a token for pagerduty, but others"):
        pagerduty_login(config, {}, empty)


def test_a_file_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = in_a_file(tmp_path, '[pagerduty]\ntoken = "p"\n')
    monkeypatch.setattr("os.getuid", lambda: -1)

    with pytest.raises(ConfigError, match="somebody else's file"):
        pagerduty_login(config, {}, empty)


@pytest.mark.parametrize(
    ("text", "environ", "expected"),
    [
        pytest.param("", {}, False, id="nothing"),
        pytest.param('[zendesk]\nsubdomain = "a"', {}, True, id="zendesk"),
        pytest.param('[zendesk]\nenabled = false\nsubdomain = "a"', {}, False, id="zendesk-off"),
        pytest.param("", {"ROTA_PAGERDUTY_TOKEN": "p"}, True, id="pagerduty-environment"),
        pytest.param('[pagerduty]\ntoken_command = ["x"]', {}, True, id="pagerduty-command"),
        pytest.param(
            "[pagerduty]\nenabled = false", {"ROTA_PAGERDUTY_TOKEN": "p"}, False, id="pagerduty-off"
        ),
    ],
)
def test_whether_there_is_anybody_to_ask(
    tmp_path: Path, text: str, environ: dict[str, str], expected: bool
) -> None:
    assert configured(in_a_file(tmp_path, text), environ) is expected
