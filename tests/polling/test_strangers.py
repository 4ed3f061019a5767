"""Is nothing said of an incident's past that its log was not asked about?"""

from datetime import timedelta

import msgspec

from services.clock import ManualClock
from services.config.tables import PagerDuty, Poll
from services.domain import Incident
from services.simulator.scenario import DEMO_START
from services.simulator.world import World
from tests.faults.stage import CONFIG, Stage, acknowledgements, stage

SELDOM = Poll(zendesk=timedelta(minutes=45), pagerduty=timedelta(minutes=45))
"""For those who have to wait a day."""


def shown(on: Stage, incident_id: str) -> Incident:
    """An incident as it is on show."""
    incidents = [issue.incident for issue in on.latest.issues if issue.incident]
    return next(one for one in incidents if one.id == incident_id)


async def acknowledged(world: World, clock: ManualClock) -> str:
    """An incident that a person took, an hour before anybody looks."""
    pager, cast = world.pagerduty, world.cast
    person = pager.users[cast.agents[0].pagerduty_id]
    made = pager.create_incident("Queue is full", cast.backlog)
    await clock.advance(300)
    pager.acknowledge(made.id, person)
    await clock.advance(3300)
    return made.id


async def test_what_was_done_before_the_start_counts_where_only_the_list_says_what_is_ours() -> (
    None
):
    """With teams configured the log tells of incidents before it is known that they are ours."""
    world = World(clock := ManualClock(DEMO_START))
    incident_id = await acknowledged(world, clock)
    team = next(iter(world.pagerduty.teams))
    table = PagerDuty(base_url=CONFIG.pagerduty.base_url, teams=(team,))
    async with stage(world=world, config=msgspec.structs.replace(CONFIG, pagerduty=table)) as on:
        await on.settle()
        first = acknowledgements(world)[incident_id][0]

        assert shown(on, incident_id).acknowledged_first.at == first
        assert world.asked()["GET", "/incidents/{incident_id}/log_entries"] == 0


async def test_one_that_was_let_go_of_is_asked_about_before_anything_is_said_of_it() -> None:
    world = World(clock := ManualClock(DEMO_START))
    incident_id = await acknowledged(world, clock)
    config = msgspec.structs.replace(CONFIG, poll=SELDOM)
    async with stage(world=world, config=config) as on:
        await on.settle()
        assert shown(on, incident_id).acknowledged_first.known
        person = world.pagerduty.users[world.cast.agents[0].pagerduty_id]
        world.pagerduty.resolve(incident_id, person)
        for _ in range(52):
            await on.advance(1800, step=1800)
        made = world.zendesk.create_ticket("Half", "x", requester_id=world.cast.requesters[2])
        world.zendesk.edit(made.id, world.me, tags=(f"pd_{incident_id.lower()}",))
        await on.advance(7200, step=1800)
        first = acknowledgements(world)[incident_id][0]

        assert shown(on, incident_id).acknowledged_first.at == first
        assert on.lies == []
