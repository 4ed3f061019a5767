"""Where do the facts of a handover come from? The vendors, the journal, and what is not sent.

So that it is whole even if no dashboard was running for a part of the shift.
"""

from collections.abc import Collection
from datetime import datetime

from msgspec.structs import replace

from services.domain import History, Snapshot
from services.feed import Feed
from services.handover.facts import HandoverFacts
from services.journal.journal import Journal
from services.letters import Draft, Letter
from services.policy.deadlines import Policy
from services.queue import arrange
from services.rota.shift import ShiftSpan, shift_at


class Gatherer:
    """Brings the facts together, at one moment."""

    def __init__(
        self, snapshot: Snapshot, policy: Policy, journal: Journal, names: Collection[str]
    ) -> None:
        """Take what is known without asking.

        Args:
            snapshot: The state of the world.
            policy: What was promised.
            journal: What was done, and the remarks.
            names: By which the operator is known.
        """
        self._snapshot = snapshot
        self._policy = policy
        self._journal = journal
        self._names = names

    def span(self, now: datetime, since: datetime | None = None) -> ShiftSpan:
        """The shift that is handed over; it began at `since`, if that is given."""
        found = shift_at(self._snapshot.rota, self._names, self._policy.calendar, now)
        return found if since is None else replace(found, since=since)

    def remarks_name(self, now: datetime) -> str:
        """Under which name the remarks of this shift are kept."""
        return f"{self.span(now).since:%Y-%m-%dT%H:%MZ}"

    async def ask(self, feed: Feed, span: ShiftSpan) -> History:
        """What the vendors tell of the shift; the journal learns from it.

        Raises:
            StoreError: The journal cannot be written.
        """
        history = await feed.history(span.since)
        self._journal.learn_words(history.words, self._policy)
        return history

    def facts(
        self,
        now: datetime,
        span: ShiftSpan,
        history: History | None,
        letters: Collection[Letter] = (),
        drafts: Collection[Draft] = (),
    ) -> HandoverFacts:
        """Everything, as of `now`.

        Raises:
            StoreError: The journal cannot be read.
        """
        snapshot = self._snapshot
        return HandoverFacts(
            now=now,
            span=span,
            rows=arrange(snapshot.issues, self._policy, now),
            done=snapshot.done,
            rota=snapshot.rota,
            history=history,
            deeds=self._journal.deeds(span.since, now),
            drafts=tuple(drafts),
            letters=tuple(letters),
            remarks=self._journal.remarks(self.remarks_name(now)),
            sources=snapshot.sources or {},
        )
