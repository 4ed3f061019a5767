"""The incremental exports: everything that was ever touched, for admins, a minute late."""

import base64
import binascii
from datetime import UTC, datetime, timedelta

from services.simulator.call import Call, Json, Refused, Reply
from services.simulator.zendesk.account import ZendeskAccount
from services.simulator.zendesk.gate import Answer, forbidden
from services.simulator.zendesk.records import Audit, Person, Ticket
from services.simulator.zendesk.tickets_api import tickets_json

HELD_BACK = timedelta(minutes=1)
"""The newest part of the stream, which is never given."""

MOST = 1000
"""Records per page."""


def by_cursor(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /incremental/tickets/cursor: the newest minute left out, deleted tickets included."""
    _admins_only(me)
    given = call.query.get("cursor")
    start = _opened(given) if given else (_start(account, call), -1)
    rows = [ticket for ticket in _stream(account) if _key(ticket) > start]
    size = _size(call)
    page, ended = rows[:size], len(rows) <= size
    cursor = _sealed(_key(page[-1])) if page else given or None
    here = f"{call.url}?cursor={cursor}".replace("=", "%3D").replace("cursor%3D", "cursor=", 1)
    body = {
        **_tickets(account, call, page),
        "after_url": here if cursor else None,
        "before_url": None,
        "after_cursor": cursor,
        "before_cursor": None,
        "end_of_stream": ended,
    }
    return Reply(200, body)


def by_time(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /incremental/tickets: a page never ends between two records of the same second."""
    _admins_only(me)
    start = _start(account, call)
    rows = [ticket for ticket in _stream(account) if _key(ticket)[0] >= start]
    size = _size(call)
    page = rows[:size]
    if page:
        page += [ticket for ticket in rows[size:] if _key(ticket)[0] == _key(page[-1])[0]]
    end = _key(page[-1])[0] if page else start
    body = {
        **_tickets(account, call, page),
        "count": len(page),
        "end_of_stream": len(page) == len(rows),
        "next_page": f"{call.url}?start_time={end}",
        "end_time": end,
    }
    return Reply(200, body)


def events(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /incremental/ticket_events, with comments when they are included."""
    _admins_only(me)
    start = _start(account, call)
    until = account.timeline.now() - HELD_BACK
    audits = sorted(
        (
            audit
            for ticket in account.tickets.values()
            for audit in ticket.audits
            if start <= audit.created_at.timestamp() and audit.created_at <= until
        ),
        key=lambda audit: (audit.created_at, audit.id),
    )
    page = audits[:MOST]
    end = int(page[-1].created_at.timestamp()) if page else start
    with_comments = "comment_events" in call.query.listed("include")
    body = {
        "ticket_events": [_event(audit, with_comments) for audit in page],
        "count": len(page),
        "end_of_stream": len(page) == len(audits),
        "next_page": f"{call.url}?start_time={end}",
        "end_time": end,
    }
    return Reply(200, body)


def _event(audit: Audit, with_comments: bool) -> Json:
    children: list[Json] = []
    for event in audit.events:
        child: Json = {"id": event["id"], "via": audit.via["channel"], "event_type": event["type"]}
        if event["type"] == "Comment":
            child["comment_present"], child["comment_public"] = True, event["public"]
            if with_comments:
                child |= event
        else:
            child[event["field_name"]] = event["value"]
        children.append(child)
    return {
        "id": audit.id,
        "ticket_id": audit.ticket_id,
        "timestamp": int(audit.created_at.timestamp()),
        "updater_id": audit.author_id,
        "via": audit.via["channel"],
        "child_events": children,
    }


def _tickets(account: ZendeskAccount, call: Call, tickets: list[Ticket]) -> Json:
    rows, beside = tickets_json(account, call, tickets, call.query.listed("include"))
    for row, ticket in zip(rows, tickets, strict=True):
        row["generated_timestamp"] = _key(ticket)[0]
        if ticket.deleted:
            row["status"] = "deleted"
    return {"tickets": rows, **beside}


def _admins_only(me: Person) -> None:
    if me.role != "admin":
        raise forbidden()


def _key(ticket: Ticket) -> tuple[int, int]:
    return int(ticket.generated_at.timestamp()), ticket.id


def _stream(account: ZendeskAccount) -> list[Ticket]:
    until = account.timeline.now() - HELD_BACK
    return sorted((t for t in account.tickets.values() if t.generated_at <= until), key=_key)


def _start(account: ZendeskAccount, call: Call) -> int:
    text = call.query.get("start_time")
    latest = account.timeline.now() - HELD_BACK
    if not text.isdigit() or datetime.fromtimestamp(int(text), UTC) > latest:
        description = "Start time must be at least one minute in the past"
        raise Refused(Reply(422, {"error": "InvalidValue", "description": description}))
    return int(text)


def _size(call: Call) -> int:
    text = call.query.get("per_page")
    return min(max(1, int(text)), MOST) if text.isdigit() else MOST


def _sealed(key: tuple[int, int]) -> str:
    return base64.b64encode(f"{key[0]}.0||{key[1]}|".encode()).decode()


def _opened(cursor: str) -> tuple[int, int]:
    try:
        seconds, _, ticket_id = base64.b64decode(cursor).decode().strip("|").partition("||")
        return int(float(seconds)), int(ticket_id)
    except (binascii.Error, ValueError):
        body = {"error": "InvalidValue", "description": "Invalid cursor"}
        raise Refused(Reply(400, body)) from None


ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("GET", "/incremental/tickets/cursor", by_cursor),
    ("GET", "/incremental/tickets", by_time),
    ("GET", "/incremental/ticket_events", events),
)
