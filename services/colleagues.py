"""Who and what is there to give work to, at both vendors?

Asked for when a form needs it, and not before: it costs requests. What one vendor cannot tell is
left out; the form goes on with the rest.
"""

import asyncio
from collections.abc import Iterable
from typing import Protocol

from msgspec.structs import replace

from services.api.client import Api
from services.domain import Source
from services.errors import ServiceError
from services.forms.form import Colleague, Directory
from services.pagerduty.directory import PagerDutyDirectory
from services.zendesk.client import Zendesk
from services.zendesk.directory import ZendeskDirectory


class _Entry(Protocol):
    @property
    def id(self) -> int | str: ...

    @property
    def name(self) -> str: ...


async def directory(apis: Iterable[Api]) -> Directory:
    """Everybody who can be given a ticket or a page, and every service that can page.

    Raises:
        ServiceError: No vendor could be asked for anything.
    """
    found = Directory()
    troubles: list[ServiceError] = []
    known = False
    for api in apis:
        try:
            found = await (_zendesk(api, found) if api.source == Source.ZENDESK
                           else _pagerduty(api, found))  # fmt: skip
            known = True
        except ServiceError as error:
            troubles.append(error)
    if troubles and not known:
        raise troubles[0]
    return found


async def _zendesk(api: Api, found: Directory) -> Directory:
    agents, groups = await asyncio.gather(
        ZendeskDirectory(api).agents(), Zendesk(api, {}, "").groups()
    )
    return replace(found, agents=_named(agents), groups=_named(groups))


async def _pagerduty(api: Api, found: Directory) -> Directory:
    pages = PagerDutyDirectory(api)
    users, services, policies = await asyncio.gather(
        pages.users(), pages.services(), pages.policies()
    )
    return replace(found, users=_named(users), services=_named(services), policies=_named(policies))


def _named(entries: Iterable[_Entry]) -> tuple[Colleague, ...]:
    return tuple(sorted((Colleague(str(e.id), e.name) for e in entries), key=lambda c: c.name))
