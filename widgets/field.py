"""A line to type in, over a list: the arrows up and down stay with the list."""

from textual.widgets import Input


class Field(Input, inherit_bindings=False):
    """Textual's input without the scrolling keys that come with being a scroll view."""

    DEFAULT_CSS = """
    Field { border: none; height: 1; padding: 0; background: $panel; }
    Field:focus { border: none; }
    """
    BINDINGS = [*Input.BINDINGS]
