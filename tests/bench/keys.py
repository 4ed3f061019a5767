"""How soon does the screen follow a key, a poll or another size? From outside, in a terminal."""

import random
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from tests.bench.figures import Figure, median, percentile
from tests.bench.idle import dashboard
from tests.bench.terminal import Terminal, python

PRESSES = 70
WARM_UP = 12
RUN = 8
"""Keys in a row where programs take turns; the first of them, after a rest, is not counted."""
DOWN, UP, PAGE = b"j", b"k", b"\x1b[6~"
ESCAPE = b"\x1b[27u"
"""As terminals send it that tell it apart from the beginning of other keys, without a delay."""
POLL = signal.SIGUSR1
ARROW_DOWN = b"\x1b[B"
MERGED = "DataTable, update and sort"
TABLE = "DataTable, arrow down"


@dataclass(frozen=True, slots=True)
class Presses:
    """What keys cost and how long they took."""

    waits: Sequence[float]
    """Milliseconds from the key to the first byte of its paint."""
    done: Sequence[float]
    """Milliseconds from the key to the last byte."""
    cpu: float
    """Milliseconds for each."""
    sent: float
    """Bytes for each."""


def table(number: int) -> list[str]:
    """The reference."""
    return python("-m", "tests.bench.apps.table", str(number))


def figures() -> Iterator[Figure]:
    """All figures of keys."""
    both = [dashboard(number, "minutes") for number in (200, 10_000)]
    few, many = pressed_in_turn(both, [DOWN, UP], rest=6.0)
    theirs = pressed(table(200), [ARROW_DOWN])
    topic = "A key that moves the cursor within the window"
    yield Figure(topic, "key to paint, median", median(few.waits), "ms", 5)
    yield Figure(topic, "key to paint, 99 of 100", percentile(few.waits, 0.99), "ms", 16)
    yield Figure(topic, "CPU", few.cpu, "ms", 0.25, TABLE, theirs.cpu)
    yield Figure(topic, "bytes", few.sent, "B", 600)
    yield Figure(topic, "CPU, 10,000 issues", many.cpu, "ms", 1.15, "200 issues", few.cpu)
    yield Figure(topic, "median, 10,000 issues", median(many.waits), "ms", 5)

    ours = pressed(dashboard(200, "minutes"), [DOWN], before=[PAGE])
    topic = "A key that scrolls the list"
    yield Figure(topic, "CPU", ours.cpu, "ms", 0.5, TABLE, theirs.cpu)
    yield Figure(topic, "key to paint, median", median(ours.waits), "ms")
    yield Figure(topic, "key to paint, 99 of 100", percentile(ours.waits, 0.99), "ms", 20)

    ours = pressed(dashboard(10_000, "minutes"), [POLL], presses=12, gap=0.6, warm_up=3, rest=8.0)
    theirs = pressed(table(10_000), [b"m"], presses=12, gap=0.6, warm_up=3)
    topic = "A poll that changed 100 of 10,000 issues"
    yield Figure(topic, "CPU, in order and painted", ours.cpu, "ms", 0.2, MERGED, theirs.cpu)

    opened = pressed(dashboard(200, "minutes"), [b"t", ESCAPE], presses=40, gap=0.2, warm_up=4)
    topic = "The triage form"
    yield Figure(topic, "key to painted, median", median(opened.done[::2]), "ms", 50)
    yield Figure(topic, "key to painted, 99 of 100", percentile(opened.done[::2], 0.99), "ms", 100)
    yield Figure(topic, "closed again, median", median(opened.done[1::2]), "ms", 16)

    first = [_resized(number) for number in (200, 10_000)]
    topic = "Another size of the window"
    yield Figure(topic, "to the first byte, 200 issues", first[0], "ms", 35)
    yield Figure(topic, "to the first byte, 10,000 issues", first[1], "ms", 35)


def pressed(
    argv: Sequence[str],
    keys: Sequence[bytes | signal.Signals],
    *,
    before: Sequence[bytes] = (),
    presses: int = PRESSES,
    gap: float = 0.0,
    warm_up: int = WARM_UP,
    rest: float = 2.0,
) -> Presses:
    """Start it, press keys in turn, and say what they cost.

    Args:
        argv: The program.
        keys: What is pressed in turn; a signal stands for a poll.
        before: What is pressed once before.
        presses: How often.
        gap: Seconds between two; 0 is a few hundredths, by chance, so as to meet no beat.
        warm_up: Presses that are not counted.
        rest: Seconds before the first, in which what follows a start is done with.
    """
    (seen,) = pressed_in_turn(
        [argv], keys, before=before, presses=presses, gap=gap, warm_up=warm_up, rest=rest
    )
    return seen


def pressed_in_turn(
    programs: Sequence[Sequence[str]],
    keys: Sequence[bytes | signal.Signals],
    *,
    before: Sequence[bytes] = (),
    presses: int = PRESSES,
    gap: float = 0.0,
    warm_up: int = WARM_UP,
    rest: float = 2.0,
) -> list[Presses]:
    """The same with several programs at once, a few keys for each in turn.

    What they are compared by is then not how busy the machine was with something else.
    """
    run = RUN if len(programs) > 1 else presses + warm_up
    chance = random.Random(1)
    seen: list[list[tuple[float, float, float, float]]] = [[] for _ in programs]
    with ExitStack() as open_ones:
        terminals = [open_ones.enter_context(Terminal(argv)) for argv in programs]
        for terminal in terminals:
            terminal.until(lambda said: len(said) > 3000)
            terminal.settle(0.6)
            terminal.run(rest)
            for key in before:
                terminal.type(key)
                terminal.settle(0.3)
        for start in range(0, presses + warm_up, run):
            for terminal, kept in zip(terminals, seen, strict=True):
                for turn in range(start, start + run):
                    wait, done, spent, written = _press(terminal, keys[turn % len(keys)])
                    first = turn == start and len(programs) > 1
                    if turn >= warm_up and wait is not None and not first:
                        kept.append((wait * 1000, done * 1000, spent * 1000, written))
                    terminal.run(gap or chance.uniform(0.03, 0.07))
    return [_told(kept) for kept in seen]


def _told(kept: Sequence[tuple[float, float, float, float]]) -> Presses:
    waits, done, cpu, sent = zip(*kept, strict=True)
    return Presses(waits, done, median(cpu), median(sent))


def _press(
    terminal: Terminal, key: bytes | signal.Signals
) -> tuple[float | None, float, float, int]:
    while terminal.read(0):
        pass
    cpu, sent, began = terminal.cpu(), len(terminal.sent), time.perf_counter()
    if isinstance(key, bytes):
        terminal.type(key)
    else:
        terminal.tell(key)
    wait = time.perf_counter() - began if terminal.read(1.0) else None
    done = wait or 0.0
    while terminal.read(0.03):
        done = time.perf_counter() - began
    return wait, done, terminal.cpu() - cpu, len(terminal.sent) - sent


def _resized(number: int) -> float:
    """Milliseconds to the first byte after a change of size; the median of several."""
    with Terminal(dashboard(number, "minutes")) as terminal:
        terminal.until(lambda said: len(said) > 3000)
        terminal.settle(0.6)
        terminal.run(2.0)
        waits = []
        for turn in range(9):
            began = time.perf_counter()
            terminal.resize(*((100, 30), (120, 40))[turn % 2])
            if terminal.read(2.0):
                waits.append((time.perf_counter() - began) * 1000)
            terminal.settle(0.3)
        return median(waits)
