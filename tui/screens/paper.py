"""What do handover and report have in common? Both are read, copied and saved as they are."""

from datetime import datetime
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.widgets import Static

from services.domain import Snapshot
from services.errors import StoreError
from services.plain import plain
from tui.clipboard import copy
from tui.key import Table
from tui.keymap import key_line
from tui.options import ScreenOptions
from tui.saving import save
from tui.screens.follower import Follower
from tui.screens.reader import Scrolling


class Paper(Follower, Scrolling):
    """A title, a text to scroll, the keys; it stays as it was made, whatever happens meanwhile."""

    TABLE: ClassVar[Table]
    """The keys, for the line at the foot."""
    NAME: ClassVar[str]
    """What it is, in capitals, as its title begins."""
    DEFAULT_CSS = """
    Paper > Static { height: 1; width: 1fr; background: $panel; }
    Paper > Box { height: 1fr; padding: 0 1; }
    Paper > Box > Static { height: auto; }
    Paper > #title { text-style: bold; }
    """

    def __init__(self, options: ScreenOptions) -> None:
        super().__init__()
        self._options = options

    def show(self, snapshot: Snapshot, now: datetime) -> None:
        """It stays as it was made: nobody copies what changes while it is read."""

    def tick(self, now: datetime) -> None:
        """It stays as it was made."""

    def reads_until(self, now: datetime) -> datetime | None:
        """Never reads differently by itself."""
        return None

    @property
    def stands(self) -> bool:
        """Whether there is anything to write on: not before it is opened, nor once it is closed."""
        return self.is_mounted and self in self.app.screen_stack

    def on_resize(self) -> None:
        """As many keys as there is room for."""
        if self.stands:
            self.write()

    def write(self) -> None:
        """Paint the text, and with it the keys that there is room for."""
        line = key_line(self.TABLE, self.size.width, self._options.keys)
        self.query_one("#footer", Static).update(line)

    def write_title(self, words: str) -> None:
        """Say at the top what this is, and of when."""
        self.query_one("#title", Static).update(Text(f" {self.NAME} {words}", no_wrap=True))

    def copy(self, words: str) -> None:
        """Give it to the clipboard."""
        copy(self.app, words)
        self.notify(f"Copied the {self.NAME.lower()}.", markup=False)

    def save(self, words: str, name: str, ending: str) -> None:
        """Write it to a file where rota was started, and say which."""
        try:
            path = save(words, name, ending, Path.cwd())
        except StoreError as error:
            self.notify(f"{error.headline} {error.advice}", severity="error", markup=False)
            return
        self.notify(f"Saved {plain(str(path), limit=200)}", markup=False)

    def action_close(self) -> None:
        """Back to the queue."""
        self.dismiss(None)
