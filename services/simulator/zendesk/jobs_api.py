"""Writing many tickets at once: Zendesk promises to do it and says later how it went."""

from collections.abc import Callable

from services.simulator.call import Call, Json, Refused, Reply
from services.simulator.zendesk.account import ZendeskAccount
from services.simulator.zendesk.changes import Said, Update, tidy_tags
from services.simulator.zendesk.gate import Answer, ids_in, not_found, too_many_values
from services.simulator.zendesk.records import Invalid, Person, Ticket
from services.simulator.zendesk.shapes import job_json
from services.simulator.zendesk.tickets_api import ticket_of, visible
from services.simulator.zendesk.writes_api import refuse_if_outdated, update_in

MOST_JOBS = 30
"""Jobs that may be waiting or under way at a time."""


def _queued(
    account: ZendeskAccount, call: Call, total: int, work: Callable[[], list[Json]]
) -> Reply:
    busy = sum(job.status in ("queued", "working") for job in account.jobs.values())
    if busy >= MOST_JOBS:
        text = "Too many jobs are currently queued or running. Try again later."
        raise Refused(Reply(429, {"error": "TooManyJobs", "description": text}))
    return Reply(200, {"job_status": job_json(account.later(total, work), call.root)})


def update_many(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """PUT /tickets/update_many: the same update for `ids`, or one each in `tickets`."""
    single = call.object("ticket")
    if single:
        asked = [(ticket_id, single) for ticket_id in ids_in(call.query.get("ids"))]
    else:
        rows = call.object().get("tickets")
        rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        asked = [(int(row.get("id") or 0), row) for row in rows]
    if len(asked) > 100:
        raise too_many_values()

    def work() -> list[Json]:
        return [_one(account, call, me, place, *each) for place, each in enumerate(asked)]

    return _queued(account, call, len(asked), work)


def _one(
    account: ZendeskAccount, call: Call, me: Person, place: int, ticket_id: int, asked: Json
) -> Json:
    ticket = account.tickets.get(ticket_id)
    if ticket is None or not visible(account, ticket, me):
        details = f"Could not find ticket {ticket_id}"
        return {"index": place, "id": ticket_id, "error": "TicketNotFound", "details": details}
    try:
        refuse_if_outdated(ticket, asked)
        update = update_in(account, call, me, ticket, _with_tags(ticket, asked))
        account.update(ticket_id, update)
    except Invalid as invalid:
        return {
            "index": place,
            "id": ticket_id,
            "error": "TicketUpdateFailed",
            "details": invalid.description,
        }
    except Refused:
        return {
            "index": place,
            "id": ticket_id,
            "error": "UpdateConflict",
            "details": "outdated",
        }
    return {"action": "update", "status": "Updated", "success": True, "id": ticket_id}


def _with_tags(ticket: Ticket, asked: Json) -> Json:
    """Tags may be added and removed here, which a single update does not allow."""
    added, removed = tidy_tags(asked.get("additional_tags")), tidy_tags(asked.get("remove_tags"))
    if not added and not removed:
        return asked
    kept = tidy_tags(asked["tags"]) if "tags" in asked else ticket.tags
    return {**asked, "tags": [*(tag for tag in kept if tag not in removed), *added]}


def merge(account: ZendeskAccount, call: Call, me: Person) -> Reply:
    """POST /tickets/{id}/merge: closes the sources, with a word on both sides."""
    target = ticket_of(account, call, me)
    account.rules().refuse_closed(target)
    asked = call.object()
    ids = [int(one) for one in asked.get("ids") or () if str(one).isdigit()]
    sources = [account.tickets[one] for one in ids if one in account.tickets]
    if len(sources) != len(ids) or not ids:
        raise not_found()
    for source in sources:
        account.rules().refuse_closed(source)

    def work() -> list[Json]:
        for source in sources:
            text = str(asked.get("source_comment") or f"Merged into #{target.id}")
            said = Said(text, bool(asked.get("source_comment_is_public", True)), me.id)
            tags = tidy_tags([*source.tags, "closed_by_merge"])
            fields = {"status": "closed", "tags": tags}
            account.update(source.id, Update(me.id, fields, said, "api"))
        text = str(asked.get("target_comment") or f"Merged from {ids}")
        said = Said(text, bool(asked.get("target_comment_is_public", True)), me.id)
        account.update(target.id, Update(me.id, {}, said, "api"))
        return [{"action": "merge", "status": "Merged", "success": True, "id": target.id}]

    return _queued(account, call, 1, work)


ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("PUT", "/tickets/update_many", update_many),
    ("POST", "/tickets/{ticket_id:int}/merge", merge),
)
