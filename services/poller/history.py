"""What was done since some moment, whoever did it and whether or not anybody looked?

PagerDuty's account log tells of every incident in as many requests as it has pages. Zendesk tells
which tickets have changed; the conversation of each is read, the latest changed first, up to a
limit. Source: PagerDuty `/log_entries`; Zendesk `/tickets?sort=-updated_at`, comments.
"""

from datetime import datetime

from services.domain import Happening, History, Source, Ticket
from services.errors import ServiceError
from services.pagerduty.records import LogEntry
from services.poller.pagerduty_feed import PagerDutyFeed
from services.poller.zendesk_feed import ZendeskFeed
from services.zendesk.records import Comment

MOST_READ = 80
"""Tickets whose conversations are read for one history."""

MOST_PAGES = 5
"""Pages of 100 changed tickets that are looked at for one history."""

_ACTS = {
    "acknowledge": "acknowledged",
    "annotate": "note",
    "status_update": "status update",
    "resolve": "resolved",
    "escalate": "escalated",
    "snooze": "snoozed",
    "priority_change": "priority changed",
    "assign": "reassigned",
}
"""What is told of an incident's log; the rest is not done by anybody."""

Words = dict[str, tuple[datetime, ...]]


async def read_history(
    zendesk: ZendeskFeed | None, pagerduty: PagerDutyFeed | None, since: datetime
) -> History:
    """What was done since a moment; what could not be read is said in it."""
    found: list[Happening] = []
    words: Words = {}
    troubles: list[str] = []
    read: set[Source] = set()
    if zendesk is not None:
        try:
            changed = await _changed_since(zendesk, since)
            troubles += _left_out(len(changed))
            for ticket in changed[:MOST_READ]:
                found += await _of_ticket(zendesk, ticket, since, words)
            read.add(Source.ZENDESK)
        except ServiceError as error:
            troubles.append(error.headline)
    if pagerduty is not None:
        try:
            found += await _of_incidents(pagerduty, since, troubles)
            read.add(Source.PAGERDUTY)
        except ServiceError as error:
            troubles.append(error.headline)
    in_order = sorted(found, key=lambda one: (one.at, one.anchor, one.kind))
    return History(since, tuple(in_order), words, frozenset(read), tuple(troubles))


async def _of_incidents(
    feed: PagerDutyFeed, since: datetime, troubles: list[str]
) -> list[Happening]:
    entries = await feed.account_log.since(since)
    if entries is None:
        troubles.append("PagerDuty: too much has happened to be read; incidents are left out.")
        return []
    return [
        Happening(
            entry.at,
            Source.PAGERDUTY,
            _ACTS[entry.kind],
            (entry.by or "") if entry.by_person else "",
            f"pd-{entry.incident_id}",
            _title(feed, entry),
        )
        for entry in entries
        if entry.at >= since and entry.kind in _ACTS and _told(feed, entry)
    ]


async def _changed_since(feed: ZendeskFeed, since: datetime) -> tuple[Ticket, ...]:
    """Tickets of ours, of any status, that have changed since a moment, the latest first."""
    found: dict[int, Ticket] = {}
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        page = await feed.client.changed(cursor)
        for record in page.tickets:
            ticket = feed.tickets.get(record.ticket.id, record.ticket)
            if record.ticket.updated_at >= since and feed.is_ours(ticket):
                found.setdefault(ticket.id, ticket)
        stamps = [record.ticket.updated_at for record in page.tickets]
        if not stamps or min(stamps) < since or not page.more or page.cursor is None:
            break
        cursor = page.cursor
    return tuple(found.values())


async def _of_ticket(
    feed: ZendeskFeed, ticket: Ticket, since: datetime, words: Words
) -> list[Happening]:
    """What agents said on a ticket, and its end; notes in `words` when they answered."""
    page = await feed.client.comments(ticket.id, ticket.requester_id)
    said = sorted(page.comments, key=lambda comment: (comment.at, comment.id))
    # The oldest of all is the description.
    spoken = [one for one in (said if page.more else said[1:]) if one.by_agent]
    if not page.more:
        words[f"zd-{ticket.id}"] = tuple(one.at for one in spoken if one.public)
    found = [_said(ticket, comment) for comment in spoken if comment.at >= since]
    if ticket.status.done and (ended := _solved_at(ticket)) >= since:
        who, anchor = ticket.assignee or "", f"zd-{ticket.id}"
        found.append(Happening(ended, Source.ZENDESK, "solved", who, anchor, ticket.subject))
    return found


def _left_out(changed: int) -> list[str]:
    if changed <= MOST_READ:
        return []
    return [f"Zendesk: of {changed} changed tickets only the latest {MOST_READ} were read."]


def _told(feed: PagerDutyFeed, entry: LogEntry) -> bool:
    """Whether it is about an incident of ours, and done by a person unless it is its end."""
    ours = entry.incident_id in feed.incidents or (
        entry.incident is not None and feed.in_scope(entry.incident)
    )
    return ours and (entry.by_person or entry.kind == "resolve")


def _title(feed: PagerDutyFeed, entry: LogEntry) -> str:
    incident = entry.incident or feed.incidents.get(entry.incident_id)
    return incident.title if incident is not None else ""


def _said(ticket: Ticket, comment: Comment) -> Happening:
    kind = "public reply" if comment.public else "internal note"
    who = comment.author or ""
    return Happening(comment.at, Source.ZENDESK, kind, who, f"zd-{ticket.id}", ticket.subject)


def _solved_at(ticket: Ticket) -> datetime:
    """When it was done with: as seen, or else when it last changed."""
    ends = [change.at for change in ticket.status_changes if change.after.done]
    return max(ends, default=ticket.updated_at)
