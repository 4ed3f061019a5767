"""Which incidents concern us, and what is known of each so far?

Remembers; asks nothing. A record takes the place of an older one, never of a newer. What is known
of an incident is complete once its log is: because the account's log was told from its creation on
without a gap, or because its own was read.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from msgspec.structs import replace

from services.domain import Incident
from services.incident_facts import IncidentMemory, learn, with_facts
from services.pagerduty.records import LogEntry
from services.poller.unclaimed import Unclaimed
from services.poller.voids import Voids


class IncidentBook:
    """The incidents as last known."""

    def __init__(
        self,
        memories: dict[str, IncidentMemory],
        *,
        teams: Sequence[str] = (),
        services: Sequence[str] = (),
    ) -> None:
        """Begin with what an earlier start remembered of incidents, but without any.

        Args:
            memories: By incident.
            teams: Team ids that are ours; empty is all.
            services: Service ids that are ours; empty is all.
        """
        self.incidents: dict[str, Incident] = {}
        self.records: dict[str, Incident] = {}
        """As PagerDuty sent them, without what the log tells."""
        self.memories = memories
        self.keep: frozenset[str] = frozenset()
        """Resolved incidents to hold on to, because their ticket is still open."""
        self.void = Voids()
        self.untold = False
        """Whether the account's log is silent: what changes, only an incident's own can tell."""
        self._teams = teams
        self._services = services
        self._unclaimed = Unclaimed()

    def take(self, incident: Incident, *, ours: bool = False) -> None:
        """Keep an incident that is no older than the one known; `ours` whatever its service."""
        self.void.seen(incident.id)
        known = self.records.get(incident.id)
        if known is None and not ours and not self.in_scope(incident):
            return
        if known is not None and incident.updated_at < known.updated_at:
            return
        memory = self.memories.get(incident.id, IncidentMemory())
        if known is None:
            told, all_of_it = self._unclaimed.claim(incident.id, incident.created_at)
            memory = learn(memory, told)
            if all_of_it and not memory.complete:
                memory = replace(memory, complete=True)
        if self.untold and (known is None or incident.updated_at > known.updated_at):
            memory = replace(memory, complete=False)
        self.records[incident.id] = incident
        self._remember(incident, memory)

    def absorb(self, answered: Incident) -> None:
        """Take an incident as a write of ours was answered with; one that is not ours is left."""
        if answered.id in self.records:
            self.take(answered)

    def recall(self, incidents: Iterable[Incident]) -> None:
        """Take resolved incidents from the last start: as halves of open pairs they are wanted
        again, and a resolved one that opens again is in the list and the log."""
        for incident in incidents:
            if incident.resolved and incident.id in self.memories:
                self.take(incident, ours=True)
                self.keep |= {incident.id}

    def in_scope(self, incident: Incident) -> bool:
        """What the log shows of other services is left out; teams are known to the list alone."""
        if self._teams:
            return False
        return not self._services or incident.service_id in self._services

    def tell(self, entries: Iterable[LogEntry], since: datetime) -> None:
        """Take in what the account's log has told, read from `since` on; repeats do no harm."""
        self._unclaimed.begin(since)
        by_incident: defaultdict[str, list[LogEntry]] = defaultdict(list)
        for entry in sorted(entries, key=lambda entry: (entry.at, entry.id)):
            by_incident[entry.incident_id].append(entry)
        for incident_id, about in by_incident.items():
            for entry in about:
                if entry.incident is not None:
                    self.take(entry.incident)
            record = self.records.get(incident_id)
            if record is not None:
                self._remember(record, learn(self.memories[incident_id], about))
            else:
                self._unclaimed.hold(incident_id, about)

    def tell_whole(self, incident_id: str, entries: Iterable[LogEntry]) -> None:
        """Take in an incident's own log, read from its beginning; a stranger's is left."""
        if incident_id in self.records:
            memory = learn(IncidentMemory(complete=True), entries)
            self._remember(self.records[incident_id], memory)

    def gap(self, since: datetime) -> None:
        """The account's log was not read for a while, up to `since`: nothing that was complete is
        so any more. What is said of it shows with the next record, or log, of an incident."""
        for incident_id, memory in self.memories.items():
            self.memories[incident_id] = replace(memory, complete=False)
        self._unclaimed.restart(since)

    def fall_silent(self) -> None:
        """There is no account's log for us, and nothing will be known from it alone."""
        self.untold = True
        self._unclaimed.restart(None)

    def complete_since(self, since: datetime) -> None:
        """All of the log since a moment was told: of what began since, nothing is left to ask."""
        for incident_id, record in self.records.items():
            if record.created_at >= since:
                self._remember(record, replace(self.memories[incident_id], complete=True))

    def incomplete(self) -> Iterator[Incident]:
        """Those of which only their own log can tell the rest, as far as it matters."""
        for incident_id, incident in self.incidents.items():
            wanted = not incident.resolved or incident_id in self.keep
            if wanted and not self.memories[incident_id].complete:
                yield incident

    def over(self, before: datetime) -> list[str]:
        """Ids of incidents that were done with before a moment, and are not to be kept."""
        return [
            incident_id
            for incident_id, incident in self.incidents.items()
            if incident.resolved
            and (incident.resolved_at or incident.updated_at) < before
            and incident_id not in self.keep
        ]

    def drop(self, incident_id: str) -> None:
        """It is gone, or of no interest any more."""
        self.incidents.pop(incident_id, None)
        self.records.pop(incident_id, None)
        self.memories.pop(incident_id, None)

    def forget_strangers(self, before: datetime) -> None:
        """Who was not in the list, and has not turned up since, will have to be asked for."""
        self._unclaimed.let_go(before)
        if len(self.memories) > len(self.records):
            self.memories = {i: self.memories[i] for i in self.records}

    def _remember(self, record: Incident, memory: IncidentMemory) -> None:
        """Know more of an incident; one that reads as before stays the same object."""
        self.memories[record.id] = memory
        fresh = with_facts(record, memory)
        if self.incidents.get(record.id) != fresh:
            self.incidents[record.id] = fresh
