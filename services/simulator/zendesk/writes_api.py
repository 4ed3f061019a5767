"""Writing a single ticket: raising it, updating it, its tags, deleting it."""

import html
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from services.simulator.call import Call, Json, Refused, Reply, moment_of
from services.simulator.zendesk.account import ZendeskAccount
from services.simulator.zendesk.changes import WRITABLE, Said, Update, tidy_tags
from services.simulator.zendesk.gate import Answer
from services.simulator.zendesk.records import Invalid, Person, Ticket
from services.simulator.zendesk.ticket_shapes import audit_json, ticket_json
from services.simulator.zendesk.tickets_api import ticket_of

IDEMPOTENCY_LIFE = timedelta(hours=2)
"""How long an Idempotency-Key is remembered."""

_CONFLICT = (
    "Safe Update prevented the update due to outdated ticket data. Please fetch the latest "
    "ticket data and try again."
)
_MISMATCH = "Request parameters don't match the given idempotency key"
_TAG = re.compile(r"<[^>]+>")


def conflict() -> Refused:
    """409: the ticket has changed since the client saw it."""
    return Refused(Reply(409, {"error": "UpdateConflict", "description": _CONFLICT}))


def refuse_if_outdated(ticket: Ticket, asked: Json) -> None:
    """Hold a safe update's stamp against the ticket, to the second."""
    if str(asked.get("safe_update", "")).lower() != "true":
        return
    stamp = moment_of(str(asked.get("updated_stamp", "")))
    if stamp is None or stamp.replace(microsecond=0) != ticket.updated_at:
        raise conflict()


def said_in(asked: Json, me: Person, ticket: Ticket | None = None) -> Said | None:
    """The comment in a request, if there is one.

    Where nothing is said of `public`, a ticket without a public word stays private.
    """
    comment = asked.get("comment")
    if isinstance(comment, str):
        comment = {"body": comment}
    if not isinstance(comment, dict):
        return None
    rich = str(comment.get("html_body") or "")
    body = str(comment.get("body") or "") or html.unescape(_TAG.sub("", rich))
    if not body.strip():
        return None
    inherited = ticket.is_public if ticket is not None else True
    public = bool(comment.get("public", inherited))
    return Said(body, public, int(comment.get("author_id") or me.id), rich)


def update_in(
    account: ZendeskAccount, call: Call, me: Person, ticket: Ticket, asked: Json
) -> Update:
    """The update a request asks for; its `metadata` is kept in the audit."""
    metadata = asked.get("metadata")
    said = said_in(asked, me, ticket)
    if said is not None and said.author_id not in account.people:
        raise Invalid("author", "Author: is invalid")
    return Update(
        author_id=me.id,
        fields=account.rules().fields_of(asked),
        said=said,
        via="api",
        custom=metadata if isinstance(metadata, dict) else {},
        client=call.headers.get("user-agent", ""),
    )


def warning(asked: Iterable[str], action: str) -> dict[str, str]:
    """The header that names the keys that were ignored."""
    ignored = [f'"ticket.{key}"' for key in asked if key not in WRITABLE]
    if not ignored:
        return {}
    text = (
        f'{{:allowed_parameters=>{{:controller=>"tickets", :action=>"{action}", '
        f":unpermitted_keys=>[{', '.join(ignored)}], :invalid_values=>[]}}}}"
    )
    return {"x-zendesk-api-warn": text}


def update(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """PUT /tickets/{id}: fields and a comment in one update, or nothing at all.

    Idempotency keys are ignored here.
    """
    ticket = ticket_of(account, call, me)
    asked = call.object("ticket")
    account.rules().refuse_closed(ticket)
    refuse_if_outdated(ticket, asked)
    audit = account.update(ticket.id, update_in(account, call, me, ticket, asked))
    body = {"ticket": ticket_json(ticket, call.root), "audit": audit_json(audit)}
    return Reply(200, body, warning(asked, "update"))


def create(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """POST /tickets, once for every Idempotency-Key."""
    key = call.headers.get("idempotency-key", "")
    if not key:
        return _created(account, call, me)
    now = account.timeline.now()
    kept = account.idempotent.get(key)
    if kept is not None and kept[0] > now:
        if kept[1] != _print(call):
            error = {"error": "IdempotentRequestError", "description": _MISMATCH}
            raise Refused(Reply(400, error))
        earlier = kept[2]
        return replace(earlier, headers={**earlier.headers, "x-idempotency-lookup": "hit"})
    reply = _created(account, call, me)
    account.idempotent[key] = (now + IDEMPOTENCY_LIFE, _print(call), reply)
    return replace(reply, headers={**reply.headers, "x-idempotency-lookup": "miss"})


def _print(call: Call) -> str:
    return json.dumps(call.body, sort_keys=True)


def _created(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    asked = call.object("ticket")
    said = said_in(asked, me)
    text = said.body if said else str(asked.get("description") or "")
    if not text.strip():
        raise Invalid("base", "Description: cannot be blank")
    metadata = asked.get("metadata")
    subject = asked.get("subject") or text.splitlines()[0][:60]
    ticket = account.create_ticket(
        str(subject),
        text,
        requester_id=_requester(account, asked, me),
        author_id=said.author_id if said else me.id,
        public=said.public if said else True,
        via="api",
        fields={key: asked[key] for key in asked if key not in ("subject", "requester_id")},
        custom=metadata if isinstance(metadata, dict) else {},
        client=call.headers.get("user-agent", ""),
    )
    row = ticket_json(ticket, call.root)
    body = {"ticket": row, "audit": audit_json(ticket.audits[-1])}
    return Reply(201, body, {"location": row["url"], **warning(asked, "create")})


def _requester(account: ZendeskAccount, asked: Json, me: Person) -> int:
    """Who asks: by id, or by address, which makes an account for somebody unknown."""
    if asked.get("requester_id"):
        requester_id = int(asked["requester_id"])
        if requester_id not in account.people:
            raise Invalid("requester", "Requester: is invalid")
        return requester_id
    requester = asked.get("requester")
    if not isinstance(requester, dict):
        return me.id
    email = str(requester.get("email") or "")
    if "@" not in email:
        raise Invalid("requester", "Requester: Email is not properly formatted")
    known = account.person_by_email(email)
    name = str(requester.get("name") or email.partition("@")[0])
    return known.id if known else account.add_person(name, email).id


def delete(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """DELETE /tickets/{id}."""
    account.delete(ticket_of(account, call, me).id)
    return Reply(204)


def read_tags(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """GET /tickets/{id}/tags."""
    return Reply(200, {"tags": list(ticket_of(account, call, me).tags)})


def write_tags(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """POST sets the tags of a ticket, PUT adds to them, DELETE takes some away."""
    ticket = ticket_of(account, call, me)
    account.rules().refuse_closed(ticket)
    asked = call.object()
    refuse_if_outdated(ticket, asked)
    given, kept = set(tidy_tags(asked.get("tags"))), set(ticket.tags)
    results = {"POST": given, "PUT": kept | given, "DELETE": kept - given}
    tags = tuple(sorted(results[call.method]))
    account.update(ticket.id, Update(me.id, {"tags": tags}, None, "api"))
    return Reply(201 if call.method == "POST" else 200, {"tags": list(ticket.tags)})


ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("POST", "/tickets", create),
    ("PUT", "/tickets/{ticket_id:int}", update),
    ("DELETE", "/tickets/{ticket_id:int}", delete),
    ("GET", "/tickets/{ticket_id:int}/tags", read_tags),
    ("POST", "/tickets/{ticket_id:int}/tags", write_tags),
    ("PUT", "/tickets/{ticket_id:int}/tags", write_tags),
    ("DELETE", "/tickets/{ticket_id:int}/tags", write_tags),
)
