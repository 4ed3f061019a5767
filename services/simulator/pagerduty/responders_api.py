"""Asking others to join an incident, and taking that back."""

from services.simulator.call import Call, Json, Reply
from services.simulator.pagerduty.account import PagerDutyAccount
from services.simulator.pagerduty.gate import Answer
from services.simulator.pagerduty.incidents_api import local_writer
from services.simulator.pagerduty.pages import error
from services.simulator.pagerduty.records import User
from services.simulator.pagerduty.writes_api import id_in


def ask(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """POST /incidents/{id}/responder_requests: the body says who asks."""
    requester, targets = _requester(account, call), _targets(call)
    incident = account.incident(call.places["incident_id"])
    message = str(call.object().get("message") or "")
    asked = account.ask_for_help(incident.id, requester, message, targets)
    write = local_writer(account, call)
    rows: list[Json] = [
        {
            "type": one.kind,
            "id": one.id,
            "incidents_responders": [write.responder(incident, one)] if one.kind == "user" else [],
        }
        for one in asked
    ]
    row = {
        "incident": write.incident(incident),
        "requester": write.user(requester),
        "requested_at": write.when(account.timeline.stamp()),
        "message": message,
        "responder_request_targets": [{"responder_request_target": one} for one in rows],
    }
    return Reply(200, {"responder_request": row})


def cancel(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """PUT /incidents/{id}/responder_requests/cancel: 200, and for each what became of it."""
    _requester(account, call)
    incident_id = account.incident(call.places["incident_id"]).id
    rows = [
        {
            "type": f"{kind}_reference",
            "id": target_id,
            "result": account.call_off_help(incident_id, kind, target_id),
        }
        for kind, target_id in _targets(call)
    ]
    return Reply(200, {"responder_request_targets": rows})


def _requester(account: PagerDutyAccount, call: Call) -> User:
    requester = account.users.get(str(call.object().get("requester_id")))
    if requester is None:
        raise error(400, 2011, "Invalid requester_id")
    return requester


def _targets(call: Call) -> list[tuple[str, str]]:
    """Kinds and ids; a request wraps each of them, a cancellation does not."""
    rows = call.object().get("responder_request_targets")
    rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    inner = [row.get("responder_request_target", row) for row in rows]
    return [(str(row.get("type", "")).removesuffix("_reference"), id_in(row)) for row in inner]


ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("POST", "/incidents/{incident_id}/responder_requests", ask),
    ("PUT", "/incidents/{incident_id}/responder_requests/cancel", cancel),
)
