"""How does PagerDuty write an incident and its log?"""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from services.simulator.call import Json
from services.simulator.pagerduty.records import Actor, Helper, Incident, LogEntry, User
from services.simulator.pagerduty.shapes import WEB, Writer


class IncidentWriter(Writer):
    """Writes incidents and log entries for one answer."""

    __slots__ = ()

    def full_incident(self, incident: Incident) -> Json:
        """An incident. Notes and status updates are no part of it."""
        account = self.account
        open_alerts = sum(alert.status == "triggered" for alert in incident.alerts)
        settled = incident.status in ("acknowledged", "resolved")
        changed = incident.last_status_change_at if settled else incident.updated_at
        row = {
            **self.incident(incident),
            "type": "incident",
            "incident_number": incident.number,
            "title": incident.title,
            "created_at": self.when(incident.created_at),
            "updated_at": self.when(incident.updated_at),
            "status": incident.status,
            "incident_key": incident.key,
            "service": self._service_in(incident),
            "assignments": [
                {"at": self.when(at), "assignee": self._person(account.users[i], "assignees")}
                for at, i in incident.assignments
            ],
            "assigned_via": incident.assigned_via,
            "last_status_change_at": self.when(changed),
            "last_status_change_by": self.actor(incident.last_status_change_by),
            "resolved_at": self.when(incident.resolved_at),
            "first_trigger_log_entry": self._first_entry(incident),
            "alert_counts": {
                "all": len(incident.alerts),
                "triggered": open_alerts,
                "resolved": len(incident.alerts) - open_alerts,
            },
            "is_mergeable": incident.mergeable,
            "incident_type": {"name": incident.type},
            "escalation_policy": self._policy_in(incident),
            "teams": self.teams(),
            "pending_actions": self._actions(incident.pending.items()),
            "acknowledgements": [
                {"at": self.when(at), "acknowledger": self._person(actor, "acknowledgers")}
                for at, actor in incident.acknowledgements
            ],
            "alert_grouping": None,
            "priority": self._priority_in(incident),
            "resolve_reason": self._reason(incident),
            "incidents_responders": [
                self.responder(incident, one) for one in incident.helpers if one.kind == "user"
            ],
            "responder_requests": [],
            "urgency": incident.urgency,
        }
        if "conference_bridge" in self.includes:
            row["conference_bridge"] = incident.conference
        if "body" in self.includes:
            row["body"] = {"type": "incident_body", "details": incident.body}
        return row

    def responder(self, incident: Incident, helper: Helper) -> Json:
        """A person who was asked to join, and what became of it."""
        at = self.when(helper.asked_at)
        return {
            "state": helper.state,
            "user": self.user(self.account.users[helper.id]),
            "incident": self.incident(incident),
            "updated_at": at,
            "message": helper.message,
            "requester": self.user(helper.requester),
            "requested_at": at,
        }

    def _actions(self, actions: Iterable[tuple[str, datetime]]) -> list[Json]:
        ordered = sorted(actions, key=lambda action: action[1])
        return [{"type": kind, "at": self.when(at)} for kind, at in ordered]

    def _person(self, actor: Actor, include: str) -> Json:
        if isinstance(actor, User) and {include, "users"} & self.includes:
            return self.full_user(actor)
        return self.actor(actor)

    def _service_in(self, incident: Incident) -> Json:
        service = self.account.service_of(incident)
        full = "services" in self.includes
        return self.full_service(service) if full else self.service(service)

    def _policy_in(self, incident: Incident) -> Json:
        policy = self.account.policies[incident.policy_id]
        full = "escalation_policies" in self.includes
        return self.full_policy(policy) if full else self.policy(policy)

    def _priority_in(self, incident: Incident) -> Json | None:
        if not self.account.settings.priorities:
            return None
        priority = self.account.priorities.get(incident.priority_id or "")
        return self.priority(priority, full="priorities" in self.includes)

    def _first_entry(self, incident: Incident) -> Json | None:
        if not incident.entries:
            return None
        first = incident.entries[0]
        if "first_trigger_log_entries" in self.includes:
            return self.entry(first)
        return {**self._entry_links(first), "type": f"{first.type}_log_entry_reference"}

    def _reason(self, incident: Incident) -> Json | None:
        if incident.merged_into is None:
            return None
        target = self.account.incidents[incident.merged_into]
        return {"type": "merge_resolve_reason", "incident": self.incident(target)}

    def _entry_links(self, entry: LogEntry) -> Json:
        return {
            "id": entry.id,
            "type": f"{entry.type}_log_entry",
            "summary": entry.summary,
            "self": f"{self.root}/log_entries/{entry.id}?incident_id={entry.incident_id}",
            "html_url": f"{WEB}/incidents/{entry.incident_id}/log_entries/{entry.id}",
        }

    def entry(self, entry: LogEntry) -> Json:
        """A log entry, with the incident as it is now if that is included."""
        incident = self.account.incidents[entry.incident_id]
        utc = IncidentWriter(self.account, self.root, ZoneInfo("UTC"))
        full = "incidents" in self.includes
        channel = self._channel(entry) if "channels" in self.includes else None
        return {
            **self._entry_links(entry),
            "created_at": self.when(entry.created_at),
            "agent": self.actor(entry.agent),
            "channel": channel or {"type": entry.channel["type"]},
            "service": self._service_in(incident),
            "incident": utc.full_incident(incident) if full else self.incident(incident),
            "teams": self.teams(),
            "contexts": [],
            "event_details": {},
            **{key: self._extra(key, value) for key, value in entry.extra.items()},
        }

    def _channel(self, entry: LogEntry) -> Json:
        priorities = ("old_priority", "new_priority")
        return {
            key: self.priority(value, full=True) if key in priorities else value
            for key, value in entry.channel.items()
        }

    def _extra(self, key: str, value: object) -> object:
        if key == "assignees" and isinstance(value, list):
            return [self.user(user) for user in value]
        if key == "changed_actions" and isinstance(value, list):
            return self._actions(value)
        return self.user(value) if isinstance(value, User) else value
