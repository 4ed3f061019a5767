"""C18: the keys of our answers are those of the recorded ones."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.simulator.conftest import MakeStage, Stage

SAMPLES = Path(__file__).parents[2].parent / "shared" / "api" / "zendesk-samples"

pytestmark = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the recorded samples are not beside this repository"
)

VARYING = frozenset({"authenticity_token", "generated_timestamp"})
"""Keys that some recordings of the same thing have and others have not."""

OPEN_ENDED = frozenset(
    {
        "attachments",
        "custom_fields",
        "fields",
        "user_fields",
        "custom",
        "source",
        "actions",
        "conditions",
        "execution",
    }
)
"""What is below these depends on the account, or on what was done."""


def _sample(name: str) -> Any:
    return json.loads((SAMPLES / name).read_text())["body"]


def _shape(value: Any) -> Any:
    """Keys, and the keys below them; of a list, those of its first item."""
    if isinstance(value, dict):
        return {
            key: None if key in OPEN_ENDED else _shape(item)
            for key, item in value.items()
            if key not in VARYING
        }
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [_shape(value[0])]
    return None


async def _created(stage: Stage) -> Any:
    response = await stage.zendesk(
        "POST", "/tickets.json", {"ticket": {"subject": "x", "comment": {"body": "y"}}}
    )
    return response.json()


async def _updated(stage: Stage) -> Any:
    response = await stage.zendesk(
        "PUT", f"/tickets/{stage.ticket().id}.json", {"ticket": {"subject": "z"}}
    )
    return response.json()


READS = {
    "28-ticket-show": "/tickets/{id}.json",
    "05-tickets-list-cursor-page-has_more": "/tickets.json?page[size]=1",
    "06b-tickets-list-offset-page1": "/tickets.json?per_page=1",
    "19-tickets-show_many": "/tickets/show_many.json?ids={id}",
    "07-view-tickets-cursor": "/views/{view}/tickets.json?page[size]=1",
    "07b-view-tickets-offset-page1": "/views/{view}/tickets?per_page=1",
    "13-ticket-comments-list-cursor": "/tickets/{id}/comments.json?page[size]=100",
    "15-users-me": "/users/me.json",
    "23-groups-list-cursor": "/groups.json?page[size]=100",
    "24-tags-list-cursor": "/tags.json?page[size]=100",
    "16-incremental-tickets-cursor": "/incremental/tickets/cursor.json?start_time=0",
    "17-incremental-tickets-time-based": "/incremental/tickets.json?start_time=0",
}


@pytest.mark.parametrize(("sample", "path"), READS.items(), ids=READS)
async def test_c18_reads_have_the_recorded_keys(
    make_stage: MakeStage, sample: str, path: str
) -> None:
    stage = make_stage(role="admin")
    ticket = stage.ticket(tags=["a"])
    stage.ticket()
    await stage.pass_time(61)
    view = next(iter(stage.world.zendesk.views))

    answer = await stage.zendesk.get(path.format(id=ticket.id, view=view))

    assert _shape(answer) == _shape(_sample(f"{sample}.json"))


async def test_c18_a_created_ticket_has_the_recorded_keys(stage: Stage) -> None:
    ours, recorded = await _created(stage), _sample("01-ticket-create-201.json")

    assert _shape(ours["ticket"]) == _shape(recorded["ticket"])
    assert set(ours["audit"]) == set(recorded["audit"])
    assert set(ours["audit"]["events"][0]) == set(recorded["audit"]["events"][0])


async def test_c18_an_update_has_the_recorded_keys(stage: Stage) -> None:
    ours, recorded = await _updated(stage), _sample("02-ticket-update-200-subject-change.json")

    assert _shape(ours) == _shape(recorded)


async def test_c18_a_job_has_the_recorded_keys(stage: Stage) -> None:
    response = await stage.zendesk(
        "PUT", f"/tickets/update_many?ids={stage.ticket().id}", {"ticket": {"subject": "z"}}
    )

    assert _shape(response.json()) == _shape(_sample("20-tickets-update_many-job-queued.json"))


async def test_c18_a_custom_status_has_the_recorded_keys(stage: Stage) -> None:
    ours = (await stage.zendesk.get("/custom_statuses"))["custom_statuses"][0]

    assert set(ours) == set(_sample("22-custom_status-create-201.json")["custom_status"])


async def test_c18_searched_people_have_the_recorded_keys(stage: Stage) -> None:
    ours = await stage.zendesk.get("/search?query=type:user imogen")

    recorded = _sample("10-search-export-users-page1.json")["results"][0]
    assert set(ours["results"][0]) == set(recorded)
