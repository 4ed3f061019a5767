"""What was missed or late, one promise at a time, and why, as somebody says."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from services.journal.records import Kept
from services.plain import plain
from services.policy.receipt import KIND_WORDS
from services.report import Report, name_of, outcome_words
from tui.keymap import bindings
from tui.keys import MISSED, REASON
from tui.screens.reader import Box, Boxed
from widgets.field import Field


class MissedScreen(Boxed[tuple[str, str] | None]):
    """One missed promise at a time: what, why it was due, and what somebody said of it."""

    KEYS = "missed"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(MISSED)]
    DEFAULT_CSS = "MissedScreen > Box { width: 92; max-width: 98%; max-height: 94%; }"

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


class ReasonScreen(Boxed[str | None]):
    """Why a promise was missed, in one line."""

    KEYS = "reason"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(REASON)]
    DEFAULT_CSS = "ReasonScreen > Box { width: 80; height: 3; padding: 0; }"
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
