"""Does zenpy, a client of Zendesk that many use, get along with the simulator, over a socket?"""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from zenpy import Zenpy  # type: ignore[import-untyped]
from zenpy.lib.api_objects import Comment  # type: ignore[import-untyped]
from zenpy.lib.api_objects import Ticket as Asked
from zenpy.lib.exception import APIException, RecordNotFoundException  # type: ignore[import-untyped]

from services.clock import ManualClock
from services.simulator.server import listening
from services.simulator.world import World
from services.simulator.zendesk.records import Ticket
from tests.simulator.conftest import START

T = TypeVar("T")
ACCOUNT = "https://acme.zendesk.com"


class _ToLoopback(HTTPAdapter):
    """Takes what is meant for an account's address to the simulator's."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self._base_url = base_url

    def send(self, request: PreparedRequest, *args: Any, **more: Any) -> Response:
        forwarded = request.copy()
        forwarded.url = str(request.url).replace(ACCOUNT, f"{self._base_url}/zendesk", 1)
        response = super().send(forwarded, *args, **more)
        # It knows its own answers by the address they come from.
        response.request, response.url = request, str(request.url)
        return response


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def world(clock: ManualClock) -> World:
    return World(clock)


def _ticket(world: World, subject: str = "Disk full", **fields: Any) -> Ticket:
    cast = world.cast
    return world.zendesk.create_ticket(
        subject,
        "It is full.",
        requester_id=cast.requesters[0],
        fields={"group_id": cast.support, **fields},
    )


async def _spoken(world: World, talk: Callable[[Any], T]) -> T:
    """What the blocking client comes back with, from a thread of its own."""
    async with listening(world) as base_url:

        def in_a_thread() -> T:
            with Session() as session:
                session.trust_env = False
                session.mount(ACCOUNT, _ToLoopback(base_url))
                client = Zenpy(subdomain="acme", oauth_token=world.zendesk_token, session=session)
                return talk(client)

        return await asyncio.to_thread(in_a_thread)


async def test_it_pages_through_250_tickets_by_cursor(world: World) -> None:
    made = {_ticket(world, f"Ticket {place}").id for place in range(250)}

    found = await _spoken(world, lambda client: [ticket.id for ticket in client.tickets()])

    assert len(found) == 250
    assert set(found) == made
    assert world.asked("zendesk")["GET", "/tickets"] == 3


async def test_it_searches_what_the_index_has(world: World, clock: ManualClock) -> None:
    old = _ticket(world, "Zebra crossing")
    await clock.advance(120)
    _ticket(world, "Zebra too new to be found")

    def talk(client: Any) -> list[int]:
        return [ticket.id for ticket in client.search("zebra", type="ticket")]

    assert await _spoken(world, talk) == [old.id]


async def test_it_comments_and_solves(world: World) -> None:
    ticket = _ticket(world)

    def talk(client: Any) -> list[str]:
        mine = client.tickets(id=ticket.id)
        mine.comment = Comment(body="It is empty again.", public=True)
        mine.status = "solved"
        mine.assignee_id = world.me
        client.tickets.update(mine)
        return [comment.body for comment in client.tickets.comments(ticket.id)]

    bodies = await _spoken(world, talk)

    assert bodies == ["It is full.", "It is empty again."]
    assert ticket.status == "solved"


async def test_it_writes_an_internal_note(world: World) -> None:
    ticket = _ticket(world)

    def talk(client: Any) -> list[bool]:
        mine = client.tickets(id=ticket.id)
        mine.comment = Comment(body="Ask the tenant?", public=False)
        client.tickets.update(mine)
        return [comment.public for comment in client.tickets.comments(ticket.id)]

    assert await _spoken(world, talk) == [True, False]


async def test_a_safe_update_of_what_has_changed_since_is_a_conflict(
    world: World, clock: ManualClock
) -> None:
    ticket = _ticket(world)
    seen = "2026-12-24T14:20:00Z"
    await clock.advance(60)
    world.zendesk.reply(ticket.id, world.cast.agents[1].zendesk_id, "I was first.")

    def talk(client: Any) -> APIException:
        mine = client.tickets(id=ticket.id)
        mine.comment = Comment(body="I was second.", public=True)
        mine.safe_update, mine.updated_stamp = True, seen
        with pytest.raises(APIException) as refused:
            client.tickets.update(mine)
        return refused.value

    error = await _spoken(world, talk)

    assert error.response.status_code == 409
    assert error.response.json()["error"] == "UpdateConflict"
    assert len(ticket.comments) == 2


async def test_it_reads_the_audits(world: World, clock: ManualClock) -> None:
    ticket = _ticket(world)
    await clock.advance(60)
    world.zendesk.edit(ticket.id, world.me, priority="high")

    def talk(client: Any) -> list[tuple[str, Any]]:
        audits = client.tickets.audits(ticket=ticket.id)
        return [(event["type"], event.get("value")) for one in audits for event in one.events]

    events = await _spoken(world, talk)

    assert ("Change", "high") in events
    assert events[0][0] in ("Create", "Comment")


async def test_it_reads_who_it_is_and_the_groups(world: World) -> None:
    def talk(client: Any) -> tuple[int, set[str]]:
        return client.users.me().id, {group.name for group in client.groups()}

    me, groups = await _spoken(world, talk)

    assert me == world.me
    assert groups == {"Platform support", "Billing"}


async def test_a_ticket_that_is_not_there_is_the_error_it_expects(world: World) -> None:
    def talk(client: Any) -> None:
        with pytest.raises(RecordNotFoundException):
            client.tickets(id=4711)

    await _spoken(world, talk)


async def test_it_reads_every_page_of_a_search(world: World, clock: ManualClock) -> None:
    made = {_ticket(world, f"Walrus {place}").id for place in range(130)}
    await clock.advance(120)

    def talk(client: Any) -> list[int]:
        return [ticket.id for ticket in client.search("walrus", type="ticket")]

    found = await _spoken(world, talk)

    assert len(found) == 130
    assert set(found) == made


async def test_it_adds_and_sets_tags(world: World) -> None:
    ticket = _ticket(world, tags=["a"])

    def talk(client: Any) -> None:
        client.tickets.add_tags(ticket.id, ["b"])
        client.tickets.delete_tags(ticket.id, ["a"])

    await _spoken(world, talk)

    assert list(ticket.tags) == ["b"]


async def test_it_updates_many_as_a_job(world: World, clock: ManualClock) -> None:
    two = [_ticket(world), _ticket(world)]

    def talk(client: Any) -> str:
        mine = list(client.tickets(ids=[ticket.id for ticket in two]))
        for one in mine:
            one.priority = "urgent"
        return str(client.tickets.update(mine).status)

    status = await _spoken(world, talk)
    await clock.advance(60)
    world.catch_up()

    assert status == "queued"
    assert [ticket.priority for ticket in two] == ["urgent", "urgent"]


async def test_it_creates_a_ticket(world: World) -> None:
    def talk(client: Any) -> int:
        comment = Comment(body="It is slow.")
        return int(client.tickets.create(Asked(subject="Slow", comment=comment)).ticket.id)

    made = await _spoken(world, talk)

    assert world.zendesk.tickets[made].subject == "Slow"


async def test_it_reads_a_view(world: World) -> None:
    ticket = _ticket(world)
    view = next(iter(world.zendesk.views))

    def talk(client: Any) -> list[int]:
        return [one.id for one in client.views.tickets(view)]

    assert ticket.id in await _spoken(world, talk)
