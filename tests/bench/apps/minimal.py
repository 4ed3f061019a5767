"""The smallest useful Textual app: a label; with `clock`, one that tells the time every second."""

import sys
import time

from textual.app import App, ComposeResult
from textual.widgets import Label

READY = "READYMARK"


class Minimal(App[None]):
    """A label, and maybe a clock."""

    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        """One label."""
        self.label = Label(READY)
        yield self.label

    def on_mount(self) -> None:
        """Begin to tell the time, if asked."""
        if "clock" in sys.argv:
            self.set_interval(1, lambda: self.label.update(time.strftime("%H:%M:%S")))


if __name__ == "__main__":
    Minimal().run()
