"""How does Zendesk write a ticket and all that belongs to it? With every key of the samples."""

from collections.abc import Iterable
from datetime import datetime

from services.simulator.call import Json, text_or_none, utc_text
from services.simulator.settings import Settings
from services.simulator.zendesk.ledger import Ledger, comment_facts
from services.simulator.zendesk.records import Audit, Comment, Person, Ticket

BRAND = 36_000_000_000_001
FORM = 36_000_000_000_002


def ticket_json(ticket: Ticket, root: str) -> Json:
    """A ticket with every key of the reference."""
    custom = [{"id": int(key), "value": value} for key, value in ticket.custom_fields.items()]
    return {
        "url": f"{root}/api/v2/tickets/{ticket.id}.json",
        "id": ticket.id,
        "external_id": ticket.external_id,
        "via": ticket.via,
        "created_at": utc_text(ticket.created_at),
        "updated_at": utc_text(ticket.updated_at),
        "type": ticket.type,
        "subject": ticket.subject,
        "raw_subject": ticket.subject,
        "description": ticket.description,
        "priority": ticket.priority,
        "status": ticket.status,
        "recipient": ticket.recipient,
        "requester_id": ticket.requester_id,
        "submitter_id": ticket.submitter_id,
        "assignee_id": ticket.assignee_id,
        "organization_id": ticket.organization_id,
        "group_id": ticket.group_id,
        "collaborator_ids": [],
        "follower_ids": [],
        "email_cc_ids": [],
        "forum_topic_id": None,
        "problem_id": ticket.problem_id,
        "has_incidents": False,
        "is_public": ticket.is_public,
        "due_at": text_or_none(ticket.due_at),
        "tags": list(ticket.tags),
        "custom_fields": custom,
        "satisfaction_rating": None,
        "sharing_agreement_ids": [],
        "custom_status_id": ticket.custom_status_id,
        "fields": custom,
        "followup_ids": [],
        "ticket_form_id": FORM,
        "brand_id": BRAND,
        "allow_channelback": False,
        "allow_attachments": True,
        "from_messaging_channel": False,
    }


def metric_set_json(ticket: Ticket, root: str, settings: Settings) -> Json:
    """A ticket's metric set; every duration in whole minutes."""
    metrics = ticket.metrics
    before = None if settings.reply_time_before_reply == "null" else 0
    reply = _minutes(ticket.created_at, metrics.first_reply_at)
    return {
        "url": f"{root}/api/v2/ticket_metrics/{metrics.id}.json",
        "id": metrics.id,
        "ticket_id": ticket.id,
        "created_at": utc_text(ticket.created_at),
        "updated_at": utc_text(ticket.updated_at),
        "group_stations": metrics.group_stations,
        "assignee_stations": metrics.assignee_stations,
        "reopens": metrics.reopens,
        "replies": metrics.replies,
        "assignee_updated_at": text_or_none(metrics.assignee_updated_at),
        "requester_updated_at": text_or_none(metrics.requester_updated_at),
        "status_updated_at": text_or_none(metrics.status_updated_at),
        "custom_status_updated_at": text_or_none(metrics.status_updated_at),
        "initially_assigned_at": text_or_none(metrics.initially_assigned_at),
        "assigned_at": text_or_none(metrics.assigned_at),
        "solved_at": text_or_none(metrics.solved_at),
        "latest_comment_added_at": text_or_none(metrics.latest_comment_added_at),
        "reply_time_in_minutes": _both(before if reply is None else reply),
        "first_resolution_time_in_minutes": _both(
            _minutes(ticket.created_at, metrics.first_solved_at)
        ),
        "full_resolution_time_in_minutes": _both(_minutes(ticket.created_at, metrics.solved_at)),
        "agent_wait_time_in_minutes": _both(None),
        "requester_wait_time_in_minutes": _both(None),
        "on_hold_time_in_minutes": _both(0),
    }


def _minutes(start: datetime, end: datetime | None) -> int | None:
    return None if end is None else int((end - start).total_seconds() // 60)


def _both(minutes: int | None) -> Json:
    return {"calendar": minutes, "business": minutes}


def comment_json(comment: Comment) -> Json:
    """A comment as the list of comments has it."""
    return {
        "id": comment.id,
        "type": "Comment",
        **comment_facts(comment),
        "via": comment.via,
        "created_at": utc_text(comment.created_at),
        "metadata": {"system": _system(comment.client), "custom": comment.custom},
    }


def audit_json(audit: Audit) -> Json:
    """An audit with its events."""
    return {
        "id": audit.id,
        "ticket_id": audit.ticket_id,
        "created_at": utc_text(audit.created_at),
        "author_id": audit.author_id,
        "metadata": {"system": _system(audit.client), "custom": audit.custom},
        "events": list(audit.events),
        "via": audit.via,
    }


def _system(client: str) -> Json:
    return {
        "client": client,
        "ip_address": "192.0.2.1",
        "location": "London, ENG, United Kingdom",
        "latitude": 51.5,
        "longitude": -0.1,
    }


def people_of(account: Ledger, tickets: Iterable[Ticket]) -> list[Person]:
    """Everyone named on the tickets, each once."""
    ids = {
        person_id: None
        for ticket in tickets
        for person_id in (ticket.requester_id, ticket.submitter_id, ticket.assignee_id)
        if person_id is not None
    }
    return [account.people[person_id] for person_id in ids if person_id in account.people]
