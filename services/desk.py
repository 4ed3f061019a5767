"""How do tickets and incidents become one queue?

Pairs them, works out what is promised on each issue, and reuses what did not change. Pure but for
its own memory of the last result.
"""

from collections.abc import Mapping

from services.domain import Incident, Issue, Ticket
from services.pairing import PairingRules, Pairs, named_incident, pair
from services.policy.deadlines import Policy


class Desk:
    """Where the two halves of the queue are put together."""

    def __init__(self, policy: Policy, rules: PairingRules, remembered: Mapping[int, str]) -> None:
        """Start with the pairs found by subject at earlier times, ticket id to incident id."""
        self.pairs = Pairs()
        self.remembered = dict(remembered)
        self.done: tuple[Issue, ...] = ()
        """What is done with of what was last put together."""
        self._policy = policy
        self._rules = rules
        self._made: dict[str, Issue] = {}

    def issues(
        self,
        tickets: Mapping[int, Ticket],
        incidents: Mapping[str, Incident],
        void: frozenset[str] = frozenset(),
    ) -> tuple[Issue, ...]:
        """Every open issue, in no promised order.

        Args:
            tickets: By id; done ones too, they may be half of an open pair.
            incidents: By id; resolved ones too.
            void: Incident ids, upper case, that name no incident.
        """
        self.pairs = pair(
            tickets.values(), incidents.values(), self._rules, remembered=self.remembered, void=void
        )
        self.remembered |= self.pairs.by_subject
        paired = set(self.pairs.incident_of.values())
        halves = [
            (ticket, incidents.get(self.pairs.incident_of.get(ticket_id, "")))
            for ticket_id, ticket in tickets.items()
        ]
        issues = [self._issue(ticket, incident) for ticket, incident in halves]
        issues += [self._issue(None, i) for i in incidents.values() if i.id not in paired]
        open_issues = tuple(issue for issue in issues if not issue.done)
        self.done = tuple(issue for issue in issues if issue.done)
        self._made = {issue.id: issue for issue in issues}
        return open_issues

    def missing_incidents(
        self, tickets: Mapping[int, Ticket], incidents: Mapping[str, Incident]
    ) -> set[str]:
        """Incident ids that open tickets are paired with, and that nobody has read yet."""
        known = {incident_id.upper() for incident_id in incidents}
        wanted = {
            name
            for ticket in tickets.values()
            if not ticket.status.done
            and (name := named_incident(ticket) or self.remembered.get(ticket.id))
        }
        return {name for name in wanted if name.upper() not in known}

    def missing_tickets(
        self, tickets: Mapping[int, Ticket], incidents: Mapping[str, Incident]
    ) -> set[int]:
        """Ticket ids that open incidents are remembered with, and that nobody has read yet."""
        return {
            ticket_id
            for ticket_id, incident_id in self.remembered.items()
            if ticket_id not in tickets
            and incident_id in incidents
            and not incidents[incident_id].resolved
        }

    def _issue(self, ticket: Ticket | None, incident: Incident | None) -> Issue:
        broken = self.pairs.broken.get(ticket.id) if ticket is not None else None
        bare = Issue(ticket, incident, broken_pair=broken)
        made = self._made.get(bare.id)
        if (
            made is not None
            and made.ticket is ticket
            and made.incident is incident
            and made.broken_pair == broken
        ):
            return made
        return Issue(ticket, incident, self._policy.promises(ticket, incident), broken)
