"""What has changed in the queue, in lines for ears and logs? One line to a change.

Told rows as they stand; remembers what it told last. Text of others is made plain. Pure but for
that memory.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from services.domain import Health, Snapshot, Source, State
from services.plain import plain
from services.policy.deadlines import Policy
from services.policy.spoken import duration_words
from services.queue import Row
from services.summary import summed

_STATES = {
    State.BREACHED: "breached",
    State.SOON: "due soon",
    State.RUNNING: "running",
    State.PAUSED: "asleep",
    State.UNKNOWN: "not known yet",
}
_HEALTH = {
    Health.OK: "answers",
    Health.STALE: "data is old",
    Health.ERROR: "does not answer",
    Health.OFF: "is not used",
}
_NAMES = {Source.ZENDESK: "Zendesk", Source.PAGERDUTY: "PagerDuty"}


class Changes:
    """Tells what has changed since it last told."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._rows: dict[str, Row] = {}
        self._health: dict[Source, Health] = {}
        self._began = False

    def lines(self, snapshot: Snapshot, rows: Sequence[Row], now: datetime) -> list[str]:
        """What has changed, each with the time of day; all there is, the first time."""
        if snapshot.sources is None:
            return []
        at = f"{now.astimezone(self._policy.calendar.zone):%H:%M:%S}"
        return [f"{at} {line}" for line in self._changes(snapshot, rows, now)]

    def _changes(self, snapshot: Snapshot, rows: Sequence[Row], now: datetime) -> Iterator[str]:
        yield from self._sources(snapshot)
        before, self._rows = self._rows, {row.issue.id: row for row in rows}
        first = not self._began and bool(rows)
        if first:
            self._began = True
            yield f"queue: {len(rows)} open, {summed(rows).words}"
        for row in rows:
            known = before.get(row.issue.id)
            if known is None:
                yield self._line("open" if first else "new", row, now)
            elif known is not row:
                yield from self._differences(known, row, now)
        for issue_id, row in before.items():
            if issue_id not in self._rows:
                yield f"gone: {_who(row)}: {plain(row.issue.subject, 200)}"

    def _sources(self, snapshot: Snapshot) -> Iterator[str]:
        for source, status in (snapshot.sources or {}).items():
            if self._health.get(source) is not status.state:
                self._health[source] = status.state
                why = f": {plain(status.error)}" if status.error else ""
                yield f"{_NAMES[source]}: {_HEALTH[status.state]}{why}"

    def _differences(self, known: Row, row: Row, now: datetime) -> Iterator[str]:
        was, now_is = known.issue, row.issue
        if was.severity is not now_is.severity:
            yield f"severity: {_who(row)} was {was.severity or 'unclassified'}"
        if was.assignee != now_is.assignee:
            yield f"held: {_who(row)} by {plain(now_is.assignee or 'nobody', 60)}"
        if was.subject != now_is.subject:
            yield f"renamed: {_who(row)}: {plain(now_is.subject, 200)}"
        if _status(known) != _status(row):
            yield f"status: {_who(row)} is {_status(row)}"
        if _next(known) != _next(row):
            yield self._line("deadline", row, now)

    def _line(self, what: str, row: Row, now: datetime) -> str:
        return f"{what}: {_who(row)} {self._due(row, now)}: {plain(row.issue.subject, 200)}"

    def _due(self, row: Row, now: datetime) -> str:
        deadline = row.next
        if deadline is None or deadline.due_at is None:
            waits = any(deadline.state is State.WAITING for deadline in row.deadlines)
            return "waiting" if waits else "nothing owed"
        kind = deadline.kind.value.replace("_", " ")
        zone = self._policy.calendar.zone
        local = deadline.due_at.astimezone(zone)
        same_day = local.date() == now.astimezone(zone).date()
        when = f"{local:%H:%M}" if same_day else f"{local:%a %d %b %H:%M}"
        left = self._policy.left(deadline.promise, now)
        span = f", {duration_words(left)}" if left is not None else ""
        ending = {State.BREACHED: " late", State.UNKNOWN: " at the earliest"}
        over = ending.get(deadline.state, " left")
        return f"{kind} {_STATES.get(deadline.state, '')}, due {when}{span}{over}"


def _who(row: Row) -> str:
    ticket, incident = row.issue.ticket, row.issue.incident
    number = f"#{ticket.id}" if ticket else f"pd#{incident.number}" if incident else ""
    return f"{row.issue.severity or 'unclassified'} {number}"


def _status(row: Row) -> str:
    ticket, incident = row.issue.ticket, row.issue.incident
    return " and ".join(half.status.value for half in (ticket, incident) if half is not None)


def _next(row: Row) -> tuple[object, ...]:
    if row.next is None:
        return (None, any(deadline.state is State.WAITING for deadline in row.deadlines))
    return (row.next.kind, row.next.state, row.next.due_at)
