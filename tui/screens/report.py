"""The report: promises kept and not, week by week, and how soon we answer, drawn and told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Static

from services.domain import Snapshot
from services.errors import StoreError
from services.journal.records import Kept
from services.plain import plain
from services.policy.receipt import KIND_WORDS
from services.policy.spoken import day_words
from services.report import (
    BUCKETS,
    Report,
    Tally,
    buckets,
    csv_text,
    markdown,
    name_of,
    outcome_words,
)
from tui.clipboard import copy
from tui.keymap import bindings, key_line
from tui.keys import MISSED, REASON, REPORT
from tui.options import ScreenOptions
from tui.saving import save
from tui.screens.follower import Follower
from tui.screens.reader import Box
from widgets.field import Field

if TYPE_CHECKING:
    from textual_plotext import PlotextPlot


class ReportScreen(Follower):
    """Plots and numbers."""

    KEYS = "report"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(REPORT)]
    DEFAULT_CSS = """
    ReportScreen > Static { height: 1; width: 1fr; background: $panel; }
    ReportScreen > Box { height: 1fr; padding: 0 1; }
    ReportScreen > Box > Static { height: auto; }
    ReportScreen > Box > PlotextPlot { height: 12; }
    ReportScreen > #title { text-style: bold; }
    """

    @dataclass
    class Reasoned(Message):
        """Why a promise was missed."""

        screen: "ReportScreen"
        key: str
        reason: str

    def __init__(self, options: ScreenOptions, report: Report) -> None:
        super().__init__()
        self._options = options
        self.report = report

    def compose(self) -> ComposeResult:
        """Numbers, bars by week, bars by time taken, the rest in words."""
        yield Static("", id="title", markup=False)
        with Box():
            yield Static("", id="numbers", markup=False)
            # Its library is read only when somebody wants to see a plot.
            from textual_plotext import PlotextPlot

            if self.report.kept:
                yield PlotextPlot(id="weeks")
                yield PlotextPlot(id="answers")
            yield Static("", id="text", markup=False)
        yield Static("", id="footer", markup=False)

    def on_mount(self) -> None:
        """Draw it once; nothing of it changes by itself."""
        zone, report = self.report.zone, self.report
        first, last = report.since.astimezone(zone), report.until.astimezone(zone)
        title = f" REPORT {day_words(first)} to {day_words(last)} {last.year}"
        self.query_one("#title", Static).update(Text(title, no_wrap=True))
        self.query_one("#numbers", Static).update(Text("\n".join(_numbers(report))))
        if report.kept:
            from textual_plotext import PlotextPlot

            _draw_weeks(self.query_one("#weeks", PlotextPlot), report)
            _draw_answers(self.query_one("#answers", PlotextPlot), report)
        self._write()

    def show(self, snapshot: Snapshot, now: datetime) -> None:
        """It stays as it was made."""

    def tick(self, now: datetime) -> None:
        """It stays as it was made."""

    def reads_until(self, now: datetime) -> datetime | None:
        """Never reads differently by itself."""
        return None

    def tell(self, report: Report) -> None:
        """Take it anew: a reason was given."""
        self.report = report
        self._write()

    def on_resize(self) -> None:
        """As many keys as there is room for."""
        if self.is_mounted:
            self._write()

    def _write(self) -> None:
        self.query_one("#text", Static).update(Text("\n".join(_failures(self.report))))
        line = key_line(REPORT, self.size.width, self._options.keys)
        self.query_one("#footer", Static).update(line)

    def action_scroll(self, by: int) -> None:
        """A line up or down."""
        self.query_one(Box).scroll_relative(y=by, animate=False)

    def action_page(self, by: int) -> None:
        """A screenful up or down."""
        box = self.query_one(Box)
        box.scroll_relative(y=by * max(1, box.size.height - 1), animate=False)

    def action_missed(self) -> None:
        """Go through what was missed or late, with its receipt."""
        if not self.report.failed:
            self.notify("Nothing was missed or late.", markup=False)
            return
        self.app.push_screen(MissedScreen(self.report), self._reasoned)

    def action_copy(self) -> None:
        """Copy it as Markdown."""
        copy(self.app, markdown(self.report))
        self.notify("Copied the report.", markup=False)

    def action_save(self) -> None:
        """Save it as Markdown."""
        self._save(markdown(self.report), ".md")

    def action_save_csv(self) -> None:
        """Save every promise for a spreadsheet."""
        self._save(csv_text(self.report), ".csv")

    def action_close(self) -> None:
        """Back to the queue."""
        self.dismiss(None)

    def _save(self, words: str, ending: str) -> None:
        name = f"report-{self.report.until.astimezone(self.report.zone):%Y-%m-%d}"
        try:
            path = save(words, name, ending, Path.cwd())
        except StoreError as error:
            self.notify(f"{error.headline} {error.advice}", severity="error", markup=False)
            return
        self.notify(f"Saved {plain(str(path), limit=200)}", markup=False)

    def _reasoned(self, said: tuple[str, str] | None) -> None:
        if said is not None:
            self.post_message(self.Reasoned(self, *said))


class MissedScreen(ModalScreen[tuple[str, str] | None]):
    """One missed promise at a time: what, why it was due, and what somebody said of it."""

    KEYS = "missed"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(MISSED)]
    DEFAULT_CSS = """
    MissedScreen { align: center middle; }
    MissedScreen > Box {
        width: 92; max-width: 98%; height: auto; max-height: 94%; background: $surface;
        border: round $primary; padding: 0 1;
    }
    MissedScreen Static { height: auto; }
    """

    def __init__(self, report: Report) -> None:
        super().__init__()
        self._report = report
        self._place = len(report.failed) - 1

    def compose(self) -> ComposeResult:
        """A box, and in it the promise."""
        with Box():
            yield Static("", id="missed", markup=False)

    def on_mount(self) -> None:
        """The latest first."""
        self._write()

    def action_move(self, by: int) -> None:
        """To another one."""
        self._place = max(0, min(self._place + by, len(self._report.failed) - 1))
        self._write()

    def action_reason(self) -> None:
        """Say why it was missed."""
        held = self._held

        def said(reason: str | None) -> None:
            if reason is not None:
                self.dismiss((held.record.key, reason))

        self.app.push_screen(ReasonScreen(held.reason), said)

    def action_close(self) -> None:
        """Back to the report."""
        self.dismiss(None)

    @property
    def _held(self) -> Kept:
        return self._report.failed[self._place]

    def _write(self) -> None:
        record, reason = self._held.record, self._held.reason
        box = self.query_one(Box)
        count = f"{self._place + 1} of {len(self._report.failed)}"
        box.border_title = Content(f"Missed or late, {count}")
        box.border_subtitle = "j k others · e reason · Esc back"
        lines = [
            plain(record.subject, limit=200) or "(no subject)",
            f"{record.anchor}, {name_of(record.severity)}, {KIND_WORDS[record.kind].lower()}",
            outcome_words(record, self._report.zone),
            "",
            *(f"{label:<9}{plain(words)}" for label, words in record.receipt),
            "",
            f"Reason   {plain(reason, limit=2000) or '(none given)'}",
        ]
        self.query_one("#missed", Static).update(Text("\n".join(lines)))


class ReasonScreen(ModalScreen[str | None]):
    """Why a promise was missed, in one line."""

    KEYS = "reason"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(REASON)]
    DEFAULT_CSS = """
    ReasonScreen { align: center middle; }
    ReasonScreen > Box {
        width: 80; max-width: 96%; height: 3; background: $surface; border: round $primary;
    }
    """
    AUTO_FOCUS = "Input"

    def __init__(self, reason: str) -> None:
        super().__init__()
        self._reason = reason

    def compose(self) -> ComposeResult:
        """One line."""
        with Box() as box:
            box.border_title = "Why was it missed?"
            box.border_subtitle = "Enter keeps · Esc back"
            yield Field(self._reason, id="reason", max_length=500)

    def on_input_submitted(self, event: Field.Submitted) -> None:
        """It is kept here, on this laptop; nothing is sent."""
        self.dismiss(event.value)

    def action_close(self) -> None:
        """Leave it as it was."""
        self.dismiss(None)


def _numbers(report: Report) -> list[str]:
    if not report.kept:
        return ["The journal holds no promise that was decided in this time."]
    lines = [f"{'':<14}{'met':>6}{'late':>6}{'missed':>8}{'unknown':>9}{'in time':>9}"]
    lines += [_counts(name_of(severity), tally) for severity, tally in report.by_severity.items()]
    return [*lines, _counts("all", report.total), ""]


def _counts(name: str, tally: Tally) -> str:
    return (
        f"{name:<14}{tally.met:>6}{tally.late:>6}{tally.missed:>8}{tally.unknown:>9}"
        f"{tally.share:>9}"
    )


def _failures(report: Report) -> list[str]:
    if not report.failed:
        return ["", "Nothing was missed or late."] if report.kept else []
    lines = ["", f"Missed or late ({len(report.failed)}); m goes through them, with receipts:"]
    for one in reversed(report.failed):
        record = one.record
        why = f" | {plain(one.reason, limit=80)}" if one.reason else ""
        subject = plain(record.subject, limit=60)
        lines.append(
            f"  {record.anchor} {name_of(record.severity)} {KIND_WORDS[record.kind].lower()}: "
            f"{outcome_words(record, report.zone)} | {subject}{why}"
        )
    return lines


def _draw_weeks(plot: "PlotextPlot", report: Report) -> None:
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


def _draw_answers(plot: "PlotextPlot", report: Report) -> None:
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
