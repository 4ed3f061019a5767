"""How do tickets and incidents become one queue?

Pairs them, works out what is promised on each issue, and keeps what did not change: it costs as
much as is other than the last time, and not as much as there is. Pure but for its own memory.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping

from services.differences import Told
from services.domain import Incident, Issue, Ticket
from services.half import Half
from services.paired import Paired
from services.pairing import PairingRules
from services.policy.deadlines import Policy

AT_ONCE = 50
"""Halves looked at between two pauses of `catch_up`, or one group of those that belong together:
some two milliseconds."""


class Desk:
    """Where the two halves of the queue are put together."""

    def __init__(
        self,
        policy: Policy,
        rules: PairingRules,
        remembered: Mapping[int, str],
        tickets: Half[int, Ticket],
        incidents: Half[str, Incident],
        void: Iterable[str] = (),
    ) -> None:
        """Start with nothing put together.

        Args:
            policy: What is promised.
            rules: Who belongs with whom.
            remembered: Pairs found by subject at earlier times, ticket id to incident id.
            tickets: What is known of them; done ones too, they may be half of an open pair.
            incidents: What is known of them; resolved ones too.
            void: Incident ids, upper case, that name no incident; looked through each time.
        """
        self.pairs = Paired(rules, remembered)
        self.done: tuple[Issue, ...] = ()
        """What is done with of what was last put together."""
        self._policy = policy
        self._tickets = tickets
        self._incidents = incidents
        self._void = void
        self._open: dict[int | str, Issue] = {}
        """By the id of the ticket, or of an incident that has none."""
        self._done: dict[int | str, Issue] = {}
        self._told = Told()
        self._gone: dict[int | str, Issue] = {}
        """What was open when it was last told of, and is another since, or is not open."""
        self._come: dict[int | str, Issue] = {}
        """What is open, and was not when it was last told of."""
        self._other = False
        """Whether anything is another, done or not."""
        self._under_way: Iterator[int] = iter(())
        self._one_at_a_time = asyncio.Lock()

    def issues(self) -> tuple[Issue, ...]:
        """Every open issue, in no promised order; the very same tuple if none is another."""
        self.take()
        if self._other:
            self._tell()
        return self._told

    def together(self, ticket: Ticket, incident: Incident) -> Issue:
        """An issue of two halves, one of which may be as last known."""
        return Issue(ticket, incident, self._policy.promises(ticket, incident))

    def take(self) -> None:
        """Decide who belongs with whom by now, and what is promised; told of when it is asked for.

        Whoever is half of a pair is held on to while the other half is open.
        """
        for _ in self._under_way:
            pass
        for _ in self._steps():
            pass

    async def catch_up(self) -> None:
        """The same, a little at a time: of thousands that are new, no key has to wait for all.

        What changes meanwhile is left for the next time.
        """
        async with self._one_at_a_time:
            self._under_way = self._steps()
            looked_at = 0
            for number in self._under_way:
                looked_at += number
                if looked_at >= AT_ONCE:
                    looked_at = 0
                    await asyncio.sleep(0)

    def _steps(self) -> Iterator[int]:
        """All there is to do, and how many halves were looked at in each step.

        What has changed is looked up before the first.
        """
        new_tickets, new_incidents = self._tickets.changes(), self._incidents.changes()
        void = frozenset(self._void)
        for ticket_id, ticket in new_tickets.items():
            self.pairs.take_ticket(ticket_id, ticket)
            yield 1
        for incident_id, incident in new_incidents.items():
            self.pairs.take_incident(incident_id, incident)
            yield 1
        self.pairs.take_void(void)
        yield from self.pairs.decide()
        to_make: dict[int | str, None] = {}
        for keys in (new_tickets, new_incidents, self.pairs.decided_anew()):
            to_make |= dict.fromkeys(keys)
        for key in to_make:
            self._make(key)
            yield 1

    def _make(self, key: int | str) -> None:
        """Make the issue that a ticket or an incident is in."""
        ticket_id = self.pairs.ticket_of.get(key) if isinstance(key, str) else key
        if ticket_id is None:
            incident_id = str(key)
            self._incidents.hold(incident_id, False)
            self._put(incident_id, None, self.pairs.incidents.get(incident_id))
            return
        if key != ticket_id:
            # An incident with a ticket is no issue of its own.
            self._put(key, None, None)
        ticket, incident = self.pairs.tickets.get(ticket_id), None
        if (partner := self.pairs.incident_of.get(ticket_id)) is not None:
            incident = self.pairs.incidents.get(partner)
            self._incidents.hold(partner, ticket is not None and not ticket.status.done)
        self._tickets.hold(ticket_id, incident is not None and not incident.resolved)
        self._put(ticket_id, ticket, incident)

    def _put(self, key: int | str, ticket: Ticket | None, incident: Incident | None) -> None:
        broken = self.pairs.broken.get(ticket.id) if ticket is not None else None
        was_open = self._open.get(key)
        made = was_open or self._done.get(key)
        if made is not None:
            halves = made.ticket is ticket and made.incident is incident
            if halves and made.broken_pair == broken:
                return
        self._other = True
        if was_open is not None and key not in self._come:
            self._gone[key] = was_open
        issue = None
        if ticket is not None or incident is not None:
            promises = self._policy.promises(ticket, incident)
            issue = Issue(ticket, incident, promises, broken)
        open_now = issue is not None and not issue.done
        places = ((self._open, open_now), (self._come, open_now), (self._done, not open_now))
        for kept, is_here in places:
            if issue is not None and is_here:
                # One that was there before keeps its place.
                kept[key] = issue
            else:
                kept.pop(key, None)

    def _tell(self) -> None:
        if self._gone or self._come:
            gone, come = list(self._gone.values()), list(self._come.values())
            self._told = self._told.followed_by(self._open.values(), gone, come)
        self._gone.clear()
        self._come.clear()
        self._other = False
        self.done = tuple(self._done.values())
