"""How does a step that was reached become a sound, a notification and a title?

Services decide what rings (`services.signals`); here it is sent: to the terminal, through tmux
where need be, and to the operator's own command. Quiet while the operator is looking.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from services.clock import Clock
from services.commands import tell
from services.domain import Snapshot
from services.errors import ConfigError, StoreError
from services.plain import plain
from services.signals import terminal
from services.signals.ladder import Rung
from services.signals.memory import EVERYTHING, FOR_EVER
from services.signals.terminal import Mux, Notify
from services.signals.watch import Watch
from services.signals.words import Signal, signal

TMUX_SECONDS = 2.0
"""How long tmux may take to answer."""

RECENT = 30.0
"""Seconds that a key shows somebody to be there, where the terminal says nothing of focus."""

COMMAND_SECONDS = 30.0
"""How long the operator's command may take."""


class SignalOptions(Struct, frozen=True):
    """How signals are sent."""

    bell: bool = True
    notify: Notify = Notify.AUTO
    command: tuple[str, ...] = ()
    quiet_when_focused: bool = True
    away_after: timedelta = timedelta(minutes=10)
    """Without a key for so long nobody is looking, whatever has the focus; 0: never away."""
    title: bool = False
    tmux_window: bool = False


class Attention:
    """Is somebody looking? As far as the terminal tells, and fingers show."""

    def __init__(self, options: SignalOptions) -> None:
        self._options = options
        self._focused: bool | None = None
        self._touched: float | None = None

    def focus(self, has: bool) -> None:
        """The terminal says that we gained or lost the focus; many never say so."""
        self._focused = has

    def touch(self, at: float) -> None:
        """A key was pressed, at some monotonic second; so we have the focus."""
        self._touched = at
        if self._focused is not None:
            self._focused = True

    def here(self, at: float) -> bool:
        """Whether somebody is looking at a monotonic second."""
        if not self._options.quiet_when_focused or self._focused is False:
            return False
        rest = RECENT if self._focused is None else self._options.away_after.total_seconds()
        return not rest or (self._touched is not None and at - self._touched < rest)


class Signaller:
    """Sends what the watch finds."""

    def __init__(
        self,
        watch: Watch,
        options: SignalOptions,
        clock: Clock,
        environ: Mapping[str, str],
        write: Callable[[str], None],
        say: Callable[[str], None],
    ) -> None:
        """Make a signaller.

        Args:
            watch: Finds what is to be told.
            options: How it is told.
            clock: For how long nobody has pressed a key.
            environ: Tells what terminal this is; the command gets it without our tokens.
            write: Takes bytes for the terminal, as text.
            say: Shows a line on the screen.
        """
        self.options = options
        self.attention = Attention(options)
        self._watch = watch
        self._clock = clock
        self._environ = environ
        self._write = write
        self._say = say
        self._mux = terminal.mux(environ)
        self._passed_on: bool | None = None
        self._title = ""
        self._running: set[asyncio.Task[None]] = set()

    def take(self, snapshot: Snapshot, now: datetime) -> None:
        """Tell of what is due in a new state of the world."""
        self._tell(lambda: self._watch.take(snapshot, now), now)

    def tick(self, now: datetime) -> None:
        """Tell of what has become due; costs nothing before that."""
        due = self._watch.next_at
        if due is not None and now >= due:
            self._tell(lambda: self._watch.look(now), now)

    def reads_until(self, now: datetime) -> datetime | None:
        """When there is next something to tell, if nothing changes until then."""
        return self._watch.next_at

    def touch(self) -> None:
        """A key was pressed."""
        self.attention.touch(self._clock.monotonic())

    def _tell(self, look: Callable[[], Sequence[Rung]], now: datetime) -> None:
        try:
            reached = look()
        except StoreError as error:
            self._say(f"Signals are off: {error.headline}")
            return
        if not reached:
            return
        said = signal(reached, now)
        if said.always or not self.attention.here(self._clock.monotonic()):
            self.send(said)

    def send(self, said: Signal) -> None:
        """Ring, notify and run the command; none waits for another."""
        if self.options.bell:
            self._write(terminal.BELL)
        self._start(self._notify(said))
        if self.options.command:
            self._start(self._command(said))

    async def test(self, now: datetime) -> str:
        """Send a signal that says it is a test; what became of it, and what to set."""
        said = Signal("this is a test", "Signals reach you.", {"ROTA_TITLE": "test"})
        lines = ["Bell: off in the configuration."]
        if self.options.bell:
            self._write(terminal.BELL)
            lines = ["Bell: sent. In another tmux window it shows with monitor-bell on."]
        lines.append(f"Notification: {await self._notify(said)}")
        lines.append(f"Command: {await self._command(said)}")
        muted = self.silent_until(now)
        if muted is not None:
            lines.append("All signals are muted now; this test was sent all the same.")
        return "\n".join(lines)

    def _start(self, sending: Coroutine[object, object, str]) -> None:
        async def run() -> None:
            said = await sending
            if said.startswith("failed"):
                self._say(f"The signal's command {said}")

        task = asyncio.ensure_future(run())
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _notify(self, said: Signal) -> str:
        notify = terminal.chosen(self.options.notify, self._environ)
        if notify is Notify.OFF:
            return "off in the configuration."
        if self._mux is Mux.TMUX and not await self._tmux_passes_on():
            return "kept back by tmux; put `set -g allow-passthrough on` into ~/.tmux.conf."
        self._write(terminal.notification(notify, said.title, said.text, self._mux))
        return f"sent as {notify.value}, through {self._mux.value}."

    async def _command(self, said: Signal) -> str:
        if not self.options.command:
            return "none in the configuration."
        told = {**said.told, "ROTA_TEXT": said.text}
        try:
            await tell(
                self.options.command, "signals.command", self._environ, told, COMMAND_SECONDS
            )
        except ConfigError as error:
            return f"failed: {plain(error.headline)}"
        return "ended well."

    async def _tmux_passes_on(self) -> bool:
        """Whether tmux lets notifications through; one that does not know the option does."""
        if self._passed_on is None:
            said = await self._tmux("show-options", "-Apv", *self._pane(), "allow-passthrough")
            self._passed_on = said.strip() != "off"
        return self._passed_on

    def _pane(self) -> tuple[str, ...]:
        pane = self._environ.get("TMUX_PANE")
        return ("-t", pane) if pane else ()

    async def _tmux(self, *argv: str) -> str:
        """What tmux says; nothing when it cannot be asked."""
        try:
            asked = await asyncio.create_subprocess_exec(
                "tmux", *argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=dict(self._environ),
            )  # fmt: skip
        except OSError:
            return ""
        try:
            async with asyncio.timeout(TMUX_SECONDS):
                said, _ = await asked.communicate()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                asked.kill()
            await asked.wait()
            return ""
        return said.decode(errors="replace")

    def title(self, words: str) -> None:
        """Show the worst state in the title and the tmux window's name, where wanted."""
        if words == self._title:
            return
        first, self._title = not self._title, words
        if self.options.title:
            self._write((terminal.SAVE_TITLE if first else "") + terminal.window_title(words))
        if self.options.tmux_window and self._mux is Mux.TMUX:
            self._start(self._rename(words))

    async def _rename(self, words: str) -> str:
        await self._tmux("rename-window", *self._pane(), "--", plain(words, 40))
        return ""

    async def aclose(self) -> None:
        """Give title and window name back, and let what is being sent end."""
        if self._title and self.options.title:
            self._write(terminal.RESTORE_TITLE)
        if self._title and self.options.tmux_window and self._mux is Mux.TMUX:
            await self._tmux("set-option", "-wu", *self._pane(), "automatic-rename")
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._watch.memory.close()

    def muted(self, now: datetime) -> frozenset[str]:
        """The halves of issues that are silent."""
        return self._watch.memory.silent(now)

    def silent_until(self, now: datetime) -> datetime | None:
        """Until when all is silent; None if it is not."""
        until = self._watch.memory.silent_until(EVERYTHING)
        return until if until is not None and until > now else None

    def mute(self, issue_id: str, now: datetime) -> bool:
        """Silence an issue, or let it ring again; whether it is silent now.

        Raises:
            StoreError: It cannot be kept.
        """
        halves = issue_id.split("+")
        silent = self.muted(now).isdisjoint(halves)
        self._watch.memory.silence(halves, FOR_EVER if silent else None)
        return silent

    def mute_all(self, minutes: int, now: datetime) -> None:
        """Silence everything for so many minutes; 0 lets all ring again.

        Raises:
            StoreError: It cannot be kept.
        """
        until = now + timedelta(minutes=minutes) if minutes else None
        self._watch.memory.silence([EVERYTHING], until)
