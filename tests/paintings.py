"""What a screen painted, kept as text beside the tests: a change of it is seen in a diff.

`ROTA_PAINT=1 pytest …` writes what is painted now in place of what was kept.
"""

import os
from collections.abc import Sequence
from pathlib import Path


def assert_as_kept(lines: Sequence[str], kept: Path) -> None:
    """The painted lines are those in the file."""
    painted = "\n".join(line.rstrip() for line in lines).rstrip() + "\n"
    if os.environ.get("ROTA_PAINT"):
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(painted, encoding="utf-8")
    assert painted.splitlines() == kept.read_text(encoding="utf-8").splitlines()
