"""The wiring: one worker that takes snapshots, one tick, and messages to the feed."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual import on, work
from textual.binding import Binding
from textual.driver import Driver
from textual.screen import Screen

from services.clock import Clock
from services.domain import Issue, Snapshot, TimelineEntry
from services.errors import ServiceError
from services.feed import Feed
from services.log import Log
from services.outbox.outbox import Outbox
from services.plain import plain
from services.policy.deadlines import Policy
from tui.collector import Collector
from tui.covering import Covering
from tui.crash import Discreet
from tui.doorway import Doorway
from tui.driver import quiet_driver
from tui.ending import Endable
from tui.keymap import key_help, keymap
from tui.leaving import Leaving
from tui.looking import Looking
from tui.on_shift import OnShift
from tui.options import ScreenOptions
from tui.resizing import Resizing
from tui.screens.on_issue import IssueActions
from tui.screens.queue import QueueScreen
from tui.signals import Calls, Signalling
from tui.themes import OWN, usable
from tui.timekeeper import Timed, seconds_to_next
from tui.toasts import Toasts
from tui.writing import Stationery, Writing
from widgets.fitting import forget_widths

if TYPE_CHECKING:
    from textual.command import Provider

    from services.journal.journal import Journal

SAID_SECONDS = 15
"""How long a notice stays that is given once."""


def _key_commands() -> "type[Provider]":
    """Loaded with the first look at the palette."""
    from tui.palette import KeyCommands

    return KeyCommands


class RotaApp(
    Discreet, Doorway, Endable, Leaving, Covering, Resizing, Toasts, Signalling, Looking, OnShift
):
    """The dashboard."""

    TITLE = "rota"
    COMMANDS = {_key_commands}
    CSS_PATH = "style.tcss"
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"
    # Many a terminal or multiplexer keeps ctrl+l to itself: it is a spare for `L`, no more.
    BINDINGS = [Binding("ctrl+l", "log_page", "Log", show=False)]

    _dressed = False

    def __init__(
        self,
        feed: Feed,
        policy: Policy,
        clock: Clock,
        options: ScreenOptions | None = None,
        *,
        outbox: Outbox | None = None,
        stationery: Stationery | None = None,
        calls: Calls | None = None,
        log: Log | None = None,
        journal: "Callable[[], Journal] | None" = None,
        first: Snapshot | None = None,
    ) -> None:
        """Make the dashboard; nothing is asked before it runs.

        Args:
            feed: Where the queue comes from.
            policy: What is promised.
            clock: The servers' time.
            options: Looks and keys.
            outbox: Where letters are kept, for one that writes nothing but these.
            stationery: What it takes to write; without, drafts and letters stay in memory.
            calls: What it takes to call for somebody; without, nothing outside is told.
            log: What `L` shows.
            journal: Opens what is noted for the handover and the report.
            first: What is painted before the feed has told anything.

        Raises:
            ConfigError: A key in the options cannot be used.
        """
        self._stationery = stationery or Stationery(outbox or Outbox(None))
        super().__init__(
            feed,
            policy,
            clock,
            options or ScreenOptions(),
            self._stationery.outbox,
            journal or _no_journal,
        )
        if first is not None:
            self.snapshot = first
        self._log_book = log or Log(None, clock.now)
        self._said: set[str] = set()
        self._keys = keymap(self.options.keys)
        self._next_tick: asyncio.TimerHandle | None = None
        self._collector = Collector()
        self._dress()
        self.open_hosts = self.options.open_hosts
        self.queue = QueueScreen(policy, self.options, clock, self._first, self._compare)
        self._told: tuple[str, Sequence[TimelineEntry]] = ("", ())
        self.set_looks(self.options)
        self.set_signals(policy, self.options, clock, calls or Calls(), self._compare)
        self.writing = Writing(
            self, self._stationery, policy, clock, self.options, self._show, self.queue.dealt_with
        )

    def _dress(self) -> None:
        """Take the theme before anything is painted: to change it later is to style all twice."""
        for theme in OWN:
            self.register_theme(theme)
        chosen = usable(self.options.theme, self.available_themes, self.no_color)
        theme = self.available_themes[chosen]
        if theme.dark and not theme.ansi:
            # As Textual's own is, which it begins with: nothing but the colours is different.
            self.set_reactive(RotaApp.theme, chosen)
        else:
            self.theme = chosen
        self._dressed = True
        self.stylesheet.set_variables(self.get_css_variables())

    def get_css_variables(self) -> dict[str, str]:
        """The colours; none for the theme that Textual begins with, which nobody gets to see."""
        return super().get_css_variables() if self._dressed else {}

    def get_driver_class(self) -> type[Driver]:
        """Textual's choice, or where we can the one that sleeps until there is input."""
        return quiet_driver(super().get_driver_class())

    def get_default_screen(self) -> Screen[None]:
        """The queue lies under all other screens."""
        return self.queue

    def on_mount(self) -> None:
        """The keys as the operator wants them; where a theme is not to be had, that is said."""
        self.set_keymap(self._keys)
        if (wanted := self.options.theme) not in self.available_themes:
            words = f"screen.theme: there is no {plain(wanted, limit=40)!r}; this is {self.theme}."
            self.notify(words, severity="warning", timeout=SAID_SECONDS, markup=False)

    async def on_unmount(self) -> None:
        """Leave the process as it was."""
        self._collector.end()

    def left(self) -> None:
        """A screen is about to be gone, and is garbage then."""
        super().left()
        self._collector.left(lambda: self._touched_at)

    def _first(self) -> None:
        """Paint first what is known, then ask."""
        self.writing.start()
        now = self._clock.now()
        self.queue.mute(self.signaller.muted(now), self.signaller.silent_until(now))
        self._paint(now)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.take_snapshots()
        if self._stationery.deliver is not None:
            self.deliver()
        self._collector.begin()

    @work(group="feed", exclusive=True)
    async def take_snapshots(self) -> None:
        """Show each new state of the world as it comes."""
        async for snapshot in self._feed.snapshots():
            if not self.is_running:
                # It is being left, and the screens are gone already.
                return
            self.snapshot = snapshot
            self._say_once(snapshot.said)
            self._show()
            self._collector.follow(snapshot, self.call_after_refresh)

    @work(group="deliver")
    async def deliver(self) -> None:
        """Send letters. Never exclusive: a write is not to be cancelled half-way."""
        if self._stationery.deliver is not None:
            async for _ in self._stationery.deliver():
                self.writing.posting.soon()

    def _show(self) -> None:
        """The world as it is known, with what we have sent already in it."""
        now = self._clock.now()
        shown = self._paint(now)
        self.follow(now)
        self.signaller.take(shown, now)
        self.tick()
        forget_widths()

    def _paint(self, now: datetime) -> Snapshot:
        """The queue as it is to be seen, names and all."""
        shown = self.writing.seen(self.snapshot)
        if self.queue.news.since is None and shown.sources is not None:
            self.queue.news.begin(self.news_since())
        self.queue.news.own(self.writing.posting.arrived_at())
        self.queue.show(self.veiled(shown), now, self.writing.posting.unsent())
        return shown

    @on(QueueScreen.Turned)
    def tick(self) -> None:
        """Tell what is on show the time; again when something of it reads differently.

        A screen of the stack is told if it is `Timed`.
        """
        now = self._clock.now()
        shown = [screen for screen in self.screen_stack if isinstance(screen, Timed)]
        timed: list[Timed] = [*shown, self.signaller]
        for each in timed:
            each.tick(now)
        self.report(self.queue.summary, self.snapshot, now)
        if self._next_tick is not None:
            self._next_tick.cancel()
        # The loop's own timer: Textual's takes a task and a message each, for every second.
        self._next_tick = asyncio.get_running_loop().call_later(
            seconds_to_next(timed, now, self.options.pace), self.call_next, self.tick
        )

    def _say_once(self, lines: Iterable[str]) -> None:
        """What the operator is to know of rights, plans and files; it stays in the log."""
        for line in lines:
            if line not in self._said:
                self._said.add(line)
                self._log_book.note("said", words=line)
                self.notify(plain(line), timeout=SAID_SECONDS, markup=False)

    def action_log_page(self) -> None:
        """What rota asked, and what came of it."""
        from tui.screens.log import log_screen
        from tui.screens.reader import SearchScreen

        if not isinstance(self.screen, SearchScreen):
            self.push_screen(log_screen(self._log_book))

    def action_undo(self) -> None:
        """Take back the letter that is still held."""
        self.writing.posting.undo()

    def action_outbox(self) -> None:
        """What has not been sent, and why."""
        self.writing.posting.show()

    def action_command_palette(self) -> None:
        """What can be done here, by name; also where keys typed fast have left one below."""
        from textual.command import CommandPalette

        if self.use_command_palette and not isinstance(self.screen, CommandPalette):
            # Without Textual's name for it, of which there may be only one.
            self.push_screen(CommandPalette())

    async def action_quit(self) -> None:
        """Quit; ask first if something has not been sent."""
        self.writing.leave()

    def bid_farewell(self, status: int) -> None:
        """Told to end from outside: what is in the forms is kept, and nobody is asked."""
        self.unsaved += self.writing.keep()
        self.exit(return_code=status)

    @on(IssueActions.FormWanted)
    def _form_wanted(self, event: IssueActions.FormWanted) -> None:
        self.writing.open(event.form, self.unveiled(event.issues))

    @on(IssueActions.AcknowledgeWanted)
    def _acknowledge_wanted(self, event: IssueActions.AcknowledgeWanted) -> None:
        self.writing.acknowledge(self.unveiled(event.issues))

    def show_again(self) -> None:
        """Paint the world anew, and what happened to the issue in view."""
        self._show()
        issue_id, entries = self._told
        painted = self.veiled_entries(entries)
        self.queue.tell(issue_id, painted)
        self.writing.tell(issue_id, painted)

    def muted_now(self, muted: frozenset[str], until: datetime | None) -> None:
        """Show what is silent."""
        self.queue.show_muted(muted, until)

    def action_help(self) -> None:
        """The keys of the screen on top."""
        from tui.palette import table_of
        from tui.screens.reader import SearchScreen

        table, chosen = table_of(self.screen), self.options.keys
        self.push_screen(SearchScreen("Keys", lambda wanted: key_help(table, wanted, chosen)))

    @on(QueueScreen.Refresh)
    def _refresh_now(self) -> None:
        self._feed.refresh()
        self.notify("Asking Zendesk and PagerDuty…", timeout=2, markup=False)

    @on(QueueScreen.Pause)
    def _pause(self, event: QueueScreen.Pause) -> None:
        self._feed.pause(event.paused)

    @on(QueueScreen.Wanted)
    def _wanted(self, event: QueueScreen.Wanted) -> None:
        self.fetch_timeline(event.issue)

    @work(group="timeline", exclusive=True)
    async def fetch_timeline(self, issue: Issue) -> None:
        """Read what happened to an issue; a late answer never lands on another one."""
        try:
            entries = await self._feed.timeline(issue)
        except ServiceError as error:
            if self.is_running:
                self.queue.trouble(issue.id, error.headline)
            return
        if not self.is_running:
            return
        self._told = issue.id, entries
        painted = self.veiled_entries(entries)
        self.queue.tell(issue.id, painted)
        self.writing.tell(issue.id, painted)


def _no_journal() -> "Journal":
    """One that is forgotten."""
    from services.journal.journal import Journal

    return Journal(None)
