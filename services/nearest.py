"""Who of the one kind stands nearest to whom of the other in time, if each is taken once?

The nearest two of all are taken first, then the nearest two of the rest, and so on; of several as
near, the smallest ids. In a storm of alerts hundreds of each read alike, and to hold each against
each would take seconds. But whoever is nearest has nobody in between: so only neighbours in time
are looked at, and those who become neighbours when two are taken. Pure.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from heapq import heapify, heappop, heappush
from itertools import pairwise

Candidate = tuple[int, int, str, "Moment", "Moment"]
"""How far apart, who and whom, and where they stand."""


class Moment:
    """All of one kind that stand at the same moment; the other kind has a moment of its own."""

    def __init__(self, at: int) -> None:
        """Nobody stands here yet, and there is nobody beside it."""
        self.at = at
        self.tickets: deque[int] = deque()
        self.incidents: deque[str] = deque()
        self.before: Moment | None = None
        self.after: Moment | None = None

    def __lt__(self, other: "Moment") -> bool:
        # Two candidates that are the same pair are as good as each other.
        return False

    def neighbours_now(self) -> Iterator[tuple["Moment", "Moment"]]:
        """Who stands beside whom, once somebody has left here: if it was the last one, those on
        both sides beside each other."""
        before, after = self.before, self.after
        if self.tickets or self.incidents:
            if before is not None:
                yield before, self
            if after is not None:
                yield self, after
            return
        if before is not None:
            before.after = after
        if after is not None:
            after.before = before
        if before is not None and after is not None:
            yield before, after


def nearest(
    tickets: Iterable[tuple[int, int]], incidents: Iterable[tuple[int, str]], window: int
) -> dict[int, str]:
    """Ticket ids with the incident ids that they are paired with.

    Args:
        tickets: When each was raised, in whole microseconds, and its id.
        incidents: Likewise.
        window: Microseconds that two may be apart at the most.
    """
    left = [*_neighbours(_line(tickets, incidents), window)]
    heapify(left)
    found: dict[int, str] = {}
    used: set[str] = set()
    while left:
        _, ticket_id, incident_id, *places = heappop(left)
        if ticket_id in found or incident_id in used:
            continue
        found[ticket_id] = incident_id
        used.add(incident_id)
        for place in places:
            (place.tickets or place.incidents).popleft()
        for place in places:
            for one, other in place.neighbours_now():
                for candidate in _candidates(one, other, window):
                    heappush(left, candidate)
    return found


def _line(tickets: Iterable[tuple[int, int]], incidents: Iterable[tuple[int, str]]) -> list[Moment]:
    """Where they stand, in order; at the same moment, tickets before incidents."""
    of_tickets: dict[int, Moment] = {}
    of_incidents: dict[int, Moment] = {}
    for at, ticket_id in sorted(tickets):
        of_tickets.setdefault(at, Moment(at)).tickets.append(ticket_id)
    for at, incident_id in sorted(incidents):
        of_incidents.setdefault(at, Moment(at)).incidents.append(incident_id)
    line = sorted((*of_tickets.values(), *of_incidents.values()), key=lambda moment: moment.at)
    for one, other in pairwise(line):
        one.after, other.before = other, one
    return line


def _neighbours(line: list[Moment], window: int) -> Iterator[Candidate]:
    for one, other in pairwise(line):
        yield from _candidates(one, other, window)


def _candidates(one: Moment, other: Moment, window: int) -> Iterator[Candidate]:
    """The first of both, if they are of two kinds and near enough."""
    if not one.tickets:
        one, other = other, one
    if one.tickets and other.incidents and one.at - window <= other.at <= one.at + window:
        yield abs(one.at - other.at), one.tickets[0], other.incidents[0], one, other
