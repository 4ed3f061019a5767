"""The promise: what was sent arrives exactly once, in order, or is said to be unknown.

Any faults, on sends and on looks, in any order, with restarts in between.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from services.domain import IncidentStatus
from services.letters import (
    IncidentCreate,
    IncidentNote,
    IncidentStatusUpdate,
    IncidentUpdate,
    Letter,
    LetterState,
    OverrideCreate,
    TicketCreate,
    TicketUpdate,
    Write,
)
from services.simulator import faults
from services.simulator.call import Call, Reply
from services.simulator.interference import Effect, ServeLater
from services.simulator.pagerduty.records import Incident
from services.simulator.zendesk.records import Ticket
from tests.outbox.office import Office, office
from tests.writing.desk import START

KINDS = (
    "reply", "reply", "rename", "tag", "other reply", "note", "acknowledge", "page title",
    "status update", "new ticket", "new page", "override",
)  # fmt: skip
FAULTS = (
    "lost request", "lost reply", "silence", "429", "429 bare", "500", "500 after", "503",
    "502 page", "truncated", "slow", "very slow", "401",
)  # fmt: skip
LONG = 45 * 60.0
"""Seconds by which everything is settled: shorter than what PagerDuty's own timers undo."""


@dataclass
class Weather:
    """What falls on requests, each once: on a send or on a look, as it says."""

    at: Office
    left: list[tuple[str, bool]]

    async def __call__(self, call: Call, serve: ServeLater) -> Reply:
        sends = call.method != "GET"
        for fault, on_sends in self.left:
            if on_sends is sends:
                self.left.remove((fault, on_sends))
                return await self.effect(fault)(call, serve)
        return await serve(call)

    def effect(self, fault: str) -> Effect:
        sleep = self.at.clock.sleep
        made: dict[str, Callable[[], Effect]] = {
            "lost request": faults.reset_before,
            "lost reply": faults.reset_after,
            "silence": faults.silent_after,
            "429": lambda: faults.rate_limited(20),
            "429 bare": lambda: faults.rate_limited(bare=True),
            "500": faults.broken,
            "500 after": faults.broken_after,
            "503": lambda: faults.unavailable(15),
            "502 page": faults.html_page,
            "truncated": faults.truncated,
            "slow": lambda: faults.slow(8, sleep),
            "very slow": lambda: faults.slow(60, sleep),
            "401": lambda: self.refused,
        }
        return made[fault]()

    async def refused(self, call: Call, serve: ServeLater) -> Reply:
        """The token has run out just now."""
        self.at.world.keys.oauth[0].access += "-renewed"
        return Reply(401, {"error": "Couldn't authenticate you"})


@dataclass
class Shift:
    """Two tickets, an incident, a schedule, and letters to them."""

    at: Office
    tickets: list[Ticket] = field(default_factory=list)
    incident: Incident | None = None

    def begin(self) -> None:
        self.tickets = [self.at.desk.ticket(f"ticket {n}", tags=["p3"]) for n in range(2)]
        self.incident = self.at.desk.incident("page")

    def write(self, kind: str, n: int) -> Write:
        first, second = self.tickets
        match kind:
            case "reply":
                return self.at.desk.update(first, comment=f"text {n}", public=True)
            case "other reply":
                return self.at.desk.update(second, comment=f"text {n}", public=False)
            case "rename":
                return self.at.desk.update(first, subject=f"title {n}")
            case "tag":
                return self.at.desk.update(first, add_tags=(f"tag_{n}",))
            case "new ticket":
                return TicketCreate(subject=f"title {n}", comment=f"text {n}")
            case _:
                return self.write_to_pagerduty(kind, n)

    def write_to_pagerduty(self, kind: str, n: int) -> Write:
        assert self.incident is not None
        page, seen = self.incident.id, self.at.desk.seen(self.incident)
        pagerduty = self.at.world.pagerduty
        match kind:
            case "note":
                return IncidentNote(incident_id=page, text=f"text {n}")
            case "acknowledge":
                status = IncidentStatus.ACKNOWLEDGED
                return IncidentUpdate(incident_id=page, seen=seen, status=status)
            case "page title":
                return IncidentUpdate(incident_id=page, seen=seen, title=f"title {n}")
            case "status update":
                return IncidentStatusUpdate(incident_id=page, message=f"text {n}")
            case "new page":
                return IncidentCreate(title=f"title {n}", service_id=next(iter(pagerduty.services)))
            case _:
                start = START + timedelta(days=1, hours=n)
                return OverrideCreate(
                    schedule_id=next(iter(pagerduty.schedules)),
                    user_id=self.at.world.cast.agents[0].pagerduty_id,
                    start=start,
                    end=start + timedelta(hours=1),
                )

    def arrived(self, letter: Letter) -> int:
        """How often the vendor has it."""
        world = self.at.world
        assert self.incident is not None
        match letter.write:
            case TicketUpdate() as write:
                ticket = world.zendesk.tickets[write.ticket_id]
                return sum(audit.custom.get("op") == letter.op for audit in ticket.audits)
            case IncidentNote():
                return sum(letter.mark in note.content for note in self.incident.notes)
            case IncidentUpdate() as write if write.title is None:
                return len([e for e in self.incident.entries if e.type.startswith("acknowledge")])
            case IncidentUpdate() as write:
                # Later ones write over it; what counts is that it is not left out at the end.
                return 1
            case IncidentStatusUpdate() as write:
                said = [entry.extra.get("message") for entry in self.incident.entries]
                return said.count(write.message)
            case TicketCreate() as write:
                return [t.subject for t in world.zendesk.tickets.values()].count(write.subject)
            case IncidentCreate() as write:
                return [i.title for i in world.pagerduty.incidents.values()].count(write.title)
            case OverrideCreate() as write:
                made = world.pagerduty.schedules[write.schedule_id].overrides
                return [override.start for override in made].count(write.start)
            case _:
                raise AssertionError(letter.write)


async def live_through(
    kinds: Sequence[str], weather: Sequence[tuple[str, bool]], restarts: Sequence[int]
) -> None:
    at = office()
    shift = Shift(at)
    shift.begin()
    await at.clock.advance(60)
    at.world.faults.add(Weather(at, list(weather)))
    for n, kind in enumerate(kinds):
        at.post(shift.write(kind, n), text=f"text {n}", hold=n % 3)
        await at.wait(n % 4)
    for seconds in restarts:
        await at.wait(seconds)
        await at.stop()
        at.open()
    waited = 0.0
    await at.settle()
    while waited < LONG and not all(
        one.state.settled or one.waits_for_person for one in at.letters
    ):
        await at.wait(15, step=15)
        waited += 15
    check(shift, kinds)
    await at.close()


def check(shift: Shift, kinds: Sequence[str]) -> None:
    letters = shift.at.outbox.letters()
    acknowledged = False
    for kind, letter in zip(kinds, letters, strict=True):
        count = shift.arrived(letter)
        event(f"{letter.state.value} after {min(letter.tries, 3)} tries")
        if letter.state is LetterState.UNKNOWN:
            assert kind == "status update"
            assert letter.waits_for_person
            assert count <= 1
        elif kind == "acknowledge":
            # Whoever acknowledges twice has acknowledged.
            assert letter.state is LetterState.SENT or acknowledged
            acknowledged = True
            assert count >= 1
        else:
            assert letter.state is LetterState.SENT, (kind, letter.reason, letter.theirs)
            assert count == 1, (kind, count)
    for ticket in shift.tickets:
        ours = [audit.custom["op"] for audit in ticket.audits if "op" in audit.custom]
        posted = [one.op for one in letters if one.touches == {f"zd-{ticket.id}"}]
        assert ours == posted
    assert shift.incident is not None
    notes = [note.content.split("[")[1] for note in shift.incident.notes]
    posted = [one.mark[1:] for one in letters if isinstance(one.write, IncidentNote)]
    assert notes == posted
    titles = [one.write.title for one in letters if isinstance(one.write, IncidentUpdate)]
    wanted = [title for title in titles if title]
    assert shift.incident.title == (wanted[-1] if wanted else "page")


@settings(max_examples=100)
@given(
    kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=6),
    weather=st.lists(st.tuples(st.sampled_from(FAULTS), st.booleans()), min_size=1, max_size=8),
    restarts=st.lists(st.integers(0, 25), max_size=3),
)
@example(kinds=["note"], weather=[("lost reply", True), *[("500", False)] * 3], restarts=[])
@example(kinds=["tag", "reply"], weather=[("very slow", True)], restarts=[5])
@example(kinds=["status update", "note"], weather=[("lost request", True)], restarts=[])
@example(kinds=["reply", "reply"], weather=[("401", True), ("lost reply", True)], restarts=[1, 1])
def test_every_letter_arrives_exactly_once_in_order_or_is_said_to_be_unknown(
    kinds: list[str], weather: list[tuple[str, bool]], restarts: list[int]
) -> None:
    asyncio.run(live_through(kinds, weather, restarts))
