"""Does a pair mend that was broken by a vendor's slip?"""

from services.simulator.call import Call, Reply
from services.simulator.interference import ServeLater
from services.simulator.world import World
from tests.polling.bench import running, world_with


async def no_such_thing(call: Call, serve: ServeLater) -> Reply:
    return Reply(404, {"error": {"message": "Not Found", "code": 2100}})


def resolved_half(world: World) -> tuple[int, str]:
    """A ticket whose tag names an incident that is over; nothing but a look by id shows it."""
    over = world.pagerduty.create_incident("Over by now", world.cast.smoke)
    world.pagerduty.resolve(over.id, world.pagerduty.users[world.cast.agents[0].pagerduty_id])
    mail = world.zendesk.create_ticket("Half", "x", requester_id=world.cast.requesters[2])
    world.zendesk.edit(mail.id, world.me, tags=(f"pd_{over.id.lower()}",))
    return mail.id, over.id


async def test_a_half_that_was_hidden_for_a_moment_is_found_again() -> None:
    world, clock = world_with(4)
    ticket_id, incident_id = resolved_half(world)
    await clock.advance(4 * 24 * 3600)
    world.faults.add(no_such_thing, path=f"/incidents/{incident_id}", times=1)
    async with running(world=(world, clock)) as bench:
        await bench.advance(30)
        broken = bench.ticket(ticket_id)
        asked = world.asked()["GET", "/incidents/{incident_id}"]
        await bench.advance(300)
        rested = world.asked()["GET", "/incidents/{incident_id}"] - asked
        await bench.advance(400)
        mended = bench.ticket(ticket_id)

        assert broken is not None
        assert broken.broken_pair == incident_id
        assert rested == 0
        assert mended is not None
        assert mended.broken_pair is None
        assert mended.id == f"zd-{ticket_id}+pd-{incident_id}"


async def test_a_half_that_is_seen_again_mends_at_once() -> None:
    """It opens again: the list and the log show it, whatever was answered about it before."""
    world, clock = world_with(4)
    ticket_id, incident_id = resolved_half(world)
    await clock.advance(4 * 24 * 3600)
    world.faults.add(no_such_thing, path=f"/incidents/{incident_id}", times=1)
    async with running(world=(world, clock)) as bench:
        await bench.advance(30)
        incident = world.pagerduty.incidents[incident_id]
        incident.status, incident.resolved_at = "triggered", None
        incident.updated_at = clock.now()
        await bench.advance(30)
        mended = bench.ticket(ticket_id)

        assert mended is not None
        assert mended.broken_pair is None
        assert mended.incident is not None
        assert not mended.incident.resolved


async def test_a_tag_that_names_nothing_costs_a_request_now_and_then() -> None:
    world, clock = world_with(4)
    mail = world.zendesk.create_ticket("Half", "x", requester_id=world.cast.requesters[2])
    world.zendesk.edit(mail.id, world.me, tags=("pd_q0000000000000",))
    async with running(world=(world, clock)) as bench:
        await bench.advance(1500)
        issue = bench.ticket(mail.id)

        assert issue is not None
        assert issue.broken_pair == "Q0000000000000"
        assert world.asked()["GET", "/incidents/{incident_id}"] <= 3
