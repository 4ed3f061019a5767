"""What is opened before anything is painted?

The files of these accounts, the policy and the clock: enough to show the queue as it was last
known. Who asks the vendors is put together from it by `services.assemble`, once that is on show.
"""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from services.api.addresses import check_base_url
from services.clock import Clock, ServerClock, SystemClock
from services.config.tables import Config
from services.config.vendors import sources_in_use
from services.database import Tell
from services.domain import Health, Snapshot, Source, SourceStatus
from services.errors import StoreError
from services.last_known import from_disk
from services.log import Log
from services.outbox.outbox import Outbox
from services.places import state_dir
from services.policy.deadlines import Policy
from services.poller.presence import Presence
from services.signals.memory import SignalMemory
from services.store import CachedQueue, Store, store_path

LOG = "rota.log"
"""The name of the log; all accounts share it."""

OUTBOX = "-outbox"
"""How the name of the outbox's file ends, beside that of the cache."""

SIGNALS = "-signals"
"""The same for what has rung."""


class Opened(Struct):
    """What lies on this laptop, and what is promised."""

    config: Config
    environ: Mapping[str, str]
    clock: Clock
    servers: ServerClock | None
    """The clock, where it is told by the vendors' answers."""
    policy: Policy
    store: Store
    outbox: Outbox
    log: Log
    presence: Presence
    """To be told of keys, where there are any."""
    notices: list[str]
    """What could not be had, in plain words; said before the screen starts."""
    cached: CachedQueue | None
    """The last queue; held by whoever shows it, so that it is read once."""

    def last_known(self) -> Snapshot | None:
        """The last known queue, as old as it is; None where there is none."""
        if self.cached is None:
            return None
        used = sources_in_use(self.config)
        statuses = {
            source: SourceStatus(Health.ERROR if source in used else Health.OFF)
            for source in Source
        }
        return from_disk(self.cached, statuses, paused=False)

    def close(self) -> None:
        """Let go of the files."""
        self.log.close()
        self.store.close()
        self.outbox.close()


def open_files(
    config: Config,
    environ: Mapping[str, str],
    *,
    clock: Clock | None = None,
    laptop: Clock | None = None,
    store: Store | None = None,
    outbox: Outbox | None = None,
) -> Opened:
    """Open what lies on this laptop; nobody is asked anything.

    Args:
        config: What the operator chose.
        environ: Where secrets and the state directory may be named.
        clock: The servers' time, where it is known otherwise than from their answers.
        laptop: The laptop's own clock; the system's if not given.
        store: Stands in for the file in the state directory; then, without an outbox given too,
            letters are kept in memory.
        outbox: Stands in for the other file.

    Raises:
        ConfigError: An address cannot be used.
    """
    addresses = {
        Source.ZENDESK: config.zendesk_root.rstrip("/"),
        Source.PAGERDUTY: config.pagerduty.base_url,
    }
    for source in sources_in_use(config):
        check_base_url(addresses[source], f"{source}.base_url")
    notices: list[str] = []
    servers: ServerClock | None = None
    if clock is None:
        servers = ServerClock(
            laptop or SystemClock(), counts_sleep=laptop is not None or SystemClock.counts_sleep
        )
        clock = servers
    state = None if store is not None else state_dir(environ)
    policy = Policy(config.policy_rules(), config.support_calendar(state))
    if outbox is None:
        path = None if state is None else state_file(config, environ, OUTBOX)
        outbox = Outbox(path, notices.append)
    log = Log(None if state is None else state / LOG, clock.now)
    store = store or _open_store(config, environ, notices)
    return Opened(
        config,
        environ,
        clock,
        servers,
        policy,
        store,
        outbox,
        log,
        Presence(clock),
        notices,
        store.load_queue(),
    )


def signal_memory(config: Config, environ: Mapping[str, str], tell: Tell) -> SignalMemory:
    """What has rung on these accounts; a simulated world's ids begin anew, so it is forgotten.

    Where no file can be had, what rings is remembered until the end of the program.

    Args:
        config: Which accounts.
        environ: Where the state directory may be named.
        tell: Told when a file had to be set aside, or none can be had.
    """
    if any(_on_this_machine(url) for url in _accounts(config)):
        return SignalMemory(None)
    try:
        return SignalMemory(state_file(config, environ, SIGNALS), tell)
    except StoreError as error:
        tell(f"{error.headline} {error.advice}".strip())
        return SignalMemory(None)


def state_file(config: Config, environ: Mapping[str, str], kind: str = "") -> Path:
    """Where a file of the configured accounts lies."""
    return store_path(state_dir(environ), *_accounts(config), kind=kind)


def _open_store(config: Config, environ: Mapping[str, str], notices: list[str]) -> Store:
    """The store on disk; where there can be none, the memory, and a word about it."""
    simulated = any(_on_this_machine(url) for url in _accounts(config))
    try:
        return Store(state_file(config, environ), facts=not simulated, tell=notices.append)
    except StoreError as error:
        notices.append(f"{error.headline} {error.advice}".strip())
        return Store(None)


def _accounts(config: Config) -> tuple[str, str]:
    return config.zendesk_root, config.pagerduty.base_url


def _on_this_machine(url: str) -> bool:
    """Whether a vendor is simulated: the real ones are never on the loopback interface."""
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")
