"""`make crashtest`: a hundred kills or more; says how each life ended."""

import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.crash.rounds import live_and_die

GRACE = 0.3
"""Seconds before a kill in which a keystroke may get lost."""


def main() -> int:
    """Run, and say what was seen."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else time.time_ns() % 1_000_000
    load = os.getloadavg()[0]
    print(f"seed {seed}, {kills} kills, load {load:.1f}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        records = live_and_die(Path(folder), kills, GRACE, seed)
    stages = Counter(record.stage for record in records)
    left = Counter(record.left for record in records)
    typed = sum(len(record.typed) for record in records)
    took = time.monotonic() - began
    print(f"letters on the disk at that moment: {dict(left)}")
    print(
        f"killed while {dict(stages)}; {typed} keystrokes; none lost, none sent twice; {took:.0f} s"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
