"""Half an hour before five, nine, or a turn: what changes then, in a few lines over the footer.

It stands in the queue's own screen, so that it covers no form and no text that is being read.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.text import Text
from textual.widgets import Static

from services.boundary import Boundary, Change, Standing
from services.domain import Issue
from services.plain import plain
from services.policy.calendar import SupportCalendar
from widgets.countdown import KIND_SHORT, age_text
from widgets.fitting import fit
from widgets.rota_words import NOBODY, when

NAMED = 3
"""Issues of a kind that are named; the rest is counted."""

LEAST = 16
"""In fewer lines than this it is one line."""


class BoundaryCard(Static):
    """What changes soon; hidden until there is something, and once it is dismissed."""

    DEFAULT_CSS = """
    BoundaryCard { height: auto; max-height: 12; width: 1fr; display: none;
        background: $warning 20%; color: $foreground; padding: 0 1; }
    """

    def __init__(self, calendar: SupportCalendar, *, ascii_only: bool = False) -> None:
        super().__init__("", id="boundary", markup=False)
        self._sign = ">>" if ascii_only else "◷"
        self._calendar = calendar
        self._boundary: Boundary | None = None
        self._dismissed: set[tuple[datetime, frozenset[Change]]] = set()

    @property
    def showing(self) -> bool:
        """Whether there is something to dismiss."""
        return bool(self.display)

    def show(self, boundary: Boundary | None, now: datetime, width: int, height: int) -> None:
        """Take what comes next, and how large the screen is."""
        self._boundary = boundary
        if boundary is None or (boundary.at, boundary.changes) in self._dismissed:
            self.display = False
            return
        first, *others = card_lines(boundary, self._calendar, now)
        lines = [f"{self._sign} {first}", *others]
        shown = lines if height >= LEAST else lines[:1]
        most = max(1, height // 2 - 2)
        self.update(Text("\n".join(fit(line, width - 2).rstrip() for line in shown[:most])))
        self.display = True

    def dismiss(self) -> None:
        """Not again for this boundary."""
        if self._boundary is not None:
            self._dismissed.add((self._boundary.at, self._boundary.changes))
        self.display = False


def card_lines(boundary: Boundary, calendar: SupportCalendar, now: datetime) -> Iterator[str]:
    """The card's lines: what and when, then what it means."""
    at = when(boundary.at, now, calendar.zone)
    yield f"{at}, in {age_text(boundary.at - now)}: {_what(boundary)} (Esc hides)"
    for takeover in boundary.takeovers:
        before = plain(takeover.before, limit=40) or NOBODY
        after = plain(takeover.after, limit=40) or NOBODY
        until = f" until {when(takeover.until, now, calendar.zone)}" if takeover.after else ""
        yield f"{plain(takeover.schedule, limit=40)}: {before} → {after}{until}"
    if boundary.before:
        yield f"Due before: {_named(boundary.before, calendar, now)}"
    if boundary.asleep:
        opens = Change.OPENS in boundary.changes
        wakes = boundary.asleep[0].wakes_at
        word = "Wake" if opens or wakes is None else (
            f"Sleep until {when(wakes, now, calendar.zone)}"
        )  # fmt: skip
        yield f"{word}: {_named(boundary.asleep, calendar, now)}"
    if boundary.awake:
        yield f"Go on: {_named(boundary.awake, calendar, now)}"
    if boundary.write_up:
        yield f"To write up: {_issues(boundary.write_up)}"
    yield "H writes the handover."


def _what(boundary: Boundary) -> str:
    words = {
        Change.CLOSES: "support hours end",
        Change.OPENS: "support hours begin",
        Change.TURNS: "the rota turns",
    }
    return ", ".join(words[change] for change in Change if change in boundary.changes)


def _named(standing: Sequence[Standing], calendar: SupportCalendar, now: datetime) -> str:
    named = [
        f"{one.issue.severity or 'P?'} {_short(one.issue)} {KIND_SHORT[one.deadline.kind]} "
        f"{when(one.due_at, now, calendar.zone)}"
        for one in standing[:NAMED]
    ]
    more = [f"{len(standing) - NAMED} more"] if len(standing) > NAMED else []
    return ", ".join([*named, *more])


def _issues(issues: Sequence[Issue]) -> str:
    named = [f"{one.severity} {_short(one)} {plain(one.subject, limit=30)}"
             for one in issues[:NAMED]]  # fmt: skip
    more = [f"{len(issues) - NAMED} more"] if len(issues) > NAMED else []
    return ", ".join([*named, *more])


def _short(issue: Issue) -> str:
    if issue.ticket is not None:
        return f"#{issue.ticket.id}"
    return f"pd#{issue.incident.number}" if issue.incident is not None else ""
