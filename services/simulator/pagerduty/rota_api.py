"""Who is on call: schedules and their overrides."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.simulator.call import Call, Json, Reply, moment_of
from services.simulator.pagerduty.account import PagerDutyAccount
from services.simulator.pagerduty.gate import Answer
from services.simulator.pagerduty.incident_shapes import IncidentWriter
from services.simulator.pagerduty.incidents_api import local_writer
from services.simulator.pagerduty.pages import bound, error, invalid, paged
from services.simulator.pagerduty.records import Conflict, Layer, Override, Schedule, User
from services.simulator.pagerduty.rota import (
    Shift,
    clipped,
    coverage,
    final_shifts,
    layer_shifts,
    override_shifts,
)

Range = tuple[datetime, datetime]

TWO_WEEKS = timedelta(weeks=2)


def range_of(call: Call, write: IncidentWriter) -> Range | None:
    """The range asked for; with one end only, it is two weeks long."""
    since, until = bound(call, "since", write.zone), bound(call, "until", write.zone)
    if until is None:
        if since is None:
            return None
        until = since + TWO_WEEKS
    if since is None:
        since = until - TWO_WEEKS
    if until <= since:
        raise error(400, 2004, "Invalid since/until", "Until must be after since.")
    return since, until


def _entries(write: IncidentWriter, call: Call, shifts: list[Shift], span: Range) -> list[Json]:
    shown = shifts if call.query.get("overflow") == "true" else clipped(shifts, *span)
    return [
        {
            "start": write.when(shift.start),
            "end": write.when(shift.end),
            "user": write.user(write.account.users[shift.user_id]),
            **({"id": shift.override_id} if shift.override_id else {}),
        }
        for shift in shown
    ]


def _subschedule(
    write: IncidentWriter, call: Call, name: str, shifts: list[Shift], span: Range | None
) -> Json:
    return {
        "name": name,
        "rendered_schedule_entries": _entries(write, call, shifts, span) if span else [],
        "rendered_coverage_percentage": coverage(shifts, *span) if span else None,
    }


def _layer(
    write: IncidentWriter, call: Call, schedule: Schedule, layer: Layer, span: Range | None
) -> Json:
    shifts = layer_shifts(layer, ZoneInfo(schedule.zone), *span) if span else []
    restrictions: list[Json] = []
    for one in layer.restrictions:
        row: Json = {
            "type": "daily_restriction" if one.weekday is None else "weekly_restriction",
            "start_time_of_day": one.start.isoformat(),
            "duration_seconds": int(one.duration.total_seconds()),
        }
        if one.weekday is not None:
            row["start_day_of_week"] = one.weekday
        restrictions.append(row)
    return {
        **_subschedule(write, call, layer.name, shifts, span),
        "id": layer.id,
        "start": write.when(layer.start),
        "end": None,
        "rotation_virtual_start": write.when(layer.start),
        "rotation_turn_length_seconds": int(layer.turn.total_seconds()),
        "users": [{"user": write.user(write.account.users[i])} for i in layer.user_ids],
        "restrictions": restrictions,
    }


def _schedule(
    write: IncidentWriter, call: Call, schedule: Schedule, span: Range | None, parts: frozenset[str]
) -> Json:
    account = write.account
    user_ids = dict.fromkeys(i for layer in schedule.layers for i in layer.user_ids)
    policies = [
        policy
        for policy in account.policies.values()
        if any(schedule.id in level.schedule_ids for level in policy.levels)
    ]
    row = {
        **write.schedule(schedule),
        "type": "schedule",
        "name": schedule.name,
        "time_zone": schedule.zone,
        "description": schedule.description,
        "escalation_policies": [write.policy(policy) for policy in policies],
        "users": [write.user(account.users[user_id]) for user_id in user_ids],
        "teams": write.teams(),
    }
    if "schedule_layers" in parts:
        layers = [_layer(write, call, schedule, one, span) for one in reversed(schedule.layers)]
        row["schedule_layers"] = layers
    if "overrides_subschedule" in parts:
        shifts = override_shifts(schedule, *span) if span else []
        row["overrides_subschedule"] = _subschedule(write, call, "Overrides", shifts, span)
    if "final_schedule" in parts:
        shifts = final_shifts(schedule, *span) if span else []
        row["final_schedule"] = _subschedule(write, call, "Final Schedule", shifts, span)
    return row


def schedules(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """GET /schedules: shifts only with `include[]` and a range."""
    write = local_writer(account, call)
    word = call.query.get("query").lower()
    rows = [s for s in account.schedules.values() if word in s.name.lower()]
    page, envelope = paged(call, account.settings, rows, default=100)
    span = range_of(call, write)
    written = [_schedule(write, call, one, span, write.includes) for one in page]
    return Reply(200, {"schedules": written, **envelope})


def _schedule_of(account: PagerDutyAccount, call: Call) -> Schedule:
    schedule = account.schedules.get(call.places["schedule_id"])
    if schedule is None:
        raise error(404, 3004, "Schedule Not Found")
    return schedule


def show_schedule(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """GET /schedules/{id}: every part, with shifts only where a range is given."""
    write = local_writer(account, call)
    schedule = _schedule_of(account, call)
    parts = frozenset({"schedule_layers", "overrides_subschedule", "final_schedule"})
    row = _schedule(write, call, schedule, range_of(call, write), parts)
    return Reply(200, {"schedule": row})


def schedule_users(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """GET /schedules/{id}/users: whoever is on call in the range, or at all."""
    write = local_writer(account, call)
    schedule = _schedule_of(account, call)
    span = range_of(call, write)
    ids = [i for layer in schedule.layers for i in layer.user_ids]
    if span:
        ids = [shift.user_id for shift in final_shifts(schedule, *span)]
    return Reply(200, {"users": [write.full_user(account.users[i]) for i in dict.fromkeys(ids)]})


def overrides(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """GET /schedules/{id}/overrides: both ends of the range are needed."""
    schedule = _schedule_of(account, call)
    if not (call.query.get("since") and call.query.get("until")):
        raise invalid("Since and until are required.")
    write = local_writer(account, call)
    span = range_of(call, write)
    assert span is not None
    rows = _entries(write, call, override_shifts(schedule, *span), span)
    return Reply(account.settings.overrides_list_status, {"overrides": rows})


def _override_json(write: IncidentWriter, override: Override) -> Json:
    return {
        "id": override.id,
        "start": write.when(override.start),
        "end": write.when(override.end),
        "user": write.user(write.account.users[override.user_id]),
    }


def add_overrides(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """POST /schedules/{id}/overrides: 201 even where some, or all, of them are refused."""
    schedule = _schedule_of(account, call)
    write = local_writer(account, call)
    if "override" in call.object():
        made = _add(account, schedule, call.object("override"))
        return Reply(201, {"override": _override_json(write, made)})
    asked = call.object().get("overrides")
    if not isinstance(asked, list) or not asked:
        raise invalid("Overrides must be an array.")
    results: list[Json] = []
    for one in asked:
        try:
            made = _add(account, schedule, one if isinstance(one, dict) else {})
        except Conflict as conflict:
            results.append({"status": 400, "errors": list(conflict.errors), "override": one})
        else:
            results.append({"status": 201, "override": _override_json(write, made)})
    return Reply(201, results)


def _add(account: PagerDutyAccount, schedule: Schedule, asked: Json) -> Override:
    start, end = moment_of(str(asked.get("start"))), moment_of(str(asked.get("end")))
    user = asked.get("user")
    if start is None or end is None or not isinstance(user, dict):
        text = "Override must have a start, an end and a user"
        raise Conflict(4004, "Invalid Override", text)
    return account.add_override(schedule.id, start, end, str(user.get("id")))


def remove_override(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """DELETE /schedules/{id}/overrides/{override_id}: 204 gone, 200 cut off at now."""
    schedule = _schedule_of(account, call)
    gone = account.remove_override(schedule.id, call.places["override_id"])
    return Reply(204) if gone else Reply(200, {})


ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("GET", "/schedules", schedules),
    ("GET", "/schedules/{schedule_id}", show_schedule),
    ("GET", "/schedules/{schedule_id}/users", schedule_users),
    ("GET", "/schedules/{schedule_id}/overrides", overrides),
    ("POST", "/schedules/{schedule_id}/overrides", add_overrides),
    ("DELETE", "/schedules/{schedule_id}/overrides/{override_id}", remove_override),
)
