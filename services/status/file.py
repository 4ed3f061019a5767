"""What does the dashboard leave for `rota status` to read? A small file, replaced whole.

Written when something has changed, and every now and then to show that we are alive. Readable by
its owner only; no subject, no name and no text of anybody is in it.
"""

import contextlib
import os
from datetime import datetime
from pathlib import Path

from services.clock import Clock
from services.domain import ClockKind, Health, Snapshot, Source, State
from services.errors import StoreError
from services.policy.deadlines import Policy
from services.private import private_directory, write_private
from services.status.line import DEMO_FILE, STATE_FILE, read
from services.summary import Summary

BEAT = 15.0
"""Seconds after which it is written again though nothing has changed."""

_NAMES = {Source.ZENDESK: "Zendesk", Source.PAGERDUTY: "PagerDuty"}


class StatusFile:
    """The state file of one dashboard."""

    def __init__(self, folder: Path, policy: Policy, laptop: Clock, *, demo: bool = False) -> None:
        """Make a state file; nothing is written yet.

        Args:
            folder: The directory of rota's state.
            policy: For the time left on a deadline's own clock.
            laptop: The time by which `rota status` will look.
            demo: A demo has a file of its own, so that it never hides the real dashboard.
        """
        self._path = folder / (DEMO_FILE if demo else STATE_FILE)
        self._policy = policy
        self._laptop = laptop
        self._demo = demo
        self._said: tuple[Summary, tuple[str, ...]] | None = None
        self._written = 0.0

    def write(
        self,
        summary: Summary,
        snapshot: Snapshot,
        now: datetime,
        muted_until: datetime | None = None,
    ) -> None:
        """Tell how the queue stands, if it stands otherwise or it is time for a sign of life.

        A directory that cannot be written costs the status line, and nothing else.
        """
        trouble = _trouble(snapshot)
        said, second = (summary, (trouble, str(muted_until))), self._laptop.monotonic()
        if said == self._said and second - self._written < BEAT:
            return
        facts = self._facts(summary, now) | {
            "trouble": trouble,
            "muted_until": str(muted_until.timestamp()) if muted_until else "",
        }
        with contextlib.suppress(StoreError):
            private_directory(self._path.parent)
            lines = (f"{name} {value}\n" for name, value in facts.items() if value)
            write_private(self._path, "".join(lines), durable=False)
            self._said, self._written = said, second

    def remove(self) -> None:
        """We are gone; nobody shall take us for running."""
        # Another dashboard may have written since; its file is its own.
        if read(str(self._path)).get("pid") == str(os.getpid()):
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _facts(self, summary: Summary, now: datetime) -> dict[str, str]:
        laptop = self._laptop.now()
        facts = {
            "pid": str(os.getpid()),
            "written": f"{laptop.timestamp():.3f}",
            "written_at": f"{laptop:%Y-%m-%dT%H:%M:%SZ}",
            "offset": f"{(now - laptop).total_seconds():.3f}",
            "demo": "1" if self._demo else "0",
            "open": str(summary.open),
            "breached": str(summary.breached),
            "soon": str(summary.soon),
            "unknown": str(summary.unknown),
        }
        row = summary.first
        if row is None or row.next is None or row.next.due_at is None:
            return facts
        promise, due = row.next.promise, row.next.due_at
        left = self._policy.left(promise, now)
        runs = promise.clock is ClockKind.ALWAYS or self._policy.calendar.is_open(now)
        ticket, incident = row.issue.ticket, row.issue.incident
        local = due.astimezone(self._policy.calendar.zone)
        near = local.date() == now.astimezone(self._policy.calendar.zone).date()
        label = f"#{ticket.id}" if ticket else f"pd#{incident.number}" if incident else ""
        return facts | {
            "issue": row.issue.id,
            "label": label,
            "severity": str(row.issue.severity or "P?"),
            "kind": promise.kind.value.replace("_", " "),
            "state": row.next.state.value,
            "due": f"{due.timestamp():.3f}",
            "due_at": f"{due:%Y-%m-%dT%H:%M:%SZ}",
            "due_words": f"{local:%H:%M}" if near else f"{local:%a %H:%M}",
            "left": f"{left.total_seconds():.3f}" if left is not None else "",
            "counts": "1" if runs and row.next.state is not State.UNKNOWN else "0",
        }


def _trouble(snapshot: Snapshot) -> str:
    """Which sources cannot be trusted now."""
    bad = (Health.STALE, Health.ERROR)
    sources = (snapshot.sources or {}).items()
    ailing = [_NAMES[source] for source, status in sources if status.state in bad]
    return f"{' and '.join(ailing)} not answering" if ailing else ""
