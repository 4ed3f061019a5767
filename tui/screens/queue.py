"""The main screen: header, queue with its countdowns, the issue under the cursor, and a filter.

It is told snapshots and the time by the app, arranges them, and asks for what it needs upwards.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, Static

from services.domain import Health, Issue, Snapshot, Source, SourceStatus, TimelineEntry
from services.filter import Filter, FilterError, is_mine, parse_filter
from services.plain import plain
from services.policy.deadlines import Policy
from services.policy.receipt import receipt
from services.queue import Row, arrange, changes_at
from tui.keys import QUEUE, bindings, shown
from tui.options import ScreenOptions
from tui.screens.reader import IssueScreen, PageScreen
from widgets.countdown import KIND_SHORT, STATE_WORDS, clock_text
from widgets.detail import Detail
from widgets.header import Header, HeaderFacts
from widgets.queue_table import Gutter, QueueTable

REST = 0.3
"""Seconds the cursor must rest on an issue before its story is fetched."""

TICKER_ROWS = 8
"""With fewer lines than this there is room for the most urgent issues only."""


class QueueScreen(Screen[None]):
    """The queue."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]
    CSS_PATH = "../style.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-ticker"), (TICKER_ROWS, "-full")]

    @dataclass
    class Refresh(Message):
        """Ask the vendors now."""

    @dataclass
    class Pause(Message):
        """Stop, or go on, polling."""

        paused: bool

    @dataclass
    class Wanted(Message):
        """What happened to an issue is wanted."""

        issue: Issue

    def __init__(self, policy: Policy, options: ScreenOptions) -> None:
        super().__init__()
        self._policy = policy
        self._options = options
        self._snapshot = Snapshot()
        self._now: datetime | None = None
        self._rows: tuple[Row, ...] = ()
        self._turns_at: datetime | None = None
        self._filter: Filter = parse_filter("")
        self._mine = False
        self._header = Header(policy)
        self.table = QueueTable(policy, ascii_only=options.ascii, id="queue")
        self.countdowns = Gutter(self.table)
        self._detail = Detail(policy, ascii_only=options.ascii)

    def compose(self) -> ComposeResult:
        """Header, list, detail, filter, footer."""
        yield self._header
        with Horizontal(id="main"):
            yield self.countdowns
            yield self.table
            yield self._detail
        yield Static("", id="empty", markup=False)
        yield Input(placeholder="words, sev:p2 is:mine src:pd who:ann tag:api age>2h due<30m",
                    id="filter")  # fmt: skip
        yield Static(self._footer(), id="footer", markup=False)

    def on_mount(self) -> None:
        """The list has the keys."""
        self.query_one("#filter", Input).display = False
        self.query_one("#empty").display = False
        self.table.focus()

    def show(self, snapshot: Snapshot, now: datetime) -> None:
        """Take a new state of the world."""
        self._snapshot, self._now = snapshot, now
        self._rearrange(now)

    def tick(self, now: datetime) -> None:
        """A second has passed: repaint what reads differently."""
        self._now = now
        if self._turns_at is not None and now >= self._turns_at:
            self._rearrange(now)
            return
        self.countdowns.tick(now)
        self._header.tick(now)

    def tell(self, issue_id: str, entries: Sequence[TimelineEntry]) -> None:
        """What happened to an issue, for whoever still looks at it."""
        for detail in self._details():
            detail.tell(issue_id, entries)

    def trouble(self, issue_id: str, why: str) -> None:
        """Why what happened cannot be told."""
        for detail in self._details():
            detail.trouble(issue_id, why)

    def _details(self) -> list[Detail]:
        top = self.app.screen
        return [self._detail, *([top.detail] if isinstance(top, IssueScreen) else [])]

    def _rearrange(self, now: datetime) -> None:
        self._rows = arrange(self._snapshot.issues, self._policy, now)
        self._turns_at = changes_at(self._rows, self._policy, now)
        kept = [row for row in self._rows if self._keeps(row, now)]
        self.table.show(kept, now)
        self.countdowns.show(now)
        narrowed = [self._filter.text, "mine" if self._mine else ""]
        words = " ".join(word for word in narrowed if word)
        filtered = f"[{words}] {len(kept)} of {len(self._rows)}" if words else ""
        self._header.show(
            HeaderFacts(self._snapshot, self._rows, self._options.demo, filtered), now
        )
        self._say_if_empty(bool(kept), bool(words))

    def _keeps(self, row: Row, now: datetime) -> bool:
        if self._mine and not is_mine(row, self._names()):
            return False
        return self._filter.keeps(row, now)

    def _names(self) -> frozenset[str]:
        return self._snapshot.me | set(self._options.mine)

    def _say_if_empty(self, some: bool, narrowed: bool) -> None:
        empty = self.query_one("#empty", Static)
        empty.display = not some
        self.query_one("#main").display = some
        if not some:
            empty.update(_why_empty(self._snapshot.sources, narrowed))

    def _footer(self) -> Text:
        text = Text(" ", no_wrap=True, overflow="ellipsis")
        for key in QUEUE:
            if key.footer:
                text.append(shown(key, self._options.keys), style="bold")
                text.append(f" {key.label}  ")
        return text

    @on(QueueTable.Moved)
    def _look(self, event: QueueTable.Moved) -> None:
        """Show the issue at once, and what happened to it once the cursor rests."""
        if self._now is None or not self.has_class("-wide"):
            return
        before = self._detail.about
        self._detail.show(event.row, self._now)
        if event.row is not None and event.row.issue.id != before:
            self._ask_after_rest(event.row)

    def _ask_after_rest(self, row: Row) -> None:
        def ask() -> None:
            held = self.table.selected
            if held is not None and held.issue.id == row.issue.id:
                self.post_message(self.Wanted(held.issue))

        self.set_timer(REST, ask)

    @on(QueueTable.Opened)
    async def action_open(self) -> None:
        """Read the issue on a screen of its own."""
        row = self.table.selected
        if row is None or self._now is None:
            return
        detail = Detail(self._policy, ascii_only=self._options.ascii)
        await self.app.push_screen(IssueScreen(detail, row, self._now))
        self.post_message(self.Wanted(row.issue))

    def action_move(self, by: int) -> None:
        """The cursor goes so many issues on."""
        self.table.move(by)

    def action_page(self, by: int) -> None:
        """The cursor goes so many screenfuls on."""
        self.table.move(by * max(1, self.table.size.height - 1))

    def action_top(self) -> None:
        """To the most urgent."""
        self.table.move_to(0)

    def action_bottom(self) -> None:
        """To the last."""
        self.table.move_to(len(self.table.rows) - 1)

    def action_why(self) -> None:
        """The receipt of each deadline of the issue."""
        row, now = self.table.selected, self._now
        if row is None or now is None:
            return

        def write(_: str) -> Text:
            text = Text()
            for promise in row.issue.promises:
                explained = receipt(promise, self._policy, now)
                text.append(f"{explained.title}\n", style="bold")
                for label, words in explained.lines:
                    text.append(f"  {label:<9}", style="dim")
                    text.append(f"{words}\n")
            return text if row.issue.promises else Text("Nothing is owed on this issue.")

        self.app.push_screen(PageScreen(plain(row.issue.subject, limit=60), write))

    def action_help(self) -> None:
        """All keys."""

        def write(wanted: str) -> Text:
            text = Text()
            for key in QUEUE:
                words = f"{key.label} {key.help}"
                if wanted.casefold() in words.casefold():
                    text.append(f"{shown(key, self._options.keys):<9}", style="bold")
                    text.append(f"{key.help}\n")
            return text or Text("No key does that.")

        self.app.push_screen(PageScreen("Keys", write, search=True))

    def action_filter(self) -> None:
        """Type a filter."""
        box = self.query_one("#filter", Input)
        box.display = True
        # At once, not at the next turn of the loop: what is typed ahead belongs in the box.
        self.set_focus(box)

    @on(Input.Changed, "#filter")
    def _narrow(self, event: Input.Changed) -> None:
        """Narrow as it is typed; a filter that makes no sense says why and changes nothing."""
        try:
            self._filter = parse_filter(event.value, self._names())
        except FilterError as error:
            self.query_one("#footer", Static).update(Text(f" {error}", style="bold"))
            return
        self.query_one("#footer", Static).update(self._footer())
        if self._now is not None:
            self._rearrange(self._now)

    @on(Input.Submitted, "#filter")
    def _done_typing(self, event: Input.Submitted) -> None:
        """Enter keeps the filter and gives the keys back to the list."""
        event.input.display = bool(event.value)
        self.table.focus()

    def action_back(self) -> None:
        """Drop the filter."""
        box = self.query_one("#filter", Input)
        box.value = ""
        box.display = False
        self._mine = False
        self.table.focus()
        if self._now is not None:
            self._rearrange(self._now)

    def action_mine(self) -> None:
        """Only what is mine, or everything."""
        self._mine = not self._mine
        if self._now is not None:
            self._rearrange(self._now)

    def action_browser(self) -> None:
        """Open the issue where its vendor shows it; web addresses only."""
        url = _url(self.table.selected)
        if url:
            self.app.open_url(url)
        else:
            self.notify("This issue has no web address.", markup=False)

    def action_copy_link(self) -> None:
        """Copy the issue's address."""
        url = _url(self.table.selected)
        if url:
            self.app.copy_to_clipboard(url)
            self.notify(f"Copied {plain(url, limit=80)}", markup=False)

    def action_copy_summary(self) -> None:
        """Copy a line that says how the issue stands."""
        row = self.table.selected
        if row is None or self._now is None:
            return
        line = _summary(row, self._now)
        self.app.copy_to_clipboard(line)
        self.notify(f"Copied {line}", markup=False)

    def action_refresh_now(self) -> None:
        """Ask both vendors now."""
        self.post_message(self.Refresh())

    def action_pause(self) -> None:
        """Stop, or go on, polling by itself."""
        self.post_message(self.Pause(not self._snapshot.paused))


def _url(row: Row | None) -> str:
    """Where the issue is to be seen; empty unless it is a web address."""
    if row is None:
        return ""
    halves = (row.issue.ticket, row.issue.incident)
    urls = [half.url for half in halves if half is not None]
    return next((u for u in urls if u.startswith(("https://", "http://"))), "")


def _summary(row: Row, now: datetime) -> str:
    parts = [row.issue.id, str(row.issue.severity or "unclassified"), plain(row.issue.subject)]
    if row.next is not None and row.next.due_at is not None:
        away = clock_text(row.next.due_at - now)
        sign = "ago" if row.next.due_at < now else "from now"
        what = f"{KIND_SHORT[row.next.kind]} {STATE_WORDS[row.next.state]}"
        parts.append(f"{what}, due {row.next.due_at:%Y-%m-%d %H:%M}Z ({away} {sign})")
    return " | ".join(parts)


def _why_empty(sources: Mapping[Source, SourceStatus] | None, narrowed: bool) -> str:
    if narrowed:
        return "Nothing matches the filter. Esc drops it."
    if sources is None:
        return "No data yet: asking Zendesk and PagerDuty…"
    states = [status.state for status in sources.values()]
    if Health.OK in states or Health.STALE in states:
        return "Nothing is open."
    return "No data yet. The line at the top says why."
