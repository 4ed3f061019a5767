"""The stories that a world is filled with."""

import time
from collections import Counter
from datetime import UTC, datetime

import pytest

from services.clock import ManualClock
from services.simulator.scenario import DEMO_START, populate, script_shift
from services.simulator.settings import Settings
from services.simulator.world import World


def _world(open_issues: int, seed: int = 1) -> World:
    world = World(ManualClock(DEMO_START), seed=seed, settings=Settings())
    populate(world, open_issues)
    return world


def _print(world: World) -> list[object]:
    tickets = [(t.id, t.subject, t.status, t.updated_at) for t in world.zendesk.tickets.values()]
    incidents = [(i.id, i.title, i.status) for i in world.pagerduty.incidents.values()]
    return [*tickets, *incidents]


@pytest.mark.parametrize("number", [0, 1, 7, 28, 101])
def test_as_many_issues_are_open_as_were_asked_for(number: int) -> None:
    world = _world(number)
    subjects = Counter(
        ticket.subject
        for ticket in world.zendesk.tickets.values()
        if ticket.status not in ("solved", "closed")
    )
    alone = [
        incident
        for incident in world.pagerduty.incidents.values()
        if incident.status != "resolved" and incident.title not in subjects
    ]

    assert subjects.total() + len(alone) == number


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(datetime(2027, 3, 28, 0, 30, tzinfo=UTC), id="night-of-the-clock-change"),
        pytest.param(datetime(2026, 12, 28, 11, 0, tzinfo=UTC), id="bank-holiday"),
        pytest.param(datetime(2027, 1, 4, 9, 0, tzinfo=UTC), id="monday-nine-sharp"),
        pytest.param(datetime(2026, 7, 3, 22, 15, tzinfo=UTC), id="friday-night-in-summer"),
    ],
)
async def test_a_world_can_begin_at_any_time(start: datetime) -> None:
    clock = ManualClock(start)
    world = World(clock)
    populate(world, 40)
    script_shift(world)

    await clock.advance(7200)

    assert world.catch_up() > 0
    assert all(t.created_at <= clock.now() for t in world.zendesk.tickets.values())


def test_the_same_seed_makes_the_same_world() -> None:
    assert _print(_world(40)) == _print(_world(40))
    assert _print(_world(40)) != _print(_world(40, seed=2))


def test_there_is_something_of_everything() -> None:
    world = _world(60)
    tickets, incidents = world.zendesk.tickets.values(), world.pagerduty.incidents.values()

    assert {ticket.status for ticket in tickets} == {
        "new",
        "open",
        "pending",
        "hold",
        "solved",
        "closed",
    }
    assert {tag for ticket in tickets for tag in ticket.tags} >= {"p1", "p2", "p3", "p4"}
    assert any(not ticket.tags for ticket in tickets)
    assert {incident.status for incident in incidents} >= {"acknowledged", "resolved"}
    assert any(comment.author_id == -1 for ticket in tickets for comment in ticket.comments)
    assert any(not comment.public for ticket in tickets for comment in ticket.comments)
    subjects = "".join(ticket.subject for ticket in tickets)
    assert all(sign in subjects for sign in ("\x1b", "\u202e", "[red]", "<b>", "🚒"))


def test_pairs_were_born_within_a_quarter_of_an_hour() -> None:
    world = _world(100)
    born = {i.title: i.created_at for i in world.pagerduty.incidents.values()}
    pairs = [t for t in world.zendesk.tickets.values() if t.subject in born]

    assert len(pairs) == 15
    assert all(abs((t.created_at - born[t.subject]).total_seconds()) < 900 for t in pairs)


def test_nothing_in_the_past_is_still_to_come() -> None:
    world = _world(60)

    assert all(moment > DEMO_START for moment in world.timeline.coming())
    assert all(t.updated_at <= DEMO_START for t in world.zendesk.tickets.values())


def test_two_thousand_issues_are_built_in_seconds() -> None:
    begun = time.process_time()

    _world(2000)

    assert time.process_time() - begun < 6


async def test_the_shift_is_lively_for_twelve_hours() -> None:
    clock = ManualClock(DEMO_START)
    world = World(clock)
    populate(world)
    script_shift(world)

    def changes() -> int:
        return world.zendesk.revision + len(world.pagerduty.log)

    quiet, before = 0, changes()
    await clock.advance(90)
    world.catch_up()
    assert changes() > before
    for _ in range(12 * 6):
        before = changes()
        await clock.advance(590)
        world.catch_up()
        quiet += changes() == before

    assert quiet <= 3


async def test_an_acknowledgement_of_the_shift_runs_out() -> None:
    clock = ManualClock(DEMO_START)
    world = World(clock)
    script_shift(world)

    await clock.advance(3600)
    world.catch_up()

    kinds = Counter(entry.type for entry in world.pagerduty.log)
    assert kinds["unacknowledge"] >= 1
    services = {e.agent.name for e in world.pagerduty.log if e.type == "resolve"}
    assert "Smoke tests" in services


async def test_the_shift_bears_with_whatever_was_done_meanwhile() -> None:
    clock = ManualClock(DEMO_START)
    world = World(clock)
    populate(world)
    script_shift(world)
    for ticket in list(world.zendesk.tickets.values()):
        world.zendesk.delete(ticket.id)
    user = next(iter(world.pagerduty.users.values()))
    for incident in list(world.pagerduty.incidents.values()):
        world.pagerduty.resolve(incident.id, user)

    for _ in range(13):
        await clock.advance(3600)
        world.catch_up()
