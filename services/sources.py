"""How is each source read, and written to, as it is configured?

Each gets one set of connections, over which its feed asks and its letters go.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from services.clock import Clock
from services.config.tables import Config
from services.config.tables import PagerDuty as PagerDutyTable
from services.connector import Connector
from services.domain import Incident, Source, Status, Ticket
from services.outbox.delivery import Carrier
from services.pagerduty.client import PagerDuty
from services.pagerduty.directory import PagerDutyDirectory
from services.policy.deadlines import Policy
from services.poller.pagerduty_feed import PagerDutyFeed
from services.poller.standing import Standing
from services.poller.ticket_book import Scope
from services.poller.zendesk_feed import ZendeskFeed
from services.store import Store
from services.zendesk.client import Zendesk

_FAR = timedelta(days=3650)
"""Behind everything that has a due moment."""


def carriers(config: Config, connect: Connector, clock: Clock) -> dict[Source, Carrier]:
    """Who takes letters to the vendors in use; over the same connections as the questions."""
    # Nothing of this is needed before the first paint.
    from zoneinfo import ZoneInfo

    from services.pagerduty.writer import PagerDutyWriter
    from services.zendesk.writer import ZendeskWriter

    found: dict[Source, Carrier] = {}
    root = config.zendesk_root.rstrip("/")
    for api in connect.apis:
        if api.source is Source.ZENDESK:
            zone = ZoneInfo(config.support_hours.timezone)
            found[api.source] = ZendeskWriter(api, config.severity_tags(), root, clock, zone)
        else:
            found[api.source] = PagerDutyWriter(api, config.priorities(), clock)
    return found


def zendesk_feed(
    config: Config, connect: Connector, store: Store, policy: Policy, clock: Clock
) -> ZendeskFeed:
    """How tickets come to be known; nothing is asked yet.

    Raises:
        ConfigError: Its address cannot be used.
    """
    table = config.zendesk
    severities = policy.rules.severities.values()

    def never_due(status: Status) -> bool:
        return all(status in rule.pause_on for rule in severities)

    def nearest_due(ticket: Ticket) -> datetime:
        return _first_unknown(policy, ticket, None)

    root = config.zendesk_root.rstrip("/")
    api = connect.api(Source.ZENDESK, root)
    return ZendeskFeed(
        Zendesk(api, config.severity_tags(), root),
        Scope(table.groups, table.include_ungrouped, table.view, table.search),
        store,
        clock,
        never_due=never_due,
        nearest_due=nearest_due,
        reconcile=config.poll.reconcile,
        to_spare=api.to_spare,
    )


def pagerduty_feed(
    config: Config,
    connect: Connector,
    environ: Mapping[str, str],
    store: Store,
    policy: Policy,
    clock: Clock,
) -> PagerDutyFeed:
    """How incidents, and who is on call, come to be known; nothing is asked yet.

    Raises:
        ConfigError: Its address cannot be used.
    """
    table = config.pagerduty
    named = (
        environ.get("ROTA_PAGERDUTY_TOKEN")
        or table.token
        or table.token_command
        or table.base_url != PagerDutyTable().base_url
    )

    def nearest_due(incident: Incident) -> datetime:
        return _first_unknown(policy, None, incident)

    # With neither an address nor a token in sight, and nothing kept of a login, it is not used.
    api = connect.api(Source.PAGERDUTY, table.base_url, expected=bool(named))
    return PagerDutyFeed(
        PagerDuty(api, config.priorities()),
        store,
        clock,
        nearest_due=nearest_due,
        teams=table.teams,
        services=table.services,
        rota_every=config.poll.rota,
        to_spare=api.to_spare,
    )


def standing(
    config: Config,
    environ: Mapping[str, str],
    clock: Clock,
    zendesk: ZendeskFeed | None,
    pagerduty: PagerDutyFeed | None,
    connect: Connector,
) -> Standing:
    """How it comes to be known who we are at the vendors in use, and what we may not."""
    api = next((api for api in connect.apis if api.source is Source.PAGERDUTY), None)
    return Standing(
        clock,
        zendesk.client if zendesk else None,
        pagerduty.client if pagerduty else None,
        PagerDutyDirectory(api) if api else None,
        environ.get("ROTA_PAGERDUTY_EMAIL") or config.pagerduty.email,
    )


def _first_unknown(policy: Policy, ticket: Ticket | None, incident: Incident | None) -> datetime:
    """The earliest moment at which something not yet known may fall due."""
    promises = policy.promises(ticket, incident)
    doubtful = [p.due_at for p in promises if p.due_at is not None and not p.known]
    half = ticket or incident
    if half is None:
        raise ValueError("neither a ticket nor an incident")
    return min(doubtful, default=half.created_at + _FAR)
