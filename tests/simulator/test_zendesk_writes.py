"""C: writing tickets."""

from typing import Any

import pytest

from services.simulator import faults
from tests.simulator.conftest import MakeStage, Stage


async def _put(stage: Stage, ticket_id: int, **ticket: Any) -> Any:
    return await stage.zendesk("PUT", f"/tickets/{ticket_id}", {"ticket": ticket})


async def test_c10_read_only_keys_are_ignored_with_a_warning(stage: Stage) -> None:
    ticket = stage.ticket()

    response = await _put(stage, ticket.id, id=5, description="new", subject="better")

    assert response.headers["x-zendesk-api-warn"] == (
        '{:allowed_parameters=>{:controller=>"tickets", :action=>"update", '
        ':unpermitted_keys=>["ticket.id"], :invalid_values=>[]}}'
    )
    assert response.json()["ticket"]["subject"] == "better"
    assert ticket.description == "Hello,\n\nit is full."


@pytest.mark.parametrize("bumps", [False, True])
async def test_c19_an_update_of_nothing(make_stage: MakeStage, bumps: bool) -> None:
    stage = make_stage(noop_bumps=bumps)
    ticket = stage.ticket()
    await stage.pass_time(60)

    response = await _put(stage, ticket.id, subject=ticket.subject)

    assert response.json()["audit"]["events"] == []
    assert (response.json()["ticket"]["updated_at"] == "2026-12-24T14:21:00Z") is bumps


async def test_c20_an_update_answers_with_ticket_and_audit(stage: Stage) -> None:
    ticket = stage.ticket()

    body = (
        await _put(
            stage,
            ticket.id,
            priority="high",
            tags=["P2", "needs card"],
            comment={"body": "Hello", "public": True},
        )
    ).json()
    events = body["audit"]["events"]

    assert body["ticket"]["tags"] == ["needs_card", "p2"]
    assert body["ticket"]["status"] == "open"
    assert events[0]["type"] == "Comment"
    assert events[0]["audit_id"] == body["audit"]["id"]
    changes = {e["field_name"]: (e["previous_value"], e["value"]) for e in events[1:]}
    assert changes["priority"] == (None, "high")
    assert changes["status"] == ("new", "open")
    assert body["audit"]["author_id"] == stage.world.me


async def test_c21_metadata_is_found_in_audits_and_comments(stage: Stage) -> None:
    ticket = stage.ticket()
    await _put(stage, ticket.id, metadata={"op": "abc"}, comment={"body": "x", "public": False})
    await _put(stage, ticket.id, metadata={"op": "def"}, subject="other")

    comments = await stage.zendesk.get(
        f"/tickets/{ticket.id}/comments?sort=-created_at&page[size]=5"
    )
    audits = await stage.zendesk.get(f"/tickets/{ticket.id}/audits?page[size]=100")

    assert comments["comments"][0]["metadata"]["custom"] == {"op": "abc"}
    assert [audit["metadata"]["custom"] for audit in audits["audits"]] == [
        {},
        {"op": "abc"},
        {"op": "def"},
    ]


async def test_c22_a_comment_inherits_privacy(stage: Stage) -> None:
    public = stage.ticket()
    private = stage.world.zendesk.create_ticket(
        "x", "y", requester_id=stage.world.cast.requesters[0], public=False
    )

    for ticket in (public, private):
        await _put(stage, ticket.id, comment={"body": "hello"})

    assert public.comments[-1].public is True
    assert private.comments[-1].public is False


async def test_c23_a_safe_update_is_refused_when_something_came_in(stage: Stage) -> None:
    ticket = stage.ticket()
    stamp = "2026-12-24T14:20:00Z"
    safe = {"safe_update": True, "updated_stamp": stamp}
    stage.world.zendesk.add_tags(ticket.id, stage.world.me, "hidden")

    passes = await _put(stage, ticket.id, subject="same second", **safe)
    await stage.pass_time(1)
    stage.world.zendesk.reply(ticket.id, ticket.requester_id, "wait")
    refused = await _put(
        stage, ticket.id, subject="too late", comment={"body": "x", "public": True}, **safe
    )

    assert passes.status_code == 200
    assert refused.status_code == 409
    assert refused.json()["error"] == "UpdateConflict"
    assert (ticket.subject, ticket.comments[-1].body) == ("same second", "wait")


async def test_c25_closed_is_for_ever(stage: Stage) -> None:
    ticket = stage.ticket()
    stage.world.zendesk.reply(ticket.id, stage.world.me, "done", status="solved")
    await stage.pass_time(4 * 86400 + 1)

    update = await _put(stage, ticket.id, comment={"body": "x", "public": True})
    tags = await stage.zendesk("PUT", f"/tickets/{ticket.id}/tags", {"tags": ["a"]})

    for response in (update, tags):
        assert response.status_code == 422
        assert response.json()["error"] == "RecordInvalid"
        description = response.json()["details"]["status"][0]["description"]
        assert description == "closed prevents ticket update"


@pytest.mark.parametrize(
    ("ticket", "field"),
    [
        ({"assignee_id": 5}, "assignee"),
        ({"group_id": 5}, "group"),
        ({"status": "asleep"}, "status"),
        ({"priority": "p1"}, "priority"),
        ({"subject": " "}, "subject"),
    ],
)
async def test_c26_what_is_invalid_is_named(stage: Stage, ticket: Any, field: str) -> None:
    response = await _put(stage, stage.ticket().id, **ticket)

    assert response.status_code == 422
    assert list(response.json()["details"]) == [field]


async def test_c28_status_follows_what_people_do(stage: Stage) -> None:
    desk, me = stage.world.zendesk, stage.world.me
    replied, assigned, noted = stage.ticket(), stage.ticket(), stage.ticket()
    desk.reply(replied.id, me, "Hello")
    desk.edit(assigned.id, me, assignee_id=me)
    desk.note(noted.id, me, "mine")

    assert [replied.status, assigned.status, noted.status] == ["open", "open", "new"]
    for status in ("pending", "hold", "solved"):
        desk.edit(replied.id, me, status=status)
        desk.reply(replied.id, replied.requester_id, "again")
        assert replied.status == "open"
    assert replied.metrics.reopens == 1


async def test_c29_tags_are_replaced_and_the_additive_keys_ignored(stage: Stage) -> None:
    ticket = stage.ticket(tags=["old"])

    await _put(stage, ticket.id, tags=["new"])
    await _put(stage, ticket.id, additional_tags=["more"], remove_tags=["new"])

    assert ticket.tags == ("new",)


async def test_c30_the_tags_endpoints(stage: Stage) -> None:
    ticket = stage.ticket(tags=["a"])
    path = f"/tickets/{ticket.id}/tags"

    added = await stage.zendesk("PUT", path, {"tags": ["b"]})
    removed = await stage.zendesk("DELETE", path, {"tags": ["a"]})
    replaced = await stage.zendesk("POST", path, {"tags": ["c"]})
    stale = await stage.zendesk(
        "PUT",
        path,
        {"tags": ["d"], "safe_update": "true", "updated_stamp": "2026-12-24T14:19:00Z"},
    )

    assert [response.json()["tags"] for response in (added, removed, replaced)] == [
        ["a", "b"],
        ["b"],
        ["c"],
    ]
    assert stale.status_code == 409


async def test_c31_many_at_once_is_a_job(stage: Stage) -> None:
    one, two = stage.ticket(tags=["a"]), stage.ticket()
    response = await stage.zendesk(
        "PUT",
        f"/tickets/update_many?ids={one.id},{two.id},7",
        {"ticket": {"additional_tags": ["b"], "remove_tags": ["a"]}},
    )
    job = response.json()["job_status"]
    path = f"/job_statuses/{job['id']}"

    await stage.clock.advance(1)
    working = (await stage.zendesk.get(path))["job_status"]
    await stage.clock.advance(1)
    done = (await stage.zendesk.get(path))["job_status"]
    many = await stage.zendesk(
        "PUT", "/tickets/update_many?ids=" + ",".join(["1"] * 101), {"ticket": {"status": "open"}}
    )

    assert (job["status"], job["progress"], job["results"]) == ("queued", None, None)
    assert working["status"] == "working"
    assert done["status"] == "completed"
    assert done["results"][0] == {
        "action": "update",
        "status": "Updated",
        "success": True,
        "id": one.id,
    }
    assert done["results"][2]["error"]
    assert (one.tags, two.tags) == (("b",), ("b",))
    assert many.json()["max_count"] == 100


async def test_c42_a_ticket_is_raised_once_per_key(stage: Stage) -> None:
    body = {
        "ticket": {
            "subject": "By phone",
            "comment": {"body": "They called.", "public": True},
            "requester": {"name": "New Person", "email": "new@tenant.example"},
            "priority": "urgent",
            "tags": ["p1"],
        }
    }
    headers = {"idempotency-key": "k1"}
    first = await stage.zendesk("POST", "/tickets", body, headers=headers)
    again = await stage.zendesk("POST", "/tickets", body, headers=headers)
    other = await stage.zendesk(
        "POST", "/tickets", {"ticket": {"comment": {"body": "z"}}}, headers=headers
    )
    await stage.clock.advance(7201)
    late = await stage.zendesk("POST", "/tickets", body, headers=headers)

    assert first.status_code == 201
    assert first.headers["x-idempotency-lookup"] == "miss"
    assert first.headers["location"] == first.json()["ticket"]["url"]
    assert again.headers["x-idempotency-lookup"] == "hit"
    assert again.json() == first.json()
    assert (other.status_code, other.json()["error"]) == (400, "IdempotentRequestError")
    assert late.json()["ticket"]["id"] != first.json()["ticket"]["id"]
    assert first.json()["ticket"]["requester_id"] == late.json()["ticket"]["requester_id"]
    assert first.json()["ticket"]["submitter_id"] == stage.world.me


async def test_c42_a_key_means_nothing_to_an_update(stage: Stage) -> None:
    ticket = stage.ticket()
    body = {"ticket": {"comment": {"body": "x", "public": True}}}

    for _ in range(2):
        await stage.zendesk("PUT", f"/tickets/{ticket.id}", body, headers={"idempotency-key": "k"})

    assert len(ticket.comments) == 3


async def test_c43_status_and_custom_status_move_together(stage: Stage) -> None:
    ticket = stage.ticket()
    statuses = {s.category: s.id for s in stage.world.zendesk.custom_statuses.values()}

    pending = (await _put(stage, ticket.id, status="pending")).json()["ticket"]
    on_hold = (await _put(stage, ticket.id, custom_status_id=statuses["hold"])).json()["ticket"]

    assert pending["custom_status_id"] == statuses["pending"]
    assert on_hold["status"] == "hold"


async def test_a_deleted_ticket_is_gone(stage: Stage) -> None:
    ticket = stage.ticket()

    response = await stage.zendesk("DELETE", f"/tickets/{ticket.id}")

    assert response.status_code == 204
    assert (await stage.zendesk("GET", f"/tickets/{ticket.id}")).status_code == 404


async def test_a_merge_closes_the_source_later(stage: Stage) -> None:
    target, source = stage.ticket("a"), stage.ticket("b")

    response = await stage.zendesk(
        "POST", f"/tickets/{target.id}/merge", {"ids": [source.id], "target_comment": "both"}
    )
    await stage.pass_time(2)

    assert response.json()["job_status"]["status"] == "queued"
    assert source.status == "closed"
    assert target.comments[-1].body == "both"


async def test_c24_a_collision_without_a_safe_update(stage: Stage) -> None:
    ticket = stage.ticket()
    stage.world.faults.add(faults.collision(), method="PUT", times=1)
    body = {"ticket": {"priority": "high"}}

    first = await stage.zendesk("PUT", f"/tickets/{ticket.id}", body)
    again = await stage.zendesk("PUT", f"/tickets/{ticket.id}", body)

    assert (first.status_code, first.json()["error"]) == (409, "DatabaseConflict")
    assert (again.status_code, ticket.priority) == (200, "high")
