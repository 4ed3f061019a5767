"""`rota queue`: one poll, the queue to stdout, exit."""

import asyncio
import json
import sys
from collections.abc import Mapping

from services.assemble import read_queue
from services.config import load
from services.domain import Health, Snapshot
from services.plain import plain
from services.queue import arrange
from services.queue_json import queue_document, queue_lines

EXIT_NOTHING_READ = 1


def queue(config_path: str | None, environ: Mapping[str, str], *, as_json: bool) -> int:
    """Print the queue as it is now; 1 if no source could be read.

    Raises:
        ConfigError: The configuration cannot be used.
        StoreError: The state on this laptop cannot be.
    """
    config = load(config_path, environ)
    snapshot, policy, now = asyncio.run(read_queue(config, environ))
    rows = arrange(snapshot.issues, policy, now)
    if as_json:
        period = policy.calendar.period(now)
        print(json.dumps(queue_document(snapshot, rows, now=now, period=period), indent=2))
    else:
        print("\n".join(queue_lines(rows, now)))
    for trouble in (*_troubles(snapshot), *snapshot.said):
        print(f"rota: {plain(trouble)}", file=sys.stderr)
    return 0 if _anything_read(snapshot) else EXIT_NOTHING_READ


def _anything_read(snapshot: Snapshot) -> bool:
    sources = snapshot.sources or {}
    return any(status.state in (Health.OK, Health.STALE) for status in sources.values())


def _troubles(snapshot: Snapshot) -> list[str]:
    sources = snapshot.sources or {}
    troubles = [f"{name}: {found.error}" for name, found in sources.items() if found.error]
    if all(found.state is Health.OFF for found in sources.values()):
        troubles.append("neither Zendesk nor PagerDuty is configured.")
    return troubles
