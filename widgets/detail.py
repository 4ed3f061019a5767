"""What is there to know of one issue? Both halves, every deadline, and what was said."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.style import Style
from rich.text import Text

from services.domain import Deadline, Issue, Snapshot, Source, State, TimelineEntry
from services.links import allowed, web_link
from services.plain import plain, plain_lines
from services.policy.deadlines import Policy
from services.policy.receipt import KIND_WORDS
from services.queue import Row
from widgets.countdown import (
    ASCII_SYMBOLS,
    STATE_WORDS,
    SYMBOLS,
    age_text,
    clock_text,
    countdown,
    reads_until,
    without_seconds,
)
from widgets.pane import Pane
from widgets.queue_table import answered_while_pending
from widgets.trust import as_of, half_reads_until, half_wording

LONGEST_ENTRY = 40
"""Lines shown of one comment."""

_MINUTE = timedelta(minutes=1)

INDENT = 2
"""Cells that what was said stands to the right of when; kept where lines are wrapped."""

Symbols = Mapping[State | None, str]

_TONES = {State.BREACHED: "bold", State.SOON: "bold"}


class Detail(Pane):
    """The issue under the cursor."""

    def __init__(
        self,
        policy: Policy,
        *,
        ascii_only: bool = False,
        seconds: bool = True,
        open_hosts: Collection[str] = (),
    ) -> None:
        """Show nothing yet.

        Args:
            policy: For the time left.
            ascii_only: Whether to do without other symbols.
            seconds: Whether time left is told to the second; beside the queue, which does that,
                minutes will do, and a second costs half as much.
            open_hosts: Where a click may lead; the terminal asks nobody.
        """
        super().__init__(id="detail")
        self._policy = policy
        self._seconds = seconds
        self._open_hosts = open_hosts
        self._until: datetime | None = None
        self._symbols = ASCII_SYMBOLS if ascii_only else SYMBOLS
        self._standing: tuple[RenderableType, ...] = ()
        self._story: RenderableType = Text()
        self.about: str | None = None
        self.row: Row | None = None
        self.now: datetime | None = None
        self._told = Snapshot()

    def know(self, told: Snapshot) -> None:
        """Go by this from now on, as to how old each half of an issue is."""
        self._told = told
        self._until = None

    def show(self, row: Row | None, now: datetime) -> None:
        """Show another issue, or the same one anew."""
        if row is not None and row is self.row:
            self.tick(now)
            return
        self.row = row
        self._until = None
        if row is None:
            self.about = None
            self._standing, self._story = (), Text()
            self.write(())
            return
        if row.issue.id != self.about:
            self.about = row.issue.id
            self._story = Text("reading what happened…", style="dim")
            self.from_the_top()
        self.tick(now)

    def tick(self, now: datetime) -> None:
        """Only the time has changed."""
        before, self.now, row = self.now, now, self.row
        if row is None or (before and self._until and before <= now < self._until):
            return
        self._until = self.reads_until(now)
        widest = (
            max((len(KIND_WORDS[d.kind]) for d in row.deadlines), default=0),
            max((len(STATE_WORDS[d.state]) for d in row.deadlines), default=0),
        )
        promises = [self._promise(deadline, widest, now) for deadline in row.deadlines]
        facts = _facts(row, self._told, self._policy, now, self._open_hosts)
        self._standing = (facts, *(promises or [Text("Nothing is owed.")]))
        self._write()

    def reads_until(self, now: datetime) -> datetime | None:
        """When it next reads differently; None while no issue is shown."""
        if self.row is None:
            return None
        older = now - self.row.issue.raised_at
        moments = [
            reads_until(deadline, self._policy, now, seconds=self._seconds)
            for deadline in self.row.deadlines
            if deadline.met_at is None
        ]
        moments += [
            half_reads_until(self._told, source, now) for source in _sources(self.row.issue)
        ]
        return min([m for m in moments if m is not None] + [now - older % _MINUTE + _MINUTE])

    def _promise(self, deadline: Deadline, widest: tuple[int, int], now: datetime) -> Text:
        shown = countdown(deadline, False, self._policy, now)
        left = shown.text if self._seconds else without_seconds(shown)
        return _deadline(deadline, left, widest, self._policy, now, self._symbols)

    def _write(self) -> None:
        self.write((*self._standing, self._story))

    def follow(self, newest: Row | None, now: datetime) -> None:
        """Show the newest of the same issue; one that is gone stays as it was last seen."""
        if newest is not None:
            self.show(newest, now)

    def tell(self, issue_id: str, entries: Sequence[TimelineEntry]) -> None:
        """Show what happened, if it is still this issue that is being looked at."""
        if issue_id == self.about:
            self._story = story(entries, self._policy)
            self._write()

    def trouble(self, issue_id: str, why: str) -> None:
        """Say in a line why what happened cannot be shown."""
        if issue_id == self.about:
            self._story = Text(f"What happened cannot be read: {plain(why)}", style="bold")
            self._write()


def _sources(issue: Issue) -> tuple[Source, ...]:
    """Where its halves come from."""
    halves = ((Source.ZENDESK, issue.ticket), (Source.PAGERDUTY, issue.incident))
    return tuple(source for source, half in halves if half is not None)


def _ages(issue: Issue, told: Snapshot, now: datetime) -> Mapping[Source, str]:
    """Of when each half is, in words; nothing while all of them are of this minute.

    Of a pair both are told, for then it matters which one can be relied on.
    """
    worded = {source: half_wording(told, source, now) for source in _sources(issue)}
    if not any(worded.values()):
        return {}
    statuses = told.sources or {}
    return {
        source: words or f"  {as_of(statuses[source], now)}"
        for source, words in worded.items()
        if words or source in statuses
    }


def _facts(
    row: Row, told: Snapshot, policy: Policy, now: datetime, open_hosts: Collection[str]
) -> Text:
    text = Text()
    text.append(plain(row.issue.subject, limit=1000) or "(no subject)", style="bold")
    text.append("\n")
    for line in _lines(row, _ages(row.issue, told, now), policy, now):
        text.append(f"{line}\n", style=_link(line, row.issue, open_hosts))
    return text


def _link(line: str, issue: Issue, open_hosts: Collection[str]) -> Style:
    """What a click on a line opens, in terminals that can (OSC 8); known hosts only.

    Others are opened by a key, which asks first.
    """
    halves = (("Zendesk #", issue.ticket), ("PagerDuty #", issue.incident))
    for start, half in halves:
        link = web_link(half.url) if half is not None and line.startswith(start) else None
        if link is not None and allowed(link, open_hosts):
            return Style(link=link.url)
    return Style()


def _lines(row: Row, ages: Mapping[Source, str], policy: Policy, now: datetime) -> Iterator[str]:
    issue = row.issue
    ticket = issue.ticket
    yield from _halves(issue, ages, policy)
    yield _severity(issue)
    if ticket is not None and ticket.requester:
        yield f"from {plain(ticket.requester, limit=80)}"
    yield f"raised {_local(issue.raised_at, policy)}, {_ago(now - issue.raised_at)}"
    if issue.unconfirmed:
        yield f"» not confirmed: {issue.unconfirmed}"
    if issue.broken_pair:
        yield f"! broken pair: tag names {plain(issue.broken_pair, limit=40)}, which is no incident"
    if answered_while_pending(row) and ticket is not None and ticket.requester_wrote_at:
        at = f"{ticket.requester_wrote_at.astimezone(policy.calendar.zone):%H:%M}"
        yield f"! answered {at}, still pending"
    if ticket is not None and ticket.tags:
        yield "tags " + plain(" ".join(sorted(ticket.tags)), limit=200)


def _halves(issue: Issue, ages: Mapping[Source, str], policy: Policy) -> Iterator[str]:
    ticket, incident = issue.ticket, issue.incident
    if ticket is not None:
        who = plain(ticket.assignee or "nobody", limit=60)
        yield f"Zendesk #{ticket.id}  {ticket.status}  held by {who}"
    if Source.ZENDESK in ages:
        yield ages[Source.ZENDESK]
    if incident is not None:
        held = ", ".join(plain(name, limit=40) for name in incident.assignees) or "nobody"
        yield f"PagerDuty #{incident.number}  {incident.status}  held by {held}"
        if incident.acknowledged_by and incident.acknowledged_at:
            by = plain(incident.acknowledged_by, limit=60)
            yield f"acknowledged {_local(incident.acknowledged_at, policy)} by {by}"
    if Source.PAGERDUTY in ages:
        yield ages[Source.PAGERDUTY]


def _severity(issue: Issue) -> str:
    tag, priority = issue.tag_severity, issue.priority_severity
    if issue.severity is None:
        return "unclassified: not triaged yet"
    if tag is not None and priority is not None and tag is not priority:
        return f"{issue.severity}; the ticket says {tag}, the incident {priority}"
    return f"severity {issue.severity}"


def _deadline(
    deadline: Deadline,
    left: str,
    widest: tuple[int, int],
    policy: Policy,
    now: datetime,
    symbols: Symbols,
) -> Text:
    kind = f"{KIND_WORDS[deadline.kind]:<{widest[0]}}"
    words = f"{symbols[deadline.state]} {kind} {STATE_WORDS[deadline.state]:<{widest[1]}} "
    if deadline.state in (State.MET, State.LATE) and deadline.met_at is not None:
        words += _short(deadline.met_at, policy, now)
    elif deadline.due_at is not None:
        when = _short(deadline.due_at, policy, now)
        earliest = "not before " if deadline.state is State.UNKNOWN else "due "
        words += f"{earliest}{when}"
        words += f"  {left}" if deadline.state is not State.UNKNOWN else ""
    return Text(words, style=_TONES.get(deadline.state, ""))


def story(entries: Sequence[TimelineEntry], policy: Policy) -> RenderableType:
    """What happened, in the order given."""
    if not entries:
        return Text("\nNothing has happened yet.", style="dim")
    parts: list[RenderableType] = []
    for entry in entries:
        at = _local(entry.at, policy)
        who = plain(entry.who, limit=60)
        parts.append(Text(f"\n{at}  {plain(entry.kind)}", style="bold"))
        parts.append(Padding(_said(who, plain_lines(entry.text)), (0, 0, 0, INDENT)))
    return Group(*parts)


def _said(who: str, lines: Sequence[str]) -> Text:
    text = Text(f"{who}\n" if who else "")
    text.append("\n".join(plain(line, limit=2000) for line in lines[:LONGEST_ENTRY]))
    if len(lines) > LONGEST_ENTRY:
        text.append(f"\n… {len(lines) - LONGEST_ENTRY} more lines", style="dim")
    text.rstrip()
    return text


def _short(moment: datetime, policy: Policy, now: datetime) -> str:
    """The time is enough for today, with the weekday for what lies within six days."""
    if abs(moment - now) > timedelta(days=6):
        return _local(moment, policy)
    zone = policy.calendar.zone
    local, today = moment.astimezone(zone), now.astimezone(zone)
    return f"{local:%H:%M}" if local.date() == today.date() else f"{local:%a %H:%M}"


def _ago(span: timedelta) -> str:
    """Without seconds: what is over is in no hurry.

    >>> _ago(timedelta(minutes=9, seconds=12)), _ago(timedelta(minutes=134))
    ('9m ago', '2h14 ago')
    """
    if span < _MINUTE:
        return "just now"
    return f"{clock_text(span) if span >= timedelta(hours=1) else age_text(span)} ago"


def _local(moment: datetime, policy: Policy) -> str:
    return f"{moment.astimezone(policy.calendar.zone):%a %d %b %H:%M}"
