"""Searching: the lagging, capped search, its count, and the export without a cap."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from services.simulator.call import Call, Json, Refused, Reply, utc_text
from services.simulator.zendesk.account import ZendeskAccount
from services.simulator.zendesk.gate import Answer
from services.simulator.zendesk.pages import Key, by_cursor, by_number, opened
from services.simulator.zendesk.records import Indexed, Person, Ticket
from services.simulator.zendesk.search import SORTS, find, order, sort_of, terms_of
from services.simulator.zendesk.shapes import person_json
from services.simulator.zendesk.tickets_api import tickets_json, visible

MOST_RESULTS = 1000
"""Results of one search that can be reached."""

CURSOR_LIFE = timedelta(hours=1)
"""How long an export's cursor is good for."""

_SCOPED = re.compile(r"tickets\(([^)]*)\)")

Found = tuple[Ticket, Indexed]


def search(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /search: at most 1000 results, by page number only."""
    if any(name.startswith("page[") for name, _ in call.query.pairs):
        raise _refuse(400, "page must be an integer")
    query = call.query.get("query")
    if not query:
        raise _refuse(422, "Invalid search: a query is required")
    if ("type", "user") in {(term.key, term.value) for term in terms_of(query)}:
        return _users(account, call)
    size, number = call.query.get("per_page") or "100", call.query.get("page") or "1"
    if not (size.isdigit() and number.isdigit()):
        raise _refuse(400, "page must be an integer")
    if (int(number) - 1) * min(int(size), 100) >= MOST_RESULTS:
        raise _refuse(422, "Requested response size was greater than Search Response Limits")
    named, direction = sort_of(query)
    field = call.query.get("sort_by") or named
    field = field if field in SORTS else ""
    found = _visible(account, call, me)
    ordered = order(found, field, call.query.get("sort_order") or direction or "desc")
    page, envelope = by_number(call, ordered)
    rows, beside = results_json(account, call, page, scoped_includes(call))
    return Reply(200, {"results": rows, "facets": None, **beside, **envelope})


def count(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /search/count."""
    return Reply(200, {"count": len(_visible(account, call, me))})


def export(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /search/export: by cursor, newest first, without a cap."""
    if call.query.get("filter[type]") != "ticket":
        raise _refuse(400, "filter[type] must be one of ticket, user, organization, group")
    began = _began(account, call)
    found = sorted(_visible(account, call, me), key=lambda row: _export_key(row, began))
    page, envelope = by_cursor(
        call, account.settings, found, lambda row: _export_key(row, began), descending=True
    )
    envelope["meta"]["before_cursor"] = None
    envelope["links"]["prev"] = None
    asked = scoped_includes(call) if account.settings.export_includes else ()
    rows, beside = results_json(account, call, page, asked)
    return Reply(200, {"results": rows, "facets": None, **beside, **envelope})


def scoped_includes(call: Call) -> Sequence[str]:
    """The side-loads asked for as `tickets(users,groups)`; any other spelling is ignored."""
    match = _SCOPED.search(call.query.get("include"))
    return [part.strip() for part in match[1].split(",")] if match else []


def results_json(
    account: ZendeskAccount, call: Call, found: Sequence[Found], asked: Sequence[str]
) -> tuple[list[Json], Json]:
    """The found tickets as they are now, or as they were when they were indexed."""
    rows, beside = tickets_json(account, call, [ticket for ticket, _ in found], asked)
    for row, (_, entry) in zip(rows, found, strict=True):
        row["result_type"] = "ticket"
        if account.settings.search_shows == "indexed":
            row |= {
                "status": entry.status,
                "priority": entry.priority,
                "subject": entry.subject,
                "tags": sorted(entry.tags),
                "group_id": entry.group_id,
                "assignee_id": entry.assignee_id,
                "updated_at": utc_text(entry.updated_at),
            }
    return rows, beside


def _visible(account: ZendeskAccount, call: Call, me: Person) -> list[Found]:
    found = find(account, call.query.get("query"), me)
    return [row for row in found if visible(account, row[0], me)]


def _users(account: ZendeskAccount, call: Call) -> Reply:
    words = [term.value.lower() for term in terms_of(call.query.get("query")) if not term.key]
    people = [
        person
        for person in account.people.values()
        if all(word in f"{person.name} {person.email}".lower() for word in words)
    ]
    page, envelope = by_number(call, people)
    rows = [{**person_json(person, call.root), "result_type": "user"} for person in page]
    return Reply(200, {"results": rows, "facets": None, **envelope})


def _refuse(status: int, description: str) -> Refused:
    return Refused(Reply(status, {"error": "invalid", "description": description}))


def _export_key(row: Found, began: int) -> Key:
    ticket, _ = row
    return int(ticket.created_at.timestamp()), ticket.id, began


def _began(account: ZendeskAccount, call: Call) -> int:
    """When this export was begun, which its cursors carry; an old one is refused."""
    now = account.timeline.now()
    cursor = call.query.get("page[after]")
    if not cursor:
        return int(now.timestamp())
    began = int(opened(cursor)[-1])
    if now > datetime.fromtimestamp(began, UTC) + CURSOR_LIFE:
        raise _refuse(400, "Invalid cursor: it has expired")
    return began


ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("GET", "/search", search),
    ("GET", "/search/count", count),
    ("GET", "/search/export", export),
)
