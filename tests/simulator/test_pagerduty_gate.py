"""B: who may ask PagerDuty, how often, and in what manner."""

import pytest

from services.simulator import faults
from tests.simulator.conftest import MakeStage, Stage


async def test_b1_both_spellings_of_the_token_and_nothing_else(stage: Stage) -> None:
    token = stage.world.pagerduty_token
    statuses = {}
    for value in (f"Token token={token}", f"Bearer {token}", f"Token {token}", token, "Bearer x"):
        response = await stage.pagerduty("GET", "/users/me", headers={"authorization": value})
        statuses[value] = response.status_code

    assert list(statuses.values()) == [200, 200, 401, 401, 401]
    assert response.json()["error"]["code"] == 2006


async def test_b2_an_account_key_needs_from_for_writes(make_stage: MakeStage) -> None:
    stage = make_stage(pagerduty_account_key=True)
    incident = stage.world.pagerduty.create_incident("x", stage.world.cast.emergency)
    path, body = f"/incidents/{incident.id}", {"incident": {"status": "acknowledged"}}

    without = await stage.pagerduty("PUT", path, body)
    unknown = await stage.pagerduty("PUT", path, body, headers={"from": "nobody@x.example"})
    with_from = await stage.pagerduty(
        "PUT", path, body, headers={"from": stage.world.cast.agents[2].email}
    )
    me = await stage.pagerduty("GET", "/users/me")

    assert (without.status_code, without.json()["error"]["code"]) == (400, 2016)
    assert unknown.json() == {
        "error": {"message": "Requester User Not Found", "code": 1008, "errors": []}
    }
    acknowledger = with_from.json()["incident"]["acknowledgements"][0]["acknowledger"]
    assert acknowledger["summary"] == "Priya Raman"
    assert me.status_code == 400


async def test_b2_an_account_s_key_is_nobody_s_whatever_from_says(make_stage: MakeStage) -> None:
    stage = make_stage(pagerduty_account_key=True)
    sender = {"from": stage.world.cast.agents[0].email}

    response = await stage.pagerduty("GET", "/users/me", headers=sender)

    assert response.status_code == 400


async def test_b3_overrides_need_no_from(make_stage: MakeStage) -> None:
    stage = make_stage(pagerduty_account_key=True)
    cast = stage.world.cast
    body = {
        "overrides": [
            {
                "start": "2026-12-25T09:00:00Z",
                "end": "2026-12-25T10:00:00Z",
                "user": {"id": cast.lead.pagerduty_id, "type": "user_reference"},
            }
        ]
    }

    response = await stage.pagerduty("POST", f"/schedules/{cast.primary}/overrides", body)

    assert response.status_code == 201


async def test_b4_pages(stage: Stage) -> None:
    for number in range(27):
        stage.world.pagerduty.create_incident(f"{number}", stage.world.cast.emergency)

    first = await stage.pagerduty.get("/incidents")
    rest = await stage.pagerduty.get("/incidents?offset=25&limit=25&total=true")
    deep = await stage.pagerduty("GET", "/incidents?offset=9901&limit=100")

    assert len(first["incidents"]) == 25
    assert {key: first[key] for key in ("limit", "offset", "more", "total")} == {
        "limit": 25,
        "offset": 0,
        "more": True,
        "total": None,
    }
    assert (len(rest["incidents"]), rest["more"], rest["total"]) == (2, False, 27)
    assert (deep.status_code, deep.json()["error"]["code"]) == (400, 2001)


@pytest.mark.parametrize(("big_page", "status"), [("refuse", 400), ("clamp", 200)])
async def test_b4_a_limit_over_a_hundred(make_stage: MakeStage, big_page: str, status: int) -> None:
    response = await make_stage(big_page=big_page).pagerduty("GET", "/incidents?limit=101")

    assert response.status_code == status


async def test_b34_rate_headers_and_429(make_stage: MakeStage) -> None:
    stage = make_stage(pagerduty_limit=2)

    first = await stage.pagerduty("GET", "/abilities")
    await stage.clock.advance(20)
    await stage.pagerduty("GET", "/abilities")
    refused = await stage.pagerduty("GET", "/abilities")

    assert (first.headers["ratelimit-limit"], first.headers["ratelimit-remaining"]) == ("2", "1")
    assert refused.status_code == 429
    assert refused.headers["ratelimit-reset"] == "40"
    assert refused.json() == {"error": {"message": "Rate Limit Exceeded", "code": 2020}}


async def test_b35_the_headers_tell_of_the_tighter_bucket(make_stage: MakeStage) -> None:
    stage = make_stage(oncalls_limit=1)

    first = await stage.pagerduty("GET", "/oncalls")
    refused = await stage.pagerduty("GET", "/oncalls")
    other = await stage.pagerduty("GET", "/abilities")

    assert first.headers["ratelimit-limit"] == "1"
    assert (refused.status_code, other.status_code) == (429, 200)
    assert other.headers["ratelimit-limit"] == "960"


@pytest.mark.parametrize("shape", ["string", "array", "map", "inner_map", "none"])
async def test_b36_stranger_errors(stage: Stage, shape: str) -> None:
    stage.world.faults.add(faults.odd_error(shape), vendor="pagerduty")

    response = await stage.pagerduty("GET", "/abilities")

    assert response.status_code == 400


async def test_b37_not_found(stage: Stage) -> None:
    for path in ("/incidents/QNONE", "/nowhere", "/users/PNONE"):
        response = await stage.pagerduty("GET", path)
        assert response.status_code == 404
        assert response.json() == {"error": {"message": "Not Found", "code": 2100}}


async def test_b27_an_account_without_priorities_has_none_on_incidents(
    make_stage: MakeStage,
) -> None:
    stage = make_stage(priorities=False)
    stage.world.pagerduty.create_incident("x", stage.world.cast.emergency, priority="P1")

    assert (await stage.pagerduty("GET", "/priorities")).status_code == 402
    assert (await stage.pagerduty.get("/incidents"))["incidents"][0]["priority"] is None


async def test_b44_abilities(make_stage: MakeStage) -> None:
    stage = make_stage(priorities=False)

    statuses = [
        (await stage.pagerduty("GET", f"/abilities/{name}")).status_code
        for name in ("teams", "priorities", "teleportation")
    ]
    priorities = await stage.pagerduty("GET", "/priorities")

    assert statuses == [204, 402, 404]
    assert (priorities.status_code, priorities.json()["error"]["code"]) == (402, 2014)


async def test_b5_what_is_not_paginated(stage: Stage) -> None:
    incident = stage.world.pagerduty.create_incident("x", stage.world.cast.emergency)

    assert set(await stage.pagerduty.get(f"/incidents/{incident.id}/notes")) == {"notes"}
    assert set(await stage.pagerduty.get("/abilities")) == {"abilities"}
    users = await stage.pagerduty.get(f"/schedules/{stage.world.cast.primary}/users")
    assert set(users) == {"users"}
