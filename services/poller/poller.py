"""When is each source asked, and who is told of what came of it?

Each source is polled by a loop of its own, so that one in trouble leaves the other alone. A
failed poll changes nothing but the source's trust line. Source: `Feed`, and the cadences, back-off
and jitter of the polling design.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

from msgspec.structs import replace

from services.clock import Clock
from services.desk import Desk
from services.domain import (
    History,
    Incident,
    Issue,
    Snapshot,
    Source,
    SourceStatus,
    Ticket,
    TimelineEntry,
)
from services.errors import ServiceError
from services.log import Log
from services.poller.beat import Beat
from services.poller.halves import Halves
from services.poller.history import read_history
from services.poller.keeper import Keeper
from services.poller.pagerduty_feed import PagerDutyFeed
from services.poller.presence import Presence
from services.poller.remarks import Remarks
from services.poller.standing import Standing
from services.poller.survey import Survey
from services.poller.timeline import read_timeline
from services.poller.zendesk_feed import ZendeskFeed
from services.store import CachedQueue, Store
from services.vigil import Vigil


class Poller:
    """The live feed: both vendors polled, one queue out."""

    def __init__(
        self,
        *,
        clock: Clock,
        desk: Desk,
        store: Store,
        cached: CachedQueue | None,
        zendesk: ZendeskFeed | None,
        pagerduty: PagerDutyFeed | None,
        intervals: tuple[timedelta, timedelta],
        prepare: Callable[[Source], Awaitable[bool]],
        requests_made: Callable[[], int],
        standing: Standing,
        stretch: Callable[[Source], int] = lambda source: 1,
        presence: Presence | None = None,
        vigil: Vigil | None = None,
        remarks: Callable[[], Remarks] = Remarks,
        log: Log | None = None,
        jitter: random.Random | None = None,
    ) -> None:
        """Make a poller; nothing is asked before `snapshots` or `read_once`.

        Args:
            clock: The servers' time.
            desk: Puts the halves together.
            store: Keeps the queue for the next start.
            cached: The queue of the last one, shown until the vendors have answered.
            zendesk: None when it is switched off or not configured.
            pagerduty: None likewise.
            intervals: Time between polls of Zendesk and of PagerDuty.
            prepare: Sees to it that a source has its credentials, or says that it is not used
                here; raises `Unauthorised`.
            requests_made: How many requests there have been so far.
            standing: Learns who we are, and what we may not.
            stretch: How many times as far apart as usual polls should be just now.
            presence: Knows whether somebody is at the keyboard; without, somebody always is.
            vigil: Notices when the laptop slept, or its clock was set.
            remarks: What is to be said of credentials, clock and files.
            log: Where it is noted how the sources fare.
            jitter: Where chance comes from.
        """
        self._prepare = prepare
        self._requests = requests_made
        self._clock = clock
        self._desk = desk
        self._keeper = Keeper(store, clock)
        self._zendesk = zendesk
        self._pagerduty = pagerduty
        self._jitter = jitter or random.Random()
        feeds = {Source.ZENDESK: zendesk, Source.PAGERDUTY: pagerduty}
        self._beats = [
            Beat(source, feed.cycle, interval, partial(stretch, source), self._pace)
            for (source, feed), interval in zip(feeds.items(), intervals, strict=True)
            if feed is not None
        ]
        self._paused = False
        self._presence = presence
        if presence is not None:
            presence.tell(self._somebody_is_back)
        self._changed = asyncio.Event()
        if cached is not None and pagerduty is not None and store.facts:
            issues = cached.snapshot.issues
            pagerduty.recall(i.incident for i in issues if i.incident and i.ticket)
        self._standing = standing
        self._vigil = vigil
        self._remarks = remarks
        self._log = log
        self._halves = Halves(desk, zendesk, pagerduty, clock) if zendesk and pagerduty else None
        self._survey = Survey(
            clock=clock,
            desk=desk,
            beats=self._beats,
            zendesk=zendesk,
            pagerduty=pagerduty,
            cached=cached,
            standing=standing,
            remarks=self._all_remarks,
        )

    async def snapshots(self) -> AsyncIterator[Snapshot]:
        """Each new state of the world; the first is the last known queue from disk, if any."""
        if (known := self._survey.last_known(paused=self._paused)) is not None:
            yield known
        loops = {asyncio.create_task(self._run(beat)) for beat in self._beats}
        if self._vigil is not None:
            loops.add(asyncio.create_task(self._ask_after_leaps(self._vigil)))
        try:
            while True:
                changed = asyncio.create_task(self._changed.wait())
                done, _ = await asyncio.wait({changed, *loops}, return_when=asyncio.FIRST_COMPLETED)
                changed.cancel()
                for loop in done & loops:
                    loop.result()
                self._changed.clear()
                yield (snapshot := self._snapshot())
                if self._survey.answered:
                    await self._keeper.keep_queue_fresh(snapshot, self._desk)
        finally:
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)
            self._save(self._snapshot())

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
        self._save(snapshot)
        return snapshot

    def refresh(self) -> None:
        """Ask every source now, who is on call as well."""
        if self._pagerduty is not None:
            self._pagerduty.schedules.look_again()
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
            if beat.source is source:
                beat.wake_if_well()

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
        entries = await read_timeline(self._zendesk, self._pagerduty, issue)
        self._changed.set()
        return entries

    async def history(self, since: datetime) -> History:
        """What was done since a moment, by whomever."""
        return await read_history(self._zendesk, self._pagerduty, since)

    async def _run(self, beat: Beat) -> None:
        while True:
            if self._paused and not beat.wake.is_set():
                await beat.wake.wait()
            beat.wake.clear()
            before = beat.status
            wait = await self._beat(beat)
            self._note(beat, before)
            self._changed.set()
            await beat.rest(wait, self._clock)

    async def _beat(self, beat: Beat) -> float:
        """One poll of one source; seconds until the next."""
        asked = self._clock.monotonic()
        was_unreachable = beat.unreachable
        try:
            if not await self._prepare(beat.source):
                return beat.not_used()
            await self._standing.learn(beat.source)
            asked = self._clock.monotonic()
            await beat.cycle()
            await self._desk.catch_up()
            await self._keeper.keep_facts(self._feed(beat.source))
            if self._halves is not None:
                # To look for them may take a while, and so may what came before.
                await asyncio.sleep(0)
                await self._halves.find(beat.source, self._beats)
        except ServiceError as error:
            return beat.failed(error, self._clock, self._jitter)
        if was_unreachable:
            self._wake_the_unreachable()
        # Counted back from now: by the first answer the clock may have been put right.
        asked_at = self._clock.now() - timedelta(seconds=self._clock.monotonic() - asked)
        return beat.went_well(asked_at, self._clock, self._jitter, self._partial(beat.source))

    def _pace(self) -> int:
        """How many times as far apart as usual polls may be, for want of somebody who looks."""
        if self._presence is None:
            return 1
        return self._presence.pace(self._survey.issues, self._clock.now())

    def _somebody_is_back(self) -> None:
        """What is on the screen may be older than they think: ask at once, unless told not to."""
        if not self._paused:
            for beat in self._beats:
                beat.wake_if_well()

    def _wake_the_unreachable(self) -> None:
        """One is back, so the network may be: the others need not sit out their wait."""
        for beat in self._beats:
            if beat.unreachable:
                beat.wake.set()

    async def _ask_after_leaps(self, vigil: Vigil) -> None:
        """After the lid was closed, or the clock was set: ask at once; nothing old looks live."""
        while True:
            await vigil.leap()
            if self._log is not None:
                self._log.note("leap", asked_again=not self._paused)
            if not self._paused:
                self.refresh()
            self._changed.set()

    def _note(self, beat: Beat, before: SourceStatus) -> None:
        """Put into the log when a source begins to fail, fails in another way, or is well again."""
        after = beat.status
        if self._log is None or (before.error, before.state) == (after.error, after.state):
            return
        self._log.note(
            "trouble" if after.error else "well",
            source=beat.source.value,
            state=after.state.value,
            failures=after.failures or None,
            why=after.error,
        )

    async def _read_more(self, beat: Beat, most: int) -> None:
        feed = self._feed(beat.source)
        if feed is None or not feed.unread or not beat.answers:
            return
        try:
            await feed.read_unknown(max(1, most))
        except ServiceError as error:
            beat.note(error, self._clock, 0)

    def _unread(self) -> int:
        return sum(feed.unread for feed in (self._zendesk, self._pagerduty) if feed)

    def _snapshot(self) -> Snapshot:
        return self._survey.snapshot(paused=self._paused)

    def _all_remarks(self) -> Remarks:
        remarks = self._remarks()
        lines = [self._keeper.trouble, *(self._halves.troubles if self._halves else ())]
        return replace(remarks, now=(*filter(None, lines), *remarks.now))

    def _save(self, snapshot: Snapshot) -> None:
        if self._survey.answered:
            self._keeper.keep_queue(snapshot, self._desk)

    def _partial(self, source: Source) -> str:
        """What a source that answers cannot tell of the queue."""
        feed = self._feed(source)
        return feed.partial if feed is not None else ""

    def _feed(self, source: Source) -> ZendeskFeed | PagerDutyFeed | None:
        return self._zendesk if source is Source.ZENDESK else self._pagerduty
