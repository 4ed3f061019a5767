"""A dashboard's outbox at work in a simulated world, on a clock moved by hand."""

import asyncio
import contextlib
import random
from collections.abc import Sequence
from datetime import timedelta

from services.api.client import Api
from services.clock import ManualClock
from services.domain import Source
from services.letters import Action, Landed, Letter, Overtaken, Write
from services.outbox.delivery import Delivery
from services.outbox.outbox import Outbox
from services.simulator.settings import Settings
from services.simulator.world import World
from tests.stillness import turns
from tests.writing.desk import START, Desk, writers

TURNS = 60
"""Of the event loop: more than pass between two signs of life while a request is under way."""


class Office:
    """One dashboard's outbox and what delivers from it."""

    def __init__(self, world: World, clock: ManualClock, outbox: Outbox, agent: int = 0) -> None:
        self.clock, self.world, self.outbox = clock, world, outbox
        self.apis: list[Api]
        self.desk: Desk
        self.apis, self.desk = writers(world, clock, agent)
        self.told: list[Landed | Overtaken] = []
        self.letters: tuple[Letter, ...] = ()
        self.prepared: list[Source] = []
        self.changes = 0
        self._task: asyncio.Task[None] | None = None
        outbox.watch(self._count)
        self.open()

    def _count(self) -> None:
        self.changes += 1

    def open(self) -> None:
        """Begin to deliver."""

        async def prepare(source: Source) -> None:
            self.prepared.append(source)

        self.delivery = Delivery(
            self.outbox,
            lambda: {Source.ZENDESK: self.desk.zendesk, Source.PAGERDUTY: self.desk.pagerduty},
            self.clock,
            prepare=prepare,
            told=lambda letter, outcome: self.told.append(outcome),
            chance=random.Random(1),
        )
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        async for letters in self.delivery.run():
            self.letters = letters

    async def stop(self) -> None:
        """Stop at once, wherever it is."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._task = None

    async def close(self) -> None:
        """Stop for good."""
        await self.stop()
        self.outbox.close()
        for api in self.apis:
            await api.aclose()

    def post(
        self, *writes: Write, text: str = "", hold: float = 0, issue: str = "i", form: str = "f"
    ) -> tuple[Letter, ...]:
        """What a key press does."""
        action = Action(
            issue=issue, form=form, label="l", writes=writes, answers={"text": text},
            hold=timedelta(seconds=hold),
        )  # fmt: skip
        return self.outbox.post(action, self.clock.now())

    async def settle(self) -> None:
        """Let everything happen that can without time passing."""
        before = -1
        while before != (before := len(self.world.requests) + self.changes):
            await turns(TURNS)
        if self._task is not None and self._task.done():
            self._task.result()

    async def wait(self, seconds: float, step: float = 1.0) -> None:
        """Let so much time pass."""
        while seconds > 0:
            await self.settle()
            await self.clock.advance(min(step, seconds))
            seconds -= step
        await self.settle()

    def states(self) -> list[str]:
        """How each letter stands, as told last."""
        return [letter.state.value for letter in self.letters]

    def reasons(self) -> Sequence[str]:
        """Why each stands so."""
        return [letter.reason for letter in self.letters]


def office(outbox: Outbox | None = None, **settings: object) -> Office:
    """A dashboard in a world of its own, a minute after it began."""
    clock = ManualClock(START)
    world = World(clock, settings=Settings(**settings))  # type: ignore[arg-type]
    return Office(world, clock, outbox or Outbox(None))
