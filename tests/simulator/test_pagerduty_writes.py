"""B: writing incidents, and what happens to them by themselves."""

from typing import Any

import pytest

from services.simulator.pagerduty.records import Incident, User
from tests.simulator.conftest import MakeStage, Stage


def _page(stage: Stage, title: str = "Down", **more: Any) -> Incident:
    return stage.world.pagerduty.create_incident(title, stage.world.cast.emergency, **more)


def _user(stage: Stage, place: int = 0) -> User:
    return stage.world.pagerduty.users[stage.world.cast.agents[place].pagerduty_id]


def _types(incident: Incident) -> list[str]:
    return [entry.type for entry in incident.entries]


async def _put(stage: Stage, incident: Incident, **fields: Any) -> Any:
    return await stage.pagerduty("PUT", f"/incidents/{incident.id}", {"incident": fields})


async def _row(stage: Stage, incident: Incident) -> Any:
    return (await stage.pagerduty.get(f"/incidents/{incident.id}"))["incident"]


def _pending(row: Any) -> dict[str, str]:
    return {action["type"]: action["at"] for action in row["pending_actions"]}


async def test_b14_acknowledging_sets_the_timeout_and_stops_the_escalation(stage: Stage) -> None:
    incident = _page(stage)
    before = _pending(await _row(stage, incident))
    await stage.clock.advance(60)

    response = await _put(stage, incident, status="acknowledged")

    row = response.json()["incident"]
    assert before == {"escalate": "2026-12-24T14:35:00Z"}
    assert row["status"] == "acknowledged"
    assert row["acknowledgements"][0]["at"] == "2026-12-24T14:21:00Z"
    assert row["acknowledgements"][0]["acknowledger"]["summary"] == "Imogen Achebe"
    assert _pending(row) == {"unacknowledge": "2026-12-24T14:51:00Z"}
    assert incident.entries[-1].extra == {"acknowledgement_timeout": 1800}


async def test_b14_no_timeout_where_the_service_has_none(stage: Stage) -> None:
    incident = stage.world.pagerduty.create_incident("x", stage.world.cast.backlog)

    row = (await _put(stage, incident, status="acknowledged")).json()["incident"]

    assert row["pending_actions"] == []


async def test_b15_an_acknowledgement_runs_out(stage: Stage) -> None:
    incident = _page(stage)
    await _put(stage, incident, status="acknowledged")

    await stage.clock.advance(1799)
    assert (await _row(stage, incident))["status"] == "acknowledged"
    await stage.clock.advance(600)
    row = await _row(stage, incident)

    assert row["status"] == "triggered"
    assert row["acknowledgements"] == []
    assert row["updated_at"] == "2026-12-24T14:50:00Z"
    assert _pending(row) == {"escalate": "2026-12-24T15:05:00Z"}
    log = await stage.pagerduty.get(
        f"/incidents/{incident.id}/log_entries?time_zone=UTC&is_overview=true&limit=1"
    )
    assert log["log_entries"][0]["type"] == "unacknowledge_log_entry"
    assert log["log_entries"][0]["agent"]["type"] == "service_reference"
    assert log["log_entries"][0]["created_at"] == "2026-12-24T14:50:00Z"


async def test_b16_acknowledging_again_restarts_the_timeout(stage: Stage) -> None:
    incident = _page(stage)
    await _put(stage, incident, status="acknowledged")
    await stage.clock.advance(1200)

    again = await _put(stage, incident, status="acknowledged")
    await stage.clock.advance(1200)

    assert again.status_code == 200
    assert _pending(again.json()["incident"]) == {"unacknowledge": "2026-12-24T15:10:00Z"}
    assert (await _row(stage, incident))["status"] == "acknowledged"
    assert _types(incident).count("acknowledge") == 2


async def test_b17_a_service_resolves_by_itself(stage: Stage) -> None:
    incident = stage.world.pagerduty.create_incident("x", stage.world.cast.smoke)
    assert "resolve" in _pending(await _row(stage, incident))

    await stage.clock.advance(14400)

    row = await _row(stage, incident)
    assert (row["status"], row["resolved_at"]) == ("resolved", "2026-12-24T18:20:00Z")
    assert row["last_status_change_by"]["type"] == "service_reference"


async def test_b18_the_escalation_goes_up_and_round_and_ends(stage: Stage) -> None:
    incident, cast = _page(stage), stage.world.cast
    owners = []
    for minutes in (0, 15, 30, 15, 30):
        await stage.pass_time(minutes * 60)
        owners.append(incident.assignments[0][1])
    await stage.pass_time(3600)

    first, lead = cast.agents[0].pagerduty_id, cast.lead.pagerduty_id
    assert owners == [first, lead, first, lead, lead]
    assert "repeat_escalation_path" in _types(incident)
    assert incident.pending == {}


async def test_b18_low_urgency_and_direct_assignment_never_escalate(stage: Stage) -> None:
    low = _page(stage, urgency="low")
    direct = _page(stage, user_ids=(stage.world.cast.agents[2].pagerduty_id,))

    assert low.pending == direct.pending == {}
    refused = await _put(stage, low, escalation_level=2)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, 1006)


@pytest.mark.parametrize("duration", [0, 604_801, "3600", None, True])
async def test_b19_a_snooze_is_between_a_second_and_a_week(stage: Stage, duration: Any) -> None:
    incident = _page(stage)
    await _put(stage, incident, status="acknowledged")

    response = await stage.pagerduty(
        "POST", f"/incidents/{incident.id}/snooze", {"duration": duration}
    )

    assert (response.status_code, response.json()["error"]["code"]) == (400, 1013)


async def test_b19_a_snooze_ends_in_triggered(make_stage: MakeStage) -> None:
    stage = make_stage()
    incident = _page(stage)
    path, body = f"/incidents/{incident.id}/snooze", {"duration": 3600}

    too_early = await stage.pagerduty("POST", path, body)
    await _put(stage, incident, status="acknowledged")
    response = await stage.pagerduty("POST", path, body)
    await stage.clock.advance(3599)
    still = await _row(stage, incident)
    await stage.clock.advance(1)

    assert (too_early.status_code, too_early.json()["error"]["code"]) == (400, 1012)
    assert response.status_code == 201
    assert _pending(response.json()["incident"]) == {"unacknowledge": "2026-12-24T15:20:00Z"}
    assert still["status"] == "acknowledged"
    assert (await _row(stage, incident))["status"] == "triggered"
    lenient = make_stage(snooze_triggered=True)
    other = _page(lenient)
    accepted = await lenient.pagerduty("POST", f"/incidents/{other.id}/snooze", body)
    assert accepted.json()["incident"]["status"] == "acknowledged"


async def test_b19_the_log_of_a_snooze(stage: Stage) -> None:
    incident = _page(stage)
    stage.world.pagerduty.acknowledge(incident.id, _user(stage))
    stage.world.pagerduty.snooze(incident.id, _user(stage), 60)

    entry = (await stage.pagerduty.get("/log_entries"))["log_entries"][0]

    assert entry["type"] == "snooze_log_entry"
    assert entry["changed_actions"][0]["type"] == "unacknowledge"


async def test_b20_a_snooze_ends_with_its_owner(make_stage: MakeStage) -> None:
    stage = make_stage(reassign_retriggers=False)
    reassigned, acknowledged = _page(stage), _page(stage)
    other = {"assignee": {"id": _user(stage, 1).id, "type": "user_reference"}}
    for incident in (reassigned, acknowledged):
        stage.world.pagerduty.acknowledge(incident.id, _user(stage))
        stage.world.pagerduty.snooze(incident.id, _user(stage), 7200)

    first = await _put(stage, reassigned, assignments=[other])
    second = await _put(stage, acknowledged, status="acknowledged")

    for response in (first, second):
        assert _pending(response.json()["incident"]) == {"unacknowledge": "2026-12-24T14:50:00Z"}


@pytest.mark.parametrize(("retriggers", "status"), [(True, "triggered"), (False, "acknowledged")])
async def test_b21_reassigning_what_was_acknowledged(
    make_stage: MakeStage, retriggers: bool, status: str
) -> None:
    stage = make_stage(reassign_retriggers=retriggers)
    incident = _page(stage)
    stage.world.pagerduty.acknowledge(incident.id, _user(stage))
    other = {"assignee": {"id": _user(stage, 1).id, "type": "user_reference"}}

    row = (await _put(stage, incident, assignments=[other])).json()["incident"]

    assert row["status"] == status
    assert row["assigned_via"] == "direct_assignment"
    assert row["assignments"][0]["assignee"]["summary"] == "Tomas Lindqvist"


async def test_b22_resolving_with_a_word(stage: Stage) -> None:
    incident = _page(stage)

    wrong = await _put(stage, incident, status="acknowledged", resolution="x")
    row = (await _put(stage, incident, status="resolved", resolution="Done")).json()["incident"]
    log = (await stage.pagerduty.get("/log_entries"))["log_entries"]

    assert wrong.status_code == 400
    assert incident.acknowledgements == []
    assert row["resolved_at"] == row["last_status_change_at"] == "2026-12-24T14:20:00Z"
    assert (log[0]["type"], log[0]["note"]) == ("resolve_log_entry", "Done")


@pytest.mark.parametrize("status", ["triggered", "acknowledged"])
@pytest.mark.parametrize("allowed", [True, False])
async def test_b23_opening_what_was_resolved(
    make_stage: MakeStage, status: str, allowed: bool
) -> None:
    stage = make_stage(reopen_resolved=allowed)
    incident = _page(stage)
    stage.world.pagerduty.resolve(incident.id, _user(stage))

    response = await _put(stage, incident, status=status)

    if allowed:
        row = response.json()["incident"]
        assert (row["status"], row["resolved_at"]) == (status, None)
        assert row["assignments"]
    else:
        assert response.json()["error"]["code"] == 1001
        assert incident.status == "resolved"


@pytest.mark.parametrize(("how", "status"), [("accept", 200), ("refuse", 400)])
async def test_b24_resolving_twice(make_stage: MakeStage, how: str, status: int) -> None:
    stage = make_stage(settle_settled=how)
    incident = _page(stage)
    await _put(stage, incident, status="resolved")

    assert (await _put(stage, incident, status="resolved")).status_code == status


async def test_b25_b26_many_at_once_or_none(stage: Stage) -> None:
    incidents = [_page(stage, str(number)) for number in range(3)]
    rows = [{"id": one.id, "type": "incident_reference", "status": "resolved"} for one in incidents]

    wrong = await stage.pagerduty(
        "PUT", "/incidents", {"incidents": [*rows, {"id": "QNONE", "status": "resolved"}]}
    )
    invalid = await stage.pagerduty(
        "PUT", "/incidents", {"incidents": [*rows[:2], {**rows[2], "status": "asleep"}]}
    )
    assert {one.status for one in incidents} == {"triggered"}
    right = await stage.pagerduty("PUT", "/incidents", {"incidents": rows})
    too_many = await stage.pagerduty("PUT", "/incidents", {"incidents": rows[:1] * 251})

    assert (wrong.status_code, invalid.status_code) == (404, 400)
    assert [row["status"] for row in right.json()["incidents"]] == ["resolved"] * 3
    assert too_many.status_code == 413


@pytest.mark.parametrize(
    "bad",
    [{"urgency": "medium"}, {"title": " "}, {"priority": "P9"}, {"status": "gone"},
     {"escalation_level": 9}, {"assignments": [{"assignee": {"id": "PNOBODY"}}]}],
    ids=lambda bad: next(iter(bad)),
)  # fmt: skip
async def test_b25_one_bad_entry_leaves_the_good_ones_alone(
    stage: Stage, bad: dict[str, Any]
) -> None:
    good, other = _page(stage), _page(stage)
    rows = [{"id": good.id, "type": "incident_reference", "status": "acknowledged"}]

    response = await stage.pagerduty(
        "PUT", "/incidents", {"incidents": [*rows, {"id": other.id, "type": "incident", **bad}]}
    )

    assert response.status_code == 400
    assert (good.status, other.status) == ("triggered", "triggered")


async def test_b27_priorities_by_id_by_name_and_none(stage: Stage) -> None:
    incident = _page(stage, priority="P2")
    p1 = stage.world.pagerduty.priority_named("P1")
    assert p1 is not None

    await _put(stage, incident, priority={"id": p1.id, "type": "priority_reference"})
    log = await stage.pagerduty.get("/log_entries?include[]=channels")
    by_name = (await _put(stage, incident, priority="P3")).json()["incident"]
    none = (await _put(stage, incident, priority=None)).json()["incident"]
    wrong = await _put(stage, incident, priority="P9")

    entry = log["log_entries"][0]
    assert entry["type"] == "priority_change_log_entry"
    assert entry["summary"] == 'Priority changed from "P2" to "P1"'
    assert entry["channel"]["new_priority"]["name"] == "P1"
    assert by_name["priority"]["summary"] == "P3"
    assert none["priority"] is None
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, 1020)


async def test_b28_the_same_note_twice_is_two_notes(stage: Stage) -> None:
    incident = _page(stage)
    path = f"/incidents/{incident.id}/notes"

    for _ in range(2):
        response = await stage.pagerduty("POST", path, {"note": {"content": "hello"}})
        assert response.status_code == 200
    notes = (await stage.pagerduty.get(path))["notes"]
    edited = await stage.pagerduty(
        "PUT", f"{path}/{notes[0]['id']}", {"note": {"content": "better"}}
    )
    deleted = await stage.pagerduty("DELETE", f"{path}/{notes[1]['id']}")

    assert [note["content"] for note in notes] == ["hello", "hello"]
    assert edited.json()["note"]["content"] == "better"
    assert deleted.status_code == 204
    incident.notes *= 2000
    full = await stage.pagerduty("POST", path, {"note": {"content": "one more"}})
    assert full.status_code == 400


async def test_b29_status_updates_are_read_in_the_log_only(stage: Stage) -> None:
    incident = _page(stage)
    path = f"/incidents/{incident.id}/status_updates"

    sent = await stage.pagerduty("POST", path, {"message": "We are on it"})
    half = await stage.pagerduty("POST", path, {"message": "x", "subject": "y"})
    unreadable = await stage.pagerduty("GET", path)
    entry = (await stage.pagerduty.get("/log_entries"))["log_entries"][0]

    assert sent.status_code == 200
    assert sent.json()["status_update"]["sender"]["summary"] == "Imogen Achebe"
    assert (half.status_code, unreadable.status_code) == (400, 404)
    assert (entry["type"], entry["message"]) == ("status_update_log_entry", "We are on it")


async def test_b30_merging(stage: Stage) -> None:
    target, source, resolved = _page(stage, "a"), _page(stage, "b"), _page(stage, "c")
    stage.world.pagerduty.resolve(resolved.id, _user(stage))
    body = {"source_incidents": [{"id": source.id, "type": "incident_reference"}]}

    merged = await stage.pagerduty("PUT", f"/incidents/{target.id}/merge", body)
    again = await stage.pagerduty("PUT", f"/incidents/{target.id}/merge", body)
    into_resolved = await stage.pagerduty(
        "PUT", f"/incidents/{resolved.id}/merge", {"source_incidents": [{"id": target.id}]}
    )
    row = await _row(stage, source)

    assert merged.json()["incident"]["type"] == "incident_reference"
    assert set(merged.json()["incident"]) == {"id", "type", "summary", "self", "html_url"}
    assert row["status"] == "resolved"
    assert row["resolve_reason"]["incident"]["id"] == target.id
    assert again.json()["error"]["code"] == 1019
    assert into_resolved.status_code == 400
    assert len(target.alerts) == 2


@pytest.mark.parametrize("bumps", [False, True])
async def test_b31_whether_a_note_counts_as_a_change(make_stage: MakeStage, bumps: bool) -> None:
    stage = make_stage(note_bumps_updated_at=bumps)
    incident = _page(stage)
    await stage.clock.advance(60)
    await stage.pagerduty("POST", f"/incidents/{incident.id}/notes", {"note": {"content": "hello"}})

    row = await _row(stage, incident)

    assert (row["updated_at"] == "2026-12-24T14:21:00Z") is bumps


async def test_an_incident_is_raised_by_hand(stage: Stage) -> None:
    body = {
        "incident": {
            "type": "incident",
            "title": "By phone",
            "service": {"id": stage.world.cast.emergency, "type": "service_reference"},
            "priority": "P1",
            "incident_key": "k1",
            "body": {"type": "incident_body", "details": "They called."},
        }
    }

    made = await stage.pagerduty("POST", "/incidents", body)
    again = await stage.pagerduty("POST", "/incidents", body)

    row = made.json()["incident"]
    assert made.status_code == 201
    assert (row["status"], row["priority"]["summary"]) == ("triggered", "P1")
    assert row["last_status_change_by"]["summary"] == "Imogen Achebe"
    assert row["summary"] == f"[#{row['incident_number']}] By phone"
    assert again.status_code == 400


async def test_a_key_is_taken_on_its_own_service_only_and_while_open(stage: Stage) -> None:
    cast = stage.world.cast

    async def raised(service_id: str) -> int:
        service = {"id": service_id, "type": "service_reference"}
        asked = {"type": "incident", "title": "x", "service": service, "incident_key": "k2"}
        response = await stage.pagerduty("POST", "/incidents", {"incident": asked})
        return int(response.status_code)

    seen = [await raised(cast.emergency), await raised(cast.emergency), await raised(cast.smoke)]
    for incident in list(stage.world.pagerduty.incidents.values()):
        stage.world.pagerduty.resolve(incident.id, _user(stage))
    seen.append(await raised(cast.emergency))

    assert seen == [201, 400, 201, 201]


async def test_reassigning_to_a_policy_and_up_the_ladder(stage: Stage) -> None:
    incident, cast = _page(stage), stage.world.cast
    await _put(stage, incident, assignments=[{"assignee": {"id": _user(stage, 3).id}}])

    policy = {"id": cast.policy, "type": "escalation_policy_reference"}
    back = (await _put(stage, incident, escalation_policy=policy)).json()["incident"]
    up = (await _put(stage, incident, escalation_level=2)).json()["incident"]
    both = await _put(
        stage, incident, escalation_policy=policy, assignments=[{"assignee": {"id": "x"}}]
    )

    assert back["assignments"][0]["assignee"]["id"] == cast.agents[0].pagerduty_id
    assert up["assignments"][0]["assignee"]["id"] == cast.lead.pagerduty_id
    assert both.status_code == 400


async def test_responders_can_be_asked_for(stage: Stage) -> None:
    incident = _page(stage)
    target = {"id": stage.world.cast.lead.pagerduty_id, "type": "user_reference"}

    response = await stage.pagerduty(
        "POST",
        f"/incidents/{incident.id}/responder_requests",
        {
            "requester_id": _user(stage).id,
            "message": "Please help",
            "responder_request_targets": [{"responder_request_target": target}],
        },
    )

    assert response.status_code == 200
    assert response.json()["responder_request"]["message"] == "Please help"
    assert _types(incident)[-1] == "responder_request"
    assert [one.state for one in incident.helpers] == ["pending"]


async def test_help_is_called_off_unless_it_came_already(stage: Stage) -> None:
    account, cast = stage.world.pagerduty, stage.world.cast
    incident, me = _page(stage), _user(stage)
    asked = [("user", cast.lead.pagerduty_id), ("user", cast.agents[1].pagerduty_id)]
    account.ask_for_help(incident.id, me, "help", [*asked, ("escalation_policy", cast.policy)])
    incident.helpers[1].state = "joined"
    targets = [
        {"type": "user_reference", "id": asked[0][1]},
        {"type": "user_reference", "id": asked[1][1]},
        {"type": "escalation_policy_reference", "id": cast.policy},
        {"type": "user_reference", "id": "PNOBODY"},
    ]

    response = await stage.pagerduty(
        "PUT",
        f"/incidents/{incident.id}/responder_requests/cancel",
        {"requester_id": me.id, "responder_request_targets": targets},
    )
    shown = (await stage.pagerduty.get(f"/incidents/{incident.id}"))["incident"]

    rows = response.json()["responder_request_targets"]
    assert [row["result"] for row in rows] == ["cancelled", "joined", "cancelled", "not_found"]
    assert [row["state"] for row in shown["incidents_responders"]] == ["joined"]


async def test_alerts_are_resolved_and_moved_all_or_none(stage: Stage) -> None:
    first, second, over = _page(stage), _page(stage), _page(stage)
    alert = first.alerts[0]
    stage.world.pagerduty.resolve(over.id, _user(stage))
    path = f"/incidents/{first.id}/alerts"

    def moved(to: str) -> dict[str, Any]:
        target = {"id": to, "type": "incident_reference"}
        return {"alerts": [{"id": alert.id, "type": "alert", "incident": target}]}

    resolved = await stage.pagerduty(
        "PUT", path, {"alerts": [{"id": alert.id, "type": "alert", "status": "resolved"}]}
    )
    refused = await stage.pagerduty("PUT", path, moved(over.id))
    gone = await stage.pagerduty("PUT", path, moved(second.id))

    assert resolved.json()["alerts"][0]["status"] == "resolved"
    assert refused.status_code == 400
    assert gone.json()["alerts"][0]["incident"]["id"] == second.id
    assert (first.alerts, second.alerts[-1]) == ([], alert)
