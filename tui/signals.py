"""Which keys are about signals? An app's part that asks, mutes and tests."""

import contextlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from msgspec import Struct, field
from textual import events, on, work

from services.clock import Clock
from services.differences import Compare
from services.domain import Snapshot
from services.errors import StoreError
from services.policy.deadlines import Policy
from services.poller.presence import Presence
from services.private import private_directory, write_private
from services.signals.memory import SignalMemory
from services.signals.watch import Watch
from services.status.file import StatusFile
from services.summary import Summary
from tui.options import ScreenOptions
from tui.screens.on_issue import IssueActions
from tui.screens.queue import QueueScreen
from tui.signaller import Signaller
from tui.typing import KeysInOrder

LONGEST_MUTE = 24 * 60
"""Minutes for which everything can be silenced at once."""


class Calls(Struct, frozen=True):
    """What calling for somebody needs of the world outside."""

    memory: SignalMemory | None = None
    """What has rung before; None begins anew."""
    status: StatusFile | None = None
    """Where `rota status` looks; None tells nobody."""
    environ: Mapping[str, str] = field(default_factory=dict)
    """What kind of terminal this is."""
    folder: Path | None = None
    """The directory of rota's state; None keeps nothing."""
    presence: Presence | None = None
    """Told when somebody is there; None tells nobody."""


TOURED = "toured"
"""The file that says that the tour has been seen."""


def toured(folder: Path) -> bool:
    """Whether the tour has been seen on this laptop."""
    return (folder / TOURED).exists()


class Signalling(KeysInOrder):
    """An app that calls for its operator."""

    def set_signals(
        self,
        policy: Policy,
        options: ScreenOptions,
        clock: Clock,
        calls: Calls,
        compare: Compare,
    ) -> None:
        """Say how somebody is called for; before the app runs."""
        self._servers = clock
        self._calls = calls
        self._memory = calls.memory or SignalMemory(None)
        self.signaller = Signaller(
            Watch(policy, options.ladder, self._memory, compare),
            options.signals,
            clock,
            calls.environ,
            self.write_to_terminal,
            self.say,
        )

    def report(self, summary: Summary, snapshot: Snapshot, now: datetime) -> None:
        """Tell the window's title and `rota status` how the queue stands."""
        self.signaller.title(f"rota: {summary.words}")
        if self._calls.status is not None and snapshot.sources is not None:
            until = self.signaller.silent_until(now)
            self._calls.status.write(summary, snapshot, now, until)

    async def on_unmount(self) -> None:
        """Give the terminal back as it was."""
        with contextlib.suppress(StoreError):
            self._memory.leave(self._servers.now())
        await self.signaller.aclose()
        if self._calls.status is not None:
            self._calls.status.remove()

    def touched(self) -> None:
        """A key was pressed: somebody is there."""
        super().touched()
        self.signaller.touch()
        self._somebody_is_there()

    def pointed(self) -> None:
        """The mouse was used, here or on the way past."""
        self._somebody_is_there()

    def _somebody_is_there(self) -> None:
        if self._calls.presence is not None:
            self._calls.presence.touch()

    def on_app_focus(self, event: events.AppFocus) -> None:
        """The terminal says that it is looked at."""
        self.signaller.attention.focus(True)
        self._somebody_is_there()

    def on_app_blur(self, event: events.AppBlur) -> None:
        """The terminal says that it is not looked at any more."""
        self.signaller.attention.focus(False)

    def write_to_terminal(self, sequence: str) -> None:
        """Send bytes to the terminal, past the screen."""
        if self._driver is not None and not self.is_headless:
            self._driver.write(sequence)
            self._driver.flush()

    def say(self, line: str) -> None:
        """Show a line for a while."""
        self.notify(line, markup=False)

    def muted_now(self, muted: frozenset[str], until: datetime | None) -> None:
        """What is silent has changed."""

    @on(IssueActions.Mute)
    def _mute(self, event: IssueActions.Mute) -> None:
        now = self._servers.now()
        try:
            silent = self.signaller.mute(event.issue.id, now)
        except StoreError as error:
            self.say(f"{error.headline} {error.advice}")
            return
        self.tell_muted()
        self.say("This issue is silent now. S lets it ring again." if silent else "It rings again.")

    def action_mute_all(self) -> None:
        """Ask for how long all is to be silent."""
        from tui.screens.ask import AskScreen

        def answered(said: str | None) -> None:
            if said is not None:
                self._mute_all(int(said))

        question = "Mute all signals for how many minutes? 0 lets them ring. A new P1 always rings."
        self.push_screen(AskScreen(question, "30", _no_minutes), answered)

    def _mute_all(self, minutes: int) -> None:
        now = self._servers.now()
        try:
            self.signaller.mute_all(minutes, now)
        except StoreError as error:
            self.say(f"{error.headline} {error.advice}")
            return
        self.tell_muted()
        self.say(f"Signals are muted for {minutes} min." if minutes else "Signals ring again.")

    def news_since(self) -> datetime:
        """From when on a change is news: since a dashboard was last left."""
        return self._memory.left_at() or self._servers.now()

    @on(QueueScreen.TourOver)
    def _tour_over(self) -> None:
        """Once is enough; where it cannot be kept, it comes again."""
        if self._calls.folder is not None:
            with contextlib.suppress(StoreError):
                write_private(private_directory(self._calls.folder) / TOURED, "")

    def tell_muted(self) -> None:
        """Show what is silent, as it is kept."""
        now = self._servers.now()
        self.muted_now(self.signaller.muted(now), self.signaller.silent_until(now))

    @work(group="signals")
    async def action_test_signals(self) -> None:
        """Ring now, and say what got through."""
        from tui.screens.reader import PageScreen

        said = await self.signaller.test(self._servers.now())
        self.push_screen(PageScreen("Signals", said))


def _no_minutes(said: str) -> str:
    if said.isascii() and said.isdigit() and int(said[:6]) <= LONGEST_MUTE:
        return ""
    return f"Write a whole number of minutes from 0 to {LONGEST_MUTE}."
