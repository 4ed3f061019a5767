"""What has the account's log told of incidents that are not known yet?

The list shows some incidents later than the log does, and one that was let go of may be wanted
again. Entries about strangers are held for a while, so that whoever turns up in time is known
from its first moment on; of others only their own log can tell.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from services.pagerduty.records import LogEntry


class Unclaimed:
    """The entries that nobody has claimed, from some moment on without a gap."""

    def __init__(self) -> None:
        self._since: datetime | None = None
        self._entries: defaultdict[str, list[LogEntry]] = defaultdict(list)

    def restart(self, since: datetime | None) -> None:
        """There was a gap: only what is from `since` on will be whole; None is nothing."""
        self._since = since
        self._entries.clear()

    def begin(self, since: datetime) -> None:
        """The log is read from `since` on; no news where it was read before."""
        if self._since is None:
            self._since = since

    def hold(self, incident_id: str, entries: Iterable[LogEntry]) -> None:
        """Keep what is told of a stranger; repeats do no harm."""
        self._entries[incident_id] += entries

    def claim(self, incident_id: str, created_at: datetime) -> tuple[Sequence[LogEntry], bool]:
        """What is held of one that is known from now on, and whether that is all since it began."""
        held = self._entries.pop(incident_id, [])
        return held, self._since is not None and created_at >= self._since

    def let_go(self, before: datetime) -> None:
        """Drop what is from before a moment."""
        if self._since is None or self._since >= before:
            return
        self._since = before
        for incident_id, entries in list(self._entries.items()):
            entries[:] = [entry for entry in entries if entry.at >= before]
            if not entries:
                del self._entries[incident_id]
