"""How is a handover written? One text, on the screen, in a file, or on the command line.

Every open issue is named exactly once, where it belongs by its urgency, with all that is to be said
of it: its next promise, what was done about it this shift, and what has not been sent. Times are
support's civil times. Text of strangers is made plain. Pure: told `now`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.domain import Happening, Health, Issue, Kind, Source, State
from services.handover.facts import HandoverFacts, anchor_words, by_issue, unsent
from services.markdown import written
from services.policy.deadlines import Policy
from services.policy.receipt import KIND_WORDS
from services.policy.spoken import day_words, duration_words
from services.queue import Row
from services.rota.sent import ROTA
from services.rota.turns import standing

_DAY = timedelta(days=1)
_NAMES = {Source.ZENDESK: "Zendesk", Source.PAGERDUTY: "PagerDuty"}


def handover(facts: HandoverFacts, policy: Policy) -> str:
    """The whole handover, as Markdown."""
    return "\n".join(_Pen(facts, policy).lines()) + "\n"


class _Pen:
    """Writes one handover."""

    def __init__(self, facts: HandoverFacts, policy: Policy) -> None:
        self.facts, self.policy = facts, policy
        self.zone: ZoneInfo = policy.calendar.zone
        self.done_about = by_issue(facts)
        self.unsent = unsent(facts)

    def lines(self) -> Iterator[str]:
        """Head, open issues by urgency, what was done, what was not sent, remarks."""
        sections = self._sections()
        yield f"# Handover, {self._day(self.facts.now)}"
        yield ""
        yield from self._head(sections)
        for title, rows in sections:
            yield from ("", f"## {title} ({len(rows)})", "")
            if not rows:
                yield "None."
            for row in rows:
                yield from self._open(row)
        yield from self._done()
        yield from self._not_sent()
        yield from ("", "## Remarks", "", *self._remarks())

    def _sections(self) -> list[tuple[str, list[Row]]]:
        facts = self.facts
        overdue: list[Row] = []
        due: list[Row] = []
        ending: list[Row] = []
        waiting: list[Row] = []
        later: list[Row] = []
        for row in facts.rows:
            coming = row.next
            if coming is not None and coming.state is State.BREACHED:
                overdue.append(row)
            elif coming and coming.due_at and coming.due_at <= facts.span.next_ends:
                due.append(row)
            elif self._repage(row) is not None:
                ending.append(row)
            elif coming is None and _waits(row):
                waiting.append(row)
            else:
                later.append(row)
        until = self._when(facts.span.next_ends)
        return [
            ("Overdue", overdue),
            (f"Due until the next shift ends, {until}", due),
            ("Snoozes and acknowledgements that end until then", ending),
            ("Due later", later),
            ("Waiting on requesters", waiting),
        ]

    def _head(self, sections: Sequence[tuple[str, list[Row]]]) -> Iterator[str]:
        span, facts = self.facts.span, self.facts
        overdue, due, ending, later, waiting = (len(rows) for _, rows in sections)
        yield f"- Shift: {self._when(span.since)} to {self._when(span.ends)}"
        for schedule in facts.rota.schedules:
            stands = standing(schedule, facts.now, facts.rota.until or facts.now)
            who = written(stands.now.names, 60) or "nobody"
            line = f"- On call, {written(schedule.name, 60)}: {who}"
            if stands.now.shifts and stands.now.end < (facts.rota.until or facts.now):
                line += f" until {self._when(stands.now.end)}"
            if stands.next is not None:
                line += f", then {written(stands.next.names, 60)} from "
                line += self._when(stands.next.start)
            yield line
        unread = any(
            status.state is Health.ERROR and status.fetched_at is None
            for status in facts.sources.values()
        )
        count = f"at least {len(facts.rows)}" if unread else f"{len(facts.rows)}"
        yield (
            f"- Open: {count}; {overdue} overdue, {due} due until the next shift ends, "
            f"{ending} paging again by then, {later} later, {waiting} waiting on requesters"
        )
        yield from self._doubts()

    def _doubts(self) -> Iterator[str]:
        """What of this may be old, or is missing."""
        for source, status in self.facts.sources.items():
            if status.state in (Health.STALE, Health.ERROR):
                read = f"as of {self._when(status.fetched_at)}" if status.fetched_at else "not read"
                why = f": {written(status.error, 160)}" if status.error else ""
                yield f"- NOT UP TO DATE: {_NAMES[source]} {read}{why}"
        if self.facts.history is None:
            yield "- NOT COMPLETE: what was done this shift is still being read"
            return
        for trouble in self.facts.history.troubles:
            yield f"- NOT COMPLETE: {written(trouble, 200)}"

    def _open(self, row: Row) -> Iterator[str]:
        issue = row.issue
        severity = issue.severity.value if issue.severity is not None else "unclassified"
        subject = written(issue.subject, 160) or "(no subject)"
        told = [self._next(row)]
        repage = self._repage(row)
        if repage is not None:
            told.append(f"PagerDuty pages again {self._when(repage)}")
        told += [status for status in _statuses(issue) if status]
        who = written(issue.assignee or "", 60)
        told.append(f"with {who}" if who else "with nobody")
        yield f"- **{severity}** {_ids(issue)} {subject}: {'; '.join(told)}"
        yield from (f"  - {line}" for line in self._about(issue))

    def _next(self, row: Row) -> str:
        coming, now = row.next, self.facts.now
        if coming is None or coming.due_at is None:
            return "waiting on the requester" if _waits(row) else "nothing owed"
        what, due = KIND_WORDS[coming.kind].lower(), self._when(coming.due_at)
        if coming.state is State.BREACHED:
            return f"{what} OVERDUE by {_about(now, coming.due_at)}, since {due}"
        if coming.state is State.UNKNOWN:
            return f"{what} due {due} at the earliest, not known yet"
        if coming.state is State.PAUSED:
            wakes = self._when(self.policy.calendar.opens_next(now))
            return f"{what} due {due}, clock asleep until {wakes}"
        away = coming.due_at - now
        return f"{what} due {due}" + (f", in {_about(coming.due_at, now)}" if away < _DAY else "")

    def _repage(self, row: Row) -> datetime | None:
        """When PagerDuty pages again of itself, if that is until the next shift ends."""
        for deadline in row.deadlines:
            due = deadline.due_at
            if deadline.kind is Kind.REPAGE and due and due <= self.facts.span.next_ends:
                return due
        return None

    def _about(self, issue: Issue) -> list[str]:
        """What was done about an issue this shift, and what of ours it has not got."""
        return self._acts(self.done_about.get(issue.id, ())) + self.unsent.get(issue.id, [])

    def _acts(self, happenings: Iterable[Happening]) -> list[str]:
        acts: defaultdict[tuple[str, str], list[datetime]] = defaultdict(list)
        for one in happenings:
            acts[one.who, one.kind].append(one.at)
        return [
            f"{written(who, 60) or 'by itself'}: {written(kind, 60)} "
            + ", ".join(self._when(at) for at in moments)
            for (who, kind), moments in acts.items()
        ]

    def _done(self) -> Iterator[str]:
        facts = self.facts
        open_ids = {row.issue.id for row in facts.rows}
        since = facts.span.since
        finished = {
            issue.id: issue for issue in facts.done if issue.id in self.done_about
            or _ended(issue) >= since
        }  # fmt: skip
        lines = [
            (f"- {_ids(issue)} {written(issue.subject, 160)}", self._about(issue))
            for issue in finished.values()
        ]
        for key, happenings in self.done_about.items():
            if key not in open_ids and key not in finished:
                subject = written(happenings[0].subject, 160)
                lines.append((f"- {anchor_words(key)} {subject}", self._acts(happenings)))
        sent = [
            f"- {self._when(deed.at)}: {written(deed.text, 160)}"
            for deed in facts.deeds
            if deed.kind == "sent" and deed.anchor == ROTA and deed.at >= since
        ]
        yield from ("", f"## Done this shift ({len(lines) + len(sent)})", "")
        if not lines and not sent:
            yield "Nothing is finished."
        for line, acts in lines:
            yield line
            yield from (f"  - {act}" for act in acts)
        yield from sent

    def _not_sent(self) -> Iterator[str]:
        open_ids = {row.issue.id for row in self.facts.rows}
        elsewhere = [
            line for issue, lines in self.unsent.items() if issue not in open_ids for line in lines
        ]
        beside = sum(len(lines) for lines in self.unsent.values()) - len(elsewhere)
        yield from ("", f"## Not sent ({len(elsewhere) + beside})", "")
        if beside:
            yield f"{beside} beside the open issues above."
        yield from (f"- {line}" for line in elsewhere)
        if not elsewhere and not beside:
            yield "Nothing waits to be sent."

    def _remarks(self) -> list[str]:
        """As they were typed: they are the operator's own words."""
        words = self.facts.remarks.strip()
        return words.splitlines() if words else ["None."]

    def _when(self, at: datetime) -> str:
        local = at.astimezone(self.zone)
        today = self.facts.now.astimezone(self.zone).date()
        clock = f"{local:%H:%M}"
        return clock if local.date() == today else f"{day_words(local)} {clock}"

    def _day(self, at: datetime) -> str:
        local = at.astimezone(self.zone)
        return f"{day_words(local)} {local.year} {local:%H:%M %Z}"


def _waits(row: Row) -> bool:
    return any(deadline.state is State.WAITING for deadline in row.deadlines)


def _about(later: datetime, earlier: datetime) -> str:
    """A length of time without its seconds, unless that is all there is."""
    seconds = int((later - earlier).total_seconds())
    return duration_words(timedelta(seconds=seconds if seconds < 60 else seconds - seconds % 60))


def _ids(issue: Issue) -> str:
    ticket, incident = issue.ticket, issue.incident
    parts = [f"#{ticket.id}"] if ticket is not None else []
    parts += [f"PagerDuty #{incident.number}"] if incident is not None else []
    return " + ".join(parts)


def _statuses(issue: Issue) -> Iterator[str]:
    ticket, incident = issue.ticket, issue.incident
    if ticket is not None:
        yield f"ticket {ticket.status.value}"
    if incident is not None:
        yield f"incident {incident.status.value}"


def _ended(issue: Issue) -> datetime:
    """When an issue was done with, at the latest."""
    ended = [issue.ticket.updated_at] if issue.ticket is not None else []
    if issue.incident is not None:
        ended.append(issue.incident.resolved_at or issue.incident.updated_at)
    return max(ended)
