"""What is there when trouble comes, and what goes on meanwhile, so that all is asked for?

A world in which each list, each single issue and each history is wanted at the start; then work
that makes them wanted again, and an operator who opens issues and forms.
"""

from datetime import timedelta

from services.clock import ManualClock
from services.colleagues import directory
from services.errors import ServiceError
from services.simulator.scenario import DEMO_START, populate
from services.simulator.settings import Settings
from services.simulator.world import World
from tests.faults.stage import Stage

LONG = timedelta(days=4)
"""Longer than what is read of the account's log, and than what is done is kept."""


class Scene:
    """A few issues, among them those that have to be looked up one by one."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.fickle: list[int] = []
        """Tickets that were answered, and whose status may go to and fro."""
        self.over: list[str] = []
        """Incidents that were over before anybody looked."""
        self.troubles: list[str] = []
        """What the operator was told when opening something."""

    async def set(self) -> None:
        """All that there is at the start."""
        world, clock = self.world, self.world.clock
        assert isinstance(clock, ManualClock)
        desk, pager, cast = world.zendesk, world.pagerduty, world.cast
        person = pager.users[cast.agents[0].pagerduty_id]
        for title in ("An old sorrow", "An older one"):
            pager.acknowledge(pager.create_incident(title, cast.backlog).id, person)
        for title in ("Over by now", "Over as well"):
            over = pager.create_incident(title, cast.smoke)
            pager.resolve(over.id, person)
            self.over.append(over.id)
        await clock.advance(LONG.total_seconds() - 3600)
        populate(world, 8)
        self._pair_with(self.over[0])
        # What its status did since the last answer only its history knows.
        for name in ("Fickle", "Fickle later"):
            ticket = desk.create_ticket(name, "x", requester_id=cast.requesters[1])
            desk.reply(ticket.id, world.me, "Hello.")
            self.fickle.append(ticket.id)
        await clock.advance(600)
        self._to_and_fro(self.fickle[0])
        await clock.advance(3000)

    def work(self) -> None:
        """A new ticket and an answer to an old one; a new page and an acknowledgement; and more."""
        world = self.world
        desk, pager, cast = world.zendesk, world.pagerduty, world.cast
        desk.create_ticket("Something new", "It broke.", requester_id=cast.requesters[0])
        waiting = next(t for t in desk.tickets.values() if t.status in ("new", "open"))
        desk.reply(waiting.id, world.me, "We are looking.")
        ringing = next(i for i in pager.incidents.values() if i.status != "resolved")
        person = pager.users[cast.agents[0].pagerduty_id]
        pager.acknowledge(ringing.id, person)
        pager.create_incident("Disk is full on db-7", cast.smoke)
        # More at once than counters can tell apart.
        busy = desk.create_ticket("Busy", "x", requester_id=cast.requesters[3])
        for words in ("One.", "Two."):
            desk.reply(busy.id, world.me, words)
        over = pager.create_incident("Over at once", cast.smoke)
        pager.resolve(over.id, person)
        self._pair_with(over.id)
        self._pair_with(self.over[1])
        self._to_and_fro(self.fickle[1])

    async def operate(self, on: Stage) -> None:
        """Open a ticket, an incident and a form; what cannot be read is told, and no more."""
        issues = on.latest.issues if on.seen else ()
        with_ticket = next((issue for issue in issues if issue.ticket), None)
        with_incident = next((issue for issue in issues if issue.incident), None)
        for issue in {one.id: one for one in (with_ticket, with_incident) if one}.values():
            try:
                await on.assembly.poller.timeline(issue)
            except ServiceError as error:
                self.troubles.append(error.headline)
        try:
            await directory(on.assembly.apis)
        except ServiceError as error:
            self.troubles.append(error.headline)

    def _pair_with(self, incident_id: str) -> None:
        world = self.world
        made = world.zendesk.create_ticket("Half", "x", requester_id=world.cast.requesters[2])
        world.zendesk.edit(made.id, world.me, tags=(f"pd_{incident_id.lower()}",))

    def _to_and_fro(self, ticket_id: int) -> None:
        for status in ("pending", "open"):
            self.world.zendesk.edit(ticket_id, self.world.me, status=status)


async def scene(settings: Settings) -> Scene:
    """A world some days old, in which all that can be wanted is wanted."""
    made = Scene(World(ManualClock(DEMO_START - LONG), settings=settings))
    await made.set()
    return made
