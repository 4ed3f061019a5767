"""How is a day of the rota written in one line? Cells with a character and a tone each; pure.

A line is a label, 24 hours of cells, and a word about the day where there is room. Every tone has a
character or a word beside it, so that nothing is said by colour alone.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from rich.cells import cell_len

from services.domain import Rota, Schedule
from services.plain import plain
from services.policy.calendar import SupportCalendar
from services.policy.spoken import day_words
from services.rota.days import Day, Piece, Shade, missing, pieces, shades
from services.rota.turns import Stretch, Turn, is_mine
from widgets.fitting import fit

NARROW_LABEL = 12
"""Cells of a line's label: the day, a letter for what is odd about it, the lane's number."""

WIDE_LABEL = 14
"""The same with a blank before and behind."""

NOTE = 14
"""Cells that a word about the day takes; there must be room for it before blanks are spent."""

FILL: Mapping[Shade, str] = {
    Shade.HOURS: "━",
    Shade.NIGHT: "·",
    Shade.WEEKEND: "░",
    Shade.HOLIDAY: "▒",
}
ASCII_FILL: Mapping[Shade, str] = {
    Shade.HOURS: "=",
    Shade.NIGHT: ".",
    Shade.WEEKEND: ":",
    Shade.HOLIDAY: "#",
}
_RULER = {1: (0, 6, 9, 12, 17, 21), 2: (0, 3, 6, 9, 12, 15, 17, 19, 21)}
_LETTERS = {Shade.HOURS: " ", Shade.NIGHT: " ", Shade.WEEKEND: "W", Shade.HOLIDAY: "H"}


class Marks(Struct, frozen=True):
    """The characters that say what a turn is."""

    fill: Mapping[Shade, str]
    begins: str
    mine: str
    override: str
    nobody: str
    skipped: str
    now: str


PLAIN = Marks(FILL, "│", "★", "*", "!", "»", "┃")
ASCII = Marks(ASCII_FILL, "|", "@", "*", "!", ">", "I")


class Cell(Struct, frozen=True):
    """One character of a line."""

    char: str
    shade: Shade
    tone: str = ""
    """mine, override, nobody, now, or empty."""
    chosen: bool = False


class Lane(Struct, frozen=True):
    """One schedule of the timeline."""

    schedule: Schedule
    turns: tuple[Turn, ...]
    number: str = ""
    """Which of several it is; empty if it is alone."""


class Look(Struct, frozen=True):
    """Everything that the lines are drawn from, besides the lane."""

    rota: Rota
    names: Collection[str]
    calendar: SupportCalendar
    gaps: Sequence[Stretch]
    now: datetime
    marks: Marks = PLAIN
    per_hour: int = 2

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the clock on the wall."""
        return self.calendar.zone


def per_hour(width: int) -> int:
    """How many cells an hour has in so many columns."""
    return next((cells for cells in (4, 2) if width >= NARROW_LABEL + 24 * cells), 1)


def label_width(width: int) -> int:
    """How many cells stand before the hours in so many columns."""
    roomy = width >= WIDE_LABEL + 24 * per_hour(width) + NOTE
    return WIDE_LABEL if roomy else NARROW_LABEL


def ruler(cells: int) -> str:
    """The hours above the lines."""
    line = ""
    for hour in _RULER[min(cells, 2)]:
        line = line.ljust(hour * cells) + f"{hour:02}"
    return line.ljust(24 * cells)


def label(day: Day, lane: Lane, width: int, *, first: bool, today: bool, marks: Marks) -> str:
    """What stands before a line; the day only before its first lane."""
    letter = "C" if day.clocks else _LETTERS[day.shade]
    words = f"{day_words(day.day):<10}" if first else " " * 10
    letter = letter if first else " "
    if first and today:
        letter = marks.now if letter == " " else letter
    blank = " " if width == WIDE_LABEL else ""
    return f"{words}{blank}{letter}{lane.number}".ljust(width)


def note(day: Day) -> str:
    """What is odd about a day, in words."""
    words = [plain(day.why)] if day.why else []
    if day.clocks:
        hours = abs(day.clocks) / timedelta(hours=1)
        words.insert(0, f"clocks {'+' if day.clocks > timedelta(0) else '-'}{hours:g}h")
    return ", ".join(words)


def cells(lane: Lane, day: Day, look: Look, chosen: Turn | None) -> tuple[Cell, ...]:
    """The 24 hours of a day on one schedule."""
    tones = shades(look.calendar, day, look.per_hour)
    line: list[Cell] = []
    for piece in pieces(lane.turns, day, look.zone, look.per_hour):
        here = tones[piece.first : piece.last]
        mine = any(is_mine(shift, look.rota, look.names) for shift in piece.turn.shifts)
        tone = "mine" if mine else "override" if piece.turn.override else ""
        under = chosen is not None and piece.turn == chosen
        if piece.turn.shifts:
            chars = _named(piece, day, look, here, mine=mine)
            line += [Cell(c, s, tone, under) for c, s in zip(chars, here, strict=True)]
        else:
            line += _empty(piece, day, look, here, under=under)
    for place in missing(day, look.zone, look.per_hour):
        line[place] = Cell(look.marks.skipped, line[place].shade)
    if day.starts_at <= look.now < day.ends_at:
        local = look.now.astimezone(look.zone)
        place = (local.hour * 60 + local.minute) * look.per_hour // 60
        line[place] = Cell(look.marks.now, line[place].shade, "now", line[place].chosen)
    return tuple(line)


def _named(piece: Piece, day: Day, look: Look, here: Sequence[Shade], *, mine: bool) -> list[str]:
    """Whose it is, and behind the name the sign of each hour."""
    marks, turn = look.marks, piece.turn
    begins = marks.begins if turn.start >= day.starts_at else ""
    signs = (marks.mine if mine else "") + (marks.override if turn.override else "")
    words = plain(turn.names, limit=60)
    room = len(here) - len(begins + signs)
    if cell_len(words) > room:
        # Given names say enough where there is little room.
        words = " ".join(part.partition(" ")[0] for part in words.split(" + "))
    text = begins + signs + (words if cell_len(words) <= room else fit(words, max(room, 0)))
    chars = _one_per_cell(text, len(here))
    return chars + [marks.fill[shade] for shade in here[len(chars) :]]


def _one_per_cell(text: str, width: int) -> list[str]:
    """A text as characters of one cell each; a wide one takes two, the second empty."""
    chars: list[str] = []
    for char in text:
        size = cell_len(char)
        if size == 0 and chars:
            chars[-1] += char
        elif len(chars) + size <= width:
            chars += [char, *[""] * (size - 1)]
    return chars


def _empty(piece: Piece, day: Day, look: Look, here: Sequence[Shade], *, under: bool) -> list[Cell]:
    """Nobody has it: loud where nobody at all is on call, else quiet."""
    hour = (day.ends_at - day.starts_at) / (24 * look.per_hour)
    found = []
    for place, shade in enumerate(here, piece.first):
        at = day.starts_at + place * hour
        alone = any(gap.start <= at < gap.end for gap in look.gaps)
        char, tone = (look.marks.nobody, "nobody") if alone else (" ", "")
        found.append(Cell(char, shade, tone, under))
    return found


def legend(marks: Marks, width: int) -> str:
    """What the signs mean; the short words where there is little room."""
    fill = marks.fill
    signs = (
        (fill[Shade.HOURS], "support hours", "hours"),
        (fill[Shade.NIGHT], "night", "night"),
        (fill[Shade.WEEKEND], "weekend W", "weekend"),
        (fill[Shade.HOLIDAY], "bank holiday H", "holiday"),
        (marks.mine, "mine", "mine"),
        (marks.override, "override", "override"),
        (marks.nobody, "nobody at all", "nobody"),
        (marks.now, "now", "now"),
    )
    full = "  ".join(f"{sign} {words}" for sign, words, _ in signs)
    short = " ".join(f"{sign}{words}" for sign, _, words in signs)
    return full if len(full) <= width else fit(short, width)
