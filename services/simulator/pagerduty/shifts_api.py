"""Shift-based schedules, the newer kind, which have an API of their own below `/v3`."""

from zoneinfo import ZoneInfo

from services.simulator.call import Call, Json, Reply
from services.simulator.pagerduty.account import PagerDutyAccount
from services.simulator.pagerduty.gate import Answer
from services.simulator.pagerduty.incident_shapes import IncidentWriter
from services.simulator.pagerduty.incidents_api import local_writer, of_team
from services.simulator.pagerduty.pages import error, invalid
from services.simulator.pagerduty.records import Layer, ShiftSchedule, User
from services.simulator.pagerduty.rota import clipped, coverage, layer_shifts
from services.simulator.pagerduty.rota_api import Range, range_of

LARGEST = 1000
"""Schedules per page; the older API gives 100."""


def schedules(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """GET /v3/schedules: references only."""
    limit, offset = call.query.get("limit", "100"), call.query.get("offset", "0")
    if not (limit.isdigit() and offset.isdigit() and 1 <= int(limit) <= LARGEST):
        raise invalid("Limit must be between 1 and 1000.")
    write, word = local_writer(account, call), call.query.get("query").lower()
    rows = [s for s in account.shift_schedules.values() if word in s.name.lower()]
    rows = rows if of_team(account, call) else []
    start, end = int(offset), int(offset) + int(limit)
    envelope = {"limit": int(limit), "offset": start, "more": end < len(rows)}
    return Reply(200, {"schedules": [write.shift_schedule(s) for s in rows[start:end]], **envelope})


def show(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """GET /v3/schedules/{id}: with its shifts where `final_schedule` and a range are asked for."""
    schedule = account.shift_schedules.get(call.places["schedule_id"])
    if schedule is None:
        raise error(404, 2100, "Not Found")
    write = local_writer(account, call)
    users = dict.fromkeys(i for rotation in schedule.rotations for i in rotation.user_ids)
    row = {
        **write.shift_schedule(schedule),
        "type": "schedule_v3",
        "name": schedule.name,
        "time_zone": schedule.zone,
        "teams": write.teams(),
        "users": [write.user(account.users[user_id]) for user_id in users],
        "rotations": [_rotation(write, schedule, one) for one in schedule.rotations],
    }
    span = range_of(call, write)
    if span is not None and "final_schedule" in write.includes:
        row["final_schedule"] = _final(write, schedule, span)
    return Reply(200, {"schedule": row})


def _rotation(write: IncidentWriter, schedule: ShiftSchedule, rotation: Layer) -> Json:
    begun = rotation.start.astimezone(ZoneInfo(schedule.zone))
    ended = (begun.replace(tzinfo=None) + rotation.turn).replace(tzinfo=begun.tzinfo)
    event = {
        "id": f"{rotation.id}E",
        "type": "schedule_event",
        "name": rotation.name,
        "start_time": {"date_time": begun.isoformat(), "time_zone": schedule.zone},
        "end_time": {"date_time": ended.isoformat(), "time_zone": schedule.zone},
        "effective_since": write.when(rotation.start),
        "effective_until": None,
        "recurrence": [f"RRULE:FREQ=DAILY;INTERVAL={rotation.turn.days}"],
        "assignment_strategy": {
            "type": "rotating_member_assignment_strategy",
            "shifts_per_member": 1,
            "members": [_member(user_id) for user_id in rotation.user_ids],
        },
    }
    return {"id": rotation.id, "type": "schedule_rotation", "events": [event]}


def _final(write: IncidentWriter, schedule: ShiftSchedule, span: Range) -> Json:
    zone = ZoneInfo(schedule.zone)
    shifts = [
        (shift, rotation)
        for rotation in schedule.rotations
        for shift in clipped(layer_shifts(rotation, zone, *span), *span)
    ]
    shifts.sort(key=lambda pair: (pair[0].start, pair[1].id))
    covered = max(coverage([s for s, r in shifts if r is one], *span) for one in schedule.rotations)
    return {
        "type": "final_schedule",
        "rendered_coverage_percentage": covered,
        "computed_shift_assignments": [
            {
                "type": "computed_shift_assignment",
                "start_time": write.when(shift.start),
                "end_time": write.when(shift.end),
                "member": _member(shift.user_id),
                "source": {"type": "schedule_rotation", "rotation_id": rotation.id},
            }
            for shift, rotation in shifts
        ],
    }


def _member(user_id: str) -> Json:
    return {"type": "user_member", "user_id": user_id}


ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("GET", "/v3/schedules", schedules),
    ("GET", "/v3/schedules/{schedule_id}", show),
)
