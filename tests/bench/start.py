"""How soon is it there? CPU from the start to the first paint or to the end, and memory then."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from tests.bench.figures import Figure, interleaved, median, multiple
from tests.bench.idle import minimal
from tests.bench.state import FIRST, laptop
from tests.bench.terminal import ROOT, Terminal

RUNS = 7
PAINTS = 8
"""Starts of each; one that meets with something else on the machine takes half as long again."""
STAYS = 5
SETTLED = 2.5
"""Seconds after the first paint, when what is loaded behind it is there."""
READY = b"READYMARK"
MINIMAL = "a minimal Textual app"
PACKAGES = "the same with httpx, SQLite, msgspec, a zone"
"""As sparingly loaded as we do it."""
NOTHING = "python -c pass"


def figures() -> Iterator[Figure]:
    """All figures of starting."""
    with tempfile.TemporaryDirectory(prefix="rota-bench-") as folder:
        small, large = laptop(Path(folder, "small"), 200), laptop(Path(folder, "large"), 10_000)
        yield from _paints(
            {
                "minimal": (minimal(), {}, READY),
                "packages": (minimal("packages"), {}, READY),
                "200": (small.rota(), small.environ, FIRST),
                "10,000": (large.rota(), large.environ, FIRST),
            }
        )
        yield from _commands(
            {
                "rota --version": _rota("--version"),
                "rota --help": _rota("--help"),
                "rota status": _rota("status"),
                "rota deadline": _rota("deadline", "P2", "--raised", "2026-01-06T11:00Z"),
            },
            {**small.environ, "ROTA_CONFIG": str(small.config)},
        )


def _paints(
    cases: Mapping[str, tuple[Sequence[str], Mapping[str, str], bytes]],
) -> Iterator[Figure]:
    def start(case: str) -> Callable[[], float]:
        argv, environ, mark = cases[case]
        return lambda: first_paint(argv, environ, mark)

    seen = interleaved(PAINTS, {case: start(case) for case in cases if case != "packages"})
    cpu = {case: median(runs) * 1000 for case, runs in seen.items()}
    times = {case: multiple(runs, seen["minimal"]) for case, runs in seen.items()}
    held = [memory_held(cases) for _ in range(STAYS)]
    memory = {case: median(run[case] for run in held) for case in cases}
    topic = "Start to first paint, from the cache, no vendor answering"
    for case, goal in (("200", 1.3), ("10,000", 1.5)):
        name, least = f"CPU, {case} issues", cpu["minimal"]
        yield Figure(topic, name, cpu[case], "ms", goal, MINIMAL, least, times=times[case])
    some, whole = memory["minimal"], memory["packages"]
    for case, goal in (("200", 1.25), ("10,000", 1.8)):
        name, floor = f"memory, {case} issues", whole / some
        yield Figure(topic, name, memory[case], "MB", goal, MINIMAL, some, floor=floor)
    yield Figure(topic, "memory, 200 issues", memory["200"], "MB", None, PACKAGES, whole)
    yield Figure(topic, "memory of that", whole, "MB", None, MINIMAL, some)


def first_paint(argv: Sequence[str], environ: Mapping[str, str], mark: bytes) -> float:
    """CPU seconds up to the moment at which something is seen."""
    with Terminal(argv, environ=environ) as terminal:
        terminal.until(lambda sent: mark in sent)
        return terminal.cpu()


def _shown(mark: bytes, sent: bytearray) -> bool:
    return mark in sent


def memory_held(
    cases: Mapping[str, tuple[Sequence[str], Mapping[str, str], bytes]],
) -> dict[str, float]:
    """Megabytes some seconds after that; all of them at once, which makes no difference to it."""
    with ExitStack() as open_ones:
        terminals = {
            case: open_ones.enter_context(Terminal(argv, environ=environ))
            for case, (argv, environ, _) in cases.items()
        }
        for case, terminal in terminals.items():
            terminal.until(partial(_shown, cases[case][2]))
        end = time.perf_counter() + SETTLED
        while time.perf_counter() < end:
            for terminal in terminals.values():
                terminal.run(0.05)
        return {case: terminal.memory() for case, terminal in terminals.items()}


def _commands(cases: Mapping[str, Sequence[str]], environ: Mapping[str, str]) -> Iterator[Figure]:
    def run(argv: Sequence[str]) -> Callable[[], float]:
        return lambda: child_cpu(argv, environ)

    runs = {name: run(argv) for name, argv in cases.items()}
    seen = interleaved(RUNS, {NOTHING: run([sys.executable, "-c", "pass"]), **runs})
    nothing = median(seen[NOTHING]) * 1000
    for name in cases:
        # What is promised is worked out from the configuration and the calendar, both read first.
        goal = None if name == "rota deadline" else 3.0
        took, times = median(seen[name]) * 1000, multiple(seen[name], seen[NOTHING])
        yield Figure("Commands", name, took, "ms", goal, NOTHING, nothing, times=times)


def _rota(*argv: str) -> list[str]:
    """As the installed script does it."""
    begin = f"import sys; sys.argv = ['rota', *{list(argv)!r}]; from tui.entry import main"
    return [sys.executable, "-c", f"{begin}; sys.exit(main())"]


def child_cpu(argv: Sequence[str], environ: Mapping[str, str]) -> float:
    """CPU seconds of a child from its start to its end, whatever its exit status is."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(argv, cwd=ROOT, env={**os.environ, **environ}, check=False, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
