"""Told to end from outside, the dashboard leaves as tidily as by key, terminal or no terminal."""

import asyncio
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import ioctl
from pathlib import Path
from struct import pack

import pytest
from textual import events

from services.domain import Severity
from services.errors import StoreError
from services.letters import LetterState
from services.outbox.outbox import Outbox
from tests.forms.desk import WritingDesk, types, world
from tests.forms.scenes import a_ticket, issue_of
from tests.screen.stage import NOON, Desk, issue, settle, snapshot
from tui.ending import passing_on

ROOT = Path(__file__).parents[2]

PATIENCE = 60.0
"""Seconds until something must have happened; nothing takes as long on a quiet machine."""

ON_A_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "os.execv(sys.argv[1], sys.argv[1:])"
)
"""Makes the program the leader of its terminal, as in a pane."""

CONFIG = """
[zendesk]
base_url = "http://127.0.0.1:9"
token_command = ["printf", "%s", "token"]

[pagerduty]
enabled = false
"""
"""Nobody answers there; what lies on the disk is all that there is."""

GIVEN_BACK = ("\x1b[?1049l", "\x1b[?25h", "\x1b[?1004l", "\x1b[?1003l", "\x1b[?2004l", "\x1b[?7h")
"""Screen, cursor, focus, mouse, pasting and wrapping."""

STUCK = """
import asyncio, os, threading
from services.clock import SystemClock
from tests.screen.stage import POLICY, FakeFeed
from tui import ending
from tui.app import RotaApp

class Feed(FakeFeed):
    def refresh(self):
        os.write(2, b"(stuck)")
        threading.Event().wait()

async def run():
    app = RotaApp(Feed(), POLICY, SystemClock())
    with ending.listening(app.end, app.give_back):
        await app.run_async()

ending.LONGEST = 0.1
asyncio.run(run())
"""
"""A dashboard that comes to a stop in the middle of a key."""


P3 = issue_of(a_ticket(severity=Severity.P3))


class Pane:
    """A program that leads a terminal of its own."""

    def __init__(self, *argv: str, folder: Path, **more: str) -> None:
        self.terminal, theirs = pty.openpty()
        ioctl(theirs, termios.TIOCSWINSZ, pack("HHHH", 30, 90, 0, 0))
        self.modes = termios.tcgetattr(theirs)
        unwanted = ("ROTA_", "TMUX", "COLUMNS", "LINES")
        environ = {k: v for k, v in os.environ.items() if not k.startswith(unwanted)}
        environ |= {"XDG_STATE_HOME": str(folder), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", ON_A_TERMINAL, *argv],
            stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, env=environ | more,
            start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        self.said = ""

    def see(self, pattern: str) -> None:
        """Read until something was painted."""
        while not re.search(pattern, self.said):
            assert self._read(), f"{pattern!r} was never painted:\n{self.said[-3000:]}"

    def press(self, keys: str) -> None:
        """Type, from here on nothing that was painted before counts."""
        self.said = ""
        os.write(self.terminal, keys.encode())

    def ended(self) -> int:
        """Read until the end; the exit status, below zero for one that was ended by force."""
        while self._read():
            pass
        return self.process.wait(PATIENCE)

    def _read(self) -> bool:
        ready, _, _ = select.select([self.terminal], [], [], PATIENCE)
        try:
            data = os.read(self.terminal, 65_536) if ready else b""
        except OSError:
            data = b""
        self.said += data.decode(errors="replace")
        return bool(data)


@contextmanager
def pane(*argv: str, folder: Path, **more: str) -> Iterator[Pane]:
    """A program in a terminal, while the block lasts."""
    made = Pane(*argv, folder=folder, **more)
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.process.kill()
            made.process.wait()
        if made.terminal >= 0:
            os.close(made.terminal)


def rota(folder: Path) -> tuple[str, ...]:
    """How it is started."""
    config = folder / "config.toml"
    config.touch(mode=0o600)
    config.write_text(CONFIG)
    (folder / "rota").mkdir(mode=0o700)
    (folder / "rota" / "toured").touch()
    return (sys.executable, "-m", "tui", "--config", str(config))


@contextmanager
def dashboard(folder: Path, *before: str, **more: str) -> Iterator[Pane]:
    """rota, with a form open and a few words in it."""
    with pane(*before, *rota(folder), folder=folder, **more) as made:
        made.see("Help")
        made.press("N")
        made.see("F5|Preview")
        made.press("A word is typed")
        made.see("typed")
        yield made


def drafts(folder: Path) -> str:
    """What is kept of forms."""
    outbox = Outbox(next((folder / "rota").glob("*-outbox.db")))
    try:
        return " ".join(text for draft in outbox.drafts() for text in draft.answers.values())
    finally:
        outbox.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_by_kill_it_gives_back_the_terminal_and_keeps_what_was_typed(
    tmp_path: Path, number: signal.Signals
) -> None:
    with dashboard(tmp_path) as made:
        made.said = ""
        made.process.send_signal(number)

        assert made.ended() == 128 + number
        assert [way for way in GIVEN_BACK if way not in made.said] == []
        assert termios.tcgetattr(made.terminal) == made.modes
    assert "A word is typed" in drafts(tmp_path)


def test_where_the_terminal_is_gone_it_ends_all_the_same(tmp_path: Path) -> None:
    """As when the pane is closed: nobody reads, nobody answers, nothing hangs."""
    with dashboard(tmp_path) as made:
        os.close(made.terminal)
        made.terminal = -1

        assert made.process.wait(PATIENCE) == 128 + signal.SIGHUP
    assert "A word is typed" in drafts(tmp_path)


def test_where_nobody_tells_that_the_terminal_is_gone_it_is_noticed(tmp_path: Path) -> None:
    """A program may be started so that it never hears of it."""
    deaf = ("/bin/sh", "-c", "trap '' HUP; exec \"$@\"", "sh")
    with dashboard(tmp_path, *deaf) as made:
        os.close(made.terminal)
        made.terminal = -1

        assert made.process.wait(PATIENCE) == 128 + signal.SIGHUP
    assert "A word is typed" in drafts(tmp_path)


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no shell with jobs here")
def test_a_stopped_job_that_is_told_to_end_leaves_the_shell_its_terminal(tmp_path: Path) -> None:
    """A shell tells it to end first, and to go on then; it is behind the shell by that time."""
    words = " ".join(rota(tmp_path))
    with pane("/bin/bash", "--norc", "--noediting", "-i", folder=tmp_path, PS1="$ ") as made:
        made.press(f"{words}\n")
        made.see("Help")
        os.killpg(os.tcgetpgrp(made.terminal), signal.SIGSTOP)
        made.see("Stopped")
        # What the shell thinks of it may be a moment old.
        made.press("p=$(jobs -p); kill %1; until wait $p; [ $? = 143 ]; do :; done; exit 7\n")

        assert made.ended() == 7
        assert [way for way in GIVEN_BACK if way not in made.said] == []


def test_told_just_before_another_program_has_begun_it_passes_that_on() -> None:
    heard, told = list[int](), list[int]()
    before = signal.signal(signal.SIGTERM, lambda number, frame: heard.append(number))
    try:
        with passing_on() as passing:
            os.kill(os.getpid(), signal.SIGTERM)
            assert (heard, told) == ([signal.SIGTERM], [])
            passing.to(told.append)
            assert told == [signal.SIGTERM]
            os.kill(os.getpid(), signal.SIGTERM)
        assert (heard, told, passing.told) == ([signal.SIGTERM] * 2,) * 3
        assert signal.getsignal(signal.SIGTERM) is not before
    finally:
        signal.signal(signal.SIGTERM, before)


def test_told_while_an_editor_has_the_screen_it_ends_with_what_was_saved_there(
    tmp_path: Path,
) -> None:
    """And what the editor could not save any more is kept for it."""
    editor = tmp_path / "editor"
    editor.write_text(
        "#!/bin/sh\ntrap 'echo rest > \"$1.save\"; exit 1' TERM\n"
        'echo "Saved by then" > "$1"\necho writing\n'
        "while :; do read -r _ < /dev/tty; done\n"
    )
    editor.chmod(0o700)
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    with dashboard(tmp_path, EDITOR=str(editor), XDG_RUNTIME_DIR=str(runtime)) as made:
        made.press("\x05")
        made.see("writing")
        made.process.send_signal(signal.SIGTERM)

        assert made.ended() == 128 + signal.SIGTERM
        assert "The rest is in" in made.said
        assert termios.tcgetattr(made.terminal) == made.modes
    assert "Saved by then" in drafts(tmp_path)
    assert [path.read_text() for path in runtime.glob("rota-*-kept/*.save")] == ["rest\n"]


def test_ctrl_c_in_an_editor_is_for_the_editor_alone(tmp_path: Path) -> None:
    """A terminal tells all that share it; the dashboard goes on with what was written there."""
    editor = tmp_path / "editor"
    editor.write_text(
        "#!/bin/sh\ntrap 'echo interrupted' INT\necho writing\nread -r words < /dev/tty\n"
        'while [ "$words" != done ]; do read -r words < /dev/tty; done\n'
        'echo "Written there" > "$1"\n'
    )
    editor.chmod(0o700)
    with dashboard(tmp_path, EDITOR=str(editor)) as made:
        made.press("\x05")
        made.see("writing")
        made.press("\x03")
        made.see("interrupted")
        made.press("done\n")
        made.see("Written there")
        made.process.send_signal(signal.SIGTERM)

        assert made.ended() == 128 + signal.SIGTERM
    assert "Written there" in drafts(tmp_path)


def test_one_that_is_stuck_is_ended_by_force_and_gives_back_the_terminal(tmp_path: Path) -> None:
    with pane(sys.executable, "-c", STUCK, folder=tmp_path, PYTHONPATH=str(ROOT)) as made:
        made.see("Help")
        made.press("r")
        made.see(r"\(stuck\)")
        made.process.send_signal(signal.SIGTERM)

        assert made.ended() == 128 + signal.SIGTERM
        assert [way for way in GIVEN_BACK if way not in made.said] == []
        assert termios.tcgetattr(made.terminal) == made.modes


def test_lines_without_a_screen_end_with_the_same_status(tmp_path: Path) -> None:
    """Connections are closed, and a renewal of tokens is waited for, as on the screen."""
    with pane(*rota(tmp_path), "--plain", folder=tmp_path) as made:
        made.see(r"\n")
        made.process.send_signal(signal.SIGTERM)

        assert made.ended() == 128 + signal.SIGTERM
        assert "Traceback" not in made.said


def test_the_setup_gives_back_the_terminal_too(tmp_path: Path) -> None:
    argv = (sys.executable, "-m", "tui", "--config", str(tmp_path / "new.toml"), "init")
    with pane(*argv, folder=tmp_path) as made:
        made.see("rota setup")
        made.process.send_signal(signal.SIGTERM)

        assert made.ended() == 128 + signal.SIGTERM
        assert [way for way in GIVEN_BACK if way not in made.said] == []
        assert termios.tcgetattr(made.terminal) == made.modes


async def test_what_was_typed_just_before_is_kept(tmp_path: Path) -> None:
    """Keys that no field has seen yet, too; and what is in the outbox stays there, unasked."""
    desk = WritingDesk(tmp_path / "outbox.db")
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, world(P3))
        await types(pilot, "<n>", "Seen it before", "<ctrl+s>", "<y>", "<c>")
        for char in "To the last key":
            desk.app.post_message(events.Key(char, char))
        desk.app.end(143)
        await gone(desk)
    kept = desk.answers("zd-4711", "reply")["text"]

    assert desk.app.return_code == 143
    assert kept.endswith("To the last key")
    assert [letter.state for letter in desk.letters] == [LetterState.QUEUED]


async def test_remarks_typed_just_before_are_kept() -> None:
    """From the field through two screens to the journal, and only then it ends."""
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, snapshot(issue(1, "late one", 45)))
        await pilot.press("H", "e")
        await settle(pilot)
        for char in "half a wo":
            desk.app.post_message(events.Key(char, char))
        desk.app.end(143)
        await gone(desk)

    name = desk.app._gatherer().remarks_name(NOON)
    assert desk.app.journal.remarks(name) == "half a wo"


async def test_what_cannot_be_kept_is_left_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = WritingDesk()

    def full(*args: object) -> None:
        raise StoreError("The disk is full.", "Make room.")

    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, world(P3))
        await types(pilot, "<n>")
        monkeypatch.setattr(desk.outbox, "save_draft", full)
        await types(pilot, "A whole page")
        desk.app.end(143)
        desk.app.end(129)
        await gone(desk)

    assert desk.app.return_code == 143
    assert desk.app.unsaved == ("The disk is full. Make room.", "A whole page")


async def gone(desk: Desk) -> None:
    """Once it has ended by itself."""
    assert desk.app._task is not None
    await desk.app._task


async def test_a_poll_that_comes_home_while_it_is_left_finds_nobody_and_breaks_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = Desk()
    close_screens = desk.app._close_all

    async def close_and_hear_from_the_vendors() -> None:
        await close_screens()
        desk.feed.waiting.put_nowait(snapshot())
        for _ in range(5):
            await asyncio.sleep(0)

    monkeypatch.setattr(desk.app, "_close_all", close_and_hear_from_the_vendors)
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, snapshot(issue(1, "open")))

    assert desk.app.return_code in (0, None)
