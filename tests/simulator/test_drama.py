"""D: whole stories, as a demo and the client's tests need them."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from services.simulator import faults
from services.simulator.pagerduty.records import User
from tests.simulator.conftest import START, MakeStage, Stage


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


async def test_d4_a_note_among_ourselves_is_no_reply_though_it_moves_the_assignee_s_stamp(
    stage: Stage,
) -> None:
    ticket = stage.ticket(assignee_id=stage.world.me)
    await stage.pass_time(60)

    stage.world.zendesk.note(ticket.id, stage.world.me, "looking")
    row = (await stage.zendesk.get(f"/tickets/{ticket.id}?include=metric_sets"))["ticket"]

    assert row["metric_set"]["replies"] == 0
    assert row["metric_set"]["reply_time_in_minutes"]["calendar"] is None
    assert row["metric_set"]["assignee_updated_at"] == "2026-12-24T14:21:00Z"


async def test_d7_a_page_more_than_one_and_an_incident_older_than_the_window(stage: Stage) -> None:
    cast, pager = stage.world.cast, stage.world.pagerduty
    old = pager.create_incident("Old", cast.backlog)
    await stage.pass_time(40 * 86_400)
    for place in range(100):
        stage.ticket(f"Ticket {place}")
        pager.create_incident(f"Page {place}", cast.backlog)
    stage.ticket("One more")

    unbounded = await stage.pagerduty.get("/incidents?date_range=all&limit=100")
    bounded = await stage.pagerduty.get("/incidents?limit=100")
    tickets = await stage.zendesk.get("/tickets?page[size]=100")

    assert (unbounded["more"], bounded["more"]) == (True, False)
    assert old.id == unbounded["incidents"][0]["id"]
    assert tickets["meta"]["has_more"]


async def test_d8_a_team_mate_s_dashboard_takes_the_last_requests(stage: Stage) -> None:
    stage.world.limits.drain("zendesk")

    refused = await stage.zendesk("GET", "/tickets")
    await stage.clock.advance(float(refused.headers["retry-after"]))

    assert refused.status_code == 429
    assert (await stage.zendesk("GET", "/tickets")).status_code == 200


async def test_d10_a_token_ends_and_an_agent_loses_their_view_mid_session(
    make_stage: MakeStage,
) -> None:
    stage = make_stage(oauth_lifetime=timedelta(minutes=30))
    elsewhere = stage.ticket(group_id=stage.world.cast.billing)

    seen = [(await stage.zendesk("GET", f"/tickets/{elsewhere.id}")).status_code]
    stage.world.adopt(replace(stage.world.settings, role="restricted"))
    seen.append((await stage.zendesk("GET", f"/tickets/{elsewhere.id}")).status_code)
    await stage.clock.advance(1800)
    seen.append((await stage.zendesk("GET", f"/tickets/{elsewhere.id}")).status_code)

    assert seen == [200, 404, 401]
