"""One question with a short answer, over whatever is on the screen."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.keymap import bindings
from tui.keys import ASK
from widgets.field import Field


class AskScreen(ModalScreen[str | None]):
    """Asks; the answer is what was typed, or None when it was left."""

    KEYS = "ask"
    AUTO_FOCUS = "Field"
    DEFAULT_CSS = """
    AskScreen { align: center middle; }
    AskScreen > Vertical {
        width: 64; max-width: 96%; height: auto; background: $surface; border: round $primary;
        padding: 0 1;
    }
    AskScreen Static { height: auto; }
    """
    BINDINGS = [*bindings(ASK)]

    def __init__(
        self, question: str, answer: str, why_not: Callable[[str], str] = lambda _: ""
    ) -> None:
        """Make a question.

        Args:
            question: What is asked.
            answer: What stands there to begin with.
            why_not: Why an answer will not do; "" when it will.
        """
        super().__init__()
        self._question = question
        self._answer = answer
        self._why_not = why_not

    def compose(self) -> ComposeResult:
        """Question, field, and what is wrong with the answer."""
        with Vertical() as box:
            box.border_subtitle = "Enter: yes · Esc: back"
            yield Static(self._question, markup=False)
            yield Field(self._answer, id="answer")
            yield Static("", id="why-not", markup=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say at once what will not do."""
        self.query_one("#why-not", Static).update(self._why_not(event.value.strip()))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter answers, if the answer will do."""
        said = event.value.strip()
        if not self._why_not(said):
            self.dismiss(said)

    def action_close(self) -> None:
        """Leave it."""
        self.dismiss(None)
