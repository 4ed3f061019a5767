"""Who belongs with whom, when a few tickets and incidents are others than before?

Always just what `services.pairing.pair` decides of all of them; but it is asked only about those
that a change can reach: halves that name each other, or read alike.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Generic, TypeVar

from services.domain import Incident, Ticket
from services.pairing import TAG_PREFIX, PairingRules, named_incident, pair, plain_subject

H = TypeVar("H", bound=int | str)

ALIKE = "="
"""What a subject begins with, as a word; ids have none."""


class Paired:
    """Every pair, and what the next decision rests on."""

    def __init__(self, rules: PairingRules, remembered: Mapping[int, str]) -> None:
        """Start with the pairs found by subject at earlier times, ticket id to incident id."""
        self.incident_of: dict[int, str] = {}
        """Ticket id to incident id, one to one."""
        self.ticket_of: dict[str, int] = {}
        """The same the other way round."""
        self.broken: dict[int, str] = {}
        """Ticket id to the id in a pairing tag that names no incident."""
        self.remembered = dict(remembered)
        self._rules = rules
        self.tickets: dict[int, Ticket] = {}
        self.incidents: dict[str, Incident] = {}
        """All that was taken."""
        self._void: frozenset[str] = frozenset()
        self._names: dict[int, tuple[str, ...]] = {}
        """By ticket: ids of incidents, upper case, that its tags or we remember; if there are."""
        self._tickets_at: _Words[int] = _Words()
        self._incidents_at: _Words[str] = _Words()
        self._remembered_with: _Words[int] = _Words()
        """By incident id; the same as `remembered`, the other way round."""
        for ticket_id, incident_id in remembered.items():
            self._remembered_with.add(incident_id, ticket_id)
        self._seeking: set[int] = set()
        """Among these are all tickets whose incident nobody has read; found out when asked for."""
        self._sought: set[int] = set()
        """Among these are all tickets nobody has read, though their incident is known."""
        self._due: dict[str, None] = {}
        """Words by which it is to be decided anew who belongs with whom."""
        self._decided_anew: dict[int | str, None] = {}

    def take_ticket(self, ticket_id: int, ticket: Ticket | None) -> None:
        """It is this one now, or gone; `decide` says what that means."""
        before = self.tickets.get(ticket_id)
        if ticket is not None:
            self.tickets[ticket_id] = ticket
        elif before is not None:
            del self.tickets[ticket_id]
        if before is not None:
            if ticket is not None and _pairs_alike(before, ticket):
                return
            self._part(ticket_id)
            for word in self._words_of_ticket(before):
                self._tickets_at.discard(word, ticket_id)
                self._due[word] = None
            self._names.pop(ticket_id, None)
            if ticket is None:
                self._sought.add(ticket_id)
        if ticket is not None:
            if names := self._names_on(ticket):
                self._names[ticket_id] = names
                self._seeking.add(ticket_id)
            for word in self._words_of_ticket(ticket):
                self._tickets_at.add(word, ticket_id)
                self._due[word] = None

    def take_incident(self, incident_id: str, incident: Incident | None) -> None:
        """It is this one now, or gone; `decide` says what that means."""
        before = self.incidents.get(incident_id)
        if incident is not None:
            self.incidents[incident_id] = incident
        elif before is not None:
            del self.incidents[incident_id]
        if before is not None:
            same = incident is not None and before.title == incident.title
            if same and incident is not None and before.created_at == incident.created_at:
                return
            for word in self._words_of_incident(before):
                self._incidents_at.discard(word, incident_id)
                self._seeking.update(self._tickets_at.at(word))
                self._due[word] = None
        if incident is not None:
            self._sought.update(self._remembered_with.at(incident_id))
            for word in self._words_of_incident(incident):
                self._incidents_at.add(word, incident_id)
                self._due[word] = None

    def take_void(self, void: frozenset[str]) -> None:
        """Incident ids, upper case, that PagerDuty says do not exist."""
        self._due |= dict.fromkeys(sorted(void ^ self._void))
        self._void = void

    def decide(self) -> Iterator[int]:
        """Decide anew as far as it may come out otherwise; group by group, and how large it was."""
        while self._due:
            tickets, incidents = self._reached_from(self._due.popitem()[0])
            self._decide_among(tickets, incidents)
            yield 1 + len(tickets) + len(incidents)

    def decided_anew(self) -> dict[int | str, None]:
        """Ids of the tickets and incidents that may be paired otherwise than at the last call."""
        found, self._decided_anew = self._decided_anew, {}
        return found

    def forget(self, ticket_id: int) -> None:
        """What was remembered of a ticket that cannot be had."""
        incident_id = self.remembered.pop(ticket_id, None)
        if incident_id is None:
            return
        self._remembered_with.discard(incident_id, ticket_id)
        if (ticket := self.tickets.get(ticket_id)) is not None:
            self.take_ticket(ticket_id, None)
            self.take_ticket(ticket_id, ticket)

    def unread_incidents(self) -> set[str]:
        """Incident ids that open tickets are paired with, and that nobody has read yet."""
        self._seeking = {
            ticket_id
            for ticket_id in self._seeking
            if (names := self._names.get(ticket_id)) and not self._incidents_at.at(names[0])
        }
        return {self._names[i][0] for i in self._seeking if not self.tickets[i].status.done}

    def unread_tickets(self) -> set[int]:
        """Ticket ids that open incidents are remembered with, and that nobody has read yet."""
        self._sought = {
            ticket_id
            for ticket_id in self._sought
            if ticket_id not in self.tickets and self.remembered.get(ticket_id) in self.incidents
        }
        return {i for i in self._sought if not self.incidents[self.remembered[i]].resolved}

    def _names_on(self, ticket: Ticket) -> tuple[str, ...]:
        """Of the incidents it may belong to; what a tag says first."""
        names = (named_incident(ticket), self.remembered.get(ticket.id, "").upper())
        return tuple(dict.fromkeys(name for name in names if name))

    def _words_of_ticket(self, ticket: Ticket) -> tuple[str, ...]:
        return (*self._names.get(ticket.id, ()), *self._words_in(ticket.subject))

    def _words_of_incident(self, incident: Incident) -> tuple[str, ...]:
        return (incident.id.upper(), *self._words_in(incident.title))

    def _words_in(self, subject: str) -> tuple[str, ...]:
        plain = plain_subject(subject, self._rules.prefixes)
        return (ALIKE + plain,) if plain else ()

    def _reached_from(self, word: str) -> tuple[set[int], set[str]]:
        """All halves that can share something with those at a word, one leading to another."""
        tickets: set[int] = set()
        incidents: set[str] = set()
        to_follow, followed = [word], {word}
        while to_follow:
            word = to_follow.pop()
            self._due.pop(word, None)
            met = self._incidents_at.at(word)
            if not met and word.startswith(ALIKE):
                # Tickets that read alike have nothing to share where no incident does.
                continue
            words: list[str] = []
            for incident_id in set(met) - incidents:
                incidents.add(incident_id)
                words += self._words_of_incident(self.incidents[incident_id])
            for ticket_id in set(self._tickets_at.at(word)) - tickets:
                tickets.add(ticket_id)
                words += self._words_of_ticket(self.tickets[ticket_id])
            fresh = set(words) - followed
            to_follow += fresh
            followed |= fresh
        return tickets, incidents

    def _decide_among(self, tickets: Collection[int], incidents: Collection[str]) -> None:
        if not tickets:
            return
        found = pair(
            [self.tickets[ticket_id] for ticket_id in tickets],
            [self.incidents[incident_id] for incident_id in incidents],
            self._rules,
            remembered={i: self.remembered[i] for i in tickets if i in self.remembered},
            void=self._void,
        )
        changed = [
            ticket_id
            for ticket_id in tickets
            if found.incident_of.get(ticket_id) != self.incident_of.get(ticket_id)
            or found.broken.get(ticket_id) != self.broken.get(ticket_id)
        ]
        for ticket_id in changed:
            self._part(ticket_id)
        for ticket_id in changed:
            if (incident_id := found.incident_of.get(ticket_id)) is not None:
                self.incident_of[ticket_id] = incident_id
                self.ticket_of[incident_id] = ticket_id
                self._decided_anew[incident_id] = None
            if (name := found.broken.get(ticket_id)) is not None:
                self.broken[ticket_id] = name
        for ticket_id, incident_id in found.by_subject.items():
            self._remember(ticket_id, incident_id)

    def _remember(self, ticket_id: int, incident_id: str) -> None:
        """A pair found by subject lasts, whatever becomes of the subject."""
        if (before := self.remembered.get(ticket_id)) is not None:
            self._remembered_with.discard(before, ticket_id)
        self._remembered_with.add(incident_id, ticket_id)
        self.remembered[ticket_id] = incident_id
        for name in self._names.pop(ticket_id, ()):
            self._tickets_at.discard(name, ticket_id)
        self._names[ticket_id] = self._names_on(self.tickets[ticket_id])
        for name in self._names[ticket_id]:
            self._tickets_at.add(name, ticket_id)

    def _part(self, ticket_id: int) -> None:
        """It belongs with nothing, as far as is known."""
        incident_id = self.incident_of.pop(ticket_id, None)
        if incident_id is not None:
            if self.ticket_of.get(incident_id) == ticket_id:
                del self.ticket_of[incident_id]
            self._decided_anew[incident_id] = None
        self.broken.pop(ticket_id, None)
        self._decided_anew[ticket_id] = None


class _Words(Generic[H]):
    """Which halves go by a word. Most words have one half, which has no list to itself."""

    def __init__(self) -> None:
        self._at: dict[str, H | tuple[H, ...]] = {}

    def at(self, word: str) -> tuple[H, ...]:
        """All that do."""
        found = self._at.get(word)
        if found is None:
            return ()
        return found if isinstance(found, tuple) else (found,)

    def add(self, word: str, half: H) -> None:
        """It does as well."""
        others = self.at(word)
        if half not in others:
            self._at[word] = (*others, half) if others else half

    def discard(self, word: str, half: H) -> None:
        """It does not any more."""
        left = tuple([other for other in self.at(word) if other != half])
        if not left:
            self._at.pop(word, None)
        else:
            self._at[word] = left if len(left) > 1 else left[0]


def _pairs_alike(one: Ticket, other: Ticket) -> bool:
    """Whether all that its pair depends on is the same."""
    return (
        one.subject == other.subject
        and one.created_at == other.created_at
        and (one.tags is other.tags or _pairing_tags(one) == _pairing_tags(other))
    )


def _pairing_tags(ticket: Ticket) -> set[str]:
    return {tag for tag in ticket.tags if tag.startswith(TAG_PREFIX)}
