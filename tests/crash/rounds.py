"""Killed between the first keystroke and `sent`, over and over: is every word there, once?"""

import contextlib
import os
import random
import re
import string
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

from services.expected import text_of
from services.letters import LetterState, TicketUpdate
from services.outbox.outbox import Outbox
from tests.crash.program import ROOT, Killed, Program

T = TypeVar("T")

TROUBLE: tuple[tuple[str, dict[str, object]], ...] = (
    ("", {}),
    ("slow", {"seconds": 0.7}),
    ("reset_before", {}),
    ("reset_after", {}),
    ("broken_after", {}),
)
"""What may happen to the reply on its way, besides the kill."""
HOLD = 1
"""Seconds in which a reply can be taken back."""
SETTLES = 180.0
"""Seconds in which everything posted has found its end after a restart."""
CONFIG = """
[zendesk]
base_url = "{base}"
token_command = ["printf", "%s", "{token}"]

[pagerduty]
enabled = false

[forms]
undo_seconds = {hold}
"""


@dataclass(frozen=True, slots=True)
class Vendor:
    """A simulator in another process."""

    base: str
    token: str
    faults: str
    """Where faults can be asked for."""

    def trouble(self, effect: str, **args: object) -> None:
        """Have one fault, in place of all others, fall on the next update."""
        httpx.delete(self.faults)
        if effect:
            fault = {"effect": effect, "args": args, "method": "PUT", "times": 1}
            assert httpx.post(self.faults, json=fault).status_code == 201

    def comments(self, ticket_id: int) -> list[str]:
        """What has been said on a ticket, oldest first."""
        path = f"{self.base}/api/v2/tickets/{ticket_id}/comments"
        headers = {"Authorization": f"Bearer {self.token}"}
        answer: Any = httpx.get(path, params={"page[size]": "100"}, headers=headers).json()
        return [str(comment["body"]) for comment in answer["comments"]]


@dataclass
class Record:
    """One life of the program, as the person at the keyboard remembers it."""

    word: str
    """In no other life's text."""
    ticket: int = 0
    typed: list[tuple[float, str]] = field(default_factory=list)
    killed_at: float = 0.0
    stage: str = "typing"
    left: str = "nothing"
    """How its letter stood on the disk when it was killed."""

    def safe(self, grace: float) -> str:
        """What was typed longer than `grace` seconds before the kill; blanks at its end, which
        are never sent, do not count."""
        return "".join(char for at, char in self.typed if at < self.killed_at - grace).rstrip()


class Trial:
    """One laptop, one vendor, and many lives of the program."""

    def __init__(self, folder: Path, vendor: Vendor, seed: int) -> None:
        self._folder = folder
        self._vendor = vendor
        self._chance = random.Random(seed)
        self._config = folder / "config.toml"
        text = CONFIG.format(base=vendor.base, token=vendor.token, hold=HOLD)
        self._config.touch(mode=0o600)
        self._config.write_text(text)
        self.records: list[Record] = []
        self._program: Program | None = None

    def live_once(self, grace: float) -> Record:
        """Type, perhaps send, and be killed at a moment drawn beforehand."""
        chance = self._chance
        record = Record(f"life{len(self.records)}x")
        self.records.append(record)
        program = self.start_again()
        for earlier in self.records[-2:-1]:
            self.check(earlier, grace)
        program.type("j" * chance.randrange(6))
        program.let(0.1)
        program.type("c")
        program.wait_for("Preview")
        # In the title: a line of the queue that is about to be painted over may say so too.
        record.ticket = int(program.wait_for(r"\A *Reply.*?#(\d+)")[1])
        text = f"{record.word} {self._words(chance.randrange(10, 80))}"
        pause = chance.uniform(0.002, 0.02)
        effect, args = chance.choice(TROUBLE)
        self._vendor.trouble(effect, **args)
        typing, sending = len(text) * pause, HOLD + 2.5
        moment = chance.choice((chance.uniform(0, typing), typing + chance.uniform(0, sending)))
        program.kill_at = time.monotonic() + moment
        with contextlib.suppress(Killed):
            self._write_and_send(program, record, text, pause)
        record.killed_at = time.monotonic()
        self.kill()
        for letter in self._read(lambda outbox: outbox.letters()):
            if record.word in text_of(letter.write):
                record.left = letter.state.value
        return record

    def start_again(self) -> Program:
        """The dashboard, with the queue painted and everything posted before at its end."""
        environ = {
            name: value for name, value in os.environ.items() if not name.startswith("ROTA_")
        }
        environ |= {
            "XDG_STATE_HOME": str(self._folder / "state"),
            "XDG_CONFIG_HOME": str(self._folder),
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
        }
        argv = [sys.executable, "-m", "tui", "--config", str(self._config)]
        program = self._program = Program(argv, environ)
        program.wait_for("#48")
        end = time.monotonic() + SETTLES
        while any(not one.state.settled for one in self._read(lambda outbox: outbox.letters())):
            assert time.monotonic() < end, (self._read(lambda o: o.letters()), program.text)
            program.let(0.1)
        return program

    def kill(self) -> None:
        """End the life that goes on, if one does."""
        program, self._program = self._program, None
        if program is not None:
            program.kill()

    def check(self, record: Record, grace: float) -> None:
        """Every word of a life is in a draft, in the outbox or at the vendor; none is there twice.

        Only once everything has settled.
        """
        comments = self._vendor.comments(record.ticket)
        sent, unsent = self._replies()
        places = [*comments, *(text for _, text in unsent), *self._draft_texts()]
        safe = record.safe(grace)

        assert any(safe in text for text in places), (record, places)
        assert sum(record.word in text for text in places) <= 1, (record, places)
        for ticket, text in sent:
            if ticket == record.ticket:
                assert comments.count(text) == 1, (text, comments)

    def _replies(self) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
        """Ticket and text of the replies that are said to have arrived, and of the others."""
        sent: list[tuple[int, str]] = []
        unsent: list[tuple[int, str]] = []
        for letter in self._read(lambda outbox: outbox.letters()):
            if isinstance(letter.write, TicketUpdate):
                done = letter.state is LetterState.SENT
                place = sent if done else unsent
                place.append((letter.write.ticket_id, letter.write.comment or ""))
        return sent, unsent

    def _draft_texts(self) -> list[str]:
        drafts = self._read(lambda outbox: outbox.drafts())
        return [text for draft in drafts for text in draft.answers.values()]

    def _read(self, what: Callable[[Outbox], T]) -> T:
        outbox = Outbox(next((self._folder / "state").glob("rota/*-outbox.db"), None))
        try:
            return what(outbox)
        finally:
            outbox.close()

    def _write_and_send(self, program: Program, record: Record, text: str, pause: float) -> None:
        for char in text:
            record.typed.append((program.type(char), char))
            program.let(pause)
        program.let(self._chance.uniform(0, 0.3))
        record.stage = "preview"
        program.type("\x13")
        program.wait_for("NOT SENT YET")
        record.stage = "confirmed"
        program.type("y")
        program.let(3600)

    def _words(self, length: int) -> str:
        return "".join(self._chance.choices(string.ascii_lowercase + " ", k=length)).strip()


@contextmanager
def simulated() -> Iterator[Vendor]:
    """`rota simulate` in a process of its own, quiet but for us."""
    argv = [sys.executable, "-m", "tui", "simulate", "--port", "0", "--open", "8"]
    argv += ["--scenario", "quiet"]
    with subprocess.Popen(
        argv, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            told = process.stderr.readline()
            lines = [process.stdout.readline() for _ in range(7)]
            table = tomllib.loads("".join(lines))["zendesk"]
            faults = re.findall(r"faults at (\S+?);", told)[0]
            yield Vendor(table["base_url"], table["token_command"][-1], faults)
        finally:
            process.terminate()
            process.wait()
            for pipe in (process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()


def live_and_die(folder: Path, kills: int, grace: float, seed: int) -> list[Record]:
    """Kill the program so often, and check after each restart what became of every word.

    Args:
        folder: Where its state is kept.
        kills: How often.
        grace: Seconds before a kill in which a keystroke may get lost.
        seed: Where chance comes from.
    """
    with simulated() as vendor:
        trial = Trial(folder, vendor, seed)
        try:
            for _ in range(kills):
                trial.live_once(grace)
            trial.start_again()
            for record in trial.records:
                trial.check(record, grace)
        finally:
            trial.kill()
        return trial.records
