"""How soon does the screen follow a key, a poll or another size? From outside, in a terminal."""

import itertools
import random
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from tests.bench.figures import Figure, median, percentile
from tests.bench.idle import DOWN, PAGE, TRIAGE, dashboard, pump
from tests.bench.terminal import Terminal, python, stolen

PRESSES = 108
"""So many that of a hundred one may meet with something else on the machine."""
FORMS_OPENED = 48
FEW_PRESSES = 36
"""Where only the median is asked for, which does not mind a few that meet with something else."""
ROUNDS = 12
"""In which all take turns: what they are compared by is then not how busy the machine was with
something else, nor is one of them measured while it was."""
REST = 6.0
"""Seconds before the first key, in which what follows a start is done with."""
AT_ONCE = (0.01, 0.04)
"""Seconds between a paint that is over and the next key, by chance, so as to meet no beat."""
FORMS, SIZES, POLLS = (0.02, 0.05), (0.15, 0.15), (0.4, 0.4)
"""Where what follows a paint is to be done with, or where a run would be dealt with otherwise."""
STILL, ALL_STILL = 0.03, 0.12
"""Seconds without a byte after which a paint is over; and one that may come in several parts, with
the shape of the mouse pointer first."""
AGAIN = 2
"""How often as many keys are pressed at most, where the machine was taken away during some."""
UP = b"k"
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
class Press:
    """What a key cost and how long it took."""

    key: int
    """Which of those that are pressed in turn."""
    wait: float
    """Milliseconds to the first byte of its paint."""
    done: float
    """Milliseconds to the last byte."""
    cpu: float
    """Milliseconds."""
    sent: bytes
    robbed: bool = False
    """Whether the machine did something else meanwhile than what runs on it."""


@dataclass(frozen=True, slots=True)
class Presses:
    """What keys cost and how long they took."""

    kept: Sequence[Press]
    robbed: int = 0
    """How many more there were during which the machine was taken away."""

    def of(self, key: int) -> "Presses":
        """One of those that were pressed in turn."""
        return Presses([press for press in self.kept if press.key == key])

    @property
    def waits(self) -> Sequence[float]:
        """Milliseconds to the first byte."""
        return [press.wait for press in self.kept]

    @property
    def done(self) -> Sequence[float]:
        """Milliseconds to the last byte."""
        return [press.done for press in self.kept]

    @property
    def cpu(self) -> float:
        """Milliseconds for each."""
        return median(press.cpu for press in self.kept)

    @property
    def sent(self) -> float:
        """Bytes for each."""
        return median(len(press.sent) for press in self.kept)


@dataclass(frozen=True, slots=True)
class Typist:
    """What is pressed on one terminal."""

    terminal: Terminal
    keys: Sequence[Key]
    """In turn, each round from the first to the last."""
    presses: int
    """How often, without the first of each round, which comes after a rest."""
    gap: tuple[float, float] = AT_ONCE
    """Seconds, at least and at most, from the end of a paint to the next key."""
    still: float = STILL
    """Seconds without a byte after which a paint is over."""
    worst: bool = False
    """Whether the slowest are asked about: others are in place of those that were robbed."""


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
    # This one makes the form that is shown again by the others.
    first = _press(on["200"], TRIAGE, still=ALL_STILL)
    _press(on["200"], ESCAPE)
    few, many, scrolling, theirs, form, small, large = pressed_in_turn(
        [
            Typist(on["200"], [DOWN, UP], PRESSES, worst=True),
            Typist(on["10,000"], [DOWN, UP], FEW_PRESSES),
            Typist(on["scrolling"], [DOWN], PRESSES, worst=True),
            Typist(on["table"], [ARROW_DOWN], FEW_PRESSES),
            Typist(on["200"], [TRIAGE, ESCAPE], FORMS_OPENED * 2, FORMS, ALL_STILL, worst=True),
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
    opened, closed = form.of(0), form.of(1)
    if not all(b"Triage" in press.sent for press in opened.kept):
        raise AssertionError("what was measured is not a form that is opened")
    topic = "The triage form"
    yield Figure(topic, "key to painted, median", median(opened.done), "ms", 50)
    yield Figure(topic, "key to painted, 99 of 100", percentile(opened.done, 0.99), "ms", 100)
    yield Figure(topic, "key to painted, the first of all", first.done, "ms")
    yield Figure(topic, "bytes", opened.sent, "B")
    yield Figure(topic, "closed again, median", median(closed.done), "ms", 16)
    topic = "Another size of the window"
    yield Figure(topic, "to the first byte, 200 issues", median(small.waits), "ms", 35)
    yield Figure(topic, "to the first byte, 10,000 issues", median(large.waits), "ms", 35)
    asked = (few, scrolling, form)
    robbed = sum(one.robbed for one in asked)
    part = robbed / (robbed + sum(len(one.kept) for one in asked)) * 100
    topic = "Of the keys whose slowest are told of"
    yield Figure(topic, "not counted, as the machine was taken away", part, "%")


def _polls(on: Mapping[str, Terminal]) -> Iterator[Figure]:
    ours, theirs = pressed_in_turn(
        [Typist(on["10,000"], [POLL], 9, POLLS), Typist(on["large table"], [MERGE], 9, POLLS)],
        rounds=3,
    )
    topic = "A poll that changed 100 of 10,000 issues"
    yield Figure(topic, "CPU, in order and painted", ours.cpu, "ms", 0.2, MERGED, theirs.cpu)
    sent = median(len(_press(on["10,000"], SAME, 0.2).sent) for _ in range(9))
    yield Figure(topic, "bytes, where it changed none", sent, "B", 0)


def pressed_in_turn(typists: Sequence[Typist], *, rounds: int = ROUNDS) -> list[Presses]:
    """Press keys, on one terminal after the other, some in each round; what they cost.

    The slowest of those during which the machine was taken away tell of whom it was given to.
    """
    chance = random.Random(1)
    kept: list[list[Press]] = [[] for _ in typists]
    robbed: list[list[Press]] = [[] for _ in typists]
    for _ in range(rounds):
        for place, typist in enumerate(typists):
            each = -(-typist.presses // rounds)
            wanted = len(kept[place]) + each
            for turn in itertools.count():
                number = turn % len(typist.keys)
                key = typist.keys[number]
                press = _press(typist.terminal, key, still=typist.still, number=number)
                if turn and press.wait:
                    dropped = typist.worst and press.robbed
                    (robbed if dropped else kept)[place].append(press)
                typist.terminal.run(chance.uniform(*typist.gap))
                enough = len(kept[place]) >= wanted or turn >= each * AGAIN
                if enough and number == len(typist.keys) - 1:
                    break
            # There may be no other time to be had.
            while len(kept[place]) < wanted and robbed[place]:
                kept[place].append(robbed[place].pop())
    return [Presses(told, len(gone)) for told, gone in zip(kept, robbed, strict=True)]


def _press(
    terminal: Terminal, key: Key, patience: float = 1.0, *, still: float = STILL, number: int = 0
) -> Press:
    while terminal.read(0):
        pass
    cpu, sent, lost = terminal.cpu(), len(terminal.sent), stolen()
    began = time.perf_counter()
    if isinstance(key, bytes):
        terminal.type(key)
    elif isinstance(key, tuple):
        terminal.resize(*key)
    else:
        terminal.tell(key)
    wait = time.perf_counter() - began if terminal.read(patience) else 0.0
    done, lost_then = wait, stolen()
    while terminal.read(still):
        done, lost_then = time.perf_counter() - began, stolen()
    spent = terminal.cpu() - cpu
    told = bytes(terminal.sent[sent:])
    return Press(number, wait * 1000, done * 1000, spent * 1000, told, lost_then != lost)
