"""Which halves of pairs has nobody read yet? Each is asked for once, by id, and then kept."""

from collections.abc import Iterable
from functools import partial

from services.clock import Clock
from services.desk import Desk
from services.domain import Source
from services.errors import Unauthorised
from services.poller.beat import Beat
from services.poller.duty import Duty
from services.poller.pagerduty_feed import PagerDutyFeed
from services.poller.zendesk_feed import ZendeskFeed

MOST_IDS = 100
"""Tickets that can be asked for by id at once."""

HALVES_PER_CYCLE = 2
"""Incidents read by id in one cycle."""


class Halves:
    """Fetches the done halves of pairs whose other half is open."""

    def __init__(
        self, desk: Desk, zendesk: ZendeskFeed, pagerduty: PagerDutyFeed, clock: Clock
    ) -> None:
        """Make one; nothing is asked yet.

        Args:
            desk: Knows which halves make a pair.
            zendesk: Where tickets are asked for, and kept.
            pagerduty: Where incidents are.
            clock: The servers' time.
        """
        self._desk = desk
        self._zendesk = zendesk
        self._pagerduty = pagerduty
        self._clock = clock
        self._made_of: tuple[int, int, frozenset[str]] | None = None
        """Of which tickets, incidents and void ids what is kept was worked out last."""
        self._tickets_kept: frozenset[int] = frozenset()
        self._incidents_kept: frozenset[str] = frozenset()
        self._duties = {
            source: Duty("the other halves of pairs cannot be read") for source in Source
        }

    @property
    def troubles(self) -> tuple[str, ...]:
        """What of pairs is missing, a plain line each."""
        return tuple(duty.trouble for duty in self._duties.values() if duty.trouble)

    async def find(self, source: Source, beats: Iterable[Beat]) -> None:
        """Fetch what is missing since a poll of `source`, from each vendor that answers.

        The other vendor's trouble is not blamed on `source`.

        Raises:
            Unauthorised: `source` does not let us in.
        """
        for beat in beats:
            if beat.source is source or beat.answers:
                fetch = partial(self._fetch, beat.source)
                try:
                    await self._duties[beat.source].attempt(fetch, self._clock)
                except Unauthorised:
                    # The other vendor's own poll will say so.
                    if beat.source is source:
                        raise

    async def _fetch(self, source: Source) -> None:
        """Fetch from one vendor.

        Raises:
            ServiceError: A half could not be read.
        """
        desk, zendesk, pagerduty = self._desk, self._zendesk, self._pagerduty
        await self._pair()
        zendesk.hold_on_to(kept := self._tickets_kept)
        pagerduty.hold_on_to(self._incidents_kept)
        if source is Source.PAGERDUTY:
            missing = desk.pairs.unread_incidents()
            wanted = pagerduty.void.worth_asking(missing, self._clock.monotonic())
            for incident_id in wanted[:HALVES_PER_CYCLE]:
                await pagerduty.fetch(incident_id)
        elif absent := set(sorted(desk.pairs.unread_tickets())[:MOST_IDS]):
            zendesk.hold_on_to(kept | absent)
            await zendesk.fetch(absent)
            for ticket_id in absent - zendesk.tickets.keys():
                desk.pairs.forget(ticket_id)
                self._made_of = None

    async def _pair(self) -> None:
        """Work out which halves make a pair, and which are kept for it, unless nothing changed."""
        made_of = self._edition()
        if made_of == self._made_of:
            return
        tickets, incidents = self._zendesk.tickets, self._pagerduty.incidents
        # Of the other vendor's there may be thousands that nobody has looked at.
        await self._desk.catch_up(tickets, incidents, made_of[2])
        if (meanwhile := self._edition()) != made_of:
            made_of = meanwhile
            self._desk.take(tickets, incidents, made_of[2])
        pairs = self._desk.pairs.incident_of.items()
        self._tickets_kept = frozenset(t for t, i in pairs if not incidents[i].resolved)
        self._incidents_kept = frozenset(i for t, i in pairs if not tickets[t].status.done)
        self._made_of = made_of

    def _edition(self) -> tuple[int, int, frozenset[str]]:
        """Another one whenever there is anything else to make pairs of."""
        zendesk, pagerduty = self._zendesk, self._pagerduty
        return zendesk.edition, pagerduty.edition, frozenset(pagerduty.void)
