"""What is the state of the world now, put together from what both sources have told?

Asks nothing. Until a source has answered for the first time, its part is what was last known of it.
"""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from services.clock import Clock
from services.desk import Desk
from services.domain import (
    Health,
    Issue,
    Rota,
    Snapshot,
    Source,
    SourceStatus,
)
from services.last_known import from_disk, with_cached
from services.poller.beat import Beat
from services.poller.pagerduty_feed import PagerDutyFeed
from services.poller.remarks import Remarks, amiss, to_be_known
from services.poller.standing import Standing
from services.poller.zendesk_feed import ZendeskFeed
from services.store import CachedQueue


class Survey:
    """Makes the one queue out of both feeds, with how far it can be trusted."""

    def __init__(
        self,
        *,
        clock: Clock,
        desk: Desk,
        beats: Sequence[Beat],
        zendesk: ZendeskFeed | None,
        pagerduty: PagerDutyFeed | None,
        cached: CachedQueue | None,
        standing: Standing,
        remarks: Callable[[], Remarks],
    ) -> None:
        """Begin with what is known from the last start.

        Args:
            clock: The servers' time.
            desk: Puts the halves together.
            beats: How the sources that are asked at all fare.
            zendesk: What is known of tickets; None where it is not asked.
            pagerduty: What is known of incidents; None likewise.
            cached: The last known queue from disk, if any.
            standing: Who we are.
            remarks: What is to be said besides.
        """
        self.issues: tuple[Issue, ...] = ()
        """As the sources have told them at the latest look."""
        self._clock = clock
        self._desk = desk
        self._beats = beats
        self._zendesk = zendesk
        self._pagerduty = pagerduty
        self._cached = cached
        self._standing = standing
        self._remarks = remarks

    @property
    def answered(self) -> bool:
        """Whether any source has."""
        return any(beat.answered for beat in self._beats)

    def last_known(self, *, paused: bool) -> Snapshot | None:
        """The last known queue from disk, as old as it is; None where there is none."""
        if self._cached is None:
            return None
        return from_disk(self._cached, self._statuses(), paused=paused)

    def snapshot(self, *, paused: bool) -> Snapshot:
        """The state of the world as known now; `paused` is whether polling is stopped."""
        known = None if self.answered else self.last_known(paused=paused)
        if known is not None:
            return known
        self.issues = self._desk.issues()
        schedules = self._pagerduty.schedules if self._pagerduty else None
        remarks, my_id = self._remarks(), self._standing.my_ids.get(Source.PAGERDUTY)
        return Snapshot(
            issues=self._with_cached(self.issues),
            sources=self._statuses(),
            on_call=schedules.on_call(self._clock.now()) if schedules else (),
            on_call_at=schedules.read_at if schedules else None,
            rota=replace(schedules.rota, my_id=my_id) if schedules else Rota(),
            done=self._desk.done,
            paused=paused,
            me=frozenset(self._standing.names),
            my_ids=dict(self._standing.my_ids),
            notices=amiss(remarks, self._zendesk, self._pagerduty),
            said=to_be_known(remarks, self._standing, (self._zendesk, self._pagerduty)),
        )

    def _with_cached(self, issues: tuple[Issue, ...]) -> tuple[Issue, ...]:
        """Until a source has answered for the first time, its last known issues stay."""
        if self._cached is None:
            return issues
        silent = {b.source for b in self._beats if b.status.partial or not (b.answered or b.off)}
        if not silent:
            self._cached = None
            return issues
        desk = self._desk
        return with_cached(issues, desk.done, self._cached, silent, desk.together)

    def _statuses(self) -> dict[Source, SourceStatus]:
        beats = {beat.source: beat.status for beat in self._beats}
        return {source: beats.get(source, SourceStatus(Health.OFF)) for source in Source}
