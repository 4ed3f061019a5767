"""`make bench`: one table of everything, on the terminal, as JSON, and if wanted in the docs.

Alone on a quiet machine it takes under five minutes. CPU seconds and bytes are compared with
references that are measured in the same run; wall-clock time only where a person waits for it.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from compileall import compile_dir
from pathlib import Path

from tests.bench import growth, idle, keys, start, work
from tests.bench.figures import Figure, as_json, machine, markdown, table
from tests.bench.terminal import ROOT

TOPICS: Mapping[str, Callable[[], Iterator[Figure]]] = {
    "start": start.figures,
    "idle": idle.figures,
    "keys": keys.figures,
    "work": work.figures,
}
GROWTH = "growth"
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- the table: begin -->", "<!-- the table: end -->"


def main() -> int:
    """Measure, print and keep; 1 if a goal is missed."""
    asked = _parser().parse_args()
    # As an installed program is; what the shell says of writing such files is not measured here.
    for folder in ("services", "tui", "widgets", "tests/bench"):
        compile_dir(ROOT / folder, quiet=1)
    began, told = time.monotonic(), machine()
    print("\n".join(f"{name:<12} {value}" for name, value in told.items()), end="\n\n")
    measured: list[Figure] = []
    shift = growth.begin() if GROWTH in (asked.only or [GROWTH]) else None
    for name in asked.only or TOPICS:
        print(f"measuring: {name} … ({time.monotonic() - began:.0f} s)", file=sys.stderr)
        if name in TOPICS:
            measured += TOPICS[name]()
    if shift is not None:
        measured += growth.figures(shift)
    print(table(measured))
    met = sum(figure.met is True for figure in measured)
    missed = sum(figure.met is False for figure in measured)
    beyond = sum(figure.out_of_reach for figure in measured)
    told_of = f"{met} of {met + missed} goals met" + (f", {beyond} out of reach" if beyond else "")
    print(f"\n{told_of}; took {time.monotonic() - began:.0f} s.")
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    asked.json.write_text(as_json(measured), encoding="utf-8")
    if asked.write_docs:
        _write_page(measured, told)
    return 1 if missed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=[*TOPICS, GROWTH], help="measure just these")
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "bench.json", metavar="PATH")
    parser.add_argument(
        "--write-docs", action="store_true", help=f"put the table into {PAGE.relative_to(ROOT)}"
    )
    return parser


def _write_page(measured: list[Figure], told: Mapping[str, str]) -> None:
    """Replace the table in the page, and what it was measured on."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    machine_told = "\n".join(f"- {name}: {value}" for name, value in told.items())
    page = f"{before}{BEGIN}\n\n{machine_told}\n\n{markdown(measured)}\n\n{END}{after}"
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
