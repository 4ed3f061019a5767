"""One issue on a screen of its own, where there is no room beside the queue."""

from datetime import datetime

from textual.app import ComposeResult
from textual.screen import ModalScreen

from services.policy.deadlines import Policy
from services.queue import Row
from tui.keymap import bindings
from tui.keys import ISSUE
from tui.screens.on_issue import IssueActions
from widgets.detail import Detail


class IssueScreen(IssueActions[None], ModalScreen[None]):
    """The issue, and all that can be asked of it."""

    KEYS = "issue"
    DEFAULT_CSS = """
    IssueScreen { background: $background; }
    IssueScreen Detail { border-left: none; }
    """
    BINDINGS = [*bindings(ISSUE)]

    def __init__(self, policy: Policy, detail: Detail, row: Row, now: datetime) -> None:
        super().__init__()
        self.policy = policy
        self.detail = detail
        self._row = row
        self._now = now

    def compose(self) -> ComposeResult:
        """Nothing but the issue."""
        yield self.detail

    def on_mount(self) -> None:
        """What stands is shown at once; what happened follows."""
        self.detail.show(self._row, self._now)

    def looked_at(self) -> tuple[Row | None, datetime | None]:
        """The issue as it was last told of."""
        return self.detail.row or self._row, self.detail.now or self._now

    def action_close(self) -> None:
        """Back to the queue."""
        self.dismiss(None)

    def action_scroll(self, by: int) -> None:
        """A line up or down."""
        self.detail.scroll_lines(by)

    def action_page(self, by: int) -> None:
        """A screenful up or down."""
        self.detail.scroll_lines(by * max(1, self.size.height - 2))
