"""Do Zendesk's answers, whole or odd, become the records that the facts are made of?"""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from services.domain import UNREAD, Severity, Status, StatusChange
from services.errors import Unauthorised, UnexpectedReply
from services.zendesk.records import Comment, Metrics, Person, ReplyTime
from tests.clients.vendor import Vendor, ok, sample

NINE = "2026-01-05T09:00:00Z"
TEN = "2026-01-05T10:00:00Z"
AT_NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
AT_TEN = datetime(2026, 1, 5, 10, tzinfo=UTC)
USERS = [
    {"id": 1, "name": "Ada", "role": "agent"},
    {"id": 2, "name": "Bo", "role": "end-user"},
    {"id": 3, "name": "Cy", "role": "admin"},
]
END = {"has_more": False, "after_cursor": "always-there"}


def ticket(**more: Any) -> dict[str, Any]:
    """The least that a ticket can be."""
    return {"id": 7, "created_at": NINE, "updated_at": TEN} | more


def page(*tickets: object, **beside: object) -> httpx.Response:
    return ok({"tickets": list(tickets), "meta": END} | beside)


async def test_the_change_feed_asks_for_the_latest_changed_with_all_we_need() -> None:
    vendor = Vendor(page())
    await vendor.zendesk().changed()
    await vendor.zendesk().changed("abc==")

    assert vendor.asked[0].url.path == "/api/v2/tickets"
    assert vendor.query() == [
        ("sort", "-updated_at"),
        ("include", "users,groups,metric_sets,comment_count"),
        ("page[size]", "100"),
    ]
    assert ("page[after]", "abc==") in vendor.query(1)


async def test_a_full_ticket_is_read_with_its_names_counters_and_severity() -> None:
    full = ticket(
        subject="Kettle",
        status="hold",
        priority="urgent",
        tags=["P3", "Sev-Major", "tea"],
        requester_id=2,
        submitter_id=1,
        assignee_id=1,
        group_id=5,
        comment_count=4,
        description="It leaks",
        metric_set={
            "replies": 2,
            "reply_time_in_minutes": {"calendar": 12, "business": 3},
            "latest_comment_added_at": TEN,
            "requester_updated_at": NINE,
            "status_updated_at": "2026-01-05T11:00:00+01:00",
        },
    )
    reply = page(full, users=USERS, groups=[{"id": 5, "name": "Support"}])
    found = await Vendor(reply).zendesk().changed()
    record = found.tickets[0]
    one = record.ticket

    assert (one.id, one.subject, one.status) == (7, "Kettle", Status.HOLD)
    assert (one.created_at, one.updated_at) == (AT_NINE, AT_TEN)
    assert one.url == "https://desk.example.com/agent/tickets/7"
    assert one.tags == {"p3", "sev-major", "tea"}
    assert one.severity is Severity.P2
    assert (one.requester, one.assignee, one.group) == ("Bo", "Ada", "Support")
    assert one.requester_wrote_at == AT_NINE
    assert one.description == "It leaks"
    assert one.replied_first == UNREAD
    assert record.metrics == Metrics(2, ReplyTime(12), AT_TEN, AT_NINE, AT_TEN)
    assert (record.metrics.reply_minutes, record.comment_count) == (12, 4)
    assert record.metrics.status_updated_at is not None
    assert record.metrics.status_updated_at.tzinfo is UTC
    assert (record.submitter_id, record.requester_is_agent) == (1, False)
    assert (found.more, found.cursor, found.total, found.skipped) == (False, None, None, ())


async def test_the_least_a_ticket_can_be_is_enough() -> None:
    nulls = dict.fromkeys(
        ["subject", "status", "priority", "tags", "requester_id", "group_id", "metric_set"]
    )
    found = await Vendor(page(ticket(), ticket(id=8, **nulls), users=None)).zendesk().changed()

    assert [record.ticket.id for record in found.tickets] == [7, 8]
    assert {record.ticket.status for record in found.tickets} == {Status.OPEN}
    assert {record.metrics for record in found.tickets} == {None}
    assert {record.requester_is_agent for record in found.tickets} == {None}


@pytest.mark.parametrize(
    ("word", "status"),
    [
        pytest.param("new", Status.NEW, id="new"),
        pytest.param("deleted", Status.DELETED, id="deleted"),
        pytest.param("simmering", Status.OPEN, id="unheard-of"),
    ],
)
async def test_a_status_that_we_never_heard_of_is_open(word: str, status: Status) -> None:
    found = await Vendor(page(ticket(status=word))).zendesk().changed()

    assert found.tickets[0].ticket.status is status


async def test_metric_sets_beside_the_tickets_are_matched_by_ticket() -> None:
    sets = [{"ticket_id": 8, "replies": 3}, {"ticket_id": 7, "replies": 0}, "odd"]
    found = await Vendor(page(ticket(), ticket(id=9), metric_sets=sets)).zendesk().changed()
    first, second = found.tickets

    assert first.metrics is not None
    assert first.metrics.replies == 0
    assert second.metrics is None


async def test_one_broken_ticket_is_skipped_and_told_and_the_rest_goes_on() -> None:
    broken = [
        ticket(id=8, created_at="yesterday"),
        ticket(id=9, created_at="2026-01-05T09:00:00"),
        {"id": 10},
        "nonsense",
        None,
        ticket(id=11, created_at="0001-01-01T00:00:00+14:00"),
    ]
    found = await Vendor(page(*broken, ticket())).zendesk().changed()

    assert [record.ticket.id for record in found.tickets] == [7]
    assert len(found.skipped) == len(broken)
    assert found.skipped[0].startswith("ticket 8: ")
    assert "$.created_at" in found.skipped[0]
    assert found.skipped[3].startswith("ticket without id: ")


async def test_a_broken_metric_set_or_user_does_not_cost_the_ticket() -> None:
    odd = ticket(metric_set={"replies": "many"}, requester_id=2)
    found = await Vendor(page(odd, users=[{"id": "x"}, *USERS])).zendesk().changed()

    assert found.tickets[0].metrics is None
    assert found.tickets[0].ticket.requester == "Bo"


async def test_only_has_more_says_whether_a_list_goes_on() -> None:
    """Zendesk names a next page even after the last."""
    going_on = {"has_more": True, "after_cursor": "abc"}
    links = {"next": "https://desk.example.com/next"}
    vendor = Vendor(page(meta=going_on, links=links), page(links=links))
    client = vendor.zendesk()
    first, last = await client.changed(), await client.changed("abc")

    assert (first.more, first.cursor) == (True, "abc")
    assert (last.more, last.cursor) == (False, None)


async def test_more_without_a_cursor_is_unexpected() -> None:
    with pytest.raises(UnexpectedReply):
        await Vendor(page(meta={"has_more": True, "after_cursor": None})).zendesk().changed()


async def test_a_list_under_another_name_is_unexpected_and_names_the_path() -> None:
    with pytest.raises(UnexpectedReply, match="tickets"):
        await Vendor(ok({"results": []})).zendesk().changed()


async def test_search_asks_in_scoped_words_and_counts() -> None:
    reply = ok(
        {
            "results": [ticket(result_type="ticket", requester_id=1)],
            "users": USERS,
            "count": 512,
            "next_page": "https://desk.example.com/next",
        }
    )
    vendor = Vendor(reply)
    found = await vendor.zendesk().open_by_search(3, "group:5")

    assert vendor.asked[0].url.path == "/api/v2/search"
    assert dict(vendor.query()) == {
        "query": "type:ticket status<solved group:5",
        "sort_by": "created_at",
        "sort_order": "asc",
        "per_page": "100",
        "page": "3",
        "include": "tickets(users,groups,metric_sets,comment_count)",
    }
    assert (found.total, found.more, found.cursor) == (512, True, None)
    assert found.tickets[0].requester_is_agent is True


async def test_the_last_page_of_a_search_has_no_next() -> None:
    found = (
        await Vendor(ok({"results": [], "count": 0, "next_page": None})).zendesk().open_by_search(1)
    )

    assert (found.more, found.total) == (False, 0)


async def test_the_export_filters_by_type_and_pages_by_cursor() -> None:
    vendor = Vendor(ok({"results": [], "meta": {"has_more": True, "after_cursor": "c2"}}))
    found = await vendor.zendesk().open_by_export("c1", "tags:tea")

    assert vendor.asked[0].url.path == "/api/v2/search/export"
    assert dict(vendor.query()) == {
        "query": "status<solved tags:tea",
        "filter[type]": "ticket",
        "include": "tickets(users,groups,metric_sets,comment_count)",
        "page[size]": "100",
        "page[after]": "c1",
    }
    assert (found.more, found.cursor) == (True, "c2")


async def test_a_view_is_read_by_its_id() -> None:
    vendor = Vendor(page(ticket()))
    found = await vendor.zendesk().in_view(360)

    assert vendor.asked[0].url.path == "/api/v2/views/360/tickets"
    assert len(found.tickets) == 1


async def test_many_tickets_are_asked_for_a_hundred_at_a_time() -> None:
    vendor = Vendor(page(ticket()), page(ticket(id=8)))
    client = vendor.zendesk()

    assert [r.ticket.id for r in await client.show_many(range(1, 151))] == [7, 8]
    assert dict(vendor.query(1))["ids"] == ",".join(map(str, range(101, 151)))
    assert await client.show_many([]) == ()
    assert len(vendor.asked) == 2


async def test_a_broken_ticket_asked_for_by_id_does_not_pass_for_deleted() -> None:
    with pytest.raises(UnexpectedReply, match="ticket 8"):
        await Vendor(page(ticket(), {"id": 8})).zendesk().show_many([7, 8])


def comment(**more: Any) -> dict[str, Any]:
    """A public comment by the agent Ada."""
    return {"id": 70, "author_id": 1, "public": True, "body": "Hi", "created_at": NINE} | more


async def _comment(requester_id: int | None = 2, **more: Any) -> Comment:
    reply = ok({"comments": [comment(**more)], "users": USERS, "meta": END})
    return (await Vendor(reply).zendesk().comments(7, requester_id)).comments[0]


@pytest.mark.parametrize(
    ("more", "requester_id", "by_agent"),
    [
        pytest.param({}, 2, True, id="agent"),
        pytest.param({"author_id": 3}, 2, True, id="admin"),
        pytest.param({}, None, True, id="requester-unknown"),
        pytest.param({"author_id": 2}, 2, False, id="requester"),
        pytest.param({}, 1, False, id="agent-who-is-the-requester"),
        pytest.param({"author_id": -1}, 2, False, id="bot"),
        pytest.param({"author_id": None}, 2, False, id="nobody"),
        pytest.param({"author_id": 99}, 2, False, id="stranger"),
        pytest.param({"via": {"channel": "rule"}}, 2, False, id="trigger"),
        pytest.param({"via": {"channel": "system"}}, 2, False, id="system"),
        pytest.param({"via": {"channel": "web"}}, 2, True, id="web"),
        pytest.param({"via": {"channel": 0}}, 2, True, id="channel-by-number"),
        pytest.param({"via": None}, 2, True, id="no-channel"),
    ],
)
async def test_only_a_person_of_ours_other_than_the_requester_is_an_agent(
    more: dict[str, Any], requester_id: int | None, by_agent: bool
) -> None:
    assert (await _comment(requester_id, **more)).by_agent is by_agent


async def test_a_comment_is_read_with_its_plain_text_and_our_mark() -> None:
    custom = {"system": {"client": "x"}, "custom": {"op": "abc123", "n": 1}}
    one = await _comment(plain_body="Plain", public=False, metadata=custom)

    assert one == Comment(70, AT_NINE, 1, "Ada", True, False, False, "Plain", "abc123")


@pytest.mark.parametrize(
    "metadata",
    [None, {}, {"custom": None}, {"custom": {}}, {"custom": []}, {"custom": {"op": 5}}, "x"],
)
async def test_a_comment_without_our_mark_has_none(metadata: object) -> None:
    assert (await _comment(metadata=metadata)).op is None


@pytest.mark.parametrize(("newest_first", "sort"), [(True, "-created_at"), (False, "created_at")])
async def test_comments_are_asked_for_in_either_order(newest_first: bool, sort: str) -> None:
    vendor = Vendor(ok({"comments": [{"id": 1}, comment()], "meta": END}))
    found = await vendor.zendesk().comments(7, 2, newest_first=newest_first, cursor="c")

    assert vendor.asked[0].url.path == "/api/v2/tickets/7/comments"
    assert dict(vendor.query()) == {
        "sort": sort,
        "include": "users",
        "page[size]": "100",
        "page[after]": "c",
    }
    assert (found.more, found.cursor, len(found.comments)) == (False, None, 1)
    assert found.skipped[0].startswith("comment 1: ")


def audit(id: int, at: str, *events: dict[str, Any]) -> dict[str, Any]:
    return {"id": id, "ticket_id": 7, "created_at": at, "events": list(events)}


def changed(before: object, after: object, field: str = "status") -> dict[str, Any]:
    return {"type": "Change", "field_name": field, "previous_value": before, "value": after}


async def test_status_changes_come_from_every_page_oldest_first() -> None:
    late = audit(9, TEN, changed("pending", "open"))
    early = audit(
        8,
        NINE,
        {"type": "Create", "field_name": "status", "value": "new"},
        {"type": "Comment", "value": {"odd": 1}},
        changed(["a"], ["b"], "tags"),
        changed("new", "pending"),
        changed("open", "simmering"),
    )
    going_on = {"has_more": True, "after_cursor": "c2"}
    vendor = Vendor(ok({"audits": [late], "meta": going_on}), ok({"audits": [early], "meta": END}))

    assert await vendor.zendesk().status_changes(7) == (
        StatusChange(AT_NINE, Status.NEW, Status.PENDING),
        StatusChange(AT_TEN, Status.PENDING, Status.OPEN),
    )
    assert ("page[after]", "c2") in vendor.query(1)
    assert len(vendor.asked) == 2


async def test_half_a_history_is_no_history() -> None:
    with pytest.raises(UnexpectedReply, match="audit 8"):
        await Vendor(ok({"audits": [{"id": 8}]})).zendesk().status_changes(7)


async def test_a_list_that_never_ends_is_given_up() -> None:
    vendor = Vendor(ok({"groups": [], "meta": {"has_more": True, "after_cursor": "c"}}))
    with pytest.raises(UnexpectedReply, match="does not end"):
        await vendor.zendesk().groups()

    assert len(vendor.asked) == 100


async def test_an_anonymous_visitor_is_unauthorised() -> None:
    """Zendesk answers 200 to wrong credentials."""
    anonymous = ok({"user": {"id": None, "name": "Anonymous user", "role": "end-user"}})
    with pytest.raises(Unauthorised):
        await Vendor(anonymous).zendesk().me()


async def test_the_recorded_me_and_groups_are_read() -> None:
    me = await Vendor(ok(sample("zendesk", "15-users-me"))).zendesk().me()
    groups = await Vendor(ok(sample("zendesk", "23-groups-list-cursor"))).zendesk().groups()

    assert me == Person(6130907993114, "09cace", "redacted@example.com", "admin")
    assert groups
    assert all(group.name for group in groups)


@pytest.mark.parametrize(
    "name",
    [
        "05-tickets-list-cursor-page-has_more",
        "06-tickets-list-cursor-100",
        "06b-tickets-list-offset-page1",
        "07-view-tickets-cursor",
        "07b-view-tickets-offset-page1",
        "16-incremental-tickets-cursor",
        "18-incremental-tickets-cursor-end_of_stream",
        "19-tickets-show_many",
    ],
)
async def test_every_recorded_list_of_tickets_is_read_whole(name: str) -> None:
    body = sample("zendesk", name)
    found = await Vendor(ok(body)).zendesk().changed()

    assert len(found.tickets) == len(body["tickets"]) > 0
    assert found.skipped == ()
    assert found.more is bool(body.get("meta", {}).get("has_more") or body.get("next_page"))


async def test_the_recorded_ticket_comments_and_audits_are_read() -> None:
    one = sample("zendesk", "28-ticket-show")["ticket"]
    shown = await Vendor(page(one)).zendesk().show_many([one["id"]])
    comments = (
        await Vendor(ok(sample("zendesk", "13-ticket-comments-list-cursor")))
        .zendesk()
        .comments(33, None)
    )
    audits = Vendor(ok(sample("zendesk", "14b-audit-with-internal-note")))

    assert shown[0].ticket.subject == one["subject"]
    assert (comments.comments[0].text, comments.comments[0].op) == ("Some comment", None)
    assert await audits.zendesk().status_changes(1) == ()


@pytest.mark.parametrize("name", ["14-ticket_audits-cursor-page"])
async def test_a_recorded_creation_is_no_change_of_status(name: str) -> None:
    body = sample("zendesk", name) | {"meta": END}

    assert await Vendor(ok(body)).zendesk().status_changes(1) == ()
