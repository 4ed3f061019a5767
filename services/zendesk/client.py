"""What is the state of our tickets? Asked of Zendesk, answered in our own words.

Needs no more than an agent's rights. Every method is one request unless it says otherwise, and
raises a `ServiceError` when Zendesk does not answer it in full.
"""

import asyncio
import base64
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from services.api.client import Api
from services.api.exchange import Request, decode
from services.api.records import readable
from services.domain import Severity, StatusChange
from services.errors import ConfigError, Unauthorised, UnexpectedReply
from services.zendesk import ticket_wire, wire
from services.zendesk.conversation_wire import comment, status_changes
from services.zendesk.records import CommentPage, Group, Person, TicketPage, TicketRecord

PAGE = 100
"""Records per request; the most that Zendesk gives."""
MOST_PAGES = 100
"""Pages after which a list that says it goes on is taken for a broken one."""
_INCLUDE = "users,groups,metric_sets,comment_count"
_OPEN = "status<solved"

_T = TypeVar("_T")
_Page = TypeVar("_Page", wire.Audits, wire.Groups)


def zendesk_bearer(token: str) -> Mapping[str, str]:
    """The headers of an OAuth access token."""
    return {"Authorization": f"Bearer {token}"}


def zendesk_basic(email: str, token: str) -> Mapping[str, str]:
    """The headers of an API token, which goes with its owner's e-mail address.

    Raises:
        ConfigError: The address cannot be one.
    """
    if not email or ":" in email:
        raise ConfigError("The e-mail address for Zendesk is empty or holds a colon.")
    pair = base64.b64encode(f"{email}/token:{token}".encode()).decode("ascii")
    return {"Authorization": f"Basic {pair}"}


class Zendesk:
    """Reads tickets, their comments and their history."""

    def __init__(self, api: Api, severity_tags: Mapping[str, Severity], web_url: str) -> None:
        """Take the tags that mean a severity, and the root of the address that people use."""
        self._api = api
        self._reader = ticket_wire.TicketReader(severity_tags, web_url)

    async def me(self) -> Person:
        """Whose credentials these are.

        Raises:
            Unauthorised: Nobody's: to wrong ones Zendesk answers as to an anonymous visitor.

        Source: GET /api/v2/users/me
        """
        user = (await self._api.read("/api/v2/users/me", wire.Me)).user
        if user.id is None and await self._api.renew():
            user = (await self._api.read("/api/v2/users/me", wire.Me)).user
        if user.id is None:
            raise Unauthorised(
                self._api.source,
                "Zendesk does not know these credentials.",
                "Try `rota login zendesk`.",
            )
        return Person(user.id, user.name or "", user.email, user.role, user.ticket_restriction)

    async def groups(self) -> tuple[Group, ...]:
        """Every group of the account, as ordered by Zendesk; one request per 100.

        Raises:
            UnexpectedReply: One of them, too, cannot be read: half a list would look whole.

        Source: GET /api/v2/groups
        """
        raws = [
            raw async for page in self._pages("/api/v2/groups", wire.Groups) for raw in page.groups
        ]
        return self._all(*readable("group", raws, wire.group))

    async def changed(self, cursor: str | None = None) -> TicketPage:
        """Up to 100 tickets of any status, the latest changed first. Never lags.

        Args:
            cursor: Where an earlier page ended; None begins at now.

        Source: GET /api/v2/tickets, sort=-updated_at
        """
        params = (("sort", "-updated_at"), ("include", _INCLUDE), *_from(cursor))
        return await self._tickets("/api/v2/tickets", wire.Tickets, params)

    async def changed_by_search(self, since: datetime) -> TicketPage:
        """Up to 100 tickets of any status changed since, the latest first; some minutes behind.

        Source: GET /api/v2/search
        """
        params = (
            ("query", f"type:ticket updated>={since:%Y-%m-%dT%H:%M:%SZ}"),
            ("sort_by", "updated_at"),
            ("sort_order", "desc"),
            ("per_page", str(PAGE)),
            ("include", f"tickets({_INCLUDE})"),
        )
        return await self._tickets("/api/v2/search", wire.Found, params)

    async def open_by_search(self, page: int, extra: str = "") -> TicketPage:
        """Up to 100 unsolved tickets, oldest first, some minutes behind; `total` is counted.

        Args:
            page: From 1. Zendesk refuses those past 10: only 1000 can be reached.
            extra: More search terms, as one writes them in Zendesk.

        Source: GET /api/v2/search
        """
        params = (
            ("query", f"type:ticket {_OPEN} {extra}".rstrip()),
            ("sort_by", "created_at"),
            ("sort_order", "asc"),
            ("per_page", str(PAGE)),
            ("page", str(page)),
            ("include", f"tickets({_INCLUDE})"),
        )
        return await self._tickets("/api/v2/search", wire.Found, params)

    async def open_by_export(self, cursor: str | None = None, extra: str = "") -> TicketPage:
        """Up to 100 unsolved tickets, however many there are; some minutes behind, may repeat.

        Args:
            cursor: Where an earlier page ended, at most an hour ago; None begins anew.
            extra: More search terms, as one writes them in Zendesk.

        Source: GET /api/v2/search/export
        """
        params = (
            ("query", f"{_OPEN} {extra}".rstrip()),
            ("filter[type]", "ticket"),
            ("include", f"tickets({_INCLUDE})"),
            *_from(cursor),
        )
        return await self._tickets("/api/v2/search/export", wire.Found, params)

    async def in_view(self, view_id: int, cursor: str | None = None) -> TicketPage:
        """Up to 100 tickets of a view, in its order.

        Source: GET /api/v2/views/{id}/tickets
        """
        params = (("include", _INCLUDE), *_from(cursor))
        path = f"/api/v2/views/{view_id}/tickets"
        return await self._tickets(path, wire.Tickets, params)

    async def show_many(self, ids: Sequence[int]) -> tuple[TicketRecord, ...]:
        """The tickets with these ids; those deleted or hidden from us are left out.

        One request per 100.

        Raises:
            UnexpectedReply: One of them, too, cannot be read: it would pass for deleted.

        Source: GET /api/v2/tickets/show_many
        """
        found: list[TicketRecord] = []
        for start in range(0, len(ids), PAGE):
            wanted = ",".join(str(one) for one in ids[start : start + PAGE])
            params = (("ids", wanted), ("include", _INCLUDE))
            page = await self._tickets("/api/v2/tickets/show_many", wire.Tickets, params)
            found += self._all(page.tickets, page.skipped)
        return tuple(found)

    async def comments(
        self,
        ticket_id: int,
        requester_id: int | None,
        *,
        newest_first: bool = True,
        cursor: str | None = None,
    ) -> CommentPage:
        """Up to 100 comments of a ticket, its description among them as the oldest.

        Args:
            ticket_id: The ticket.
            requester_id: Whose words are not an agent's, whatever the role.
            newest_first: The order; keep it from page to page.
            cursor: Where an earlier page ended.

        Source: GET /api/v2/tickets/{id}/comments
        """
        sort = "-created_at" if newest_first else "created_at"
        params = (("sort", sort), ("include", "users"), *_from(cursor))
        path = f"/api/v2/tickets/{ticket_id}/comments"
        page = await self._api.read(path, wire.Comments, params)
        beside = wire.sideloads(page)
        comments, skipped = readable(
            "comment", page.comments, lambda raw: comment(raw, beside, requester_id)
        )
        following = self._following(page.meta)
        return CommentPage(comments, following is not None, following, skipped)

    async def status_changes(self, ticket_id: int) -> tuple[StatusChange, ...]:
        """Every change of a ticket's status since it was created, oldest first.

        One request per 100 audits.

        Raises:
            UnexpectedReply: A part of the history, too, cannot be read: the rest would mislead.

        Source: GET /api/v2/tickets/{id}/audits
        """
        path = f"/api/v2/tickets/{ticket_id}/audits"
        raws = [raw async for page in self._pages(path, wire.Audits) for raw in page.audits]
        return self._all(*status_changes(raws))

    async def _pages(self, path: str, reply: type[_Page]) -> AsyncIterator[_Page]:
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            page = await self._api.read(path, reply, _from(cursor))
            yield page
            cursor = self._following(page.meta)
            if cursor is None:
                return
        raise UnexpectedReply(self._api.source, "Zendesk sends a list that does not end.")

    async def _tickets(
        self,
        path: str,
        shape: type[wire.Tickets] | type[wire.Found],
        params: Sequence[tuple[str, str]],
    ) -> TicketPage:
        answer = await self._api.ask(Request("GET", path, params))
        await asyncio.sleep(0)
        # Nearly always; where anything is wrong with the page, the rest of it is still to be had.
        try:
            page = self._sound(decode(self._api.source, answer, ticket_wire.SOUND[shape]))
        except (UnexpectedReply, ValueError):
            page = self._page(decode(self._api.source, answer, shape))
        # To receive it, to read it, and to take in what is on it take some milliseconds each: no
        # key waits for more than one of them.
        await asyncio.sleep(0)
        return page

    def _sound(self, reply: ticket_wire.SoundTickets | ticket_wire.SoundFound) -> TicketPage:
        return self._some(reply, self._reader.page(reply), ())

    def _page(self, reply: wire.Tickets | wire.Found) -> TicketPage:
        raws = reply.tickets if isinstance(reply, wire.Tickets) else reply.results
        beside = wire.sideloads(reply)
        tickets, skipped = readable("ticket", raws, lambda raw: self._reader.ticket(raw, beside))
        return self._some(reply, tickets, skipped)

    def _some(
        self,
        reply: ticket_wire.SoundPage | wire.Beside,
        tickets: tuple[TicketRecord, ...],
        skipped: tuple[str, ...],
    ) -> TicketPage:
        following = self._following(reply.meta)
        more = following is not None or reply.next_page is not None
        return TicketPage(tickets, more, following, reply.count, skipped)

    def _following(self, meta: wire.Meta | None) -> str | None:
        """The next page's cursor. Only `has_more` says whether there is one: links always do."""
        if meta is None or not meta.has_more:
            return None
        if meta.after_cursor is None:
            raise UnexpectedReply(self._api.source, "Zendesk has more, but does not say where.")
        return meta.after_cursor

    def _all(self, values: tuple[_T, ...], skipped: tuple[str, ...]) -> tuple[_T, ...]:
        if skipped:
            what = f"Zendesk sent something that cannot be read: {skipped[0]}"
            raise UnexpectedReply(self._api.source, what)
        return values


def _from(cursor: str | None) -> tuple[tuple[str, str], ...]:
    size = ("page[size]", str(PAGE))
    return (size,) if cursor is None else (size, ("page[after]", cursor))
