"""How is something new made at PagerDuty, and found there: a page, an override of a rota?"""

from collections.abc import Callable

import msgspec

from services.api.addresses import segment
from services.api.client import Api
from services.domain import Source
from services.errors import Conflict, OutcomeUnknown, Rejected
from services.letters import IncidentCreate, Landed, OverrideCreate
from services.pagerduty import wire, write_wire
from services.pagerduty.directory import PagerDutyDirectory
from services.plain import plain


class PagerDutyMaker:
    """Raises incidents, and gives somebody a piece of a schedule."""

    def __init__(self, api: Api, landed: Callable[[wire.OneIncident], Landed]) -> None:
        """Take what reads an answered incident; it raises `OutcomeUnknown` if that cannot be."""
        self._api = api
        self._landed = landed

    async def page(self, write: IncidentCreate, op: str) -> Landed:
        """Raise an incident, once for its key while it is open. Source: POST /incidents"""
        body = write_wire.create_body(write, op, await self._priority_id(write.priority))
        try:
            return self._landed(await self._api.write("POST", "/incidents", body, wire.OneIncident))
        except (Rejected, Conflict):
            # An open incident with our key is our own, from a try believed lost.
            found = await self.find_page(op)
            if found is None:
                raise
            return found

    async def _priority_id(self, name: str | None) -> str | None:
        """A new incident takes a priority by its id only, unlike one that is changed."""
        if name is None:
            return None
        known = await PagerDutyDirectory(self._api).priorities()
        found = (one.id for one in known if one.name.casefold() == name.casefold())
        id = next(found, None)
        if id is None:
            what = f"The PagerDuty account has no priority {plain(name)}."
            raise Rejected(Source.PAGERDUTY, what)
        return id

    async def find_page(self, op: str) -> Landed | None:
        """The incident raised with a key, open or not. Source: GET /incidents"""
        params = (("incident_key", op), ("date_range", "all"), ("time_zone", "UTC"))
        page = await self._api.read("/incidents", wire.Incidents, params, urgent=True)
        return self._landed(wire.OneIncident(page.incidents[0])) if page.incidents else None

    async def override(self, write: OverrideCreate) -> Landed:
        """Make an override; that the answer is a good one does not mean that it was made.

        Source: POST /schedules/{id}/overrides
        """
        path = f"/schedules/{segment(Source.PAGERDUTY, write.schedule_id)}/overrides"
        body = write_wire.override_body(write)
        answer = await self._api.write("POST", path, body, msgspec.Raw)
        try:
            refused = list(write_wire.refusals(answer))
        except ValueError as error:
            what = "PagerDuty does not say what became of the override."
            raise OutcomeUnknown(Source.PAGERDUTY, what) from error
        if refused:
            said = plain("; ".join(refused), limit=200)
            raise Rejected(Source.PAGERDUTY, f"PagerDuty refused the override: {said}.")
        return Landed()

    async def find_override(self, write: OverrideCreate) -> Landed | None:
        """An override just like it. Source: GET /schedules/{id}/overrides"""
        path = f"/schedules/{segment(Source.PAGERDUTY, write.schedule_id)}/overrides"
        params = (
            ("since", write_wire.stamp(write.start)),
            ("until", write_wire.stamp(write.end)),
            ("overflow", "true"),
        )
        page = await self._api.read(path, write_wire.Overrides, params, urgent=True)
        return Landed() if any(one.is_the(write) for one in page.overrides) else None
