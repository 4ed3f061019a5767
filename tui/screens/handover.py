"""The handover: read, completed with remarks, copied, saved, or posted as a note."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from services.domain import Issue
from services.letters import Action, IncidentNote, TicketUpdate
from services.plain import plain
from tui.keymap import bindings
from tui.keys import HANDOVER, REMARKS
from tui.options import ScreenOptions
from tui.screens.override import PreviewScreen
from tui.screens.paper import Paper
from tui.screens.reader import Box
from widgets.lightly import lightly

HOLD = timedelta(seconds=10)
"""How long the note can be pulled back."""

LONGEST_NOTE = 25_000
"""Characters that PagerDuty takes, with room for the mark."""

LONGEST_COMMENT = 65_000
"""Characters that Zendesk takes."""

_CUT = "\n\n(cut here; the whole was too long for a note)"


class HandoverScreen(Paper):
    """What whoever comes next must know."""

    KEYS = "handover"
    TABLE = HANDOVER
    NAME = "HANDOVER"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(HANDOVER)]

    @dataclass
    class Read(Message):
        """The handover is to be gathered anew."""

        screen: "HandoverScreen"
        ask: bool
        """Whether the vendors are to be asked again for what was done."""

    @dataclass
    class Decided(Message):
        """A note is to be posted."""

        action: Action

    @dataclass
    class Remarked(Message):
        """The remarks have been changed."""

        text: str

    def __init__(self, options: ScreenOptions, issue: Issue | None) -> None:
        """Make the screen; it is empty until it is told.

        Args:
            options: Looks and keys.
            issue: On which a note can be posted: the one under the cursor of the queue.
        """
        super().__init__(options)
        self._issue = issue
        self.words = ""
        """The text on the screen, as it is copied and saved."""
        self._remarks = ""
        self._title = "gathering…"
        self._file = "handover"

    def compose(self) -> ComposeResult:
        """A title, the text, the keys."""
        yield Static("", id="title", markup=False)
        with Box():
            yield Static("", id="text", markup=False)
        yield Static("", id="footer", markup=False)

    def on_mount(self) -> None:
        """Say that it is being gathered."""
        self.write()

    def tell(self, words: str, remarks: str, at: datetime, *, whole: bool) -> None:
        """Take the text.

        Args:
            words: All of it, as Markdown.
            remarks: The part that can be edited.
            at: As of when, in support's civil time.
            whole: Whether the vendors have told what was done.
        """
        self.words, self._remarks = words, remarks
        state = "" if whole else " · what was done is still being read…"
        self._title = f"as of {at:%H:%M:%S}{state}"
        self._file = f"handover-{at:%Y-%m-%d-%H%M}"
        if self.stands:
            self.write()

    def trouble(self, why: str) -> None:
        """Why there is no more of it."""
        self._title = plain(why, limit=160)
        if self.stands:
            self.write()

    def write(self) -> None:
        """Title, text and keys."""
        self.write_title(self._title)
        self.query_one("#text", Static).update(lightly(self.words or "One moment…"))
        super().write()

    def action_remarks(self) -> None:
        """Write what no system knows."""

        def keep(text: str) -> None:
            self.post_message(self.Remarked(text))

        def done(_: None) -> None:
            self.post_message(self.Read(self, ask=False))

        self.app.push_screen(RemarksScreen(self._remarks, keep), done)

    def action_copy(self) -> None:
        """Copy the Markdown."""
        self.copy(self.words)

    def action_save(self) -> None:
        """Save it as a file."""
        self.save(self.words, self._file, ".md")

    def action_note(self) -> None:
        """Post it as an internal note on the issue under the cursor of the queue."""
        issue = self._issue
        found = note_action(issue, self.words) if issue is not None else None
        if found is None:
            self.notify("There is no open issue under the cursor to post it on.", markup=False)
            return
        action, kind = found
        lines = [f"{kind}, that no requester sees:", "", *self.words.splitlines()]
        self.app.push_screen(PreviewScreen(action.label, lines, action), self._decide)

    def action_refresh_now(self) -> None:
        """Gather it anew, as of now."""
        self.post_message(self.Read(self, ask=True))

    def _decide(self, action: Action | None) -> None:
        if action is not None:
            self.post_message(self.Decided(action))


class RemarksScreen(ModalScreen[None]):
    """A text of one's own; every change is kept at once."""

    KEYS = "remarks"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(REMARKS)]
    DEFAULT_CSS = """
    RemarksScreen { align: center middle; }
    RemarksScreen > TextArea { width: 90; max-width: 98%; height: 60%; min-height: 8; }
    """

    def __init__(self, text: str, keep: Callable[[str], None]) -> None:
        """Begin with a text.

        Args:
            text: What was written before.
            keep: Told of every change.
        """
        super().__init__()
        self._text = text
        self._keep = keep

    def compose(self) -> ComposeResult:
        """Nothing but the text."""
        area = TextArea(self._text, id="remarks")
        area.border_title = "Remarks"
        area.border_subtitle = "kept as you type · Esc done"
        yield area

    @on(TextArea.Changed)
    def _changed(self, event: TextArea.Changed) -> None:
        if event.text_area.text != self._text:
            self._text = event.text_area.text
            self._keep(self._text)

    def action_close(self) -> None:
        """It is kept already."""
        self.dismiss(None)


def note_action(issue: Issue, words: str) -> tuple[Action, str] | None:
    """What posts a handover as a note on an issue, and what kind of note; None if it cannot be."""
    ticket, incident = issue.ticket, issue.incident
    if ticket is not None and not ticket.status.done:
        comment = _at_most(words, LONGEST_COMMENT)
        note = TicketUpdate(ticket_id=ticket.id, stamp=ticket.updated_at, comment=comment)
        label = f"Handover as an internal note on #{ticket.id}"
        kind = "An internal note on the Zendesk ticket"
        return _action(issue, label, note), kind
    if incident is not None:
        text = _at_most(words, LONGEST_NOTE)
        note_ = IncidentNote(incident_id=incident.id, text=text)
        label = f"Handover as a note on PagerDuty #{incident.number}"
        return _action(issue, label, note_), "A note on the PagerDuty incident"
    return None


def _action(issue: Issue, label: str, note: TicketUpdate | IncidentNote) -> Action:
    return Action(issue=issue.id, form="handover", label=label, writes=(note,), hold=HOLD)


def _at_most(words: str, limit: int) -> str:
    return words if len(words) <= limit else words[: limit - len(_CUT)] + _CUT
