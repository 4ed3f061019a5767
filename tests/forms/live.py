"""The operator's seat at the real wiring: what is sent arrives at a simulated world."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from textual.pilot import Pilot

from services.clock import ManualClock
from services.colleagues import directory
from services.config.tables import Config
from services.domain import Issue
from services.forms.house import house_of
from services.letters import Letter, LetterState
from services.outbox.outbox import Outbox
from services.simulator.pagerduty.records import Incident
from services.simulator.world import World
from services.simulator.zendesk.records import Ticket
from tests.embedded import embedded
from tests.forms.desk import types
from tests.screen.stage import settle
from tests.stillness import still
from tui.app import RotaApp
from tui.screens.forms import FormScreen
from tui.screens.preview import PreviewScreen
from tui.writing import Stationery

PATIENCE = 120
"""Seconds of the world's clock that anything is waited for at the most."""

SUBJECT = "Failure pushing passes-web to London"


@dataclass
class Live:
    """A dashboard, its keys, and the world that it writes to."""

    app: RotaApp
    pilot: Pilot[None]
    clock: ManualClock
    world: World
    outbox: Outbox
    ticket: Ticket
    page: Incident

    async def until(self, what: Callable[[], bool], seconds: int = PATIENCE) -> None:
        """Let time pass until something is so."""
        passed, step = 0.0, 0.5
        while passed < seconds:
            if what():
                await settle(self.pilot)
                return
            await self.clock.advance(step)
            await still()
            passed, step = passed + step, min(step * 2, 11.0)
        raise AssertionError(f"never came to pass; letters: {self.letters}")

    async def types(self, *words: str) -> None:
        """Type texts, and keys in angle brackets."""
        await types(self.pilot, *words)

    async def send(self) -> str:
        """Preview, read, send; what was to be read."""
        await self.types("<ctrl+s>")
        assert isinstance(self.app.screen, PreviewScreen), self.text()
        shown = self.text()
        await self.types("<y>")
        return shown

    async def settled(self) -> tuple[Letter, ...]:
        """All letters, once nothing more will happen to them by itself."""
        await self.until(lambda: bool(self.letters) and all(o.state.settled for o in self.letters))
        return self.letters

    @property
    def letters(self) -> tuple[Letter, ...]:
        return self.outbox.letters()

    @property
    def states(self) -> set[LetterState]:
        return {letter.state for letter in self.letters}

    @property
    def issue(self) -> Issue:
        """The one under the cursor, as it is shown."""
        held = self.app.queue.table.selected
        assert held is not None
        return held.issue

    @property
    def form(self) -> FormScreen:
        """The form on the screen."""
        assert isinstance(self.app.screen, FormScreen), self.text()
        return self.app.screen

    def text(self) -> str:
        """All that is painted, in one."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(part.text for part in strip).rstrip() for strip in strips)

    def told(self) -> list[str]:
        """What the dashboard has said in passing."""
        return [notification.message for notification in self.app._notifications]

    def said(self) -> list[tuple[bool, str]]:
        """What we have said on the ticket after its description: in public, and what."""
        me = self.world.me
        ours = [c for c in self.ticket.comments[1:] if c.author_id == me]
        return [(comment.public, comment.body) for comment in ours]

    def wrote(self) -> list[tuple[str, str]]:
        """Every write that has been asked for, in order: its vendor and path template."""
        return [(r.method, r.template) for r in self.world.requests if r.method != "GET"]


@asynccontextmanager
async def live(size: tuple[int, int] = (120, 50), *, paired: bool = True) -> AsyncIterator[Live]:
    """A world with one emergency, which has paged us and become a ticket."""
    async with embedded(0) as found:
        world, clock, assembly = found.world, found.clock, found.assembly
        page = world.pagerduty.create_incident(SUBJECT, world.cast.emergency)
        other = SUBJECT if paired else "Something else"
        ticket = world.zendesk.create_ticket(
            other, "Hello, nothing can be pushed.", requester_id=world.cast.requesters[0],
            fields={"group_id": world.cast.support},
        )  # fmt: skip
        stationery = Stationery(
            assembly.outbox, lambda: house_of(Config()), lambda: directory(assembly.apis),
            assembly.delivery.run,
        )  # fmt: skip
        app = RotaApp(assembly.poller, assembly.policy, clock, stationery=stationery)
        async with app.run_test(size=size) as pilot:
            seat = Live(app, pilot, clock, world, assembly.outbox, ticket, page)
            rows = 1 if paired else 2
            await seat.until(lambda: len(app.queue.table.rows) == rows)
            await seat.until(lambda: len(app.snapshot.my_ids or {}) == 2)
            yield seat
