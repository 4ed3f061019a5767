"""The main screen: header, queue with its countdowns, the issue under the cursor, and a filter.

It is told snapshots and the time by the app, arranges them, and asks for what it needs upwards.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.events import Resize
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from services.clock import Clock
from services.differences import Compare, differences
from services.domain import Issue, Snapshot, TimelineEntry
from services.news import News
from services.policy.deadlines import Policy
from services.queue import Row
from services.standing import Standing
from services.summary import Summary, summed
from tui.compositor import paint_narrowly
from tui.keymap import bindings, key_line
from tui.keys import QUEUE
from tui.options import ScreenOptions
from tui.screens.ahead import LookingAhead
from tui.screens.cursor import CursorActions
from tui.screens.filtering import FilterActions
from tui.screens.marks import MarkActions
from tui.screens.narrowing import MOST_COUNTED, Narrowing
from tui.screens.on_issue import IssueActions
from tui.screens.pages import why_empty
from tui.screens.resting import Resting
from tui.screens.touring import TourActions
from widgets.detail import Detail
from widgets.gutter import Gutter
from widgets.header import Header, HeaderFacts
from widgets.parts import Parts
from widgets.queue_table import QueueTable
from widgets.view_line import ViewLine

if TYPE_CHECKING:
    from tui.screens.issue import IssueScreen

TICKER_ROWS = 8
"""With fewer lines than this there is room for the most urgent issues only."""

TALL_ROWS = 18
"""From so many lines on there is room for the saved views above the queue."""


class QueueScreen(
    CursorActions,
    MarkActions,
    FilterActions,
    TourActions,
    LookingAhead,
    Resting,
    IssueActions[None],
):
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

    def __init__(
        self,
        policy: Policy,
        options: ScreenOptions,
        clock: Clock,
        mounted: Callable[[], None] = lambda: None,
        compare: Compare = differences,
    ) -> None:
        """Make the screen.

        Args:
            policy: What is promised.
            options: Looks and keys.
            clock: The servers' time.
            mounted: Called when everything is there, before the first paint of it.
            compare: Tells what a poll has changed.
        """
        super().__init__()
        self._mounted = mounted
        paint_narrowly(self)
        self._clock = clock
        self.policy = policy
        self._options = options
        self._snapshot = Snapshot()
        self._unsent: tuple[str, ...] = ()
        self._standing = Standing(policy, compare)
        self._narrowing = Narrowing(options.views, options.start_view)
        self._muted: frozenset[str] = frozenset()
        self._muted_until: datetime | None = None
        self._summed: tuple[Sequence[Row], Summary] = ((), Summary())
        self._issue_screen: IssueScreen | None = None
        self._header = Header(policy)
        self._views = ViewLine()
        self.news = News()
        self._ahead = False
        """Whether it is time to look ahead: what lies half an hour off is not painted first."""
        self.table = QueueTable(policy, ascii_only=options.ascii, id="queue")
        self.table.signs = self._signs
        self.table.moved = self._moved
        self.table.absolute = options.absolute_times
        self.countdowns = Gutter(self.table)
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
        if self.looks_at is not None and now >= self.looks_at:
            self._look(now)
        with self._parts:
            self.countdowns.tick(now)
            self.table.tick(now)
            self._header.tick(now)
            for detail in self._details():
                detail.tick(now)
        self.paint_soon()

    def reads_until(self, now: datetime) -> datetime | None:
        """When something in view next reads differently; to be asked after a tick."""
        seen = [
            self._standing.turns_at,
            self.looks_at,
            self.countdowns.reads_until(),
            self._header.reads_until(now),
            *(detail.reads_until(now) for detail in self._details() if detail.display),
        ]
        return min([moment for moment in seen if moment is not None], default=None)

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

    def want(self, issue: Issue) -> None:
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
        self.paint_soon()

    def _arrange(self, now: datetime) -> None:
        self._standing.take(self._snapshot.issues, now)
        rows = self._standing.rows
        kept, filtered = self.kept_of(rows, now)
        self.table.show(kept, now)
        self._look_over()
        self.countdowns.tick(now)
        for detail in self._details():
            detail.know(self._snapshot)
            detail.follow(self._standing.row_of(detail.about), now)
        muted = self._muted_words(now)
        narrowed_to = tuple(" ".join(w for w in (muted, f) if w) for f in filtered or ("",))
        self._header.show(
            HeaderFacts(
                self._snapshot, self.summary, self._options.demo, narrowed_to, self._unsent
            ),
            now,
        )
        self._views.show(self._narrowing.counted(rows, now), self._news_words())
        self._say_if_empty(bool(kept), bool(filtered))
        if self._ahead:
            self._look(now)
        else:
            self._ahead, self.looks_at = True, now

    def _look(self, now: datetime) -> None:
        names, ascii_only = self._names(), self._options.ascii
        self.look_ahead(self._standing.rows, self._snapshot, names, now, ascii_only=ascii_only)

    def narrowed(self) -> None:
        """Other rows are to be shown."""
        self._rearrange(self._now)

    def foot(self) -> Widget | str:
        """What a field for filters stands above."""
        return self._tour or "#footer"

    def _names(self) -> frozenset[str]:
        return self._snapshot.me | set(self._options.mine)

    def _say_if_empty(self, some: bool, narrowed: bool) -> None:
        empty = self.query_one("#empty", Static)
        empty.display = not some
        self.query_one("#main").display = some
        if not some:
            empty.update(why_empty(self._snapshot.sources, narrowed))

    def on_resize(self, event: Resize) -> None:
        """As many keys as there is room for, and other rows in view."""
        if event.size != self.app.size:
            # That was before the last one. Each layout tells of its size in the same way: two that
            # are on their way at once would call each other forth for ever.
            event.prevent_default()
            return
        self.say_below()
        self.post_message(self.Turned())

    @on(Gutter.OtherLines)
    def _others_in_view(self, event: Gutter.OtherLines) -> None:
        event.stop()
        self.post_message(self.Turned())

    def say_below(self) -> None:
        """As many keys as there is room for, or what a filter complains of."""
        width, chosen = self.size.width, self._options.keys
        complaint = self._narrowing.complaint
        words = Text(f" {complaint}", style="bold", no_wrap=True, overflow="ellipsis")
        footer = words if complaint else key_line(QUEUE, width, chosen)
        self.query_one("#footer", Static).update(footer, layout=False)

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
        self.want(row.issue)

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

    def action_back(self) -> None:
        """Hide the card; without one, drop the marks; without marks, the filter."""
        if self.hide_card():
            return
        if self.table.marks:
            self.table.mark(frozenset())
        else:
            self.drop_filter()

    def action_times(self) -> None:
        """When it was raised, or how long ago."""
        self.table.show_times(not self.table.absolute)

    def action_refresh_now(self) -> None:
        """Ask both vendors now."""
        self.post_message(self.Refresh())

    def action_pause(self) -> None:
        """Stop, or go on, polling by itself."""
        self.post_message(self.Pause(not self._snapshot.paused))
