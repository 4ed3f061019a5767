"""How is something picked from a list, so that it shows without a colour what is picked?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.text import Text
from textual.binding import Binding
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from services.plain import plain


class Picks(OptionList):
    """Choices with a mark before each; Enter or space picks and unpicks."""

    DEFAULT_CSS = """
    Picks, Picks:focus { border: none; padding: 0; height: auto; max-height: 12; }
    """
    BINDINGS = [Binding("space", "select", show=False)]

    @dataclass
    class Changed(Message):
        """Something else is picked now."""

        picks: "Picks"

        @property
        def control(self) -> "Picks":
            """Which list it is."""
            return self.picks

    def __init__(
        self, choices: Iterable[tuple[str, str]] = (), *, one: bool = False, id: str
    ) -> None:
        """Make a list.

        Args:
            choices: Id and name of each.
            one: Whether just one is picked, the first to begin with.
            id: The widget's.
        """
        super().__init__(id=id)
        self._one = one
        self._choices: Sequence[tuple[str, str]] = ()
        self.picked: tuple[str, ...] = ()
        self.offer(choices)

    def offer(self, choices: Iterable[tuple[str, str]]) -> None:
        """These choices from now on; what was picked and is still there stays picked."""
        self._choices = tuple(choices)
        here = [id for id, _ in self._choices]
        kept = tuple(id for id in self.picked if id in here)
        self.picked = kept or (tuple(here[:1]) if self._one else ())
        self._write()
        self.highlighted = 0 if here else None

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Pick it, or unpick it."""
        event.stop()
        id = str(event.option_id)
        if self._one:
            self.picked = (id,)
        elif id in self.picked:
            self.picked = tuple(other for other in self.picked if other != id)
        else:
            self.picked = (*self.picked, id)
        at = self.highlighted
        self._write()
        self.highlighted = at
        self.post_message(self.Changed(self))

    def _write(self) -> None:
        self.clear_options()
        self.add_options(
            Option(Text(f"{self._mark(id)} {plain(name, limit=60)}"), id=id)
            for id, name in self._choices
        )

    def _mark(self, id: str) -> str:
        marks = ("(*)", "( )") if self._one else ("[x]", "[ ]")
        return marks[0] if id in self.picked else marks[1]
