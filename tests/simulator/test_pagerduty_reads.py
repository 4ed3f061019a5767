"""B: reading incidents and their log."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.simulator.pagerduty.records import Incident, User
from tests.simulator.conftest import START, MakeStage, Stage

SAMPLES = Path(__file__).parents[2].parent / "shared" / "api" / "pagerduty-samples"


def _page(stage: Stage, title: str = "Down", **more: Any) -> Incident:
    return stage.world.pagerduty.create_incident(title, stage.world.cast.emergency, **more)


def _me(stage: Stage) -> User:
    return stage.world.pagerduty.users[stage.world.cast.agents[0].pagerduty_id]


async def test_b6_only_the_last_month_unless_all_is_asked_for(stage: Stage) -> None:
    old = _page(stage, "old")
    await stage.pass_time(40 * 86400)
    new = _page(stage, "new")
    open_ones = "statuses[]=triggered&statuses[]=acknowledged"

    month = await stage.pagerduty.get(f"/incidents?{open_ones}")
    everything = await stage.pagerduty.get(f"/incidents?{open_ones}&date_range=all")
    window = await stage.pagerduty.get("/incidents?since=2026-12-20T00:00:00Z")
    too_wide = await stage.pagerduty(
        "GET", "/incidents?since=2026-01-01T00:00:00Z&until=2026-12-31T00:00:00Z"
    )

    assert [row["id"] for row in month["incidents"]] == [new.id]
    assert [row["id"] for row in everything["incidents"]] == [old.id, new.id]
    assert [row["id"] for row in window["incidents"]] == [old.id]
    assert (too_wide.status_code, too_wide.json()["error"]["code"]) == (400, 2005)


async def test_b7_sorting(stage: Stage) -> None:
    ids = [_page(stage, str(number)).id for number in range(3)]

    down = await stage.pagerduty.get("/incidents?sort_by=incident_number:desc")
    wrong = await stage.pagerduty("GET", "/incidents?sort_by=updated_at")

    assert [row["id"] for row in down["incidents"]] == ids[::-1]
    assert wrong.status_code == 400


async def test_b8_filters_need_their_brackets(stage: Stage) -> None:
    _page(stage)

    bare = await stage.pagerduty.get("/incidents?statuses=resolved")
    bracketed = await stage.pagerduty.get("/incidents?statuses[]=resolved")
    wrong = await stage.pagerduty("GET", "/incidents?statuses[]=open")

    assert len(bare["incidents"]) == 1
    assert bracketed["incidents"] == []
    assert wrong.json()["error"]["errors"] == [
        "Status must be a list of triggered, acknowledged, or resolved."
    ]


async def test_b9_references_unless_more_is_asked_for(stage: Stage) -> None:
    _page(stage, priority="P2")

    bare = (await stage.pagerduty.get("/incidents"))["incidents"][0]
    full = (
        await stage.pagerduty.get(
            "/incidents?include[]=priorities&include[]=assignees&include[]=services"
        )
    )["incidents"][0]

    assert (bare["priority"]["type"], bare["priority"]["summary"]) == ("priority_reference", "P2")
    assert "name" not in bare["priority"]
    assert full["priority"]["name"] == "P2"
    assert full["assignments"][0]["assignee"]["email"] == stage.world.zendesk_email
    assert full["service"]["acknowledgement_timeout"] == 1800
    assert bare["resolve_reason"] is None


async def test_b10_zones(make_stage: MakeStage) -> None:
    stage = make_stage(account_zone="America/New_York")
    incident = _page(stage)
    stage.world.pagerduty.note(incident.id, _me(stage), "hello")

    row = (await stage.pagerduty.get("/incidents"))["incidents"][0]
    local = (await stage.pagerduty.get("/log_entries"))["log_entries"][0]
    utc = (await stage.pagerduty.get("/log_entries?time_zone=UTC"))["log_entries"][0]
    note = (await stage.pagerduty.get(f"/incidents/{incident.id}/notes"))["notes"][0]

    assert row["created_at"] == utc["created_at"] == "2026-12-24T14:20:00Z"
    assert local["created_at"] == note["created_at"] == "2026-12-24T09:20:00-05:00"


async def test_b11_an_incident_by_its_number(stage: Stage) -> None:
    incident = _page(stage)

    by_number = await stage.pagerduty.get(f"/incidents/{incident.number}")

    assert by_number["incident"]["id"] == incident.id


async def test_b12_b13_what_a_status_makes_of_the_fields(stage: Stage) -> None:
    incident, pager = _page(stage), stage.world.pagerduty

    async def row() -> Any:
        return (await stage.pagerduty.get(f"/incidents/{incident.id}"))["incident"]

    await stage.pass_time(60)
    pager.set_urgency(incident.id, _me(stage), "low")
    triggered = await row()
    pager.acknowledge(incident.id, _me(stage))
    await stage.pass_time(60)
    pager.rename(incident.id, _me(stage), "Other")
    acknowledged = await row()
    pager.resolve(incident.id, _me(stage))
    resolved = await row()

    assert triggered["last_status_change_at"] == triggered["updated_at"] == "2026-12-24T14:21:00Z"
    assert triggered["acknowledgements"] == []
    assert acknowledged["last_status_change_at"] == "2026-12-24T14:21:00Z"
    assert acknowledged["updated_at"] == "2026-12-24T14:22:00Z"
    assert len(acknowledged["acknowledgements"]) == 1
    assert (resolved["assignments"], resolved["acknowledgements"]) == ([], [])
    assert resolved["pending_actions"] == []


async def test_b32_the_log_of_the_account(stage: Stage) -> None:
    incident = _page(stage)
    await stage.pass_time(10)
    stage.world.pagerduty.note(incident.id, _me(stage), "What we know so far")

    since = "since=2026-12-24T14:20:10Z&time_zone=UTC"
    full = await stage.pagerduty.get(f"/log_entries?{since}&include[]=incidents&include[]=channels")
    bare = await stage.pagerduty.get(f"/log_entries?{since}")
    everything = await stage.pagerduty.get("/log_entries?since=2026-12-24T14:20:00Z")

    (entry,) = full["log_entries"]
    assert entry["type"] == "annotate_log_entry"
    assert entry["channel"]["summary"] == "What we know so far"
    assert entry["incident"]["status"] == "triggered"
    assert entry["agent"]["summary"] == "Imogen Achebe"
    assert bare["log_entries"][0]["channel"] == {"type": "note"}
    assert bare["log_entries"][0]["incident"]["type"] == "incident_reference"
    assert [row["type"] for row in everything["log_entries"]] == [
        "annotate_log_entry",
        "notify_log_entry",
        "assign_log_entry",
        "trigger_log_entry",
    ]


async def test_b32_the_log_can_come_oldest_first(make_stage: MakeStage) -> None:
    stage = make_stage(log_order="oldest")
    _page(stage)

    body = await stage.pagerduty.get("/log_entries?limit=1")

    assert body["log_entries"][0]["type"] == "trigger_log_entry"
    assert body["more"] is True


async def test_b32_the_log_of_one_incident_and_single_entries(stage: Stage) -> None:
    incident, _ = _page(stage), _page(stage)

    log = await stage.pagerduty.get(f"/incidents/{incident.id}/log_entries?is_overview=true")
    entry = await stage.pagerduty.get(f"/log_entries/{log['log_entries'][0]['id']}")

    assert [row["type"] for row in log["log_entries"]] == [
        "assign_log_entry",
        "trigger_log_entry",
    ]
    assert entry["log_entry"] == log["log_entries"][0]


async def test_b33_the_other_spelling_of_acknowledge(make_stage: MakeStage) -> None:
    stage = make_stage(acknowledge_spelling="acknowledgement")
    incident = _page(stage)
    stage.world.pagerduty.acknowledge(incident.id, _me(stage))

    entry = (await stage.pagerduty.get("/log_entries"))["log_entries"][0]

    assert entry["type"] == "acknowledgement_log_entry"
    assert entry["acknowledgement_timeout"] == 1800


async def test_alerts_of_an_incident(stage: Stage) -> None:
    incident = _page(stage)

    body = await stage.pagerduty.get(f"/incidents/{incident.id}/alerts")
    one = await stage.pagerduty.get(f"/incidents/{incident.id}/alerts/{body['alerts'][0]['id']}")

    assert body["alerts"][0]["status"] == "triggered"
    assert one["alert"] == body["alerts"][0]


async def test_reference_data(stage: Stage) -> None:
    priorities = await stage.pagerduty.get("/priorities")
    services = await stage.pagerduty.get("/services?query=smoke")
    policies = await stage.pagerduty.get("/escalation_policies")
    users = await stage.pagerduty.get("/users?query=imogen@")
    me = await stage.pagerduty.get("/users/me")

    assert [row["name"] for row in priorities["priorities"]] == ["P1", "P2", "P3", "P4", "P5"]
    assert [row["auto_resolve_timeout"] for row in services["services"]] == [14400]
    rules = policies["escalation_policies"][0]["escalation_rules"]
    assert [rule["escalation_delay_in_minutes"] for rule in rules] == [15, 30]
    assert users["users"] == [me["user"]]


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not beside this repository")
@pytest.mark.parametrize(
    ("sample", "path"),
    [
        ("GET_incidents.response200.json", "/incidents"),
        ("GET_incidents-id-notes.response200.json", "/incidents/{id}/notes"),
        ("GET_incidents-id-alerts.response200.json", "/incidents/{id}/alerts"),
        ("GET_log_entries.response200.json", "/log_entries"),
        ("GET_priorities.response200.json", "/priorities"),
        ("GET_services.response200.json", "/services"),
        ("GET_escalation_policies.response200.json", "/escalation_policies"),
        ("GET_users.response200.json", "/users"),
        ("GET_teams.response200.json", "/teams"),
        ("GET_oncalls.response200.json", "/oncalls"),
        ("GET_schedules.response200.Basic_Example.json", "/schedules"),
    ],
)
async def test_every_key_of_the_samples_is_there(stage: Stage, sample: str, path: str) -> None:
    incident = _page(stage, priority="P1")
    stage.world.pagerduty.note(incident.id, _me(stage), "hello")
    recorded = json.loads((SAMPLES / sample).read_text())["body"]
    optional = {"conference_bridge", "support_hours", "auto_pause_notifications_parameters"}

    ours = await stage.pagerduty.get(path.format(id=incident.id))

    name = next(iter(recorded))
    assert set(recorded) <= set(ours)
    assert set(recorded[name][0]) - optional <= set(ours[name][0])


async def test_a_hundred_and_one_open_incidents_take_two_pages(stage: Stage) -> None:
    for number in range(101):
        _page(stage, str(number))
    path = "/incidents?statuses[]=triggered&date_range=all&limit=100&sort_by=incident_number:asc"

    first = await stage.pagerduty.get(path)
    second = await stage.pagerduty.get(f"{path}&offset=100")

    assert (first["more"], len(second["incidents"]), second["more"]) == (True, 1, False)
    assert START + timedelta(0) == stage.clock.now()


async def test_b43_what_is_resolved_between_two_pages_shifts_the_second(stage: Stage) -> None:
    pages = [
        stage.world.pagerduty.create_incident(f"Page {n}", stage.world.cast.emergency)
        for n in range(6)
    ]
    query = "/incidents?statuses[]=triggered&sort_by=incident_number:asc&limit=3"
    service = stage.world.pagerduty.services[stage.world.cast.emergency]

    first = await stage.pagerduty.get(query)
    stage.world.pagerduty.resolve(pages[0].id, service)
    second = await stage.pagerduty.get(f"{query}&offset=3")

    seen = [row["title"] for row in (*first["incidents"], *second["incidents"])]
    assert seen == ["Page 0", "Page 1", "Page 2", "Page 4", "Page 5"]


async def test_only_our_teams_have_anything(stage: Stage) -> None:
    stage.world.pagerduty.create_incident("x", stage.world.cast.emergency)
    ours = next(iter(stage.world.pagerduty.teams))

    for path, key in (("/incidents", "incidents"), ("/log_entries", "log_entries")):
        assert (await stage.pagerduty.get(f"{path}?team_ids[]={ours}"))[key]
        assert not (await stage.pagerduty.get(f"{path}?team_ids[]=PNONE"))[key]


@pytest.mark.parametrize(("inclusive", "number"), [(True, 1), (False, 0)])
async def test_b32_the_very_second_asked_for_may_be_in_or_out(
    make_stage: MakeStage, inclusive: bool, number: int
) -> None:
    stage = make_stage(log_since_inclusive=inclusive)
    stage.world.pagerduty.create_incident("x", stage.world.cast.emergency)

    log = (await stage.pagerduty.get("/log_entries?since=2026-12-24T14:20:00Z"))["log_entries"]

    assert [entry["type"] for entry in log].count("trigger_log_entry") == number
