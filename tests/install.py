"""Does the built wheel work in a fresh environment? `make wheel` asks.

Installs it the way pipx does, beside nothing but the pinned dependencies, and starts it there: the
version, the check without a configuration, and the demo until it has painted and been left.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import venv
from pathlib import Path

import pyte

ROOT = Path(__file__).parents[1]
PAINT_SECONDS = 60.0
"""How long a slow machine may take to start the demo for the first time."""
COLUMNS, ROWS = 100, 30


def main() -> int:
    """Build, install, start; 0 if all of it went well."""
    with tempfile.TemporaryDirectory(prefix="rota-install-") as place:
        folder = Path(place)
        rota = _installed(folder)
        environ = {"PATH": os.environ["PATH"], "HOME": place, "TERM": "xterm-256color"}
        _say("rota --version", _output([rota, "--version"], environ, 0).startswith("rota "))
        _say("rota check, without a configuration", bool(_output([rota, "check"], environ, 1)))
        _say("rota --print-config", "[zendesk]" in _output([rota, "--print-config"], environ, 0))
        _say("rota demo paints, and ends on q", _paints([rota, "demo"], environ))
    return 0


def _installed(folder: Path) -> str:
    """The command `rota` of a fresh environment."""
    pip = [sys.executable, "-m", "pip"]
    quiet = ["-qq", "--disable-pip-version-check"]
    build = [*pip, "wheel", *quiet, "--no-deps", "--no-build-isolation", "--wheel-dir"]
    subprocess.run([*build, str(folder / "dist"), str(ROOT)], check=True)
    venv.create(folder / "env", with_pip=True)
    wheel = next((folder / "dist").glob("rota-*.whl"))
    inside = [str(folder / "env" / "bin" / "python"), "-m", "pip", "install", *quiet]
    lock = str(ROOT / "requirements.lock")
    subprocess.run([*inside, "--require-hashes", "-r", lock], check=True)
    subprocess.run([*inside, "--no-deps", "--no-index", str(wheel)], check=True)
    return str(folder / "env" / "bin" / "rota")


def _output(command: list[str], environ: dict[str, str], status: int) -> str:
    done = subprocess.run(
        command, env=environ, cwd=environ["HOME"], capture_output=True, text=True, check=False
    )
    if done.returncode != status:
        raise SystemExit(f"{' '.join(command)}: exit status {done.returncode}\n{done.stderr}")
    return done.stdout


def _paints(command: list[str], environ: dict[str, str]) -> bool:
    """Whether the demo shows its queue in a terminal, and leaves it on `q`."""
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(environ["HOME"])
        os.execve(command[0], command, environ)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    until = time.monotonic() + PAINT_SECONDS
    painted = False
    while time.monotonic() < until:
        if select.select([terminal], [], [], 1.0)[0]:
            try:
                stream.feed(os.read(terminal, 65536))
            except OSError:
                break
        shown = "\n".join(screen.display)
        painted = painted or ("DEMO" in shown and re.search(r"\d+ open", shown) is not None)
        if painted:
            # Once more where something lay over the queue, as it does at a first start.
            os.write(terminal, b"q")
    else:
        os.kill(child, signal.SIGKILL)
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    return painted and os.waitstatus_to_exitcode(status) == 0


def _say(what: str, good: bool) -> None:
    if not good:
        raise SystemExit(f"failed: {what}")
    print(f"ok: {what}")


if __name__ == "__main__":
    sys.exit(main())
