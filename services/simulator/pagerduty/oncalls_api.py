"""Who is on call by the escalation policies' view."""

from datetime import datetime, timedelta

from services.simulator.call import Call, Json, Reply
from services.simulator.pagerduty.account import PagerDutyAccount
from services.simulator.pagerduty.gate import Answer
from services.simulator.pagerduty.incident_shapes import IncidentWriter
from services.simulator.pagerduty.incidents_api import local_writer
from services.simulator.pagerduty.pages import bound, error, paged, wanted
from services.simulator.pagerduty.records import User
from services.simulator.pagerduty.rota import Shift, final_shifts, side_by_side

AHEAD = timedelta(days=90)
"""How far `GET /oncalls` looks."""

Range = tuple[datetime, datetime]


def oncalls(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """GET /oncalls: one row per policy, level and shift; the shifts are whole."""
    write = local_writer(account, call)
    now = account.timeline.now()
    since, until = bound(call, "since", write.zone), bound(call, "until", write.zone)
    since = since or now
    until = until or max(since, now) + timedelta(microseconds=1)
    if until < since or until - now > AHEAD:
        raise error(400, 2004, "Invalid since/until", "Until must be within 90 days.")
    rows = [row for row in _oncall_rows(account, write, (since, until)) if _asked_for(call, row)]
    if call.query.get("earliest") == "true":
        rows = _earliest(rows)
    page, envelope = paged(call, account.settings, rows)
    return Reply(200, {"oncalls": page, **envelope})


def _oncall_rows(account: PagerDutyAccount, write: IncidentWriter, span: Range) -> list[Json]:
    rows: list[Json] = []
    final = {s.id: final_shifts(s, *span) for s in account.schedules.values()}
    v3 = account.shift_schedules
    for policy in account.policies.values():
        for place, level in enumerate(policy.levels, 1):
            full = "escalation_policies" in write.includes
            shown = write.full_policy(policy) if full else write.policy(policy)
            base = {"escalation_policy": shown, "escalation_level": place}
            for schedule_id in level.schedule_ids:
                schedule = write.schedule(account.schedules[schedule_id])
                for shift in final[schedule_id]:
                    rows.append(_row(write, base, shift.user_id, schedule, shift))
            for schedule_id in level.shift_schedule_ids:
                shifts = side_by_side(v3[schedule_id], *span) if schedule_id in v3 else []
                for shift in shifts:
                    schedule = write.shift_schedule(v3[schedule_id])
                    rows.append(_row(write, base, shift.user_id, schedule, shift))
            for user_id in level.user_ids:
                rows.append(_row(write, base, user_id, None, None))
    return rows


def _row(
    write: IncidentWriter, base: Json, user_id: str, schedule: Json | None, shift: Shift | None
) -> Json:
    user = write.account.users[user_id]
    return {
        "user": write.full_user(user) if "users" in write.includes else write.user(user),
        "schedule": schedule,
        **base,
        "start": write.when(shift.start) if shift else None,
        "end": write.when(shift.end) if shift else None,
    }


def _asked_for(call: Call, row: Json) -> bool:
    filters = {"user_ids": "user", "escalation_policy_ids": "escalation_policy"}
    for name, key in (*filters.items(), ("schedule_ids", "schedule")):
        ids = wanted(call, name)
        if ids and (row[key] is None or row[key]["id"] not in ids):
            return False
    return True


def _earliest(rows: list[Json]) -> list[Json]:
    first: dict[tuple[str, int, str], Json] = {}
    for row in sorted(rows, key=lambda row: row["start"] or ""):
        place = (row["escalation_policy"]["id"], row["escalation_level"], row["user"]["id"])
        first.setdefault(place, row)
    return list(first.values())


ROUTES: tuple[tuple[str, str, Answer], ...] = (("GET", "/oncalls", oncalls),)
