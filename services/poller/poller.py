"""What is the state of the world now, and how much of it can be trusted?

Each source is polled by a loop of its own, so that one in trouble leaves the other alone. A
failed poll changes nothing but the source's trust line. Source: `Feed`, and the cadences, back-off
and jitter of the polling design.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from services.clock import Clock
from services.desk import Desk
from services.domain import (
    Health,
    Incident,
    Issue,
    Rota,
    Snapshot,
    Source,
    SourceStatus,
    Ticket,
    TimelineEntry,
)
from services.errors import ServiceError, StoreError, Unauthorised
from services.poller.beat import Beat
from services.poller.halves import fetch_halves
from services.poller.last_known import from_disk, with_cached
from services.poller.pagerduty_feed import PagerDutyFeed
from services.poller.timeline import of_comments, of_log
from services.poller.zendesk_feed import ZendeskFeed
from services.store import Store

SAVE_EVERY = 30.0
"""Seconds between two saves of the queue for the next start."""


class Poller:
    """The live feed: both vendors polled, one queue out."""

    def __init__(
        self,
        *,
        clock: Clock,
        desk: Desk,
        store: Store,
        zendesk: ZendeskFeed | None,
        pagerduty: PagerDutyFeed | None,
        intervals: tuple[timedelta, timedelta],
        prepare: Callable[[Source], Awaitable[None]],
        requests_made: Callable[[], int],
        jitter: random.Random | None = None,
    ) -> None:
        """Make a poller; nothing is asked before `snapshots` or `read_once`.

        Args:
            clock: The servers' time.
            desk: Puts the halves together.
            store: Keeps the queue for the next start.
            zendesk: None when it is switched off or not configured.
            pagerduty: None likewise.
            intervals: Time between polls of Zendesk and of PagerDuty.
            prepare: Sees to it that a source has its credentials; raises `Unauthorised`.
            requests_made: How many requests there have been so far.
            jitter: Where chance comes from.
        """
        self._prepare = prepare
        self._requests = requests_made
        self._store_trouble = ""
        self._clock = clock
        self._desk = desk
        self._store = store
        self._zendesk = zendesk
        self._pagerduty = pagerduty
        self._jitter = jitter or random.Random()
        self._beats: list[Beat] = []
        if zendesk is not None:
            self._beats.append(Beat(Source.ZENDESK, zendesk.cycle, intervals[0]))
        if pagerduty is not None:
            self._beats.append(Beat(Source.PAGERDUTY, pagerduty.cycle, intervals[1]))
        self._paused = False
        self._changed = asyncio.Event()
        self._cached = store.load_queue()
        self._saved_at = -SAVE_EVERY
        self._me: set[str] = set()
        self._my_ids: dict[Source, str] = {}
        self._my_id: str | None = None
        self._asked_who: set[Source] = set()

    async def snapshots(self) -> AsyncIterator[Snapshot]:
        """Each new state of the world; the first is the last known queue from disk, if any."""
        if self._cached is not None:
            yield from_disk(self._cached, self._statuses(), paused=self._paused)
        loops = {asyncio.create_task(self._run(beat)) for beat in self._beats}
        try:
            while True:
                changed = asyncio.create_task(self._changed.wait())
                done, _ = await asyncio.wait({changed, *loops}, return_when=asyncio.FIRST_COMPLETED)
                changed.cancel()
                for loop in done & loops:
                    loop.result()
                self._changed.clear()
                yield self._snapshot()
        finally:
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)
            self._save(self._snapshot(), soon=False)

    async def read_once(self, most_requests: int = 200) -> Snapshot:
        """One poll of each source that goes on until all is known or so many requests are made."""
        await asyncio.gather(*(self._beat(beat) for beat in self._beats))
        while self._requests() < most_requests and self._unread():
            before = self._unread()
            left = most_requests - self._requests()
            await asyncio.gather(*(self._read_more(beat, left // 2) for beat in self._beats))
            if self._unread() >= before:
                break
        snapshot = self._snapshot()
        self._save(snapshot, soon=False)
        return snapshot

    def refresh(self) -> None:
        """Ask every source now, who is on call as well."""
        if self._pagerduty is not None:
            self._pagerduty.look_at_rota_again()
        for beat in self._beats:
            beat.wake.set()

    def absorb(self, source: Source, ticket: Ticket | None, incident: Incident | None) -> None:
        """Show at once what a vendor answered to a write, and ask it for what that leaves open."""
        if ticket is not None and self._zendesk is not None:
            self._zendesk.absorb(ticket)
        if incident is not None and self._pagerduty is not None:
            self._pagerduty.absorb(incident)
        self._changed.set()
        for beat in self._beats:
            # One that is waiting because it was told to is not woken.
            if beat.source is source and not beat.status.failures:
                beat.wake.set()

    def pause(self, paused: bool) -> None:
        """Stop, or go on with, polling by itself."""
        self._paused = paused
        if not paused:
            self.refresh()
        self._changed.set()

    async def timeline(self, issue: Issue) -> tuple[TimelineEntry, ...]:
        """What happened to an issue at both vendors, oldest first; also settles its facts.

        Raises:
            ServiceError: A vendor could not be asked.
        """
        entries: list[TimelineEntry] = []
        if issue.ticket is not None and self._zendesk is not None:
            entries += of_comments(await self._zendesk.comments(issue.ticket.id))
        if issue.incident is not None and self._pagerduty is not None:
            entries += of_log(await self._pagerduty.log(issue.incident.id))
        self._changed.set()
        return tuple(sorted(entries, key=lambda entry: entry.at))

    async def _run(self, beat: Beat) -> None:
        while True:
            if self._paused and not beat.wake.is_set():
                await beat.wake.wait()
            beat.wake.clear()
            wait = await self._beat(beat)
            self._changed.set()
            await self._sleep(wait, beat.wake)

    async def _beat(self, beat: Beat) -> float:
        """One poll of one source; seconds until the next."""
        asked_at = self._clock.now()
        try:
            await self._prepare(beat.source)
            await beat.cycle()
            self._keep_facts(beat.source)
            await self._find_halves(beat.source)
            await self._learn_who(beat.source)
        except ServiceError as error:
            return beat.failed(error, self._clock, self._jitter)
        return beat.went_well(asked_at, self._clock, self._jitter)

    async def _find_halves(self, source: Source) -> None:
        """Fetch, once and by id, the done halves of pairs whose other half is open.

        The other vendor is asked only if it answers, and its trouble is not blamed on `source`.
        """
        if self._zendesk is None or self._pagerduty is None:
            return
        await fetch_halves(source, self._desk, self._zendesk, self._pagerduty)
        for beat in self._beats:
            answers = beat.answered and not beat.status.failures
            if beat.source is not source and answers:
                with contextlib.suppress(ServiceError):
                    await fetch_halves(beat.source, self._desk, self._zendesk, self._pagerduty)

    async def _learn_who(self, source: Source) -> None:
        """By which names the vendors know the person at the keyboard; asked once each."""
        if source in self._asked_who:
            return
        try:
            if source is Source.ZENDESK and self._zendesk is not None:
                agent = await self._zendesk.client.me()
                self._me.add(agent.name)
                self._my_ids[source] = str(agent.id)
            elif self._pagerduty is not None:
                person = await self._pagerduty.client.me()
                if person is not None:
                    self._me.add(person.name)
                    self._my_ids[source] = person.id
                self._my_id = person.id if person else None
        except Unauthorised:
            raise
        except ServiceError:
            # Only `is:mine` rests on it; the next poll asks again.
            return
        self._asked_who.add(source)

    async def _sleep(self, seconds: float, wake: asyncio.Event) -> None:
        """Wait so long, or until woken."""
        sleep = asyncio.ensure_future(self._clock.sleep(seconds))
        woken = asyncio.ensure_future(wake.wait())
        try:
            await asyncio.wait({sleep, woken}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleep.cancel()
            woken.cancel()

    async def _read_more(self, beat: Beat, most: int) -> None:
        feed = self._zendesk if beat.source is Source.ZENDESK else self._pagerduty
        if feed is None or not feed.unread or beat.status.state is not Health.OK:
            return
        try:
            await feed.read_unknown(max(1, most))
        except ServiceError as error:
            beat.note(error, self._clock, 0)

    def _unread(self) -> int:
        return sum(feed.unread for feed in (self._zendesk, self._pagerduty) if feed)

    def _snapshot(self) -> Snapshot:
        answered = any(beat.answered for beat in self._beats)
        if not answered and self._cached is not None:
            return from_disk(self._cached, self._statuses(), paused=self._paused)
        issues = self._desk.issues(
            self._zendesk.tickets if self._zendesk else {},
            self._pagerduty.incidents if self._pagerduty else {},
            frozenset(self._pagerduty.void) if self._pagerduty else frozenset(),
        )
        snapshot = Snapshot(
            issues=self._with_cached(issues),
            sources=self._statuses(),
            on_call=self._pagerduty.on_call(self._clock.now()) if self._pagerduty else (),
            rota=replace(self._pagerduty.rota, my_id=self._my_id) if self._pagerduty else Rota(),
            done=self._desk.done,
            paused=self._paused,
            me=frozenset(self._me),
            my_ids=dict(self._my_ids),
            notices=self._notices(),
        )
        self._save(snapshot, soon=True)
        return snapshot

    def _with_cached(self, issues: tuple[Issue, ...]) -> tuple[Issue, ...]:
        """Until a source has answered for the first time, its last known issues stay."""
        if self._cached is None:
            return issues
        silent = {beat.source for beat in self._beats if not beat.answered}
        if not silent:
            self._cached = None
            return issues
        return with_cached(issues, self._cached, silent)

    def _statuses(self) -> dict[Source, SourceStatus]:
        beats = {beat.source: beat.status for beat in self._beats}
        return {source: beats.get(source, SourceStatus(Health.OFF)) for source in Source}

    def _notices(self) -> tuple[str, ...]:
        feeds = (("Zendesk", self._zendesk), ("PagerDuty", self._pagerduty))
        skipped = [(name, feed.skipped) for name, feed in feeds if feed and feed.skipped]
        trouble = (self._store_trouble,) if self._store_trouble else ()
        return trouble + tuple(
            f"{name}: {len(reasons)} unreadable record(s) left out ({reasons[0]})"
            for name, reasons in skipped
        )

    def _save(self, snapshot: Snapshot, *, soon: bool) -> None:
        """Keep the queue for the next start; now and then while running, and at the end."""
        if not any(beat.answered for beat in self._beats):
            return
        now = self._clock.monotonic()
        if soon and now - self._saved_at < SAVE_EVERY:
            return
        self._saved_at = now
        try:
            self._store.save_queue(replace(snapshot, done=()), self._clock.now())
            self._store.save_pairs(self._desk.remembered)
        except StoreError as error:
            self._store_trouble = error.headline

    def _keep_facts(self, source: Source) -> None:
        """Save what a cycle has learned; a disk in trouble does not stop the polling."""
        feed = self._zendesk if source is Source.ZENDESK else self._pagerduty
        if feed is None:
            return
        try:
            feed.save()
            self._store_trouble = ""
        except StoreError as error:
            self._store_trouble = error.headline
