"""D: whole stories, as a demo and the client's tests need them."""

from datetime import timedelta

import httpx
import pytest

from services.simulator import faults
from services.simulator.pagerduty.records import User
from tests.simulator.conftest import START, Stage


def _user(stage: Stage, place: int = 0) -> User:
    return stage.world.pagerduty.users[stage.world.cast.agents[place].pagerduty_id]


async def test_d1_acknowledged_forgotten_escalated_and_resolved_by_the_monitor(
    stage: Stage,
) -> None:
    pager, cast = stage.world.pagerduty, stage.world.cast
    incident = pager.create_incident("Down", cast.emergency)
    pager.acknowledge(incident.id, _user(stage))
    service = pager.services[cast.emergency]
    stage.world.timeline.after(timedelta(hours=1), lambda: pager.resolve(incident.id, service))

    await stage.clock.advance(4000)
    await stage.pagerduty.get("/abilities")

    story = [(e.type, e.created_at - START) for e in incident.entries if e.type != "notify"]
    assert story == [
        ("trigger", timedelta(0)),
        ("assign", timedelta(0)),
        ("acknowledge", timedelta(0)),
        ("unacknowledge", timedelta(minutes=30)),
        ("escalate", timedelta(minutes=45)),
        ("resolve", timedelta(minutes=60)),
    ]


async def test_d2_a_snooze_is_cancelled_by_a_new_owner(stage: Stage) -> None:
    pager = stage.world.pagerduty
    incident = pager.create_incident("Down", stage.world.cast.emergency)
    pager.acknowledge(incident.id, _user(stage))
    pager.snooze(incident.id, _user(stage), 3600)

    pager.reassign(incident.id, _user(stage), (_user(stage, 1).id,))

    assert incident.status == "triggered"
    assert "unacknowledge" not in incident.pending


async def test_d3_the_second_of_two_answers_is_a_conflict(stage: Stage) -> None:
    ticket = stage.ticket()
    await stage.pass_time(1)
    stage.world.zendesk.edit(ticket.id, stage.world.me, status="pending")
    await stage.pass_time(1)
    stage.world.zendesk.reply(ticket.id, ticket.requester_id, "here you are")
    stamp = (await stage.zendesk.get(f"/tickets/{ticket.id}"))["ticket"]["updated_at"]
    body = {
        "ticket": {
            "comment": {"body": "Thanks", "public": True},
            "safe_update": True,
            "updated_stamp": stamp,
        }
    }
    basic = (f"{stage.world.cast.agents[1].email}/token", stage.world.zendesk_api_token)

    await stage.clock.advance(1)
    first = await stage.zendesk("PUT", f"/tickets/{ticket.id}", body)
    second = await stage.zendesk("PUT", f"/tickets/{ticket.id}", body, auth=basic)

    assert ticket.status == "open"
    assert (first.status_code, second.status_code) == (200, 409)


async def test_d5_after_a_cut_connection_the_mark_is_found(stage: Stage) -> None:
    ticket = stage.ticket()
    stage.world.faults.add(faults.reset_after(), method="PUT", times=1)
    body = {"ticket": {"comment": {"body": "x", "public": True}, "metadata": {"op": "u1"}}}

    with pytest.raises(httpx.ReadError):
        await stage.zendesk("PUT", f"/tickets/{ticket.id}", body)
    path = f"/tickets/{ticket.id}/comments?sort=-created_at&page[size]=25"
    comments = (await stage.zendesk.get(path))["comments"]

    assert [row["metadata"]["custom"].get("op") for row in comments] == ["u1", None]


async def test_d6_the_search_and_the_list_disagree(stage: Stage) -> None:
    solved = stage.ticket("old")
    await stage.pass_time(91)
    stage.world.zendesk.reply(solved.id, stage.world.me, "done", status="solved")
    new = stage.ticket("new")

    found = await stage.zendesk.get("/search?query=type:ticket status<solved")
    listed = await stage.zendesk.get("/tickets?sort=-updated_at&page[size]=10")

    assert [row["id"] for row in found["results"]] == [solved.id]
    assert {row["id"] for row in listed["tickets"]} == {solved.id, new.id}


async def test_d9_a_clock_that_is_set_wrong(stage: Stage) -> None:
    stage.clock.shift(timedelta(minutes=7))
    stage.world.timeline.offset = timedelta(minutes=-7)

    response = await stage.zendesk("GET", "/tickets")

    assert response.headers["date"] == "Thu, 24 Dec 2026 14:20:00 GMT"
