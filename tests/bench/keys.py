"""How soon does the screen follow a key, a poll or another size? From outside, in a terminal."""

import itertools
import random
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from tests.bench.figures import Figure, median, percentile
from tests.bench.idle import DOWN, PAGE, dashboard, pump
from tests.bench.terminal import Terminal, python

PRESSES = 108
"""So many that of a hundred one may meet with something else on the machine."""
FEW_PRESSES = 60
"""Where only the median is asked for."""
ROUNDS = 12
"""In which all take turns: what they are compared by is then not how busy the machine was with
something else, nor is one of them measured while it was."""
REST = 8.0
"""Seconds before the first key, in which what follows a start is done with."""
AT_ONCE = (0.01, 0.04)
"""Seconds between a paint that is over and the next key, by chance, so as to meet no beat."""
FORMS, SIZES, POLLS = (0.2, 0.2), (0.3, 0.3), (0.6, 0.6)
"""Where what follows a paint is to be done with, or where a run would be dealt with otherwise."""
UP, TRIAGE = b"k", b"t"
ESCAPE = b"\x1b[27u"
"""As terminals send it that tell it apart from the beginning of other keys, without a delay."""
POLL, SAME = signal.SIGUSR1, signal.SIGUSR2
ARROW_DOWN, MERGE = b"\x1b[B", b"m"
"""Of the reference."""
OTHER, USUAL = (100, 30), (120, 40)
"""Sizes of the window."""
MERGED = "DataTable, update and sort"
TABLE = "DataTable, arrow down"


Key = bytes | signal.Signals | tuple[int, int]
"""What is pressed. A signal stands for a poll, columns and rows for another size of the window."""


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


@dataclass(frozen=True, slots=True)
class Typist:
    """What is pressed on one terminal."""

    terminal: Terminal
    keys: Sequence[Key]
    """In turn, each round from the first on."""
    presses: int
    """How often, without the first of each round, which comes after a rest."""
    gap: tuple[float, float] = AT_ONCE
    """Seconds, at least and at most, from the end of a paint to the next key."""


def table(number: int) -> list[str]:
    """The reference."""
    return python("-m", "tests.bench.apps.table", str(number))


def figures() -> Iterator[Figure]:
    """All figures of keys."""
    programs = {
        "200": dashboard(200, "minutes"),
        "10,000": dashboard(10_000, "minutes"),
        "scrolling": dashboard(400, "minutes"),
        "other sizes": dashboard(200, "minutes"),
        "table": table(200),
        "large table": table(10_000),
    }
    with ExitStack() as open_ones:
        on = {name: open_ones.enter_context(Terminal(argv)) for name, argv in programs.items()}
        for terminal in on.values():
            terminal.until(lambda said: len(said) > 3000)
        pump(on.values(), REST)
        # Down to where a key scrolls.
        for name, keys in (("scrolling", PAGE), ("table", ARROW_DOWN * 40)):
            on[name].type(keys)
            on[name].settle()
        yield from _in_turn(on)
        yield from _polls(on)


def _in_turn(on: Mapping[str, Terminal]) -> Iterator[Figure]:
    few, many, scrolling, theirs, form, small, large = pressed_in_turn(
        [
            Typist(on["200"], [DOWN, UP], PRESSES),
            Typist(on["10,000"], [DOWN, UP], FEW_PRESSES),
            Typist(on["scrolling"], [DOWN], PRESSES),
            Typist(on["table"], [ARROW_DOWN], FEW_PRESSES),
            Typist(on["200"], [ESCAPE, TRIAGE], FEW_PRESSES * 2, FORMS),
            Typist(on["other sizes"], [OTHER, USUAL], ROUNDS, SIZES),
            Typist(on["10,000"], [OTHER, USUAL], ROUNDS, SIZES),
        ]
    )
    topic = "A key that moves the cursor within the window"
    yield Figure(topic, "key to paint, median", median(few.waits), "ms", 5)
    yield Figure(topic, "key to paint, 99 of 100", percentile(few.waits, 0.99), "ms", 16)
    yield Figure(topic, "CPU", few.cpu, "ms", 0.25, TABLE, theirs.cpu)
    yield Figure(topic, "bytes", few.sent, "B", 600)
    yield Figure(topic, "CPU, 10,000 issues", many.cpu, "ms", 1.15, "200 issues", few.cpu)
    yield Figure(topic, "median, 10,000 issues", median(many.waits), "ms", 5)
    topic = "A key that scrolls the list"
    yield Figure(topic, "CPU", scrolling.cpu, "ms", 0.5, TABLE, theirs.cpu)
    yield Figure(topic, "key to paint, median", median(scrolling.waits), "ms")
    yield Figure(topic, "key to paint, 99 of 100", percentile(scrolling.waits, 0.99), "ms", 20)
    # The first of all is not asked about: to make the form takes longer than to show it again.
    opened, closed = form.done[2::2], form.done[3::2]
    topic = "The triage form"
    yield Figure(topic, "key to painted, median", median(opened), "ms", 50)
    yield Figure(topic, "key to painted, 99 of 100", percentile(opened, 0.99), "ms", 100)
    yield Figure(topic, "closed again, median", median(closed), "ms", 16)
    topic = "Another size of the window"
    yield Figure(topic, "to the first byte, 200 issues", median(small.waits), "ms", 35)
    yield Figure(topic, "to the first byte, 10,000 issues", median(large.waits), "ms", 35)


def _polls(on: Mapping[str, Terminal]) -> Iterator[Figure]:
    ours, theirs = pressed_in_turn(
        [Typist(on["10,000"], [POLL], 9, POLLS), Typist(on["large table"], [MERGE], 9, POLLS)],
        rounds=3,
    )
    topic = "A poll that changed 100 of 10,000 issues"
    yield Figure(topic, "CPU, in order and painted", ours.cpu, "ms", 0.2, MERGED, theirs.cpu)
    sent = median(_press(on["10,000"], SAME, 0.2)[-1] for _ in range(9))
    yield Figure(topic, "bytes, where it changed none", sent, "B", 0)


def pressed_in_turn(typists: Sequence[Typist], *, rounds: int = ROUNDS) -> list[Presses]:
    """Press keys, on one terminal after the other, some in each round; what they cost."""
    chance = random.Random(1)
    seen: list[list[tuple[float, float, float, float]]] = [[] for _ in typists]
    for _ in range(rounds):
        for typist, kept in zip(typists, seen, strict=True):
            keys = itertools.cycle(typist.keys)
            for turn in range(-(-typist.presses // rounds) + 1):
                wait, done, spent, written = _press(typist.terminal, next(keys))
                if turn and wait is not None:
                    kept.append((wait * 1000, done * 1000, spent * 1000, written))
                typist.terminal.run(chance.uniform(*typist.gap))
    return [_told(kept) for kept in seen]


def _told(kept: Sequence[tuple[float, float, float, float]]) -> Presses:
    waits, done, cpu, sent = zip(*kept, strict=True)
    return Presses(waits, done, median(cpu), median(sent))


def _press(
    terminal: Terminal, key: Key, patience: float = 1.0
) -> tuple[float | None, float, float, int]:
    while terminal.read(0):
        pass
    cpu, sent, began = terminal.cpu(), len(terminal.sent), time.perf_counter()
    if isinstance(key, bytes):
        terminal.type(key)
    elif isinstance(key, tuple):
        terminal.resize(*key)
    else:
        terminal.tell(key)
    wait = time.perf_counter() - began if terminal.read(patience) else None
    done = wait or 0.0
    while terminal.read(0.03):
        done = time.perf_counter() - began
    return wait, done, terminal.cpu() - cpu, len(terminal.sent) - sent
