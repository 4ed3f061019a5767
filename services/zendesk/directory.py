"""What can be chosen from at Zendesk: views and agents.

Every list is read whole, 100 to a request, in Zendesk's order; an entry that cannot be read is
left out, since nothing rests on the list being complete but what a person may pick.
"""

from typing import TypeVar

import msgspec
from msgspec import Struct

from services.api.client import Api
from services.api.records import readable
from services.errors import UnexpectedReply
from services.zendesk import wire
from services.zendesk.records import Person

PAGE = 100
"""Records per request; the most that Zendesk gives."""
MOST_PAGES = 20
"""Pages of one list that are read; nobody picks from more."""


class View(Struct, frozen=True):
    """A saved search of the account."""

    id: int
    title: str


class _View(msgspec.Struct):
    id: int
    title: str | None = None


class _Views(msgspec.Struct):
    views: list[msgspec.Raw]
    meta: wire.Meta | None = None


class _User(msgspec.Struct):
    id: int
    name: str | None = None
    email: str | None = None
    role: str | None = None
    suspended: bool | None = None


class _Users(msgspec.Struct):
    users: list[msgspec.Raw]
    meta: wire.Meta | None = None


_Page = TypeVar("_Page", _Views, _Users)


class ZendeskDirectory:
    """Reads the lists that a person picks from."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def views(self) -> tuple[View, ...]:
        """The active views that these credentials see.

        Source: GET /api/v2/views/active
        """
        raws: list[msgspec.Raw] = []
        for page in await self._pages("/api/v2/views/active", _Views, ()):
            raws += page.views
        found, _ = readable("view", raws, _view)
        return found

    async def agents(self) -> tuple[Person, ...]:
        """Everyone who can be given a ticket.

        Source: GET /api/v2/users, role[]=agent and role[]=admin
        """
        raws: list[msgspec.Raw] = []
        roles = (("role[]", "agent"), ("role[]", "admin"))
        for page in await self._pages("/api/v2/users", _Users, roles):
            raws += page.users
        found, _ = readable("user", raws, _agent)
        return tuple(person for person in found if person is not None)

    async def _pages(
        self, path: str, reply: type[_Page], params: tuple[tuple[str, str], ...]
    ) -> list[_Page]:
        pages: list[_Page] = []
        cursor = None
        while len(pages) < MOST_PAGES:
            asked = [*params, ("page[size]", str(PAGE))]
            if cursor is not None:
                asked.append(("page[after]", cursor))
            page = await self._api.read(path, reply, asked)
            pages.append(page)
            if page.meta is None or not page.meta.has_more:
                break
            cursor = page.meta.after_cursor
            if cursor is None:
                raise UnexpectedReply(self._api.source, "Zendesk has more, but does not say where.")
        return pages


def _view(raw: msgspec.Raw) -> View:
    view = msgspec.json.decode(raw, type=_View)
    return View(view.id, view.title or f"view {view.id}")


def _agent(raw: msgspec.Raw) -> Person | None:
    user = msgspec.json.decode(raw, type=_User)
    if user.suspended:
        return None
    return Person(user.id, user.name or "", user.email, user.role)
