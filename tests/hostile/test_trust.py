"""Is a configuration that others may have written kept from acting, and a crash from telling?"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.config.files import read
from services.config.secrets import zendesk_login
from services.errors import ConfigError
from tests.screen.stage import Desk

ACTS = [
    '[zendesk]\ntoken_command = ["x"]\n',
    '[pagerduty]\ntoken_command = ["x"]\n',
    '[signals]\ncommand = ["x"]\n',
    '[zendesk]\nbase_url = "https://evil.example"\n',
    '[zendesk]\nsubdomain = "evil"\n',
    '[pagerduty]\nbase_url = "https://evil.example"\n',
]


def planted(folder: Path, text: str, mode: int = 0o644) -> Path:
    path = folder / "config.toml"
    path.write_text(text)
    path.chmod(mode)
    return path


@pytest.mark.parametrize("text", ACTS)
def test_a_file_of_somebody_else_does_not_act(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = planted(tmp_path, text)
    read(path)
    me = os.geteuid()
    os.chown(path, 4711, -1) if me == 0 else monkeypatch.setattr(os, "geteuid", lambda: me + 1)

    with pytest.raises(ConfigError, match=r"config\.toml: names programs .* somebody else's"):
        read(path)


@pytest.mark.parametrize("text", ACTS)
def test_a_file_that_everyone_may_write_does_not_act(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match="everyone may change it"):
        read(planted(tmp_path, text, 0o646))


def test_a_file_that_only_says_how_it_looks_may_be_anybodys(tmp_path: Path) -> None:
    assert read(planted(tmp_path, "[screen]\nascii = true\n", 0o666)).screen.ascii


def test_a_token_behind_a_link_is_refused(tmp_path: Path) -> None:
    real = planted(tmp_path, '[zendesk]\nsubdomain = "a"\ntoken = "s3cr3t"\n', 0o600)
    link = tmp_path / "link.toml"
    link.symlink_to(real)

    with pytest.raises(ConfigError, match="is a link to another file") as refused:
        zendesk_login(read(link), {}, lambda source: None)
    assert "s3cr3t" not in str(refused.value)


def test_no_image_of_our_memory_is_left() -> None:
    code = (
        "import resource as r; from tui.crash import leave_no_core; leave_no_core();"
        " print(r.getrlimit(r.RLIMIT_CORE)[0])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "0"


async def test_a_crash_tells_where_and_not_what(capsys: pytest.CaptureFixture[str]) -> None:
    desk = Desk()

    def fail() -> None:
        headers = {"Authorization": "".join(["s3", "cr3t"])}
        raise KeyError(len(headers))

    async def run() -> None:
        async with desk.app.run_test() as pilot:
            desk.app.call_later(fail)
            await pilot.pause()

    with pytest.raises(KeyError):
        await run()

    told = "".join(capsys.readouterr())
    rendered = "".join(str(one) for one in desk.app._exit_renderables)
    assert "test_trust.py" in told + rendered
    assert "s3cr3t" not in told + rendered
