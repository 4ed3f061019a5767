"""Reading incidents, their log and their notes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from services.simulator.call import Call, Reply
from services.simulator.pagerduty.account import PagerDutyAccount
from services.simulator.pagerduty.gate import Answer
from services.simulator.pagerduty.incident_shapes import IncidentWriter
from services.simulator.pagerduty.pages import (
    bound,
    error,
    includes,
    invalid,
    paged,
    wanted,
    zone_of,
)
from services.simulator.pagerduty.records import Incident, LogEntry, User

MONTH = timedelta(days=30)
"""The window of `GET /incidents` unless another is asked for."""

LONGEST = timedelta(days=184)
"""The widest window that may be asked for."""

STATUSES = ("triggered", "acknowledged", "resolved")

_SORTS = ("incident_number", "created_at", "resolved_at", "urgency")

_OVERVIEW = frozenset(
    {"trigger", "acknowledge", "acknowledgement", "unacknowledge", "resolve", "escalate",
     "assign", "snooze", "annotate", "status_update", "priority_change", "urgency_change"}
)  # fmt: skip
"""What is left of the log with `is_overview`."""


def writer(account: PagerDutyAccount, call: Call, default_zone: str = "UTC") -> IncidentWriter:
    """Writes the answer to this call in the zone and with the includes it asks for."""
    return IncidentWriter(account, call.root, zone_of(call, default_zone), includes(call))


def local_writer(account: PagerDutyAccount, call: Call) -> IncidentWriter:
    """The same for what is in the account's zone unless another is asked for."""
    return writer(account, call, account.settings.account_zone)


def list_incidents(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """GET /incidents: of the last month, unless `date_range=all` or a window is given."""
    statuses = wanted(call, "statuses", STATUSES)
    urgencies = wanted(call, "urgencies", ("high", "low"))
    services, users = wanted(call, "service_ids"), wanted(call, "user_ids")
    ours = of_team(account, call)
    key = call.query.get("incident_key")
    window = _window(account, call)
    rows = [
        incident
        for incident in account.incidents.values()
        if ours
        and (not statuses or incident.status in statuses)
        and (not urgencies or incident.urgency in urgencies)
        and (not services or incident.service_id in services)
        and (not users or users & {user_id for _, user_id in incident.assignments})
        and (not key or incident.key == key)
        and (window is None or window[0] <= incident.created_at < window[1])
    ]
    page, envelope = paged(call, account.settings, _sorted(call, rows))
    write = writer(account, call)
    return Reply(200, {"incidents": [write.full_incident(one) for one in page], **envelope})


def of_team(account: PagerDutyAccount, call: Call) -> bool:
    """Whether the teams asked for are among ours: everything here belongs to all of them."""
    teams = wanted(call, "team_ids")
    return not teams or bool(teams & set(account.teams))


def _window(account: PagerDutyAccount, call: Call) -> tuple[datetime, datetime] | None:
    if call.query.get("date_range") == "all":
        return None
    zone = zone_of(call, account.settings.account_zone)
    since, until = bound(call, "since", zone), bound(call, "until", zone)
    if until is None:
        until = since + MONTH if since else account.timeline.now() + timedelta(seconds=1)
    if since is None:
        since = until - MONTH
    if until < since or until - since > LONGEST:
        raise error(400, 2005, "Invalid Query Date Range", "The range is longer than 6 months.")
    return since, until


def _sorted(call: Call, rows: list[Incident]) -> list[Incident]:
    asked = call.query.get("sort_by")
    rows.sort(key=lambda incident: (incident.created_at, incident.number))
    for part in reversed(asked.split(",") if asked else []):
        name, _, direction = part.partition(":")
        if name not in _SORTS or direction not in ("", "asc", "desc") or asked.count(",") > 1:
            raise invalid("Sort by is invalid.")
        rows.sort(key=lambda incident: _sort_key(incident, name), reverse=direction == "desc")
    return rows


def _sort_key(incident: Incident, name: str) -> tuple[bool, float]:
    if name == "urgency":
        return False, 0.0 if incident.urgency == "high" else 1.0
    if name == "incident_number":
        return False, float(incident.number)
    moment = incident.created_at if name == "created_at" else incident.resolved_at
    return moment is None, moment.timestamp() if moment else 0.0


def show(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """GET /incidents/{id}, by id or number."""
    incident = account.incident(call.places["incident_id"])
    return Reply(200, {"incident": writer(account, call).full_incident(incident)})


def notes(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """GET /incidents/{id}/notes: all of them, newest first."""
    incident = account.incident(call.places["incident_id"])
    write = local_writer(account, call)
    return Reply(200, {"notes": [write.note(note) for note in reversed(incident.notes)]})


def log_entries(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """GET /log_entries: of the whole account, newest first."""
    return _entries(account, call, account.log if of_team(account, call) else [])


def incident_log(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """GET /incidents/{id}/log_entries."""
    return _entries(account, call, account.incident(call.places["incident_id"]).entries)


def _entries(account: PagerDutyAccount, call: Call, log: list[LogEntry]) -> Reply:
    write = local_writer(account, call)
    since, until = bound(call, "since", write.zone), bound(call, "until", write.zone)
    overview = call.query.get("is_overview") == "true"
    rows = [
        entry
        for entry in _back_to(log, since, account.settings.log_since_inclusive)
        if (until is None or entry.created_at < until) and (not overview or entry.type in _OVERVIEW)
    ]
    if account.settings.log_order == "oldest":
        rows.reverse()
    page, envelope = paged(call, account.settings, rows)
    return Reply(200, {"log_entries": [write.entry(entry) for entry in page], **envelope})


def _back_to(log: list[LogEntry], since: datetime | None, inclusive: bool) -> Iterator[LogEntry]:
    for entry in reversed(log):
        if since is not None and entry.created_at < since:
            return
        if entry.created_at == since and not inclusive:
            return
        yield entry


def show_entry(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """GET /log_entries/{id}."""
    entry = next((e for e in account.log if e.id == call.places["entry_id"]), None)
    if entry is None:
        raise error(404, 5001, "Log Entry Not Found")
    return Reply(200, {"log_entry": local_writer(account, call).entry(entry)})


ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("GET", "/incidents", list_incidents),
    ("GET", "/incidents/{incident_id}", show),
    ("GET", "/incidents/{incident_id}/notes", notes),
    ("GET", "/incidents/{incident_id}/log_entries", incident_log),
    ("GET", "/log_entries", log_entries),
    ("GET", "/log_entries/{entry_id}", show_entry),
)
