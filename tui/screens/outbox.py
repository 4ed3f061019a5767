"""What has not been sent, why, and what can be done about it?"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.widgets import Static

from services.expected import kind_of, text_of
from services.forms.words import rough, when
from services.letters import Letter, LetterState
from services.plain import plain, plain_lines
from services.policy.deadlines import Policy
from tui.keymap import bindings, key_line
from tui.keys import OUTBOX
from tui.options import ScreenOptions
from tui.screens.reader import Box
from tui.screens.whole import Whole

WORDS = {
    LetterState.QUEUED: "waiting",
    LetterState.SENDING: "sending",
    LetterState.SENT: "sent",
    LetterState.UNKNOWN: "UNKNOWN",
    LetterState.CONFLICT: "CONFLICT",
    LetterState.REFUSED: "REFUSED",
}

MOST_SENT = 20
"""Letters already sent that are shown behind the others."""

BESIDE = 90
"""Cells from which two texts stand beside each other."""


class Deeds(Struct, frozen=True):
    """What can be done with a letter; each returns what there is to say, or ""."""

    retry: Callable[[Letter], str]
    edit: Callable[[Letter], str]
    discard: Callable[[Letter], None]
    arrived: Callable[[Letter], str]


class OutboxScreen(Whole[None]):
    """The letters, and the one under the cursor in full."""

    KEYS = "outbox"
    BINDINGS = [*bindings(OUTBOX)]
    DEFAULT_CSS = """
    OutboxScreen { layout: vertical; background: $background; }
    OutboxScreen #outbox-title { height: 1; background: $panel; text-style: bold; padding: 0 1; }
    OutboxScreen #outbox-list { height: auto; max-height: 45%; padding: 0 1; }
    OutboxScreen Box { height: 1fr; border-top: solid $primary 50%; padding: 0 1; }
    OutboxScreen #outbox-letter { height: auto; }
    OutboxScreen #outbox-keys { height: 1; background: $panel; }
    """

    def __init__(
        self,
        policy: Policy,
        deeds: Deeds,
        options: ScreenOptions,
        at_rest: Callable[[], str] = lambda: "",
    ) -> None:
        """Make the screen; it is told of letters by `show`.

        Args:
            policy: For the team's civil time.
            deeds: What can be done with a letter.
            options: Looks and keys.
            at_rest: Why nothing is being sent from here just now, or "".
        """
        super().__init__()
        self._at_rest = at_rest
        self._policy = policy
        self._deeds = deeds
        self._options = options
        self._letters: tuple[Letter, ...] = ()
        self._held: int | None = None
        self._now: datetime | None = None
        self._title = Static("", id="outbox-title", markup=False)
        self._list = Static("", id="outbox-list", markup=False)
        self._box = Box()
        self._in_full = Static("", id="outbox-letter", markup=False)
        self._keys = Static("", id="outbox-keys", markup=False)

    def compose(self) -> ComposeResult:
        """Title, letters, the one in full, keys."""
        yield self._title
        yield self._list
        with self._box:
            yield self._in_full
        yield self._keys

    def on_mount(self) -> None:
        """Paint what was told before there was anything to paint on."""
        self._draw()

    def on_resize(self) -> None:
        """As many keys, and texts beside each other, as there is room for."""
        keys = key_line(OUTBOX, self.size.width, self._options.keys)
        self._keys.update(keys)
        self._draw()

    def show(self, letters: Sequence[Letter], now: datetime) -> None:
        """Take the letters as they stand; the cursor stays on its letter."""
        ordered = in_order(letters)
        self._letters, self._now = ordered, now
        if self._held not in {letter.id for letter in ordered}:
            self._held = ordered[0].id if ordered else None
        if self.is_mounted:
            self._draw()

    def tick(self, now: datetime) -> None:
        """It is later: what is held is held that much shorter."""
        self.show(self._letters, now)

    def reads_until(self, now: datetime) -> datetime | None:
        """At the next second while something is held or tried again, else when it is told."""
        held = any(o.state is LetterState.QUEUED and o.hold_until > now for o in self._letters)
        tried = self.letter is not None and bool(self._again(self.letter))
        return now.replace(microsecond=0) + timedelta(seconds=1) if held or tried else None

    @property
    def letter(self) -> Letter | None:
        """The one under the cursor."""
        return next((one for one in self._letters if one.id == self._held), None)

    def action_move(self, by: int) -> None:
        """The cursor goes so many letters on."""
        ids = [letter.id for letter in self._letters]
        if self._held in ids:
            place = max(0, min(ids.index(self._held) + by, len(ids) - 1))
            self._held = ids[place]
            self._draw()
            self._box.scroll_home(animate=False)

    def action_page(self, by: int) -> None:
        """Read on in the letter."""
        self._box.scroll_relative(y=by * max(1, self._box.size.height - 1), animate=False)

    def action_retry(self) -> None:
        """Try it again now."""
        self._do(self._deeds.retry)

    def action_edit(self) -> None:
        """Give it back as a draft."""
        self._do(self._deeds.edit)

    def action_arrived(self) -> None:
        """It has arrived: the person has looked."""
        self._do(self._deeds.arrived)

    def action_discard(self) -> None:
        """Withdraw it for good, after a question."""
        if self.letter is not None:
            self._deeds.discard(self.letter)

    def action_close(self) -> None:
        """Back to the queue."""
        self.dismiss(None)

    def _do(self, deed: Callable[[Letter], str]) -> None:
        letter = self.letter
        if letter is not None and (said := deed(letter)):
            self.notify(said, markup=False)

    def _draw(self) -> None:
        if self._now is None:
            return
        unsent = sum(letter.state is not LetterState.SENT for letter in self._letters)
        rest = "everything has been sent" if self._letters else "empty"
        title = f"Outbox: {f'{unsent} not sent' if unsent else rest}"
        if why := self._at_rest():
            title += f" │ {plain(why, 80)}"
        self._title.update(Text(title, no_wrap=True))
        lines = [self._line(letter) for letter in self._in_view()]
        self._list.update(Text("\n").join(lines))
        letter = self.letter
        full = self._full(letter) if letter is not None else Text("Nothing was sent lately.")
        self._in_full.update(full)

    def _in_view(self) -> tuple[Letter, ...]:
        """As many letters as fit, the one under the cursor among them."""
        height = max(1, int(self.size.height * 0.45) - 1)
        ids = [letter.id for letter in self._letters]
        here = ids.index(self._held) if self._held in ids else 0
        first = max(0, min(here - height // 2, len(ids) - height))
        return self._letters[first : first + height]

    def _line(self, letter: Letter) -> Text:
        assert self._now is not None
        words = WORDS[letter.state]
        if letter.state is LetterState.QUEUED and letter.hold_until > self._now:
            words = f"held {rough(letter.hold_until - self._now)}"
        at = when(letter.queued_at, self._policy, self._now)
        loud = letter.waits_for_person or letter.state is LetterState.UNKNOWN
        style = "reverse" if letter.id == self._held else "bold" if loud else ""
        room = max(10, self.size.width - 24)
        return Text(
            f"{words:<10} {at:<6} {plain(_named(letter), limit=room)}",
            style=style, no_wrap=True, overflow="ellipsis",
        )  # fmt: skip

    def _again(self, letter: Letter) -> str:
        """When something is done about it next, where that is some time off."""
        assert self._now is not None
        at = letter.next_try_at
        if letter.waits_for_person or letter.state is LetterState.SENT or at is None:
            return ""
        if at <= self._now:
            return ""
        done = "Looked for" if letter.on_its_way else "Tried"
        moment = when(at, self._policy, self._now)
        return f"{done} again in {rough(at - self._now)}, at {moment}."

    def _full(self, letter: Letter) -> RenderableType:
        head = Text(f"{plain(_named(letter))}: {WORDS[letter.state]}", style="bold")
        parts: list[RenderableType] = [head]
        if letter.reason:
            parts.append(Text(plain(letter.reason)))
        if letter.on_its_way and letter.state is LetterState.UNKNOWN:
            parts.append(Text("We look whether it has arrived before anything is sent again."))
        if again := self._again(letter):
            parts.append(Text(again))
        parts.append(Text(""))
        mine, theirs = plain_text(text_of(letter.write)), plain_text(letter.theirs)
        if not letter.theirs:
            parts.append(mine)
        elif self.size.width >= BESIDE:
            beside = Table.grid(padding=(0, 2), expand=True)
            beside.add_column(ratio=1)
            beside.add_column(ratio=1)
            beside.add_row(Text("What you wrote", style="bold"), Text("What came in", style="bold"))
            beside.add_row(mine, theirs)
            parts.append(beside)
        else:
            parts += [Text("What came in", style="bold"), theirs, Text("")]
            parts += [Text("What you wrote", style="bold"), mine]
        return Group(*parts)


def _named(letter: Letter) -> str:
    """What was decided, and which letter of it this is."""
    kind = kind_of(letter.write)
    return letter.label if kind.lower() in letter.label.lower() else f"{letter.label}, {kind}"


def plain_text(text: str) -> Text:
    """Somebody's words, safe to paint."""
    return Text("\n".join(plain_lines(text)))


def in_order(letters: Sequence[Letter]) -> tuple[Letter, ...]:
    """What needs somebody first, then what is on its way, then what has been sent, newest first."""
    waiting = [one for one in letters if one.waits_for_person]
    going = [o for o in letters if not o.waits_for_person and o.state is not LetterState.SENT]
    sent = [letter for letter in letters if letter.state is LetterState.SENT]
    return (*waiting, *going, *reversed(sent[-MOST_SENT:]))
