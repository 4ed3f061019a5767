"""What can be chosen from at PagerDuty: teams, services, schedules, policies, priorities, people.

Every list is read whole, 100 to a request, in PagerDuty's order; an entry that cannot be read is
left out, since nothing rests on the list being complete but what a person may pick.
"""

import msgspec
from msgspec import Struct

from services.api.client import Api
from services.api.records import readable
from services.errors import Rejected

PAGE = 100
"""Records per request; the most that PagerDuty gives."""
MOST_PAGES = 20
"""Pages of one list that are read; nobody picks from more."""
LACKS_ABILITY = 402
"""The account has not got the feature."""


class Named(Struct, frozen=True):
    """Something with an id and a name."""

    id: str
    name: str


class User(Struct, frozen=True):
    """Somebody who can be on call."""

    id: str
    name: str
    email: str | None


class _Entry(msgspec.Struct):
    id: str
    name: str | None = None
    summary: str | None = None
    email: str | None = None


class _Entries(msgspec.Struct, kw_only=True):
    more: bool | None = None
    teams: list[msgspec.Raw] = []
    services: list[msgspec.Raw] = []
    schedules: list[msgspec.Raw] = []
    escalation_policies: list[msgspec.Raw] = []
    priorities: list[msgspec.Raw] = []
    users: list[msgspec.Raw] = []


class _Abilities(msgspec.Struct):
    abilities: list[str]


class PagerDutyDirectory:
    """Reads the lists that a person picks from."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def abilities(self) -> frozenset[str]:
        """What the account can do. Source: GET /abilities"""
        return frozenset((await self._api.read("/abilities", _Abilities)).abilities)

    async def teams(self) -> tuple[Named, ...]:
        """Teams; none where the account has not got the feature. Source: GET /teams"""
        return _names(await self._all("teams"))

    async def services(self) -> tuple[Named, ...]:
        """Services that can be paged. Source: GET /services"""
        return _names(await self._all("services"))

    async def schedules(self) -> tuple[Named, ...]:
        """Schedules, but for shift-based (v3) ones. Source: GET /schedules"""
        return _names(await self._all("schedules"))

    async def policies(self) -> tuple[Named, ...]:
        """Escalation policies. Source: GET /escalation_policies"""
        return _names(await self._all("escalation_policies"))

    async def priorities(self) -> tuple[Named, ...]:
        """Priorities, the highest first; none where the account has not got them.

        Source: GET /priorities
        """
        return _names(await self._all("priorities"))

    async def users(self) -> tuple[User, ...]:
        """Everyone who can be given an incident. Source: GET /users"""
        return tuple(
            User(e.id, e.name or e.summary or e.id, e.email) for e in await self._all("users")
        )

    async def _all(self, what: str) -> tuple[_Entry, ...]:
        raws: list[msgspec.Raw] = []
        for _ in range(MOST_PAGES):
            params = (("limit", str(PAGE)), ("offset", str(len(raws))))
            try:
                page = await self._api.read(f"/{what}", _Entries, params)
            except Rejected as error:
                if error.status == LACKS_ABILITY:
                    return ()
                raise
            received: list[msgspec.Raw] = getattr(page, what)
            raws += received
            if not page.more or not received:
                break
        found, _ = readable(what, raws, lambda raw: msgspec.json.decode(raw, type=_Entry))
        return tuple({entry.id: entry for entry in found}.values())


def _names(entries: tuple[_Entry, ...]) -> tuple[Named, ...]:
    return tuple(Named(entry.id, entry.name or entry.summary or entry.id) for entry in entries)
