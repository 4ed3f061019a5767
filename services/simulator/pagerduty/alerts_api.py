"""The alerts of an incident: reading them, resolving them, moving them to another incident."""

from services.simulator.call import Call, Json, Reply
from services.simulator.pagerduty.account import PagerDutyAccount
from services.simulator.pagerduty.gate import Answer
from services.simulator.pagerduty.incidents_api import writer
from services.simulator.pagerduty.pages import error, invalid, paged, wanted
from services.simulator.pagerduty.records import Alert, Incident, User
from services.simulator.pagerduty.writes_api import id_in

STATUSES = ("triggered", "resolved")


def alerts(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """GET /incidents/{id}/alerts."""
    incident = account.incident(call.places["incident_id"])
    statuses = wanted(call, "statuses", STATUSES)
    rows = [alert for alert in incident.alerts if not statuses or alert.status in statuses]
    page, envelope = paged(call, account.settings, rows)
    write = writer(account, call)
    return Reply(200, {"alerts": [write.alert(incident, one) for one in page], **envelope})


def show_alert(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """GET /incidents/{id}/alerts/{alert_id}."""
    incident = account.incident(call.places["incident_id"])
    alert = _alert(incident, call.places["alert_id"])
    return Reply(200, {"alert": writer(account, call).alert(incident, alert)})


def _alert(incident: Incident, alert_id: str) -> Alert:
    alert = next((one for one in incident.alerts if one.id == alert_id), None)
    if alert is None:
        raise error(404, 2100, "Not Found")
    return alert


def update_many(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """PUT /incidents/{id}/alerts: resolve some, or move them; all of them, or none."""
    incident = account.incident(call.places["incident_id"])
    rows = call.object().get("alerts")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise invalid("Alerts must be an array.")
    acts = [(_alert(incident, id_in(row)), row, _target(account, row)) for row in rows]
    for alert, row, target in acts:
        alert.status = str(row.get("status") or alert.status)
        if target is not None:
            incident.alerts.remove(alert)
            target.alerts.append(alert)
    write = writer(account, call)
    written = [write.alert(target or incident, alert) for alert, _, target in acts]
    envelope = {"limit": 100, "offset": 0, "more": False, "total": None}
    return Reply(200, {"alerts": written, **envelope})


def _target(account: PagerDutyAccount, row: Json) -> Incident | None:
    """The incident an alert is to be moved to, if it is; a status that is none is refused."""
    if row.get("status") not in (None, *STATUSES):
        raise invalid("Status must be triggered or resolved.")
    target_id = id_in(row.get("incident"))
    if not target_id:
        return None
    target = account.incident(target_id)
    if target.status == "resolved":
        raise error(400, 1001, "Incident Already Resolved")
    return target


ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("GET", "/incidents/{incident_id}/alerts", alerts),
    ("PUT", "/incidents/{incident_id}/alerts", update_many),
    ("GET", "/incidents/{incident_id}/alerts/{alert_id}", show_alert),
)
