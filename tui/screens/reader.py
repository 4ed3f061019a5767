"""A page to read, over the queue: an issue, a receipt, the help."""

from collections.abc import Callable
from datetime import datetime

from rich.console import RenderableType
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from services.queue import Row
from widgets.detail import Detail


class PageScreen(ModalScreen[None]):
    """A text of labelled lines; with a search box if it is long."""

    DEFAULT_CSS = """
    PageScreen { align: center middle; }
    PageScreen > VerticalScroll {
        width: 90; max-width: 96%; height: auto; max-height: 90%; background: $surface;
        border: round $primary; padding: 0 1;
    }
    PageScreen Static { height: auto; }
    PageScreen Input { border: none; height: 1; padding: 0; background: $panel; }
    """
    AUTO_FOCUS = "Input"
    BINDINGS = [
        Binding("escape,q,enter", "close", "Back"),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
        Binding("pagedown,space", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
    ]

    def __init__(
        self, title: str, write: Callable[[str], RenderableType], *, search: bool = False
    ) -> None:
        """Make a page.

        Args:
            title: Stands in its frame.
            write: The text, for what is searched for.
            search: Whether there is a search box.
        """
        super().__init__()
        self._title = title
        self._write = write
        self._search = search

    def compose(self) -> ComposeResult:
        """A box, and in it the text."""
        with VerticalScroll() as box:
            box.border_title = self._title
            box.border_subtitle = "Esc back"
            if self._search:
                yield Input(placeholder="search", id="search")
            yield Static(self._write(""), id="page", markup=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Only what is searched for."""
        self.query_one("#page", Static).update(self._write(event.value))

    def on_input_submitted(self) -> None:
        """Enter in the search box closes the page."""
        self.action_close()

    def action_close(self) -> None:
        """Back to the queue."""
        self.dismiss(None)

    def action_scroll(self, by: int) -> None:
        """A line up or down."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    def action_page(self, by: int) -> None:
        """A screenful up or down."""
        box = self.query_one(VerticalScroll)
        box.scroll_relative(y=by * max(1, box.size.height - 1), animate=False)


class IssueScreen(ModalScreen[None]):
    """One issue on a screen of its own, where there is no room beside the queue."""

    DEFAULT_CSS = """
    IssueScreen { background: $background; }
    IssueScreen Detail { border-left: none; }
    """
    BINDINGS = [
        Binding("escape,q,enter", "close", "Back"),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
        Binding("pagedown,space", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
    ]

    def __init__(self, detail: Detail, row: Row, now: datetime) -> None:
        super().__init__()
        self.detail = detail
        self._row = row
        self._now = now

    def compose(self) -> ComposeResult:
        """Nothing but the issue."""
        yield self.detail

    def on_mount(self) -> None:
        """What stands is shown at once; what happened follows."""
        self.detail.show(self._row, self._now)

    def action_close(self) -> None:
        """Back to the queue."""
        self.dismiss(None)

    def action_scroll(self, by: int) -> None:
        """A line up or down."""
        self.detail.scroll_relative(y=by, animate=False)

    def action_page(self, by: int) -> None:
        """A screenful up or down."""
        self.detail.scroll_relative(y=by * max(1, self.size.height - 2), animate=False)
