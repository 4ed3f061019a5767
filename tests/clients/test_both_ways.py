"""Is a page of tickets read alike, whether at once or record by record?"""

import json
from typing import Any

import httpx
import pytest

from services.zendesk.records import TicketPage
from tests.clients.vendor import Vendor

MOMENTS = {"created_at": "2026-01-05T08:00:00Z", "updated_at": "2026-01-05T08:30:00+01:00"}
USERS = [
    {"id": 7, "name": "Ann Lee", "role": "end-user", "email": "ann@example.com"},
    {"id": 31, "name": "Imogen", "role": "agent"},
    {"id": 32, "name": None},
]
COUNTERS = {
    "replies": 2,
    "reply_time_in_minutes": {"calendar": 12, "business": 3},
    "latest_comment_added_at": "2026-01-05T08:20:00Z",
    "requester_updated_at": None,
}
TICKETS: tuple[dict[str, Any], ...] = (
    {"id": 1, **MOMENTS},
    {"id": 2, **MOMENTS, "subject": "S", "tags": ["P2", "SEV-major", None, ""], "status": "Hold"},
    {"id": 3, **MOMENTS, "raw_subject": "R", "status": "brand-new", "requester_id": 7},
    {"id": 4, **MOMENTS, "tags": ["p3", "P1", "api"], "assignee_id": 31, "requester_id": 32},
    {"id": 5, **MOMENTS, "group_id": 90, "submitter_id": 31, "comment_count": 4,
     "metric_set": COUNTERS, "description": "words", "priority": "high"},
    {"id": 6, **MOMENTS, "group_id": 91, "requester_id": 999, "custom_fields": [{"id": 1}]},
)  # fmt: skip
BESIDE = {
    "users": USERS,
    "groups": [{"id": 90, "name": "Support"}, {"id": 91, "name": None}],
    "metric_sets": [{"ticket_id": 6, "replies": 0}, {"ticket_id": None}],
    "meta": {"has_more": True, "after_cursor": "next"},
}
BROKEN = {"id": 99, "created_at": "yesterday", "updated_at": None}


async def read(*tickets: dict[str, Any], **beside: object) -> TicketPage:
    body = json.dumps({"tickets": tickets, **BESIDE, **beside})
    return await Vendor(httpx.Response(200, text=body)).zendesk().changed()


async def test_a_broken_ticket_changes_nothing_about_the_others() -> None:
    whole, in_part = await read(*TICKETS), await read(*TICKETS, BROKEN)

    assert not whole.skipped
    assert len(in_part.skipped) == 1
    assert in_part.tickets == whole.tickets
    assert (in_part.more, in_part.cursor) == (whole.more, whole.cursor)


@pytest.mark.parametrize(
    "beside",
    [
        pytest.param({"users": [*USERS, {"id": None}]}, id="nobody"),
        pytest.param({"users": [*USERS, "Ann"]}, id="no-user"),
        pytest.param({"groups": [*BESIDE["groups"], {"name": "without id"}]}, id="no-group"),
        pytest.param({"metric_sets": [{"ticket_id": 6, "replies": 0}, 5]}, id="no-metrics"),
    ],
)  # fmt: skip
async def test_what_is_broken_beside_the_tickets_is_as_good_as_not_sent(
    beside: dict[str, Any],
) -> None:
    assert await read(*TICKETS, **beside) == await read(*TICKETS)


async def test_counters_that_cannot_be_read_are_not_there() -> None:
    odd = {**TICKETS[4], "metric_set": {**COUNTERS, "replies": "two"}}
    without = {**TICKETS[4], "metric_set": None}

    assert (await read(odd)).tickets == (await read(without)).tickets


async def test_a_moment_outside_the_calendar_costs_only_its_ticket() -> None:
    early = {"id": 8, **MOMENTS, "created_at": "0001-01-01T00:00:00+14:00"}
    page = await read(TICKETS[0], early)

    assert [record.ticket.id for record in page.tickets] == [1]
    assert len(page.skipped) == 1
