"""What does a look at an issue tell of its promises, given what was known of them before?

Facts of the vendors are exact where there are any: a first answer is judged by its own moment,
whenever it is seen. Of what happened while nobody looked (a second answer, a triage) only bounds
are known; where they do not decide it, it is said to be unknown. Pure: told `now`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from services.domain import ClockKind, Fact, Issue, Kind, Promise
from services.journal.records import Outcome, Record, anchor_of
from services.policy.deadlines import Policy
from services.policy.promises import responded_fact
from services.policy.receipt import receipt

CONTINUOUS = timedelta(minutes=5)
"""Looks no further apart than this leave nothing unseen that matters here."""

_ANSWERS = (Kind.RESPONSE, Kind.FIRST_RESPONSE)


def judge(
    issue: Issue,
    before: Mapping[str, Record],
    policy: Policy,
    now: datetime,
    seen: datetime | None,
) -> tuple[Record, ...]:
    """The records of an issue's promises that are new or have changed.

    Args:
        issue: As it is now, its facts fresh.
        before: What is kept of the issue, by key.
        policy: What was promised.
        now: The servers' time.
        seen: When everything was last looked at, by any dashboard; None is never.
    """
    look = _Look(issue, before, policy, now, seen)
    found = [*look.answer(), *look.triage(), *look.updates()]
    return tuple(record for record in found if before.get(record.key) != record)


def settled_by_words(record: Record, words: Sequence[datetime], policy: Policy) -> Record:
    """An update's record, once all that was said since it started is known.

    Args:
        record: Any record; only an update that was done is judged anew.
        words: The moments at which somebody was told something, at least since it started.
        policy: For the time taken.
    """
    if record.kind is not Kind.UPDATE or record.outcome in (Outcome.OPEN, Outcome.LET_GO):
        return record
    first = min((at for at in words if at > record.started_at), default=None)
    if first is None:
        return record
    outcome = Outcome.MET if first <= record.due_at else Outcome.LATE
    always = any(label == "Clock" and "always" in words for label, words in record.receipt)
    return msgspec.structs.replace(
        record,
        outcome=outcome,
        met_at=first,
        exact=True,
        taken=_taken(record.started_at, first, policy, always=always),
    )


class _Look:
    """One look at one issue."""

    def __init__(
        self,
        issue: Issue,
        before: Mapping[str, Record],
        policy: Policy,
        now: datetime,
        seen: datetime | None,
    ) -> None:
        self.issue, self.before, self.policy, self.now = issue, before, policy, now
        self.anchor = anchor_of(issue)
        self.promises = {promise.kind: promise for promise in issue.promises}
        self.unbroken = seen is not None and now - seen <= CONTINUOUS

    def answer(self) -> Iterator[Record]:
        """The first word: one promise, whether the issue is classified or not."""
        key = f"{self.anchor}/answer"
        promise = next((self.promises[k] for k in _ANSWERS if k in self.promises), None)
        old = self.before.get(key)
        if promise is not None and promise.known:
            if promise.met_at is not None:
                yield self._kept(key, promise, promise.met_at)
            else:
                yield self._owed(key, promise)
        elif promise is None and old is not None and not old.outcome.settled and self._answered:
            yield self._ended(old, self._last_change())

    @property
    def _answered(self) -> bool:
        """Whether it is known if anybody has answered."""
        return responded_fact(self.issue.ticket, self.issue.incident).known

    def triage(self) -> Iterator[Record]:
        """Owed until it is classified; when that was is only known as well as we looked."""
        key = f"{self.anchor}/triage"
        promise, old = self.promises.get(Kind.TRIAGE), self.before.get(key)
        if promise is not None:
            yield self._owed(key, promise)
        elif old is not None and not old.outcome.settled:
            changed = self._last_change()
            if self.issue.severity is None:
                yield self._ended(old, changed)
            else:
                yield self._done_by(old, changed, exact=False)

    def updates(self) -> Iterator[Record]:
        """Each word promises the next; those before the current one are over."""
        current = self.promises.get(Kind.UPDATE)
        key = f"{self.anchor}/update/{current.started_at:%Y%m%dT%H%M%S.%f}" if current else ""
        if current is not None and current.known and not current.waiting:
            yield self._owed(key, current)
        for old in self.before.values():
            if old.kind is not Kind.UPDATE or old.outcome.settled:
                continue
            if old.key != key:
                yield from self._over(old, current)
            elif current is not None and current.waiting and old.outcome is Outcome.OPEN:
                yield msgspec.structs.replace(old, outcome=Outcome.LET_GO)

    def _over(self, old: Record, current: Promise | None) -> Iterator[Record]:
        words = tuple(_words(self.issue))
        if not all(fact.known for fact in words) or (current is not None and not current.known):
            return
        spoke = max((fact.at for fact in words if fact.at is not None), default=None)
        if spoke is not None and spoke > old.started_at:
            yield self._done_by(old, spoke, exact=self.unbroken)
        elif current is not None and current.started_at > old.started_at:
            yield self._ended(old, current.started_at)
        else:
            yield self._ended(old, self._last_change())

    def _kept(self, key: str, promise: Promise, met_at: datetime) -> Record:
        due = promise.due_at or met_at
        outcome = Outcome.MET if met_at <= due else Outcome.LATE
        return self._record(key, promise, outcome, met_at)

    def _owed(self, key: str, promise: Promise) -> Record:
        due = promise.due_at or self.now
        return self._record(key, promise, Outcome.OPEN if self.now <= due else Outcome.MISSED)

    def _done_by(self, old: Record, at: datetime, *, exact: bool) -> Record:
        """It was done at `at`, or before, as far as it was looked at."""
        if at <= old.due_at:
            outcome = Outcome.MET
        elif old.outcome is Outcome.MISSED or self.unbroken:
            outcome = Outcome.LATE
        else:
            outcome = Outcome.UNKNOWN
        always = any(label == "Clock" and "always" in words for label, words in old.receipt)
        taken = _taken(old.started_at, at, self.policy, always=always)
        return msgspec.structs.replace(
            old,
            severity=self.issue.severity or old.severity,
            outcome=outcome,
            met_at=at,
            exact=exact,
            taken=taken if outcome is not Outcome.UNKNOWN else None,
        )

    def _ended(self, old: Record, at: datetime) -> Record:
        """It was not done, and nothing is owed any more since `at`."""
        outcome = Outcome.LET_GO if at <= old.due_at else Outcome.MISSED
        return msgspec.structs.replace(old, outcome=outcome)

    def _last_change(self) -> datetime:
        """When the issue last changed at the vendors: what we see was so then, or earlier."""
        halves = (self.issue.ticket, self.issue.incident)
        return min(self.now, max(half.updated_at for half in halves if half is not None))

    def _record(
        self, key: str, promise: Promise, outcome: Outcome, met_at: datetime | None = None
    ) -> Record:
        started, always = promise.started_at, promise.clock is ClockKind.ALWAYS
        lines = receipt(promise, self.policy, self.now).lines
        return Record(
            key=key,
            anchor=self.anchor,
            kind=promise.kind,
            severity=self.issue.severity,
            subject=self.issue.subject,
            started_at=started,
            due_at=promise.due_at or self.now,
            outcome=outcome,
            met_at=met_at,
            allowance=promise.allowance.total_seconds(),
            taken=_taken(started, met_at, self.policy, always=always) if met_at else None,
            # How it stands now is said anew whenever it is read.
            receipt=tuple(line for line in lines if line[0] != "Now"),
        )


def _words(issue: Issue) -> Iterable[Fact]:
    """What counts as telling people something."""
    ticket, incident = issue.ticket, issue.incident
    if ticket is not None:
        yield ticket.replied_last
    if incident is not None:
        yield incident.status_updated_last
        if ticket is None:
            yield incident.noted_last


def _taken(start: datetime, end: datetime, policy: Policy, *, always: bool) -> float:
    """Seconds between two moments on a clock."""
    span = end - start if always else policy.calendar.left(start, end)
    return max(span, timedelta(0)).total_seconds()
