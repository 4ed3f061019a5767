"""How does Zendesk write what tickets refer to? With every key of the recorded samples."""

from services.simulator.call import Json, utc_text
from services.simulator.zendesk.records import (
    CustomStatus,
    Group,
    Job,
    Macro,
    Organization,
    Person,
    View,
)

ROLE = 36_000_000_000_003


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
