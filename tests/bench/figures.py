"""What is a figure, when is its goal met, and how is the table of them written down?"""

import json
import os
import platform
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

_HEAD = ("what", "measured", "beside", "which took", "ratio", "goal", "met")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement, beside its reference where there is one."""

    topic: str
    """Under which it stands in the table."""
    name: str
    value: float
    unit: str
    goal: float | None = None
    """What the ratio must not be above; without a reference, the value. None is only to know."""
    beside: str = ""
    reference: float | None = None
    """Measured in the same run, in the same unit."""
    least: bool = False
    """Whether the goal is what it must not be *below*."""
    floor: float | None = None
    """What any program would come to that is made with the same packages, measured likewise."""
    times: float | None = None
    """The median of what runs side by side came to as a multiple of each other; a machine whose
    speed changes in between does so for both."""

    @property
    def ratio(self) -> float | None:
        """The measurement as a multiple of its reference."""
        if self.times is not None:
            return self.times
        return self.value / self.reference if self.reference else None

    @property
    def out_of_reach(self) -> bool:
        """Whether no program that is made with the same packages could reach the goal."""
        return self.goal is not None and self.floor is not None and self.floor > self.goal

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None without one that can be."""
        if self.goal is None or self.out_of_reach:
            return None
        measured = self.value if self.ratio is None else self.ratio
        return measured >= self.goal if self.least else measured <= self.goal

    def _why_not(self) -> str:
        if self.floor is None or not self.out_of_reach:
            return ""
        return f"out of reach: {_number(self.floor)}× without us"

    def cells(self) -> tuple[str, ...]:
        """A line of the table."""
        ratio, sign = self.ratio, "≥" if self.least else "≤"
        times = "×" if ratio is not None else f" {self.unit}"
        return (
            self.name,
            f"{_number(self.value)} {self.unit}",
            self.beside,
            f"{_number(self.reference)} {self.unit}" if self.reference is not None else "",
            f"{ratio:.2f}" if ratio is not None else "",
            f"{sign} {_number(self.goal)}{times}" if self.goal is not None else "",
            {True: "yes", False: "NO", None: self._why_not()}[self.met],
        )


def table(figures: Sequence[Figure]) -> str:
    """For the terminal."""
    lines = [_HEAD, *(figure.cells() for figure in figures)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEAD))]
    written, topic = [_line(_HEAD, widths)], ""
    for figure in figures:
        if figure.topic != topic:
            topic = figure.topic
            written.append(f"\n{topic}")
        written.append(_line(figure.cells(), widths))
    return "\n".join(written)


def markdown(figures: Sequence[Figure]) -> str:
    """For the page in `docs/`."""
    written, topic = [], ""
    for figure in figures:
        if figure.topic != topic:
            topic = figure.topic
            written += ["", f"### {topic}", "", f"| {' | '.join(_HEAD)} |", "|---" * 7 + "|"]
        written.append(f"| {' | '.join(figure.cells())} |")
    return "\n".join(written).strip()


def as_json(figures: Sequence[Figure]) -> str:
    """For programs."""
    rows = [
        {
            **asdict(figure),
            "ratio": figure.ratio,
            "met": figure.met,
            "out_of_reach": figure.out_of_reach,
        }
        for figure in figures
    ]
    return json.dumps({"machine": machine(), "figures": rows}, indent=2)


def machine() -> Mapping[str, str]:
    """What it was measured on, and when."""
    told = Path("/proc/cpuinfo").read_text().partition("model name")[2].partition("\n")[0]
    cpu = told.strip(" :\t") or platform.machine()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = ", ".join(f"{load:.2f}" for load in os.getloadavg())
    return {
        "when": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "processor": f"{os.cpu_count()} × {cpu}",
        "memory": f"{memory:.1f} GB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "textual": version("textual"),
        "load before": load,
    }


def median(samples: Iterable[float]) -> float:
    """The middle one."""
    return statistics.median(samples)


def percentile(samples: Sequence[float], part: float) -> float:
    """The smallest sample that so large a part (0 to 1) of them is not above."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def multiple(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The middle one of ratios of runs that were made one after the other."""
    return median(one / other for one, other in zip(ours, theirs, strict=True))


def interleaved(runs: int, cases: Mapping[str, Callable[[], T]]) -> dict[str, list[T]]:
    """Every case so many times, one after the other, so that all meet the same weather."""
    found: dict[str, list[T]] = {name: [] for name in cases}
    for _ in range(runs):
        for name, run in cases.items():
            found[name].append(run())
    return found


def _number(value: float) -> str:
    if value >= 100_000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    aligned = [
        f"{cell:>{width}}" if place in (1, 3, 4, 5) else f"{cell:<{width}}"
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(aligned).rstrip()
