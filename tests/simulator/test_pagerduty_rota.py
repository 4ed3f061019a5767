"""B38-B42: who is on call."""

from datetime import UTC, datetime
from typing import Any

from services.simulator.cast import INCIDENT_LEADS
from tests.simulator.conftest import MakeStage, Stage

SPAN = "since=2026-12-24T00:00:00Z&until=2026-12-29T00:00:00Z&time_zone=UTC"


def _override(stage: Stage, start: str, end: str, place: int = 3) -> dict[str, Any]:
    user_id = stage.world.cast.agents[place].pagerduty_id
    return {"start": start, "end": end, "user": {"id": user_id, "type": "user_reference"}}


def _lines(part: Any) -> list[tuple[str, str, str]]:
    return [
        (entry["start"], entry["end"], entry["user"]["summary"])
        for entry in part["rendered_schedule_entries"]
    ]


async def test_b38_one_row_for_each_policy_and_level(stage: Stage) -> None:
    now = (await stage.pagerduty.get("/oncalls"))["oncalls"]
    later = (await stage.pagerduty.get(f"/oncalls?{SPAN}&limit=100"))["oncalls"]

    assert [(row["escalation_level"], row["user"]["summary"]) for row in now] == [
        (1, "Imogen Achebe"),
        (2, "Ruth Oduya"),
    ]
    assert (now[1]["schedule"], now[1]["start"], now[1]["end"]) == (None, None, None)
    nights = [row for row in later if (row["schedule"] or {}).get("summary") == "Out of hours"]
    assert nights[0]["start"] == "2026-12-23T17:00:00Z"
    assert nights[0]["end"] == "2026-12-24T09:00:00Z"
    assert nights[-1]["end"] == "2026-12-29T09:00:00Z"


async def test_b38_a_shift_based_schedule_may_stand_among_them(make_stage: MakeStage) -> None:
    rows = (await make_stage(v3_schedules=True).pagerduty.get("/oncalls"))["oncalls"]

    kinds = {row["schedule"]["type"] for row in rows if row["schedule"]}
    assert kinds == {"schedule_reference", "schedule_v3_reference"}


async def test_b38_a_shift_based_schedule_is_in_no_list_of_the_older_kind(
    make_stage: MakeStage,
) -> None:
    stage = make_stage(v3_schedules=True)
    listed = await stage.pagerduty.get("/v3/schedules")
    older = await stage.pagerduty.get("/schedules")
    classic = await stage.pagerduty("GET", f"/schedules/{INCIDENT_LEADS}")
    path = f"/v3/schedules/{INCIDENT_LEADS}?include[]=final_schedule&{SPAN}"
    schedule = (await stage.pagerduty.get(path))["schedule"]

    assert [row["type"] for row in listed["schedules"]] == ["schedule_v3_reference"]
    assert INCIDENT_LEADS not in {row["id"] for row in older["schedules"]}
    assert classic.status_code == 404
    shifts = schedule["final_schedule"]["computed_shift_assignments"]
    here = [s for s in shifts if s["start_time"] <= "2026-12-25T12:00:00Z" < s["end_time"]]
    assert len(here) == 2
    assert {s["source"]["type"] for s in shifts} == {"schedule_rotation"}


async def test_b38_whoever_has_such_a_shift_is_paged(make_stage: MakeStage) -> None:
    stage = make_stage(v3_schedules=True)
    incident = stage.world.pagerduty.create_incident("Down", stage.world.cast.emergency)

    await stage.pass_time(16 * 60)
    rows = (await stage.pagerduty.get("/oncalls"))["oncalls"]

    second = {row["user"]["id"] for row in rows if row["escalation_level"] == 2}
    assert {user_id for _, user_id in incident.assignments} == second
    assert len(second) == 3


async def test_b38_nothing_of_the_kind_where_the_account_has_none(stage: Stage) -> None:
    assert (await stage.pagerduty.get("/v3/schedules"))["schedules"] == []
    assert (await stage.pagerduty("GET", f"/v3/schedules/{INCIDENT_LEADS}")).status_code == 404


async def test_b39_shifts_only_with_include_and_a_range(stage: Stage) -> None:
    bare = (await stage.pagerduty.get("/schedules"))["schedules"]
    unbounded = (await stage.pagerduty.get("/schedules?include[]=final_schedule"))["schedules"]
    full = await stage.pagerduty.get(
        f"/schedules?include[]=final_schedule&include[]=overrides_subschedule&{SPAN}"
    )

    assert "final_schedule" not in bare[0]
    assert unbounded[0]["final_schedule"]["rendered_schedule_entries"] == []
    primary, nights = full["schedules"]
    assert _lines(primary["final_schedule"]) == [
        ("2026-12-24T09:00:00Z", "2026-12-24T17:00:00Z", "Imogen Achebe"),
        ("2026-12-25T09:00:00Z", "2026-12-25T17:00:00Z", "Imogen Achebe"),
        ("2026-12-28T09:00:00Z", "2026-12-28T17:00:00Z", "Tomas Lindqvist"),
    ]
    assert _lines(nights["final_schedule"]) == [
        ("2026-12-24T00:00:00Z", "2026-12-24T09:00:00Z", "Priya Raman"),
        ("2026-12-24T17:00:00Z", "2026-12-25T09:00:00Z", "Priya Raman"),
        ("2026-12-25T17:00:00Z", "2026-12-28T09:00:00Z", "Priya Raman"),
        ("2026-12-28T17:00:00Z", "2026-12-29T00:00:00Z", "Owen Gallagher"),
    ]


async def test_b39_one_bound_is_two_weeks(stage: Stage) -> None:
    path = f"/schedules/{stage.world.cast.primary}?since=2026-12-24T00:00:00Z&time_zone=UTC"

    final = (await stage.pagerduty.get(path))["schedule"]["final_schedule"]

    assert _lines(final)[-1][0] == "2027-01-06T09:00:00Z"
    assert 0 < final["rendered_coverage_percentage"] < 100


async def test_b40_overrides_need_both_bounds_and_are_cut_at_them(stage: Stage) -> None:
    cast = stage.world.cast
    start, end = datetime(2026, 12, 24, 12, tzinfo=UTC), datetime(2026, 12, 24, 20, tzinfo=UTC)
    stage.world.pagerduty.add_override(cast.primary, start, end, cast.agents[1].pagerduty_id)
    path = f"/schedules/{cast.primary}/overrides"
    bounds = "since=2026-12-24T13:00:00Z&until=2026-12-24T14:00:00Z&time_zone=UTC"

    unbounded = await stage.pagerduty("GET", f"{path}?since=2026-12-24T13:00:00Z")
    cut = (await stage.pagerduty.get(f"{path}?{bounds}"))["overrides"]
    whole = (await stage.pagerduty.get(f"{path}?{bounds}&overflow=true"))["overrides"]

    assert unbounded.status_code == 400
    assert (cut[0]["start"], cut[0]["end"]) == ("2026-12-24T13:00:00Z", "2026-12-24T14:00:00Z")
    assert (whole[0]["start"], whole[0]["end"]) == ("2026-12-24T12:00:00Z", "2026-12-24T20:00:00Z")
    assert set(cut[0]) == {"id", "start", "end", "user"}


async def test_b41_some_overrides_may_fail_under_a_201(stage: Stage) -> None:
    path = f"/schedules/{stage.world.cast.primary}/overrides"
    good = _override(stage, "2026-12-28T09:00:00Z", "2026-12-28T17:00:00Z")
    bad = _override(stage, "2026-12-29T17:00:00Z", "2026-12-29T09:00:00Z")

    response = await stage.pagerduty("POST", path, {"overrides": [good, bad]})
    later = _override(stage, "2026-12-28T10:00:00Z", "2026-12-28T12:00:00Z", place=4)
    await stage.pagerduty("POST", path, {"overrides": [later]})

    assert response.status_code == 201
    results = response.json()
    assert [result["status"] for result in results] == [201, 400]
    assert results[1]["errors"] == ["Override must end after its start"]
    body = await stage.pagerduty.get(f"/schedules?include[]=final_schedule&{SPAN}")
    monday = [line for line in _lines(body["schedules"][0]["final_schedule"]) if "12-28" in line[0]]
    assert [name for _, _, name in monday] == ["Owen Gallagher", "Yuki Tanabe", "Owen Gallagher"]


async def test_b42_taking_an_override_back(stage: Stage) -> None:
    path = f"/schedules/{stage.world.cast.primary}/overrides"
    rows = [
        _override(stage, "2026-12-28T09:00:00Z", "2026-12-28T17:00:00Z"),
        _override(stage, "2026-12-24T13:00:00Z", "2026-12-24T17:00:00Z"),
        _override(stage, "2026-12-24T09:00:00Z", "2026-12-24T10:00:00Z"),
    ]
    made = (await stage.pagerduty("POST", path, {"overrides": rows})).json()

    statuses = [
        (await stage.pagerduty("DELETE", f"{path}/{one['override']['id']}")).status_code
        for one in made
    ]
    left = (await stage.pagerduty.get(f"{path}?{SPAN}"))["overrides"]

    assert statuses == [204, 200, 400]
    assert [(row["start"], row["end"]) for row in left] == [
        ("2026-12-24T09:00:00Z", "2026-12-24T10:00:00Z"),
        ("2026-12-24T13:00:00Z", "2026-12-24T14:20:00Z"),
    ]


async def test_shifts_begin_at_nine_before_and_after_the_clocks_change(stage: Stage) -> None:
    path = f"/schedules/{stage.world.cast.primary}?time_zone=UTC"
    span = "since=2027-03-26T00:00:00Z&until=2027-03-30T00:00:00Z"

    final = (await stage.pagerduty.get(f"{path}&{span}"))["schedule"]["final_schedule"]

    assert [start for start, _, _ in _lines(final)] == [
        "2027-03-26T09:00:00Z",
        "2027-03-29T08:00:00Z",
    ]


async def test_the_page_follows_the_rota(stage: Stage) -> None:
    cast, pager = stage.world.cast, stage.world.pagerduty
    in_hours = pager.create_incident("a", cast.emergency)
    await stage.pass_time(3 * 3600)
    at_night = pager.create_incident("b", cast.emergency)

    assert in_hours.entries[1].extra["assignees"][0].name == "Imogen Achebe"
    assert at_night.assignments[0][1] == cast.agents[2].pagerduty_id
