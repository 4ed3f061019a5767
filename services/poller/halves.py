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
        # Of the other vendor's there may be thousands that nobody has looked at.
        await desk.catch_up()
        desk.take()
        if source is Source.PAGERDUTY:
            missing = desk.pairs.unread_incidents()
            wanted = pagerduty.void.worth_asking(missing, self._clock.monotonic())
            for incident_id in wanted[:HALVES_PER_CYCLE]:
                await pagerduty.fetch(incident_id)
        elif absent := set(sorted(desk.pairs.unread_tickets())[:MOST_IDS]):
            await zendesk.fetch(absent)
            for ticket_id in absent - zendesk.tickets.keys():
                desk.pairs.forget(ticket_id)
