"""The main screen: header, queue with its countdowns, the issue under the cursor, and a filter.

It is told snapshots and the time by the app, arranges them, and asks for what it needs upwards.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.geometry import Region
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from services.clock import Clock
from services.domain import Issue, Snapshot, TimelineEntry
from services.news import News
from services.plain import plain
from services.policy.deadlines import Policy
from services.queue import Row
from services.standing import Standing
from services.summary import Summary, summed
from tui.compositor import paint, paint_narrowly
from tui.keymap import bindings, key_line
from tui.keys import QUEUE
from tui.options import ScreenOptions
from tui.screens.cursor import CursorActions
from tui.screens.marks import MarkActions
from tui.screens.narrowing import MOST_COUNTED, Narrowing
from tui.screens.on_issue import IssueActions
from tui.screens.pages import why_empty
from widgets.detail import Detail
from widgets.gutter import Gutter
from widgets.header import Header, HeaderFacts
from widgets.parts import Parts
from widgets.queue_table import QueueTable
from widgets.view_line import ViewLine

if TYPE_CHECKING:
    from textual.widgets import Input

    from tui.screens.issue import IssueScreen
    from widgets.boundary_card import BoundaryCard
    from widgets.tour import TourLine

REST = 0.3
"""Seconds the cursor must rest on an issue before its story is fetched."""

RUNNING = 0.15
"""Seconds between two moves of a cursor that is on its way; nobody reads what it passes."""

TICKER_ROWS = 8
"""With fewer lines than this there is room for the most urgent issues only."""

FILTER_HINT = "words, sev:p2 is:mine src:pd who:ann tag:api age>2h due<30m"

TALL_ROWS = 18
"""From so many lines on there is room for the saved views above the queue."""


class QueueScreen(CursorActions, MarkActions, IssueActions[None]):
    """The queue."""

    KEYS = "queue"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(QUEUE)]
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-ticker"), (TICKER_ROWS, "-full"), (TALL_ROWS, "-tall")]

    class Refresh(Message):
        """Ask the vendors now."""

    class Pause(Message):
        """Stop, or go on, polling."""

        def __init__(self, paused: bool) -> None:
            super().__init__()
            self.paused = paused

    class Wanted(Message):
        """What happened to an issue is wanted."""

        def __init__(self, issue: Issue) -> None:
            super().__init__()
            self.issue = issue

    class TourOver(Message):
        """The tour has been seen, or left."""

    class Turned(Message):
        """Other things are in view: they may read differently sooner than what was there."""

        def can_replace(self, message: Message) -> bool:
            """Told once is enough."""
            return isinstance(message, QueueScreen.Turned)

    def __init__(
        self,
        policy: Policy,
        options: ScreenOptions,
        clock: Clock,
        mounted: Callable[[], None] = lambda: None,
    ) -> None:
        """Make the screen.

        Args:
            policy: What is promised.
            options: Looks and keys.
            clock: The servers' time.
            mounted: Called when everything is there, before the first paint of it.
        """
        super().__init__()
        self._mounted = mounted
        paint_narrowly(self)
        self._clock = clock
        self.policy = policy
        self._options = options
        self._snapshot = Snapshot()
        self._unsent: tuple[str, ...] = ()
        self._standing = Standing(policy)
        self._looks_at: datetime | None = None
        self._narrowing = Narrowing(options.views, options.start_view)
        self._muted: frozenset[str] = frozenset()
        self._muted_until: datetime | None = None
        self._summed: tuple[Sequence[Row], Summary] = ((), Summary())
        self._moved_at = 0.0
        self._pause: asyncio.TimerHandle | None = None
        self._issue_screen: IssueScreen | None = None
        self._box: Input | None = None
        """Where a filter is typed; made with the first one."""
        self._header = Header(policy)
        self._views = ViewLine()
        self.news = News()
        self._tour: TourLine | None = None
        self._ahead = False
        """Whether it is time to look ahead: what lies half an hour off is not painted first."""
        self.table = QueueTable(policy, ascii_only=options.ascii, id="queue")
        self.table.signs = self._signs
        self.table.moved = self._moved
        self.table.absolute = options.absolute_times
        self.countdowns = Gutter(self.table)
        self._card: BoundaryCard | None = None
        self._detail = Detail(
            policy, ascii_only=options.ascii, seconds=False, open_hosts=options.open_hosts
        )

        self._parts = Parts()
        for widget in (self.table, self.countdowns, self._header, self._detail):
            widget.parts = self._parts

    def compose(self) -> ComposeResult:
        """Header, views, list, detail, filter, footer."""
        yield self._header
        yield self._views
        with Horizontal(id="main"):
            yield self.countdowns.marks
            yield self.countdowns
            yield self.table
            yield self._detail
        yield Static("", id="empty", markup=False)
        yield Static("", id="footer", markup=False)

    def on_mount(self) -> None:
        """The list has the keys."""
        self.query_one("#empty").display = False
        self.table.focus()
        self.table.set_class(self.app.no_color, "-no-color")
        if self._options.tour:
            self.action_tour()
        self.watch(self.table, "scroll_y", self._scrolled, init=False)
        self._mounted()

    @property
    def _now(self) -> datetime:
        return self._clock.now()

    def show(self, snapshot: Snapshot, now: datetime, unsent: tuple[str, ...] = ()) -> None:
        """Take a new state of the world, and how many letters are not sent, ever shorter."""
        self._snapshot, self._unsent = snapshot, unsent
        self._narrowing.know(self._names())
        self._rearrange(now)

    def tick(self, now: datetime) -> None:
        """Repaint what reads differently now."""
        turns_at = self._standing.turns_at
        if turns_at is not None and now >= turns_at and self._standing.advance(now):
            self._rearrange(now)
            return
        if self._looks_at is not None and now >= self._looks_at:
            self._look_ahead(now)
        with self._parts:
            self.countdowns.tick(now)
            self.table.tick(now)
            self._header.tick(now)
            for detail in self._details():
                detail.tick(now)
        self._paint_soon()

    def _paint_soon(self) -> None:
        """Send what has been gathered once all else is done: the terminal's thread needs us idle.

        Textual's own way there takes a message for each widget, and a timer.
        """

        def send() -> None:
            paint(self, self._parts.taken())

        asyncio.get_running_loop().call_soon(send)

    def reads_until(self, now: datetime) -> datetime | None:
        """When something in view next reads differently; to be asked after a tick."""
        seen = [
            self._standing.turns_at,
            self._looks_at,
            self.countdowns.reads_until(),
            self._header.reads_until(now),
            *(detail.reads_until(now) for detail in self._details() if detail.display),
        ]
        return min([moment for moment in seen if moment is not None], default=None)

    def _scrolled(self) -> None:
        """Rows have come into view whose countdowns nobody has worked out yet."""
        self.countdowns.tick(self._now)
        self._rest_soon()

    def tell(self, issue_id: str, entries: Sequence[TimelineEntry]) -> None:
        """What happened to an issue, for whoever still looks at it."""
        for detail in self._details():
            detail.tell(issue_id, entries)

    def trouble(self, issue_id: str, why: str) -> None:
        """Why what happened cannot be told."""
        for detail in self._details():
            detail.trouble(issue_id, why)

    @property
    def summary(self) -> Summary:
        """How the queue stands; worked out anew only when a row has changed."""
        rows = self._standing.rows
        if self._summed[0] is not rows:
            self._summed = (rows, summed(rows, self._standing.states))
        return self._summed[1]

    def mute(self, muted: frozenset[str], until: datetime | None) -> None:
        """Know what is silent; it is marked with the next state of the world."""
        self._muted, self._muted_until = muted, until

    def show_muted(self, muted: frozenset[str], until: datetime | None) -> None:
        """Mark what is silent."""
        self.mute(muted, until)
        self._rearrange(self._now)

    def _muted_words(self, now: datetime) -> str:
        until = self._muted_until
        if until is None or until <= now:
            return ""
        return f"MUTED until {until.astimezone(self.policy.calendar.zone):%H:%M}"

    def _signs(self, row: Row) -> str:
        """What there is to say of a row besides what it is."""
        fresh = "• " if self.news.unread(row.issue) else ""
        if not self._muted or self._muted.isdisjoint(row.issue.id.split("+")):
            return fresh
        return f"{fresh}[muted] "

    def _look_over(self) -> None:
        """What lies in full view beside the queue is no news any more."""
        row = self.table.selected
        if row is not None and row.issue.id == self._detail.about and self.has_class("-wide"):
            self.news.look(row.issue)

    def _news_words(self) -> str:
        since, rows = self.news.since, self._standing.rows
        if since is None or len(rows) > MOST_COUNTED:
            return ""
        new, changed = self.news.count(row.issue for row in rows)
        parts = [f"{count} {word}" for count, word in ((new, "new"), (changed, "changed")) if count]
        at = f"{since.astimezone(self.policy.calendar.zone):%H:%M}"
        return f"• {', '.join(parts)} since {at}" if parts else ""

    def _want(self, issue: Issue) -> None:
        """Ask for what happened to an issue that is being looked at."""
        if self.news.look(issue):
            self.table.repaint()
            self._views.show_news(self._news_words())
        self.post_message(self.Wanted(issue))

    def _details(self) -> list[Detail]:
        opened = self._issue_screen
        if opened is None or opened not in self.app.screen_stack:
            return [self._detail]
        return [self._detail, opened.detail]

    def _rearrange(self, now: datetime) -> None:
        with self._parts:
            self._arrange(now)
        self._paint_soon()

    def _arrange(self, now: datetime) -> None:
        self._standing.take(self._snapshot.issues, now)
        rows = self._standing.rows
        narrowing = self._narrowing
        kept = [row for row in rows if narrowing.keeps(row, now)] if narrowing.narrows else rows
        self.table.show(kept, now)
        self._look_over()
        self.countdowns.tick(now)
        for detail in self._details():
            detail.know(self._snapshot)
            detail.follow(self._standing.row_of(detail.about), now)
        words = narrowing.words
        few = f"{len(kept)} of {len(rows)}"
        filtered = (f"[{plain(words)}] {few}", f"[…] {few}") if words else ()
        muted = self._muted_words(now)
        narrowed_to = tuple(" ".join(w for w in (muted, f) if w) for f in filtered or ("",))
        self._header.show(
            HeaderFacts(
                self._snapshot, self.summary, self._options.demo, narrowed_to, self._unsent
            ),
            now,
        )
        self._views.show(narrowing.counted(rows, now), self._news_words())
        self._say_if_empty(bool(kept), bool(words))
        if self._ahead:
            self._look_ahead(now)
        else:
            self._ahead, self._looks_at = True, now

    def _look_ahead(self, now: datetime) -> None:
        """Tell of five, nine and the next turn, half an hour before."""

        from services.boundary import boundary_ahead

        # The card as well: each shift comes to it, and what stays is to be there from the start.
        from widgets.boundary_card import BoundaryCard

        snapshot, calendar = self._snapshot, self.policy.calendar
        boundary = boundary_ahead(
            self._standing.rows, snapshot.done, snapshot.rota, self._names(), calendar, now
        )
        if boundary is not None and self._card is None:
            self._card = BoundaryCard(calendar, ascii_only=self._options.ascii)
            self.mount(self._card, after="#empty")
        if self._card is not None:
            self._card.show(boundary, now, self.size.width, self.size.height)
        self._looks_at = now.replace(second=0, microsecond=0) + timedelta(minutes=1)

    def _names(self) -> frozenset[str]:
        return self._snapshot.me | set(self._options.mine)

    def _say_if_empty(self, some: bool, narrowed: bool) -> None:
        empty = self.query_one("#empty", Static)
        empty.display = not some
        self.query_one("#main").display = some
        if not some:
            empty.update(why_empty(self._snapshot.sources, narrowed))

    def on_resize(self) -> None:
        """As many keys as there is room for, and other rows in view."""
        self._say_below()
        self.post_message(self.Turned())

    def _say_below(self) -> None:
        width, chosen = self.size.width, self._options.keys
        complaint = self._narrowing.complaint
        words = Text(f" {complaint}", style="bold", no_wrap=True, overflow="ellipsis")
        footer = words if complaint else key_line(QUEUE, width, chosen)
        self.query_one("#footer", Static).update(footer, layout=False)

    def _moved(self, lines: Sequence[int] | None) -> None:
        """The cursor first, the issue beside it right after; of a run, the one where it ends.

        Where the queue has moved under the cursor there is no run: both are painted together.
        """
        if lines != ():
            self._paint_cursor(lines)
            self._rest_soon()
            return
        row = self.table.selected
        # The same issue it follows to its newest by itself.
        if self.has_class("-wide") and (row is None or row.issue.id != self._detail.about):
            self._show_beside()

    def _paint_cursor(self, lines: Sequence[int] | None) -> None:
        """A key is answered before anything else is done; of keys that came together, the last."""
        table = self.table
        if lines is None:
            changed: dict[Widget, Sequence[Region]] = dict.fromkeys(
                (table, self.countdowns, self.countdowns.marks, table.vertical_scrollbar), ()
            )
        else:
            width = table.scrollable_content_region.width
            changed = {table: [Region(0, y, width, 1) for y in lines]}
            changed |= self.countdowns.touched(lines)
        if self.app.message_queue_size:
            for widget, regions in changed.items():
                widget.refresh(*regions)
        else:
            paint(self, changed)

    def _rest_soon(self) -> None:
        """What hangs on where the cursor is may wait until it stays there."""
        loop = asyncio.get_running_loop()
        moved_at, self._moved_at = self._moved_at, loop.time()
        if self._pause is None:
            runs = self._moved_at - moved_at < RUNNING
            wait = RUNNING if runs else 0
            self._pause = loop.call_later(wait, self.call_next, self._rest, runs)

    def _rest(self, runs: bool) -> None:
        """The cursor may have come to rest; if not, it is asked again when it could have."""
        loop = asyncio.get_running_loop()
        left = self._moved_at + RUNNING - loop.time()
        if runs and left > 0:
            self._pause = loop.call_later(left, self.call_next, self._rest, runs)
            return
        self._pause = None
        if self.has_class("-wide"):
            self._show_beside()
        else:
            self.post_message(self.Turned())

    def _show_beside(self) -> None:
        before, row = self._detail.about, self.table.selected
        with self._parts:
            self._detail.show(row, self._now)
        self._paint_soon()
        self.post_message(self.Turned())
        if row is not None and row.issue.id != before:
            self._ask_after_rest(row)

    def _ask_after_rest(self, row: Row) -> None:
        def ask() -> None:
            held = self.table.selected
            if held is not None and held.issue.id == row.issue.id:
                self._want(held.issue)

        self.set_timer(REST, ask)

    @on(QueueTable.Opened)
    async def action_open(self) -> None:
        """Read the issue on a screen of its own."""
        row = self.table.selected
        if row is None:
            return
        from tui.screens.issue import IssueScreen

        options = self._options
        detail = Detail(self.policy, ascii_only=options.ascii, open_hosts=options.open_hosts)
        detail.know(self._snapshot)
        self._issue_screen = IssueScreen(self.policy, detail, row, self._now)
        await self.app.push_screen(self._issue_screen)
        self._want(row.issue)

    @property
    def rows(self) -> Sequence[Row]:
        """The whole queue, whatever it is narrowed to."""
        return self._standing.rows

    def looked_at(self) -> tuple[Row | None, datetime | None]:
        """The issue under the cursor."""
        return self.table.selected, self._now

    def meant(self) -> tuple[Issue, ...]:
        """The marked issues; without marks, the one under the cursor."""
        return self.marked() or super().meant()

    async def action_filter(self) -> None:
        """Type a filter."""
        if self._box is None:
            from widgets.field import Field

            self._box = Field(placeholder=FILTER_HINT, id="filter")
            await self.mount(self._box, before=self._tour or "#footer")
        self._box.display = True
        # At once, not at the next turn of the loop: what is typed ahead belongs in the box.
        self.set_focus(self._box)

    def on_input_changed(self, event: "Input.Changed") -> None:
        """Narrow as it is typed; says of a term that makes no sense why, and goes without it."""
        self._narrowing.type(event.value)
        self._say_below()
        self._rearrange(self._now)

    def on_input_submitted(self, event: "Input.Submitted") -> None:
        """Enter keeps the filter and gives the keys back to the list."""
        event.input.display = bool(event.value)
        self.table.focus()

    def action_back(self) -> None:
        """Hide the card; without one, drop the marks; without marks, the filter."""
        if self._card is not None and self._card.showing:
            self._card.dismiss()
            return
        if self.table.marks:
            self.table.mark(frozenset())
            return
        if self._box is not None:
            self._box.value = ""
            self._box.display = False
        self._narrowing.drop()
        self.table.focus()
        self._rearrange(self._now)

    def action_mine(self) -> None:
        """Only what is mine, or everything."""
        self._narrowing.mine = not self._narrowing.mine
        self._rearrange(self._now)

    def action_view(self, number: int) -> None:
        """A saved view; the one that is open: everything."""
        if not self._narrowing.choose(number):
            self.notify(f"There is no view {number}; [views] in config.toml.", markup=False)
        self._rearrange(self._now)

    def action_step_view(self, by: int) -> None:
        """The next saved view, or the one before."""
        self._narrowing.step(by)
        self._rearrange(self._now)

    def action_tour(self) -> None:
        """Show a newcomer around."""
        if self._tour is None:
            from widgets.tour import TourLine

            self._tour = TourLine()
            self.mount(self._tour, before="#footer")
        self._tour.begin()

    def action_tour_next(self) -> None:
        """The next step of the tour, if it is on."""
        if self._tour is not None and self._tour.on:
            self._tour.next()
            self._tour_over()

    def action_tour_end(self) -> None:
        """End the tour."""
        if self._tour is not None:
            self._tour.end()
        self._tour_over()

    def _tour_over(self) -> None:
        if self._tour is None or not self._tour.on:
            self.post_message(self.TourOver())

    def action_times(self) -> None:
        """When it was raised, or how long ago."""
        self.table.show_times(not self.table.absolute)

    def action_refresh_now(self) -> None:
        """Ask both vendors now."""
        self.post_message(self.Refresh())

    def action_pause(self) -> None:
        """Stop, or go on, polling by itself."""
        self.post_message(self.Pause(not self._snapshot.paused))
