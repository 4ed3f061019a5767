"""Reading tickets: lists, single ones, comments, audits, metrics."""

from collections.abc import Sequence

from services.simulator.call import Call, Json, Reply, utc_text
from services.simulator.zendesk.account import ZendeskAccount
from services.simulator.zendesk.gate import Answer, forbidden, ids_in, not_found
from services.simulator.zendesk.pages import Key, by_cursor, by_number, refuse_pages, wants_cursor
from services.simulator.zendesk.records import PRIORITIES, STATUSES, Audit, Comment, Person, Ticket
from services.simulator.zendesk.shapes import group_json, organization_json, person_json
from services.simulator.zendesk.ticket_shapes import (
    audit_json,
    comment_json,
    metric_set_json,
    people_of,
    ticket_json,
)

_RANK = {name: place for place, name in enumerate((*STATUSES, *PRIORITIES))}


def visible(account: ZendeskAccount, ticket: Ticket | None, me: Person) -> bool:
    """Whether this person may know of the ticket."""
    if ticket is None or ticket.deleted:
        return False
    return me.restriction is None or ticket.group_id in me.group_ids


def ticket_of(account: ZendeskAccount, call: Call, me: Person) -> Ticket:
    """The ticket named in the path; 404 if there is none that this person may see."""
    ticket = account.tickets.get(int(call.places["ticket_id"]))
    if ticket is None or not visible(account, ticket, me):
        raise not_found()
    return ticket


def tickets_json(
    account: ZendeskAccount, call: Call, tickets: Sequence[Ticket], asked: Sequence[str]
) -> tuple[list[Json], Json]:
    """The tickets, and the top-level arrays of what was side-loaded with them.

    An include that is not known is ignored without a word.
    """
    rows = [ticket_json(ticket, call.root) for ticket in tickets]
    wanted = set(asked) if account.settings.includes else set()
    beside: Json = {}
    root = call.root
    if "users" in wanted:
        beside["users"] = [person_json(p, root) for p in people_of(account, tickets)]
    if "groups" in wanted:
        ids = dict.fromkeys(t.group_id for t in tickets)
        beside["groups"] = [group_json(account.groups[i], root) for i in ids if i in account.groups]
    if "organizations" in wanted:
        places = {t.organization_id: None for t in tickets}
        known = [account.organizations[i] for i in places if i in account.organizations]
        beside["organizations"] = [organization_json(o, root) for o in known]
    if "comment_count" in wanted:
        for row, ticket in zip(rows, tickets, strict=True):
            row["comment_count"] = len(ticket.comments)
    if "metric_sets" in wanted:
        _add_metric_sets(account, call, rows, tickets, beside)
    if "slas" in wanted and account.settings.slas:
        for row in rows:
            row["slas"] = {"policy_metrics": []}
    return rows, beside


def _add_metric_sets(
    account: ZendeskAccount, call: Call, rows: list[Json], tickets: Sequence[Ticket], beside: Json
) -> None:
    sets = [metric_set_json(ticket, call.root, account.settings) for ticket in tickets]
    if account.settings.metric_sets == "top_level":
        beside["metric_sets"] = sets
    elif account.settings.metric_sets == "inside":
        for row, metric_set in zip(rows, sets, strict=True):
            row["metric_set"] = metric_set


def _key(field: str, ticket: Ticket) -> Key:
    if field in ("updated_at", "created_at"):
        return int(getattr(ticket, field).timestamp()), ticket.id
    if field in ("status", "priority"):
        return _RANK.get(getattr(ticket, field) or "", -1), ticket.id
    if field == "subject":
        return ticket.subject, ticket.id
    return (ticket.id,)


def _listed(account: ZendeskAccount, me: Person, field: str) -> list[Ticket]:
    """What `GET /tickets` has, ascending by `field`; sorted again only after a change."""
    kept = account.derived.get(field)
    if kept is None or kept[0] != account.revision:
        rows = [t for t in account.tickets.values() if not t.deleted]
        rows.sort(key=lambda ticket: _key(field, ticket))
        kept = account.derived[field] = (account.revision, rows)
    old = account.timeline.now() - account.settings.archive_after
    return [
        ticket
        for ticket in kept[1]
        if (ticket.status != "closed" or ticket.updated_at > old) and visible(account, ticket, me)
    ]


def list_tickets(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /tickets: everything but what is archived or deleted; never lags."""
    includes = call.query.listed("include")
    if not wants_cursor(call):
        field = call.query.get("sort_by", "id")
        tickets = _listed(account, me, field)
        if call.query.get("sort_order") == "desc":
            tickets.reverse()
        page, envelope = by_number(call, tickets)
        rows, beside = tickets_json(account, call, page, includes)
        return Reply(200, {"tickets": rows, **beside, **envelope})
    sort = call.query.get("sort", "id")
    field = sort.removeprefix("-")
    if field not in ("id", "updated_at", "status"):
        detail = f"sort by {field} is not supported"
        raise refuse_pages("InvalidPaginationParameter", "Invalid sort", detail)
    page, envelope = by_cursor(
        call,
        account.settings,
        _listed(account, me, field),
        lambda ticket: _key(field, ticket),
        descending=sort.startswith("-"),
    )
    rows, beside = tickets_json(account, call, page, includes)
    for row in rows:
        del row["fields"]  # the recorded list by cursor has no such key
    return Reply(200, {"tickets": rows, **beside, **envelope})


def count_tickets(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /tickets/count."""
    now = utc_text(account.timeline.now())
    value = len(_listed(account, me, "id"))
    return Reply(200, {"count": {"value": value, "refreshed_at": now}})


def show(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /tickets/{id}."""
    ticket = ticket_of(account, call, me)
    rows, beside = tickets_json(account, call, [ticket], call.query.listed("include"))
    return Reply(200, {"ticket": rows[0], **beside})


def show_many(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /tickets/show_many: ids that are not known are left out without a word."""
    found = [account.tickets.get(i) for i in dict.fromkeys(ids_in(call.query.get("ids")))]
    tickets = [t for t in found if t is not None and visible(account, t, me)]
    rows, beside = tickets_json(account, call, tickets, call.query.listed("include"))
    envelope = {"next_page": None, "previous_page": None, "count": len(rows)}
    return Reply(200, {"tickets": rows, **beside, **envelope})


def _comment_key(comment: Comment) -> Key:
    return int(comment.created_at.timestamp()), comment.id


def comments(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /tickets/{id}/comments: oldest first, the first one being the description."""
    rows = ticket_of(account, call, me).comments
    if wants_cursor(call):
        newest = call.query.get("sort") == "-created_at"
        page, envelope = by_cursor(call, account.settings, rows, _comment_key, descending=newest)
    else:
        newest = "desc" in (call.query.get("sort_order"),) or call.query.get("sort")[:1] == "-"
        page, envelope = by_number(call, rows[::-1] if newest else rows)
    body: Json = {"comments": [comment_json(comment) for comment in page]}
    if "users" in call.query.listed("include"):
        ids = dict.fromkeys(comment.author_id for comment in page)
        known = [account.people[i] for i in ids if i in account.people]
        body["users"] = [person_json(person, call.root) for person in known]
    return Reply(200, {**body, **envelope})


def _audit_key(audit: Audit) -> Key:
    return int(audit.created_at.timestamp()), audit.id


def audits(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /tickets/{id}/audits: oldest first."""
    rows = ticket_of(account, call, me).audits
    if wants_cursor(call):
        page, envelope = by_cursor(call, account.settings, rows, _audit_key)
    else:
        page, envelope = by_number(call, rows)
    return Reply(200, {"audits": [audit_json(audit) for audit in page], **envelope})


def count_audits(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /tickets/{id}/audits/count."""
    value = len(ticket_of(account, call, me).audits)
    now = utc_text(account.timeline.now())
    return Reply(200, {"count": {"value": value, "refreshed_at": now}})


def metrics(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /tickets/{id}/metrics."""
    ticket = ticket_of(account, call, me)
    return Reply(200, {"ticket_metric": metric_set_json(ticket, call.root, account.settings)})


def all_metrics(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /ticket_metrics: those of the newest tickets first."""
    tickets = _listed(account, me, "id")
    if wants_cursor(call):
        page, envelope = by_cursor(
            call, account.settings, tickets, lambda t: (t.id,), descending=True
        )
    else:
        page, envelope = by_number(call, tickets[::-1])
    rows = [metric_set_json(ticket, call.root, account.settings) for ticket in page]
    return Reply(200, {"ticket_metrics": rows, **envelope})


def all_audits(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /ticket_audits: admins only."""
    if me.role != "admin":
        raise forbidden()
    rows = [audit for ticket in account.tickets.values() for audit in ticket.audits]
    rows.sort(key=_audit_key)
    page, envelope = by_cursor(call, account.settings, rows, _audit_key)
    return Reply(200, {"audits": [audit_json(audit) for audit in page], **envelope})


ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("GET", "/tickets", list_tickets),
    ("GET", "/tickets/count", count_tickets),
    ("GET", "/tickets/show_many", show_many),
    ("GET", "/tickets/{ticket_id:int}", show),
    ("GET", "/tickets/{ticket_id:int}/comments", comments),
    ("GET", "/tickets/{ticket_id:int}/audits", audits),
    ("GET", "/tickets/{ticket_id:int}/audits/count", count_audits),
    ("GET", "/tickets/{ticket_id:int}/metrics", metrics),
    ("GET", "/ticket_metrics", all_metrics),
    ("GET", "/ticket_audits", all_audits),
)
