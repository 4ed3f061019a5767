"""How does Zendesk write its records? With every key of the recorded samples."""

from collections.abc import Iterable
from datetime import datetime

from services.simulator.call import Json, text_or_none, utc_text
from services.simulator.settings import Settings
from services.simulator.zendesk.ledger import Ledger, comment_facts
from services.simulator.zendesk.records import (
    Audit,
    Comment,
    CustomStatus,
    Group,
    Job,
    Macro,
    Organization,
    Person,
    Ticket,
    View,
)

BRAND = 36_000_000_000_001
FORM = 36_000_000_000_002
ROLE = 36_000_000_000_003


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


def person_json(person: Person, root: str) -> Json:
    """A user with the keys that agents see."""
    return {
        "id": person.id,
        "url": f"{root}/api/v2/users/{person.id}.json",
        "name": person.name,
        "email": person.email,
        "created_at": utc_text(person.created_at),
        "updated_at": utc_text(person.created_at),
        "time_zone": "London",
        "iana_time_zone": person.zone,
        "phone": None,
        "shared_phone_number": None,
        "photo": None,
        "locale_id": 1,
        "locale": "en-GB",
        "organization_id": person.organization_id,
        "role": person.role,
        "verified": True,
        "external_id": None,
        "tags": [],
        "alias": None,
        "active": True,
        "shared": False,
        "shared_agent": False,
        "last_login_at": utc_text(person.created_at),
        "two_factor_auth_enabled": None,
        "signature": None,
        "details": None,
        "notes": None,
        "role_type": {"admin": 4, "agent": 0}.get(person.role),
        "custom_role_id": ROLE if person.is_agent else None,
        "moderator": person.is_agent,
        "ticket_restriction": person.restriction if person.is_agent else "requested",
        "only_private_comments": False,
        "restricted_agent": not person.is_agent or person.restriction is not None,
        "suspended": False,
        "default_group_id": next(iter(person.group_ids), None),
        "report_csv": person.role == "admin",
        "user_fields": {},
    }


def group_json(group: Group, root: str) -> Json:
    """A group of agents."""
    return {
        "url": f"{root}/api/v2/groups/{group.id}.json",
        "id": group.id,
        "is_public": True,
        "name": group.name,
        "description": "",
        "default": group.default,
        "deleted": False,
        "created_at": utc_text(group.created_at),
        "updated_at": utc_text(group.created_at),
    }


def organization_json(organization: Organization, root: str) -> Json:
    """A tenant."""
    return {
        "url": f"{root}/api/v2/organizations/{organization.id}.json",
        "id": organization.id,
        "name": organization.name,
        "created_at": utc_text(organization.created_at),
        "updated_at": utc_text(organization.created_at),
        "domain_names": [],
        "details": None,
        "notes": None,
        "group_id": None,
        "shared_tickets": False,
        "shared_comments": False,
        "tags": [],
        "external_id": None,
        "organization_fields": {},
    }


def custom_status_json(status: CustomStatus, root: str) -> Json:
    """A custom status."""
    return {
        "url": f"{root}/api/v2/custom_statuses/{status.id}.json",
        "id": status.id,
        "status_category": status.category,
        "agent_label": status.label,
        "raw_agent_label": status.label,
        "end_user_label": status.label,
        "raw_end_user_label": status.label,
        "description": None,
        "raw_description": None,
        "end_user_description": None,
        "raw_end_user_description": None,
        "active": status.active,
        "default": status.default,
        "created_at": utc_text(status.created_at),
        "updated_at": utc_text(status.created_at),
    }


def view_json(view: View, root: str) -> Json:
    """A view's definition."""
    return {
        "url": f"{root}/api/v2/views/{view.id}.json",
        "id": view.id,
        "title": view.title,
        "active": True,
        "updated_at": utc_text(view.created_at),
        "created_at": utc_text(view.created_at),
        "default": False,
        "position": 1,
        "description": None,
        "execution": {"group_by": None, "sort_by": None, "columns": [], "fields": []},
        "conditions": {"all": [], "any": []},
        "restriction": None,
        "raw_title": view.title,
    }


def macro_json(macro: Macro, root: str) -> Json:
    """A macro and what it would do."""
    actions: list[Json] = [{"field": "comment_value", "value": macro.body}]
    if macro.status:
        actions.insert(0, {"field": "status", "value": macro.status})
    return {
        "url": f"{root}/api/v2/macros/{macro.id}.json",
        "id": macro.id,
        "title": macro.title,
        "active": True,
        "updated_at": utc_text(macro.created_at),
        "created_at": utc_text(macro.created_at),
        "default": False,
        "position": 9999,
        "description": None,
        "actions": actions,
        "restriction": None,
        "raw_title": macro.title,
    }


def job_json(job: Job, root: str) -> Json:
    """How far a job is."""
    return {
        "id": job.id,
        "url": f"{root}/api/v2/job_statuses/{job.id}.json",
        "total": job.total,
        "progress": job.progress,
        "status": job.status,
        "message": job.message,
        "results": job.results,
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
