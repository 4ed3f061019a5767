"""What does a second cost while nobody does anything? CPU, bytes to the terminal, wake-ups."""

import select
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import mean

from tests.bench.figures import Figure, median
from tests.bench.terminal import Terminal, python

WINDOWS = 10
SECONDS = 6
"""Seconds of a window; all of them are a minute, in which everything turns once that can."""

SETTLED = 20
"""Seconds until what follows a start is done with: the story of the issue under the cursor is read,
garbage is frozen, and of 10,000 issues that are all new it is worked out when they ring."""

ROWS = 36
"""Countdowns in view in a window of 40 lines."""

REPAINTED = "seconds 200"
REPAINTS = 9
DOWN, PAGE, TRIAGE = b"j", b"\x1b[6~", b"t"
FORM = "a form"
"""In which case one is open over a queue that counts down in seconds."""

CLOCK = "a Label clock in Textual"


@dataclass(frozen=True, slots=True)
class Second:
    """What an average second of a minute cost; of CPU, the median of several windows."""

    cpu: float
    """Milliseconds."""
    sent: float
    """Bytes."""
    wakes: float


def dashboard(number: int, kind: str, *more: str) -> list[str]:
    """The dashboard on a canned queue."""
    return python("-m", "tests.bench.apps.dashboard", str(number), kind, *more)


def minimal(*more: str) -> list[str]:
    """The smallest Textual app."""
    return python("-m", "tests.bench.apps.minimal", *more)


CASES: Mapping[str, list[str]] = {
    "clock": minimal("clock"),
    "still": minimal(),
    "mixed 20": dashboard(20, "mixed"),
    "mixed 200": dashboard(200, "mixed"),
    "mixed 10,000": dashboard(10_000, "mixed"),
    "seconds 200": dashboard(200, "seconds"),
    "seconds 10,000": dashboard(10_000, "seconds"),
    "ansi 200": dashboard(200, "seconds", "ansi-dark"),
    "minutes 200": dashboard(200, "minutes"),
    "small 10,000": dashboard(10_000, "mixed"),
    FORM: dashboard(200, "seconds"),
}


def figures() -> Iterator[Figure]:
    """All idle figures. Every program runs at the same time, each alone on its terminal."""
    cases = dict(CASES)
    if shutil.which("top"):
        cases["top"] = ["top", "-d", "1"]
    if shutil.which("htop"):
        cases["htop"] = ["htop", "-d", "10"]
    seen, whole = watch(cases)
    clock = seen["clock"].cpu
    topic = "An idle second at 120×40"

    def cpu(name: str, case: str, goal: float | None, beside: str, to: float) -> Figure:
        return Figure(topic, name, seen[case].cpu, "ms/s", goal, beside, to)

    mix = "CPU, 200 issues, a third of them in seconds"
    yield cpu(mix, "mixed 200", 0.8, CLOCK, clock)
    if "htop" in seen:
        yield cpu(mix, "mixed 200", 1.0, "htop -d 10", seen["htop"].cpu)
    if "top" in seen:
        yield cpu(mix, "mixed 200", None, "top -d 1", seen["top"].cpu)
    yield cpu("CPU, 20 issues, a third of them in seconds", "mixed 20", None, CLOCK, clock)
    yield cpu("CPU, 200 issues, all in seconds", "seconds 200", 1.3, CLOCK, clock)
    small = seen["mixed 200"].cpu
    yield cpu("CPU, 10,000 issues", "mixed 10,000", 1.1, "200 issues", small)
    one, many = seen["seconds 200"].cpu, seen["seconds 10,000"].cpu
    yield Figure(topic, "CPU, 10,000, all in seconds", many, "ms/s", 1.1, "200 issues", one)
    large = seen["mixed 10,000"].cpu
    yield cpu("CPU, 10,000 issues at 60×15", "small 10,000", 1.0, "at 120×40", large)
    yield cpu("CPU, nothing in seconds", "minutes 200", None, CLOCK, clock)
    yield cpu("CPU, a form over 36 rows in seconds", FORM, 1.1, "the queue itself", one)

    def sent(name: str, case: str, goal: float | None, beside: str = "", to: str = "") -> Figure:
        reference = seen[to].sent if to else None
        return Figure(topic, name, seen[case].sent, "B/s", goal, beside, reference)

    yield sent("bytes, 36 rows in seconds", "seconds 200", 60 * ROWS + 100)
    one = seen[REPAINTED].sent
    yield Figure(topic, "bytes, 36 rows in seconds", one, "B/s", 0.25, "all rows painted", whole)
    yield sent("bytes, the same in the terminal's colours", "ansi 200", 32 * ROWS + 100)
    yield sent("bytes, 10,000 issues", "seconds 10,000", 1.05, "200 issues", "seconds 200")
    yield sent("bytes, 11 of 36 rows in seconds", "mixed 200", 60 * 11 + 100)
    yield sent("bytes, 11 of 20 rows in seconds", "mixed 20", 60 * 11 + 100)
    yield sent("bytes, nothing in seconds", "minutes 200", 100)
    yield sent("bytes, a form over 36 rows in seconds", FORM, 100)

    def wakes(name: str, case: str, goal: float) -> Figure:
        return Figure(topic, name, seen[case].wakes, "/s", goal, "", None)

    yield wakes("wake-ups, seconds in view", "mixed 200", 6)
    yield wakes("wake-ups, none in view", "minutes 200", 0.2)
    yield Figure(topic, "wake-ups of Textual showing nothing", seen["still"].wakes, "/s")


def watch(cases: Mapping[str, Sequence[str]]) -> tuple[dict[str, Second], float]:
    """Let programs run side by side; what an average second of each cost, and a list in bytes."""
    with _running(cases) as terminals:
        windows: dict[str, list[tuple[float, int, int]]] = {name: [] for name in cases}
        for _ in range(WINDOWS):
            before = {name: _account(t) for name, t in terminals.items()}
            pump(terminals.values(), SECONDS)
            for name, terminal in terminals.items():
                cpu, sent, wakes = _account(terminal)
                was = before[name]
                windows[name].append((cpu - was[0], sent - was[1], wakes - was[2]))
        seconds = {
            name: Second(
                cpu=median(cpu for cpu, _, _ in windows[name]) / SECONDS * 1000,
                # What is painted once a minute falls into one window: only the mean tells of it.
                sent=mean(sent for _, sent, _ in windows[name]) / SECONDS,
                wakes=mean(wakes for _, _, wakes in windows[name]) / SECONDS,
            )
            for name in terminals
        }
        return seconds, _whole_list(terminals[REPAINTED])


def _whole_list(terminal: Terminal) -> float:
    """Bytes for all rows in view; a key that scrolls paints all of them."""
    sizes = []
    for key in (PAGE, *[DOWN] * REPAINTS):
        before = len(terminal.sent)
        terminal.type(key)
        terminal.settle(0.05)
        sizes.append(len(terminal.sent) - before)
    return median(sizes[1:])


@contextmanager
def _running(cases: Mapping[str, Sequence[str]]) -> Iterator[dict[str, Terminal]]:
    with ExitStack() as open_ones:
        terminals = {
            name: open_ones.enter_context(Terminal(argv, columns=columns, rows=rows))
            for name, argv in cases.items()
            for columns, rows in [(60, 15) if name.startswith("small") else (120, 40)]
        }
        for terminal in terminals.values():
            terminal.until(lambda sent: len(sent) > 1000 or b"READYMARK" in sent)
        if FORM in terminals:
            terminals[FORM].type(TRIAGE)
        pump(terminals.values(), SETTLED)
        yield terminals


def _account(terminal: Terminal) -> tuple[float, int, int]:
    return terminal.cpu(), len(terminal.sent), terminal.wakes()


def pump(terminals: Iterable[Terminal], seconds: float) -> None:
    """Read whatever programs write, for so long."""
    by_fd = {terminal.fd: terminal for terminal in terminals}
    end = time.perf_counter() + seconds
    while (left := end - time.perf_counter()) > 0:
        for fd in select.select(list(by_fd), [], [], left)[0]:
            by_fd[fd].read(0)
