"""What does PagerDuty do by itself? It pages the next person, forgets an acknowledgement, resolves.

Each of these is a *pending action* of an incident: a kind and a moment. The event on the timeline
does nothing if the incident's pending action has meanwhile moved or gone.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from services.simulator.pagerduty.records import Actor, Conflict, Incident
from services.simulator.pagerduty.register import Register


class Escalations(Register):
    """The timers of incidents."""

    def set_timer(self, incident: Incident, kind: str, moment: datetime | None) -> None:
        """Have a pending action happen at `moment`, or not at all."""
        if moment is None:
            incident.pending.pop(kind, None)
            return
        incident.pending[kind] = moment
        acts: dict[str, Callable[[Incident], None]] = {
            "unacknowledge": self.unacknowledge,
            "escalate": self.escalate,
            "resolve": self._resolve_by_itself,
        }

        def ring() -> None:
            if incident.pending.get(kind) == moment:
                del incident.pending[kind]
                acts[kind](incident)

        self.timeline.at(moment, ring)

    def page(self, incident: Incident, level: int, agent: Actor) -> list[str]:
        """Put an incident on a rung of its policy and set the timer for the next.

        Raises:
            Conflict: The policy has no such rung (1006) or nobody is on call there (1015).
        """
        now = self.timeline.stamp()
        policy = self.policies[incident.policy_id]
        if not 1 <= level <= len(policy.levels):
            raise Conflict(1006, "Cannot Escalate", "No such escalation level")
        people = self.paged_at(policy, level, now)
        if not people:
            raise Conflict(1015, "Escalation Policy Has No User On Call")
        incident.level, incident.assigned_via = level, "escalation_policy"
        incident.assignments = [(now, user_id) for user_id in people]
        self.restart_escalation(incident)
        return people

    def restart_escalation(self, incident: Incident) -> None:
        """Set the timer for the next rung, where there is one to be set."""
        policy = self.policies[incident.policy_id]
        last = incident.level >= len(policy.levels) and incident.loops >= policy.loops
        runs = (
            incident.status == "triggered"
            and incident.urgency == "high"
            and incident.assigned_via == "escalation_policy"
            and not last
        )
        delay = policy.levels[incident.level - 1].delay
        self.set_timer(incident, "escalate", self.timeline.stamp() + delay if runs else None)

    def notify(self, incident: Incident, user_ids: list[str]) -> None:
        """Log that people were told."""
        service = self.service_of(incident)
        for user_id in user_ids:
            user = self.users[user_id]
            self.write(
                incident,
                "notify",
                f"{user.name} was notified",
                service,
                channel={"type": "auto", "notification": {"type": "push_notification"}},
                quiet=True,
                extra={"user": user},
            )

    def escalate(self, incident: Incident) -> None:
        """Nobody acknowledged: page the next rung, go round again, or give up."""
        policy, service = self.policies[incident.policy_id], self.service_of(incident)
        level = incident.level + 1
        if level > len(policy.levels):
            if incident.loops >= policy.loops:
                text = "Escalation path exhausted"
                self.write(incident, "exhaust_escalation_path", text, service)
                return
            incident.loops += 1
            level = 1
            text = "Escalation path repeated"
            self.write(incident, "repeat_escalation_path", text, service)
        people = self.paged_at(policy, level, self.timeline.stamp())
        incident.level = level
        if people:
            incident.assignments = [(self.timeline.stamp(), user_id) for user_id in people]
            text = f"Escalated to {self.names(people)} (level {level})"
            assignees = [self.users[user_id] for user_id in people]
            channel = {"type": "timeout"}
            self.write(
                incident, "escalate", text, service, channel=channel, extra={"assignees": assignees}
            )
            self.notify(incident, people)
        self.restart_escalation(incident)

    def unacknowledge(self, incident: Incident) -> None:
        """An acknowledgement, or a snooze, has run out: the incident is triggered again."""
        service = self.service_of(incident)
        incident.status, incident.snoozed = "triggered", False
        incident.acknowledgements = []
        text = "Unacknowledged due to timeout"
        self.write(incident, "unacknowledge", text, service, channel={"type": "timeout"})
        self.changed_status(incident, service)
        self.restart_escalation(incident)
        self.notify(incident, [user_id for _, user_id in incident.assignments])

    def changed_status(self, incident: Incident, agent: Actor) -> None:
        """Stamp a change of status."""
        incident.last_status_change_at = self.timeline.stamp()
        incident.last_status_change_by = agent

    def names(self, user_ids: list[str]) -> str:
        """People as a sentence has them."""
        return ", ".join(self.users[user_id].name for user_id in user_ids)

    def settle(self, incident: Incident, agent: Actor) -> None:
        """Make an incident resolved, with nothing pending and nobody assigned."""
        now = self.timeline.stamp()
        incident.status, incident.resolved_at, incident.snoozed = "resolved", now, False
        incident.assignments, incident.acknowledgements = [], []
        incident.pending.clear()
        for alert in incident.alerts:
            alert.status = "resolved"
        self.changed_status(incident, agent)

    def _resolve_by_itself(self, incident: Incident) -> None:
        service = self.service_of(incident)
        self.settle(incident, service)
        channel = {"type": "timeout"}
        self.write(incident, "resolve", "Resolved due to timeout", service, channel=channel)

    def auto_resolve_at(self, incident: Incident) -> datetime | None:
        """When an incident that begins, or is opened again, now would resolve by itself."""
        timeout = self.service_of(incident).auto_resolve_timeout
        return self.in_seconds(timeout) if timeout else None

    def in_seconds(self, seconds: float) -> datetime:
        """The moment so many seconds from now."""
        return self.timeline.stamp() + timedelta(seconds=seconds)
