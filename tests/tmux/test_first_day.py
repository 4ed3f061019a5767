"""Does a newcomer get along in tmux, whatever its prefix?

An outer tmux stands for the terminal: what is typed into it goes through the inner one, prefix and
all. Nothing is waited for but what is to be seen.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux here")

PATIENCE = 60.0
"""Seconds until something must be seen; a loaded machine is slow, a quiet one waits for none."""


class Terminal:
    """A terminal with a tmux in it, and rota in that."""

    def __init__(self, folder: Path, prefix: str) -> None:
        self.prefix = prefix
        self._folder = folder
        config = folder / "tmux.conf"
        config.write_text(
            f"set -g prefix {prefix}\nset -g focus-events on\nset -g monitor-bell on\n"
            "set -g set-clipboard on\nset -g allow-passthrough on\nset -g status-interval 1\n"
            "set -g default-command 'sh'\nset -g escape-time 10\n"
        )
        rota = f"{sys.executable} -m tui --config {folder / 'rota.toml'} demo --speed 20"
        (folder / "rota.toml").write_text("[screen]\nmouse = false\n")
        self._outer = ["tmux", "-S", str(folder / "outer"), "-f", "/dev/null"]
        self._inner = ["tmux", "-S", str(folder / "inner"), "-f", str(config)]
        # Sizes in the environment would win over that of the terminal.
        kept = {k: v for k, v in os.environ.items() if not k.startswith("TMUX")}
        environ = {k: v for k, v in kept.items() if k not in ("COLUMNS", "LINES")}
        self._environ = {**environ, "XDG_STATE_HOME": str(folder), "TERM": "xterm-256color"}
        # tests/screen asks of the tour; here it would only take room.
        (folder / "rota").mkdir(mode=0o700)
        (folder / "rota" / "toured").touch()
        start = " ".join([*self._inner, "new-session", "-s", "shift", f'"{rota}"'])
        self._run(self._outer, "new-session", "-d", "-x", "120", "-y", "40", start)

    def _run(self, tmux: list[str], *argv: str) -> str:
        done = subprocess.run(
            [*tmux, *argv], cwd=ROOT, env=self._environ, capture_output=True, text=True, check=False
        )
        return done.stdout

    def inner(self, *argv: str) -> str:
        """Ask the tmux that rota runs in."""
        return self._run(self._inner, *argv)

    def type(self, *keys: str) -> None:
        """Press keys, as the person does."""
        self._run(self._outer, "send-keys", *keys)

    def size(self, width: int, height: int) -> None:
        """Make the terminal another size."""
        self._run(self._outer, "resize-window", "-x", str(width), "-y", str(height))

    def listen(self) -> None:
        """Keep what reaches the terminal outside from now on."""
        self._run(self._outer, "pipe-pane", "-o", f"cat >> {self._folder / 'heard'}")

    def heard(self) -> bytes:
        """What has reached it."""
        file = self._folder / "heard"
        return file.read_bytes() if file.exists() else b""

    def screen(self) -> str:
        """All that is to be seen of rota."""
        return self.inner("capture-pane", "-p", "-t", "shift:0")

    def see(self, pattern: str) -> str:
        """Wait until something is to be seen; the whole screen."""
        until = time.monotonic() + PATIENCE
        while not re.search(pattern, shown := self.screen()):
            assert time.monotonic() < until, f"{pattern} is nowhere to be seen:\n{shown}"
            time.sleep(0.05)
        return shown

    def close(self) -> None:
        """Take both away."""
        self.inner("kill-server")
        self._run(self._outer, "kill-server")


@pytest.fixture(params=["C-a", "C-b"])
def terminal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path, request.param)
    try:
        yield made
    finally:
        made.close()


def test_a_newcomer_finds_filters_mutes_asks_why_copies_resizes_and_hears(
    terminal: Terminal,
) -> None:
    terminal.see(r"\d+ open, \d+ breached")
    terminal.listen()
    top = terminal.see("▲")
    most_urgent = next(line for line in top.splitlines() if "▲" in line)
    number = re.search(r"#(\d+)", most_urgent)
    assert number is not None

    # The other prefix is just a key to rota, and does nothing.
    terminal.type("C-b" if terminal.prefix == "C-a" else "C-a")

    terminal.type("m")
    terminal.see(r"\[mine\] \d+ of \d+")
    terminal.type("m")
    terminal.see(r"\[all \d+\]")

    terminal.type("S")
    terminal.see(r"\[muted\]")

    terminal.type("d")
    terminal.see(r"severity\.")
    terminal.type("q")
    terminal.see(r"Help")

    terminal.type("g", "y")
    terminal.see(r"Copied http")
    copied = terminal.inner("show-buffer")
    assert "/agent/tickets/" in copied or "/incidents/" in copied

    terminal.size(40, 10)
    terminal.see(r"\A(?=(?s:.*)OUT OF HOURS|(?s:.*)IN HOURS)(?:[^\n]{0,40}\n?)+\Z")
    terminal.see(r"[▲◆●]\s+\S+ P.")

    terminal.type(terminal.prefix, "c")
    until = time.monotonic() + PATIENCE
    while terminal.inner("display-message", "-p", "-t", "shift:0", "#{window_bell_flag}") != "1\n":
        assert time.monotonic() < until, "nothing has rung"
        time.sleep(0.05)
    while b"\x1b]9;rota: " not in terminal.heard():
        assert time.monotonic() < until, "no notification has come through"
        time.sleep(0.05)
