"""How is a letter carried to Zendesk, and how is it found there?

Every update is a safe one: it is refused as a whole if the ticket has changed since the person saw
it. Its `op` goes along as metadata, so that a lost answer can be looked up. Nothing is sent twice
here, and nothing is merged.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo

import msgspec

from services.api.client import Api
from services.api.records import readable
from services.clock import Clock
from services.domain import Severity, Source, Ticket
from services.errors import Conflict, OutcomeUnknown, Unavailable, UnexpectedReply
from services.letters import Landed, Letter, Overtaken, TicketCreate, TicketUpdate, Undecided
from services.zendesk import conversation_wire, wire, write_wire
from services.zendesk.client import MOST_PAGES, PAGE
from services.zendesk.records import Comment
from services.zendesk.ticket_wire import TicketReader

KEY_LIFE = timedelta(minutes=110)
"""How long an Idempotency-Key is relied on; Zendesk keeps it for two hours."""

_KEPT_PRIVATE = (
    "Zendesk kept the comment private: with these credentials it cannot be public. "
    "The requester has not seen it."
)


class ZendeskWriter:
    """Updates and raises tickets."""

    def __init__(
        self,
        api: Api,
        severity_tags: Mapping[str, Severity],
        web_url: str,
        clock: Clock,
        zone: tzinfo = UTC,
    ) -> None:
        """Take what it takes.

        Args:
            api: Zendesk's.
            severity_tags: The tags that mean a severity.
            web_url: The root of the address that people use.
            clock: The servers' time.
            zone: Of the team's civil time, for what is told to people.
        """
        self._zone = zone
        self._api = api
        self._reader = TicketReader(severity_tags, web_url)
        self._clock = clock

    async def send(self, letter: Letter) -> Landed | Overtaken:
        """Have a letter carried out, once.

        Raises:
            OutcomeUnknown: It may or may not have been.
            ServiceError: It has certainly not.

        Source: PUT /api/v2/tickets/{id}, POST /api/v2/tickets
        """
        match letter.write:
            case TicketUpdate():
                return await self._update(letter.write, letter.op)
            case TicketCreate():
                return await self._create(letter.write, letter.op)
            case write:
                raise TypeError(f"not for Zendesk: {type(write).__name__}")

    async def look(self, letter: Letter) -> Landed | Undecided | None:
        """Whether a letter of unknown outcome is there; None if it certainly is not.

        Raises:
            ServiceError: It could not be looked for.

        Source: GET /api/v2/tickets/{id}, its comments and its audits
        """
        match letter.write:
            case TicketUpdate():
                return await self._find_update(letter.write, letter.op)
            case TicketCreate():
                return await self._find_new(letter)
            case write:
                raise TypeError(f"not for Zendesk: {type(write).__name__}")

    async def _update(self, write: TicketUpdate, op: str) -> Landed | Overtaken:
        tags: list[str] | None = None
        if write.add_tags or write.remove_tags:
            # Zendesk replaces the whole set: it is made anew from what is there at the stamp.
            before = await self._ticket(write.ticket_id)
            if before.updated_at != write.stamp:
                return await self._overtaken(write, op)
            tags = sorted((before.tags | set(write.add_tags)) - set(write.remove_tags))
        body = write_wire.update_body(write, op, tags)
        path = f"/api/v2/tickets/{write.ticket_id}"
        try:
            written = await self._api.write("PUT", path, body, write_wire.Written)
        except Conflict:
            return await self._overtaken(write, op)
        audit = written.read_audit()
        return self._landed(written, write, audit.comment_is_public if audit else None)

    async def _create(self, write: TicketCreate, op: str) -> Landed:
        written = await self._api.write(
            "POST",
            "/api/v2/tickets",
            write_wire.create_body(write, op),
            write_wire.Written,
            headers={"Idempotency-Key": op},
        )
        return self._landed(written, write, None)

    def _landed(
        self, written: write_wire.Written, write: TicketUpdate | TicketCreate, public: bool | None
    ) -> Landed:
        try:
            ticket = self._read(written.ticket, wire.sideloads(wire.Beside()))
        except ValueError as error:
            what = "Zendesk answered with a ticket that cannot be read."
            raise OutcomeUnknown(Source.ZENDESK, what) from error
        return Landed(
            ticket=ticket,
            stamp=ticket.updated_at,
            remark=_KEPT_PRIVATE if write.public and public is False else "",
        )

    async def _overtaken(self, write: TicketUpdate, op: str) -> Landed | Overtaken:
        """What stands in the way: perhaps an earlier try of our own, believed lost."""
        found = await self._find_update(write, op)
        if found is not None:
            return found
        # First the stamp, then what came in: whatever comes in later is a conflict again.
        ticket = await self._ticket(write.ticket_id)
        if ticket.updated_at == write.stamp:
            busy = "Zendesk was busy with another change of this ticket."
            raise Unavailable(Source.ZENDESK, busy)
        said = [one async for one in self._comments(write.ticket_id, write.stamp)]
        theirs = [spoken(one, self._zone) for one in reversed(said) if one.at > write.stamp]
        async for audit in self._audits(write.ticket_id):
            if audit.at > write.stamp:
                theirs += audit.changes()
        return Overtaken(
            theirs="\n\n".join(theirs) or "Something was changed that Zendesk does not tell of.",
            again=msgspec.structs.replace(write, stamp=ticket.updated_at),
            ticket=ticket,
        )

    async def _find_update(self, write: TicketUpdate, op: str) -> Landed | None:
        ticket = await self._ticket(write.ticket_id)
        if write.comment is not None:
            async for comment in self._comments(write.ticket_id, write.stamp):
                if comment.op == op:
                    return _found(ticket, write, comment.at, comment.public)
        async for audit in self._audits(write.ticket_id):
            if audit.op == op:
                return _found(ticket, write, audit.at, audit.comment_is_public)
        return None

    async def _find_new(self, letter: Letter) -> Landed | Undecided | None:
        """Within two hours the key itself keeps a second ticket from being made."""
        if self._clock.now() - letter.queued_at < KEY_LIFE:
            return None
        params = (("sort", "-id"), ("page[size]", str(PAGE)))
        page = await self._api.read("/api/v2/tickets", wire.Tickets, params, urgent=True)
        beside = wire.sideloads(page)
        tickets, _ = readable("ticket", page.tickets, lambda raw: self._read(raw, beside))
        since = letter.queued_at - timedelta(minutes=5)
        for ticket in tickets:
            if ticket.created_at >= since:
                async for audit in self._audits(ticket.id):
                    if audit.op == letter.op:
                        return Landed(ticket=ticket, stamp=ticket.updated_at)
        if len(tickets) == PAGE and all(ticket.created_at >= since for ticket in tickets):
            return Undecided("Too many tickets were raised since to look through them all.")
        return None

    async def _ticket(self, ticket_id: int) -> Ticket:
        path = f"/api/v2/tickets/{ticket_id}"
        params = (("include", "users,groups"),)
        shown = await self._api.read(path, write_wire.Shown, params, urgent=True)
        try:
            return self._read(shown.ticket, wire.sideloads(shown))
        except ValueError as error:
            what = "Zendesk sent a ticket that cannot be read."
            raise UnexpectedReply(Source.ZENDESK, what) from error

    def _read(self, raw: msgspec.Raw, beside: wire.Sideloads) -> Ticket:
        return self._reader.ticket(raw, beside).ticket

    async def _comments(self, ticket_id: int, since: datetime) -> AsyncIterator[Comment]:
        """Comments made at or after a moment, the newest first."""
        path = f"/api/v2/tickets/{ticket_id}/comments"
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            params = (("sort", "-created_at"), ("include", "users"), *_from(cursor))
            page = await self._api.read(path, wire.Comments, params, urgent=True)
            beside = wire.sideloads(page)
            for raw in page.comments:
                comment = self._comment(raw, beside)
                if comment.at < since:
                    return
                yield comment
            cursor = page.meta.after_cursor if page.meta and page.meta.has_more else None
            if cursor is None:
                return

    def _comment(self, raw: msgspec.Raw, beside: wire.Sideloads) -> Comment:
        try:
            return conversation_wire.comment(raw, beside, None)
        except ValueError as error:
            # It may be the very one that is looked for.
            what = "Zendesk sent a comment that cannot be read."
            raise UnexpectedReply(Source.ZENDESK, what) from error

    async def _audits(self, ticket_id: int) -> AsyncIterator[write_wire.Audit]:
        """A ticket's history, every page of it."""
        path = f"/api/v2/tickets/{ticket_id}/audits"
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            page = await self._api.read(path, write_wire.Audits, _from(cursor), urgent=True)
            for raw in page.audits:
                try:
                    yield msgspec.json.decode(raw, type=write_wire.Audit)
                except ValueError as error:
                    what = "Zendesk sent a history that cannot be read."
                    raise UnexpectedReply(Source.ZENDESK, what) from error
            cursor = page.meta.after_cursor if page.meta and page.meta.has_more else None
            if cursor is None:
                return
        raise UnexpectedReply(Source.ZENDESK, "Zendesk sends a history that does not end.")


def _found(ticket: Ticket, write: TicketUpdate, at: datetime, public: bool | None) -> Landed:
    """A write that is there. Where the ticket has changed since, its own moment counts: what came
    later is somebody else's."""
    return Landed(
        ticket=ticket,
        stamp=min(at, ticket.updated_at),
        remark=_KEPT_PRIVATE if write.public and public is False else "",
    )


def spoken(comment: Comment, zone: tzinfo) -> str:
    """What somebody has said meanwhile, with the time that is the team's.

    Args:
        comment: As Zendesk keeps it.
        zone: Of the team's civil time; it is named, as the line is kept and read later.
    """
    who = comment.author or "Somebody"
    how = "wrote" if comment.public else "noted internally"
    return f"{who} {how} at {comment.at.astimezone(zone):%H:%M %Z}:\n{comment.text}"


def _from(cursor: str | None) -> tuple[tuple[str, str], ...]:
    size = ("page[size]", str(PAGE))
    return (size,) if cursor is None else (size, ("page[after]", cursor))
