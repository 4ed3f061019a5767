"""A program on a terminal of its own: what it paints can be read, keys typed, and it be killed."""

import os
import pty
import re
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from fcntl import ioctl
from pathlib import Path
from struct import pack
from termios import TIOCSWINSZ

import pyte

ROOT = Path(__file__).parents[2]
COLUMNS, LINES = 110, 30


class Killed(Exception):
    """The moment had come."""


class Program:
    """A program started on a pseudo-terminal."""

    def __init__(self, argv: Sequence[str], environ: Mapping[str, str]) -> None:
        """Start it; it is left alone until `kill_at` says otherwise."""
        self.kill_at: float | None = None
        """On the monotonic clock, in seconds."""
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self._screen)
        self._terminal, theirs = pty.openpty()
        ioctl(theirs, TIOCSWINSZ, pack("HHHH", LINES, COLUMNS, 0, 0))
        self._process = subprocess.Popen(
            argv, stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, env=dict(environ),
            start_new_session=True,
        )  # fmt: skip
        os.close(theirs)

    def type(self, keys: str) -> float:
        """Press keys; when that was, on the monotonic clock."""
        os.write(self._terminal, keys.encode())
        return time.monotonic()

    def let(self, seconds: float) -> None:
        """Let it run.

        Raises:
            Killed: Its moment came meanwhile.
        """
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._take(min(left, 0.02))

    def wait_for(self, words: str, seconds: float = 180.0) -> re.Match[str]:
        """Until what a pattern says is on the screen; a paint comes in parts, in any order.

        Raises:
            Killed: Its moment came first.
        """
        end = time.monotonic() + seconds
        while (found := re.search(words, self.text)) is None:
            if time.monotonic() > end or self._process.poll() is not None:
                raise AssertionError(f"{words!r} was never painted:\n{self.text}")
            self._take(0.02)
        return found

    @property
    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(self._screen.display)

    def kill(self) -> None:
        """Kill it, so that it can do nothing about it."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._terminal)

    def _take(self, seconds: float) -> None:
        if self.kill_at is not None and time.monotonic() >= self.kill_at:
            raise Killed
        ready, _, _ = select.select([self._terminal], [], [], seconds)
        if ready:
            try:
                painted = os.read(self._terminal, 1 << 16)
            except OSError:
                # The other end is closed.
                return
            # The emulator takes this question about the keyboard for text.
            self._stream.feed(painted.replace(b"\x1b[>1u", b"").replace(b"\x1b[<u", b""))
