"""How are configuration, credentials, clients and poller put together?

One place, so that the dashboard, `rota queue`, the demo and the tests poll in just the same way.
"""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from services.api.client import Api
from services.clock import OFFSET_WORTH_A_WARNING, Clock, ServerClock, laptop_is_off
from services.config.tables import Config
from services.config.vendors import sources_in_use
from services.connector import Connector
from services.desk import Desk
from services.domain import Snapshot, Source
from services.errors import StoreError
from services.half import Half
from services.journal.journal import Journal
from services.log import Log
from services.opening import Opened, open_files, state_file
from services.outbox.delivery import Delivery
from services.outbox.outbox import Outbox
from services.pairing import PairingRules
from services.places import state_dir
from services.policy.deadlines import Policy
from services.poller.poller import Poller
from services.poller.presence import Presence
from services.poller.remarks import Remarks
from services.retention import Retention
from services.sessions import Session
from services.setaside import SetAside
from services.sources import carriers, pagerduty_feed, standing, zendesk_feed
from services.store import Store
from services.vigil import Vigil

if TYPE_CHECKING:
    import httpx

JOURNAL = "-journal"
"""How the name of the journal's file ends, beside that of the cache."""

MOST_REQUESTS = 200
"""What `rota queue` may ask for from a cold cache."""


class Assembly(Struct):
    """Everything the front ends need, wired."""

    poller: Poller
    policy: Policy
    clock: Clock
    store: Store
    outbox: Outbox
    delivery: Delivery
    """Sends what is in the outbox, while its `run` does."""
    journal: Journal
    apis: tuple[Api, ...]
    retention: Retention
    """Removes what is no longer needed, while its `run` does."""
    presence: Presence
    """To be told of keys, where there are any."""
    set_aside: SetAside
    """Files that could not be read any more."""
    notices: list[str]
    """What could not be had, in plain words; said before the screen starts."""
    bare: tuple[Api, ...]
    """The same vendors without credentials, to renew them."""
    sessions: Mapping[Source, Session]
    """Our standing at each vendor that is configured."""
    log: Log

    async def aclose(self) -> None:
        """Close connections, the store, the outbox, the journal and the log."""
        for session in self.sessions.values():
            await session.aclose()
        self.log.close()
        for api in (*self.apis, *self.bare):
            await api.aclose()
        self.store.close()
        self.outbox.close()
        self.journal.close()


def assemble(
    config: Config,
    environ: Mapping[str, str],
    *,
    clock: Clock | None = None,
    laptop: Clock | None = None,
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
        laptop: The laptop's own clock; the system's if not given.
        transport: Stands in for the network.
        store: Stands in for the file in the state directory; then the journal is kept in memory,
            and without an outbox given too, letters are.
        outbox: Stands in for the other file.
        jitter: Where chance comes from.

    Raises:
        ConfigError: An address cannot be used.
    """
    opened = open_files(config, environ, clock=clock, laptop=laptop, store=store, outbox=outbox)
    journal = Journal(None) if store is not None else open_journal(config, environ, opened.notices)
    return put_together(opened, journal, transport=transport, jitter=jitter)


def put_together(
    opened: Opened,
    journal: Journal,
    *,
    transport: "httpx.AsyncBaseTransport | None" = None,
    jitter: random.Random | None = None,
) -> Assembly:
    """The rest, on files that are open.

    Args:
        opened: What lies on this laptop.
        journal: What is noted for the handover and the report.
        transport: Stands in for the network.
        jitter: Where chance comes from.
    """
    config, environ, clock, policy = opened.config, opened.environ, opened.clock, opened.policy
    store, outbox, notices, log = opened.store, opened.outbox, opened.notices, opened.log
    servers, used = opened.servers, sources_in_use(config)
    observe = servers.observe if servers else None
    connect = Connector(config, environ, clock, observe, transport, log)
    zendesk = pagerduty = None
    if Source.ZENDESK in used:
        zendesk = zendesk_feed(config, connect, store, policy, clock)
    if Source.PAGERDUTY in used:
        pagerduty = pagerduty_feed(config, connect, environ, store, policy, clock)
    desk = Desk(
        policy,
        PairingRules(config.pairing.window, config.pairing.prefixes),
        store.load_pairs(),
        zendesk.half if zendesk else Half(),
        pagerduty.half if pagerduty else Half(),
        pagerduty.void if pagerduty else (),
    )
    poller = Poller(
        clock=clock,
        desk=desk,
        store=store,
        cached=opened.cached,
        zendesk=zendesk,
        pagerduty=pagerduty,
        intervals=(config.poll.zendesk, config.poll.pagerduty),
        prepare=connect.prepare,
        requests_made=connect.requests_made,
        standing=standing(config, environ, clock, zendesk, pagerduty, connect),
        stretch=connect.stretch,
        presence=opened.presence,
        vigil=Vigil(servers) if servers else None,
        remarks=lambda: _remarks(connect, clock, servers, notices),
        log=log,
        jitter=jitter,
    )
    # Whoever polls holds it now, and lets go of it once the vendors have answered.
    opened.cached = None
    delivery = Delivery(
        outbox,
        lambda: carriers(config, connect, clock),
        clock,
        prepare=connect.prepare,
        told=lambda letter, said: poller.absorb(letter.source, said.ticket, said.incident),
        chance=jitter,
    )
    apis, bare = tuple(connect.apis), tuple(connect.bare)
    set_aside = SetAside(state_dir(environ))
    retention = Retention(config.safety.keep_days, store, (store, outbox, set_aside, journal))
    return Assembly(
        poller,
        policy,
        clock,
        store,
        outbox,
        delivery,
        journal,
        apis,
        retention,
        opened.presence,
        set_aside,
        notices,
        bare,
        connect.sessions,
        log,
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


def _remarks(
    connect: Connector, clock: Clock, servers: ServerClock | None, notices: Sequence[str]
) -> Remarks:
    """What is to be said of the clock, the credentials and the files."""
    sessions = connect.sessions.values()
    now = [session.trouble for session in sessions if session.trouble]
    if servers is not None and abs(servers.laptop_is_off_by) > OFFSET_WORTH_A_WARNING:
        now.append(laptop_is_off(servers.laptop_is_off_by))
    once = [line for session in sessions for line in session.notices(clock.now())]
    return Remarks(tuple(now), (*notices, *once))


def open_journal(config: Config, environ: Mapping[str, str], notices: list[str]) -> Journal:
    """The journal of the configured accounts; where there can be none, memory, and a word of it."""
    try:
        return Journal(state_file(config, environ, JOURNAL), notices.append)
    except StoreError as error:
        notices.append(f"{error.headline} {error.advice}".strip())
        return Journal(None)


def kept_journal(config: Config, environ: Mapping[str, str]) -> Journal:
    """The journal of the configured accounts, as it lies on the disk.

    Raises:
        StoreError: It cannot be made or opened.
    """
    return Journal(state_file(config, environ, JOURNAL))
