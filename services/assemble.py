"""How are configuration, credentials, clients and poller put together?

One place, so that the dashboard, `rota queue`, the demo and the tests poll in just the same way.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from services.api import Api, Observe
from services.clock import Clock, ServerClock, SystemClock
from services.config.secrets import (
    PagerDutyLogin,
    ZendeskLogin,
    pagerduty_login,
    zendesk_login,
)
from services.config.tables import Config
from services.config.tables import PagerDuty as PagerDutyTable
from services.config.wallet import Wallet
from services.desk import Desk
from services.domain import Incident, Snapshot, Source, Status, Ticket
from services.errors import StoreError
from services.outbox.delivery import Carrier, Delivery
from services.outbox.outbox import Outbox
from services.pagerduty.client import PagerDuty
from services.pagerduty.writer import PagerDutyWriter
from services.pairing import PairingRules
from services.places import state_dir
from services.policy.deadlines import Policy
from services.poller.pagerduty_feed import PagerDutyFeed
from services.poller.poller import Poller
from services.poller.zendesk_feed import Scope, ZendeskFeed
from services.sessions import Session
from services.store import Store, store_path
from services.zendesk.client import Zendesk
from services.zendesk.writer import ZendeskWriter

if TYPE_CHECKING:
    import httpx

_FAR = timedelta(days=3650)
"""Behind everything that has a due moment."""

OUTBOX = "-outbox"
"""How the name of the outbox's file ends, beside that of the cache."""

MOST_REQUESTS = 200
"""What `rota queue` may ask for from a cold cache."""


@dataclass(slots=True)
class Assembly:
    """Everything the front ends need, wired."""

    poller: Poller
    policy: Policy
    clock: Clock
    store: Store
    outbox: Outbox
    delivery: Delivery
    """Sends what is in the outbox, while its `run` does."""
    apis: tuple[Api, ...]
    notices: list[str] = field(default_factory=list)
    """What could not be had, in plain words; said before the screen starts."""
    bare: tuple[Api, ...] = ()
    """The same vendors without credentials, to renew them."""
    sessions: Mapping[Source, Session] = field(default_factory=dict)
    """Our standing at each vendor that is configured."""

    async def aclose(self) -> None:
        """Close connections, the store and the outbox."""
        for api in (*self.apis, *self.bare):
            await api.aclose()
        self.store.close()
        self.outbox.close()


def assemble(
    config: Config,
    environ: Mapping[str, str],
    *,
    clock: Clock | None = None,
    transport: "httpx.AsyncBaseTransport | None" = None,
    store: Store | None = None,
    outbox: Outbox | None = None,
    jitter: random.Random | None = None,
) -> Assembly:
    """Wire a poller.

    Args:
        config: What the operator chose.
        environ: Where secrets and the state directory may be named.
        clock: The servers' time, where it is known otherwise than from their answers.
        transport: Stands in for the network.
        store: Stands in for the file in the state directory; without an outbox given too,
            letters are kept in memory.
        outbox: Stands in for the other file.
        jitter: Where chance comes from.

    Raises:
        ConfigError: An address cannot be used.
    """
    notices: list[str] = []
    observe: Observe | None = None
    if clock is None:
        server_clock = ServerClock(SystemClock())
        clock, observe = server_clock, server_clock.observe
    policy = Policy(config.policy_rules(), config.support_calendar())
    if outbox is None:
        outbox = Outbox(None if store else _state_file(config, environ, OUTBOX))
    store = store or _open_store(config, environ, notices)
    desk = Desk(
        policy,
        PairingRules(config.pairing.window, config.pairing.prefixes),
        store.load_pairs(),
    )
    connect = _Connector(config, environ, clock, observe, transport)
    zendesk = _zendesk(config, connect, store, policy, clock)
    pagerduty = _pagerduty(config, connect, environ, store, policy, clock)
    poller = Poller(
        clock=clock,
        desk=desk,
        store=store,
        zendesk=zendesk,
        pagerduty=pagerduty,
        intervals=(config.poll.zendesk, config.poll.pagerduty),
        prepare=connect.prepare,
        requests_made=lambda: sum(api.requests_made for api in [*connect.apis, *connect.bare]),
        jitter=jitter,
    )
    delivery = Delivery(
        outbox,
        _carriers(config, connect, clock),
        clock,
        prepare=connect.prepare,
        told=lambda letter, said: poller.absorb(letter.source, said.ticket, said.incident),
        chance=jitter,
    )
    apis, bare = tuple(connect.apis), tuple(connect.bare)
    return Assembly(
        poller, policy, clock, store, outbox, delivery, apis, notices, bare, connect.sessions
    )


async def read_queue(
    config: Config, environ: Mapping[str, str]
) -> tuple[Snapshot, Policy, datetime]:
    """One poll of everything configured, for `rota queue`.

    Returns:
        The queue, the policy it stands under, and the servers' time.

    Raises:
        ConfigError: The configuration cannot be used.
    """
    assembly = assemble(config, environ)
    try:
        snapshot = await assembly.poller.read_once(MOST_REQUESTS)
        return snapshot, assembly.policy, assembly.clock.now()
    finally:
        await assembly.aclose()


class _Connector:
    """Makes APIs, each with a session of its own."""

    def __init__(
        self,
        config: Config,
        environ: Mapping[str, str],
        clock: Clock,
        observe: Observe | None,
        transport: "httpx.AsyncBaseTransport | None",
    ) -> None:
        self.apis: list[Api] = []
        self.bare: list[Api] = []
        """Without credentials, to renew them."""
        self.sessions: dict[Source, Session] = {}
        self._config = config
        self._environ = environ
        self._clock = clock
        self._observe = observe
        self._transport = transport

    def api(self, source: Source, base_url: str) -> Api:
        """An API at `base_url`, with whatever credentials there are."""
        bare = self._made(source, base_url, dict)
        self.bare.append(bare)
        session = Session(
            source,
            self._zendesk_login if source is Source.ZENDESK else self._pagerduty_login,
            self._clock,
            wallet=Wallet(state_dir(self._environ)),
            bare=bare,
        )
        self.sessions[source] = session
        made = self._made(source, base_url, session.headers, session)
        self.apis.append(made)
        return made

    async def prepare(self, source: Source) -> None:
        """See to it that a source has its credentials.

        Raises:
            Unauthorised: There are none, or they cannot be got at.
        """
        await self.sessions[source].prepare()

    def _made(
        self,
        source: Source,
        base_url: str,
        headers: Callable[[], Mapping[str, str]],
        session: Session | None = None,
    ) -> Api:
        return Api(
            source,
            base_url,
            headers=headers,
            clock=self._clock,
            when_writing=session.when_writing if session else dict,
            renew=session.renew if session else None,
            observe=self._observe,
            transport=self._transport,
        )

    def _zendesk_login(self) -> ZendeskLogin | None:
        return zendesk_login(self._config, self._environ)

    def _pagerduty_login(self) -> PagerDutyLogin | None:
        return pagerduty_login(self._config, self._environ)


def _carriers(config: Config, connect: _Connector, clock: Clock) -> dict[Source, Carrier]:
    """Who takes letters to the vendors in use; over the same connections as the questions."""
    carriers: dict[Source, Carrier] = {}
    root = config.zendesk_root.rstrip("/")
    for api in connect.apis:
        if api.source is Source.ZENDESK:
            carriers[api.source] = ZendeskWriter(api, config.severity_tags(), root, clock)
        else:
            carriers[api.source] = PagerDutyWriter(api, config.priorities(), clock)
    return carriers


def _zendesk(
    config: Config, connect: _Connector, store: Store, policy: Policy, clock: Clock
) -> ZendeskFeed | None:
    table = config.zendesk
    if not (table.enabled and config.zendesk_root):
        return None
    severities = policy.rules.severities.values()

    def never_due(status: Status) -> bool:
        return all(status in rule.pause_on for rule in severities)

    def nearest_due(ticket: Ticket) -> datetime:
        return _first_unknown(policy, ticket, None)

    root = config.zendesk_root.rstrip("/")
    return ZendeskFeed(
        Zendesk(connect.api(Source.ZENDESK, root), config.severity_tags(), root),
        Scope(table.groups, table.include_ungrouped, table.view, table.search),
        store,
        clock,
        never_due=never_due,
        nearest_due=nearest_due,
        reconcile=config.poll.reconcile,
    )


def _pagerduty(
    config: Config,
    connect: _Connector,
    environ: Mapping[str, str],
    store: Store,
    policy: Policy,
    clock: Clock,
) -> PagerDutyFeed | None:
    table = config.pagerduty
    named = (
        environ.get("ROTA_PAGERDUTY_TOKEN")
        or table.token
        or table.token_command
        or table.base_url != PagerDutyTable().base_url
    )
    # With neither an address nor a token in sight it is not used here; the keyring is asked last.
    if not table.enabled or not (named or pagerduty_login(config, environ)):
        return None

    def nearest_due(incident: Incident) -> datetime:
        return _first_unknown(policy, None, incident)

    return PagerDutyFeed(
        PagerDuty(connect.api(Source.PAGERDUTY, table.base_url), config.priorities()),
        store,
        clock,
        nearest_due=nearest_due,
        teams=table.teams,
        services=table.services,
        rota_every=config.poll.rota,
    )


def _first_unknown(policy: Policy, ticket: Ticket | None, incident: Incident | None) -> datetime:
    """The earliest moment at which something not yet known may fall due."""
    promises = policy.promises(ticket, incident)
    doubtful = [p.due_at for p in promises if p.due_at is not None and not p.known]
    half = ticket or incident
    if half is None:
        raise ValueError("neither a ticket nor an incident")
    return min(doubtful, default=half.created_at + _FAR)


def _open_store(config: Config, environ: Mapping[str, str], notices: list[str]) -> Store:
    """The store on disk; where there can be none, the memory, and a word about it."""
    simulated = any(_on_this_machine(url) for url in _accounts(config))
    try:
        return Store(_state_file(config, environ), facts=not simulated)
    except StoreError as error:
        notices.append(f"{error.headline} {error.advice}".strip())
        return Store(None)


def _state_file(config: Config, environ: Mapping[str, str], kind: str = "") -> Path:
    return store_path(state_dir(environ), *_accounts(config), kind=kind)


def _accounts(config: Config) -> tuple[str, str]:
    return config.zendesk_root, config.pagerduty.base_url


def _on_this_machine(url: str) -> bool:
    """Whether a vendor is simulated: the real ones are never on the loopback interface."""
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")
