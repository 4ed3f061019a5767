"""C: reading tickets and what belongs to them."""

import pytest

from tests.simulator.conftest import START, MakeStage, Stage


async def _walk(stage: Stage, path: str) -> list[int]:
    """Every id, page after page by cursor."""
    ids: list[int] = []
    after = ""
    while True:
        page = await stage.zendesk.get(path + (f"&page[after]={after}" if after else ""))
        ids += [row["id"] for row in page["tickets"]]
        if not page["meta"]["has_more"]:
            return ids
        after = page["meta"]["after_cursor"]


async def test_c11_links_next_is_given_even_when_there_is_no_more(stage: Stage) -> None:
    stage.ticket()

    page = await stage.zendesk.get("/tickets.json?page[size]=100")

    assert page["meta"]["has_more"] is False
    assert page["links"]["next"].startswith("http://simulator/zendesk/api/v2/tickets.json?page%5B")
    after = await stage.zendesk.client.get(page["links"]["next"])
    assert after.json()["tickets"] == []


async def test_c11_pages_by_cursor_in_both_directions(stage: Stage) -> None:
    tickets = [stage.ticket().id for _ in range(7)]

    down = await _walk(stage, "/tickets?page[size]=3&sort=-id")
    last = await stage.zendesk.get("/tickets?page[size]=3&sort=id")
    second = (await stage.zendesk.client.get(last["links"]["next"])).json()
    back = (await stage.zendesk.client.get(second["links"]["prev"])).json()

    assert down == tickets[::-1]
    assert [row["id"] for row in back["tickets"]] == tickets[:3]


@pytest.mark.parametrize(("big_page", "status"), [("refuse", 400), ("clamp", 200)])
async def test_c11_a_page_of_more_than_a_hundred(
    make_stage: MakeStage, big_page: str, status: int
) -> None:
    stage = make_stage(big_page=big_page)

    response = await stage.zendesk("GET", "/tickets?page[size]=101")

    assert response.status_code == status
    if status == 400:
        assert response.json()["errors"][0]["code"] == "InvalidPaginationParameter"


async def test_c12_pages_by_number(stage: Stage) -> None:
    for _ in range(5):
        stage.ticket()

    first = await stage.zendesk.get("/tickets.json?per_page=2")
    last = await stage.zendesk.get("/tickets.json?per_page=2&page=3")
    deep = await stage.zendesk("GET", "/tickets?page=101")

    assert first["count"] == 5
    assert first["previous_page"] is None
    assert first["next_page"] == "http://simulator/zendesk/api/v2/tickets.json?per_page=2&page=2"
    assert last["next_page"] is None
    assert deep.status_code == 400
    assert deep.json()["errors"][0]["code"] == "InvalidPaginationDepth"


async def test_c13_sort_by_is_ignored_with_a_cursor(stage: Stage) -> None:
    ids = [stage.ticket().id for _ in range(3)]

    page = await stage.zendesk.get("/tickets?page[size]=5&sort_by=created_at&sort_order=desc")
    other = await stage.zendesk("GET", "/tickets?page[size]=5&sort=subject")

    assert [row["id"] for row in page["tickets"]] == ids
    assert other.status_code == 400


async def test_c14_an_unknown_include_is_ignored(stage: Stage) -> None:
    stage.ticket()

    page = await stage.zendesk.get("/tickets?page[size]=5&include=horoscopes")

    assert set(page) == {"tickets", "meta", "links"}


async def test_c15_sideloads(make_stage: MakeStage) -> None:
    stage = make_stage()
    cast = stage.world.cast
    first, second = stage.ticket(), stage.ticket()
    stage.world.zendesk.reply(first.id, cast.agents[0].zendesk_id, "Hi")

    path = "/tickets?page[size]=5&include=users,groups,metric_sets,comment_count"
    page = await stage.zendesk.get(path)

    assert [user["id"] for user in page["users"]] == [cast.requesters[0]]
    assert [group["id"] for group in page["groups"]] == [cast.support]
    assert [row["comment_count"] for row in page["tickets"]] == [2, 1]
    assert [row["metric_set"]["ticket_id"] for row in page["tickets"]] == [first.id, second.id]


async def test_c15_metric_sets_can_stand_at_the_top_or_be_missing(make_stage: MakeStage) -> None:
    path = "/tickets?page[size]=5&include=metric_sets"
    top, dropped = make_stage(metric_sets="top_level"), make_stage(metric_sets="dropped")
    top.ticket()
    dropped.ticket()

    at_top = await top.zendesk.get(path)
    missing = await dropped.zendesk.get(path)

    assert len(at_top["metric_sets"]) == 1
    assert "metric_set" not in at_top["tickets"][0]
    assert "metric_sets" not in missing
    assert "metric_set" not in missing["tickets"][0]


async def test_c16_what_the_metrics_count(stage: Stage) -> None:
    desk, agent = stage.world.zendesk, stage.world.cast.agents[0].zendesk_id
    ticket = stage.ticket()

    async def metrics() -> dict[str, object]:
        path = f"/tickets/{ticket.id}?include=metric_sets"
        row: dict[str, object] = (await stage.zendesk.get(path))["ticket"]["metric_set"]
        return row

    before = await metrics()
    await stage.pass_time(60)
    desk.note(ticket.id, agent, "mine", assignee_id=agent)
    noted = await metrics()
    await stage.pass_time(125)
    desk.reply(ticket.id, agent, "public")
    replied = await metrics()
    await stage.pass_time(60)
    desk.triggered_comment(ticket.id, "automatic")
    desk.reply(ticket.id, ticket.requester_id, "thanks")
    answered = await metrics()

    assert (before["replies"], before["reply_time_in_minutes"]) == (
        0,
        {"calendar": None, "business": None},
    )
    assert noted["replies"] == 0
    assert (
        noted["assignee_updated_at"] == noted["latest_comment_added_at"] == "2026-12-24T14:21:00Z"
    )
    assert replied["replies"] == 1
    assert replied["reply_time_in_minutes"] == {"calendar": 3, "business": 3}
    assert answered["replies"] == 1
    assert answered["requester_updated_at"] == "2026-12-24T14:24:05Z"
    assert answered["latest_comment_added_at"] == "2026-12-24T14:24:05Z"


async def test_c16_an_agents_description_for_a_tenant_is_no_reply(stage: Stage) -> None:
    agent = stage.world.cast.agents[1].zendesk_id
    ticket = stage.world.zendesk.create_ticket(
        "x", "y", requester_id=stage.world.cast.requesters[0], author_id=agent
    )

    assert ticket.metrics.replies == 0
    assert ticket.submitter_id == agent


async def test_c17_stamps_have_whole_seconds(stage: Stage) -> None:
    ticket = stage.ticket()
    await stage.clock.advance(1.4)
    stage.world.zendesk.add_tags(ticket.id, stage.world.me, "a")
    await stage.clock.advance(0.3)
    stage.world.zendesk.add_tags(ticket.id, stage.world.me, "b")

    row = (await stage.zendesk.get(f"/tickets/{ticket.id}"))["ticket"]

    assert row["updated_at"] == "2026-12-24T14:20:01Z"
    assert len(ticket.audits) == 3


async def test_c32_comments_oldest_first_and_newest_first(stage: Stage) -> None:
    ticket = stage.ticket()
    for word in ("one", "two"):
        await stage.pass_time(1)
        stage.world.zendesk.reply(ticket.id, stage.world.me, word)

    path = f"/tickets/{ticket.id}/comments"
    oldest = await stage.zendesk.get(f"{path}?page[size]=2&include=users")
    newest = await stage.zendesk.get(f"{path}?sort=-created_at&page[size]=25")
    by_number = await stage.zendesk.get(f"{path}?sort_order=desc")

    assert [row["plain_body"] for row in oldest["comments"]] == [ticket.description, "one"]
    assert {user["role"] for user in oldest["users"]} == {"end-user", "agent"}
    assert [row["body"] for row in newest["comments"]][:2] == ["two", "one"]
    assert [row["body"] for row in by_number["comments"]][:2] == ["two", "one"]


async def test_c39_the_list_is_not_lagged_and_leaves_out_the_archived(stage: Stage) -> None:
    old, new = stage.ticket("old"), stage.ticket("new")
    stage.world.zendesk.reply(old.id, stage.world.me, "done", status="solved")
    await stage.pass_time(4 * 86400)
    closed = await stage.zendesk.get("/tickets?sort=-updated_at&page[size]=5")
    await stage.pass_time(121 * 86400)
    later = await stage.zendesk.get("/tickets?sort=-updated_at&page[size]=5")

    assert [(row["id"], row["status"]) for row in closed["tickets"]] == [
        (old.id, "closed"),
        (new.id, "new"),
    ]
    assert [row["id"] for row in later["tickets"]] == [new.id]
    assert (await stage.zendesk("GET", f"/tickets/{old.id}")).status_code == 200


async def test_c40_show_many_leaves_out_what_it_does_not_know(stage: Stage) -> None:
    ticket = stage.ticket()

    found = await stage.zendesk.get(f"/tickets/show_many?ids={ticket.id},7")
    many = await stage.zendesk(
        "GET", "/tickets/show_many?ids=" + ",".join(str(number) for number in range(101))
    )

    assert [row["id"] for row in found["tickets"]] == [ticket.id]
    assert found["count"] == 1
    assert many.json() == {
        "error": "TooManyValues",
        "description": "Parameter  cannot specify more than 100 values",
        "max_count": 100,
    }


async def test_c41_a_view_is_live(stage: Stage) -> None:
    views = (await stage.zendesk.get("/views/active"))["views"]
    unsolved = next(view for view in views if view["title"] == "All unsolved tickets")
    ids = [stage.ticket().id for _ in range(3)]
    stage.world.zendesk.reply(ids[0], stage.world.me, "done", status="solved")

    page = await stage.zendesk.get(f"/views/{unsolved['id']}/tickets?page[size]=1")
    rows = await stage.zendesk.get(f"/views/{unsolved['id']}/tickets?include=users")
    statuses = [
        (await stage.zendesk("GET", f"/views/{unsolved['id']}/execute")).status_code
        for _ in range(6)
    ]

    assert page["meta"]["has_more"] is True
    assert [row["id"] for row in rows["tickets"]] == [ids[2], ids[1]]
    assert statuses == [200] * 5 + [429]


async def test_c43_custom_statuses_come_all_at_once(stage: Stage) -> None:
    body = await stage.zendesk.get("/custom_statuses")

    assert set(body) == {"custom_statuses"}
    assert [row["status_category"] for row in body["custom_statuses"]] == [
        "new",
        "open",
        "pending",
        "hold",
        "solved",
    ]


async def test_c45_people_can_be_looked_up(stage: Stage) -> None:
    me, cast = stage.world.me, stage.world.cast
    found = await stage.zendesk.get("/users/search?query=imogen")
    many = await stage.zendesk.get(f"/users/show_many?ids={me},{cast.requesters[0]},1")
    agents = await stage.zendesk.get("/users?role[]=agent&role[]=admin&page[size]=100")
    members = await stage.zendesk.get(f"/groups/{cast.support}/users")

    assert [row["id"] for row in found["users"]] == [me]
    assert many["count"] == 2
    assert len(agents["users"]) == 6
    assert len(members["users"]) == 6


async def test_c44_a_macro_is_only_shown(stage: Stage) -> None:
    ticket = stage.ticket()
    macro = (await stage.zendesk.get("/macros/active"))["macros"][0]

    preview = await stage.zendesk.get(f"/tickets/{ticket.id}/macros/{macro['id']}/apply")

    assert preview["result"]["ticket"]["comment"]["public"] is True
    assert len(ticket.comments) == 1


async def test_c37_the_incremental_export_is_a_minute_late(make_stage: MakeStage) -> None:
    stage = make_stage(role="admin")
    first = stage.ticket()
    await stage.pass_time(61)
    second = stage.ticket()

    path = "/incremental/tickets/cursor"
    page = await stage.zendesk.get(f"{path}?start_time=0")
    await stage.pass_time(61)
    stage.world.zendesk.delete(first.id)
    rest = await stage.zendesk.get(f"{path}?cursor={page['after_cursor']}")
    await stage.pass_time(61)
    gone = await stage.zendesk.get(f"{path}?cursor={rest['after_cursor']}")

    assert [row["id"] for row in page["tickets"]] == [first.id]
    assert page["end_of_stream"] is True
    assert "meta" not in page
    assert [row["id"] for row in rest["tickets"]] == [second.id]
    assert [(row["id"], row["status"]) for row in gone["tickets"]] == [(first.id, "deleted")]


async def test_c37_records_of_one_second_are_never_torn_apart(make_stage: MakeStage) -> None:
    stage = make_stage(role="admin")
    for _ in range(4):
        stage.ticket()
    await stage.pass_time(61)

    page = await stage.zendesk.get("/incremental/tickets?start_time=0&per_page=1")
    events = await stage.zendesk.get(
        "/incremental/ticket_events?start_time=0&include=comment_events"
    )

    assert page["count"] == 4
    assert events["ticket_events"][0]["child_events"][0]["public"] is True


async def test_c38_ticket_events_tell_of_comments_in_full_only_where_asked(
    make_stage: MakeStage,
) -> None:
    stage = make_stage(role="admin")
    ticket = stage.ticket()
    stage.world.zendesk.reply(ticket.id, stage.world.me, "Done.", status="solved")
    await stage.pass_time(120)
    path = f"/incremental/ticket_events?start_time={int(START.timestamp())}"

    bare = (await stage.zendesk.get(path))["ticket_events"][-1]
    full = (await stage.zendesk.get(f"{path}&include=comment_events"))["ticket_events"][-1]

    assert bare["updater_id"] == stage.world.me
    assert bare["child_events"][0]["comment_public"]
    assert "body" not in bare["child_events"][0]
    assert full["child_events"][0]["body"] == "Done."
    assert {"status": "solved"}.items() <= full["child_events"][1].items()


@pytest.mark.parametrize("has", [True, False])
async def test_c46_slas_are_there_where_the_account_has_them(
    make_stage: MakeStage, has: bool
) -> None:
    stage = make_stage(slas=has)
    ticket = stage.ticket()

    row = (await stage.zendesk.get(f"/tickets/{ticket.id}?include=slas"))["ticket"]

    assert ("slas" in row) is has
