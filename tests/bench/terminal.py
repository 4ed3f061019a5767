"""A terminal that a program is run in and measured from outside; Linux only.

CPU is that of all its threads, in nanoseconds, from `schedstat`; wake-ups are voluntary context
switches. The terminal answers what programs ask of a modern one, so that they behave as there.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[2]

_ANSWERS = {
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",
    b"\x1b[?2048$p": b"\x1b[?2048;0$y",
    b"\x1b[c": b"\x1b[?62;c",
    b"\x1b[6n": b"\x1b[1;1R",
}
"""What is asked, and what a terminal with synchronised output answers."""

_UNWANTED = ("COLUMNS", "LINES", "COLORTERM", "TMUX", "NO_COLOR", "TERM_PROGRAM", "PYTHONPATH")


class Terminal:
    """One program in a terminal of its own."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        columns: int = 120,
        rows: int = 40,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        """Start the program."""
        self.argv = list(argv)
        self.sent = bytearray()
        """Everything that the program has written so far."""
        self.alive = True
        env = {name: value for name, value in os.environ.items() if name not in _UNWANTED}
        env |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
        env |= {"PYTHONPATH": str(ROOT), **(environ or {})}
        # What it writes can be read from here.
        self.fd, theirs = pty.openpty()
        _set_size(self.fd, columns, rows)
        self.began = time.perf_counter()
        self.pid = os.fork()
        if self.pid == 0:
            _become(self.argv, env, theirs)
        os.close(theirs)
        os.set_blocking(self.fd, False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def read(self, wait: float) -> bytes:
        """What it writes next, waiting at most so many seconds for the first of it."""
        ready, _, _ = select.select([self.fd], [], [], max(0.0, wait))
        if not ready:
            return b""
        try:
            chunk = os.read(self.fd, 1 << 20)
        except BlockingIOError:
            return b""
        except OSError:
            chunk = b""
        if not chunk:
            self.alive = False
            return b""
        self.sent += chunk
        for asked, answer in _ANSWERS.items():
            if asked in chunk:
                self.type(answer)
        return chunk

    def run(self, seconds: float) -> bytes:
        """Let it run for so long; what it wrote."""
        end, written = time.perf_counter() + seconds, b""
        while self.alive and (left := end - time.perf_counter()) > 0:
            written += self.read(left)
        return written

    def until(self, seen: Callable[[bytearray], bool], wait: float = 60.0) -> float:
        """Seconds from the start until what it wrote is as wanted.

        Raises:
            RuntimeError: That never came.
        """
        end = time.perf_counter() + wait
        while not seen(self.sent):
            self.read(end - time.perf_counter())
            if not self.alive or time.perf_counter() > end:
                tail = self.sent[-2000:].decode(errors="replace")
                raise RuntimeError(f"{self.argv} did not get that far:\n{tail}")
        return time.perf_counter() - self.began

    def settle(self, quiet: float = 0.3, most: float = 10.0) -> None:
        """Until it has not written anything for a while."""
        end = time.perf_counter() + most
        while self.read(quiet) and time.perf_counter() < end:
            pass

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self.fd, keys)

    def tell(self, number: signal.Signals) -> None:
        """Send the program, which is our own child, a signal."""
        os.kill(self.pid, number)

    def resize(self, columns: int, rows: int) -> None:
        """Give the window another size."""
        _set_size(self.fd, columns, rows)

    def cpu(self) -> float:
        """CPU seconds of its living threads so far."""
        tasks = Path(f"/proc/{self.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def wakes(self) -> int:
        """How often its threads have gone to sleep and woken up so far."""
        tasks = Path(f"/proc/{self.pid}/task").iterdir()
        statuses = [(task / "status").read_text() for task in tasks]
        found = [re.search(r"^voluntary_ctxt_switches:\s+(\d+)", s, re.MULTILINE) for s in statuses]
        return sum(int(match[1]) for match in found if match)

    def memory(self) -> float:
        """Resident memory in megabytes."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        found = re.search(r"^VmRSS:\s+(\d+)", status, re.MULTILINE)
        return int(found[1]) / 1024 if found else 0.0

    def close(self) -> None:
        """End the program, which is our own child."""
        for how in (signal.SIGTERM, signal.SIGKILL):
            os.kill(self.pid, how)
            for _ in range(50):
                ended, _ = os.waitpid(self.pid, os.WNOHANG)
                if ended:
                    os.close(self.fd)
                    return
                self.read(0.02)


def stolen() -> int:
    """Hundredths of a second so far that a virtual machine was ready in, and others ran."""
    return int(Path("/proc/stat").read_text().split(maxsplit=9)[8])


def python(*argv: str) -> list[str]:
    """A Python child; its arguments are those of the interpreter."""
    return [sys.executable, *argv]


def _set_size(fd: int, columns: int, rows: int) -> None:
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def _become(argv: Sequence[str], env: Mapping[str, str], tty: int) -> None:
    """In the child: turn into the program; never returns."""
    os.setsid()
    fcntl.ioctl(tty, termios.TIOCSCTTY, 0)
    for fd in (0, 1, 2):
        os.dup2(tty, fd)
    os.closerange(3, 256)
    os.chdir(ROOT)
    try:
        os.execvpe(argv[0], list(argv), dict(env))
    finally:
        os._exit(127)
