"""A world in trouble, a poller on it, and a judge who knows what is true."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.assemble import Assembly, assemble
from services.clock import ManualClock
from services.config.tables import Config, PagerDuty, Poll, Zendesk
from services.domain import Fact, Issue, Snapshot, Source, SourceStatus
from services.health import Trust, trust
from services.simulator.pagerduty.records import User
from services.simulator.scenario import DEMO_START, populate
from services.simulator.settings import DEFAULTS, Settings
from services.simulator.transport import SimulatorTransport
from services.simulator.world import World
from services.store import Store
from tests.stillness import turns

CONFIG = Config(
    zendesk=Zendesk(base_url="http://127.0.0.1/zendesk"),
    pagerduty=PagerDuty(base_url="http://127.0.0.1/pagerduty"),
    poll=Poll(rota=timedelta(minutes=2)),
)


@dataclass
class Stage:
    """A world, a dashboard's insides, and every snapshot that they gave."""

    world: World
    clock: ManualClock
    assembly: Assembly
    seen: list[Snapshot] = field(default_factory=list)
    lies: list[str] = field(default_factory=list)
    listener: "asyncio.Task[None] | None" = None
    keep: bool = True
    """Whether snapshots are kept, or only the last one."""

    @property
    def latest(self) -> Snapshot:
        return self.seen[-1]

    def status(self, source: Source) -> SourceStatus:
        assert self.latest.sources is not None
        return self.latest.sources[source]

    def word(self, source: Source) -> Trust:
        return trust(self.status(source), self.clock.now())

    async def settle(self, most: int = 400) -> None:
        """Let what is under way come to its end, where it does not wait for the clock."""
        made = -1
        # Tokens are looked up again in a thread, which takes no time on this clock.
        await self._tokens_found()
        for _ in range(most // 40):
            await turns(40)
            await self._tokens_found()
            asked = sum(api.requests_made for api in self.assembly.apis)
            if asked == made:
                break
            made = asked
        assert self.listener is None or not self.listener.done(), "the poller has ended"

    async def _tokens_found(self) -> None:
        for session in self.assembly.sessions.values():
            await session.settled()

    async def advance(self, seconds: float, step: float = 5) -> None:
        """Let time pass; after each step everything on show is judged."""
        for _ in range(max(1, round(seconds / step))):
            await self.clock.advance(step)
            await self.settle()
            if self.seen:
                self.lies += untruths(self.latest, self.world, self.clock.now())

    async def listen(self) -> None:
        async for snapshot in self.assembly.poller.snapshots():
            if not self.keep:
                self.seen.clear()
            self.seen.append(snapshot)

    async def tried_again(self, source: Source) -> None:
        """Wait, after any hold, until a source has been polled once more."""
        before = self.status(source)
        due = before.next_try_at or self.clock.now()
        await self.advance(max(1.0, (due - self.clock.now()).total_seconds() + 2), step=1)
        # One that began in time of trouble may still be waiting for its answer.
        for _ in range(60):
            if self.status(source) is not before:
                return
            await self.advance(1, step=1)


@contextlib.asynccontextmanager
async def stage(
    open_issues: int = 8,
    *,
    settings: Settings = DEFAULTS,
    store: Store | None = None,
    world: World | None = None,
    config: Config = CONFIG,
    seed: int = 1,
    keep: bool = True,
) -> AsyncIterator[Stage]:
    """A world with a poller that has just begun."""
    if world is None:
        world = World(ManualClock(DEMO_START), settings=settings)
        populate(world, open_issues)
    clock = world.clock
    assert isinstance(clock, ManualClock)
    assembly = assemble(
        config,
        {
            "ROTA_ZENDESK_TOKEN": world.zendesk_token,
            "ROTA_PAGERDUTY_TOKEN": world.pagerduty_token,
        },
        clock=clock,
        transport=SimulatorTransport(world),
        store=store or Store(None),
        jitter=random.Random(seed),
    )
    made = Stage(world, clock, assembly, keep=keep)
    # Where tokens come from is looked up in a thread, which takes no time on this clock.
    for session in assembly.sessions.values():
        await session.prepare()
    made.listener = asyncio.create_task(made.listen())
    try:
        yield made
    finally:
        made.listener.cancel()
        await asyncio.gather(made.listener, return_exceptions=True)
        await assembly.aclose()


def untruths(snapshot: Snapshot, world: World, now: datetime) -> list[str]:
    """What a source that is called live shows otherwise than it was when it was asked."""
    found: list[str] = []
    for source, status in (snapshot.sources or {}).items():
        live = trust(status, now, paused=snapshot.paused) is Trust.LIVE
        if live and status.fetched_at is not None:
            judge = _of_tickets if source is Source.ZENDESK else _of_incidents
            found += judge(snapshot, world, status.fetched_at - timedelta(seconds=1))
    return found


def _of_tickets(snapshot: Snapshot, world: World, as_of: datetime) -> Iterator[str]:
    shown = {i.ticket.id: i.ticket for i in snapshot.issues if i.ticket is not None}
    for true in world.zendesk.tickets.values():
        ticket = shown.get(true.id)
        is_open = true.status not in ("solved", "closed") and not true.deleted
        if true.updated_at > as_of:
            continue
        if ticket is None:
            if is_open:
                yield f"ticket {true.id} is missing since {true.updated_at:%H:%M:%S}"
            continue
        if ticket.status.value != true.status:
            yield f"ticket {true.id} is {true.status}, shown {ticket.status}"
        answers = answers_in(world, true.id)
        yield from _of_fact(f"ticket {true.id} last", ticket.replied_last, answers, as_of)


def _of_incidents(snapshot: Snapshot, world: World, as_of: datetime) -> Iterator[str]:
    shown = {i.incident.id: i.incident for i in snapshot.issues if i.incident is not None}
    acknowledged = acknowledgements(world)
    for true in world.pagerduty.incidents.values():
        incident = shown.get(true.id)
        if true.updated_at > as_of:
            continue
        if incident is None:
            if true.status != "resolved":
                yield f"incident {true.id} is missing since {true.updated_at:%H:%M:%S}"
            continue
        if incident.status.value != true.status:
            yield f"incident {true.id} is {true.status}, shown {incident.status}"
        first = acknowledged.get(true.id, [])[:1]
        yield from _of_fact(f"incident {true.id} ack", incident.acknowledged_first, first, as_of)


def _of_fact(what: str, fact: Fact, moments: list[datetime], as_of: datetime) -> Iterator[str]:
    """A fact said to be known is the last of the moments by then, or a later one."""
    if not fact.known:
        return
    before = [at for at in moments if at <= as_of]
    after = [at for at in moments if at > as_of]
    if fact.at not in ([before[-1]] if before else [None]) + after:
        yield f"{what} at {before[-1:]}, shown {fact.at}"


def answers_in(world: World, ticket_id: int) -> list[datetime]:
    """When agents other than the requester spoke in public, after the description."""
    ticket = world.zendesk.tickets[ticket_id]
    people = world.zendesk.people
    return sorted(
        comment.created_at.replace(microsecond=0)
        for comment in ticket.comments[1:]
        if comment.public
        and comment.author_id != ticket.requester_id
        and comment.via.get("channel") != "rule"
        and (author := people.get(comment.author_id)) is not None
        and author.is_agent
    )


def acknowledgements(world: World) -> dict[str, list[datetime]]:
    """When people acknowledged each incident."""
    found: dict[str, list[datetime]] = {}
    for entry in world.pagerduty.log:
        if entry.type.startswith("acknowledge") and isinstance(entry.agent, User):
            found.setdefault(entry.incident_id, []).append(entry.created_at)
    return {incident_id: sorted(moments) for incident_id, moments in found.items()}


def open_in(world: World) -> tuple[set[int], set[str]]:
    """Tickets and incidents that are open in truth."""
    tickets = {
        t.id
        for t in world.zendesk.tickets.values()
        if t.status not in ("solved", "closed") and not t.deleted
    }
    incidents = {i.id for i in world.pagerduty.incidents.values() if i.status != "resolved"}
    return tickets, incidents


def by_id(snapshot: Snapshot) -> dict[str, Issue]:
    return {issue.id: issue for issue in snapshot.issues}


async def fresh_look(stage: Stage) -> Snapshot:
    """What another dashboard, started this moment with nothing remembered, shows."""
    world = stage.world
    assembly = assemble(
        CONFIG,
        {
            "ROTA_ZENDESK_TOKEN": world.zendesk_token,
            "ROTA_PAGERDUTY_TOKEN": world.pagerduty_token,
        },
        clock=stage.clock,
        transport=SimulatorTransport(world),
        store=Store(None),
    )
    try:
        return await assembly.poller.read_once(1000)
    finally:
        await assembly.aclose()
