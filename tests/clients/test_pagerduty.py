"""Do PagerDuty's answers, whole or odd, become the records that the facts are made of?"""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from services.domain import IncidentStatus, PendingAction, Schedule, Severity, Shift
from services.errors import Forbidden, NotFound, Rejected, UnexpectedReply
from services.pagerduty.records import LogEntry, Person
from tests.clients.vendor import Vendor, ok, sample

NINE = "2026-01-05T09:00:00Z"
AT_NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def incident(**more: Any) -> dict[str, Any]:
    """The least that an incident can be."""
    return {"id": "PA1", "type": "incident", "incident_number": 4, "created_at": NINE} | more


def user(id: str = "U1", **more: Any) -> dict[str, Any]:
    return {"id": id, "type": "user_reference", "summary": f"Name of {id}"} | more


async def test_the_open_list_asks_for_every_date_in_utc() -> None:
    vendor = Vendor(ok({"incidents": [], "more": False}))
    await vendor.pagerduty().open_incidents(95, ["T1", "T2"], ["S1"])

    assert vendor.asked[0].url.path == "/incidents"
    assert vendor.asked[0].headers["accept"] == "application/vnd.pagerduty+json;version=2"
    assert vendor.query() == [
        ("statuses[]", "triggered"),
        ("statuses[]", "acknowledged"),
        ("date_range", "all"),
        ("time_zone", "UTC"),
        ("sort_by", "incident_number:asc"),
        ("team_ids[]", "T1"),
        ("team_ids[]", "T2"),
        ("service_ids[]", "S1"),
        ("limit", "100"),
        ("offset", "95"),
    ]


async def test_a_full_incident_is_read() -> None:
    full = incident(
        title="Kettle",
        status="acknowledged",
        updated_at="2026-01-05T12:00:00+02:00",
        html_url="https://pd.example.com/incidents/PA1",
        urgency="low",
        priority={"id": "R", "summary": "p2"},
        service={"id": "S1", "summary": "Tea"},
        assignments=[{"at": NINE, "assignee": user()}, {"assignee": None}],
        acknowledgements=[
            {"at": "2026-01-05T11:00:00Z", "acknowledger": user("U2")},
            {"at": "2026-01-05T12:00:00+02:00", "acknowledger": user("U1", name="Ada")},
        ],
        pending_actions=[
            {"type": "unacknowledge", "at": "2026-01-05T11:00:00Z"},
            {"type": "resolve", "at": None},
        ],
    )
    one = await Vendor(ok({"incident": full})).pagerduty().incident("PA1")

    assert (one.id, one.number, one.title) == ("PA1", 4, "Kettle")
    assert one.status is IncidentStatus.ACKNOWLEDGED
    assert (one.created_at, one.updated_at) == (AT_NINE, AT_NINE + HOUR)
    assert one.updated_at.tzinfo is UTC
    assert (one.urgency, one.priority, one.severity) == ("low", "p2", Severity.P2)
    assert (one.service, one.service_id) == ("Tea", "S1")
    assert (one.assignees, one.assignee_ids) == (("Name of U1",), ("U1",))
    assert (one.acknowledged_at, one.acknowledged_by) == (AT_NINE + HOUR, "Ada")
    assert one.pending_actions == (PendingAction("unacknowledge", AT_NINE + 2 * HOUR),)


async def test_the_least_an_incident_can_be_is_enough() -> None:
    nullable = "title status priority service assignments acknowledgements pending_actions"
    nulls = dict.fromkeys(f"{nullable} html_url urgency updated_at resolved_at".split())
    body = {"incidents": [incident(), incident(id="PA2", **nulls)], "more": None}
    page = await Vendor(ok(body)).pagerduty().open_incidents()

    assert [one.id for one in page.incidents] == ["PA1", "PA2"]
    assert {one.status for one in page.incidents} == {IncidentStatus.TRIGGERED}
    assert {one.urgency for one in page.incidents} == {"high"}
    assert {one.updated_at for one in page.incidents} == {AT_NINE}
    assert (page.more, page.received, page.skipped) == (False, 2, ())


@pytest.mark.parametrize(
    ("priority", "name", "severity"),
    [
        pytest.param({"name": "P1", "summary": "x"}, "P1", Severity.P1, id="name"),
        pytest.param({"summary": "P4"}, "P4", Severity.P4, id="summary"),
        pytest.param({"name": "Sev", "summary": " p3 "}, "Sev", Severity.P3, id="either"),
        pytest.param({"summary": "P5"}, "P5", None, id="another"),
        pytest.param({}, None, None, id="nameless"),
        pytest.param(None, None, None, id="none"),
    ],
)
async def test_severity_is_the_name_of_the_priority(
    priority: dict[str, str] | None, name: str | None, severity: Severity | None
) -> None:
    body = {"incident": incident(priority=priority)}
    one = await Vendor(ok(body)).pagerduty().incident("PA1")

    assert (one.priority, one.severity) == (name, severity)


@pytest.mark.parametrize(
    ("word", "status"),
    [("resolved", IncidentStatus.RESOLVED), ("simmering", IncidentStatus.TRIGGERED)],
)
async def test_only_an_acknowledged_incident_has_an_acknowledgement(
    word: str, status: IncidentStatus
) -> None:
    acks = [{"at": NINE, "acknowledger": user()}]
    body = {"incident": incident(status=word, acknowledgements=acks)}
    one = await Vendor(ok(body)).pagerduty().incident("PA1")

    assert one.status is status
    assert (one.acknowledged_at, one.acknowledged_by) == (None, None)


async def test_one_broken_incident_is_skipped_and_told_and_the_rest_goes_on() -> None:
    broken = [incident(id="PA2", created_at="soon"), {"id": "PA3"}, 5, None]
    body = {"incidents": [*broken, incident()], "more": True}
    page = await Vendor(ok(body)).pagerduty().open_incidents()

    assert [one.id for one in page.incidents] == ["PA1"]
    assert (page.more, page.received, len(page.skipped)) == (True, 5, 4)
    assert page.skipped[0].startswith("incident PA2: ")


async def test_an_empty_page_ends_a_list_whatever_it_says() -> None:
    page = await Vendor(ok({"incidents": [], "more": True})).pagerduty().open_incidents()

    assert page.more is False


async def test_an_incident_that_cannot_be_read_is_unexpected() -> None:
    with pytest.raises(UnexpectedReply, match="incident PA1"):
        await Vendor(ok({"incident": {"id": "PA1"}})).pagerduty().incident("PA1")


@pytest.mark.parametrize("id", ["../users", "PA1/notes", "", "P?A", "é", "x" * 200])
async def test_an_id_that_cannot_be_one_is_not_asked_for(id: str) -> None:
    vendor = Vendor(ok({}))
    with pytest.raises(NotFound):
        await vendor.pagerduty().incident(id)
    with pytest.raises(NotFound):
        await vendor.pagerduty().incident_log(id)

    assert vendor.asked == []


def entry(kind: str, **more: Any) -> dict[str, Any]:
    """The least that a log entry can be."""
    reference = {"id": "PA1", "type": "incident_reference"}
    return {"id": "L1", "type": kind, "created_at": NINE, "incident": reference} | more


async def _entry(kind: str, **more: Any) -> LogEntry:
    body = {"log_entries": [entry(kind, **more)], "more": False}
    page = await Vendor(ok(body)).pagerduty().log_entries(AT_NINE)
    return page.entries[0]


async def test_the_log_is_asked_for_with_incidents_and_channels() -> None:
    vendor = Vendor(ok({"log_entries": [], "more": False}))
    await vendor.pagerduty().log_entries(datetime.fromisoformat("2026-01-05T10:00:00+01:00"), 100)

    assert vendor.asked[0].url.path == "/log_entries"
    assert vendor.query() == [
        ("since", NINE),
        ("time_zone", "UTC"),
        ("include[]", "incidents"),
        ("include[]", "channels"),
        ("limit", "100"),
        ("offset", "100"),
    ]


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        pytest.param("acknowledge_log_entry", "acknowledge", id="acknowledge"),
        pytest.param("acknowledgement_log_entry", "acknowledge", id="acknowledgement"),
        pytest.param("unacknowledge_log_entry", "unacknowledge", id="unacknowledge"),
        pytest.param("trigger_log_entry_reference", "trigger", id="reference"),
        pytest.param("brand_new_log_entry", "brand_new", id="unheard-of"),
    ],
)
async def test_the_kind_is_the_type_without_its_ending(type_: str, kind: str) -> None:
    assert (await _entry(type_)).kind == kind


@pytest.mark.parametrize(
    ("type_", "more", "text"),
    [
        pytest.param("annotate_log_entry", {"channel": {"summary": "tea"}}, "tea", id="note"),
        pytest.param("annotate_log_entry", {"channel": {"content": "tea"}}, "tea", id="content"),
        pytest.param("annotate_log_entry", {"channel": None}, "S", id="note-without-text"),
        pytest.param("annotate_log_entry", {"channel": {"summary": 5}}, "S", id="odd-note"),
        pytest.param("status_update_log_entry", {"message": "tea"}, "tea", id="status-update"),
        pytest.param("status_update_log_entry", {"message": {"a": 1}}, "S", id="odd-update"),
        pytest.param("trigger_log_entry", {"channel": {"summary": {"a": 1}}}, "S", id="trigger"),
    ],
)
async def test_the_text_is_what_was_written(type_: str, more: dict[str, Any], text: str) -> None:
    assert (await _entry(type_, summary="S", **more)).text == text


@pytest.mark.parametrize(
    ("agent", "by", "by_person"),
    [
        pytest.param(user(), "Name of U1", True, id="reference"),
        pytest.param(user(type="user", name="Ada"), "Ada", True, id="whole-user"),
        pytest.param(
            {"id": "S", "type": "service_reference", "summary": "T"}, "T", False, id="service"
        ),
        pytest.param({"id": "I", "type": "integration_reference"}, None, False, id="integration"),
        pytest.param(None, None, False, id="nobody"),
    ],
)
async def test_only_a_user_is_a_person(
    agent: dict[str, Any] | None, by: str | None, by_person: bool
) -> None:
    one = await _entry("acknowledge_log_entry", agent=agent)

    assert (one.by, one.by_person) == (by, by_person)


async def test_an_incident_that_comes_whole_is_read_and_a_reference_is_not() -> None:
    whole = await _entry("trigger_log_entry", incident=incident(title="Kettle"))
    broken = await _entry("trigger_log_entry", incident={"id": "PA1", "type": "incident"})
    reference = await _entry("trigger_log_entry")

    assert whole.incident is not None
    assert (whole.incident_id, whole.incident.title) == ("PA1", "Kettle")
    assert (broken.incident_id, broken.incident) == ("PA1", None)
    assert reference.incident is None


async def test_a_page_of_the_log_is_oldest_first_and_skips_what_is_broken() -> None:
    later = entry("resolve_log_entry", id="L0", created_at="2026-01-05T11:00:00+01:00")
    body = {
        "log_entries": [
            entry("trigger_log_entry", id="L9", created_at="2026-01-05T09:30:00Z"),
            later | {"created_at": "2026-01-05T11:00:00Z"},
            entry("notify_log_entry", id="L2", incident=None),
            entry("trigger_log_entry", id="L1", created_at=None),
            entry("trigger_log_entry", id="L3"),
        ],
        "more": True,
    }
    page = await Vendor(ok(body)).pagerduty().log_entries(AT_NINE)

    assert [one.id for one in page.entries] == ["L3", "L9", "L0"]
    assert (page.more, page.received) == (True, 5)
    assert [line.split(":")[0] for line in page.skipped] == ["log entry L2", "log entry L1"]


async def test_one_incidents_log_needs_no_incident_in_it() -> None:
    vendor = Vendor(ok({"log_entries": [entry("annotate_log_entry", incident=None)]}))
    page = await vendor.pagerduty().incident_log("PA1", 100)

    assert vendor.asked[0].url.path == "/incidents/PA1/log_entries"
    assert ("include[]", "channels") in vendor.query()
    assert ("offset", "100") in vendor.query()
    assert page.entries[0].incident_id == "PA1"


def turn(start: int, end: int, who: str = "U1") -> dict[str, Any]:
    """A turn by hours of the day, in a zone that is not UTC."""
    day = "2026-01-05T"
    return {
        "start": f"{day}{start:02}:00:00+01:00",
        "end": f"{day}{end:02}:00:00+01:00",
        "user": user(who),
    }


def schedule(id: str = "C1", overrides: Any = None, **more: Any) -> dict[str, Any]:
    entries = [turn(14, 18, "U2"), turn(10, 14)]
    return {
        "id": id,
        "name": f"Rota {id}",
        "final_schedule": {"rendered_schedule_entries": entries},
        "overrides_subschedule": {"rendered_schedule_entries": overrides},
    } | more


async def test_shifts_are_by_start_in_utc_with_overrides_marked() -> None:
    vendor = Vendor(ok({"schedules": [schedule(overrides=[turn(14, 18, "U2")])], "more": False}))
    found = await vendor.pagerduty().shifts(AT_NINE, AT_NINE + 24 * HOUR)

    assert found == (
        Schedule(
            "C1",
            "Rota C1",
            (
                Shift(AT_NINE, AT_NINE + 4 * HOUR, "Name of U1", "U1", override=False),
                Shift(AT_NINE + 4 * HOUR, AT_NINE + 8 * HOUR, "Name of U2", "U2", override=True),
            ),
            overrides=(
                Shift(AT_NINE + 4 * HOUR, AT_NINE + 8 * HOUR, "Name of U2", "U2", override=True),
            ),
        ),
    )
    assert vendor.query() == [
        ("include[]", "final_schedule"),
        ("include[]", "overrides_subschedule"),
        ("since", NINE),
        ("until", "2026-01-06T09:00:00Z"),
        ("time_zone", "UTC"),
        ("limit", "100"),
        ("offset", "0"),
    ]


@pytest.mark.parametrize(
    "override",
    [
        pytest.param(turn(14, 18, "U3"), id="someone-else"),
        pytest.param(turn(14, 17, "U2"), id="shorter"),
        pytest.param(turn(10, 14, "U2"), id="elsewhen"),
    ],
)
async def test_a_turn_outside_an_override_is_the_rotations(override: dict[str, Any]) -> None:
    body = {"schedules": [schedule(overrides=[override])]}
    found = await Vendor(ok(body)).pagerduty().shifts(AT_NINE, AT_NINE + HOUR)

    assert not any(shift.override for shift in found[0].shifts)


async def test_a_schedule_that_only_shows_in_who_is_on_call_is_found_once_per_turn() -> None:
    def on_call(id: str | None, start: str | None, end: str | None, user: str) -> dict[str, Any]:
        place = {"id": id, "summary": f"Rota {id}", "type": "schedule_v3_reference"}
        who = {"id": user, "summary": f"Name of {user}"}
        return {"user": who, "schedule": id and place, "start": start, "end": end}

    later = "2026-01-05T18:00:00Z"
    first = [on_call("C1", NINE, later, "U1"), on_call("V3", NINE, later, "U2")]
    first.append(on_call(None, None, None, "U9"))
    turns = [on_call("V3", NINE, later, "U2")] * 2 + [on_call("V3", later, None, "U3")]
    vendor = Vendor(ok({"oncalls": first, "more": False}), ok({"oncalls": turns}))
    end = AT_NINE + 24 * HOUR
    found = await vendor.pagerduty().shift_based(AT_NINE, end, {"C1"})

    (schedule,) = found
    assert (schedule.id, schedule.name, schedule.shift_based) == ("V3", "Rota V3", True)
    assert [(s.who, s.end) for s in schedule.shifts] == [
        ("Name of U2", AT_NINE + 9 * HOUR),
        ("Name of U3", end),
    ]
    assert ("earliest", "true") in vendor.query(0)
    assert ("schedule_ids[]", "V3") in vendor.query(1)


async def test_schedules_are_read_to_the_last_page_by_what_came() -> None:
    vendor = Vendor(
        ok({"schedules": [schedule("C1"), schedule("C2")], "more": True}),
        ok({"schedules": [schedule("C2"), schedule("C3")], "more": True}),
        ok({"schedules": [], "more": True}),
    )
    found = await vendor.pagerduty().shifts(AT_NINE, AT_NINE + HOUR)

    assert [one.id for one in found] == ["C1", "C2", "C3"]
    assert [dict(vendor.query(i))["offset"] for i in range(3)] == ["0", "2", "4"]


async def test_a_broken_schedule_is_left_out_unless_all_are() -> None:
    broken = schedule("C2", final_schedule={"rendered_schedule_entries": [{"start": NINE}]})
    vendor = Vendor(ok({"schedules": [broken, schedule("C1")]}), ok({"schedules": [broken]}))
    client = vendor.pagerduty()

    assert [one.id for one in await client.shifts(AT_NINE, AT_NINE + HOUR)] == ["C1"]
    with pytest.raises(UnexpectedReply, match="schedule C2"):
        await client.shifts(AT_NINE, AT_NINE + HOUR)


async def test_a_schedule_without_turns_has_none() -> None:
    bare = [{"id": "C1", "summary": "S"}, schedule("C2", final_schedule=None)]
    nobody = turn(10, 14) | {"user": None}
    bare.append(schedule("C3", final_schedule={"rendered_schedule_entries": [nobody]}))
    found = await Vendor(ok({"schedules": bare})).pagerduty().shifts(AT_NINE, AT_NINE + HOUR)

    assert [one.shifts for one in found] == [(), (), ()]
    assert found[0].name == "S"


async def test_a_moment_without_offset_is_not_asked_about() -> None:
    with pytest.raises(ValueError, match="offset"):
        await Vendor(ok({})).pagerduty().log_entries(datetime.fromisoformat("2026-01-05T09:00:00"))


@pytest.mark.parametrize(
    ("status", "error"), [(402, Rejected), (403, Forbidden)], ids=["ability", "forbidden"]
)
async def test_an_accounts_key_is_nobodys_and_other_refusals_are_told(
    status: int, error: type[Exception]
) -> None:
    vendor = Vendor(httpx.Response(400, json={"error": {"message": "x"}}), httpx.Response(status))
    client = vendor.pagerduty()

    assert await client.me() is None
    with pytest.raises(error):
        await client.me()


async def test_every_documented_read_is_read() -> None:
    me = await _documented("GET_users-me").me()
    incidents = await _documented("GET_incidents").open_incidents()
    one = await _documented("GET_incidents-id").incident("PT4KHLK")
    log = await _documented("GET_log_entries").log_entries(AT_NINE)
    own_log = await _documented("GET_incidents-id-log_entries").incident_log("PT4KHLK")

    assert me == Person(
        "PXPGF42", "Earline Greenholt", "125.greenholt.earline@graham.name", "admin"
    )
    assert (incidents.incidents[0].number, incidents.incidents[0].severity) == (1234, Severity.P2)
    assert (incidents.more, incidents.skipped) == (True, ())
    assert one.acknowledged_at == datetime(2015, 11, 10, 0, 32, 52, tzinfo=UTC)
    assert one.acknowledged_by == "Earline Greenholt"
    assert [action.kind for action in one.pending_actions] == ["unacknowledge", "resolve"]
    assert log.entries == own_log.entries
    assert (log.entries[0].kind, log.entries[0].by_person) == ("trigger", False)


@pytest.mark.parametrize("example", ["Basic_Example", "With_Schedule_Layers"])
async def test_the_documented_schedules_are_read(example: str) -> None:
    body = sample("pagerduty", f"GET_schedules.response200.{example}")
    found = await Vendor(ok(body)).pagerduty().shifts(AT_NINE, AT_NINE + HOUR)

    assert [one.name for one in found] == ["Daily Engineering Rotation"]


async def test_the_documented_turns_of_a_schedule_are_read() -> None:
    whole = sample("pagerduty", "GET_schedules-id.response200")["schedule"]
    body = {"schedules": [whole], "more": False}
    found = await Vendor(ok(body)).pagerduty().shifts(AT_NINE, AT_NINE + HOUR)

    assert found[0].shifts[0] == Shift(
        datetime(2015, 11, 10, 13, tzinfo=UTC),
        datetime(2015, 11, 10, 22, tzinfo=UTC),
        "Regina Phalange",
        "PXPGF42",
        override=False,
    )


def _documented(name: str) -> Any:
    return Vendor(ok(sample("pagerduty", f"{name}.response200"))).pagerduty()
