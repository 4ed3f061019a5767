"""A simulated world, and the two writers that change it."""

import itertools
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from services.api.client import Api
from services.clock import ManualClock
from services.domain import IncidentStatus, Severity, Source
from services.letters import (
    IncidentSeen,
    Landed,
    Letter,
    LetterState,
    Overtaken,
    TicketUpdate,
    Write,
)
from services.pagerduty.client import pagerduty_token
from services.pagerduty.writer import PagerDutyWriter
from services.simulator.pagerduty.records import Incident
from services.simulator.settings import Settings
from services.simulator.transport import SimulatorTransport
from services.simulator.world import World
from services.simulator.zendesk.records import Audit, Ticket
from services.zendesk.client import zendesk_bearer
from services.zendesk.writer import ZendeskWriter

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SEVERITIES = {severity.value: severity for severity in Severity}
_numbers = itertools.count(1)


def letter_of(write: Write, at: datetime = START) -> Letter:
    """A letter, on its way."""
    return Letter(
        id=next(_numbers), op=uuid.uuid4().hex, action="a", issue="i", form="f", label="l",
        write=write, state=LetterState.SENDING, queued_at=at, hold_until=at, left_at=at,
    )  # fmt: skip


@dataclass
class Desk:
    """The world, its clock, and what writes to it."""

    clock: ManualClock
    world: World
    zendesk: ZendeskWriter
    pagerduty: PagerDutyWriter

    def ticket(self, subject: str = "Disk full", **fields: Any) -> Ticket:
        """A ticket of the first tenant, in our group."""
        cast = self.world.cast
        return self.world.zendesk.create_ticket(
            subject,
            "It is full.",
            requester_id=cast.requesters[0],
            fields={"group_id": cast.support, **fields},
        )

    def incident(self, title: str = "Down") -> Incident:
        """A page on the first service."""
        return self.world.pagerduty.create_incident(
            title, next(iter(self.world.pagerduty.services))
        )

    def update(self, ticket: Ticket, **fields: Any) -> TicketUpdate:
        """An update of a ticket as it is now."""
        return TicketUpdate(ticket_id=ticket.id, stamp=ticket.updated_at, **fields)

    def seen(self, incident: Incident) -> IncidentSeen:
        """An incident as it is now."""
        account = self.world.pagerduty
        priority = account.priorities.get(incident.priority_id or "")
        return IncidentSeen(
            status=IncidentStatus(incident.status),
            assignee_ids=tuple(user for _, user in incident.assignments),
            priority=priority.name if priority else None,
            title=incident.title,
        )

    def asked(self, method: str) -> list[str]:
        """The paths of all requests of a method."""
        return [seen.path for seen in self.world.requests if seen.method == method]


def writers(world: World, clock: ManualClock, agent: int = 0) -> tuple[list[Api], Desk]:
    """What writes to a world on an agent's behalf, and its connections."""
    transport = SimulatorTransport(world)
    key = list(world.keys.pagerduty_users)[agent]
    if world.settings.pagerduty_account_key:
        key = world.pagerduty_token

    async def renew(refused: Mapping[str, str]) -> bool:
        """Whether another token is good by now."""
        return refused["Authorization"] != f"Bearer {world.keys.oauth[agent].access}"

    apis = [
        Api(Source.ZENDESK, "http://127.0.0.1/zendesk",
            headers=lambda: zendesk_bearer(world.keys.oauth[agent].access), clock=clock,
            renew=renew, transport=transport),
        Api(Source.PAGERDUTY, "http://127.0.0.1/pagerduty", headers=lambda: pagerduty_token(key),
            clock=clock, transport=transport),
    ]  # fmt: skip
    zendesk = ZendeskWriter(apis[0], SEVERITIES, "http://127.0.0.1/zendesk", clock)
    return apis, Desk(clock, world, zendesk, PagerDutyWriter(apis[1], SEVERITIES, clock))


@asynccontextmanager
async def desk(**settings: Any) -> AsyncIterator[Desk]:
    """A desk in a world that behaves so."""
    clock = ManualClock(START)
    apis, made = writers(World(clock, settings=Settings(**settings)), clock)
    yield made
    for api in apis:
        await api.aclose()


def landed(outcome: object) -> Landed:
    """The outcome of a write that was carried out."""
    assert isinstance(outcome, Landed), outcome
    return outcome


def overtaken(outcome: object) -> Overtaken:
    """The outcome of a write that somebody else was faster than."""
    assert isinstance(outcome, Overtaken), outcome
    return outcome


def audits(ticket: Ticket, letter: Letter) -> list[Audit]:
    """What a letter left in a ticket's history."""
    return [audit for audit in ticket.audits if audit.custom.get("op") == letter.op]
