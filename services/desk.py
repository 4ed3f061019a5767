"""How do tickets and incidents become one queue?

Pairs them, works out what is promised on each issue, and keeps what did not change: it costs as
much as is other than the last time, and not as much as there is. Pure but for its own memory.
"""

import asyncio
from collections.abc import Iterator, Mapping
from typing import TypeVar

from services.differences import Told
from services.domain import Incident, Issue, Ticket
from services.paired import Paired
from services.pairing import PairingRules
from services.policy.deadlines import Policy

K = TypeVar("K", int, str)
V = TypeVar("V", Ticket, Incident)

AT_ONCE = 50
"""Steps between two pauses of `catch_up`: at most some two milliseconds."""


class Desk:
    """Where the two halves of the queue are put together."""

    def __init__(self, policy: Policy, rules: PairingRules, remembered: Mapping[int, str]) -> None:
        """Start with the pairs found by subject at earlier times, ticket id to incident id."""
        self.pairs = Paired(rules, remembered)
        self.done: tuple[Issue, ...] = ()
        """What is done with of what was last put together."""
        self._policy = policy
        self._open: dict[int | str, Issue] = {}
        """By the id of the ticket, or of an incident that has none."""
        self._done: dict[int | str, Issue] = {}
        self._told = Told()
        self._before: dict[int | str, Issue | None] = {}
        """What was open when it was last told of, where that has become another since."""
        self._under_way: Iterator[None] = iter(())
        self._one_at_a_time = asyncio.Lock()

    def issues(
        self,
        tickets: Mapping[int, Ticket],
        incidents: Mapping[str, Incident],
        void: frozenset[str] = frozenset(),
    ) -> tuple[Issue, ...]:
        """Every open issue, in no promised order; the very same tuple if none is another.

        Args:
            tickets: By id; done ones too, they may be half of an open pair.
            incidents: By id; resolved ones too.
            void: Incident ids, upper case, that name no incident.
        """
        self.take(tickets, incidents, void)
        if self._before:
            self._tell()
        return self._told

    def take(
        self,
        tickets: Mapping[int, Ticket],
        incidents: Mapping[str, Incident],
        void: frozenset[str] = frozenset(),
    ) -> None:
        """Decide who belongs with whom by now, and what is promised; told of when it is asked for.

        Args: as those of `issues`.
        """
        for _ in self._under_way:
            pass
        for _ in self._steps(tickets, incidents, void):
            pass

    async def catch_up(
        self,
        tickets: Mapping[int, Ticket],
        incidents: Mapping[str, Incident],
        void: frozenset[str] = frozenset(),
    ) -> None:
        """The same, a little at a time: of thousands that are new, no key has to wait for all.

        What changes meanwhile is left for the next time.
        """
        async with self._one_at_a_time:
            self._under_way = self._steps(tickets, incidents, void)
            for count, _ in enumerate(self._under_way, 1):
                if count % AT_ONCE == 0:
                    await asyncio.sleep(0)

    def _steps(
        self,
        tickets: Mapping[int, Ticket],
        incidents: Mapping[str, Incident],
        void: frozenset[str],
    ) -> Iterator[None]:
        """All there is to do. What has changed is looked up before the first pause."""
        new_tickets = _changes(self.pairs.tickets, tickets)
        new_incidents = _changes(self.pairs.incidents, incidents)
        for ticket_id, ticket in new_tickets.items():
            self.pairs.take_ticket(ticket_id, ticket)
            yield
        for incident_id, incident in new_incidents.items():
            self.pairs.take_incident(incident_id, incident)
            yield
        self.pairs.take_void(void)
        yield from self.pairs.decide()
        to_make: dict[int | str, None] = {}
        for keys in (new_tickets, new_incidents, self.pairs.decided_anew()):
            to_make |= dict.fromkeys(keys)
        for key in to_make:
            self._make(key)
            yield

    def _make(self, key: int | str) -> None:
        """Make the issue that a ticket or an incident is in."""
        ticket_id = self.pairs.ticket_of.get(key) if isinstance(key, str) else key
        if ticket_id is None:
            self._put(key, None, self.pairs.incidents.get(str(key)))
            return
        if key != ticket_id:
            # An incident with a ticket is no issue of its own.
            self._put(key, None, None)
        incident = self.pairs.incidents.get(self.pairs.incident_of.get(ticket_id, ""))
        self._put(ticket_id, self.pairs.tickets.get(ticket_id), incident)

    def _put(self, key: int | str, ticket: Ticket | None, incident: Incident | None) -> None:
        broken = self.pairs.broken.get(ticket.id) if ticket is not None else None
        was_open = self._open.get(key)
        made = was_open or self._done.get(key)
        if made is not None:
            halves = made.ticket is ticket and made.incident is incident
            if halves and made.broken_pair == broken:
                return
        self._before.setdefault(key, was_open)
        issue = None
        if ticket is not None or incident is not None:
            promises = self._policy.promises(ticket, incident)
            issue = Issue(ticket, incident, promises, broken)
        open_now = issue is not None and not issue.done
        for kept, is_here in ((self._open, open_now), (self._done, not open_now)):
            if issue is not None and is_here:
                # One that was there before keeps its place.
                kept[key] = issue
            else:
                kept.pop(key, None)

    def _tell(self) -> None:
        changed = [
            (before, now)
            for key, before in self._before.items()
            if (now := self._open.get(key)) is not before
        ]
        self._before.clear()
        gone = [before for before, _ in changed if before is not None]
        come = [now for _, now in changed if now is not None]
        if changed:
            self._told = self._told.followed_by(self._open.values(), gone, come)
        self.done = tuple(self._done.values())


def _changes(before: Mapping[K, V], now: Mapping[K, V]) -> dict[K, V | None]:
    """What is another value than before; None is gone."""
    was = before.get
    found: dict[K, V | None] = {k: value for k, value in now.items() if was(k) is not value}
    if len(before) > len(now) - sum(key not in before for key in found):
        found |= dict.fromkeys(before.keys() - now.keys())
    return found
