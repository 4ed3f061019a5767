"""Does our client say the same, whichever way the vendors turn out to behave?

Where the vendors' documentation is silent, the simulator has a switch. The queue must not depend on
any of them: the same story is read under each other setting and told in the same words.
"""

import asyncio
import random
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from services.assemble import assemble
from services.clock import ManualClock
from services.domain import Health, Kind, Snapshot
from services.simulator.scenario import DEMO_START, populate
from services.simulator.settings import Settings
from services.simulator.transport import SimulatorTransport
from services.simulator.world import World
from services.store import Store
from tests.embedded import CONFIG

DOUBTFUL: Mapping[str, tuple[Any, ...]] = {
    "big_page": ("clamp",),
    "rate_headers": ("2023",),
    "search_shows": ("indexed",),
    "metric_sets": ("top_level", "dropped"),
    "includes": (False,),
    "export_includes": (True,),
    "reply_time_before_reply": ("zero",),
    "noop_bumps": (True,),
    "opens_on": ("assignment", "anything"),
    "solve_needs_assignee": (True,),
    "slas": (True,),
    "gzip": (True,),
    "pagerduty_account_key": (True,),
    "account_zone": ("America/New_York", "Asia/Kathmandu"),
    "note_bumps_updated_at": (True,),
    "settle_settled": ("refuse",),
    "reopen_resolved": (False,),
    "snooze_triggered": (True,),
    "reassign_retriggers": (False,),
    "acknowledge_spelling": ("acknowledgement",),
    "log_order": ("oldest",),
    "log_since_inclusive": (False,),
    "overrides_list_status": (201,),
    "v3_schedules": (True,),
}
"""Every switch for a doubtful behaviour, and the settings that are not the default."""

Told = dict[str, tuple[object, ...]]


async def _story(settings: Settings) -> Told:
    """What is told in the end of a past of ten issues and of four minutes with something of all."""
    clock = ManualClock(DEMO_START)
    world = World(clock, settings=settings)
    populate(world, open_issues=10)
    tokens = {
        "ROTA_ZENDESK_TOKEN": world.zendesk_token,
        "ROTA_PAGERDUTY_TOKEN": world.pagerduty_token,
    }
    assembly = assemble(
        CONFIG,
        tokens,
        clock=clock,
        transport=SimulatorTransport(world),
        store=Store(None),
        jitter=random.Random(1),
    )
    try:
        await assembly.poller.read_once(200)
        for act in (_begin, _go_on, _end):
            act(world)
            await clock.advance(60)
            await assembly.poller.read_once(200)
        await clock.advance(60)
        snapshot = await assembly.poller.read_once(200)
        _all_well(snapshot)
        policy, now = assembly.policy, clock.now()
        return {
            issue.subject: (
                issue.severity,
                *(
                    (d.kind, d.state, d.due_at, d.met_at)
                    for d in policy.deadlines(issue, now)
                    # Whether it pages again is PagerDuty's doing, and no promise of ours.
                    if d.kind is not Kind.REPAGE
                ),
            )
            for issue in snapshot.issues
        }
    finally:
        await assembly.aclose()


def _all_well(snapshot: Snapshot) -> None:
    states = {name: status.state for name, status in (snapshot.sources or {}).items()}
    assert set(states.values()) == {Health.OK}, states


def _begin(world: World) -> None:
    """Four tickets and three pages come in; one of each is looked at."""
    desk, pager, cast = world.zendesk, world.pagerduty, world.cast
    group = {"group_id": cast.support}
    for place in range(4):
        subject = f"Told either way {place}"
        desk.create_ticket(subject, "Help.", requester_id=cast.requesters[place], fields=group)
    first, second, third, _ = list(desk.tickets)[-4:]
    desk.edit(first, world.me, tags=["p2"], priority="high")
    desk.note(second, world.me, "Looking.")
    desk.reply(third, world.me, "We are on it.", assignee_id=world.me)
    pages = [pager.create_incident(f"Either way {n}", cast.smoke, priority="P2") for n in range(3)]
    me = pager.users[cast.agents[0].pagerduty_id]
    pager.acknowledge(pages[0].id, me)
    pager.note(pages[0].id, me, "Restarting it.")


def _go_on(world: World) -> None:
    """The tenant answers, a colleague takes over, nothing is changed once."""
    desk, pager, cast = world.zendesk, world.pagerduty, world.cast
    first, second, third, fourth = list(desk.tickets)[-4:]
    desk.reply(third, desk.tickets[third].requester_id, "Thank you.")
    desk.reply(first, cast.agents[1].zendesk_id, "Which app?", status="pending")
    desk.edit(second, world.me, subject=desk.tickets[second].subject)
    desk.add_tags(fourth, world.me, "p4")
    one, other, _ = list(pager.incidents)[-3:]
    colleague = pager.users[cast.agents[1].pagerduty_id]
    pager.reassign(one, pager.users[cast.agents[0].pagerduty_id], (colleague.id,))
    pager.acknowledge(other, colleague)


def _end(world: World) -> None:
    """One ticket is solved, one page resolved, one page gets another priority."""
    desk, pager, cast = world.zendesk, world.pagerduty, world.cast
    fourth = list(desk.tickets)[-1]
    desk.reply(fourth, world.me, "Done.", status="solved", assignee_id=world.me)
    one, other, last = list(pager.incidents)[-3:]
    me = pager.users[cast.agents[0].pagerduty_id]
    pager.resolve(other, me, "It was the disk.")
    pager.set_priority(last, me, "P3")
    pager.status_update(one, me, "We are still at it.")


@cache
def _usual() -> Told:
    return asyncio.run(_story(Settings()))


EACH = [(switch, setting) for switch, others in DOUBTFUL.items() for setting in others]


@pytest.mark.parametrize(("switch", "setting"), EACH, ids=[f"{one}-{two}" for one, two in EACH])
def test_the_queue_is_told_alike_either_way(switch: str, setting: Any) -> None:
    usual = _usual()

    told = asyncio.run(_story(Settings(**{switch: setting})))

    assert len(usual) > 13
    assert told == usual


def test_an_admin_is_told_what_an_agent_is_told() -> None:
    assert asyncio.run(_story(Settings(role="admin"))) == _usual()


def test_b27_without_priorities_only_what_is_an_incident_alone_is_told_otherwise() -> None:
    usual = _usual()

    told = asyncio.run(_story(Settings(priorities=False)))

    assert told.keys() == usual.keys()
    changed = {subject for subject, deadlines in told.items() if deadlines != usual[subject]}
    assert "Either way 1" not in told
    assert {"Either way 0", "Either way 2"} <= changed
    assert all(told[subject][0] is None for subject in changed)
