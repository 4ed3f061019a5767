"""Two dashboards on one laptop, typing, sending, taking back and dying, in any order."""

import contextlib
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.letters import Action, Landed, Letter, LetterState, TicketUpdate
from services.outbox.outbox import Outbox

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WHO = st.integers(0, 1)
TICKETS = st.integers(1, 2)
LETTERS = st.integers(0, 5)
FATES = st.sampled_from(["sent", "unknown", "refused", "conflict", "put off", "in doubt"])


class Laptop(RuleBasedStateMachine):
    """Every word typed is in a draft, in the outbox or at the vendor: always."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = contextlib.ExitStack()
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        self.path = Path(folder) / "outbox.db"
        self.outboxes = [Outbox(self.path), Outbox(self.path)]
        self.forms: dict[tuple[int, int], str] = {}
        self.words: set[str] = set()
        self.vendor: set[str] = set()

    def teardown(self) -> None:
        for outbox in self.outboxes:
            outbox.close()
        self.stack.close()

    @rule(who=WHO, ticket=TICKETS)
    def open_form(self, who: int, ticket: int) -> None:
        draft = self.outboxes[who].draft(f"zd-{ticket}", "reply")
        self.forms[who, ticket] = draft.answers["text"] if draft else ""

    @rule(who=WHO, ticket=TICKETS)
    def type_word(self, who: int, ticket: int) -> None:
        if (who, ticket) not in self.forms:
            self.open_form(who, ticket)
        word = f"w{len(self.words)}"
        text = f"{self.forms[who, ticket]} {word}".strip()
        self.outboxes[who].save_draft(f"zd-{ticket}", "reply", {"text": text}, NOW)
        self.forms[who, ticket] = text
        self.words.add(word)

    @rule(who=WHO, ticket=TICKETS)
    def post(self, who: int, ticket: int) -> None:
        text = self.forms.get((who, ticket))
        if not text:
            return
        write = TicketUpdate(ticket_id=ticket, stamp=NOW, comment=text, public=True)
        action = Action(
            issue=f"zd-{ticket}", form="reply", label="", writes=(write,), answers={"text": text}
        )
        self.outboxes[who].post(action, NOW)
        del self.forms[who, ticket]

    @rule(who=WHO, number=LETTERS)
    def pull_back(self, who: int, number: int) -> None:
        for letter in self._one(number):
            self.outboxes[who].pull_back(letter.action, NOW)

    @rule(who=WHO, number=LETTERS)
    def give_back(self, who: int, number: int) -> None:
        for letter in self._one(number):
            self.outboxes[who].give_back(letter.id, NOW)

    @rule(who=WHO, number=LETTERS)
    def retry(self, who: int, number: int) -> None:
        for letter in self._one(number):
            self.outboxes[who].retry(letter.id)

    @rule(who=WHO, number=LETTERS, fate=FATES, days=st.integers(0, 3))
    def send(self, who: int, number: int, fate: str, days: int) -> None:
        ledger = self.outboxes[who].ledger
        if not ledger.take_lock():
            return
        for chosen in self._one(number):
            letter = ledger.take(chosen.id, NOW)
            if letter is None or not isinstance(letter.write, TicketUpdate):
                continue
            match fate:
                case "sent":
                    self.vendor |= set((letter.write.comment or "").split())
                    ledger.deliver(letter, Landed(stamp=NOW), NOW + timedelta(days=days))
                case "unknown":
                    ledger.put_off(letter.id, LetterState.UNKNOWN, "silent", NOW)
                case "put off":
                    ledger.put_off(letter.id, LetterState.QUEUED, "busy", NOW)
                case "in doubt":
                    ledger.settle(letter.id, LetterState.UNKNOWN, NOW)
                case word:
                    ledger.settle(letter.id, LetterState(word), NOW, again=letter.write)

    @rule(who=WHO)
    def die_and_start_again(self, who: int) -> None:
        self.outboxes[who].close()
        self.outboxes[who] = Outbox(self.path)
        self.forms = {key: text for key, text in self.forms.items() if key[0] != who}

    @rule(who=WHO)
    def recover(self, who: int) -> None:
        self.outboxes[who].close()
        ledger = self.outboxes[who].ledger
        if ledger.take_lock():
            ledger.recover()

    @invariant()
    def every_word_is_somewhere(self) -> None:
        kept = set(self.vendor)
        for draft in self.outboxes[0].drafts():
            kept |= set(draft.answers["text"].split())
        for letter in self.outboxes[1].letters():
            if isinstance(letter.write, TicketUpdate):
                kept |= set((letter.write.comment or "").split())

        assert self.words <= kept

    def _one(self, number: int) -> tuple[Letter, ...]:
        return self.outboxes[0].letters()[number : number + 1]


TestLaptop = Laptop.TestCase
TestLaptop.settings = settings(max_examples=20, stateful_step_count=40)
