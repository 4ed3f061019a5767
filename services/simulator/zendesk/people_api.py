"""Reading what tickets refer to: people, groups, statuses, macros, tags."""

from collections import Counter

from services.simulator.call import Call, Json, Reply
from services.simulator.zendesk.account import ZendeskAccount
from services.simulator.zendesk.gate import ANONYMOUS_ID, Answer, forbidden, ids_in, not_found
from services.simulator.zendesk.pages import by_cursor, by_number, wants_cursor
from services.simulator.zendesk.records import Person
from services.simulator.zendesk.shapes import (
    custom_status_json,
    group_json,
    job_json,
    macro_json,
    organization_json,
    person_json,
)
from services.simulator.zendesk.ticket_shapes import ticket_json
from services.simulator.zendesk.tickets_api import ticket_of


def show_me(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /users/me: without credentials a nameless 200, and no proof of anything."""
    row = person_json(me, call.root)
    if me.id == ANONYMOUS_ID:
        row["id"] = None
    return Reply(200, {"user": {**row, "authenticity_token": "none-in-the-simulator"}})


def _people_page(account: ZendeskAccount, call: Call, people: list[Person]) -> Reply:
    if wants_cursor(call):
        page, envelope = by_cursor(call, account.settings, people, lambda p: (p.id,))
    else:
        page, envelope = by_number(call, people)
    return Reply(200, {"users": [person_json(p, call.root) for p in page], **envelope})


def list_people(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /users, perhaps of some roles only."""
    roles = {*call.query.all("role[]"), *call.query.all("role")}
    people = [p for p in account.people.values() if not roles or p.role in roles]
    return _people_page(account, call, people)


def show_person(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /users/{id}."""
    person = account.people.get(int(call.places["user_id"]))
    if person is None:
        raise not_found()
    return Reply(200, {"user": person_json(person, call.root)})


def show_many(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /users/show_many: at most 100 ids."""
    ids = ids_in(call.query.get("ids"))
    rows = [person_json(account.people[i], call.root) for i in ids if i in account.people]
    envelope = {"next_page": None, "previous_page": None, "count": len(rows)}
    return Reply(200, {"users": rows, **envelope})


def search_people(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /users/search and /users/autocomplete: by page number only."""
    word = (call.query.get("query") or call.query.get("name")).lower().removeprefix("email:")
    people = [p for p in account.people.values() if word in f"{p.name} {p.email}".lower()]
    page, envelope = by_number(call, people)
    return Reply(200, {"users": [person_json(p, call.root) for p in page], **envelope})


def list_groups(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /groups and /groups/assignable, by name."""
    groups = sorted(account.groups.values(), key=lambda group: (group.name, group.id))
    if wants_cursor(call):
        page, envelope = by_cursor(call, account.settings, groups, lambda g: (g.name, g.id))
    else:
        page, envelope = by_number(call, groups)
    return Reply(200, {"groups": [group_json(g, call.root) for g in page], **envelope})


def show_group(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /groups/{id}."""
    group = account.groups.get(int(call.places["group_id"]))
    if group is None:
        raise not_found()
    return Reply(200, {"group": group_json(group, call.root)})


def group_people(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /groups/{id}/users."""
    group_id = int(call.places["group_id"])
    people = [p for p in account.people.values() if group_id in p.group_ids]
    return _people_page(account, call, people)


def memberships(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /group_memberships and /group_memberships/assignable."""
    pairs = [(p.id, g) for p in account.people.values() for g in p.group_ids]
    rows: list[Json] = [
        {"id": user_id + group_id, "user_id": user_id, "group_id": group_id, "default": True}
        for user_id, group_id in pairs
    ]
    if wants_cursor(call):
        page, envelope = by_cursor(
            call, account.settings, rows, lambda row: (row["user_id"], row["group_id"])
        )
    else:
        page, envelope = by_number(call, rows)
    return Reply(200, {"group_memberships": page, **envelope})


def custom_statuses(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /custom_statuses: all of them at once."""
    wanted = call.query.listed("status_categories")
    rows = [
        custom_status_json(status, call.root)
        for status in account.custom_statuses.values()
        if not wanted or status.category in wanted
    ]
    return Reply(200, {"custom_statuses": rows})


def show_organization(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /organizations/{id}."""
    organization = account.organizations.get(int(call.places["organization_id"]))
    if organization is None:
        raise not_found()
    return Reply(200, {"organization": organization_json(organization, call.root)})


def macros(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /macros and /macros/active."""
    rows = list(account.macros.values())
    if wants_cursor(call):
        page, envelope = by_cursor(call, account.settings, rows, lambda macro: (macro.id,))
    else:
        page, envelope = by_number(call, rows)
    return Reply(200, {"macros": [macro_json(m, call.root) for m in page], **envelope})


def apply_macro(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /tickets/{id}/macros/{macro_id}/apply: what it would do; nothing is done."""
    ticket = ticket_of(account, call, me)
    macro = account.macros.get(int(call.places["macro_id"]))
    if macro is None:
        raise not_found()
    row = ticket_json(ticket, call.root)
    row["comment"] = {"body": macro.body, "html_body": macro.body, "public": True}
    row["status"] = macro.status or ticket.status
    return Reply(200, {"result": {"ticket": row}})


def tags(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /tags: every tag in use and how often."""
    counts = Counter(tag for ticket in account.tickets.values() for tag in ticket.tags)
    rows = [{"name": name, "count": number} for name, number in sorted(counts.items())]
    if wants_cursor(call):
        page, envelope = by_cursor(call, account.settings, rows, lambda r: (str(r["name"]),))
    else:
        page, envelope = by_number(call, rows)
    return Reply(200, {"tags": page, **envelope})


def ticket_fields(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /ticket_fields: the system's own."""
    names = ("subject", "description", "status", "tickettype", "priority", "group", "assignee")
    rows = [
        {"id": 36_000_000_000_100 + place, "type": name, "title": name.title(), "active": True}
        for place, name in enumerate(names)
    ]
    page, envelope = by_number(call, rows)
    return Reply(200, {"ticket_fields": page, **envelope})


def sla_policies(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /slas/policies: admins only."""
    if me.role != "admin":
        raise forbidden()
    return Reply(200, {"sla_policies": [], "next_page": None, "previous_page": None, "count": 0})


def job_status(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /job_statuses/{id}."""
    job = account.jobs.get(call.places["job_id"])
    if job is None:
        raise not_found()
    return Reply(200, {"job_status": job_json(job, call.root)})


ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("GET", "/users/me", show_me),
    ("GET", "/users", list_people),
    ("GET", "/users/show_many", show_many),
    ("GET", "/users/search", search_people),
    ("GET", "/users/autocomplete", search_people),
    ("GET", "/users/{user_id:int}", show_person),
    ("GET", "/groups", list_groups),
    ("GET", "/groups/assignable", list_groups),
    ("GET", "/groups/{group_id:int}", show_group),
    ("GET", "/groups/{group_id:int}/users", group_people),
    ("GET", "/group_memberships", memberships),
    ("GET", "/group_memberships/assignable", memberships),
    ("GET", "/organizations/{organization_id:int}", show_organization),
    ("GET", "/custom_statuses", custom_statuses),
    ("GET", "/macros", macros),
    ("GET", "/macros/active", macros),
    ("GET", "/tickets/{ticket_id:int}/macros/{macro_id:int}/apply", apply_macro),
    ("GET", "/tags", tags),
    ("GET", "/ticket_fields", ticket_fields),
    ("GET", "/slas/policies", sla_policies),
    ("GET", "/job_statuses/{job_id}", job_status),
)
