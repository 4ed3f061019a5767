"""Which of several answers is it? A list to choose from with arrows, digits or a click."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import Struct
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from services.plain import plain
from widgets.fitting import fit

SIGNS = ("●", "○")
ASCII_SIGNS = ("*", "o")

INDENT = 5
"""Cells before a note that stands below its answer."""

LEAST_NOTE = 16
"""Cells under which a note says nothing."""

MOST_DIGITS = 9
"""Choices that have a digit."""


class Option(Struct, frozen=True):
    """One answer, and what it would mean."""

    value: str
    label: str
    note: str = ""


class Choices(Widget, can_focus=True):
    """One of several. Told everything; posts `Chosen`."""

    COMPONENT_CLASSES = {"choices--line", "choices--here", "choices--note"}
    DEFAULT_CSS = """
    Choices { height: 1fr; width: 1fr; }
    Choices .choices--line { color: $foreground; }
    Choices .choices--note { color: $foreground 70%; }
    Choices .choices--here { background: $primary; color: $text; text-style: bold; }
    """

    @dataclass
    class Chosen(Message):
        """Another answer has been chosen."""

        value: str

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self.options: tuple[Option, ...] = ()
        self.value = ""
        self._cursor = 0
        self._signs = ASCII_SIGNS if ascii_only else SIGNS

    def show(self, options: Sequence[Option], value: str) -> None:
        """Take what there is to choose from, and what is chosen; nothing chosen is ""."""
        told = tuple(options)
        if (told, value) == (self.options, self.value):
            return
        self.options, self.value = told, value
        places = [place for place, option in enumerate(told) if option.value == value]
        self._cursor = places[0] if places else -1
        self.refresh()

    def press(self, key: str, character: str | None) -> bool:
        """Deal with a key; whether it was one of ours."""
        digit = character if character and character.isdecimal() and character.isascii() else ""
        if key in ("down", "right", "j"):
            self._choose(self._cursor + 1)
        elif key in ("up", "left", "k"):
            self._choose(self._cursor - 1)
        elif key in ("home", "end"):
            self._choose(0 if key == "home" else len(self.options) - 1)
        elif key == "space":
            self._choose(max(0, self._cursor))
        elif digit and 1 <= int(digit) <= min(MOST_DIGITS, len(self.options)):
            self._choose(int(digit) - 1)
        else:
            return character is not None and character.isprintable()
        return True

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Letters are ours: none acts as a command while a question is open."""
        return character is not None and character.isprintable()

    def render_line(self, y: int) -> Strip:
        """One answer of those in view, or a line of what it would mean."""
        width = self.size.width
        rows = self._rows()
        y += self._top(rows)
        if y >= len(rows):
            return Strip.blank(width, self.rich_style)
        place, below = rows[y]
        option, chosen = self.options[place], place == self._cursor
        if below:
            told = [*_wrapped(option.note, width), ""]
            note = " " * INDENT + told[min(below, len(told)) - 1]
            return self._painted("", fit(note, width), chosen)
        digit = str(place + 1) if place < MOST_DIGITS else " "
        head = f" {digit} {self._signs[0 if chosen else 1]} {plain(option.label, limit=120)}"
        apart = self._lines_each() > 1 or self._unfolded() > 0
        beside = 0 if apart else max(0, width - self._label_cells())
        if beside < LEAST_NOTE:
            return self._painted(set_cell_size(head, width), "", chosen)
        head = set_cell_size(head, width - beside)
        return self._painted(head, fit(plain(option.note, limit=200), beside), chosen)

    def note(self) -> str:
        """What the chosen answer means, where it stands neither beside it nor below."""
        apart = self._lines_each() > 1 or self._unfolded() > 0
        told = apart or not self._narrow(self.size.width)
        if told or not 0 <= self._cursor < len(self.options):
            return ""
        return self.options[self._cursor].note

    def on_click(self, event: events.Click) -> None:
        """A click chooses."""
        rows = self._rows()
        place = event.y + self._top(rows)
        self._choose(rows[place][0] if place < len(rows) else len(rows) - 1)

    def _choose(self, place: int) -> None:
        if not self.options:
            return
        self._cursor = max(0, min(place, len(self.options) - 1))
        value = self.options[self._cursor].value
        self.refresh()
        if value != self.value:
            self.value = value
            self.post_message(self.Chosen(value))

    def _rows(self) -> list[tuple[int, int]]:
        """The place of an answer, and which of its lines; for every line there is."""
        each, more = self._lines_each(), self._unfolded()
        return [
            (place, line)
            for place in range(len(self.options))
            for line in range(1 + more if more and place == self._cursor else each)
        ]

    def _top(self, rows: list[tuple[int, int]]) -> int:
        """The first line in view: the chosen answer is in the middle, with all that it means."""
        height = max(1, self.size.height)
        chosen = [number for number, (place, _) in enumerate(rows) if place == self._cursor]
        if not chosen:
            return 0
        top = chosen[0] - max(0, height - len(chosen)) // 2
        return max(0, min(top, len(rows) - height))

    def _unfolded(self) -> int:
        """Lines below the chosen answer, where there is room for what that one means alone.

        Only where nothing that is worth reading fits beside the answers.
        """
        width = self.size.width
        if not 0 <= self._cursor < len(self.options) or self._lines_each() > 1:
            return 0
        if width - self._label_cells() >= LEAST_NOTE:
            return 0
        lines = len(_wrapped(self.options[self._cursor].note, width)) if self._narrow(width) else 0
        return lines if lines < self.size.height else 0

    def _lines_each(self) -> int:
        """More than one, where the notes fit below, whole, and not beside."""
        if not self._narrow(self.size.width):
            return 1
        most = max((len(_wrapped(option.note, self.size.width)) for option in self.options),
                   default=0)  # fmt: skip
        return 1 + most if self.size.height >= (1 + most) * len(self.options) else 1

    def _label_cells(self) -> int:
        longest = max((cell_len(plain(option.label, limit=120)) for option in self.options),
                      default=0)  # fmt: skip
        return longest + 7

    def _narrow(self, width: int) -> bool:
        """Whether the notes do not fit beside the answers."""
        longest = max((cell_len(plain(option.note, limit=200)) for option in self.options),
                      default=0)  # fmt: skip
        return self._label_cells() + longest > width

    def _painted(self, head: str, note: str, chosen: bool) -> Strip:
        line = self._style("choices--here" if chosen else "choices--line")
        told = line if chosen else self._style("choices--note")
        return Strip([Segment(head, line), Segment(note, told)])

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(name)


def _wrapped(note: str, width: int) -> list[str]:
    """A note as lines to stand below its answer; nothing is left out."""
    words, room = plain(note, limit=200), max(1, width - INDENT)
    return textwrap.wrap(words, room) if len(words) > room else [words][: len(words)]
