"""What does the screen show while others look at it? Issues without names and addresses.

Everything of a person is hidden but of those at the keyboard: requesters, assignees, who is on
call, and every e-mail address and known name wherever it stands in a text. What was hidden is only
ever painted: whatever is sent or kept is made from the issue itself. Pure.
"""

import re
from collections.abc import Iterable

from msgspec.structs import replace

from services.domain import Incident, Issue, OnCall, Snapshot, Ticket, TimelineEntry

HIDDEN = "(hidden)"

_ADDRESS = re.compile(r"[^\s<>\"'()\[\],;:@]+@[^\s<>\"'()\[\],;:@]+")
_SHORTEST_NAME = 3
"""Characters; a shorter name is in too many words."""


class Veil:
    """Hides the people of one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Learn who there is to be hidden."""
        self._me = snapshot.me
        people = {name for issue in snapshot.issues for name in _people(issue)}
        people |= {name for entry in snapshot.on_call for name in (entry.who, entry.then) if name}
        colleagues = set[str]()
        for schedule in snapshot.rota.schedules:
            colleagues |= {shift.who for shift in (*schedule.shifts, *schedule.overrides)}
            colleagues |= {name for _, name in schedule.people}
        people |= colleagues
        known = sorted((p for p in people - self._me if len(p) >= _SHORTEST_NAME), key=len)
        names = "|".join(re.escape(name) for name in reversed(known))
        either = rf"{_ADDRESS.pattern}|\b(?:{names})\b" if names else _ADDRESS.pattern
        self._pattern = re.compile(either, re.IGNORECASE)
        given = {name.split()[0] for name in colleagues - self._me if name.strip()}
        short = "|".join(re.escape(name) for name in sorted(given) if len(name) >= _SHORTEST_NAME)
        self.painted = re.compile(
            rf"{either}|\b(?-i:{short})\b" if short else either, re.IGNORECASE
        )
        """What is hidden where it is painted: addresses, names, and the given names of colleagues,
        which the rota is drawn with."""

    def text(self, text: str) -> str:
        """A text without addresses and known names."""
        return self._pattern.sub(HIDDEN, text)

    def name(self, name: str | None) -> str | None:
        """A person's name, hidden unless it is that of those at the keyboard."""
        return name if name is None or name in self._me else HIDDEN

    def snapshot(self, snapshot: Snapshot) -> Snapshot:
        """The same without people."""
        return replace(
            snapshot,
            issues=tuple(self.issue(issue) for issue in snapshot.issues),
            on_call=tuple(self._on_call(entry) for entry in snapshot.on_call),
        )

    def issue(self, issue: Issue) -> Issue:
        """The same without people; its promises are as they were."""
        ticket, incident = issue.ticket, issue.incident
        return replace(
            issue,
            ticket=self._ticket(ticket) if ticket is not None else None,
            incident=self._incident(incident) if incident is not None else None,
        )

    def entries(self, entries: Iterable[TimelineEntry]) -> tuple[TimelineEntry, ...]:
        """What happened, without people."""
        return tuple(
            replace(entry, who=self.name(entry.who) or "", text=self.text(entry.text))
            for entry in entries
        )

    def _ticket(self, ticket: Ticket) -> Ticket:
        return replace(
            ticket,
            subject=self.text(ticket.subject),
            requester=self.name(ticket.requester),
            assignee=self.name(ticket.assignee),
            description=self.text(ticket.description),
        )

    def _incident(self, incident: Incident) -> Incident:
        return replace(
            incident,
            title=self.text(incident.title),
            assignees=tuple(self.name(name) or "" for name in incident.assignees),
            acknowledged_by=self.name(incident.acknowledged_by),
        )

    def _on_call(self, entry: OnCall) -> OnCall:
        return replace(entry, who=self.name(entry.who), then=self.name(entry.then))


def _people(issue: Issue) -> set[str]:
    ticket, incident = issue.ticket, issue.incident
    names = {ticket.requester, ticket.assignee} if ticket is not None else set()
    if incident is not None:
        names |= {*incident.assignees, incident.acknowledged_by}
    return {name for name in names if name}
