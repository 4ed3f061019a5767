"""How does PagerDuty write its records? References unless more is asked for, in a zone."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from services.simulator.call import Json, utc_text
from services.simulator.pagerduty.records import (
    Actor,
    Alert,
    EscalationPolicy,
    Incident,
    Note,
    Priority,
    Schedule,
    Service,
    ShiftSchedule,
    Team,
    User,
)
from services.simulator.pagerduty.register import Register

WEB = "https://rota-demo.pagerduty.com"
"""Where the links for people point to."""


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes records for one answer.

    Attributes:
        root: PagerDuty's base URL as this client knows it.
        zone: What moments are written in.
        includes: What is to be written out in full in place of a reference.
    """

    account: Register
    root: str
    zone: ZoneInfo
    includes: frozenset[str] = frozenset()

    def when(self, moment: datetime | None) -> str | None:
        """A moment in the answer's zone; UTC is written with a `Z`."""
        if moment is None:
            return None
        if self.zone.key == "UTC":
            return utc_text(moment)
        return moment.astimezone(self.zone).isoformat(timespec="seconds")

    # -- references ----------------------------------------------------------------------------

    def reference(self, kind: str, id_: str, summary: str, web: str = "", path: str = "") -> Json:
        """A reference to anything."""
        place = path or f"{kind}s"
        return {
            "id": id_,
            "type": f"{kind}_reference",
            "summary": summary,
            "self": f"{self.root}/{place}/{id_}",
            "html_url": f"{WEB}/{web or place}/{id_}",
        }

    def actor(self, actor: Actor) -> Json:
        """Whoever did something."""
        return self.user(actor) if isinstance(actor, User) else self.service(actor)

    def user(self, user: User) -> Json:
        """A reference to somebody."""
        return self.reference("user", user.id, user.name)

    def service(self, service: Service) -> Json:
        """A reference to a service."""
        return self.reference("service", service.id, service.name, "service-directory")

    def policy(self, policy: EscalationPolicy) -> Json:
        """A reference to an escalation policy."""
        kind, path = "escalation_policy", "escalation_policies"
        return self.reference(kind, policy.id, policy.name, path=path)

    def schedule(self, schedule: Schedule) -> Json:
        """A reference to a schedule."""
        return self.reference("schedule", schedule.id, schedule.name)

    def shift_schedule(self, schedule: ShiftSchedule) -> Json:
        """A reference to a shift-based schedule."""
        row = self.reference("schedule_v3", schedule.id, schedule.name, path="v3/schedules")
        return {**row, "html_url": f"{WEB}/schedules/{schedule.id}"}

    def incident(self, incident: Incident) -> Json:
        """A reference to an incident."""
        return self.reference("incident", incident.id, f"[#{incident.number}] {incident.title}")

    def teams(self) -> list[Json]:
        """References to the teams, which everything belongs to here."""
        return [self.reference("team", t.id, t.name) for t in self.account.teams.values()]

    def priority(self, priority: Priority | None, *, full: bool = False) -> Json | None:
        """A priority, or a reference to it."""
        if priority is None:
            return None
        row = self.reference("priority", priority.id, priority.name, path="priorities")
        row["html_url"] = None
        if full:
            row |= {
                "type": "priority",
                "name": priority.name,
                "description": priority.description,
            }
        return row

    # -- in full -------------------------------------------------------------------------------

    def full_user(self, user: User) -> Json:
        """Somebody, in full."""
        return {
            **self.user(user),
            "type": "user",
            "name": user.name,
            "email": user.email,
            "time_zone": user.zone,
            "color": "teal",
            "role": user.role,
            "avatar_url": f"{WEB}/blank-avatar.png",
            "description": None,
            "invitation_sent": False,
            "job_title": user.job_title,
            "created_via_sso": False,
            "contact_methods": [],
            "notification_rules": [],
            "teams": self.teams(),
        }

    def full_team(self, team: Team) -> Json:
        """A team, in full."""
        row = self.reference("team", team.id, team.name)
        return {**row, "type": "team", "name": team.name, "description": team.name}

    def full_service(self, service: Service) -> Json:
        """A service, in full; its status says how its open incidents stand."""
        policy = self.account.policies[service.policy_id]
        full = "escalation_policies" in self.includes
        return {
            **self.service(service),
            "type": "service",
            "name": service.name,
            "description": None,
            "auto_resolve_timeout": service.auto_resolve_timeout,
            "acknowledgement_timeout": service.acknowledgement_timeout,
            "created_at": self.when(service.created_at),
            "status": self._status(service),
            "alert_creation": "create_alerts_and_incidents",
            "alert_grouping_parameters": {"type": "intelligent"},
            "last_incident_timestamp": self.when(service.last_incident_at),
            "integrations": [self.integration(service)],
            "escalation_policy": self.full_policy(policy) if full else self.policy(policy),
            "teams": self.teams(),
            "incident_urgency_rule": {"type": "constant", "urgency": service.urgency},
            "support_hours": None,
            "scheduled_actions": [],
            "auto_pause_notifications_parameters": {"enabled": False, "timeout": None},
        }

    def _status(self, service: Service) -> str:
        on_it = (i.status for i in self.account.incidents.values() if i.service_id == service.id)
        states = set(on_it)
        if "triggered" in states:
            return "critical"
        return "warning" if "acknowledged" in states else "active"

    def integration(self, service: Service) -> Json:
        kind = "generic_email_inbound_integration"
        path = f"services/{service.id}/integrations"
        return self.reference(kind, f"{service.id}I", service.integration, path=path)

    def full_policy(self, policy: EscalationPolicy) -> Json:
        """An escalation policy, in full."""
        account = self.account
        rules = [
            {
                "id": level.id,
                "escalation_delay_in_minutes": int(level.delay.total_seconds() // 60),
                "targets": [
                    *(self.schedule(account.schedules[i]) for i in level.schedule_ids),
                    *(
                        self.shift_schedule(account.shift_schedules[i])
                        for i in level.shift_schedule_ids
                        if i in account.shift_schedules
                    ),
                    *(self.user(account.users[i]) for i in level.user_ids),
                ],
            }
            for level in policy.levels
        ]
        services = [s for s in account.services.values() if s.policy_id == policy.id]
        return {
            **self.policy(policy),
            "type": "escalation_policy",
            "name": policy.name,
            "description": None,
            "on_call_handoff_notifications": "if_has_services",
            "escalation_rules": rules,
            "services": [self.service(service) for service in services],
            "num_loops": policy.loops,
            "teams": self.teams(),
        }

    def note(self, note: Note) -> Json:
        """A note."""
        user = self.actor(note.user)
        if isinstance(note.user, Service):
            user["type"] = "bot_user_reference"
        return {
            "id": note.id,
            "user": user,
            "channel": {"summary": "The PagerDuty website or APIs"},
            "content": note.content,
            "created_at": self.when(note.created_at),
            "updated_at": self.when(note.updated_at),
        }

    def alert(self, incident: Incident, alert: Alert) -> Json:
        """An alert."""
        service = self.account.service_of(incident)
        row = self.reference(
            "alert", alert.id, alert.summary, path=f"incidents/{incident.id}/alerts"
        )
        return {
            **row,
            "type": "alert",
            "created_at": self.when(alert.created_at),
            "status": alert.status,
            "alert_key": alert.key,
            "service": self.service(service),
            "body": {"type": "alert_body", "contexts": [], "details": {"text": alert.details}},
            "incident": self.incident(incident),
            "suppressed": False,
            "severity": alert.severity,
            "integration": self.integration(service),
        }
