"""How are configuration, credentials, clients and poller put together?

One place, so that the dashboard, `rota queue`, the demo and the tests poll in just the same way.
"""

import asyncio
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
from services.desk import Desk
from services.domain import Incident, Snapshot, Source, Status, Ticket
from services.errors import ConfigError, StoreError, Unauthorised
from services.outbox.outbox import Outbox
from services.pagerduty.client import PagerDuty, pagerduty_bearer, pagerduty_token
from services.pairing import PairingRules
from services.policy.deadlines import Policy
from services.poller.pagerduty_feed import PagerDutyFeed
from services.poller.poller import Poller
from services.poller.zendesk_feed import Scope, ZendeskFeed
from services.store import Store, state_dir, store_path
from services.zendesk.client import Zendesk, zendesk_basic, zendesk_bearer

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
    apis: tuple[Api, ...]
    notices: list[str] = field(default_factory=list)
    """What could not be had, in plain words; said before the screen starts."""

    async def aclose(self) -> None:
        """Close connections, the store and the outbox."""
        for api in self.apis:
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
        requests_made=lambda: sum(api.requests_made for api in connect.apis),
        jitter=jitter,
    )
    return Assembly(poller, policy, clock, store, outbox, tuple(connect.apis), notices)


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
    """Makes APIs whose credentials are looked up once, off the loop, before the first request."""

    def __init__(
        self,
        config: Config,
        environ: Mapping[str, str],
        clock: Clock,
        observe: Observe | None,
        transport: "httpx.AsyncBaseTransport | None",
    ) -> None:
        self.apis: list[Api] = []
        self._config = config
        self._environ = environ
        self._clock = clock
        self._observe = observe
        self._transport = transport
        self._headers: dict[Source, Mapping[str, str]] = {}

    def api(self, source: Source, base_url: str) -> Api:
        """An API at `base_url`."""
        made = Api(
            source,
            base_url,
            headers=lambda: self._headers.get(source, {}),
            clock=self._clock,
            observe=self._observe,
            transport=self._transport,
        )
        self.apis.append(made)
        return made

    async def prepare(self, source: Source) -> None:
        """Look the credentials of a source up, if that has not been done.

        Raises:
            Unauthorised: There are none, or they cannot be got at.
        """
        if source in self._headers:
            return
        find: Callable[[], Mapping[str, str] | None] = (
            self._zendesk_headers if source is Source.ZENDESK else self._pagerduty_headers
        )
        try:
            headers = await asyncio.to_thread(find)
        except ConfigError as error:
            raise Unauthorised(source, error.headline, error.advice) from error
        if headers is None:
            raise Unauthorised(source, *_NO_CREDENTIALS[source])
        self._headers[source] = headers

    def _zendesk_headers(self) -> Mapping[str, str] | None:
        login: ZendeskLogin | None = zendesk_login(self._config, self._environ)
        if login is None:
            return None
        if login.email is None:
            return zendesk_bearer(login.token.reveal())
        return zendesk_basic(login.email, login.token.reveal())

    def _pagerduty_headers(self) -> Mapping[str, str] | None:
        login: PagerDutyLogin | None = pagerduty_login(self._config, self._environ)
        if login is None:
            return None
        if login.bearer:
            return pagerduty_bearer(login.token.reveal())
        return pagerduty_token(login.token.reveal())


_NO_CREDENTIALS = {
    Source.ZENDESK: (
        "There is no Zendesk token.",
        "Set ROTA_ZENDESK_TOKEN, or zendesk.token_command in the configuration.",
    ),
    Source.PAGERDUTY: (
        "There is no PagerDuty token.",
        "Set ROTA_PAGERDUTY_TOKEN, or pagerduty.token_command in the configuration.",
    ),
}


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
