"""How do the letters stand, who is told of it, and what can be done with those that did not go?

Nothing here waits for a vendor: what is posted is on the disk, and a worker of its own sends it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from services.clock import Clock
from services.domain import Snapshot
from services.errors import StoreError
from services.letters import Action, Letter, LetterState
from services.outbox.outbox import Outbox
from services.plain import plain
from services.policy.deadlines import Policy
from tui.options import ScreenOptions
from tui.toasts import Toasts

if TYPE_CHECKING:
    from services.expected import Names

_WHY = {
    LetterState.CONFLICT: "somebody was faster",
    LetterState.REFUSED: "refused",
}


NOTHING_HELD = "Nothing is held: what was sent is sent."
NOTHING_HELD_BUT_UNSENT = "Nothing is held any more. O shows what has not been sent."

SAID_SECONDS = 5.0
"""How long a line is to be read."""


class Posting:
    """The outbox, as the screens meet it."""

    def __init__(
        self,
        app: Toasts,
        outbox: Outbox,
        policy: Policy,
        clock: Clock,
        options: ScreenOptions,
        changed: Callable[[], None],
        at_rest: Callable[[], str],
    ) -> None:
        """Take what it takes; nothing is read yet.

        Args:
            app: For screens, questions and notifications.
            outbox: Where drafts and letters are.
            policy: For the team's civil time.
            clock: The servers' time.
            options: Looks and keys.
            changed: Called when the queue reads differently because of a letter.
            at_rest: Why nothing is being sent from here just now, or "".
        """
        self.letters: tuple[Letter, ...] = ()
        self.outbox = outbox
        self._app = app
        self._policy = policy
        self._clock = clock
        self._options = options
        self._changed = changed
        self._at_rest = at_rest
        self._states: dict[int, LetterState] = {}
        self._due = False
        self._held = ""
        """What was said last of a letter that can still be taken back."""
        self._reopen: Callable[[str, str], str] = lambda form, issue: ""

    def start(self, reopen: Callable[[str, str], str]) -> None:
        """Look into the outbox, and be told from now on when it changes.

        Args:
            reopen: Opens a form on an issue, both by id; what there is to say, or "".
        """
        self._reopen = reopen
        self.outbox.watch(self.soon)
        self._read()
        self._states = {letter.id: letter.state for letter in self.letters}
        if waiting := sum(letter.waits_for_person for letter in self.letters):
            letters = "1 letter waits" if waiting == 1 else f"{waiting} letters wait"
            self._app.notify(
                f"{letters} for you from earlier: O shows it.", severity="warning", markup=False
            )

    # -- what is to be seen --------------------------------------------------------------------

    def overlaid(self, snapshot: Snapshot, names: "Names") -> Snapshot:
        """The world as it will be once everything has arrived."""
        from services.expected import overlaid

        return overlaid(snapshot, self.letters, self._policy, names, self._clock.now())

    @property
    def touching(self) -> bool:
        """Whether a letter may make the queue read differently from what the vendors show."""
        return any(not letter.waits_for_person for letter in self.letters)

    def arrived_at(self) -> Mapping[str, datetime]:
        """When a letter of ours last arrived, by part of an issue's id."""
        ours: dict[str, datetime] = {}
        for letter in self.letters:
            if letter.state is LetterState.SENT and letter.settled_at is not None:
                ours |= dict.fromkeys(letter.touches, letter.settled_at)
        return ours

    def unsent(self) -> tuple[str, ...]:
        """How many letters are not sent, ever shorter; nothing when there are none."""
        waiting = sum(letter.waits_for_person for letter in self.letters)
        unsent = self._unsent()
        if waiting:
            return (f"OUTBOX {unsent}, {waiting} for you (O)", f"OUTBOX {unsent}!", f"O{unsent}!")
        return (f"outbox {unsent}", f"O{unsent}") if unsent else ()

    def save_draft(self, key: str, form: str, typed: Mapping[str, str]) -> str:
        """Keep what is in a form; why it could not be kept, or ""."""
        try:
            self.outbox.save_draft(key, form, typed, self._clock.now())
        except StoreError as error:
            return f"{error.headline} {error.advice}".strip()
        return ""

    # -- what can be done ----------------------------------------------------------------------

    def post(self, actions: Sequence[Action], draft: str = "") -> str:
        """Put letters into the outbox, all or none; why it could not be done, or "".

        Args:
            actions: What was decided, one for each issue.
            draft: Under which key the draft is kept; the first issue's id if not given.
        """
        now = self._clock.now()
        try:
            self.outbox.post_all(actions, now, draft or actions[0].issue)
        except StoreError as error:
            return f"Nothing was sent. {error.headline} {error.advice}".strip()
        if hold := max(action.hold.total_seconds() for action in actions):
            self._app.unsay(self._held)
            self._held = f"{_named(actions)}: goes in {hold:.0f} s, u takes it back."
            self.say(self._held, seconds=min(hold, SAID_SECONDS))
        self.soon()
        return ""

    def undo(self) -> None:
        """Take back the latest of what has not left yet."""
        now = self._clock.now()
        held = [o for o in self.letters if o.state is LetterState.QUEUED and o.hold_until > now]
        if not held:
            self.say(NOTHING_HELD_BUT_UNSENT if self._unsent() else NOTHING_HELD)
            return
        latest = max(held, key=lambda letter: letter.id)
        try:
            draft = self.outbox.pull_back(latest.action, now)
        except StoreError as error:
            self.trouble(error)
            return
        if draft is None:
            self.say("Too late: it is on its way.")
        else:
            self.say(f"Taken back: {plain(latest.label, 80)}. Its form has the text again.")

    def show(self) -> None:
        """What has not been sent, and why."""
        from tui.screens.outbox import Deeds, OutboxScreen

        deeds = Deeds(self._retry, self._edit, self._discard, self._confirm)
        screen = OutboxScreen(self._policy, deeds, self._options, self._at_rest)
        screen.show(self.letters, self._clock.now())
        self._app.push_screen(screen)

    def leave(self) -> None:
        """Quit; ask first if something has not been sent."""
        unsent = self._unsent()
        if not unsent:
            self._app.exit()
            return
        letters = "1 letter has" if unsent == 1 else f"{unsent} letters have"
        self.ask(
            f"{letters} not been sent. What is in the outbox stays there, and goes when rota runs "
            "again. Quit now?",
            self._app.exit,
        )

    def ask(self, question: str, act: Callable[[], None]) -> None:
        """Do something only after a yes."""
        from tui.screens.preview import ConfirmScreen

        self._app.push_screen(ConfirmScreen(question, act))

    def say(self, words: str, seconds: float = SAID_SECONDS) -> None:
        """A line for a moment."""
        self._app.notify(words, timeout=seconds, markup=False)

    def trouble(self, error: StoreError) -> None:
        """What could not be kept or read."""
        words = f"{error.headline} {error.advice}".strip()
        self._app.notify(words, severity="error", timeout=15, markup=False)

    def _unsent(self) -> int:
        return sum(letter.state is not LetterState.SENT for letter in self.letters)

    # -- one letter ----------------------------------------------------------------------------

    def _retry(self, letter: Letter) -> str:
        try:
            return "" if self.outbox.retry(letter.id) else "It is on its way, or has been sent."
        except StoreError as error:
            return error.headline

    def _confirm(self, letter: Letter) -> str:
        try:
            done = self.outbox.confirm(letter.id, self._clock.now())
        except StoreError as error:
            return error.headline
        return "" if done else "Only a letter in doubt can be said to have arrived."

    def _edit(self, letter: Letter) -> str:
        """Give it back as a draft, and open its form on the issue as it is now."""
        now = self._clock.now()
        try:
            if letter.state is LetterState.QUEUED:
                draft = self.outbox.pull_back(letter.action, now)
            else:
                draft = self.outbox.give_back(letter.id, now)
        except StoreError as error:
            return error.headline
        if draft is None:
            return "It is on its way, or has been sent: there is nothing to give back."
        self._app.pop_screen()
        return self._reopen(letter.form, letter.issue)

    def _discard(self, letter: Letter) -> None:
        def withdraw() -> None:
            try:
                gone = self.outbox.discard(letter.id)
            except StoreError as error:
                self.trouble(error)
                return
            self.say(f"Withdrawn: {len(gone)}." if gone else "Too late: it is on its way.")

        self.ask(f"Withdraw {plain(letter.label, 80)} for good? Its text is lost.", withdraw)

    # -- news ----------------------------------------------------------------------------------

    def soon(self) -> None:
        """Read the outbox once, however many changes there were."""
        if not self._due:
            self._due = True
            self._app.call_later(self._news)

    def _news(self) -> None:
        self._due, before = False, self.letters
        self._read()
        if self.letters == before:
            return
        if not any(letter.state is LetterState.QUEUED for letter in self.letters):
            self._app.unsay(self._held)
        self._tell_outcomes()
        self._tell_screen()
        self._changed()

    def _tell_screen(self) -> None:
        from tui.screens.outbox import OutboxScreen

        for screen in self._app.screen_stack:
            if isinstance(screen, OutboxScreen):
                screen.show(self.letters, self._clock.now())

    def _read(self) -> None:
        try:
            self.letters = self.outbox.letters()
        except StoreError as error:
            self.trouble(error)

    def _tell_outcomes(self) -> None:
        """What has been sent, in one line; what has not, each by itself."""
        before, self._states = self._states, {one.id: one.state for one in self.letters}
        news = [one for one in self.letters if before.get(one.id) is not one.state]
        unsent = {one.action for one in self.letters if one.state is not LetterState.SENT}
        sent = [one for one in news if one.state is LetterState.SENT and one.action not in unsent]
        if sent:
            labels = list(dict.fromkeys(letter.label for letter in sent))
            more = f" and {len(labels) - 1} more" if len(labels) > 1 else ""
            self.say(f"Sent: {plain(labels[0], 80)}{more}.")
        for letter in news:
            if letter.state is LetterState.SENT and letter.reason:
                words = f"{plain(letter.label, 80)}: {plain(letter.reason, 200)}"
                self._app.notify(words, severity="warning", timeout=15, markup=False)
            if letter.waits_for_person:
                words = _WHY.get(letter.state, "nobody knows whether it arrived")
                reason = plain(letter.reason, 200)
                self._app.notify(
                    f"{plain(letter.label, 80)}: {words}. {reason} O shows it.",
                    severity="error", timeout=15, markup=False,
                )  # fmt: skip


def _named(actions: Sequence[Action]) -> str:
    return plain(actions[0].label, 80) if len(actions) == 1 else f"{len(actions)} issues"
