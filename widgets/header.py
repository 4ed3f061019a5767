"""Which hours are these, who is on call, and how far can the queue be trusted?

Told everything; repaints a line only when it reads differently.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from msgspec import Struct
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from services.domain import OnCall, Period, Snapshot
from services.plain import plain
from services.policy.deadlines import Policy
from services.summary import Summary
from widgets.countdown import age_text
from widgets.fitting import Part, cut_words, fitted
from widgets.parts import Parts
from widgets.trust import in_trouble, trust_reads_until, trust_wordings

NARROW = 59
"""Cells under which counts and ages share the first line."""

OLD_ROTA = timedelta(minutes=30)
"""Schedules read longer ago than this are said to be."""

_MINUTE = timedelta(minutes=1)

PERIOD_WORDS: Mapping[Period, str] = {
    Period.IN_HOURS: "IN HOURS",
    Period.OUT_OF_HOURS_WAKING: "OUT OF HOURS, waking",
    Period.OUT_OF_HOURS_OVERNIGHT: "OUT OF HOURS, overnight",
}


class HeaderFacts(Struct, frozen=True):
    """What the header is drawn from."""

    snapshot: Snapshot
    summary: Summary
    demo: str = ""
    filtered: tuple[str, ...] = ()
    """What the list is narrowed to, ever shorter; empty when all is shown."""
    unsent: tuple[str, ...] = ()
    """How many letters are not sent, ever shorter; empty when all are."""


class Header(Widget):
    """Two lines at the top; one where there is little room."""

    COMPONENT_CLASSES = {"header--line", "header--trouble"}
    DEFAULT_CSS = """
    Header { height: 2; width: 1fr; background: $panel; }
    Header.-short { height: 1; }
    Header .header--line { color: $foreground; }
    Header .header--trouble { color: $text-error; text-style: bold; }
    """

    def __init__(self, policy: Policy) -> None:
        super().__init__(id="header")
        self.parts = Parts()
        self._policy = policy
        self._lines: list[tuple[str, bool]] = []
        self._facts = HeaderFacts(Snapshot(), Summary())
        self._now: datetime | None = None
        self._until: datetime | None = None

    def show(self, facts: HeaderFacts, now: datetime) -> None:
        """Take new facts and the time; repaint what reads differently."""
        self._facts, self._until = facts, None
        self.tick(now)

    def tick(self, now: datetime) -> None:
        """Only the time has changed."""
        if self._until is not None and self._now is not None and self._now <= now < self._until:
            return
        self._now, self._until = now, self.reads_until(now)
        before, self._lines = self._lines, self._write(now)
        for y, line in enumerate(self._lines):
            if y >= len(before) or before[y] != line:
                old = before[y] if y < len(before) else ("", False)
                self.parts.add(self, [Region(0, y, changed_up_to(old, line), 1)])

    def reads_until(self, now: datetime) -> datetime:
        """When it next reads differently."""
        snapshot = self._facts.snapshot
        minute = now.replace(second=0, microsecond=0) + _MINUTE
        return min(minute, trust_reads_until(snapshot, now) or minute)

    def on_resize(self) -> None:
        """Lay the words out anew; the new width may have been painted with the old ones already."""
        if self._now is not None:
            self._lines = self._write(self._now)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line of the header."""
        width = self.size.width
        text, trouble = self._lines[y] if y < len(self._lines) else ("", False)
        style = self.get_component_rich_style("header--trouble" if trouble else "header--line")
        return Strip([Segment(set_cell_size(f" {text}", width), style)], width)

    def _write(self, now: datetime) -> list[tuple[str, bool]]:
        snapshot, facts, width = self._facts.snapshot, self._facts, self.size.width - 1
        trouble = in_trouble(snapshot, now)
        # Young and well: that is not worth waking up for every second.
        trust = trust_wordings(snapshot, now, seconds=False)
        demo = facts.demo, facts.demo.partition(" ")[0].rstrip(",")
        narrowed = Part(1, facts.filtered)
        stand = facts.summary
        open_ones = Part(2, _counts(stand.open, stand.breached, stand.soon))
        period = Part(0, period_wordings(self._policy, now))
        if self.size.height <= 1 or width < NARROW:
            outbox = Part(0, facts.unsent[-1:])
            said = [Part(0, demo[-1:]), outbox, narrowed, open_ones, Part(0, trust[-1:])]
            line = fitted(said, width, " ")
            return [(line, trouble), (fitted([period], width), False)]
        zone = self._policy.calendar.zone
        first = [
            Part(0, demo),
            period,
            Part(1, on_call_wordings(snapshot.on_call, now, self._policy, snapshot.on_call_at)),
            Part(2, (f"{now.astimezone(zone):%a %H:%M %Z}", f"{now.astimezone(zone):%H:%M}")),
        ]
        notices = "; ".join(plain(notice, limit=80) for notice in snapshot.notices)
        outbox = Part(0, facts.unsent)
        second = [
            outbox,
            narrowed,
            open_ones,
            Part(0, trust),
            Part(3, (notices, cut_words(notices, 40))),
        ]
        return [(fitted(first, width), False), (fitted(second, width), trouble)]


def period_wordings(policy: Policy, now: datetime) -> tuple[str, ...]:
    """The period, when it ends, and how long that is."""
    calendar = policy.calendar
    words = PERIOD_WORDS[calendar.period(now)]
    ends = calendar.period_ends(now)
    local = f"{ends.astimezone(calendar.zone):%H:%M}"
    left = int((ends - now).total_seconds()) // 60
    rest = f"until {local}, {left // 60}h{left % 60:02}"
    short = words.partition(",")[0]
    return f"{words} {rest}", f"{short} {rest}", f"{short} until {local}", short


def changed_up_to(before: tuple[str, bool], line: tuple[str, bool]) -> int:
    """The cells of a line, and the space before it, that must be sent again: it is sent from its
    beginning, but not beyond the last of them that differs.

    >>> changed_up_to(("Ann 12s · Bo 3s, on call", False), ("Ann 13s · Bo 4s, on call", False))
    15
    >>> changed_up_to(("Ann e\\u0301, on call", False), ("Ann a\\u0301, on call", False))
    6
    """
    (old, old_tone), (new, tone) = before, line
    if cell_len(old) != cell_len(new) or old_tone is not tone:
        return max(cell_len(old), cell_len(new)) + 1
    alike = sum(
        1
        for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old[::-1], new[::-1], strict=False))
    )
    # Whoever sends it sends the accents of the last letter with it.
    return cell_len(new[: len(new) - alike]) + 1


def on_call_wordings(
    on_call: Sequence[OnCall], now: datetime, policy: Policy, read_at: datetime | None = None
) -> tuple[str, ...]:
    """Who answers now, until when, and who follows; by the first schedule with someone on.

    Args:
        on_call: As the schedules say.
        now: The servers' time.
        policy: Whose zone it is said in.
        read_at: When the schedules were read; told where that is long ago.
    """
    current = next((entry for entry in on_call if entry.who), None)
    if current is None:
        return ()
    who = line = f"on call {plain(current.who or '', limit=24)}"
    if current.until is not None:
        line += f" until {current.until.astimezone(policy.calendar.zone):%a %H:%M}"
    then = ""
    if current.then and current.then != current.who:
        then = f" → {plain(current.then, limit=24)}"
    old = ""
    if read_at is not None and now - read_at > OLD_ROTA:
        old = f" (as of {age_text(now - read_at)} ago)"
    return line + then + old, line + old, who + old


def _counts(total: int, breached: int, soon: int) -> tuple[str, ...]:
    urgent = [f"{n} {word}" for n, word in ((breached, "late"), (soon, "soon")) if n]
    return (
        f"{total} open, {breached} breached, {soon} soon",
        ", ".join([f"{total} open", *urgent]),
        ", ".join(urgent) or f"{total} open",
        (urgent or [f"{total} open"])[0],
    )
