"""What do the accounts offer with these credentials, and what do the credentials allow?

Asked live, one list after the other. A list that is refused or cannot be had is empty, with a line
that says why; only credentials that are nobody's end it.
"""

from collections.abc import Awaitable
from typing import TypeVar

from msgspec import Struct

from services.api.client import Api
from services.errors import Forbidden, NotFound, Rejected, ServiceError
from services.pagerduty.client import PagerDuty
from services.pagerduty.directory import Named, PagerDutyDirectory
from services.pagerduty.records import Person as PagerDutyPerson
from services.zendesk.client import Zendesk
from services.zendesk.directory import View, ZendeskDirectory
from services.zendesk.records import Group, Person

T = TypeVar("T")


class ZendeskFindings(Struct, frozen=True):
    """What a Zendesk account offers us."""

    me: Person
    groups: tuple[Group, ...]
    views: tuple[View, ...]
    troubles: tuple[str, ...] = ()
    """What could not be had, a plain line each."""


class PagerDutyFindings(Struct, frozen=True):
    """What a PagerDuty account offers us."""

    me: PagerDutyPerson | None
    """None for an account's key, which is nobody's."""
    teams: tuple[Named, ...]
    services: tuple[Named, ...]
    schedules: tuple[Named, ...]
    priorities: tuple[Named, ...]
    troubles: tuple[str, ...] = ()


async def look_at_zendesk(api: Api) -> ZendeskFindings:
    """Who we are at Zendesk, and what there is.

    Raises:
        Unauthorised: The credentials are nobody's.
        ServiceError: Zendesk cannot be asked at all.
    """
    client, lists = Zendesk(api, {}, ""), ZendeskDirectory(api)
    me = await client.me()
    troubles: list[str] = []
    if me.is_agent is False:
        troubles.append(f"{me.name} is no agent (role {me.role}): tickets will be hidden.")
    groups = await _or_none(client.groups(), "groups", troubles)
    views = await _or_none(lists.views(), "views", troubles)
    return ZendeskFindings(me, groups or (), views or (), tuple(troubles))


async def look_at_pagerduty(api: Api) -> PagerDutyFindings:
    """Who we are at PagerDuty, and what there is.

    Raises:
        Unauthorised: The key is nobody's.
        ServiceError: PagerDuty cannot be asked at all.
    """
    client, lists = PagerDuty(api, {}), PagerDutyDirectory(api)
    me = await client.me()
    troubles: list[str] = []
    teams = await _or_none(lists.teams(), "teams", troubles)
    services = await _or_none(lists.services(), "services", troubles)
    schedules = await _or_none(lists.schedules(), "schedules", troubles)
    priorities = await _or_none(lists.priorities(), "priorities", troubles)
    if priorities == ():
        troubles.append(
            "The account has no priorities: severities will be kept on the tickets' tags alone."
        )
    return PagerDutyFindings(
        me, teams or (), services or (), schedules or (), priorities or (), tuple(troubles)
    )


async def _or_none(reading: Awaitable[T], what: str, troubles: list[str]) -> T | None:
    """A list, or a word about why there is none."""
    try:
        return await reading
    except (Forbidden, NotFound, Rejected) as error:
        troubles.append(f"{what}: {error.headline}")
    except ServiceError as error:
        troubles.append(f"{what}: {error.headline} They can be added to the file later.")
    return None
