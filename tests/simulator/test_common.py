"""A: what both vendors have in common, and the weather between them and us."""

import asyncio
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from services.simulator import faults
from services.simulator.interference import Effect
from tests.simulator.conftest import START, MakeStage, Stage


async def test_a1_every_answer_has_the_date_of_the_simulated_clock(stage: Stage) -> None:
    await stage.clock.advance(90)

    for vendor, path in ((stage.zendesk, "/tickets"), (stage.pagerduty, "/nowhere")):
        response = await vendor("GET", path)
        assert response.headers["date"] == "Thu, 24 Dec 2026 14:21:30 GMT"


async def test_a1_the_vendors_clock_can_be_ahead_of_the_one_given(make_stage: MakeStage) -> None:
    stage = make_stage(clock_offset=timedelta(minutes=7))

    response = await stage.zendesk("GET", "/tickets")

    assert response.headers["date"] == "Thu, 24 Dec 2026 14:27:00 GMT"
    assert stage.clock.now() == START


async def test_a2_a_fault_falls_on_its_route_and_so_many_times(stage: Stage) -> None:
    stage.world.faults.add(faults.broken(), vendor="zendesk", path="/tickets*", times=2, skip=1)

    statuses = [(await stage.zendesk("GET", "/tickets")).status_code for _ in range(4)]
    other = await stage.zendesk("GET", "/groups")

    assert statuses == [200, 500, 500, 200]
    assert other.status_code == 200


async def test_a2_a_fault_can_be_confined_to_a_stretch_of_time(stage: Stage) -> None:
    stage.world.faults.add(
        faults.unavailable(30),
        since=START + timedelta(seconds=10),
        until=START + timedelta(seconds=20),
    )

    seen = []
    for _ in range(3):
        seen.append((await stage.pagerduty("GET", "/users/me")).status_code)
        await stage.clock.advance(10)

    assert seen == [200, 503, 200]


async def test_a2_reset_before_leaves_a_write_undone_and_after_does_not(stage: Stage) -> None:
    ticket = stage.ticket()
    body = {"ticket": {"comment": {"body": "Hello", "public": True}}}

    stage.world.faults.add(faults.reset_before(), method="PUT", times=1)
    with pytest.raises(httpx.ReadError):
        await stage.zendesk("PUT", f"/tickets/{ticket.id}", body)
    assert len(ticket.comments) == 1

    stage.world.faults.add(faults.reset_after(), method="PUT", times=1)
    with pytest.raises(httpx.ReadError):
        await stage.zendesk("PUT", f"/tickets/{ticket.id}", body)
    assert len(ticket.comments) == 2


async def test_a2_a_silent_vendor_is_a_read_timeout(stage: Stage) -> None:
    incident = stage.world.pagerduty.create_incident("x", stage.world.cast.emergency)
    stage.world.faults.add(faults.silent_after(), method="POST", times=1)

    with pytest.raises(httpx.ReadTimeout):
        await stage.pagerduty(
            "POST", f"/incidents/{incident.id}/notes", {"note": {"content": "hi"}}
        )

    assert [note.content for note in incident.notes] == ["hi"]


@pytest.mark.parametrize(
    ("effect", "status", "json"),
    [
        pytest.param(faults.rate_limited(), 429, True, id="429"),
        pytest.param(faults.rate_limited(bare=True), 429, False, id="429-bare"),
        pytest.param(faults.html_page(), 502, False, id="html"),
        pytest.param(faults.plain_text(), 502, False, id="text"),
        pytest.param(faults.truncated(), 200, False, id="truncated"),
        pytest.param(faults.search_down(), 503, True, id="search-down"),
    ],
)
async def test_a2_spoiled_answers(stage: Stage, effect: Effect, status: int, json: bool) -> None:
    stage.world.faults.add(effect)

    response = await stage.zendesk("GET", "/tickets")

    assert response.status_code == status
    if json:
        assert response.json()
    else:
        with pytest.raises(ValueError, match=r".+"):
            response.json()


async def test_a2_a_slow_answer_takes_its_time_on_the_clock(stage: Stage) -> None:
    stage.world.faults.add(faults.slow(3, stage.clock.sleep), times=1)
    asking = asyncio.create_task(stage.zendesk("GET", "/tickets"))

    await stage.clock.advance(2)
    assert not asking.done()
    await stage.clock.advance(2)

    assert (await asking).status_code == 200


async def test_a3_unknown_fields_and_values_can_turn_up(stage: Stage) -> None:
    stage.ticket()
    stage.world.faults.add(faults.surprising(), vendor="zendesk")
    stage.world.faults.add(
        faults.changed(lambda body: body["tickets"][0].update(status="deferred")),
        path="/tickets",
    )

    body = await stage.zendesk.get("/tickets")

    assert body["x_new_in_this_release"]
    assert body["tickets"][0]["status"] == "deferred"
    assert "x_novelty" in body["tickets"][0]


async def test_a4_latency_and_compression(make_stage: MakeStage) -> None:
    stage = make_stage(latency=0.25, gzip=True)
    asking = asyncio.create_task(stage.zendesk("GET", "/users"))

    await stage.clock.advance(0.2)
    assert not asking.done()
    await stage.clock.advance(0.1)
    response = await asking

    assert response.headers["content-encoding"] == "gzip"
    assert response.json()["count"] > 20


async def test_a5_all_clients_draw_on_the_same_bucket(make_stage: MakeStage) -> None:
    stage = make_stage(zendesk_limit=3)
    basic = (f"{stage.world.cast.agents[1].email}/token", stage.world.zendesk_api_token)
    for _ in range(2):
        await stage.zendesk("GET", "/groups")
    await stage.zendesk("GET", "/groups", auth=basic)

    refused = await stage.zendesk("GET", "/groups")
    await stage.clock.advance(61)
    again = await stage.zendesk("GET", "/groups")

    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "60"
    assert again.status_code == 200


async def test_a5_a_colleague_can_drain_the_bucket(stage: Stage) -> None:
    await stage.zendesk("GET", "/groups")

    stage.world.limits.drain("zendesk", leave=1)

    assert (await stage.zendesk("GET", "/groups")).headers["x-rate-limit-remaining"] == "0"
    assert (await stage.zendesk("GET", "/groups")).status_code == 429


async def test_a6_others_change_things_between_two_polls(stage: Stage) -> None:
    incident = stage.world.pagerduty.create_incident("x", stage.world.cast.emergency)
    user = stage.world.pagerduty.users[stage.world.cast.agents[1].pagerduty_id]
    soon = START + timedelta(seconds=30)
    stage.world.timeline.at(soon, lambda: stage.world.pagerduty.acknowledge(incident.id, user))

    before = await stage.pagerduty.get(f"/incidents/{incident.id}")
    await stage.clock.advance(45)
    after = await stage.pagerduty.get(f"/incidents/{incident.id}")

    assert before["incident"]["status"] == "triggered"
    assert after["incident"]["acknowledgements"][0]["at"] == "2026-12-24T14:20:30Z"


def test_the_world_is_made_without_a_web_framework() -> None:
    """The dashboard may import it before its first picture."""
    script = (
        "import sys, services.simulator.world as _;"
        "sys.exit(bool({'starlette', 'uvicorn', 'httpx', 'holidays'} & set(sys.modules)))"
    )

    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, check=False)

    assert done.returncode == 0


async def test_requests_are_counted_by_template(stage: Stage) -> None:
    ticket = stage.ticket()
    await stage.zendesk("GET", f"/tickets/{ticket.id}.json")
    await stage.zendesk("GET", f"/tickets/{ticket.id}")
    await stage.pagerduty("GET", "/incidents?date_range=all")

    assert stage.world.asked() == {
        ("GET", "/tickets/{ticket_id}"): 2,
        ("GET", "/incidents"): 1,
    }
    assert stage.world.requests[-1].query.get("date_range") == "all"


async def test_a3_a_known_field_can_have_an_unknown_value_everywhere(stage: Stage) -> None:
    stage.world.pagerduty.create_incident("x", stage.world.cast.emergency)
    stage.world.faults.add(faults.novel("urgency", "severe"), times=1)

    first = await stage.pagerduty.get("/incidents")
    second = await stage.pagerduty.get("/incidents")

    assert [first["incidents"][0]["urgency"], second["incidents"][0]["urgency"]] == [
        "severe",
        "high",
    ]
