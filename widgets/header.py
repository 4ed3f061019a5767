"""Which hours are these, who is on call, and how far can the queue be trusted?

Told everything; repaints a line only when it reads differently.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rich.cells import set_cell_size
from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from services.domain import Health, OnCall, Period, Snapshot, Source, SourceStatus
from services.plain import plain
from services.policy.deadlines import Policy
from services.queue import Row
from widgets.countdown import age_text
from widgets.queue_table import counts

OLD = timedelta(minutes=2)
"""Data older than this is called stale, whatever its source says."""

PERIOD_WORDS: Mapping[Period, str] = {
    Period.IN_HOURS: "IN HOURS",
    Period.OUT_OF_HOURS_WAKING: "OUT OF HOURS, waking",
    Period.OUT_OF_HOURS_OVERNIGHT: "OUT OF HOURS, overnight",
}
_NAMES = {Source.ZENDESK: ("Zendesk", "ZD"), Source.PAGERDUTY: ("PagerDuty", "PD")}


@dataclass(frozen=True, slots=True)
class HeaderFacts:
    """What the header is drawn from."""

    snapshot: Snapshot
    rows: tuple[Row, ...]
    demo: str = ""
    filtered: str = ""
    """What the list is narrowed to, with how many of how many; empty shows all."""


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
        self._policy = policy
        self._lines: list[tuple[str, bool]] = []
        self._facts = HeaderFacts(Snapshot(), ())
        self._now: datetime | None = None

    def show(self, facts: HeaderFacts, now: datetime) -> None:
        """Take new facts and the time; repaint what reads differently."""
        self._facts, self._now = facts, now
        self.tick(now)

    def tick(self, now: datetime) -> None:
        """Only the time has changed."""
        self._now = now
        before, self._lines = self._lines, self._write(now)
        for y, line in enumerate(self._lines):
            if y >= len(before) or before[y] != line:
                self.refresh(Region(0, y, self.size.width, 1))

    def on_resize(self) -> None:
        """Lay the words out anew."""
        if self._now is not None:
            self._lines = self._write(self._now)

    def render_line(self, y: int) -> Strip:
        """One line of the header."""
        width = self.size.width
        text, trouble = self._lines[y] if y < len(self._lines) else ("", False)
        style = self.get_component_rich_style("header--trouble" if trouble else "header--line")
        return Strip([Segment(set_cell_size(f" {text}", width), style)], width)

    def _write(self, now: datetime) -> list[tuple[str, bool]]:
        snapshot, facts = self._facts.snapshot, self._facts
        trust, trouble = trust_line(snapshot, now, short=self.size.width < 80)
        total = counts(facts.rows)
        if self.size.height <= 1 or self.size.width < 60:
            line = f"{_counts(*total, short=True)} {trust}"
            return [(line, trouble), (period_line(self._policy, now, short=True), False)]
        first = [
            facts.demo,
            period_line(self._policy, now, short=self.size.width < 100),
            on_call_line(snapshot.on_call, self._policy, short=self.size.width < 110),
            f"{now.astimezone(self._policy.calendar.zone):%a %H:%M:%S %Z}",
        ]
        if self.size.width < 70:
            first = first[:2]
        notices = "; ".join(plain(notice, limit=80) for notice in snapshot.notices)
        second = [facts.filtered, _counts(*total, short=False), trust, notices]
        if self.size.width < 80:
            second = [facts.filtered, _counts(*total, short=True), trust]
        return [(_joined(first), False), (_joined(second), trouble)]


def period_line(policy: Policy, now: datetime, *, short: bool) -> str:
    """The period, when it ends, and how long that is."""
    calendar = policy.calendar
    period, ends = calendar.period(now), calendar.period_ends(now)
    words = PERIOD_WORDS[period].partition(",")[0] if short else PERIOD_WORDS[period]
    local = f"{ends.astimezone(calendar.zone):%H:%M}"
    left = int((ends - now).total_seconds()) // 60
    return f"{words} until {local}, {left // 60}h{left % 60:02}"


def on_call_line(on_call: Sequence[OnCall], policy: Policy, *, short: bool) -> str:
    """Who answers now, until when, and who follows; by the first schedule with someone on."""
    current = next((entry for entry in on_call if entry.who), None)
    if current is None:
        return ""
    line = f"on call {plain(current.who or '', limit=24)}"
    if current.until is not None and not short:
        line += f" until {current.until.astimezone(policy.calendar.zone):%a %H:%M}"
    if current.then and current.then != current.who and not short:
        line += f" → {plain(current.then, limit=24)}"
    return line


def trust_line(snapshot: Snapshot, now: datetime, *, short: bool) -> tuple[str, bool]:
    """How old what we show is, by source; and whether that is a reason to worry."""
    if snapshot.sources is None:
        return "asking…", False
    said = [
        _trust(_NAMES[source][short], status, now, short) for source, status in
        snapshot.sources.items() if status.state is not Health.OFF
    ]  # fmt: skip
    paused = ["PAUSED"] if snapshot.paused else []
    separator = " " if short else " · "
    return separator.join([*paused, *(text for text, _ in said)]), any(bad for _, bad in said)


def _trust(name: str, status: SourceStatus, now: datetime, short: bool) -> tuple[str, bool]:
    age = now - status.fetched_at if status.fetched_at else None
    waiting = status.fetched_at is None and status.error is None
    if waiting:
        return f"{name} asking…", False
    stale = status.state is Health.STALE or (age is not None and age > OLD)
    word = "FAILING" if status.state is Health.ERROR else "STALE" if stale else ""
    text = f"{name} {word}".rstrip()
    if age is not None:
        text += f" {age_text(age)}"
    if status.error and (stale or status.state is Health.ERROR) and not short:
        text += f": {plain(status.error, limit=90)}"
        if status.next_try_at is not None and status.next_try_at > now:
            text += f" (next try {age_text(status.next_try_at - now)})"
    return text, stale or status.state is Health.ERROR


def _counts(total: int, breached: int, soon: int, *, short: bool) -> str:
    if short:
        return (
            f"{total} open, {breached} late, {soon} soon" if breached or soon else f"{total} open"
        )
    return f"{total} open, {breached} breached, {soon} soon"


def _joined(parts: Sequence[str]) -> str:
    return " │ ".join(part for part in parts if part)
