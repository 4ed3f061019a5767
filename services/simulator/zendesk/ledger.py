"""What follows from a change in Zendesk?

Every update moves `updated_at`, writes an audit, keeps the metrics, reaches the search index and
obeys the account's business rules, whoever made it. The doing itself is in `account`.
"""

import html
import itertools
from datetime import datetime

from services.simulator.call import Json, Reply
from services.simulator.settings import Settings
from services.simulator.timeline import Timeline
from services.simulator.zendesk.changes import Rules, Said, Update
from services.simulator.zendesk.records import (
    SYSTEM_AUTHOR,
    Audit,
    Comment,
    CustomStatus,
    Group,
    Indexed,
    Invalid,
    Job,
    Macro,
    Organization,
    Person,
    Ticket,
    View,
)

_REFERENCES = frozenset(
    {"requester_id", "assignee_id", "group_id", "organization_id", "custom_status_id"}
)


class Ledger:
    """What one Zendesk account knows, and how a change is entered.

    Attributes:
        revision: Grows with every change.
        idempotent: Until when, for what and how each Idempotency-Key was answered.
        derived: Sorted lists, with the revision they were sorted at.
    """

    def __init__(self, timeline: Timeline, settings: Settings) -> None:
        self.timeline = timeline
        self.settings = settings
        self.people: dict[int, Person] = {}
        self.groups: dict[int, Group] = {}
        self.organizations: dict[int, Organization] = {}
        self.custom_statuses: dict[int, CustomStatus] = {}
        self.views: dict[int, View] = {}
        self.macros: dict[int, Macro] = {}
        self.tickets: dict[int, Ticket] = {}
        self.jobs: dict[str, Job] = {}
        self.idempotent: dict[str, tuple[datetime, str, Reply]] = {}
        self.derived: dict[str, tuple[int, list[Ticket]]] = {}
        self.revision = 0
        self._big = itertools.count(36_000_000_000_017, 128)
        self._small = itertools.count(48_101)

    def new_id(self) -> int:
        """An id for anything but a ticket."""
        return next(self._big)

    def rules(self) -> Rules:
        """What updates are held against."""
        return Rules(self.people, self.groups, self.custom_statuses.values())

    def agent(self, person_id: int) -> bool:
        """Whether this is one of ours; triggers and automations are nobody."""
        person = self.people.get(person_id)
        return person is not None and person.is_agent

    def _with_business_rules(self, ticket: Ticket, update: Update) -> Json:
        values = dict(update.fields)
        status = values.get("status", ticket.status)
        unassigned = values.get("assignee_id", ticket.assignee_id) is None
        if status == "solved" and unassigned and self.settings.solve_needs_assignee:
            raise Invalid("assignee", "Assignee: is required when solving a ticket")
        if "status" not in values:
            moved = self._status_that_follows(ticket, update, values)
            if moved != ticket.status:
                values["status"] = moved
                values["custom_status_id"] = self.rules().default_status(moved)
        return values

    def _status_that_follows(self, ticket: Ticket, update: Update, values: Json) -> str:
        said = update.said
        by_requester = said is not None and said.author_id == ticket.requester_id and said.public
        if by_requester and ticket.status in ("pending", "hold", "solved"):
            return "open"
        if ticket.status != "new":
            return ticket.status
        if values.get("assignee_id") is not None:
            return "open"
        if not self.agent(update.author_id) or by_requester:
            return "new"
        opens = self.settings.opens_on
        replied = said is not None and said.public
        return "open" if opens == "anything" or (opens == "reply" and replied) else "new"

    def _apply(self, ticket: Ticket, author_id: int, values: Json) -> None:
        now = self.timeline.stamp()
        metrics = ticket.metrics
        before = (ticket.status, ticket.group_id, ticket.assignee_id)
        for name, value in values.items():
            if name == "custom_fields":
                value = {**ticket.custom_fields, **value}
            setattr(ticket, name, value)
        if ticket.status != before[0]:
            metrics.status_updated_at = now
            settled, was_settled = (s in ("solved", "closed") for s in (ticket.status, before[0]))
            if was_settled and not settled:
                metrics.reopens += 1
                metrics.solved_at = None
            elif settled and not was_settled:
                metrics.solved_at = now
                metrics.first_solved_at = metrics.first_solved_at or now
        if ticket.status == "solved" != before[0]:
            self.timeline.after(self.settings.close_after, lambda: self._close(ticket, now))
        count_stations(ticket, now, before[1], before[2])
        if author_id == ticket.assignee_id:
            metrics.assignee_updated_at = now

    def _close(self, ticket: Ticket, solved_at: datetime) -> None:
        if ticket.status == "solved" and ticket.metrics.solved_at == solved_at:
            update = Update(SYSTEM_AUTHOR, {"status": "closed"}, None, "rule")
            event = change_event("status", "closed", "solved")
            self._apply(ticket, SYSTEM_AUTHOR, {"status": "closed"})
            self._record(ticket, update, [event])

    def _record(self, ticket: Ticket, update: Update, changes: list[Json]) -> Audit:
        now = self.timeline.stamp()
        self._touch(ticket)
        audit = self._audit(ticket, update, tuple(changes))
        if update.said is not None:
            comment = self._comment(ticket, update, update.said, audit.id)
            event = {"id": comment.id, "type": "Comment", **comment_facts(comment)}
            audit = self._audit(ticket, update, (event, *changes), audit.id)
        metrics = ticket.metrics
        if update.author_id == ticket.requester_id:
            metrics.requester_updated_at = now
        elif update.author_id == ticket.assignee_id:
            metrics.assignee_updated_at = now
        ticket.audits.append(audit)
        self._index(ticket)
        return audit

    def _audit(
        self, ticket: Ticket, update: Update, events: tuple[Json, ...], audit_id: int = 0
    ) -> Audit:
        numbered = tuple(e if "id" in e else {"id": self.new_id(), **e} for e in events)
        return Audit(
            audit_id or self.new_id(),
            ticket.id,
            self.timeline.stamp(),
            update.author_id,
            numbered,
            via_json(update.via),
            update.custom,
            update.client,
        )

    def _comment(self, ticket: Ticket, update: Update, said: Said, audit_id: int) -> Comment:
        now = self.timeline.stamp()
        comment = Comment(
            self.new_id(),
            audit_id,
            said.author_id,
            said.body,
            said.html_body or as_html(said.body),
            said.public,
            now,
            via_json(update.via),
            update.custom,
            update.client,
        )
        first = not ticket.comments
        ticket.comments.append(comment)
        ticket.is_public = ticket.is_public or said.public
        metrics = ticket.metrics
        metrics.latest_comment_added_at = now
        ours = self.agent(said.author_id) and said.author_id != ticket.requester_id
        if ours and said.public and not first:
            metrics.replies += 1
            metrics.first_reply_at = metrics.first_reply_at or now
        return comment

    def _touch(self, ticket: Ticket) -> None:
        ticket.updated_at = ticket.generated_at = self.timeline.stamp()
        self.revision += 1

    def _index(self, ticket: Ticket) -> None:
        now = self.timeline.now()
        old = [entry for entry in ticket.indexed if entry.at + self.settings.search_lag <= now]
        waiting = ticket.indexed[len(old) :]
        latest = Indexed(
            now,
            ticket.status,
            ticket.priority,
            ticket.type,
            ticket.subject,
            frozenset(ticket.tags),
            ticket.group_id,
            ticket.assignee_id,
            ticket.updated_at,
            ticket.deleted,
        )
        ticket.indexed = [*old[-1:], *waiting, latest]


def comment_facts(comment: Comment) -> Json:
    """What an audit's event and the list of comments both say of a comment."""
    return {
        "author_id": comment.author_id,
        "body": comment.body,
        "html_body": comment.html_body,
        "plain_body": comment.body,
        "public": comment.public,
        "attachments": [],
        "audit_id": comment.audit_id,
    }


def as_html(text: str) -> str:
    """Plain text as Zendesk shows it.

    >>> as_html("a < b")
    '<div class="zd-comment" dir="auto"><p dir="auto">a &lt; b</p></div>'
    """
    paragraphs = [
        f'<p dir="auto">{html.escape(part, quote=False).replace(chr(10), "<br>")}</p>'
        for part in text.split("\n\n")
    ]
    return f'<div class="zd-comment" dir="auto">{"".join(paragraphs)}</div>'


def via_json(channel: str) -> Json:
    """How something came in."""
    rel = "trigger" if channel == "rule" else None
    return {"channel": channel, "source": {"from": {}, "to": {}, "rel": rel}}


def count_stations(
    ticket: Ticket, now: datetime, group_before: int | None, assignee_before: int | None
) -> None:
    """Count the people and groups a ticket has been with, after it may have moved."""
    metrics = ticket.metrics
    if ticket.assignee_id is not None and ticket.assignee_id != assignee_before:
        metrics.assignee_stations += 1
        metrics.assigned_at = now
        metrics.initially_assigned_at = metrics.initially_assigned_at or now
    if ticket.group_id is not None and ticket.group_id != group_before:
        metrics.group_stations += 1


def _written(name: str, value: object) -> object:
    if name == "tags" and isinstance(value, tuple):
        return list(value)
    return str(value) if name in _REFERENCES and value is not None else value


def change_event(name: str, value: object, previous: object) -> Json:
    """The event of an audit that says what a field was and is."""
    return {
        "type": "Change",
        "value": _written(name, value),
        "field_name": name,
        "previous_value": _written(name, previous),
    }


def created_events(ticket: Ticket, values: Json) -> list[Json]:
    """The events of the first audit: what every field was at the beginning."""
    names = ("subject", "requester_id", "priority", "type", "status", "organization_id")
    shown = [*names, "custom_status_id", *(n for n in values if n not in names)]
    return [
        {"type": "Create", "value": _written(name, getattr(ticket, name)), "field_name": name}
        for name in shown
        if name != "custom_fields"
    ]
