"""What is shown, and to whom? An app's part that hides names and opens links."""

from collections.abc import Sequence
from functools import partial

from textual import on
from textual.filter import LineFilter

from services.domain import Issue, Snapshot, TimelineEntry
from services.people import People
from services.runbooks import links_for
from services.veil import Veil, hidden_in
from tui.options import ScreenOptions
from tui.screens.on_issue import IssueActions
from tui.typing import KeysInOrder
from widgets.ascii import Ascii
from widgets.hiding import Hiding


class Looking(KeysInOrder):
    """An app whose screen others may see."""

    def set_looks(self, options: ScreenOptions) -> None:
        """Say how the operator wants the screen to look; before the app runs."""
        self._looks = options
        self._private = options.privacy
        self._veil: Veil | None = None
        self._hiding: Hiding | None = None
        self._hidden: People | None = None
        self._real: dict[str, Issue] = {}

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's; one that hides names, and one where the terminal has nothing but ASCII."""
        filters = [*super().get_line_filters()]
        if self._hiding is not None:
            filters.append(self._hiding)
        return [*filters, Ascii()] if self._looks.ascii else filters

    def veiled(self, snapshot: Snapshot) -> Snapshot:
        """What may be painted of the world."""
        self._real = {}
        self._veil = None
        if not self._private:
            self._hiding = None
            return snapshot
        self._real = {issue.id: issue for issue in snapshot.issues}
        self._veil = Veil(snapshot)
        # The same one as long as it hides the same: lines that are painted already are kept by it.
        if self._hiding is None or self._hidden != self._veil.people:
            self._hidden = self._veil.people
            self._hiding = Hiding(partial(hidden_in, self._hidden))
        return self._veil.snapshot(snapshot)

    def unveiled(self, issues: Sequence[Issue]) -> tuple[Issue, ...]:
        """The issues themselves, for whatever is sent of them."""
        return tuple(self._real.get(issue.id, issue) for issue in issues)

    def veiled_entries(self, entries: Sequence[TimelineEntry]) -> Sequence[TimelineEntry]:
        """What may be painted of what happened."""
        return self._veil.entries(entries) if self._veil is not None else entries

    def show_again(self) -> None:
        """Paint the world anew."""

    def action_privacy(self) -> None:
        """Hide names and addresses, or show them again."""
        self._private = not self._private
        self.show_again()
        for screen in self.screen_stack:
            for widget in screen.walk_children(with_self=True):
                widget.refresh()
        hidden = "Names and addresses are hidden. X shows them again."
        self.notify(hidden if self._private else "Names are shown again.", markup=False)

    @on(IssueActions.LinksWanted)
    def _links_wanted(self, event: IssueActions.LinksWanted) -> None:
        from tui.screens.links import LinksScreen

        found = links_for(event.issue, self._looks.links, self._looks.runbooks)
        self.push_screen(LinksScreen(found, self.open_url))
