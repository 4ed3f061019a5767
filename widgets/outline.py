"""Which questions does a form ask, which are answered, and where are we? One line each."""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from services.plain import plain
from widgets.fitting import fit

LABEL_SHARE = 0.5
"""How much of a line the question may take, the rest is for the answer."""

MARKS = {"done": "✓", "wrong": "!", "needed": "*", "open": " "}
ASCII_MARKS = {**MARKS, "done": "+"}


class Question(Struct, frozen=True):
    """One line."""

    label: str
    answer: str
    """As much of it as is worth showing; raw."""
    state: str
    """done, wrong, needed or open."""


class Outline(Widget):
    """The questions. Told everything; posts `Picked` when one is clicked."""

    COMPONENT_CLASSES = {"outline--line", "outline--here", "outline--wrong", "outline--answer"}
    DEFAULT_CSS = """
    Outline { height: auto; width: 1fr; }
    Outline .outline--line { color: $foreground; }
    Outline .outline--answer { color: $foreground 70%; }
    Outline .outline--here { background: $primary; color: $text; text-style: bold; }
    Outline .outline--wrong { color: $text-error; text-style: bold; }
    """

    @dataclass
    class Picked(Message):
        """Somebody wants to answer this one."""

        place: int
        label: str

    def __init__(self, *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self.questions: tuple[Question, ...] = ()
        self.here = 0
        self._marks = ASCII_MARKS if ascii_only else MARKS
        self._pointer = ">" if ascii_only else "▸"

    def show(self, questions: Sequence[Question], here: int) -> None:
        """Take what there is to show; repaint if it reads differently."""
        before, first = self.questions, self._first()
        moved = here != self.here
        self.questions, self.here = tuple(questions), here
        if len(before) != len(self.questions):
            self.refresh(layout=True)
        elif moved:
            self.refresh()
        else:
            pairs = enumerate(zip(before, self.questions, strict=True))
            places = [place for place, (old, new) in pairs if old != new]
            lines = [Region(0, p - first, self.size.width, 1) for p in places if p >= first]
            if lines:
                self.refresh(*lines)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """A line for each."""
        return max(1, len(self.questions))

    def render_line(self, y: int) -> Strip:
        """One question of those in view; the present one always is."""
        width, place = self.size.width, y + self._first()
        if place >= len(self.questions):
            return Strip.blank(width, self.rich_style)
        question = self.questions[place]
        mark = self._marks[question.state] + (self._pointer if place == self.here else " ")
        room = max(8, min(int(width * LABEL_SHARE), 28))
        label = fit(question.label, room) + " "
        answer = plain(" ".join(question.answer.split()), limit=200)
        rest = fit(answer, max(0, width - len(mark) - room - 1))
        line, told = self._styles(place, question)
        return Strip([Segment(mark + label, line), Segment(rest, told)]).adjust_cell_length(width)

    def on_click(self, event: events.Click) -> None:
        """A click goes to that question."""
        place = event.y + self._first()
        if place < len(self.questions):
            self.post_message(self.Picked(place, self.questions[place].label))

    def _first(self) -> int:
        """The first question in view."""
        height = max(1, self.size.height)
        most = max(0, len(self.questions) - height)
        return max(0, min(self.here - height // 2, most))

    def _styles(self, place: int, question: Question) -> tuple[Style, Style]:
        if place == self.here:
            here = self.get_component_rich_style("outline--here")
            return here, here
        wrong = question.state == "wrong"
        line = self.get_component_rich_style("outline--wrong" if wrong else "outline--line")
        return line, self.get_component_rich_style("outline--answer")
