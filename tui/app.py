"""The wiring: one worker that takes snapshots, one tick, and messages to the feed."""

import gc

from textual import on, work
from textual.driver import Driver
from textual.timer import Timer

from services.clock import Clock
from services.domain import Issue, Snapshot
from services.errors import ServiceError
from services.feed import Feed
from services.outbox.outbox import Outbox
from services.policy.deadlines import Policy
from tui.driver import quiet_driver
from tui.keymap import key_help, keymap
from tui.on_shift import OnShift
from tui.options import ScreenOptions
from tui.palette import KeyCommands, table_of
from tui.screens.queue import QueueScreen
from tui.screens.reader import SearchScreen
from tui.timekeeper import Timed, seconds_to_next


class RotaApp(OnShift):
    """The dashboard."""

    TITLE = "rota"
    COMMANDS = {KeyCommands}
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"

    def __init__(
        self,
        feed: Feed,
        policy: Policy,
        clock: Clock,
        options: ScreenOptions | None = None,
        *,
        outbox: Outbox | None = None,
    ) -> None:
        """Make the dashboard; nothing is asked before it runs.

        Raises:
            ConfigError: A key in the options cannot be used.
        """
        super().__init__(feed, policy, clock, options or ScreenOptions(), outbox or Outbox(None))
        self._keys = keymap(self.options.keys)
        self._timer: Timer | None = None
        self.queue = QueueScreen(policy, self.options, clock)

    def get_driver_class(self) -> type[Driver]:
        """Textual's choice, or where we can the one that sleeps until there is input."""
        return quiet_driver(super().get_driver_class())

    def on_mount(self) -> None:
        """Paint first, then ask."""
        if self.options.theme in self.available_themes:
            self.theme = self.options.theme
        self.set_keymap(self._keys)
        self.push_screen(self.queue)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.queue.show(Snapshot(), self._clock.now())
        self.take_snapshots()
        self.tick()
        # What is alive now lives as long as the program: the collector need not look at it again.
        gc.collect()
        gc.freeze()

    @work(group="feed", exclusive=True)
    async def take_snapshots(self) -> None:
        """Show each new state of the world as it comes."""
        async for snapshot in self._feed.snapshots():
            self.snapshot = snapshot
            self.queue.show(snapshot, self._clock.now())
            self.follow(self._clock.now())
            self.tick()

    @on(QueueScreen.Turned)
    def tick(self) -> None:
        """Tell what is on show the time; again when something of it reads differently.

        A screen of the stack is told if it is `Timed`.
        """
        now = self._clock.now()
        timed = [screen for screen in self.screen_stack if isinstance(screen, Timed)]
        for each in timed:
            each.tick(now)
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(
            seconds_to_next(timed, now, self.options.pace), self.tick, name="tick"
        )

    def action_help(self) -> None:
        """The keys of the screen on top."""
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
            self.queue.trouble(issue.id, error.headline)
            return
        self.queue.tell(issue.id, entries)
