"""What should one know on the first day? Five steps, in two lines that take no key away."""

from rich.text import Text
from textual.widgets import Static

STEPS = (
    "The most urgent issue is on top, with the time left to its next promise. j and k move, "
    "Enter reads it, g is back at the top.",
    "d says why each deadline is what it is: the rule, when its clock started, what it skipped. "
    "T shows times of day in place of ages.",
    "/ narrows the list: words, or sev:p1 is:mine src:pd age>2h. m is what is yours, 1 to 9 are "
    "saved views, Esc shows everything again.",
    "a acknowledges, t triages, c replies, x closes. But for a, nothing leaves before you have "
    "seen it and pressed y; Esc keeps what you wrote.",
    "? lists the keys of any screen, : finds every action by name. S and Z mute the bell. "
    "A quiet shift to you.",
)


class TourLine(Static):
    """The steps of the tour, one at a time."""

    DEFAULT_CSS = """
    TourLine { height: auto; max-height: 4; padding: 0 1; background: $surface; display: none; }
    TourLine.-on { display: block; }
    """

    def __init__(self) -> None:
        super().__init__("", id="tour", markup=False)
        self._step = 0

    @property
    def on(self) -> bool:
        """Whether it is shown."""
        return self.has_class("-on")

    def begin(self) -> None:
        """From the first step."""
        self._step = 0
        self.set_class(True, "-on")
        self._write()

    def next(self) -> None:
        """The next step; after the last one it is over."""
        self._step += 1
        if self._step >= len(STEPS):
            self.end()
        else:
            self._write()

    def end(self) -> None:
        """It is over."""
        self.set_class(False, "-on")

    def _write(self) -> None:
        text = Text(f"Tour {self._step + 1}/{len(STEPS)}  ", style="bold")
        text.append(STEPS[self._step], style="not bold")
        text.append("  F3 next, F6 ends it", style="not bold")
        self.update(text)
