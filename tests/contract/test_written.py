"""Is everything that our own client writes what the vendors have published?"""

import json
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from services.domain import IncidentStatus, Status
from services.letters import (
    IncidentCreate,
    IncidentMerge,
    IncidentNote,
    IncidentSnooze,
    IncidentStatusUpdate,
    IncidentUpdate,
    Landed,
    OverrideCreate,
    TicketCreate,
    Write,
)
from services.simulator.world import World
from tests.contract.openapi import SUBSET, operation, parameters, request_complaints
from tests.contract.test_requests import ZENDESK_PAGE, Listening
from tests.writing.desk import START, Desk, desk, letter_of

pytestmark = pytest.mark.skipif(
    not SUBSET.is_file(), reason="the published contracts are not beside this repository"
)
HOUR = timedelta(hours=1)


def incident_writes(at: Desk) -> Iterator[Write]:
    """Every way in which rota changes an incident, each on a page of its own."""
    pages = [at.incident(f"Down {number}") for number in range(12)]
    for page in pages[5:7]:
        at.world.pagerduty.acknowledge(page.id, next(iter(at.world.pagerduty.users.values())))
    policy = next(iter(at.world.pagerduty.policies))
    people = list(at.world.pagerduty.users)

    def change(number: int, **fields: object) -> IncidentUpdate:
        page = pages[number]
        return IncidentUpdate(incident_id=page.id, seen=at.seen(page), **fields)  # type: ignore[arg-type]

    yield change(0, status=IncidentStatus.ACKNOWLEDGED)
    yield change(1, status=IncidentStatus.RESOLVED, resolution="Disk replaced.")
    yield change(2, assignee_ids=(people[1],))
    yield change(3, policy_id=policy)
    yield change(4, escalation_level=2)
    yield change(7, priority="P2")
    yield change(8, title="Down: disk 3 of rack 7")
    yield IncidentSnooze(
        incident_id=pages[5].id, seen=at.seen(pages[5]), until=at.clock.now() + 2 * HOUR
    )
    yield IncidentNote(incident_id=pages[6].id, text="Looking into it.")
    yield IncidentStatusUpdate(incident_id=pages[6].id, message="We are on it.")
    yield IncidentMerge(into_id=pages[9].id, from_ids=(pages[10].id, pages[11].id))
    yield IncidentCreate(
        title="Reached us by chat",
        service_id=next(iter(at.world.pagerduty.services)),
        priority="P1",
        body="Ann rang.",
    )
    yield OverrideCreate(
        schedule_id=next(iter(at.world.pagerduty.schedules)),
        user_id=people[1],
        start=START + 24 * HOUR,
        end=START + 28 * HOUR,
    )


def ticket_writes(at: Desk) -> Iterator[Write]:
    """Every way in which rota changes a ticket, each on a ticket of its own."""
    tickets = [at.ticket(f"Full {number}") for number in range(3)]
    yield at.update(tickets[0], comment="On it.", public=True, status=Status.PENDING)
    yield at.update(
        tickets[1], comment="Triage: P2", add_tags=("p2",), priority="high",
        assignee_id=at.world.me,
    )  # fmt: skip
    yield at.update(tickets[2], subject="Full: disk 3", group_id=at.world.cast.support)
    yield TicketCreate(
        subject="By chat", comment="Ann rang.", requester_name="Ann",
        requester_email="ann@example.com", priority="high", tags=("p2",),
    )  # fmt: skip


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Listening]:
    """What was asked of the world, once a desk has been opened."""
    made: list[Listening] = []

    def listening(world: World) -> Listening:
        made.append(Listening(world))
        return made[-1]

    monkeypatch.setattr("tests.writing.desk.SimulatorTransport", listening)
    return made


def bodies(heard: list[Listening], vendor: str) -> list[tuple[httpx.Request, str]]:
    return [(r, path) for r, path in heard[0].to(vendor) if r.method != "GET"]


async def test_every_write_to_pagerduty_has_a_published_shape(heard: list[Listening]) -> None:
    async with desk() as at:
        writes = list(incident_writes(at))
        outcomes = [await at.pagerduty.send(letter_of(write)) for write in writes]

    sent = bodies(heard, "pagerduty")
    assert all(isinstance(outcome, Landed) for outcome in outcomes)
    assert len(sent) >= len(writes)
    for request, path in sent:
        body = json.loads(request.content)
        # Its schema wants an object where its own example has text; so has everybody else.
        body.get("incident", {}).get("body", {}).pop("details", None)
        assert request_complaints(request.method, path, body) == []


async def test_every_request_around_a_write_is_published(heard: list[Listening]) -> None:
    async with desk() as at:
        for write in incident_writes(at):
            letter = letter_of(write)
            await at.pagerduty.send(letter)
            await at.pagerduty.look(letter)

    for request, path in heard[0].to("pagerduty"):
        found = operation(request.method, path)
        assert found is not None, (request.method, path)
        assert set(request.url.params) <= set(parameters(found, "query")), path
        assert request.headers["accept"] == "application/vnd.pagerduty+json;version=2"
        if request.method != "GET":
            assert request.headers["content-type"].startswith("application/json")


async def test_every_write_to_zendesk_uses_documented_fields_and_is_safe(
    heard: list[Listening],
) -> None:
    page = ZENDESK_PAGE.read_text()
    async with desk() as at:
        writes = list(ticket_writes(at))
        outcomes = [await at.zendesk.send(letter_of(write)) for write in writes]

    sent = bodies(heard, "zendesk")
    assert all(isinstance(outcome, Landed) for outcome in outcomes)
    assert [request.method for request, _ in sent] == ["PUT", "PUT", "PUT", "POST"]
    for request, _ in sent:
        ticket = json.loads(request.content)["ticket"]
        assert all(name in page for name in ticket), ticket
        assert "comment" not in ticket or isinstance(ticket["comment"]["public"], bool)
        if request.method == "PUT":
            assert ticket["safe_update"] is True
            assert ticket["updated_stamp"].endswith("Z")
            assert ticket["metadata"]["op"]
        else:
            assert 0 < len(request.headers["idempotency-key"]) <= 255


async def test_a_broken_body_is_caught() -> None:
    """Else the tests above could not fail."""
    wrong = {"incident": {"type": "incident_reference", "status": "on fire"}}

    assert request_complaints("PUT", "/incidents/PABC", wrong) != []
