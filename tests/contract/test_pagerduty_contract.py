"""Every answer of the simulated PagerDuty against the published OpenAPI."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from services.simulator import faults
from services.simulator.app import PAGERDUTY_ROUTES
from services.simulator.cast import INCIDENT_LEADS
from services.simulator.pagerduty.records import Incident
from services.simulator.scenario import populate
from tests.contract.openapi import SUBSET, complaints, request_complaints
from tests.simulator.conftest import START, MakeStage, Stage, make_stage, stage

__all__ = ["make_stage", "stage"]

pytestmark = pytest.mark.skipif(
    not SUBSET.is_file(), reason="the published OpenAPI is not beside this repository"
)

SINCE = (START - timedelta(days=2)).isoformat().replace("+00:00", "Z")
UNTIL = (START + timedelta(days=5)).isoformat().replace("+00:00", "Z")
SPAN = f"since={SINCE}&until={UNTIL}"


class Places:
    """The ids that stand in for the placeholders of a path."""

    def __init__(self, stage: Stage) -> None:
        account, cast = stage.world.pagerduty, stage.world.cast
        me = account.users[cast.agents[0].pagerduty_id]
        self.incident: Incident = account.create_incident("Down", cast.emergency)
        self.other = account.create_incident("Down too", cast.emergency)
        account.acknowledge(self.incident.id, me)
        note = account.note(self.incident.id, me, "on it")
        override = account.add_override(
            cast.primary, START + timedelta(hours=1), START + timedelta(hours=3), me.id
        )
        self.named = {
            "incident_id": self.incident.id,
            "note_id": note.id,
            "entry_id": self.incident.entries[-1].id,
            "user_id": me.id,
            "service_id": cast.emergency,
            "policy_id": cast.policy,
            "schedule_id": cast.primary,
            "override_id": override.id,
            "ability": "teams",
            "alert_id": self.incident.alerts[0].id,
        }


Body = Callable[[Places], Any]

READS: dict[str, str] = {
    "/incidents": "date_range=all&total=true&include[]=acknowledgers&include[]=assignees",
    "/incidents/{incident_id}": "",
    "/incidents/{incident_id}/notes": "",
    "/incidents/{incident_id}/alerts": "",
    "/incidents/{incident_id}/alerts/{alert_id}": "",
    "/incidents/{incident_id}/log_entries": "is_overview=false&include[]=channels",
    "/log_entries": f"{SPAN}&limit=100",
    "/log_entries/{entry_id}": "",
    "/users/me": "include[]=contact_methods",
    "/users": "limit=100",
    "/users/{user_id}": "include[]=contact_methods&include[]=notification_rules",
    "/services": "include[]=teams",  # Policies it publishes only as references.
    "/services/{service_id}": "",
    "/escalation_policies": "",
    "/escalation_policies/{policy_id}": "",
    "/priorities": "",
    "/teams": "",
    "/abilities": "",
    "/abilities/{ability}": "",
    "/schedules": "include[]=schedule_layers",
    "/schedules/{schedule_id}": SPAN,
    "/schedules/{schedule_id}/users": SPAN,
    "/schedules/{schedule_id}/overrides": SPAN,
    "/oncalls": f"{SPAN}&include[]=schedules",  # People, too, it publishes only as references.
    "/v3/schedules": "",
    "/v3/schedules/{schedule_id}": f"{SPAN}&include[]=final_schedule",
}

WRITES: dict[tuple[str, str], Body] = {
    ("POST", "/incidents"): lambda at: {
        "incident": {
            "type": "incident",
            "title": "New",
            "service": {"id": at.named["service_id"], "type": "service_reference"},
        }
    },
    ("PUT", "/incidents"): lambda at: {
        "incidents": [{"id": at.other.id, "type": "incident", "status": "acknowledged"}]
    },
    ("PUT", "/incidents/{incident_id}"): lambda at: {
        "incident": {"type": "incident", "status": "resolved"}
    },
    ("POST", "/incidents/{incident_id}/notes"): lambda at: {"note": {"content": "hello"}},
    ("PUT", "/incidents/{incident_id}/notes/{note_id}"): lambda at: {"note": {"content": "more"}},
    ("DELETE", "/incidents/{incident_id}/notes/{note_id}"): lambda at: None,
    ("POST", "/incidents/{incident_id}/status_updates"): lambda at: {"message": "we are at it"},
    ("POST", "/incidents/{incident_id}/snooze"): lambda at: {"duration": 3600},
    ("PUT", "/incidents/{incident_id}/merge"): lambda at: {
        "source_incidents": [{"id": at.other.id, "type": "incident_reference"}]
    },
    ("POST", "/incidents/{incident_id}/responder_requests"): lambda at: {
        "requester_id": at.named["user_id"],
        "message": "help",
        "responder_request_targets": [
            {"responder_request_target": {"id": at.named["user_id"], "type": "user_reference"}}
        ],
    },
    ("PUT", "/incidents/{incident_id}/responder_requests/cancel"): lambda at: {
        "requester_id": at.named["user_id"],
        "responder_request_targets": [{"id": at.named["user_id"], "type": "user_reference"}],
    },
    ("PUT", "/incidents/{incident_id}/alerts"): lambda at: {
        "alerts": [{"id": at.named["alert_id"], "type": "alert", "status": "resolved"}]
    },
    ("POST", "/schedules/{schedule_id}/overrides"): lambda at: {
        "overrides": [
            {
                "start": "2026-12-27T09:00:00Z",
                "end": "2026-12-27T12:00:00Z",
                "user": {"id": at.named["user_id"], "type": "user_reference"},
            }
        ]
    },
    ("DELETE", "/schedules/{schedule_id}/overrides/{override_id}"): lambda at: None,
}


async def _answers_as_published(
    stage: Stage, method: str, path: str, query: str = "", body: Any = None
) -> None:
    response = await stage.pagerduty(method, f"{path}?{query}" if query else path, body)
    answer = response.json() if response.content else None

    assert complaints(method, path, response.status_code, answer) == []


def test_every_route_is_asked() -> None:
    routes = {(method, path) for method, path, _ in PAGERDUTY_ROUTES}

    assert routes == {("GET", path) for path in READS} | set(WRITES)


@pytest.mark.parametrize(("path", "query"), READS.items(), ids=READS)
async def test_what_is_read_is_as_published(make_stage: MakeStage, path: str, query: str) -> None:
    stage = make_stage(v3_schedules=True)
    populate(stage.world, open_issues=40)
    places = Places(stage)
    if path.startswith("/v3/"):
        places.named["schedule_id"] = INCIDENT_LEADS

    await _answers_as_published(stage, "GET", path.format(**places.named), query)


@pytest.mark.parametrize(
    ("method", "path"), WRITES, ids=[f"{method} {path}" for method, path in WRITES]
)
async def test_what_is_answered_to_a_write_is_as_published(
    stage: Stage, method: str, path: str
) -> None:
    places = Places(stage)
    body = WRITES[method, path](places)

    response = await stage.pagerduty(method, path.format(**places.named), body)
    answer = response.json() if response.content else None

    assert response.is_success, response.text
    assert body is None or request_complaints(method, path.format(**places.named), body) == []
    assert complaints(method, path.format(**places.named), response.status_code, answer) == []


async def test_every_incident_and_every_log_entry_of_a_busy_shift_is_as_published(
    stage: Stage,
) -> None:
    populate(stage.world, open_issues=150)
    account = stage.world.pagerduty

    for incident in list(account.incidents.values())[:60]:
        await _answers_as_published(stage, "GET", f"/incidents/{incident.id}")
        await _answers_as_published(stage, "GET", f"/incidents/{incident.id}/log_entries")


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        pytest.param("GET", "/incidents/PNONE", None, 404, id="unknown-incident"),
        pytest.param("GET", "/incidents?limit=1000", None, 400, id="page-too-large"),
        pytest.param("GET", "/users/PNONE", None, 404, id="unknown-user"),
        pytest.param("GET", "/schedules/PNONE", None, 404, id="unknown-schedule"),
        pytest.param("GET", "/v3/schedules/PNONE", None, 404, id="unknown-v3-schedule"),
        pytest.param("POST", "/incidents/PNONE/notes", {"note": {"content": "x"}}, 404, id="note"),
        pytest.param("POST", "/incidents", {"incident": {"type": "incident"}}, 400, id="create"),
    ],
)
async def test_refusals_are_as_published(
    stage: Stage, method: str, path: str, body: Any, status: int
) -> None:
    response = await stage.pagerduty(method, path, body)

    assert response.status_code == status
    bare = path.partition("?")[0]
    assert complaints(method, bare, response.status_code, response.json()) == []


async def test_an_account_without_priorities_and_a_drained_bucket_are_as_published(
    make_stage: MakeStage,
) -> None:
    stage = make_stage(priorities=False)
    without = await stage.pagerduty("GET", "/priorities")
    stage.world.faults.add(faults.rate_limited(), vendor="pagerduty", times=1)
    drained = await stage.pagerduty("GET", "/incidents")
    stranger = await stage.pagerduty(
        "GET", "/incidents", headers={"authorization": "Token token=nobody"}
    )

    assert (without.status_code, drained.status_code, stranger.status_code) == (402, 429, 401)
    for path, one in (("/priorities", without), ("/incidents", drained), ("/incidents", stranger)):
        assert complaints("GET", path, one.status_code, one.json()) == []


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"overrides_list_status": 201}, id="overrides-as-documented"),
        pytest.param({"acknowledge_spelling": "acknowledgement"}, id="other-spelling"),
        pytest.param({"v3_schedules": True}, id="shift-based-schedule"),
        pytest.param({"account_zone": "America/New_York"}, id="other-zone"),
        pytest.param({"pagerduty_account_key": True}, id="account-key"),
    ],
)
async def test_doubtful_behaviour_is_within_the_contract_too(
    make_stage: MakeStage, settings: dict[str, Any]
) -> None:
    stage = make_stage(**settings)
    populate(stage.world, open_issues=20)
    primary = stage.world.cast.primary

    for path in ("/incidents", "/oncalls", "/schedules", f"/schedules/{primary}"):
        await _answers_as_published(stage, "GET", path)
    await _answers_as_published(stage, "GET", "/log_entries", SPAN)
    await _answers_as_published(stage, "GET", f"/schedules/{primary}/overrides", SPAN)


def _without_a_type(body: Any) -> None:
    del body["incidents"][0]["service"]["type"]


def _with_a_number_for_a_title(body: Any) -> None:
    body["incidents"][0]["title"] = 7


def _with_an_unknown_status(body: Any) -> None:
    body["incidents"][0]["status"] = "deferred"


def _with_a_map_for_a_list(body: Any) -> None:
    body["incidents"][0]["assignments"] = {}


def _without_the_list(body: Any) -> None:
    body["incidents"] = "none"


@pytest.mark.parametrize(
    "change",
    [
        _with_a_number_for_a_title,
        _with_an_unknown_status,
        _with_a_map_for_a_list,
        _without_the_list,
        _without_a_type,
    ],
)
async def test_a_broken_shape_is_caught(stage: Stage, change: Callable[[Any], None]) -> None:
    Places(stage)
    stage.world.faults.add(faults.changed(change), path="/incidents")

    answer = await stage.pagerduty.get("/incidents")

    assert complaints("GET", "/incidents", 200, answer) != []
