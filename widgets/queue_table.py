"""The queue: one line per issue; the countdowns stand in the gutter beside it.

It is told everything and knows no time of its own. It is repainted only when rows or selection
change, so a second costs the same whether 20 or 10,000 issues are open.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.strip import Strip

from services.domain import Severity, State, Status
from services.plain import plain
from services.policy.deadlines import Policy
from services.queue import Row
from widgets.countdown import ASCII_SYMBOLS, KIND_SHORT, SYMBOLS, age_text
from widgets.fitting import fit
from widgets.lines import Lines
from widgets.parts import Parts
from widgets.scroll_bar import slim_bar

ROOM_FOR_AGE = 60
"""Cells from which on it is told how old an issue is, at the end of its line."""

AGE = 5
"""Cells that an age takes at the most, with a space behind it."""

_MINUTE = timedelta(minutes=1)

STATE_CLASSES: Mapping[State | None, str] = {
    State.BREACHED: "queue--breached",
    State.SOON: "queue--soon",
    State.UNKNOWN: "queue--unknown",
    State.PAUSED: "queue--quiet",
    State.WAITING: "queue--quiet",
    None: "queue--quiet",
}


def waits(row: Row) -> bool:
    """Whether the ball is with the requester."""
    return any(deadline.state is State.WAITING for deadline in row.deadlines)


def answered_while_pending(row: Row) -> bool:
    """Whether the requester has written since our last answer while the status says pending."""
    ticket = row.issue.ticket
    if ticket is None or ticket.status is not Status.PENDING or not ticket.requester_wrote_at:
        return False
    return ticket.replied_last.at is not None and ticket.requester_wrote_at > ticket.replied_last.at


def short_id(row: Row) -> str:
    """How people say which issue: the ticket's number, or the incident's."""
    ticket, incident = row.issue.ticket, row.issue.incident
    if ticket is not None:
        return f"#{ticket.id}" + ("+pd" if incident is not None else "")
    return f"pd#{incident.number}" if incident is not None else ""


class Look(Struct, frozen=True):
    """All that a row is painted from, beside the theme and the width."""

    row: Row
    under: bool
    """Whether the cursor is on it."""
    age: str
    marked: bool = False
    signs: str = ""

    def __hash__(self) -> int:
        return hash((self.row.issue.id, self.under, self.age, self.marked))

    def only_older(self, other: "Look") -> bool:
        """Whether nothing but the age is another."""
        mine = (self.under, self.marked, self.signs)
        return self.row is other.row and mine == (other.under, other.marked, other.signs)


def _changed_part(old: Look | None, new: Look | None, y: int, width: int) -> Region:
    """Where a line has to be painted anew: only at its end if nothing but an age is another."""
    if old is None or new is None or width < ROOM_FOR_AGE or max(len(old.age), len(new.age)) >= AGE:
        return Region(0, y, width, 1)
    return Region(width - AGE, y, AGE, 1) if old.only_older(new) else Region(0, y, width, 1)


def raised_text(at: datetime, now: datetime, policy: Policy) -> str:
    """When an issue was raised: the time of today, else the day."""
    zone = policy.calendar.zone
    local = at.astimezone(zone)
    if local.date() == now.astimezone(zone).date():
        return f"{local:%H:%M}"
    return f"{local.day} {local:%b}"


class QueueTable(ScrollView, can_focus=True, inherit_bindings=False):
    """The rows. Given `rows` and `now` from above; tells of the cursor, and posts `Opened`."""

    COMPONENT_CLASSES = {
        "queue--row",
        "queue--cursor",
        "queue--breached",
        "queue--soon",
        "queue--unknown",
        "queue--quiet",
        "queue--p1",
    }

    DEFAULT_CSS = """
    QueueTable { height: 1fr; width: 1fr; scrollbar-size-vertical: 1; overflow-x: hidden; }
    QueueTable .queue--row { color: $foreground; }
    QueueTable .queue--cursor { background: $primary; color: $text; text-style: bold; }
    QueueTable.-no-color .queue--cursor {
        background: $background; color: $foreground; text-style: bold reverse;
    }
    QueueTable .queue--breached { color: $text-error; text-style: bold; }
    QueueTable .queue--soon { color: $text-warning; }
    QueueTable .queue--unknown { color: $text-accent; }
    QueueTable .queue--quiet { color: $text-muted; }
    QueueTable .queue--p1 { color: $text-error; text-style: bold; }
    """

    class Opened(Message):
        """The issue under the cursor was clicked to be read."""

        def __init__(self, row: Row) -> None:
            super().__init__()
            self.row = row

    def __init__(self, policy: Policy, *, ascii_only: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self.rows: tuple[Row, ...] = ()
        self.cursor = 0
        self.policy = policy
        self.symbols = ASCII_SYMBOLS if ascii_only else SYMBOLS
        self.marks: frozenset[str] = frozenset()
        """Ids of the issues that are marked."""
        self._marks = ("", "[x]" if ascii_only else "✔ ")
        self._unconfirmed = ">" if ascii_only else "»"
        self.absolute = False
        """Whether the last column tells when an issue was raised, and not how long ago."""
        self.signs: Callable[[Row], str] = lambda row: ""
        """Words in front of a row's subject, such as whether it is muted."""
        self.moved: Callable[[Sequence[int] | None], None] = lambda lines: None
        """Told that the cursor is on another row, or that rows have changed; and which lines of the
        window are to be painted for that, beside those refreshed already. None is all of them."""
        self.parts = Parts()
        self._lines = Lines(self, self._looks_anew, self._line)
        self._painted: dict[int, Look | None] = {}
        self._now: datetime | None = None
        self.lines_refreshed = 0
        """Lines repainted so far because their rows, or how old those are, had changed."""

    @property
    def selected(self) -> Row | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    def show(self, rows: Sequence[Row], now: datetime) -> None:
        """Take new rows; the cursor stays on its issue wherever that has moved to."""
        held = self.selected
        self.rows = tuple(rows)
        place = self._place_of(held.issue.id if held else "")
        self.cursor = max(0, min(place, len(self.rows) - 1))
        # No wider than the window, whatever that is: another size is laid out and painted anew.
        self.virtual_size = Size(0, len(self.rows))
        self._keep_in_view()
        self._now = None
        self.tick(now)
        self.moved(())

    def _place_of(self, about: str) -> int:
        """Where an issue is now; of one taken apart, its ticket; of none, where the cursor is."""
        if not about:
            return self.cursor
        for part in (about, *about.split("+")):
            for place, row in enumerate(self.rows):
                if row.issue.id == part:
                    return place
        for place, row in enumerate(self.rows):
            if about in row.issue.id.split("+"):
                return place
        return self.cursor

    def mark(self, ids: frozenset[str]) -> None:
        """These issues are marked, and no others."""
        self.marks = ids
        self.repaint()

    def tick(self, now: datetime) -> None:
        """Repaint the rows in view that read differently now; ages are counted in minutes."""
        minute = now.replace(second=0, microsecond=0)
        if minute != self._now:
            self._now = minute
            self.repaint()

    def repaint(self) -> None:
        """Paint what reads differently in the rows in view."""
        width = self.scrollable_content_region.width
        lines = range(self.size.height)
        before, self._painted = self._painted, dict(zip(lines, self._looks(lines), strict=True))
        changed = [
            _changed_part(before.get(y), look, y, width)
            for y, look in self._painted.items()
            if before.get(y) != look
        ]
        if changed:
            self.parts.add(self, changed)
        self.lines_refreshed += len(changed)

    def show_times(self, absolute: bool) -> None:
        """Tell when issues were raised, or how long ago that is."""
        self.absolute = absolute
        self.refresh()

    def move(self, by: int) -> None:
        """Move the cursor by so many rows, as far as there are rows."""
        self.move_to(self.cursor + by)

    def move_to(self, place: int) -> None:
        """Put the cursor on a row, the nearest there is."""
        before, top = self.cursor, self.scroll_offset.y
        self.cursor = max(0, min(place, len(self.rows) - 1))
        self._keep_in_view()
        if self.scroll_offset.y == top:
            self.moved(sorted({before - top, self.cursor - top}))
        else:
            self.moved(None)

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        """Made when it is first asked for."""
        if self._vertical_scrollbar is None:
            self._vertical_scrollbar = slim_bar(self)
        return super().vertical_scrollbar

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The rows are others; of the scroll bar only what reads differently is painted."""
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.position = new_value
        if round(old_value) != round(new_value):
            self.refresh(self.scrollable_content_region.size.region)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Lines of the window; the scroll bar is painted by itself."""
        return self._lines.render(crop)

    def render_line(self, y: int) -> Strip:
        """One row of the window, for whoever looks at one."""
        return self.render_lines(Region(0, y, self.size.width, 1))[0]

    def notify_style_update(self) -> None:
        """Another theme: what was painted in the old one is of no use."""
        super().notify_style_update()
        self._lines.forget()

    def _looks_anew(self, lines: range) -> Sequence[Look | None]:
        looks = self._looks(lines)
        self._painted.update(zip(lines, looks, strict=True))
        return looks

    def _line(self, look: Look | None) -> Strip:
        width = self.scrollable_content_region.width
        return Strip.blank(width, self.rich_style) if look is None else self._strip(look, width)

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor there; a click on the cursor opens the issue."""
        place = event.y + self.scroll_offset.y
        if place == self.cursor and self.selected is not None:
            self.post_message(self.Opened(self.selected))
        elif place < len(self.rows):
            self.move_to(place)

    def on_resize(self) -> None:
        """Lines are laid out anew for another width."""
        self._keep_in_view()

    def _looks(self, lines: range) -> list[Look | None]:
        """What lines of the window are painted from; None below the last row."""
        now, top, cursor = self._now, self.scroll_offset.y, self.cursor
        if now is None:
            return [None] * len(lines)
        rows = self.rows[top + lines.start : top + lines.stop]
        ages = self.scrollable_content_region.width >= ROOM_FOR_AGE
        looks: list[Look | None] = [
            Look(
                row,
                place == cursor,
                self._age(row, now) if ages else "",
                row.issue.id in self.marks,
                self.signs(row),
            )
            for place, row in enumerate(rows, top + lines.start)
        ]
        return looks + [None] * (len(lines) - len(rows))

    def _age(self, row: Row, now: datetime) -> str:
        """How old an issue is, or when it was raised."""
        if self.absolute:
            return raised_text(row.issue.raised_at, now, self.policy)
        age = now - row.issue.raised_at
        return "<1m" if age < _MINUTE else age_text(age)

    def _keep_in_view(self) -> None:
        top, height = self.scroll_offset.y, max(1, self.size.height)
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, force=True)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False, force=True)

    def _style(self, row: Row, under: bool) -> tuple[Style, Style]:
        base = self.get_component_rich_style("queue--row")
        state = row.next.state if row.next else None
        tone = self.get_component_rich_style(STATE_CLASSES.get(state, "queue--row"))
        loud = state in (State.BREACHED, State.SOON)
        quiet = row.next is None
        body = tone if quiet or state is State.BREACHED else base
        mark = tone if loud else body
        if row.issue.severity is Severity.P1 and not quiet:
            mark = self.get_component_rich_style("queue--p1")
        if under:
            cursor = self.get_component_rich_style("queue--cursor")
            return cursor, cursor
        return mark, body

    def _strip(self, look: Look, width: int) -> Strip:
        mark, body = self._style(look.row, look.under)
        head, tail = self._words(look, width)
        tail = set_cell_size(tail, width - len(head))
        if mark == body:
            return Strip([Segment(head + tail, body)], width)
        return Strip([Segment(head, mark), Segment(tail, body)], width)

    def _words(self, look: Look, width: int) -> tuple[str, str]:
        """Severity and promise, then the rest as far as there is room."""
        row, age = look.row, look.age
        severity = row.issue.severity or "P?"
        what = KIND_SHORT[row.next.kind] if row.next else ("waiting" if waits(row) else "")
        flags = self._marks[look.marked]
        flags += self._unconfirmed if row.issue.unconfirmed else ""
        flags += "!" if row.issue.broken_pair else ""
        flags += "↩" if answered_while_pending(row) and self.symbols is SYMBOLS else ""
        flags += "<" if answered_while_pending(row) and self.symbols is ASCII_SYMBOLS else ""
        flags += look.signs
        subject = plain(row.issue.subject, limit=400) or "(no subject)"
        if width < 44:
            return f"{severity} ", fit(flags + subject, width - 3)
        head = f"{severity} {what:<8}"
        who = plain(row.issue.assignee or "", limit=40) or "-"
        end = ""
        if width >= ROOM_FOR_AGE:
            end = f"  {fit(who, 14)} {age:>{6 if self.absolute else 4}} "
        start = f"{fit(short_id(row), 10)} "
        middle = max(0, width - len(head) - cell_len(start) - cell_len(end))
        return head, start + fit(flags + subject, middle) + end
