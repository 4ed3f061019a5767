"""Where only a part of the tickets can be had: is that part shown, and the rest told of?"""

from datetime import datetime

import pytest

from services.clock import ManualClock
from services.domain import Health, Kind, Snapshot, Source
from services.health import Trust, health, trust
from services.simulator import faults
from services.simulator.world import World
from services.store import Store
from tests.faults.stage import open_in, untruths
from tests.polling.bench import Bench, poller_on, running, world_with


def shown(snapshot: Snapshot) -> set[int]:
    return {issue.ticket.id for issue in snapshot.issues if issue.ticket}


def word(bench: Bench) -> Trust:
    return trust(bench.status(Source.ZENDESK), bench.clock.now())


def large_world() -> tuple[World, ManualClock]:
    """More tickets than the first page of changes has."""
    return world_with(230)


async def test_without_search_the_changes_tell_of_all_tickets_in_the_end() -> None:
    world, clock = large_world()
    world.faults.add(faults.search_down(), vendor="zendesk", path="/search*")
    async with running(world=(world, clock)) as bench:
        first, at_first = bench.latest, word(bench)
        status = bench.status(Source.ZENDESK)
        for _ in range(20):
            if word(bench) is Trust.LIVE:
                break
            await bench.advance(20)
        await bench.advance(150)
        tickets, _ = open_in(world)

        assert at_first is Trust.PARTLY
        assert health(status, bench.clock.now()) is Health.STALE
        assert "Tickets that have rested since" in (status.error or "")
        assert shown(first)
        assert shown(first) < tickets
        assert word(bench) is Trust.LIVE
        assert shown(bench.latest) == tickets
        assert untruths(bench.latest, world, clock.now()) == []
        assert any("looking for missed tickets fails" in n for n in bench.latest.notices)


async def test_a_small_desk_is_whole_without_search() -> None:
    world, clock = world_with(20)
    world.faults.add(faults.search_down(), vendor="zendesk", path="/search*")
    async with running(world=(world, clock)) as bench:
        assert word(bench) is Trust.LIVE
        assert shown(bench.latest) == open_in(world)[0]


async def test_what_is_not_told_of_is_shown_as_last_known_and_what_is_done_is_not() -> None:
    world, clock = large_world()
    store = Store(None)
    first = poller_on(world, clock, store)
    known = await first.poller.read_once(200)
    for api in first.apis:
        await api.aclose()
    solved = next(iter(shown(known)))
    world.zendesk.edit(solved, world.me, status="solved", assignee_id=world.me)
    await clock.advance(60)
    world.faults.add(faults.search_down(), vendor="zendesk", path="/search*")
    async with running(store=store, world=(world, clock)) as bench:
        await bench.advance(5)

        assert word(bench) is Trust.PARTLY
        assert shown(bench.latest) == shown(known) - {solved}

        world.faults.add(faults.reset_before(), vendor="zendesk")
        await bench.advance(150)

        assert word(bench) is Trust.STALE
        assert bench.status(Source.ZENDESK).failures >= 2

        world.faults.clear()
        await bench.advance(150)

        assert word(bench) is Trust.LIVE
        assert shown(bench.latest) == open_in(world)[0]


@pytest.mark.parametrize("silent", list(Source))
async def test_a_pair_stays_whole_while_the_vendor_of_one_half_has_not_answered(
    silent: Source,
) -> None:
    """Its half is as last known: what is owed to the requester is not what is owed on a page."""
    world, clock = world_with(60)
    store = Store(None)
    first = poller_on(world, clock, store)
    known = await first.poller.read_once(200)
    for api in first.apis:
        await api.aclose()
    world.faults.add(faults.broken(500), vendor=silent.value)
    async with running(store=store, world=(world, clock)) as bench:
        await bench.advance(5)
        half_live = owed_on_pairs(bench.latest)
        trusted = {source: bench.status(source).state for source in Source}

    assert half_live == owed_on_pairs(known) != {}
    assert {source for source, state in trusted.items() if state is not Health.OK} == {silent}


def owed_on_pairs(snapshot: Snapshot) -> dict[str, list[tuple[Kind, datetime | None]]]:
    return {
        issue.id: [(p.kind, p.due_at) for p in issue.promises if p.kind is not Kind.REPAGE]
        for issue in snapshot.issues
        if issue.ticket and issue.incident
    }


async def test_without_the_accounts_log_incidents_are_read_one_by_one() -> None:
    """Not failing for ever: the list can be read, and what it does not tell is looked up."""
    world, clock = world_with(12)
    world.faults.add(faults.broken(500), vendor="pagerduty", path="/log_entries")
    async with running(world=(world, clock)) as bench:
        at_first = bench.status(Source.PAGERDUTY)
        word_at_first = trust(at_first, clock.now())
        person = world.pagerduty.users[world.cast.agents[0].pagerduty_id]
        made = world.pagerduty.create_incident("Disk is full", world.cast.backlog)
        await bench.advance(40)
        world.pagerduty.acknowledge(made.id, person)
        acknowledged = clock.now().replace(microsecond=0)
        await bench.advance(60)
        shown = {i.incident.id: i.incident for i in bench.latest.issues if i.incident}
        without = trust(bench.status(Source.PAGERDUTY), clock.now())
        world.faults.clear()
        await bench.advance(60)

        assert word_at_first is Trust.PARTLY
        assert "one by one" in (at_first.error or "")
        assert without is Trust.PARTLY
        assert shown.keys() >= open_in(world)[1]
        assert shown[made.id].acknowledged_first.at == acknowledged
        assert trust(bench.status(Source.PAGERDUTY), clock.now()) is Trust.LIVE
