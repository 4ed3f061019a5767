"""Are the values of the simulated Zendesk of the types that were recorded?

The keys are compared in `tests/simulator/test_zendesk_samples.py`; here it is what they hold.
"""

import json
from datetime import datetime
from typing import Any

import pytest

from services.simulator import faults
from services.simulator.scenario import populate
from tests.contract.openapi import SHARED_API
from tests.simulator.conftest import MakeStage, make_stage

__all__ = ["make_stage"]

SAMPLES = SHARED_API / "zendesk-samples"

pytestmark = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the recorded samples are not beside this repository"
)

READS = {
    "28-ticket-show": "/tickets/{ticket}.json",
    "05-tickets-list-cursor-page-has_more": "/tickets.json?page[size]=50",
    "06b-tickets-list-offset-page1": "/tickets.json?per_page=50",
    "07-view-tickets-cursor": "/views/{view}/tickets.json?page[size]=50",
    "07b-view-tickets-offset-page1": "/views/{view}/tickets?per_page=50",
    "13-ticket-comments-list-cursor": "/tickets/{ticket}/comments.json?page[size]=100",
    "14-ticket_audits-cursor-page": "/ticket_audits.json?limit=50",
    "15-users-me": "/users/me.json",
    "16-incremental-tickets-cursor": "/incremental/tickets/cursor.json?start_time=0",
    "17-incremental-tickets-time-based": "/incremental/tickets.json?start_time=0",
    "19-tickets-show_many": "/tickets/show_many.json?ids={ticket}",
    "23-groups-list-cursor": "/groups.json?page[size]=100",
    "24-tags-list-cursor": "/tags.json?page[size]=100",
    "26-macros-list-cursor": "/macros.json?page[size]=100",
}

DEEP = frozenset({"custom_fields", "fields", "user_fields", "events", "metadata", "actions"})
"""What is below these depends on the account, or on what was done."""


def _sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text())["body"]


def _kind(value: Any) -> str:
    """The JSON type; a text that is a moment is its own."""
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "moment" if _is_moment(value) else "text"
    if isinstance(value, dict):
        return "object"
    return "list" if isinstance(value, list) else "null"


def _is_moment(value: str) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _differences(ours: Any, recorded: Any, path: str = "$") -> list[str]:
    """Where a value is of another type than the recorded one; null says nothing either way."""
    mine, theirs = _kind(ours), _kind(recorded)
    if "null" in (mine, theirs):
        return []
    if mine != theirs:
        return [f"{path}: {mine}, recorded {theirs}"]
    if mine == "list" and recorded:
        return [
            line
            for place, item in enumerate(ours)
            for line in _differences(item, recorded[0], f"{path}[{place}]")
        ]
    if mine != "object":
        return []
    return [
        line
        for key in ours.keys() & recorded.keys() - DEEP
        for line in _differences(ours[key], recorded[key], f"{path}.{key}")
    ]


async def _answer(make_stage: MakeStage, path: str, *, spoiled: bool = False) -> Any:
    stage = make_stage(role="admin")
    populate(stage.world, open_issues=60)
    await stage.pass_time(120)
    tickets = stage.world.zendesk.tickets
    ticket = next(one.id for one in tickets.values() if len(one.comments) > 2)
    view = next(iter(stage.world.zendesk.views))
    if spoiled:
        change = faults.changed(lambda body: body["tickets"][3].update(updated_at=1782000000))
        stage.world.faults.add(change, vendor="zendesk")
    return await stage.zendesk.get(path.format(ticket=ticket, view=view))


@pytest.mark.parametrize(("sample", "path"), READS.items(), ids=READS)
async def test_values_are_of_the_recorded_types(
    make_stage: MakeStage, sample: str, path: str
) -> None:
    ours, recorded = await _answer(make_stage, path), _sample(sample)

    assert set(ours) == set(recorded) - {"authenticity_token"}
    assert _differences(ours, recorded) == []


@pytest.mark.parametrize(
    ("path", "key"),
    [
        pytest.param("/tickets", "tickets", id="tickets"),
        pytest.param("/users", "users", id="users"),
        pytest.param("/groups", "groups", id="groups"),
        pytest.param("/group_memberships", "group_memberships", id="memberships"),
        pytest.param("/views", "views", id="views"),
        pytest.param("/macros", "macros", id="macros"),
        pytest.param("/tags", "tags", id="tags"),
        pytest.param("/ticket_metrics", "ticket_metrics", id="metrics"),
    ],
)
async def test_lists_can_be_walked_by_cursor_to_their_end(
    make_stage: MakeStage, path: str, key: str
) -> None:
    stage = make_stage(role="admin")
    populate(stage.world, open_issues=12)
    at_once = (await stage.zendesk.get(f"{path}?page[size]=100"))[key]
    walked: list[Any] = []
    answer = await stage.zendesk.get(f"{path}?page[size]=1")
    while True:
        walked += answer[key]
        if not answer["meta"]["has_more"] or len(walked) > len(at_once):
            break
        answer = (await stage.zendesk.client.get(answer["links"]["next"])).json()

    assert len(at_once) > 1
    assert walked == at_once


async def test_a_moment_as_a_number_is_caught(make_stage: MakeStage) -> None:
    sample = "05-tickets-list-cursor-page-has_more"

    spoiled = await _answer(make_stage, READS[sample], spoiled=True)

    assert _differences(spoiled, _sample(sample)) == [
        "$.tickets[3].updated_at: number, recorded moment"
    ]
