"""Do the programs of the configuration get what they need, and nothing that could be used?"""

import fcntl
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from services.commands import printed_by, tell, told
from services.errors import ConfigError

HOSTILE = "$(touch /tmp/x); `id` -rf --\x1b]0;owned\x07\u202e\x00\ud800\n; rm"


def python(script: str, *arguments: str) -> Sequence[str]:
    return (sys.executable, "-c", script, *arguments)


async def test_what_is_told_is_in_the_environment_made_plain_and_nothing_in_the_arguments(
    tmp_path: Path,
) -> None:
    script = "import json, os, sys; json.dump([sys.argv, dict(os.environ)], open(sys.argv[1], 'w'))"
    environ = {"ROTA_ZENDESK_TOKEN": "s3cr3t", "ROTA_PAGERDUTY_TOKEN": "s3cr3t", "HOME": "/h"}
    heard = tmp_path / "heard"

    await tell(python(script, str(heard)), "k", environ, {"ROTA_SUBJECT": HOSTILE}, 30)

    argv, got = json.loads(heard.read_text())
    assert argv[1:] == [str(heard)]
    assert got["ROTA_SUBJECT"] == "$(touch /tmp/x); `id` -rf --␛]0;owned␇‹202E›␀‹+1› ; rm"
    assert got["HOME"] == "/h"
    assert "s3cr3t" not in heard.read_text()


async def test_a_program_has_no_terminal_and_what_it_prints_is_thrown_away(
    capfd: pytest.CaptureFixture[str],
) -> None:
    script = "import os; print('\\x1b[2Jx', flush=True); os.open('/dev/tty', os.O_RDWR)"

    with pytest.raises(ConfigError, match=r"signals\.command: .* ended with exit status 1"):
        await tell(python(script), "signals.command", os.environ, {}, 30)

    assert capfd.readouterr() == ("", "")


async def test_a_program_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    """Both hold a lock on a file as long as they live."""
    script = (
        "import fcntl, subprocess, sys, time; f = open(sys.argv[1], 'w'); "
        "fcntl.flock(f, fcntl.LOCK_EX); "
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(120)'],"
        " pass_fds=[f.fileno()]); time.sleep(120)"
    )
    held = tmp_path / "held"

    with pytest.raises(ConfigError, match="did not end within"):
        await tell(python(script, str(held)), "k", {}, {}, 2)

    asked = time.monotonic()
    if held.exists():
        with held.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
    assert time.monotonic() - asked < 60


@pytest.mark.parametrize("argv", [("/no/such/program",), ("/",), ("a\x1b[2Jb",)])
async def test_a_program_that_cannot_be_started_is_told_plainly(argv: Sequence[str]) -> None:
    with pytest.raises(ConfigError, match=r"k: .* cannot be started") as refused:
        await tell(argv, "k", {}, {}, 30)
    with pytest.raises(ConfigError, match=r"k: .* cannot be started"):
        printed_by(argv, "k", {}, 30)

    assert "\x1b" not in str(refused.value)


def test_a_program_that_prints_without_end_is_stopped() -> None:
    script = "import sys\nwhile True: sys.stdout.write('y' * 65536)"

    with pytest.raises(ConfigError, match="prints far more than a token"):
        printed_by(python(script), "k", {}, 60)


def test_no_shell_reads_the_words_of_a_command(tmp_path: Path) -> None:
    made = tmp_path / "made"
    script = "import sys; print(sys.argv[1])"

    assert printed_by(python(script, f"$(touch {made}); x"), "k", {}, 60) == (
        f"$(touch {made}); x\n"
    )
    assert not made.exists()


def test_what_a_program_is_told_has_a_name_of_ours() -> None:
    """So that no variable that other programs heed can be set from outside."""
    for name in ("PATH", "LD_PRELOAD", "BASH_ENV", "ROTA_", "ROTA_x", "ROTA_A=B", ""):
        with pytest.raises(ValueError, match="not a name"):
            told({}, {name: "x"})


def test_what_a_program_is_told_is_cut() -> None:
    assert len(told({}, {"ROTA_SUBJECT": "x" * 10**6})["ROTA_SUBJECT"]) == 1000
