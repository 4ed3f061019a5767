"""What is PagerDuty asked in every poll, so that our incidents and who is on call are known?

One request for what happened since the last poll and one page of the open list per cycle; the
schedules every few minutes; the log of an incident that began before we looked is read once, a
few per cycle. Source: PagerDuty `/log_entries`, `/incidents`, `/schedules`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from services.clock import Clock
from services.domain import Incident, Source
from services.errors import (
    NotFound,
    RateLimited,
    Rejected,
    ServiceError,
    Unauthorised,
    Unreachable,
)
from services.half import Half
from services.pagerduty.client import PagerDuty
from services.pagerduty.records import LogEntry
from services.poller.account_log import AccountLog
from services.poller.duty import Duty
from services.poller.ending import Ending
from services.poller.incident_book import IncidentBook
from services.poller.parts import save_in_parts
from services.poller.reading_list import ReadingList, about_one
from services.poller.rota_reader import RotaReader
from services.poller.voids import Voids
from services.store import Store

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
    """The incidents as last known, and how they come to be."""

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
        self.schedules = RotaReader(client, clock, rota_every)
        self.skipped: tuple[str, ...] = ()
        self.partial = ""
        """What of the incidents is not known since the start, and why; empty as a rule."""
        self._store = store
        self._clock = clock
        self._teams = teams
        self._services = services
        self._to_spare = to_spare
        self._reading = Duty("reading single incidents fails")
        self._book = IncidentBook(store.load_incidents(), teams=teams, services=services)
        self._unread = ReadingList(self._book.changed, self._book.incomplete, nearest_due)
        self.account_log = AccountLog(client, self._book, clock, store.load_log_watermark())
        self._offset = 0
        self._seen: set[str] = set()
        self._ending = Ending(Source.PAGERDUTY, "open incidents")
        self._missed: defaultdict[str, int] = defaultdict(int)
        self._started = False

    @property
    def incidents(self) -> Mapping[str, Incident]:
        """By id; resolved ones too, as long as they may matter."""
        return self._book.incidents

    @property
    def half(self) -> Half[str, Incident]:
        """Them, for who pairs them, and says which are to be kept."""
        return self._book.half

    @property
    def void(self) -> Voids:
        """Ids that name no incident, as PagerDuty says."""
        return self._book.void

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
            await self.account_log.read_on()
        except (Unauthorised, Unreachable, RateLimited):
            raise
        except ServiceError as error:
            trouble = error
        self._book.untold = self.account_log.forbidden or trouble is not None
        if self._started:
            await self._read_open_page()
        else:
            while not await self._read_open_page():
                pass
            self._started = True
        self._book.forget_strangers(self._clock.now() - STRANGERS)
        for incident_id in self._book.over(self._clock.now() - KEEP_RESOLVED):
            self._drop(incident_id)
        await self._reading.attempt(lambda: self.read_unknown(reads), self._clock)
        await self.schedules.read_if_due()
        if trouble is not None and self.account_log.seen:
            raise trouble
        self.partial = "" if trouble is None else f"{trouble.headline} {ONE_BY_ONE}"

    async def save(self) -> None:
        """Keep what is known of incidents for the next start.

        How far the log is read comes last: to read some of it twice does no harm.

        Raises:
            StoreError: The disk is full or read-only.
        """
        read_until = self.account_log.read_until

        def save(part: list[str], last: bool) -> None:
            self._store.save_incidents(self._book.to_keep(part), read_until if last else None)

        await save_in_parts(self._book.unsaved, save)

    async def fetch(self, incident_id: str) -> None:
        """Read one incident by id, as the other half of an open pair; or learn that it is void.

        Raises:
            ServiceError: It could not be read.
        """
        try:
            incident = await self.client.incident(incident_id)
        except (NotFound, Rejected):
            self.void.add(incident_id, self._clock.monotonic())
            return
        self._book.half.hold(incident.id, True)
        self._book.take(incident, ours=True)

    def absorb(self, answered: Incident) -> None:
        """Take an incident as a write of ours was answered with; one that is not ours is left."""
        self._book.absorb(answered)

    def recall(self, incidents: Iterable[Incident]) -> None:
        """Take resolved incidents from the last start, as far as they are wanted again."""
        self._book.recall(incidents)

    def in_scope(self, incident: Incident) -> bool:
        """Whether an incident that is not in the queue would be one of ours, as far as is known."""
        return self._book.in_scope(incident)

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
        self._book.tell_whole(incident_id, entries.values())
        return tuple(sorted(entries.values(), key=lambda entry: (entry.at, entry.id)))

    @property
    def troubles(self) -> tuple[str, ...]:
        """What is missing beside the queue itself, a plain line each."""
        duties = (self._reading, self.schedules.duty)
        return tuple(duty.trouble for duty in duties if duty.trouble)

    @property
    def lacks(self) -> tuple[str, ...]:
        """What this account does not give us, and what that means; to be said once."""
        if not self.account_log.forbidden:
            return ()
        return (
            "PagerDuty does not show us the account's log: acknowledgements and notes are read "
            "incident by incident, and until then deadlines are unknown.",
        )

    @property
    def unread(self) -> int:
        """How many incidents wait to be read one by one."""
        return len(self._unread)

    async def _read_open_page(self) -> bool:
        """The next page of the open list; whether a walk through it is complete."""
        page = await self.client.open_incidents(self._offset, self._teams, self._services)
        self.skipped = page.skipped
        for incident in page.incidents:
            self._seen.add(incident.id)
            self._book.take(incident, ours=True)
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
        for incident_id in self._missed.keys() & self._seen:
            del self._missed[incident_id]
        for incident_id in self._book.still_open(self._seen):
            self._missed[incident_id] += 1
            if self._missed[incident_id] >= 2:
                await self._look_up(incident_id)

    async def _look_up(self, incident_id: str) -> None:
        self._missed.pop(incident_id, None)
        try:
            self._book.take(await self.client.incident(incident_id))
        except NotFound:
            self._drop(incident_id)
        except ServiceError as error:
            # One that cannot be read stays, and is asked for again after two more walks.
            if not about_one(error):
                raise

    def _drop(self, incident_id: str) -> None:
        self._book.drop(incident_id)
        self._missed.pop(incident_id, None)
        self._unread.forget(incident_id)

    async def read_unknown(self, most: int) -> None:
        """Read, one by one, what only its own history can tell; nearest deadline first.

        Stops where a limit is running low. An incident that cannot be read waits its turn again.

        Raises:
            ServiceError: PagerDuty is in trouble; those read before count.
        """
        await self._unread.read(most, self.log, self._to_spare)
