"""Reading views: saved searches that do not lag."""

from services.simulator.call import Call, Reply
from services.simulator.zendesk.account import ZendeskAccount
from services.simulator.zendesk.gate import Answer, not_found
from services.simulator.zendesk.pages import by_cursor, by_number, wants_cursor
from services.simulator.zendesk.records import Person, Ticket
from services.simulator.zendesk.search import find
from services.simulator.zendesk.shapes import view_json
from services.simulator.zendesk.tickets_api import tickets_json, visible


def views(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /views and /views/active."""
    rows = list(account.views.values())
    if wants_cursor(call):
        page, envelope = by_cursor(call, account.settings, rows, lambda view: (view.id,))
    else:
        page, envelope = by_number(call, rows)
    return Reply(200, {"views": [view_json(v, call.root) for v in page], **envelope})


def _in_view(account: ZendeskAccount, call: Call, me: Person) -> list[Ticket]:
    view = account.views.get(int(call.places["view_id"]))
    if view is None:
        raise not_found()
    found = find(account, view.query, me, live=True)
    return [ticket for ticket, _ in found if visible(account, ticket, me)]


def show_view(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /views/{id}."""
    view = account.views.get(int(call.places["view_id"]))
    if view is None:
        raise not_found()
    return Reply(200, {"view": view_json(view, call.root)})


def view_tickets(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /views/{id}/tickets: live, newest first."""
    tickets = _in_view(account, call, me)
    if wants_cursor(call):
        page, envelope = by_cursor(
            call, account.settings, tickets, lambda t: (t.id,), descending=True
        )
    else:
        page, envelope = by_number(call, tickets[::-1])
    rows, beside = tickets_json(account, call, page, call.query.listed("include"))
    return Reply(200, {"tickets": rows, **beside, **envelope})


def execute_view(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /views/{id}/execute: rows of a few columns."""
    tickets = _in_view(account, call, me)[::-1]
    rows = [
        {"ticket_id": t.id, "subject": t.subject, "status": t.status, "priority": t.priority}
        for t in tickets[:30]
    ]
    return Reply(200, {"rows": rows, "columns": [], "count": len(tickets), "next_page": None})


def count_view(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /views/{id}/count."""
    value = len(_in_view(account, call, me))
    view_id = int(call.places["view_id"])
    row = {"view_id": view_id, "value": value, "pretty": str(value), "fresh": True}
    return Reply(200, {"view_count": row})


ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("GET", "/views", views),
    ("GET", "/views/active", views),
    ("GET", "/views/{view_id:int}", show_view),
    ("GET", "/views/{view_id:int}/tickets", view_tickets),
    ("GET", "/views/{view_id:int}/execute", execute_view),
    ("GET", "/views/{view_id:int}/count", count_view),
)
