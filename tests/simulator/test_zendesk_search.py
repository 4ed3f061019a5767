"""C33-C36: searching, which lags."""

import pytest

from services.simulator import faults
from tests.simulator.conftest import MakeStage, Stage


async def _found(stage: Stage, query: str, more: str = "") -> list[int]:
    body = await stage.zendesk.get(f"/search?query=type:ticket {query}{more}")
    return [row["id"] for row in body["results"]]


async def test_c33_appearing_and_disappearing_both_lag(stage: Stage) -> None:
    ticket = stage.ticket()
    assert await _found(stage, "status<solved") == []
    await stage.pass_time(91)
    assert await _found(stage, "status<solved") == [ticket.id]

    stage.world.zendesk.reply(ticket.id, stage.world.me, "done", status="solved")
    body = await stage.zendesk.get("/search?query=type:ticket status<solved")
    assert [(row["id"], row["status"]) for row in body["results"]] == [(ticket.id, "solved")]

    await stage.pass_time(91)
    assert await _found(stage, "status<solved") == []
    assert await _found(stage, "status:solved") == [ticket.id]


async def test_c33_results_can_be_as_they_were_indexed(make_stage: MakeStage) -> None:
    stage = make_stage(search_shows="indexed")
    ticket = stage.ticket()
    await stage.pass_time(91)
    stage.world.zendesk.reply(ticket.id, stage.world.me, "done", status="solved")

    body = await stage.zendesk.get("/search?query=type:ticket status<solved")

    assert body["results"][0]["status"] == "new"
    assert body["results"][0]["updated_at"] == "2026-12-24T14:20:00Z"


async def test_c33_a_thousand_results_can_be_reached(stage: Stage) -> None:
    for _ in range(1001):
        stage.ticket()
    await stage.pass_time(91)

    path = "/search?query=type:ticket status<solved&sort_by=created_at&sort_order=asc&per_page=100"
    tenth = await stage.zendesk.get(f"{path}&page=10")
    eleventh = await stage.zendesk("GET", f"{path}&page=11")
    by_cursor = await stage.zendesk("GET", f"{path}&page[size]=5")

    assert tenth["count"] == 1001
    assert len(tenth["results"]) == 100
    assert tenth["facets"] is None
    assert eleventh.status_code == 422
    assert "Response Limits" in eleventh.json()["description"]
    assert by_cursor.status_code == 400
    assert "page must be an integer" in by_cursor.json()["description"]


async def test_c14_only_scoped_includes_are_honoured(stage: Stage) -> None:
    stage.ticket()
    await stage.pass_time(91)

    scoped = await stage.zendesk.get(
        "/search?query=type:ticket&include=tickets(users,groups,metric_sets)"
    )
    bare = await stage.zendesk.get("/search?query=type:ticket&include=users")

    assert len(scoped["users"]) == len(scoped["groups"]) == 1
    assert "metric_set" in scoped["results"][0]
    assert scoped["results"][0]["result_type"] == "ticket"
    assert "users" not in bare


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("status<solved", [0, 1, 2]),
        ("status:pending", [1]),
        ("status:pending status:new", [0, 1]),
        ("-status:pending status<solved", [0, 2]),
        ("status>=solved", [3]),
        ("assignee:me", [2]),
        ("assignee:none", [0, 1, 3]),
        ('group:"Platform support"', [0, 1, 3]),
        ("group:none", [2]),
        ("tags:p1", [0]),
        ("priority>=high", [0]),
        ("priority:none", [1, 2, 3]),
        ("zeppelin", [1]),
        ('subject:"air ship"', [1]),
        ("updated>2026-12-24T14:20:00Z", [1, 2, 3]),
        ("created>=2026-12-24T14:20:00Z", [0, 1, 2, 3]),
        ("created<2026-12-24", []),
        ("created:2026-12-24", [0, 1, 2, 3]),
        ("updated>1hours", [0, 1, 2, 3]),
        ("horoscope:leo", []),
    ],
)
async def test_c36_the_query_language(stage: Stage, query: str, places: list[int]) -> None:
    desk, me = stage.world.zendesk, stage.world.me
    tickets = [
        stage.ticket("one", tags=["p1"], priority="urgent"),
        stage.ticket("Zeppelin air ship"),
        stage.ticket("three"),
        stage.ticket("four"),
    ]
    await stage.pass_time(10)
    desk.edit(tickets[1].id, me, status="pending")
    desk.edit(tickets[2].id, me, assignee_id=me, group_id=None)
    desk.edit(tickets[3].id, me, status="solved")
    await stage.pass_time(91)

    found = await _found(stage, query, "&sort_by=created_at&sort_order=asc")

    assert found == [tickets[place].id for place in places]


async def test_c34_the_export_has_no_cap_and_its_cursor_dies(stage: Stage) -> None:
    ids = []
    for _ in range(3):
        ids.append(stage.ticket().id)
        await stage.pass_time(1)
    await stage.pass_time(91)

    path = "/search/export?query=status<solved&filter[type]=ticket&page[size]=2"
    first = await stage.zendesk.get(path)
    second = (await stage.zendesk.client.get(first["links"]["next"])).json()
    await stage.pass_time(3700)
    dead = await stage.zendesk.client.get(first["links"]["next"])
    untyped = await stage.zendesk("GET", "/search/export?query=status<solved")

    assert [row["id"] for row in first["results"] + second["results"]] == ids[::-1]
    assert first["meta"]["has_more"] is True
    assert second["meta"]["has_more"] is False
    assert first["links"]["prev"] is first["meta"]["before_cursor"] is first["facets"] is None
    assert (dead.status_code, untyped.status_code) == (400, 400)


async def test_c35_the_search_can_be_down_while_the_rest_is_up(stage: Stage) -> None:
    stage.world.faults.add(faults.search_down(), path="/search*")

    down = await stage.zendesk("GET", "/search?query=x")

    assert down.json()["error"] == "unavailable"
    assert (await stage.zendesk("GET", "/tickets")).status_code == 200


async def test_the_count_alone(stage: Stage) -> None:
    stage.ticket()
    await stage.pass_time(91)

    assert await stage.zendesk.get("/search/count?query=status<solved") == {"count": 1}


async def test_c33_a_page_is_a_whole_number(stage: Stage) -> None:
    response = await stage.zendesk("GET", "/search?query=x&page=two")

    assert (response.status_code, response.json()["description"]) == (
        400,
        "page must be an integer",
    )
