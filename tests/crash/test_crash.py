"""A few kills of the real program; `make crashtest` does a hundred."""

import os
from pathlib import Path

from tests.crash.rounds import live_and_die

PATIENT = 2.0
"""Seconds: on a busy machine the program may get to a keystroke late. The long run allows 0.3."""


def test_whatever_was_typed_or_sent_survives_a_kill(tmp_path: Path) -> None:
    busy = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    records = live_and_die(tmp_path, kills=2, grace=PATIENT * busy, seed=20260302)

    assert all(record.typed for record in records)
