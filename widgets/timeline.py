"""The coming two weeks of the rota: a line per day and schedule, with a cursor on a turn.

It is told schedules and the time; it says upwards where the cursor is.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from services.domain import Rota, Schedule
from services.policy.calendar import SupportCalendar
from services.rota.days import Day, civil, days
from services.rota.turns import Turn, gaps, turn_at, turns
from widgets.fitting import fit
from widgets.timeline_lines import (
    ASCII,
    PLAIN,
    Cell,
    Lane,
    Look,
    cells,
    label,
    label_width,
    note,
    per_hour,
)

DAYS = 14
"""How many days are drawn, from today on."""

MOST_LANES = 3
"""More schedules than this are drawn one at a time."""

_TONES = ("hours", "night", "weekend", "holiday", "mine", "override", "nobody", "now", "label")


class Timeline(ScrollView, can_focus=True, inherit_bindings=False):
    """Days below each other, hours side by side."""

    COMPONENT_CLASSES = {*(f"timeline--{tone}" for tone in _TONES), "timeline--chosen"}
    DEFAULT_CSS = """
    Timeline { height: 1fr; width: 1fr; overflow-x: hidden; scrollbar-size-vertical: 0; }
    Timeline .timeline--label { color: $foreground 80%; }
    Timeline .timeline--hours { background: $primary-muted; }
    Timeline .timeline--night { background: $surface; }
    Timeline .timeline--weekend { background: $secondary-muted; }
    Timeline .timeline--holiday { background: $warning-muted; }
    Timeline .timeline--mine { text-style: bold underline; }
    Timeline .timeline--override { text-style: italic; }
    Timeline .timeline--nobody { color: $text-error; text-style: bold; }
    Timeline .timeline--now { text-style: bold; }
    Timeline .timeline--chosen { text-style: reverse; }
    """

    @dataclass
    class Moved(Message):
        """The cursor is on another turn."""

        schedule: Schedule
        turn: Turn

        def can_replace(self, message: Message) -> bool:
            """Only where it came to rest matters."""
            return isinstance(message, Timeline.Moved)

    def __init__(self, calendar: SupportCalendar, *, ascii_only: bool = False) -> None:
        super().__init__(id="timeline")
        self._calendar = calendar
        self._marks = ASCII if ascii_only else PLAIN
        self._rota = Rota()
        self._names: Collection[str] = ()
        self._lanes: tuple[Lane, ...] = ()
        self._days: tuple[Day, ...] = ()
        self._look: Look | None = None
        self._strips: dict[int, Strip] = {}
        self._place = 0
        self._at: datetime | None = None

    @property
    def chosen(self) -> tuple[Schedule, Turn] | None:
        """The turn under the cursor, and its schedule."""
        lane, at = self._lane, self._at
        if lane is None or at is None:
            return None
        turn = turn_at(lane.turns, at)
        return (lane.schedule, turn) if turn is not None else None

    @property
    def first_day(self) -> date | None:
        """The day of the first line in view."""
        if not self._days:
            return None
        per_day = max(1, len(self._shown))
        return self._days[min(self.scroll_offset.y // per_day, len(self._days) - 1)].day

    def show(self, rota: Rota, names: Collection[str], now: datetime) -> None:
        """Take the schedules and the time; the cursor stays where it is in time."""
        today = now.astimezone(self._calendar.zone).date()
        self._rota, self._names = rota, names
        self._days = days(self._calendar, today, DAYS)
        first, last = self._days[0].starts_at, self._days[-1].ends_at
        held = self._lane.schedule.id if self._lane is not None else ""
        many = len(rota.schedules) > 1
        self._lanes = tuple(
            Lane(one, turns(one, first, last), _number(place) if many else "")
            for place, one in enumerate(rota.schedules)
        )
        ids = [lane.schedule.id for lane in self._lanes]
        self._place = ids.index(held) if held in ids else min(self._place, max(0, len(ids) - 1))
        nobody = gaps(rota.schedules, now, min(rota.until or last, last)) if ids else ()
        self._look = Look(rota, names, self._calendar, nobody, now, self._marks)
        if self._at is None or not first <= self._at < last:
            self._at = now
        self._lay_out()
        self._tell()

    def tick(self, now: datetime) -> None:
        """Move the sign for now on, if it has come to another cell."""
        look = self._look
        if look is None or not self._days:
            return
        if now >= self._days[0].ends_at:
            self.show(self._rota, self._names, now)
            return
        step = 3600 / look.per_hour
        if now.timestamp() // step == look.now.timestamp() // step:
            return
        self._look = Look(look.rota, look.names, look.calendar, look.gaps, now, look.marks,
                          look.per_hour)  # fmt: skip
        self._strips.clear()
        self.refresh()

    def move_turn(self, by: int) -> None:
        """To the next turn with somebody in it, or the one before; nobody at all is a turn too."""
        lane, chosen = self._lane, self.chosen
        if lane is None or chosen is None:
            return
        place = lane.turns.index(chosen[1]) + by
        while 0 <= place < len(lane.turns):
            turn = lane.turns[place]
            if turn.shifts or self._is_gap(turn):
                self._go_to(max(turn.start, self._days[0].starts_at))
                return
            place += by

    def move_days(self, by: int) -> None:
        """So many days on, at the same time of day, as far as there are days."""
        if self._at is None or not self._days:
            return
        zone = self._calendar.zone
        local = self._at.astimezone(zone)
        target = local.date() + timedelta(days=by)
        target = max(self._days[0].day, min(target, self._days[-1].day))
        self._go_to(civil(target, local.time(), zone))

    def move_schedule(self, by: int) -> None:
        """To another schedule; the first follows the last."""
        if self._lanes:
            self.choose_schedule((self._place + by) % len(self._lanes))

    def choose_schedule(self, place: int) -> None:
        """To a schedule by its place in the list."""
        if 0 <= place < len(self._lanes):
            self._place = place
            self._lay_out()
            self._tell()

    def go_to_now(self) -> None:
        """To the turn that goes on now."""
        if self._look is not None:
            self._go_to(self._look.now)

    def render_line(self, y: int) -> Strip:
        """One day on one schedule."""
        line = y + self.scroll_offset.y
        if line not in self._strips:
            self._strips[line] = self._strip(line)
        return self._strips[line]

    def on_resize(self) -> None:
        """Hours are as wide as there is room for."""
        self._lay_out()

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor on a turn."""
        line = event.y + self.scroll_offset.y
        cell = event.x - label_width(self.size.width)
        shown = self._shown
        if self._look is None or not shown or line >= len(self._days) * len(shown) or cell < 0:
            return
        day, lane = self._days[line // len(shown)], shown[line % len(shown)]
        minutes = cell * 60 // self._look.per_hour
        if minutes < 24 * 60:
            self._place = self._lanes.index(lane)
            part = (day.ends_at - day.starts_at) * minutes / (24 * 60)
            self._go_to(day.starts_at + part)

    @property
    def _lane(self) -> Lane | None:
        return self._lanes[self._place] if self._place < len(self._lanes) else None

    @property
    def _shown(self) -> tuple[Lane, ...]:
        """All schedules, if they are few; else the one chosen."""
        if len(self._lanes) <= MOST_LANES:
            return self._lanes
        return (self._lanes[self._place],)

    def _is_gap(self, turn: Turn) -> bool:
        found = self._look.gaps if self._look is not None else ()
        return any(gap.start < turn.end and turn.start < gap.end for gap in found)

    def _go_to(self, at: datetime) -> None:
        self._at = at
        self._strips.clear()
        self._keep_in_view()
        self.refresh()
        self._tell()

    def _tell(self) -> None:
        if self.chosen is not None:
            self.post_message(self.Moved(*self.chosen))

    def _lay_out(self) -> None:
        self._strips.clear()
        if self._look is not None:
            look = self._look
            width = self.scrollable_content_region.width
            self._look = Look(look.rota, look.names, look.calendar, look.gaps, look.now,
                              look.marks, per_hour(width))  # fmt: skip
        self.virtual_size = Size(self.size.width, len(self._days) * len(self._shown))
        self._keep_in_view()
        self.refresh()

    def _keep_in_view(self) -> None:
        """The cursor's line is in view, with all schedules of its day if there is room."""
        if self._at is None or not self._days:
            return
        lanes = len(self._shown)
        day = next((n for n, one in enumerate(self._days) if self._at < one.ends_at), 0)
        top, height = self.scroll_offset.y, max(1, self.size.height)
        first, last = day * lanes, (day + 1) * lanes
        if first < top:
            self.scroll_to(y=first, animate=False, force=True)
        elif last > top + height:
            # A day begins with its date: no line of a schedule stands without one.
            whole = -(-(last - height) // lanes) * lanes
            self.scroll_to(y=min(whole, first), animate=False, force=True)

    def _strip(self, line: int) -> Strip:
        width, shown, look = self.scrollable_content_region.width, self._shown, self._look
        base = self.rich_style
        if look is None or not shown or line >= len(self._days) * len(shown):
            return Strip.blank(width, base)
        day, lane = self._days[line // len(shown)], shown[line % len(shown)]
        first = line % len(shown) == 0
        quiet = base + self.get_component_rich_style("timeline--label", partial=True)
        wide, today = label_width(width), day is self._days[0]
        before = label(day, lane, wide, first=first, today=today, marks=look.marks)
        chosen = self.chosen
        under = chosen[1] if chosen is not None and lane is self._lane else None
        drawn = cells(lane, day, look, under)
        room = max(0, width - wide - len(drawn))
        after = fit(f" {note(day)}", room) if first and room > 4 else " " * room
        segments = [
            Segment(before, quiet),
            *self._painted(drawn),
            Segment(after, quiet),
        ]
        return Strip(segments).adjust_cell_length(width, base)

    def _painted(self, drawn: Sequence[Cell]) -> list[Segment]:
        styles: dict[tuple[str, str, bool], Style] = {}
        found: list[tuple[str, tuple[str, str, bool]]] = []
        for cell in drawn:
            key = (cell.shade.name, cell.tone, cell.chosen)
            if key not in styles:
                styles[key] = self._style(*key)
            if found and found[-1][1] == key:
                found[-1] = (found[-1][0] + cell.char, key)
            else:
                found.append((cell.char, key))
        return [Segment(text, styles[key]) for text, key in found]

    def _style(self, shade: str, tone: str, chosen: bool) -> Style:
        # Whole, not partial: only so is a shade mixed with what is behind it.
        style = self.get_component_rich_style(f"timeline--{shade.lower()}")
        if tone:
            style += self.get_component_rich_style(f"timeline--{tone}", partial=True)
        if chosen:
            style += self.get_component_rich_style("timeline--chosen", partial=True)
        return style


def _number(place: int) -> str:
    return str(place + 1) if place < 9 else "+"
