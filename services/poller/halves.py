"""Which halves of pairs has nobody read yet? Each is asked for once, by id, and then kept."""

from services.desk import Desk
from services.domain import Source
from services.poller.pagerduty_feed import PagerDutyFeed
from services.poller.zendesk_feed import ZendeskFeed

MOST_IDS = 100
"""Tickets that can be asked for by id at once."""

HALVES_PER_CYCLE = 2
"""Incidents read by id in one cycle."""


async def fetch_halves(
    source: Source, desk: Desk, zendesk: ZendeskFeed, pagerduty: PagerDutyFeed, now: float
) -> None:
    """Fetch from `source` the done halves of pairs whose other half is open, at a monotonic second.

    Raises:
        ServiceError: One could not be read.
    """
    tickets, incidents = zendesk.tickets, pagerduty.incidents
    desk.issues(tickets, incidents, frozenset(pagerduty.void))
    pairs = desk.pairs.incident_of
    zendesk.hold_on_to(kept := {t for t, i in pairs.items() if not incidents[i].resolved})
    pagerduty.hold_on_to(i for t, i in pairs.items() if not tickets[t].status.done)
    if source is Source.PAGERDUTY:
        wanted = pagerduty.void.worth_asking(desk.missing_incidents(tickets, incidents), now)
        for incident_id in wanted[:HALVES_PER_CYCLE]:
            await pagerduty.fetch(incident_id)
    elif missing := desk.missing_tickets(tickets, incidents):
        absent = set(sorted(missing)[:MOST_IDS])
        zendesk.hold_on_to(kept | absent)
        await zendesk.fetch(absent)
        for ticket_id in absent - zendesk.tickets.keys():
            desk.remembered.pop(ticket_id, None)
