"""What is kept of a promise, and of something that was done?

Times are aware `datetime`s in UTC; text is raw. Keys are natural: they name the thing itself, so
that the same promise or act is the same entry for every dashboard and after every restart.
"""

from datetime import datetime
from enum import StrEnum

import msgspec

from services.domain import Issue, Kind, Severity


class Outcome(StrEnum):
    """What became of a promise."""

    OPEN = "open"
    MET = "met"
    LATE = "late"
    """Done, but after it was due."""
    MISSED = "missed"
    """Past due, and not done."""
    UNKNOWN = "unknown"
    """Done while nobody looked; whether in time cannot be told."""
    LET_GO = "let go"
    """Nothing was owed any more before it fell due."""

    @property
    def settled(self) -> bool:
        """Whether it stays as it is, unless the vendors tell more exactly."""
        return self not in (Outcome.OPEN, Outcome.MISSED)

    @property
    def counts(self) -> bool:
        """Whether it says something of how promises are kept, be it that it cannot be told."""
        return self not in (Outcome.OPEN, Outcome.LET_GO)


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One promise. Fields may be added with a default, and never change their meaning."""

    key: str
    anchor: str
    kind: Kind
    severity: Severity | None
    """When it was last looked at; None is unclassified."""
    subject: str
    started_at: datetime
    due_at: datetime
    outcome: Outcome
    met_at: datetime | None = None
    exact: bool = True
    """Whether `met_at` is the moment itself; if not, it was done then at the latest."""
    allowance: float = 0.0
    """Seconds on the promise's own clock."""
    taken: float | None = None
    """Seconds on the promise's own clock until it was done."""
    receipt: tuple[tuple[str, str], ...] = ()
    """Why it was due when it was, in labelled lines."""

    @property
    def decided_at(self) -> datetime:
        """When it was certain what becomes of it: done, or due."""
        return min(self.met_at, self.due_at) if self.met_at is not None else self.due_at


class Kept(msgspec.Struct, frozen=True):
    """A record, and what somebody said of it."""

    record: Record
    reason: str = ""
    """Why it was missed or late, in the operator's own words; may be empty."""


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was done from here, or that we saw being done."""

    key: str
    at: datetime
    kind: str
    """acknowledged, or sent."""
    anchor: str
    """`zd-…`, `pd-…`, or what else it concerned."""
    who: str
    text: str


def anchor_of(issue: Issue) -> str:
    """What an issue is called in the journal: the ticket, for that is where its story is."""
    if issue.ticket is not None:
        return f"zd-{issue.ticket.id}"
    return f"pd-{issue.incident.id}" if issue.incident is not None else ""
