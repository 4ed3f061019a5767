"""What can be asked of one issue, wherever it is being looked at?"""

from datetime import datetime

from textual.message import Message
from textual.screen import Screen, ScreenResultType

from services.domain import Issue
from services.plain import plain
from services.policy.deadlines import Policy
from services.queue import Row
from tui.clipboard import copy
from tui.screens.pages import receipts, summary, web_address


class IssueActions(Screen[ScreenResultType]):
    """The keys that act on the issue in view, on the queue and on the issue's own screen."""

    policy: Policy

    # Not dataclasses: to make the methods of one takes longer than all else in this module.

    class FormWanted(Message):
        """A form is to be opened on what was in view at the key press."""

        def __init__(self, form: str, issues: tuple[Issue, ...]) -> None:
            super().__init__()
            self.form = form
            self.issues = issues

    class AcknowledgeWanted(Message):
        """Pages are to be acknowledged."""

        def __init__(self, issues: tuple[Issue, ...]) -> None:
            super().__init__()
            self.issues = issues

    class LinksWanted(Message):
        """The useful addresses are wanted, those that fit the issue first."""

        def __init__(self, issue: Issue | None) -> None:
            super().__init__()
            self.issue = issue

    class Mute(Message):
        """An issue is to be silent, or to ring again."""

        def __init__(self, issue: Issue) -> None:
            super().__init__()
            self.issue = issue

    def looked_at(self) -> tuple[Row | None, datetime | None]:
        """The issue, and the servers' time; the time is not known before the first answer."""
        raise NotImplementedError

    def meant(self) -> tuple[Issue, ...]:
        """The issues that an action is about."""
        row, _ = self.looked_at()
        return (row.issue,) if row is not None else ()

    def action_form(self, form: str) -> None:
        """Open a form."""
        self.post_message(self.FormWanted(form, self.meant()))

    def action_acknowledge(self) -> None:
        """Acknowledge the page."""
        self.post_message(self.AcknowledgeWanted(self.meant()))

    def action_why(self) -> None:
        """The receipt of each deadline of the issue."""
        (row, now), policy = self.looked_at(), self.policy
        if row is None or now is None:
            return
        from tui.screens.reader import PageScreen

        title = plain(row.issue.subject, limit=60)
        self.app.push_screen(PageScreen(title, receipts(row, policy, now)))

    def action_browser(self) -> None:
        """Open the issue where its vendor shows it; web addresses only."""
        url = self._address()
        if url:
            self.app.open_url(url)

    def action_copy_link(self) -> None:
        """Copy the issue's address."""
        url = self._address()
        if url:
            copy(self.app, url)
            self.notify(f"Copied {plain(url, limit=80)}", markup=False)

    def action_copy_summary(self) -> None:
        """Copy a line that says how the issue stands."""
        row, now = self.looked_at()
        if row is None or now is None:
            return
        line = summary(row, now)
        copy(self.app, line)
        self.notify(f"Copied {line}", markup=False)

    def action_links(self) -> None:
        """Choose from the runbooks that fit and the useful links."""
        row, _ = self.looked_at()
        self.post_message(self.LinksWanted(row.issue if row is not None else None))

    def action_mute(self) -> None:
        """Silence the issue's signals, or let it ring again."""
        row, _ = self.looked_at()
        if row is not None:
            self.post_message(self.Mute(row.issue))

    def _address(self) -> str:
        row, _ = self.looked_at()
        url = web_address(row)
        if row is not None and not url:
            self.notify("This issue has no web address.", markup=False)
        return url
