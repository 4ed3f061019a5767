"""What has changed since the operator last looked at it? Kept for the time of one dashboard's run,
and begun at the moment the last one was left.

An issue is looked at when it is opened, or when it lies in full view. Pure but for its memory.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from services.domain import Issue
from services.letters import OWN_SLACK


class News:
    """What has been looked at, and what has changed since."""

    def __init__(self) -> None:
        self.since: datetime | None = None
        """From when on a change is news; None before the first answer."""
        self._looked: dict[str, datetime] = {}
        self._ours: Mapping[str, datetime] = {}

    def begin(self, since: datetime) -> None:
        """Everything older is no news."""
        self.since = since

    def own(self, arrived: Mapping[str, datetime]) -> None:
        """What we have written ourselves is no news.

        Args:
            arrived: When a letter of ours last arrived, by part of an issue's id.
        """
        self._ours = arrived

    def look(self, issue: Issue) -> bool:
        """An issue is in full view; whether that was news."""
        news = self.unread(issue)
        for half in issue.id.split("+"):
            self._looked[half] = changed_at(issue)
        return news

    def unread(self, issue: Issue) -> bool:
        """Whether it has changed since it was looked at."""
        if self.since is None:
            return False
        at = changed_at(issue)
        halves = issue.id.split("+")
        seen = max(self._looked.get(half, self.since) for half in halves)
        own = max((self._ours[half] for half in halves if half in self._ours), default=None)
        return at > seen and (own is None or at > own + OWN_SLACK)

    def count(self, issues: Iterable[Issue]) -> tuple[int, int]:
        """How many are new, and how many others have changed."""
        unread = [issue for issue in issues if self.unread(issue)]
        new = sum(self.since is not None and issue.raised_at > self.since for issue in unread)
        return new, len(unread) - new


def changed_at(issue: Issue) -> datetime:
    """When a vendor last changed it."""
    return max(half.updated_at for half in (issue.ticket, issue.incident) if half is not None)
