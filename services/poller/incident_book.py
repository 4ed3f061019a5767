"""Which incidents concern us, and what is known of each so far?

Remembers; asks nothing. A record takes the place of an older one, never of a newer. What is known
of an incident is complete once its log is: because the account's log was told from its creation on
without a gap, or because its own was read.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from services.domain import Incident
from services.half import Half
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
        self.half: Half[str, Incident] = Half()
        self.incidents: Mapping[str, Incident] = self.half.known
        self.records: dict[str, Incident] = {}
        """As PagerDuty sent them, without what the log tells."""
        self.memories = memories
        self.changed: set[str] = self.half.touched
        """Of which something else is known than at the latest look of whoever empties this."""
        self.unsaved: set[str] = set(memories)
        """Of which something else may be known than the disk says."""
        self.void = Voids()
        self.untold = False
        """Whether the account's log is silent: what changes, only an incident's own can tell."""
        self._teams = teams
        self._services = services
        self._unclaimed = Unclaimed()
        self._resolved: set[str] = set()

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
        wanted = [i for i in incidents if i.resolved and i.id in self.memories]
        for incident in wanted:
            self.take(incident, ours=True)
            self.half.hold(incident.id, True)

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
            if memory.complete:
                self._know(incident_id, replace(memory, complete=False))
        self._unclaimed.restart(since)

    def fall_silent(self) -> None:
        """There is no account's log for us, and nothing will be known from it alone."""
        self.untold = True
        self._unclaimed.restart(None)

    def complete_since(self, since: datetime) -> None:
        """All of the log since a moment was told: of what began since, nothing is left to ask."""
        for incident_id, record in self.records.items():
            if record.created_at >= since and not self.memories[incident_id].complete:
                self._remember(record, replace(self.memories[incident_id], complete=True))

    def incomplete(self, incident_id: str) -> Incident | None:
        """It, if only its own log can tell the rest, as far as that matters."""
        incident = self.incidents.get(incident_id)
        if incident is None or self.memories[incident_id].complete:
            return None
        return incident if not incident.resolved or incident_id in self.half.held else None

    def still_open(self, beside: Collection[str]) -> list[str]:
        """Ids of incidents that are open as far as is known, and not among these."""
        return sorted((self.incidents.keys() - self._resolved).difference(beside))

    def over(self, before: datetime) -> list[str]:
        """Ids of incidents that were done with before a moment, and are not to be kept."""
        ended = self._resolved.difference(self.half.held)
        resolved = [self.incidents[incident_id] for incident_id in ended]
        return [i.id for i in resolved if (i.resolved_at or i.updated_at) < before]

    def to_keep(self, incident_ids: Iterable[str]) -> dict[str, IncidentMemory | None]:
        """What the next start is to know of each; None is nothing."""
        return {i: self.memories[i] if i in self.records else None for i in incident_ids}

    def drop(self, incident_id: str) -> None:
        """It is gone, or of no interest any more."""
        self.half.drop(incident_id)
        self.records.pop(incident_id, None)
        self.memories.pop(incident_id, None)
        self._resolved.discard(incident_id)
        self.unsaved.add(incident_id)

    def forget_strangers(self, before: datetime) -> None:
        """Who was not in the list, and has not turned up since, will have to be asked for."""
        self._unclaimed.let_go(before)
        if len(self.memories) > len(self.records):
            self.memories = {i: self.memories[i] for i in self.records}

    def _remember(self, record: Incident, memory: IncidentMemory) -> None:
        """Know more of an incident; one that reads as before stays the same object."""
        if self.memories.get(record.id) != memory:
            self._know(record.id, memory)
        fresh = with_facts(record, memory)
        if self.incidents.get(record.id) == fresh:
            return
        self.half.put(record.id, fresh)
        if fresh.resolved:
            self._resolved.add(record.id)
        else:
            self._resolved.discard(record.id)

    def _know(self, incident_id: str, memory: IncidentMemory) -> None:
        """What is known of it is something else than before."""
        self.memories[incident_id] = memory
        self.changed.add(incident_id)
        self.unsaved.add(incident_id)
