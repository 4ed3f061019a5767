"""Writing incidents: their status, owners and priority, and what is written about them."""

from collections.abc import Callable

from services.simulator.call import Call, Json, Reply
from services.simulator.pagerduty.account import PagerDutyAccount
from services.simulator.pagerduty.gate import Answer
from services.simulator.pagerduty.incidents_api import local_writer, writer
from services.simulator.pagerduty.pages import error, invalid
from services.simulator.pagerduty.records import Conflict, Incident, User

MOST_AT_ONCE = 250
"""Incidents that one bulk update may have."""

_STATUSES = ("acknowledged", "resolved", "triggered")


def _somebody(me: User | None) -> User:
    if me is None:
        raise error(400, 2011, "requester_id is required")
    return me


def id_in(value: object) -> str:
    """The id inside a reference; nothing if there is none."""
    return str(value.get("id") or "") if isinstance(value, dict) else ""


def create(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """POST /incidents: 201; an open incident of the service with the same key is in the way."""
    asked = call.object("incident")
    service_id = id_in(asked.get("service"))
    if not str(asked.get("title") or "").strip() or not service_id:
        raise invalid("Title and service are required.")
    if service_id not in account.services:
        raise error(400, 5002, "Service Not Found")
    policy_id = id_in(asked.get("escalation_policy"))
    if policy_id and policy_id not in account.policies:
        raise Conflict(1014, "Escalation Policy Not Found")
    priority = _priority_named(account, asked.get("priority"))
    body = asked.get("body")
    incident = account.create_incident(
        str(asked["title"]),
        service_id,
        agent=_somebody(me),
        urgency=str(asked["urgency"]) if asked.get("urgency") in ("high", "low") else None,
        priority=priority,
        key=str(asked["incident_key"]) if asked.get("incident_key") else None,
        body=str(body.get("details") or "") if isinstance(body, dict) else "",
        policy_id=policy_id or None,
        user_ids=_assignees(asked),
        via="api",
        alert=False,
    )
    return Reply(201, {"incident": writer(account, call).full_incident(incident)})


def _priority_named(account: PagerDutyAccount, value: object) -> str | None:
    if value is None:
        return None
    wanted = value if isinstance(value, str) else id_in(value)
    found = account.priorities.get(wanted) or account.priority_named(wanted)
    if found is None:
        raise Conflict(1020, "Invalid Priority")
    return found.name


def _assignees(asked: Json) -> tuple[str, ...]:
    rows = asked.get("assignments")
    rows = rows if isinstance(rows, list) else []
    return tuple(id_in(row.get("assignee")) for row in rows if isinstance(row, dict))


def update(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """PUT /incidents/{id}: 200 with the incident."""
    asked = call.object("incident")
    incident = account.incident(call.places["incident_id"])
    _check(account, incident, asked)
    _carry_out(account, incident, asked, _somebody(me))
    return Reply(200, {"incident": writer(account, call).full_incident(incident)})


def update_many(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """PUT /incidents: all of them, or, if any one is invalid, none."""
    rows = call.object().get("incidents")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise invalid("Incidents must be an array.")
    if len(rows) > MOST_AT_ONCE:
        raise error(413, 2001, "Invalid Input Provided", "At most 250 incidents can be updated.")
    pairs = [(account.incident(str(row.get("id"))), row) for row in rows]
    for incident, row in pairs:
        _check(account, incident, row)
    for incident, row in pairs:
        _carry_out(account, incident, row, _somebody(me))
    write = writer(account, call)
    written = [write.full_incident(incident) for incident, _ in pairs]
    return Reply(200, {"incidents": written, "limit": 100, "offset": 0, "more": False})


def _check(account: PagerDutyAccount, incident: Incident, asked: Json) -> None:
    """Refuse an update before any of it is carried out."""
    status = asked.get("status")
    if status is not None and status not in _STATUSES:
        raise Conflict(1003, "Invalid Status Provided")
    if asked.get("urgency") not in (None, "high", "low"):
        raise invalid("Urgency must be high or low.")
    if "title" in asked and not str(asked["title"] or "").strip():
        raise invalid("Title cannot be empty.")
    if asked.get("resolution") and status != "resolved":
        raise invalid("Resolution is only allowed with status resolved.")
    if asked.get("assignments") and asked.get("escalation_policy"):
        raise invalid("Assignments and escalation policy cannot be given together.")
    if any(user_id not in account.users for user_id in _assignees(asked)):
        raise Conflict(1007, "Assigned To User Not Found")
    policy_id = id_in(asked.get("escalation_policy"))
    if policy_id and policy_id not in account.policies:
        raise Conflict(1014, "Escalation Policy Not Found")
    _priority_named(account, asked.get("priority"))
    _check_level(account, incident, asked.get("escalation_level"))
    _check_status(account, incident, asked)


def _check_level(account: PagerDutyAccount, incident: Incident, level: object) -> None:
    rungs = len(account.policies[incident.policy_id].levels)
    if level is not None and (incident.urgency == "low" or not 1 <= _level(level) <= rungs):
        raise Conflict(1006, "Cannot Escalate")


def _check_status(account: PagerDutyAccount, incident: Incident, asked: Json) -> None:
    status, settings = asked.get("status"), account.settings
    if incident.status != "resolved":
        return
    moves = any(asked.get(key) for key in ("assignments", "escalation_policy", "escalation_level"))
    reopens = status in ("triggered", "acknowledged")
    for_good = not settings.reopen_resolved or incident.merged_into is not None
    again = status == "resolved" and settings.settle_settled == "refuse"
    if again or (reopens and for_good) or (moves and not reopens):
        raise Conflict(1001, "Incident Already Resolved")


def _carry_out(account: PagerDutyAccount, incident: Incident, asked: Json, me: User) -> None:
    id_ = incident.id
    status = asked.get("status")
    people, policy_id = _assignees(asked), id_in(asked.get("escalation_policy"))
    level = asked.get("escalation_level")
    acts: tuple[tuple[bool, Callable[[], object]], ...] = (
        (bool(asked.get("title")), lambda: account.rename(id_, me, str(asked["title"]))),
        (bool(asked.get("urgency")), lambda: account.set_urgency(id_, me, str(asked["urgency"]))),
        ("priority" in asked, lambda: account.set_priority(id_, me, _wanted(asked))),
        (status == "triggered", lambda: account.trigger_again(id_, me)),
        (bool(people), lambda: account.reassign(id_, me, people)),
        (bool(policy_id), lambda: account.reassign_to_policy(id_, me, policy_id)),
        (level is not None, lambda: account.escalate_to(id_, me, _level(level))),
        (status == "acknowledged", lambda: account.acknowledge(id_, me)),
        (
            status == "resolved",
            lambda: account.resolve(id_, me, str(asked.get("resolution") or "")),
        ),
    )
    for due, act in acts:
        if due:
            act()
    _carry_out_facts(account, incident, asked, me)


def _carry_out_facts(account: PagerDutyAccount, incident: Incident, asked: Json, me: User) -> None:
    kind = asked.get("incident_type")
    if isinstance(kind, dict) and kind.get("name"):
        account.change_facts(incident.id, me, type=str(kind["name"]))
    if isinstance(asked.get("conference_bridge"), dict):
        account.change_facts(incident.id, me, conference=asked["conference_bridge"])
    service_id = id_in(asked.get("service"))
    if service_id in account.services and service_id != incident.service_id:
        account.change_facts(incident.id, me, service_id=service_id)


def _wanted(asked: Json) -> str | None:
    value = asked["priority"]
    return value if isinstance(value, str) or value is None else id_in(value)


def _level(value: object) -> int:
    if not isinstance(value, int):
        raise Conflict(1006, "Cannot Escalate", "Escalation level must be a whole number")
    return value


def add_note(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """POST /incidents/{id}/notes: 200, and the same note twice is two notes."""
    content = call.object("note").get("content")
    if not isinstance(content, str) or not content.strip():
        raise invalid("Content cannot be empty.")
    note = account.note(call.places["incident_id"], _somebody(me), content)
    return Reply(200, {"note": local_writer(account, call).note(note)})


def change_note(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """PUT and DELETE /incidents/{id}/notes/{note_id}; neither is logged."""
    incident = account.incident(call.places["incident_id"])
    note = next((n for n in incident.notes if n.id == call.places["note_id"]), None)
    if note is None:
        raise error(404, 2100, "Not Found")
    if call.method == "DELETE":
        incident.notes.remove(note)
        return Reply(204)
    note.content = str(call.object("note").get("content") or note.content)
    note.updated_at = account.timeline.stamp()
    return Reply(200, {"note": local_writer(account, call).note(note)})


def add_status_update(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """POST /incidents/{id}/status_updates; there is no way to read them but the log."""
    asked, sender = call.object(), _somebody(me)
    message = asked.get("message")
    if not isinstance(message, str) or not message.strip():
        raise invalid("Message cannot be empty.")
    rich = {key: asked[key] for key in ("subject", "html_message") if asked.get(key)}
    if len(rich) == 1:
        raise invalid("Subject and html_message must be given together.")
    id_, _ = account.status_update(call.places["incident_id"], sender, message, **rich)
    write = local_writer(account, call)
    row = {
        "id": id_,
        "message": message,
        "sender": write.user(sender),
        "created_at": write.when(account.timeline.stamp()),
        **rich,
    }
    return Reply(200, {"status_update": row})


def snooze(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """POST /incidents/{id}/snooze: 201; only for what is acknowledged."""
    duration = call.object().get("duration")
    if not isinstance(duration, int) or isinstance(duration, bool):
        raise Conflict(1013, "Snooze Duration is Invalid")
    incident = account.snooze(call.places["incident_id"], _somebody(me), duration)
    return Reply(201, {"incident": writer(account, call).full_incident(incident)})


def merge(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """PUT /incidents/{id}/merge: 200 with nothing but a reference."""
    rows = call.object().get("source_incidents")
    if not isinstance(rows, list) or not rows:
        raise invalid("Source incidents must be an array.")
    sources = tuple(id_in(row) for row in rows)
    target = account.merge(call.places["incident_id"], _somebody(me), sources)
    return Reply(200, {"incident": writer(account, call).incident(target)})


ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("POST", "/incidents", create),
    ("PUT", "/incidents", update_many),
    ("PUT", "/incidents/{incident_id}", update),
    ("POST", "/incidents/{incident_id}/notes", add_note),
    ("PUT", "/incidents/{incident_id}/notes/{note_id}", change_note),
    ("DELETE", "/incidents/{incident_id}/notes/{note_id}", change_note),
    ("POST", "/incidents/{incident_id}/status_updates", add_status_update),
    ("POST", "/incidents/{incident_id}/snooze", snooze),
    ("PUT", "/incidents/{incident_id}/merge", merge),
)
