"""What does the screen show while others look at it? Issues without names and addresses.

Everything of a person is hidden but of those at the keyboard: requesters, assignees, who is on
call, and every e-mail address and known name wherever it stands in a text; before anything is cut
or goes on in the next line. What was hidden is only ever painted: whatever is sent or kept is made
from the issue itself. Pure.
"""

import re
from collections.abc import Iterable

from msgspec.structs import replace

from services.domain import Incident, Issue, OnCall, Snapshot, Ticket, TimelineEntry
from services.people import People, Span, joined

HIDDEN = "(hidden)"

_ADDRESS = re.compile(r"[^\s<>\"'()\[\],;:@]+@[^\s<>\"'()\[\],;:@]*")
"""The end of one may stand in the next line."""


class Veil:
    """Hides the people of one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Learn who there is to be hidden."""
        self._me = snapshot.me
        names = {name for issue in snapshot.issues for name in _people(issue)}
        names |= {name for entry in snapshot.on_call for name in (entry.who, entry.then) if name}
        for schedule in snapshot.rota.schedules:
            names |= {shift.who for shift in (*schedule.shifts, *schedule.overrides)}
            names |= {name for _, name in schedule.people}
        self.people = People(names - self._me)
        """Who is to be hidden wherever something is painted."""

    def text(self, text: str) -> str:
        """A text without addresses and known names."""
        return _without(text, self.people)

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
        """What happened, without people; who has a part in it is one of them."""
        entries = tuple(entries)
        taking_part = People({entry.who for entry in entries} - self._me)
        return tuple(
            replace(
                entry,
                who=self.name(entry.who) or "",
                text=_without(entry.text, self.people, taking_part),
            )
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


def hidden_in(people: People, line: str) -> list[Span]:
    """Where a painted line names somebody, or tells an address."""
    return joined([*people.painted(line), *_addresses(line)], line)


def _without(text: str, *people: People) -> str:
    parts, at = list[str](), 0
    named = [span for some in people for span in some.named(text)]
    for start, end in joined([*named, *_addresses(text)], text):
        parts += [text[at:start], HIDDEN]
        at = end
    return "".join((*parts, text[at:]))


def _addresses(text: str) -> list[Span]:
    return [found.span() for found in _ADDRESS.finditer(text)] if "@" in text else []
