"""A page to read, over the queue: a receipt, the help."""

from collections.abc import Callable

from rich.console import RenderableType
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, Screen, ScreenResultType
from textual.widgets import Input, Static

from tui.keymap import bindings
from tui.keys import PAGE, SEARCH
from widgets.field import Field


class Box(VerticalScroll, inherit_bindings=False, can_focus=False):
    """A frame around a text, scrolled by the keys of its screen."""


class Scrolling(Screen[None]):
    """A screen with one box on it, which its keys move."""

    def action_scroll(self, by: int) -> None:
        """A line up or down."""
        self.query_one(Box).scroll_relative(y=by, animate=False)

    def action_page(self, by: int) -> None:
        """A screenful up or down."""
        box = self.query_one(Box)
        box.scroll_relative(y=by * max(1, box.size.height - 1), animate=False)


class Boxed(ModalScreen[ScreenResultType]):
    """A box in the middle, over what was there before; how wide and high, its screen may say."""

    DEFAULT_CSS = """
    Boxed { align: center middle; }
    Boxed > Box {
        width: 90; max-width: 96%; height: auto; max-height: 90%; background: $surface;
        border: round $primary; padding: 0 1;
    }
    Boxed Static { height: auto; }
    """


class Reading(Boxed[None], Scrolling):
    """A box with a text in it."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def compose(self) -> ComposeResult:
        """A box, and in it the text."""
        with Box() as box:
            # As it is: a text alone would be read as markup, and a subject could act.
            box.border_title = Content(self._title)
            box.border_subtitle = "Esc back"
            yield from self.compose_text()

    def compose_text(self) -> ComposeResult:
        """What stands in the box."""
        raise NotImplementedError

    def action_close(self) -> None:
        """Back to what is below."""
        self.dismiss(None)


class PageScreen(Reading):
    """A text."""

    KEYS = "page"
    BINDINGS = [*bindings(PAGE)]

    def __init__(self, title: str, text: RenderableType) -> None:
        super().__init__(title)
        self._text = text

    def compose_text(self) -> ComposeResult:
        """Just the text."""
        yield Static(self._text, id="page", markup=False)


class SearchScreen(Reading):
    """A text that is searched as one types."""

    KEYS = "search"
    AUTO_FOCUS = "Input"
    BINDINGS = [*bindings(SEARCH)]

    def __init__(
        self, title: str, write: Callable[[str], RenderableType], asks_for: str = "search"
    ) -> None:
        """Make a page.

        Args:
            title: Stands in its frame.
            write: The text, for what is searched for.
            asks_for: What to type, shown as long as nothing is typed.
        """
        super().__init__(title)
        self._write = write
        self._asks_for = asks_for

    def compose_text(self) -> ComposeResult:
        """A search box and the text."""
        yield Field(placeholder=self._asks_for, id="search")
        yield Static(self._write(""), id="page", markup=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Only what is searched for."""
        self.query_one("#page", Static).update(self._write(event.value))

    def on_input_submitted(self) -> None:
        """Enter in the search box closes the page."""
        self.action_close()
