"""The report: promises kept and not, week by week, and how soon we answer, drawn and told."""

from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import Static

from services.plain import plain
from services.policy.receipt import KIND_WORDS
from services.policy.spoken import day_words
from services.report import Report, Tally, csv_text, markdown, name_of, outcome_words
from tui.keymap import bindings
from tui.keys import REPORT
from tui.options import ScreenOptions
from tui.screens.missed import MissedScreen
from tui.screens.paper import Paper
from tui.screens.reader import Box


class ReportScreen(Paper):
    """Plots and numbers."""

    KEYS = "report"
    TABLE = REPORT
    NAME = "REPORT"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(REPORT)]
    DEFAULT_CSS = """
    ReportScreen > Box > PlotextPlot { height: 12; }
    """

    @dataclass
    class Reasoned(Message):
        """Why a promise was missed."""

        screen: "ReportScreen"
        key: str
        reason: str

    def __init__(self, options: ScreenOptions, report: Report) -> None:
        super().__init__(options)
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
        self.write_title(f"{day_words(first)} to {day_words(last)} {last.year}")
        self.query_one("#numbers", Static).update(Text("\n".join(_numbers(report))))
        if report.kept:
            from textual_plotext import PlotextPlot

            from tui.screens.report_plots import draw_answers, draw_weeks

            draw_weeks(self.query_one("#weeks", PlotextPlot), report)
            draw_answers(self.query_one("#answers", PlotextPlot), report)
        self.write()

    def tell(self, report: Report) -> None:
        """Take it anew: a reason was given."""
        self.report = report
        if self.stands:
            self.write()

    def write(self) -> None:
        """What was missed, and the keys; plots and numbers stay."""
        self.query_one("#text", Static).update(Text("\n".join(_failures(self.report))))
        super().write()

    def action_missed(self) -> None:
        """Go through what was missed or late, with its receipt."""
        if not self.report.failed:
            self.notify("Nothing was missed or late.", markup=False)
            return
        self.app.push_screen(MissedScreen(self.report), self._reasoned)

    def action_copy(self) -> None:
        """Copy it as Markdown."""
        self.copy(markdown(self.report))

    def action_save(self) -> None:
        """Save it as Markdown."""
        self.save(markdown(self.report), self._file, ".md")

    def action_save_csv(self) -> None:
        """Save every promise for a spreadsheet."""
        self.save(csv_text(self.report), self._file, ".csv")

    @property
    def _file(self) -> str:
        return f"report-{self.report.until.astimezone(self.report.zone):%Y-%m-%d}"

    def _reasoned(self, said: tuple[str, str] | None) -> None:
        if said is not None:
            self.post_message(self.Reasoned(self, *said))


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
