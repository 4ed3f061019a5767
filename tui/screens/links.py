"""Which address is wanted? Runbooks and links, searched as one types."""

from collections.abc import Callable

from rich.text import Text
from textual.app import ComposeResult
from textual.widgets import Input, Static

from services.plain import plain
from services.runbooks import Link, search
from tui.clipboard import copy
from tui.keymap import bindings
from tui.keys import LINKS
from tui.screens.reader import Box, Reading
from widgets.field import Field

NOTHING = (
    "No link fits. [links] and [runbooks] in config.toml are where they are kept:\n"
    '"Pipelines" = "https://…" and "router|gorouter" = "https://…"'
)


class LinksScreen(Reading):
    """Links to choose from; Enter opens the chosen one."""

    KEYS = "links"
    AUTO_FOCUS = "Field"
    BINDINGS = [*bindings(LINKS)]

    def __init__(self, links: tuple[Link, ...], open_url: Callable[[str], None]) -> None:
        super().__init__("Links")
        self._links = self._found = links
        self._open_url = open_url
        self._at = 0

    def compose_text(self) -> ComposeResult:
        """What to look for, and what there is."""
        yield Field(placeholder="search; Enter opens, F2 copies", id="search")
        yield Static(self._lines(), id="page", markup=False)

    def _lines(self) -> Text:
        if not self._found:
            return Text(NOTHING)
        text = Text(overflow="ellipsis", no_wrap=True)
        for place, link in enumerate(self._found):
            chosen = place == self._at
            style = "bold reverse" if chosen else ""
            text.append(f"{'>' if chosen else ' '} {plain(link.name, limit=60)}", style=style)
            text.append(f"  {plain(link.url, limit=200)}\n", style="dim")
        return text

    def on_input_changed(self, event: Input.Changed) -> None:
        """Only what is searched for."""
        self._found, self._at = search(self._links, event.value), 0
        self._write()

    def on_input_submitted(self) -> None:
        """Open the chosen one."""
        if self._found:
            # Once this is out of the way: an address may have to be asked about first.
            self.app.call_later(self._open_url, self._found[self._at].url)
            self.action_close()

    def action_move(self, by: int) -> None:
        """Choose another."""
        self._at = max(0, min(self._at + by, len(self._found) - 1))
        self._write()
        # The search box stands above the links.
        box = self.query_one(Box)
        if self._at + 2 > box.scroll_offset.y + box.size.height:
            box.scroll_to(y=self._at + 2 - box.size.height, animate=False)
        elif self._at + 1 < box.scroll_offset.y:
            box.scroll_to(y=self._at, animate=False)

    def action_copy(self) -> None:
        """Copy the chosen address."""
        if self._found:
            url = self._found[self._at].url
            copy(self.app, url)
            self.notify(f"Copied {plain(url, limit=80)}", markup=False)

    def _write(self) -> None:
        self.query_one("#page", Static).update(self._lines())
