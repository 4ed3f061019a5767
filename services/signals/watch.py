"""Which steps have been reached that nobody was told of yet?

Looks at the queue when it has changed and when the next step is due, not every second. Of each
issue only the moment of its next step is kept; which steps it is, is worked out when that comes.
"""

import heapq
from datetime import datetime

from services.differences import Compare, differences
from services.domain import Health, Issue, Snapshot, Source
from services.policy.deadlines import Policy
from services.signals.ladder import NEW, Ladder, Rung, steps
from services.signals.memory import EVERYTHING, SignalMemory

AT_ONCE = 500
"""New issues whose steps are worked out in one go; a key must not wait for more."""

SPARE = 100
"""Steps ahead that may be void before they are cleared away."""


class Watch:
    """The eye on all ladders."""

    def __init__(
        self,
        policy: Policy,
        ladder: Ladder,
        memory: SignalMemory,
        compare: Compare = differences,
    ) -> None:
        self.memory = memory
        self._compare = compare
        self._policy = policy
        self._ladder = ladder
        self._first_seen: dict[Source, datetime] = {}
        self._given: tuple[Issue, ...] = ()
        self._heard: frozenset[Source] = frozenset()
        """Which sources have answered since we began."""
        self._open: dict[int, Issue] = {}
        """The issues looked at, by Python's identity: an issue that changes is another object."""
        self._ahead: list[tuple[datetime, int, Issue]] = []
        """When the next step of an issue is due, as a heap; the number keeps them in order."""
        self._reached: list[Rung] = []
        """Reached and not yet claimed: muted, or just now."""
        self._made = 0
        self._room = SPARE
        """With more steps ahead than this, those of issues that have changed are cleared away."""
        self._new: list[Issue] = []
        """Issues whose steps are yet to be worked out."""
        self._looked: datetime | None = None

    @property
    def next_at(self) -> datetime | None:
        """When there is something to look at, if nothing changes until then."""
        if self._new:
            return self._looked
        return self._ahead[0][0] if self._ahead else None

    def take(self, snapshot: Snapshot, now: datetime) -> tuple[Rung, ...]:
        """Look at a new state of the world, and at what is due in it.

        What comes from disk, and was not read since we began, is left alone: it may have been
        dealt with long ago. What a source told us before it failed still counts.

        Raises:
            StoreError: What rings cannot be kept, and so does not ring.
        """
        if not self._first_seen:
            self.memory.forget_old(now)
        heard = frozenset(source for source in Source if self._read(snapshot, source))
        before, self._given = self._given, snapshot.issues
        if heard == self._heard:
            gone, come = self._compare(before, snapshot.issues)
        else:
            self._heard = heard
            gone, come = list(before), list(snapshot.issues)
        left = {id(issue): issue for issue in gone}
        for issue in come:
            # One that only stands elsewhere now is no news.
            left.pop(id(issue), None)
            if not self._counts(issue):
                self._open.pop(id(issue), None)
            elif id(issue) not in self._open:
                self._open[id(issue)] = issue
                self._new.append(issue)
        for place in left:
            self._open.pop(place, None)
        return self.look(now)

    def _counts(self, issue: Issue) -> bool:
        """Whether all that is told of it has been read since we began."""
        zendesk, pagerduty = Source.ZENDESK in self._heard, Source.PAGERDUTY in self._heard
        return (zendesk or issue.ticket is None) and (pagerduty or issue.incident is None)

    def look(self, now: datetime) -> tuple[Rung, ...]:
        """Claim what is due now: of each deadline the highest step, if it has not rung yet.

        What is muted is left unclaimed, and rings when it is no longer. A new P1 is never muted.

        Raises:
            StoreError: What rings cannot be kept, and so does not ring.
        """
        self._work_out(now)
        if self._new:
            self._looked = now
            return ()
        while self._ahead and self._ahead[0][0] <= now:
            since, _, issue = heapq.heappop(self._ahead)
            if id(issue) in self._open:
                self._climb(issue, since, now)
        audible = [rung for rung in self._reached if id(rung.issue) in self._open]
        silent = self.memory.silent(now) if audible else frozenset()
        self._reached = [rung for rung in audible if _muted(rung, silent)] if silent else []
        if self._reached:
            audible = [rung for rung in audible if not _muted(rung, silent)]
        # Lower steps are over when a higher one is reached, whether they rang or not.
        highest = {_deadline(rung): rung for rung in sorted(audible, key=lambda rung: rung.share)}
        return self.memory.claim(highest.values(), now)

    def _work_out(self, now: datetime) -> None:
        """The steps of some issues that are new; of thousands, not of all at once."""
        for issue in self._new[-AT_ONCE:]:
            if id(issue) in self._open:
                self._climb(issue, None, now)
        del self._new[-AT_ONCE:]
        if len(self._ahead) > self._room:
            self._ahead = [step for step in self._ahead if id(step[2]) in self._open]
            heapq.heapify(self._ahead)
            self._room = len(self._ahead) * 5 // 4 + SPARE

    def _climb(self, issue: Issue, since: datetime | None, now: datetime) -> None:
        """The steps reached from some moment on, whenever they were at first; then the next."""
        following: datetime | None = None
        for promise, share, at in steps(issue, self._ladder, self._policy):
            if at <= now:
                if since is None or at >= since:
                    self._reached.append(Rung(issue, promise, share, at))
            elif following is None or at < following:
                following = at
        if following is not None:
            self._made += 1
            heapq.heappush(self._ahead, (following, self._made, issue))

    def _read(self, snapshot: Snapshot, source: Source) -> bool:
        """Whether a source has answered since we began; what the laptop's clock says is no help."""
        status = (snapshot.sources or {}).get(source)
        if status is None or status.fetched_at is None:
            return False
        first = self._first_seen.setdefault(source, status.fetched_at)
        return status.state is Health.OK or status.fetched_at != first


def _muted(rung: Rung, silent: frozenset[str]) -> bool:
    return rung.share != NEW and not silent.isdisjoint({*rung.halves, EVERYTHING})


def _deadline(rung: Rung) -> tuple[str, str]:
    return rung.issue.id, rung.promise.kind if rung.promise is not None else "new"
