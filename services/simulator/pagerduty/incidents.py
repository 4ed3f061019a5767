"""What is the life of an incident?

Scripted colleagues, integrations and the API all come through here. An act that PagerDuty refuses
raises `Conflict` and changes nothing.
"""

from datetime import timedelta

from services.simulator.pagerduty.escalation import Escalations
from services.simulator.pagerduty.records import Actor, Alert, Conflict, Incident, Note, User

LONGEST_SNOOZE = 604_800
"""Seconds: a week."""

MOST_NOTES = 2000
"""Notes an incident can have."""

NOTE_CHANNEL = "The PagerDuty website or APIs"


class Incidents(Escalations):
    """The life of an incident: it begins, is acknowledged, snoozed, resolved, written about."""

    def create_incident(
        self,
        title: str,
        service_id: str,
        *,
        agent: Actor | None = None,
        urgency: str | None = None,
        priority: str | None = None,
        key: str | None = None,
        body: str = "",
        policy_id: str | None = None,
        user_ids: tuple[str, ...] = (),
        via: str = "email",
        alert: bool = True,
    ) -> Incident:
        """Trigger an incident.

        Args:
            agent: Who triggers it; the service's integration unless given.
            priority: The name of a priority.
            user_ids: Whom to assign it to in place of the policy.
            alert: Whether it comes with an alert, as those of integrations do.

        Raises:
            Conflict: An open incident of the service has the same key, or nobody is on call.
        """
        service = self.services[service_id]
        key = key or self.new_id("k").lower()
        same = self.keys.get((service_id, key))
        if same is not None and self.incidents[same].status != "resolved":
            text = "Open incident with matching dedup key already exists on this service"
            raise Conflict(2002, "Arguments Caused Error", text)
        now, actor = self.timeline.stamp(), agent or service
        incident = Incident(
            id=self.new_id(),
            number=self.new_number(),
            title=title,
            service_id=service_id,
            policy_id=policy_id or service.policy_id,
            created_at=now,
            updated_at=now,
            status="triggered",
            urgency=urgency or service.urgency,
            key=key,
            last_status_change_at=now,
            last_status_change_by=actor,
            body=body,
            mergeable=alert or agent is not None,
        )
        named = self.priority_named(priority) if priority else None
        incident.priority_id = named.id if named else None
        people = self._first_assigned(incident, actor, user_ids)
        self.incidents[incident.id] = incident
        self.by_number[incident.number] = incident.id
        self.keys[service_id, key] = incident.id
        service.last_incident_at = now
        if alert:
            text = body or title
            incident.alerts.append(Alert(self.new_id(), key, title, now, "critical", text))
        self._log_beginning(incident, actor, via, people)
        self.set_timer(incident, "resolve", self.auto_resolve_at(incident))
        return incident

    def _first_assigned(
        self, incident: Incident, actor: Actor, user_ids: tuple[str, ...]
    ) -> list[str]:
        if not user_ids:
            return self.page(incident, 1, actor)
        now = self.timeline.stamp()
        incident.assigned_via = "direct_assignment"
        incident.assignments = [(now, user_id) for user_id in user_ids]
        return list(user_ids)

    def _log_beginning(self, incident: Incident, actor: Actor, via: str, people: list[str]) -> None:
        service = self.service_of(incident)
        by = actor.name if isinstance(actor, User) else "the API" if via == "api" else via
        self.write(
            incident,
            "trigger",
            f"Triggered through {by}",
            actor,
            channel={"type": via, "summary": incident.title, "details": incident.body},
            extra={"event_details": {"description": incident.title}},
        )
        assignees = [self.users[user_id] for user_id in people]
        text = f"Assigned to {self.names(people)}"
        self.write(incident, "assign", text, service, extra={"assignees": assignees})
        if incident.urgency == "high":
            self.notify(incident, people)

    # -- status --------------------------------------------------------------------------------

    def acknowledge(self, incident_id: str, agent: Actor) -> Incident:
        """Acknowledge; again, if it is acknowledged already, which restarts the timeout.

        Raises:
            Conflict: It is resolved and cannot be opened again (1001).
        """
        incident = self.incident(incident_id)
        if incident.status == "resolved":
            self._reopen(incident, agent)
            if isinstance(agent, User):
                incident.assigned_via = "direct_assignment"
                incident.assignments = [(self.timeline.stamp(), agent.id)]
        now, timeout = self.timeline.stamp(), self.service_of(incident).acknowledgement_timeout
        incident.status, incident.snoozed = "acknowledged", False
        incident.acknowledgements.append((now, agent))
        self.set_timer(incident, "escalate", None)
        end = now + timedelta(seconds=timeout) if timeout else None
        self.set_timer(incident, "unacknowledge", end)
        self.write(
            incident,
            self.settings.acknowledge_spelling,
            f"Acknowledged by {agent.name}",
            agent,
            extra={"acknowledgement_timeout": timeout},
        )
        self.changed_status(incident, agent)
        return incident

    def resolve(self, incident_id: str, agent: Actor, resolution: str = "") -> Incident:
        """Resolve, perhaps with a word on how.

        Raises:
            Conflict: It is resolved already, where that is refused (1001).
        """
        incident = self.incident(incident_id)
        if incident.status == "resolved":
            if self.settings.settle_settled == "refuse":
                raise Conflict(1001, "Incident Already Resolved")
            return incident
        self.settle(incident, agent)
        extra = {"note": resolution} if resolution else {}
        channel = {"type": "website"} if isinstance(agent, User) else {"type": "api"}
        text = f"Resolved by {agent.name}"
        self.write(incident, "resolve", text, agent, channel=channel, extra=extra)
        return incident

    def trigger_again(self, incident_id: str, agent: Actor) -> Incident:
        """Take an acknowledgement back, or open a resolved incident again."""
        incident = self.incident(incident_id)
        if incident.status == "resolved":
            self._reopen(incident, agent)
            self.page(incident, 1, agent)
        elif incident.status == "acknowledged":
            incident.status, incident.snoozed = "triggered", False
            incident.acknowledgements = []
            self.set_timer(incident, "unacknowledge", None)
            text = f"Unacknowledged by {agent.name}"
            self.write(incident, "unacknowledge", text, agent)
            self.changed_status(incident, agent)
            self.restart_escalation(incident)
        return incident

    def _reopen(self, incident: Incident, agent: Actor) -> None:
        if not self.settings.reopen_resolved or incident.merged_into:
            raise Conflict(1001, "Incident Already Resolved")
        incident.status, incident.resolved_at = "triggered", None
        for alert in incident.alerts:
            alert.status = "triggered"
        self.write(incident, "trigger", f"Reopened by {agent.name}", agent)
        self.changed_status(incident, agent)
        self.set_timer(incident, "resolve", self.auto_resolve_at(incident))

    def snooze(self, incident_id: str, agent: Actor, duration: int) -> Incident:
        """Keep an acknowledged incident quiet for so many seconds.

        Raises:
            Conflict: It is not acknowledged (1012), or the duration is not 1 s to 7 days (1013).
        """
        incident = self.incident(incident_id)
        if not 1 <= duration <= LONGEST_SNOOZE:
            raise Conflict(1013, "Snooze Duration is Invalid")
        if incident.status != "acknowledged":
            if incident.status == "resolved" or not self.settings.snooze_triggered:
                raise Conflict(1012, "Incident is not Acknowledged")
            self.acknowledge(incident_id, agent)
        end = self.timeline.stamp() + timedelta(seconds=duration)
        self.set_timer(incident, "unacknowledge", end)
        incident.snoozed = True
        actions = [("unacknowledge", end)]
        self.write(
            incident,
            "snooze",
            f"Snoozed by {agent.name}",
            agent,
            extra={"changed_actions": actions},
        )
        return incident

    # -- words ---------------------------------------------------------------------------------

    def note(self, incident_id: str, agent: Actor, content: str) -> Note:
        """Write a note. The same twice is kept twice.

        Raises:
            Conflict: The incident has as many notes as it can have.
        """
        incident = self.incident(incident_id)
        if len(incident.notes) >= MOST_NOTES:
            raise Conflict(2001, "Invalid Input Provided", "Too many notes")
        now = self.timeline.stamp()
        note = Note(self.new_id(), agent, content, now, now)
        incident.notes.append(note)
        channel = {"type": "note", "summary": content}
        text = f"Note added by {agent.name}"
        quiet = not self.settings.note_bumps_updated_at
        self.write(incident, "annotate", text, agent, channel=channel, quiet=quiet)
        return note

    def status_update(
        self, incident_id: str, agent: Actor, message: str, **html: object
    ) -> tuple[str, Incident]:
        """Tell the stakeholders; `subject` and `html_message` may be given. Says its id."""
        incident = self.incident(incident_id)
        text = f"Status update added by {agent.name}"
        self.write(incident, "status_update", text, agent, extra={"message": message, **html})
        return self.new_id(), incident
