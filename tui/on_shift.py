"""What belongs to the shift and not to one issue: how its screens are opened, fed and obeyed."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from textual import work

from services.clock import Clock
from services.differences import Compared
from services.domain import History, Snapshot
from services.errors import StoreError
from services.feed import Feed
from services.letters import Action, Draft, Letter, LetterState
from services.outbox.outbox import Outbox
from services.policy.deadlines import Policy
from services.rota.sent import OVERRIDE, ROTA
from tui.options import ScreenOptions
from tui.screens.queue import QueueScreen
from tui.typing import KeysInOrder

if TYPE_CHECKING:
    from services.handover.facts import HandoverFacts
    from services.handover.gather import Gatherer
    from services.journal.journal import Journal
    from services.report import Report
    from tui.screens.follower import Follower
    from tui.screens.handover import HandoverScreen
    from tui.screens.report import ReportScreen
    from tui.screens.rota import RotaScreen


BETWEEN_LOOKS = 0.03
"""Seconds between two goes at what waits to be judged for the journal."""

LOOKS = 16
"""Issues judged in one go: a few milliseconds, so that a key never waits for it."""

QUIET = 0.2
"""Seconds without a key before it goes on."""


class OnShift(KeysInOrder):
    """The part of the app that the rota, the handover and the report hang on."""

    queue: QueueScreen

    def __init__(
        self,
        feed: Feed,
        policy: Policy,
        clock: Clock,
        options: ScreenOptions,
        outbox: Outbox,
        journal: "Callable[[], Journal]",
    ) -> None:
        super().__init__()
        self._compare = Compared()
        self.options = options
        self.outbox = outbox
        self._make_journal = journal
        self._journal_trouble = ""
        self._next_look: asyncio.TimerHandle | None = None
        self._touched_at = 0.0
        self._history: History | None = None
        self._arrived: set[str] = set()
        self.snapshot = Snapshot()
        self._feed = feed
        self._policy = policy
        self._clock = clock
        outbox.watch(self._letters_changed)

    @cached_property
    def journal(self) -> "Journal":
        """What is noted for the handover and the report; not opened before it is needed."""
        return self._make_journal()

    def follow(self, now: datetime) -> None:
        """Note it in the journal, and show it to every screen over the queue."""
        self.journal.take(self.snapshot, self._policy, now, self._compare)
        self._look_soon()
        for screen in self._followers():
            screen.show(self.snapshot, now)

    def touched(self) -> None:
        """A key was pressed: what nobody waits for can wait."""
        super().touched()
        self._touched_at = asyncio.get_running_loop().time()

    def _look_soon(self) -> None:
        """Judge what the poll has told for the journal, a little at a time, and not now."""
        if self._next_look is None and self.journal.waits:
            loop = asyncio.get_running_loop()
            # While somebody types, once for many keys: each of them is to cost the same as ever.
            quiet_in = self._touched_at + QUIET - loop.time()
            wait = max(BETWEEN_LOOKS, quiet_in)
            self._next_look = loop.call_later(wait, self._look_if_quiet)

    def _look_if_quiet(self) -> None:
        if asyncio.get_running_loop().time() - self._touched_at < QUIET:
            self._next_look = None
            self._look_soon()
        else:
            self.call_next(self._look)

    def _look(self) -> None:
        self._next_look = None
        if asyncio.get_running_loop().time() - self._touched_at >= QUIET:
            self._keep(lambda: self.journal.look(LOOKS))
        # Where it cannot be kept, it is tried again with the next poll.
        if not self._journal_trouble:
            self._look_soon()

    def action_rota(self) -> None:
        """Who is on call when."""
        from tui.screens.override import OverrideDrafts
        from tui.screens.rota import RotaScreen

        drafts = OverrideDrafts(self._load_override, self._keep_override)
        screen = RotaScreen(self._policy, self.options, self._letters, self._pull_back, drafts)
        self._open(screen)

    def action_step_away(self) -> None:
        """What falls due in the next minutes, and who could cover."""
        from services.rota.away import step_away
        from tui.screens.away import StepAwayScreen

        now, rota, names = self._clock.now(), self.snapshot.rota, self._names()
        rows = self.queue.rows
        self.push_screen(
            StepAwayScreen(
                lambda minutes: step_away(rows, rota, names, now, minutes),
                self._policy.calendar,
                now,
            )
        )

    def action_handover(self) -> None:
        """What whoever comes next must know."""
        from tui.screens.handover import HandoverScreen

        row, _ = self.queue.looked_at()
        screen = HandoverScreen(self.options, row.issue if row is not None else None)
        self._open(screen)
        self.gather(screen, None)

    # Named, not decorated: a decorator would need the screen before it is opened.
    def on_handover_screen_read(self, event: "HandoverScreen.Read") -> None:
        """Gather it anew."""
        self.gather(event.screen, None if event.ask else self._history)

    @work(group="handover", exclusive=True)
    async def gather(self, screen: "HandoverScreen", history: History | None) -> None:
        """Show what is known, and again once the vendors have told what was done."""
        now = self._clock.now()
        gatherer = self._gatherer()
        span = gatherer.span(now)
        try:
            self._tell(screen, gatherer.facts(now, span, history, self._letters(), self._drafts()))
            if history is not None:
                return
            self._history = await gatherer.ask(self._feed, span)
            facts = gatherer.facts(now, span, self._history, self._letters(), self._drafts())
        except StoreError as error:
            screen.trouble(f"{error.headline} {error.advice}")
            return
        self._tell(screen, facts)

    def _tell(self, screen: "HandoverScreen", facts: "HandoverFacts") -> None:
        from services.handover.text import handover

        at = facts.now.astimezone(self._policy.calendar.zone)
        words = handover(facts, self._policy)
        screen.tell(words, facts.remarks, at, whole=facts.history is not None)

    def _gatherer(self) -> "Gatherer":
        from services.handover.gather import Gatherer

        return Gatherer(self.snapshot, self._policy, self.journal, self._names())

    def on_handover_screen_remarked(self, event: "HandoverScreen.Remarked") -> None:
        """Keep the remarks as they are typed."""
        name = self._gatherer().remarks_name(self._clock.now())
        self._keep(lambda: self.journal.keep_remarks(name, event.text))

    def action_report(self) -> None:
        """Which promises were kept."""
        from tui.screens.report import ReportScreen

        try:
            self._open(ReportScreen(self.options, self._report()))
        except StoreError as error:
            self.notify(f"{error.headline} {error.advice}", severity="error", markup=False)

    def on_report_screen_reasoned(self, event: "ReportScreen.Reasoned") -> None:
        """Keep why a promise was missed, and show it."""
        self._keep(lambda: self.journal.give_reason(event.key, event.reason))
        event.screen.tell(self._report())

    def _report(self) -> "Report":
        from services.report import USUAL, make_report

        until = self._clock.now()
        since = until - USUAL
        kept = self.journal.promises(since, until)
        return make_report(kept, since, until, self._policy.calendar.zone)

    def on_rota_screen_decided(self, event: "RotaScreen.Decided") -> None:
        """Post what was decided."""
        self._post(event.action)

    def on_handover_screen_decided(self, event: "HandoverScreen.Decided") -> None:
        """Post the note."""
        self._post(event.action)

    def _post(self, action: Action) -> None:
        try:
            self.outbox.post(action, self._clock.now())
        except StoreError as error:
            self.notify(f"{error.headline} {error.advice}", severity="error", markup=False)

    def on_rota_screen_refresh(self) -> None:
        """Read the schedules anew."""
        self._feed.refresh()
        self.notify("Asking PagerDuty for the schedules…", timeout=2, markup=False)

    def _open(self, screen: "Follower") -> None:
        self.push_screen(screen)
        screen.show(self.snapshot, self._clock.now())

    def _followers(self) -> "list[Follower]":
        if len(self.screen_stack) == 1:
            return []
        from tui.screens.follower import Follower

        return [screen for screen in self.screen_stack if isinstance(screen, Follower)]

    def _letters_changed(self) -> None:
        # The change itself is still under way.
        self.call_later(self._tell_of_letters)

    def _tell_of_letters(self) -> None:
        letters = self._letters()
        self._keep(lambda: self.journal.note_letters(letters))
        arrived = {
            letter.op
            for letter in letters
            if letter.issue == ROTA and letter.state is LetterState.SENT
        }
        if arrived - self._arrived:
            # Somebody else has a turn now: the schedules are read at once.
            self._feed.refresh()
        self._arrived = arrived
        for screen in self._followers():
            screen.letters_changed()

    def _letters(self) -> Sequence[Letter]:
        """What is to be sent or was; nothing while the file cannot be read."""
        try:
            return self.outbox.letters()
        except StoreError:
            return ()

    def _drafts(self) -> Sequence[Draft]:
        try:
            return self.outbox.drafts()
        except StoreError:
            return ()

    def _load_override(self) -> Mapping[str, str]:
        try:
            draft = self.outbox.draft(ROTA, OVERRIDE)
        except StoreError:
            return {}
        return draft.answers if draft is not None else {}

    def _keep_override(self, answers: Mapping[str, str]) -> None:
        self._keep(lambda: self.outbox.save_draft(ROTA, OVERRIDE, answers, self._clock.now()))

    def _names(self) -> frozenset[str]:
        return self.snapshot.me | set(self.options.mine)

    def _keep(self, write: Callable[[], object]) -> None:
        """Write to the journal; trouble with it is told once, and stops nothing."""
        try:
            write()
            self._journal_trouble = ""
        except StoreError as error:
            if self._journal_trouble != error.headline:
                self._journal_trouble = error.headline
                self.notify(f"{error.headline} {error.advice}", severity="error", markup=False)

    def _pull_back(self, action: str) -> bool:
        try:
            return self.outbox.pull_back(action, self._clock.now()) is not None
        except StoreError:
            return False
