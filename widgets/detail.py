"""What is there to know of one issue? Both halves, every deadline, and what was said."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from rich.text import Text
from textual.containers import VerticalScroll
from textual.widgets import Static

from services.domain import Deadline, Issue, State, TimelineEntry
from services.plain import plain, plain_lines
from services.policy.deadlines import Policy
from services.policy.receipt import KIND_WORDS
from services.queue import Row
from widgets.countdown import (
    ASCII_SYMBOLS,
    STATE_WORDS,
    SYMBOLS,
    clock_text,
    countdown,
)
from widgets.queue_table import answered_while_pending

LONGEST_ENTRY = 40
"""Lines shown of one comment."""

Symbols = Mapping[State | None, str]

_TONES = {State.BREACHED: "bold", State.SOON: "bold"}


class Detail(VerticalScroll, can_focus=False):
    """The issue under the cursor."""

    DEFAULT_CSS = """
    Detail { height: 1fr; padding: 0 1; border-left: vkey $panel; }
    Detail Static { height: auto; }
    """

    def __init__(self, policy: Policy, *, ascii_only: bool = False) -> None:
        super().__init__(id="detail")
        self._policy = policy
        self._symbols = ASCII_SYMBOLS if ascii_only else SYMBOLS
        self._facts = Static(id="facts", markup=False)
        self._story = Static(id="story", markup=False)
        self.about: str | None = None

    def on_mount(self) -> None:
        """Two texts: what stands, and what happened."""
        self.mount(self._facts, self._story)

    def show(self, row: Row | None, now: datetime) -> None:
        """Show another issue, or the same one anew."""
        if row is None:
            self.about = None
            self._facts.update("")
            self._story.update("")
            return
        if row.issue.id != self.about:
            self.about = row.issue.id
            self._story.update(Text("reading what happened…", style="dim"))
            self.scroll_home(animate=False)
        self._facts.update(_facts(row, self._policy, now, self._symbols))

    def tell(self, issue_id: str, entries: Sequence[TimelineEntry]) -> None:
        """Show what happened, if it is still this issue that is being looked at."""
        if issue_id == self.about:
            self._story.update(_story(entries, self._policy))

    def trouble(self, issue_id: str, why: str) -> None:
        """Say in a line why what happened cannot be shown."""
        if issue_id == self.about:
            self._story.update(Text(f"What happened cannot be read: {plain(why)}", style="bold"))


def _facts(row: Row, policy: Policy, now: datetime, symbols: Symbols) -> Text:
    text = Text()
    text.append(plain(row.issue.subject, limit=1000) or "(no subject)", style="bold")
    text.append("\n")
    for line in _lines(row, policy, now):
        text.append(f"{line}\n")
    text.append("\n")
    for deadline in row.deadlines:
        text.append_text(_deadline(deadline, policy, now, symbols))
    if not row.deadlines:
        text.append("Nothing is owed.\n")
    return text


def _lines(row: Row, policy: Policy, now: datetime) -> Iterator[str]:
    issue = row.issue
    ticket, incident = issue.ticket, issue.incident
    if ticket is not None:
        who = plain(ticket.assignee or "nobody", limit=60)
        yield f"Zendesk #{ticket.id}  {ticket.status}  held by {who}"
    if incident is not None:
        held = ", ".join(plain(name, limit=40) for name in incident.assignees) or "nobody"
        yield f"PagerDuty #{incident.number}  {incident.status}  held by {held}"
        if incident.acknowledged_by and incident.acknowledged_at:
            by = plain(incident.acknowledged_by, limit=60)
            yield f"acknowledged {_local(incident.acknowledged_at, policy)} by {by}"
    yield _severity(issue)
    if ticket is not None and ticket.requester:
        yield f"from {plain(ticket.requester, limit=80)}"
    yield f"raised {_local(issue.raised_at, policy)}, {clock_text(now - issue.raised_at)} ago"
    if issue.broken_pair:
        yield f"! broken pair: tag names {plain(issue.broken_pair, limit=40)}, which is no incident"
    if answered_while_pending(row) and ticket is not None and ticket.requester_wrote_at:
        at = f"{ticket.requester_wrote_at.astimezone(policy.calendar.zone):%H:%M}"
        yield f"! answered {at}, still pending"
    if ticket is not None and ticket.tags:
        yield "tags " + plain(" ".join(sorted(ticket.tags)), limit=200)


def _severity(issue: Issue) -> str:
    tag, priority = issue.tag_severity, issue.priority_severity
    if issue.severity is None:
        return "unclassified: not triaged yet"
    if tag is not None and priority is not None and tag is not priority:
        return f"{issue.severity}; the ticket says {tag}, the incident {priority}"
    return f"severity {issue.severity}"


def _deadline(deadline: Deadline, policy: Policy, now: datetime, symbols: Symbols) -> Text:
    shown = countdown(deadline, False, policy, now)
    symbol = symbols[deadline.state]
    words = f"{symbol} {KIND_WORDS[deadline.kind]:<15}{STATE_WORDS[deadline.state]:<9}"
    if deadline.state in (State.MET, State.LATE) and deadline.met_at is not None:
        words += _short(deadline.met_at, policy, now)
    elif deadline.due_at is not None:
        when = _short(deadline.due_at, policy, now)
        earliest = "not before " if deadline.state is State.UNKNOWN else "due "
        left = f"  {shown.text}" if deadline.state is not State.UNKNOWN else ""
        words += f"{earliest}{when}{left}"
    return Text(f"{words}\n", style=_TONES.get(deadline.state, ""))


def _story(entries: Sequence[TimelineEntry], policy: Policy) -> Text:
    text = Text("\n")
    for entry in entries:
        head = f"{_local(entry.at, policy)}  {plain(entry.kind)}  {plain(entry.who, limit=60)}\n"
        text.append(head, style="bold")
        lines = plain_lines(entry.text)
        for line in lines[:LONGEST_ENTRY]:
            text.append(f"  {plain(line, limit=2000)}\n")
        if len(lines) > LONGEST_ENTRY:
            text.append(f"  … {len(lines) - LONGEST_ENTRY} more lines\n", style="dim")
    if not entries:
        text.append("Nothing has happened yet.", style="dim")
    return text


def _short(moment: datetime, policy: Policy, now: datetime) -> str:
    """The weekday is enough for what lies within six days."""
    if abs(moment - now) > timedelta(days=6):
        return _local(moment, policy)
    return f"{moment.astimezone(policy.calendar.zone):%a %H:%M}"


def _local(moment: datetime, policy: Policy) -> str:
    return f"{moment.astimezone(policy.calendar.zone):%a %d %b %H:%M}"
