"""How are weeks and answers drawn? As bars; read only when somebody wants to see them."""

from collections.abc import Sequence

from textual_plotext import PlotextPlot

from services.policy.spoken import day_words
from services.report import BUCKETS, Report, buckets


def draw_weeks(plot: PlotextPlot, report: Report) -> None:
    """Met, late and missed of each week, on top of each other."""
    names = [f"{day_words(week)[4:]}" for week in report.by_week]
    tallies = [list(by_severity.values()) for by_severity in report.by_week.values()]
    met = [sum(tally.met for tally in week) for week in tallies]
    late = [sum(tally.late for tally in week) for week in tallies]
    missed = [sum(tally.missed for tally in week) for week in tallies]
    plt = plot.plt
    plt.title("Promises by week: █ met, ▒ late, x missed")
    # Drawn over each other, the tallest first: they look stacked.
    stacked = ((missed, "x", "red"), (late, "▒", "orange"), (met, "█", "green"))
    for place, (_, marker, color) in enumerate(stacked):
        heights = [sum(parts) for parts in zip(*(h for h, _, _ in stacked[place:]), strict=True)]
        plt.bar(names, heights, marker=marker, color=color, width=0.5)
        if place == 0:
            plt.yticks(_whole_numbers(max(heights)))


def draw_answers(plot: PlotextPlot, report: Report) -> None:
    """How many first answers came within which time."""
    plt = plot.plt
    plt.title("First answers by time taken, on the promise's own clock")
    names = [name for name, _ in BUCKETS]
    taken: Sequence[float] = [length for one in report.answers.values() for length in one]
    counts = list(buckets(taken))
    plt.bar(names, counts, marker="█", width=0.6)
    plt.yticks(_whole_numbers(max(counts)))


def _whole_numbers(most: int) -> list[float]:
    """A few numbers from 0 up, for a scale: there are no half promises.

    >>> _whole_numbers(3), _whole_numbers(40)
    ([0, 1, 2, 3], [0, 10, 20, 30, 40])
    """
    step = -(-max(most, 1) // 4)
    return list(range(0, most + step, step))
