"""A line to type in, over a list: the arrows up and down stay with the list.

What is pasted is made plain: copied from a web page it may hold more than was seen.
"""

from textual import events
from textual.widgets import Input

from services.plain import plain


class Field(Input, inherit_bindings=False):
    """Textual's input without the scrolling keys that come with being a scroll view."""

    DEFAULT_CSS = """
    Field { border: none; height: 1; padding: 0; background: $panel; }
    Field:focus { border: none; }
    """
    BINDINGS = [*Input.BINDINGS]

    def _on_paste(self, event: events.Paste) -> None:
        lines = event.text.splitlines()
        plainly = events.Paste(plain(lines[0]) if lines else "")
        event.stop()
        event.prevent_default()
        super()._on_paste(plainly)
