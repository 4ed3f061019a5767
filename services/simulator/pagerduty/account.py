"""Who has an incident, how bad is it, and what belongs together? The rest of what can be done."""

from services.simulator.call import Json
from services.simulator.pagerduty.incidents import Incidents
from services.simulator.pagerduty.records import (
    Actor,
    Conflict,
    Helper,
    Incident,
    Priority,
    User,
)

MOST_ALERTS = 1000
"""Alerts an incident can have."""


class PagerDutyAccount(Incidents):
    """One PagerDuty account, and every act that changes it."""

    # -- who has it ----------------------------------------------------------------------------

    def reassign(self, incident_id: str, agent: Actor, user_ids: tuple[str, ...]) -> Incident:
        """Give an incident to people, who then do not escalate any more.

        Raises:
            Conflict: It is resolved (1001), or one of them is unknown (1007).
        """
        incident = self._open(incident_id)
        if any(user_id not in self.users for user_id in user_ids):
            raise Conflict(1007, "Assigned To User Not Found")
        now = self.timeline.stamp()
        incident.assigned_via = "direct_assignment"
        incident.assignments = [(now, user_id) for user_id in user_ids]
        self._log_assigned(incident, agent, list(user_ids))
        self._handed_over(incident, agent)
        return incident

    def reassign_to_policy(self, incident_id: str, agent: Actor, policy_id: str) -> Incident:
        """Give an incident to a policy, from its first rung on.

        Raises:
            Conflict: It is resolved (1001), or there is no such policy (1014).
        """
        incident = self._open(incident_id)
        if policy_id not in self.policies:
            raise Conflict(1014, "Escalation Policy Not Found")
        incident.policy_id, incident.loops = policy_id, 0
        people = self.page(incident, 1, agent)
        self._log_assigned(incident, agent, people)
        self._handed_over(incident, agent)
        return incident

    def escalate_to(self, incident_id: str, agent: Actor, level: int) -> Incident:
        """Put an incident on a rung of its policy, counted from 1.

        Raises:
            Conflict: It is resolved (1001), of low urgency, or has no such rung (1006).
        """
        incident = self._open(incident_id)
        if incident.urgency == "low":
            raise Conflict(1006, "Cannot Escalate", "Low-urgency incidents do not escalate")
        people = self.page(incident, level, agent)
        text = f"Escalated to {self.names(people)} by {agent.name}"
        assignees = [self.users[user_id] for user_id in people]
        self.write(incident, "escalate", text, agent, extra={"assignees": assignees})
        self._handed_over(incident, agent)
        return incident

    def _log_assigned(self, incident: Incident, agent: Actor, people: list[str]) -> None:
        text = f"Assigned to {self.names(people)} by {agent.name}"
        assignees = [self.users[user_id] for user_id in people]
        self.write(incident, "assign", text, agent, extra={"assignees": assignees})

    def _handed_over(self, incident: Incident, agent: Actor) -> None:
        """A new owner has not acknowledged, and a snooze was the old owner's."""
        if incident.status == "acknowledged" and self.settings.reassign_retriggers:
            incident.status = "triggered"
            incident.acknowledgements = []
            self.set_timer(incident, "unacknowledge", None)
            self.changed_status(incident, agent)
        elif incident.snoozed:
            timeout = self.service_of(incident).acknowledgement_timeout
            end = self.in_seconds(timeout) if timeout else None
            self.set_timer(incident, "unacknowledge", end)
        incident.snoozed = False
        self.restart_escalation(incident)
        self.notify(incident, [user_id for _, user_id in incident.assignments])

    def _open(self, incident_id: str) -> Incident:
        incident = self.incident(incident_id)
        if incident.status == "resolved":
            raise Conflict(1001, "Incident Already Resolved")
        return incident

    # -- what it is ----------------------------------------------------------------------------

    def set_priority(self, incident_id: str, agent: Actor, wanted: str | None) -> Incident:
        """Give an incident a priority by id or name, or take it away with `None`.

        Raises:
            Conflict: There is no such priority (1020).
        """
        incident = self.incident(incident_id)
        new = None if wanted is None else self.priorities.get(wanted) or self.priority_named(wanted)
        if wanted is not None and new is None:
            raise Conflict(1020, "Invalid Priority")
        old = self.priorities.get(incident.priority_id or "")
        if new == old:
            return incident
        incident.priority_id = new.id if new else None
        channel: Json = {"type": "website", "old_priority": old, "new_priority": new}
        text = _priority_text(old, new)
        self.write(incident, "priority_change", text, agent, channel=channel)
        return incident

    def set_urgency(self, incident_id: str, agent: Actor, urgency: str) -> Incident:
        """Make an incident page somebody at once (`high`) or not (`low`)."""
        if urgency not in ("high", "low"):
            raise Conflict(2001, "Invalid Input Provided", "Urgency must be high or low")
        incident = self.incident(incident_id)
        if incident.urgency != urgency:
            incident.urgency = urgency
            text = f"Urgency changed to {urgency} by {agent.name}"
            self.write(incident, "urgency_change", text, agent)
            self.restart_escalation(incident)
        return incident

    def rename(self, incident_id: str, agent: Actor, title: str) -> Incident:
        """Give an incident another title."""
        if not title.strip():
            raise Conflict(2001, "Invalid Input Provided", "Title cannot be empty")
        incident = self.incident(incident_id)
        if incident.title != title:
            incident.title = title
            text = f"Title changed by {agent.name}"
            extra = {"changeset": [f"Updated title to {title}"]}
            self.write(incident, "field_value_change", text, agent, extra=extra)
        return incident

    def change_facts(self, incident_id: str, agent: Actor, **facts: object) -> Incident:
        """Set the service, the conference bridge or the type without further ado."""
        incident = self.incident(incident_id)
        for name, value in facts.items():
            setattr(incident, name, value)
        text = f"Changed by {agent.name}"
        self.write(incident, "field_value_change", text, agent, extra={"changeset": list(facts)})
        return incident

    # -- what belongs together -----------------------------------------------------------------

    def merge(self, target_id: str, agent: Actor, source_ids: tuple[str, ...]) -> Incident:
        """Have an open incident take others over, which are resolved by that.

        Raises:
            Conflict: The target is resolved; one is not mergeable, or merged already (1019);
                there would be too many alerts.
        """
        target = self._open(target_id)
        sources = [self.incident(source_id) for source_id in source_ids]
        for source in sources:
            if source.merged_into:
                raise Conflict(1019, "Incident Already Merged")
        if not all(one.mergeable for one in (target, *sources)) or target in sources:
            raise Conflict(2001, "Invalid Input Provided", "Incident is not mergeable")
        alerts = [alert for source in sources for alert in source.alerts]
        if len(target.alerts) + len(alerts) > MOST_ALERTS:
            raise Conflict(2001, "Invalid Input Provided", "Too many alerts")
        for source in sources:
            source.alerts = []
            if source.status != "resolved":
                self.settle(source, agent)
            source.merged_into = target.id
            self.write(source, "resolve", f"Merged into [#{target.number}]", agent)
        target.alerts += alerts
        self.write(target, "link", f"Merged by {agent.name}", agent, extra={"linked": source_ids})
        return target

    def ask_for_help(
        self, incident_id: str, agent: User, message: str, targets: list[tuple[str, str]]
    ) -> list[Helper]:
        """Ask people or policies to join; `targets` are pairs of a kind and an id.

        Raises:
            Conflict: One of them is unknown (2013).
        """
        incident, now = self.incident(incident_id), self.timeline.stamp()
        for kind, target_id in targets:
            if target_id not in (self.users if kind == "user" else self.policies):
                raise Conflict(2013, "User Not Found", "Responder not found")
        asked = [Helper(kind, id_, agent, now, message) for kind, id_ in targets]
        again = {(one.kind, one.id) for one in asked}
        kept = [one for one in incident.helpers if (one.kind, one.id) not in again]
        incident.helpers = [*kept, *asked]
        extra = {"message": message}
        self.write(incident, "responder_request", "Responders requested", agent, extra=extra)
        return asked

    def call_off_help(self, incident_id: str, kind: str, target_id: str) -> str:
        """Take a request to join back. Says `cancelled`, or why it is too late for that."""
        incident = self.incident(incident_id)
        helper = next((h for h in incident.helpers if (h.kind, h.id) == (kind, target_id)), None)
        if helper is None:
            return "not_found"
        if helper.state == "pending":
            incident.helpers.remove(helper)
            return "cancelled"
        return helper.state


def _priority_text(old: Priority | None, new: Priority | None) -> str:
    """What the log says of a change.

    >>> _priority_text(None, Priority("P", "P1", ""))
    'Priority changed from "None" to "P1"'
    """
    names = [priority.name if priority else "None" for priority in (old, new)]
    return 'Priority changed from "{}" to "{}"'.format(*names)
