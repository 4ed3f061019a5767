"""What else of the vendors can be changed over HTTP: settings, buckets, tokens, other people."""

from typing import Any

import pytest

from tests.simulator.test_admin import GROUPS, TOKEN, Door, door

__all__ = ["door"]

ADMIN = f"/admin/{TOKEN}"
SEARCH = "/zendesk/api/v2/search?query=type:ticket status<solved"


async def _told(door: Door, lever: str, said: Any = None) -> Any:
    method = "GET" if said is None else "POST"
    response = await door(method, f"{ADMIN}/{lever}", said)
    assert response.status_code == 200, response.text
    return response.json()[next(iter(response.json()))]


async def test_c33_the_search_can_be_made_to_lag_or_not(door: Door) -> None:
    world = door.world
    world.zendesk.create_ticket("New", "x", requester_id=world.cast.requesters[0])

    lagging = (await door("GET", SEARCH)).json()["count"]
    told = await _told(door, "settings", {"search_lag": 0})

    assert (lagging, (await door("GET", SEARCH)).json()["count"]) == (0, 1)
    assert told["search_lag"] == "P0D"


async def test_a1_the_server_s_clock_can_be_set_wrong(door: Door) -> None:
    await _told(door, "settings", {"clock_offset": -420})

    assert (await door("GET", GROUPS)).headers["date"] == "Thu, 24 Dec 2026 14:13:00 GMT"


async def test_a1_the_date_alone_can_be_wrong_for_a_while(door: Door) -> None:
    until = "2026-12-24T14:21:00Z"
    await door(
        "POST", f"{ADMIN}/faults", {"effect": "skewed", "args": {"ahead": 420}, "until": until}
    )

    wrong = (await door("GET", GROUPS)).headers["date"]
    await door("POST", f"{ADMIN}/clock", {"advance_seconds": 60})
    right = (await door("GET", GROUPS)).headers["date"]

    assert (wrong, right) == ("Thu, 24 Dec 2026 14:27:00 GMT", "Thu, 24 Dec 2026 14:21:00 GMT")


async def test_a2_a_fault_can_be_confined_to_a_stretch_of_time_from_outside(door: Door) -> None:
    asked = {"effect": "broken", "since": "2026-12-24T14:21:00Z", "until": "2026-12-24T14:22:00Z"}
    await door("POST", f"{ADMIN}/faults", asked)

    seen = []
    for _ in range(3):
        seen.append(await door.status())
        await door("POST", f"{ADMIN}/clock", {"advance_seconds": 60})

    assert seen == [200, 500, 200]


@pytest.mark.parametrize("before", [False, True], ids=["never-asked", "asked-before"])
async def test_a5_a_colleague_drains_the_bucket(door: Door, before: bool) -> None:
    if before:
        await door.status()

    await _told(door, "buckets", {"drain": "zendesk", "leave": 1})

    assert [await door.status() for _ in range(2)] == [200, 429]
    assert (await _told(door, "buckets"))["zendesk"] == 0
    await door("POST", f"{ADMIN}/clock", {"advance_seconds": 61})
    assert await door.status() == 200


async def test_a6_a_colleague_and_a_tenant_do_something(door: Door) -> None:
    world = door.world
    ticket = world.zendesk.create_ticket("Slow", "x", requester_id=world.cast.requesters[0])

    await _told(door, "events", {"do": "triage", "subject": "Slow", "severity": "P2"})
    coming = await _told(door, "events", {"do": "reply", "subject": "Slow", "at": "5m"})
    await _told(door, "events", {"do": "page", "subject": "Down"})
    await _told(door, "events", {"do": "acknowledge", "subject": "Down"})

    assert ticket.tags == ("p2",)
    assert "2026-12-24T14:25:00Z" in coming
    assert [i.status for i in world.pagerduty.incidents.values()] == ["acknowledged"]
    await door("POST", f"{ADMIN}/clock", {"advance_seconds": 301})
    assert [comment.body for comment in ticket.comments] == ["x", "Any news?"]


async def test_c1_every_access_token_can_be_ended_and_renewed_once(door: Door) -> None:
    grant = {
        "grant_type": "refresh_token",
        "client_id": "rota",
        "refresh_token": door.world.zendesk_refresh_token,
    }
    await _told(door, "settings", {"oauth_lifetime": 1800})
    ends = await _told(door, "tokens", {"expire": True})

    assert set(ends.values()) == {"2026-12-24T14:20:00Z"}
    assert await door.status() == 401
    renewed = await door.client.post("/zendesk/oauth/tokens", data=grant)
    again = await door("POST", "/zendesk/oauth/tokens", grant)
    door.client.headers["authorization"] = f"Bearer {renewed.json()['access_token']}"
    assert await door.status() == 200
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("lever", "said", "told"),
    [
        pytest.param("settings", {"search_leg": 1}, "search_leg: write one of", id="unknown"),
        pytest.param("settings", {"role": "king"}, "role", id="choice"),
        pytest.param("settings", {"search_lag": "soon"}, "search_lag", id="duration"),
        pytest.param("settings", {"gzip": True}, "gzip", id="fixed"),
        pytest.param("buckets", {"leave": 1}, "drain", id="no-bucket"),
        pytest.param("tokens", {}, "expire", id="tokens"),
        pytest.param("events", {"do": "dance", "subject": "x"}, "event: do", id="event"),
        pytest.param("events", {"do": "page"}, "subject", id="subject"),
        pytest.param("events", [], "object", id="no-object"),
    ],
)
async def test_what_makes_no_sense_is_refused_and_named(
    door: Door, lever: str, said: Any, told: str
) -> None:
    response = await door("POST", f"{ADMIN}/{lever}", said)

    assert response.status_code == 400
    assert told in response.json()["error"]


@pytest.mark.parametrize("lever", ["settings", "buckets", "tokens", "events"])
async def test_levers_need_the_token(door: Door, lever: str) -> None:
    assert (await door("GET", f"/admin/wrong/{lever}")).status_code == 404
    assert (await door("GET", f"{ADMIN}/{lever}")).status_code == 200
