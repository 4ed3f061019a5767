"""What belongs to the shift and not to one issue: how its screens are opened, fed and obeyed."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from services.clock import Clock
from services.domain import Snapshot
from services.errors import StoreError
from services.feed import Feed
from services.letters import Letter
from services.outbox.outbox import Outbox
from services.policy.deadlines import Policy
from tui.options import ScreenOptions
from tui.screens.follower import Follower
from tui.typing import KeysInOrder

if TYPE_CHECKING:
    from tui.screens.rota import RotaScreen


class OnShift(KeysInOrder):
    """The part of the app that the rota, the handover and the report hang on."""

    def __init__(
        self, feed: Feed, policy: Policy, clock: Clock, options: ScreenOptions, outbox: Outbox
    ) -> None:
        super().__init__()
        self.options = options
        self.outbox = outbox
        self.snapshot = Snapshot()
        self._feed = feed
        self._policy = policy
        self._clock = clock
        outbox.watch(self._letters_changed)

    def follow(self, now: datetime) -> None:
        """Show the latest state of the world to every screen over the queue."""
        for screen in self._followers():
            screen.show(self.snapshot, now)

    def action_rota(self) -> None:
        """Who is on call when."""
        from tui.screens.rota import RotaScreen

        screen = RotaScreen(self._policy, self.options, self._letters, self._pull_back)
        self._open(screen)

    # Named, not decorated: a decorator would need the screen before it is opened.
    def on_rota_screen_decided(self, event: "RotaScreen.Decided") -> None:
        """Post what was decided."""
        try:
            self.outbox.post(event.action, self._clock.now())
        except StoreError as error:
            self.notify(f"{error.headline} {error.advice}", severity="error", markup=False)

    def on_rota_screen_refresh(self) -> None:
        """Read the schedules anew."""
        self._feed.refresh()
        self.notify("Asking PagerDuty for the schedules…", timeout=2, markup=False)

    def _open(self, screen: Follower) -> None:
        self.push_screen(screen)
        screen.show(self.snapshot, self._clock.now())

    def _followers(self) -> list[Follower]:
        return [screen for screen in self.screen_stack if isinstance(screen, Follower)]

    def _letters_changed(self) -> None:
        # The change itself is still under way.
        self.call_later(self._tell_of_letters)

    def _tell_of_letters(self) -> None:
        for screen in self._followers():
            screen.letters_changed()

    def _letters(self) -> Sequence[Letter]:
        """What is to be sent or was; nothing while the file cannot be read."""
        try:
            return self.outbox.letters()
        except StoreError:
            return ()

    def _pull_back(self, action: str) -> bool:
        try:
            return self.outbox.pull_back(action, self._clock.now()) is not None
        except StoreError:
            return False
