"""`rota handover`: one poll, and what whoever comes next must know, to stdout."""

import asyncio
import sys
from collections.abc import Mapping
from datetime import datetime

from services.assemble import MOST_REQUESTS, Assembly, assemble
from services.config import load
from services.config.tables import Config
from services.domain import Health, Snapshot
from services.errors import ConfigError
from services.handover.gather import Gatherer
from services.handover.text import handover
from tui.commands.moments import read_moment

EXIT_NOTHING_READ = 1


def print_handover(config_path: str | None, environ: Mapping[str, str], since: str | None) -> int:
    """Print the handover as Markdown; 1 if no source could be read.

    Args:
        config_path: The configuration; None looks for it.
        environ: Where secrets and the state directory may be named.
        since: When the shift began, as written; None finds that out from the rota.

    Raises:
        ConfigError: The configuration cannot be used, or names no vendor.
        UsageError: `since` is no moment.
        StoreError: The state on this laptop cannot be read.
    """
    config = load(config_path, environ)
    zone = config.support_calendar().zone
    moment = None if since is None else read_moment(since, "--since", zone)
    text, snapshot = asyncio.run(read_handover(config, environ, moment))
    sources = (snapshot.sources or {}).values()
    if all(status.state is Health.OFF for status in sources):
        raise ConfigError(
            "Neither Zendesk nor PagerDuty is configured, so there is nothing to hand over.",
            "Set rota up with `rota init`.",
        )
    print(text, end="")
    for source, status in (snapshot.sources or {}).items():
        if status.error:
            print(f"rota: {source}: {status.error}", file=sys.stderr)
    read = any(status.state in (Health.OK, Health.STALE) for status in sources)
    return 0 if read else EXIT_NOTHING_READ


async def read_handover(
    config: Config, environ: Mapping[str, str], since: datetime | None
) -> tuple[str, Snapshot]:
    """One poll of everything configured, and the handover as it is then.

    Args:
        config: What the operator chose.
        environ: Where secrets and the state directory may be named.
        since: When the shift began; None finds that out from the rota.

    Raises:
        ConfigError: The configuration cannot be used.
        StoreError: What lies on the disk cannot be read.
    """
    assembly = assemble(config, environ)
    try:
        return await written_handover(assembly, frozenset(config.screen.mine), since)
    finally:
        await assembly.aclose()


async def written_handover(
    assembly: Assembly, mine: frozenset[str], since: datetime | None
) -> tuple[str, Snapshot]:
    """The same, of what is wired already; nothing is closed."""
    snapshot = await assembly.poller.read_once(MOST_REQUESTS)
    now, policy, outbox = assembly.clock.now(), assembly.policy, assembly.outbox
    assembly.journal.observe(snapshot, policy, now)
    letters = outbox.letters()
    assembly.journal.note_letters(letters)
    gatherer = Gatherer(snapshot, policy, assembly.journal, snapshot.me | mine)
    span = gatherer.span(now, since)
    history = await gatherer.ask(assembly.poller, span)
    facts = gatherer.facts(now, span, history, letters, outbox.drafts())
    return handover(facts, policy), snapshot
