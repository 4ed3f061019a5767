"""Does memory grow over a shift? Twelve hours of ticks, polls and keys, in a process of its own.

It goes on at the lowest priority beside what is measured first, or it would take as long as all the
rest; what it tells does not depend on how long it takes.
"""

import os
import subprocess
from collections.abc import Iterator

import msgspec

from tests.bench.figures import Figure
from tests.bench.terminal import ROOT, python


def begin() -> "subprocess.Popen[str]":
    """Start it."""
    argv = ["nice", "-n", "19", *python("-m", "tests.bench.apps.shift")]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(argv, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True)


def figures(shift: "subprocess.Popen[str]") -> Iterator[Figure]:
    """What it told, once it is over.

    Raises:
        RuntimeError: It came to grief.
    """
    said, _ = shift.communicate()
    if shift.returncode:
        raise RuntimeError("the shift ended before its time; what it said stands above")
    seen = msgspec.json.decode(said, type=dict[str, int])
    before, after = seen["before"] / 1024, seen["after"] / 1024
    topic = "43,200 ticks with a poll every half minute"
    yield Figure(topic, "memory afterwards", after, "MB", 1.02, "an hour after the start", before)
