"""Which incidents concern us, what is known of each, and who is on call, after every poll?

One request for what happened since the last poll and one page of the open list per cycle; the
schedules every few minutes; the log of an incident that began before we looked is read once, a
few per cycle. Source: PagerDuty `/log_entries`, `/incidents`, `/schedules`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from services.clock import Clock
from services.domain import Incident, Source
from services.errors import (
    Forbidden,
    NotFound,
    RateLimited,
    Rejected,
    ServiceError,
    Unauthorised,
    Unreachable,
)
from services.incident_facts import IncidentMemory, learn, with_facts
from services.pagerduty.client import PagerDuty
from services.pagerduty.records import LogEntry
from services.poller.duty import Duty
from services.poller.ending import Ending
from services.poller.rota_reader import RotaReader
from services.poller.shelf import Shelf, about_one
from services.poller.unclaimed import Unclaimed
from services.poller.voids import Voids
from services.store import Store

OVERLAP = timedelta(seconds=120)
"""Whether `since` includes its own moment is not documented; repeats are recognised by id."""

LOOK_BACK = timedelta(hours=72)
"""How much of the account's log is read at the start."""

MOST_LOG_PAGES = 30
"""More than this and the log is not read account-wide, but incident by incident."""

PAGE_OVERLAP = 5
"""Records asked for again on the next page: the list moves up while it is walked."""

KEEP_RESOLVED = timedelta(hours=24)
"""How long a resolved incident is kept: it may still pair, and it was done this shift."""

STRANGERS = timedelta(minutes=10)
"""How long the log of incidents that are not known is held, once the list has been read."""

ONE_BY_ONE = "What was done on incidents is read one by one, and may be missing."

READS_AT_START = 40
"""Read one by one in the first cycle, so that what is nearest is exact at once."""

READS_PER_CYCLE = 2
"""Incidents read one by one in each cycle."""


class PagerDutyFeed:
    """The incidents as last known."""

    def __init__(
        self,
        client: PagerDuty,
        store: Store,
        clock: Clock,
        *,
        nearest_due: Callable[[Incident], datetime],
        teams: Sequence[str] = (),
        services: Sequence[str] = (),
        rota_every: timedelta = timedelta(minutes=5),
        to_spare: Callable[[], bool] = lambda: True,
    ) -> None:
        """Make a feed; nothing is asked before `cycle`.

        Args:
            client: How PagerDuty is asked.
            store: Where what is known of incidents survives.
            clock: The servers' time.
            nearest_due: The first due moment of an incident, to read the most urgent first.
            teams: Team ids to keep; empty keeps all.
            services: Service ids to keep; empty keeps all.
            rota_every: Time between two looks at the schedules.
            to_spare: Whether enough of the limit is left for what can wait.
        """
        self.client = client
        self.incidents: dict[str, Incident] = {}
        self.keep: frozenset[str] = frozenset()
        """Resolved incidents to hold on to, because their ticket is still open."""
        self.void = Voids()
        self.schedules = RotaReader(client, clock, rota_every)
        self.skipped: tuple[str, ...] = ()
        self.partial = ""
        """What of the incidents is not known since the start, and why; empty as a rule."""
        self._store = store
        self._clock = clock
        self._nearest_due = nearest_due
        self._teams = teams
        self._services = services
        self._to_spare = to_spare
        self._reading = Duty("reading single incidents fails")
        self._shelf: Shelf[str] = Shelf()
        self._records: dict[str, Incident] = {}
        self._memories: dict[str, IncidentMemory] = store.load_incidents()
        self._watermark: datetime | None = store.load_log_watermark()
        self._unclaimed = Unclaimed()
        self._log_forbidden = False
        self._log_down = False
        self._log_seen = False
        self._offset = 0
        self._seen: set[str] = set()
        self._ending = Ending(Source.PAGERDUTY, "open incidents")
        self._missed: defaultdict[str, int] = defaultdict(int)
        self._started = False

    async def cycle(self) -> None:
        """Learn what happened, read on in the open list, and read a few incidents that need it.

        What can be read is read, whatever else cannot: without the log, the list still shows new
        incidents, though not what is known of them.

        Raises:
            ServiceError: The log or the list could not be read; what was learned before stays.
        """
        reads = READS_PER_CYCLE if self._started else READS_AT_START
        trouble: ServiceError | None = None
        try:
            await self._read_log()
        except (Unauthorised, Unreachable, RateLimited):
            raise
        except ServiceError as error:
            trouble = error
        self._log_down = trouble is not None
        if self._started:
            await self._read_open_page()
        else:
            while not await self._read_open_page():
                pass
            self._started = True
        self._forget_strangers()
        self._forget_resolved()
        await self._reading.attempt(lambda: self.read_unknown(reads), self._clock)
        await self.schedules.read_if_due()
        if trouble is not None and self._log_seen:
            raise trouble
        self.partial = "" if trouble is None else f"{trouble.headline} {ONE_BY_ONE}"

    def save(self) -> None:
        """Keep what is known of incidents for the next start.

        Raises:
            StoreError: The disk is full or read-only.
        """
        known = {i: self._memories[i] for i in self._records}
        self._store.save_incidents(known, self._watermark)

    async def fetch(self, incident_id: str) -> None:
        """Read one incident by id, as the other half of a pair; or learn that it is void."""
        try:
            self._take(await self.client.incident(incident_id), ours=True)
        except (NotFound, Rejected):
            self.void.add(incident_id, self._clock.monotonic())

    def absorb(self, answered: Incident) -> None:
        """Take an incident as a write of ours was answered with; one that is not ours is left."""
        if answered.id in self._records:
            self._take(answered)

    def recall(self, incidents: Iterable[Incident]) -> None:
        """Take resolved incidents from the last start: as halves of open pairs they are wanted
        again, and a resolved one that opens again is in the list and the log."""
        for incident in incidents:
            if incident.resolved and incident.id in self._memories:
                self._take(incident, ours=True)
                self.keep |= {incident.id}

    async def log(self, incident_id: str) -> tuple[LogEntry, ...]:
        """An incident's whole log, oldest first; also settles its facts.

        Raises:
            ServiceError: It could not be read.
        """
        entries: dict[str, LogEntry] = {}
        ending = Ending(Source.PAGERDUTY, "log entries")
        received = 0
        while True:
            page = await self.client.incident_log(incident_id, received)
            entries |= {entry.id: entry for entry in page.entries}
            received += page.received
            if not page.more or not page.received:
                break
            ending.goes_on(len(entries))
        if incident_id in self._records:
            memory = learn(IncidentMemory(complete=True), entries.values())
            self._remember(self._records[incident_id], memory)
        return tuple(sorted(entries.values(), key=lambda entry: (entry.at, entry.id)))

    @property
    def troubles(self) -> tuple[str, ...]:
        """What is missing beside the queue itself, a plain line each."""
        duties = (self._reading, self.schedules.duty)
        return tuple(duty.trouble for duty in duties if duty.trouble)

    @property
    def lacks(self) -> tuple[str, ...]:
        """What this account does not give us, and what that means; to be said once."""
        if not self._log_forbidden:
            return ()
        return (
            "PagerDuty does not show us the account's log: acknowledgements and notes are read "
            "incident by incident, and until then deadlines are unknown.",
        )

    @property
    def unread(self) -> int:
        """How many incidents wait to be read one by one."""
        return len(self._unknown())

    async def _read_log(self) -> None:
        """What happened since the last good look, or in the last three days at the start."""
        asked_at = self._clock.now()
        if self._log_forbidden:
            return
        gap = LOOK_BACK if self._watermark is None else asked_at - self._watermark
        # A mark in the future was not set by this clock: nothing is known of what lies before.
        fresh = gap >= LOOK_BACK or gap < -OVERLAP
        since = asked_at - LOOK_BACK if self._watermark is None or fresh else (
            self._watermark - OVERLAP
        )  # fmt: skip
        try:
            entries = await self.log_since(since)
        except Forbidden:
            self._log_forbidden = True
            self._unclaimed.restart(None)
            return
        if entries is None or fresh:
            self._forget_logs()
            self._unclaimed.restart(asked_at if entries is None else since)
        self._unclaimed.begin(since)
        self._watermark, self._log_seen = asked_at, True
        self._take_log(entries or ())
        if entries is not None and fresh:
            self._know_all(since)

    async def log_since(self, since: datetime) -> tuple[LogEntry, ...] | None:
        """The account's log from a moment on; None if it is too long to be read."""
        entries: dict[str, LogEntry] = {}
        received = 0
        for _ in range(MOST_LOG_PAGES):
            page = await self.client.log_entries(since, received)
            entries |= {entry.id: entry for entry in page.entries}
            received += page.received
            if not page.more or not page.received:
                return tuple(entries.values())
        return None

    def _take_log(self, entries: Iterable[LogEntry]) -> None:
        by_incident: defaultdict[str, list[LogEntry]] = defaultdict(list)
        for entry in sorted(entries, key=lambda entry: (entry.at, entry.id)):
            by_incident[entry.incident_id].append(entry)
        for incident_id, about in by_incident.items():
            for entry in about:
                if entry.incident is not None:
                    self._take(entry.incident)
            record = self._records.get(incident_id)
            if record is not None:
                self._remember(record, learn(self._memories[incident_id], about))
            else:
                self._unclaimed.hold(incident_id, about)

    def _know_all(self, since: datetime) -> None:
        """After a gap the log was read anew: of what began since, nothing is left to be asked."""
        for incident_id, record in self._records.items():
            if record.created_at >= since:
                memory = replace(self._memories[incident_id], complete=True)
                self._remember(record, memory)

    async def _read_open_page(self) -> bool:
        """The next page of the open list; whether a walk through it is complete."""
        page = await self.client.open_incidents(self._offset, self._teams, self._services)
        self.skipped = page.skipped
        for incident in page.incidents:
            self._seen.add(incident.id)
            self._take(incident, ours=True)
        if page.more and page.received:
            # If there is no end to it, it is read from the beginning next time.
            offset, self._offset = self._offset, 0
            self._ending.goes_on(len(self._seen))
            self._offset = offset + max(1, page.received - PAGE_OVERLAP)
            return False
        self._offset = 0
        self._ending.restart()
        await self._look_for_missing()
        self._seen = set()
        return True

    async def _look_for_missing(self) -> None:
        """An open incident that two complete walks did not show is asked for by id."""
        for incident_id in self._seen:
            self._missed.pop(incident_id, None)
        for incident_id, incident in list(self.incidents.items()):
            if incident.resolved or incident_id in self._seen:
                continue
            self._missed[incident_id] += 1
            if self._missed[incident_id] >= 2:
                await self._look_up(incident_id)

    async def _look_up(self, incident_id: str) -> None:
        self._missed.pop(incident_id, None)
        try:
            self._take(await self.client.incident(incident_id))
        except NotFound:
            self._drop(incident_id)
        except ServiceError as error:
            # One that cannot be read stays, and is asked for again after two more walks.
            if not about_one(error):
                raise

    def _take(self, incident: Incident, *, ours: bool = False) -> None:
        """Keep an incident that is no older than the one known."""
        self.void.seen(incident.id)
        known = self._records.get(incident.id)
        if known is None and not ours and not self.in_scope(incident):
            return
        if known is not None and incident.updated_at < known.updated_at:
            return
        memory = self._memories.get(incident.id, IncidentMemory())
        if known is None:
            told, all_of_it = self._unclaimed.claim(incident.id, incident.created_at)
            memory = learn(memory, told)
            if all_of_it and not memory.complete:
                memory = replace(memory, complete=True)
        untold = self._log_forbidden or self._log_down
        if untold and (known is None or incident.updated_at > known.updated_at):
            memory = replace(memory, complete=False)
        self._records[incident.id] = incident
        self._remember(incident, memory)

    def in_scope(self, incident: Incident) -> bool:
        """What the log shows of other services is left out; teams are known to the list alone."""
        if self._teams:
            return False
        return not self._services or incident.service_id in self._services

    def _remember(self, record: Incident, memory: IncidentMemory) -> None:
        self._memories[record.id] = memory
        fresh = with_facts(record, memory)
        if self.incidents.get(record.id) != fresh:
            self.incidents[record.id] = fresh

    def _forget_logs(self) -> None:
        """A gap in the log: nothing that was complete is so any more."""
        for incident_id, memory in self._memories.items():
            self._memories[incident_id] = replace(memory, complete=False)

    def _drop(self, incident_id: str) -> None:
        self.incidents.pop(incident_id, None)
        self._records.pop(incident_id, None)
        self._memories.pop(incident_id, None)
        self._missed.pop(incident_id, None)
        self._shelf.take(incident_id)

    def _forget_strangers(self) -> None:
        """Who was not in the list, and does not turn up soon, will have to be asked for."""
        self._unclaimed.let_go(self._clock.now() - STRANGERS)
        if len(self._memories) > len(self._records):
            self._memories = {i: self._memories[i] for i in self._records}

    def _forget_resolved(self) -> None:
        before = self._clock.now() - KEEP_RESOLVED
        for incident_id, incident in list(self.incidents.items()):
            ended = incident.resolved_at or incident.updated_at
            if incident.resolved and ended < before and incident_id not in self.keep:
                self._drop(incident_id)

    def _unknown(self) -> list[str]:
        """What is to be read one by one: what went wrong last, else what is due first."""
        wanted = (
            (self._shelf.times(incident_id), self._nearest_due(incident), incident_id)
            for incident_id, incident in self.incidents.items()
            if not self._memories[incident_id].complete
            and (not incident.resolved or incident_id in self.keep)
        )
        return [incident_id for _, _, incident_id in sorted(wanted)]

    async def read_unknown(self, most: int) -> None:
        """Read, one by one, what only its own history can tell; nearest deadline first.

        Stops where a limit is running low. An incident that cannot be read waits its turn again.

        Raises:
            ServiceError: PagerDuty is in trouble; those read before count.
        """
        for incident_id in self._unknown()[:most]:
            if not self._to_spare():
                return
            try:
                await self.log(incident_id)
            except ServiceError as error:
                if not about_one(error):
                    raise
                self._shelf.put(incident_id)
            else:
                self._shelf.take(incident_id)
