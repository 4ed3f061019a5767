"""The one place where text is typed: a text area whose keys stay in the order they were typed in.

What is pasted is made visible where it would act on the terminal; nothing else of it is changed.
"""

import re
from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import TextArea

from services.plain import plain

Ask = Callable[[events.Key], Awaitable[bool]]
"""Asked before each key: whether it has been dealt with."""

_ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Controls, and what turns the direction of reading around; not line ends or tabs."""


def typable(text: str) -> str:
    """A text from outside as it may stand in a field: what would act is shown, the rest is kept.

    >>> typable("a\\x1b[31mb\\r\\nc\\u202e👩\\u200d🚒")
    'a␛[31mb\\nc‹202E›👩\\u200d🚒'
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _ACTS.sub(lambda found: plain(found[0]), text)


class Editor(TextArea, inherit_bindings=False):
    """A text area that asks above before it takes a key."""

    DEFAULT_CSS = """
    Editor { border: none; padding: 0 1; height: 1fr; background: $surface; }
    Editor:focus { border: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("end", "cursor_line_end", show=False)
        if isinstance(binding, Binding) and binding.key == "end,ctrl+e"
        else binding
        for binding in TextArea.BINDINGS
    ]

    def __init__(self, ask: Ask, *, id: str | None = None) -> None:
        super().__init__("", id=id, soft_wrap=True, tab_behavior="focus", show_line_numbers=False)
        self.cursor_blink = False
        self.highlight_cursor_line = False
        self.one_line = False
        """Whether what is put in becomes one line."""
        self._ask = ask

    async def _on_key(self, event: events.Key) -> None:
        if await self._ask(event):
            event.stop()
            event.prevent_default()
            return
        await super()._on_key(event)

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self.insert_here(event.text)

    def insert_here(self, text: str) -> None:
        """Put a text in place of what is selected, or where the cursor is."""
        text = typable(text)
        if self.one_line:
            text = " ".join(text.split("\n")).strip()
        result = self._replace_via_keyboard(text, *self.selection)
        if result is not None:
            self.move_cursor(result.end_location)

    @property
    def at_first_line(self) -> bool:
        """Whether there is no line above the cursor, wrapped ones counted."""
        return self.navigator.is_first_wrapped_line(self.cursor_location)

    @property
    def at_last_line(self) -> bool:
        """Whether there is no line below the cursor, wrapped ones counted."""
        return self.navigator.is_last_wrapped_line(self.cursor_location)
