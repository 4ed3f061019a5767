"""What is the state of our incidents and rotas? Asked of PagerDuty, answered in our own words.

Every method is one request unless it says otherwise, and raises a `ServiceError` when PagerDuty
does not answer it in full.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from services.api import Api, readable, segment, utc
from services.domain import Incident, Severity
from services.errors import Rejected, UnexpectedReply
from services.pagerduty import wire
from services.pagerduty.records import IncidentPage, LogPage, Person, ScheduleShifts

PAGE = 100
"""Records per request; the most that PagerDuty gives."""
REACH = 10_000
"""Records of one list that can be reached; PagerDuty refuses to go further."""
_VERSION = {"Accept": "application/vnd.pagerduty+json;version=2"}
_PAGE_SIZE = ("limit", str(PAGE))
_IN_UTC = ("time_zone", "UTC")


def pagerduty_token(token: str) -> Mapping[str, str]:
    """The headers of a REST API key, a user's or the account's."""
    return {"Authorization": f"Token token={token}", **_VERSION}


def pagerduty_bearer(token: str) -> Mapping[str, str]:
    """The headers of an OAuth access token."""
    return {"Authorization": f"Bearer {token}", **_VERSION}


class PagerDuty:
    """Reads incidents, their log, and who is on call."""

    def __init__(self, api: Api, priorities: Mapping[str, Severity]) -> None:
        """Take what the account's priorities mean, by name; case does not matter."""
        self._api = api
        self._priorities = {name.strip().casefold(): s for name, s in priorities.items()}

    async def me(self) -> Person | None:
        """Whose token this is; None for an account's key, which is nobody's.

        Source: GET /users/me
        """
        try:
            user = (await self._api.read("/users/me", wire.Me)).user
        except Rejected as error:
            if error.status == 400:
                return None
            raise
        return Person(user.id, user.name or user.summary or "", user.email, user.role)

    async def open_incidents(
        self, offset: int = 0, teams: Sequence[str] = (), services: Sequence[str] = ()
    ) -> IncidentPage:
        """Up to 100 triggered or acknowledged incidents, the lowest number first.

        Asks for every date: left to itself PagerDuty hides those more than a month old.

        Args:
            offset: How many to pass over.
            teams: Ids of teams to keep; empty keeps all that the token can see.
            services: Ids of services to keep; empty keeps all.

        Source: GET /incidents
        """
        params = (
            ("statuses[]", "triggered"),
            ("statuses[]", "acknowledged"),
            ("date_range", "all"),
            _IN_UTC,
            ("sort_by", "incident_number:asc"),
            *(("team_ids[]", team) for team in teams),
            *(("service_ids[]", service) for service in services),
            _PAGE_SIZE,
            ("offset", str(offset)),
        )
        page = await self._api.read("/incidents", wire.Incidents, params)
        received = len(page.incidents)
        incidents, skipped = readable(
            "incident", page.incidents, lambda raw: wire.incident(raw, self._priorities)
        )
        return IncidentPage(incidents, _goes_on(page.more, received), received, skipped)

    async def incident(self, id: str) -> Incident:
        """An incident of any status.

        Raises:
            NotFound: There is none with this id, or it is hidden from us.

        Source: GET /incidents/{id}
        """
        path = f"/incidents/{segment(self._api.source, id)}"
        reply = await self._api.read(path, wire.OneIncident)
        found, skipped = readable(
            "incident", [reply.incident], lambda raw: wire.incident(raw, self._priorities)
        )
        if skipped:
            raise UnexpectedReply(self._api.source, f"PagerDuty sent a broken {skipped[0]}")
        return found[0]

    async def log_entries(self, since: datetime, offset: int = 0) -> LogPage:
        """Up to 100 entries of the account's log, of every incident, each with its incident.

        PagerDuty does not promise an order from page to page.

        Args:
            since: The earliest moment; ask with an overlap, for it may not be inclusive.
            offset: How many to pass over.

        Source: GET /log_entries
        """
        params = (
            ("since", _stamp(since)),
            _IN_UTC,
            ("include[]", "incidents"),
            ("include[]", "channels"),
            _PAGE_SIZE,
            ("offset", str(offset)),
        )
        return self._log(await self._api.read("/log_entries", wire.LogEntries, params))

    async def incident_log(self, id: str, offset: int = 0) -> LogPage:
        """Up to 100 entries of one incident's log, without the incident.

        Source: GET /incidents/{id}/log_entries
        """
        params = (_IN_UTC, ("include[]", "channels"), _PAGE_SIZE, ("offset", str(offset)))
        path = f"/incidents/{segment(self._api.source, id)}/log_entries"
        return self._log(await self._api.read(path, wire.LogEntries, params), id)

    async def shifts(self, since: datetime, until: datetime) -> tuple[ScheduleShifts, ...]:
        """Every schedule with its turns between two moments, as ordered by PagerDuty.

        Turns are cut at both ends. A schedule that cannot be read is left out. One request per
        100 schedules. Shift-based (v3) schedules are not among them.

        Raises:
            UnexpectedReply: Schedules came, too, but not one that can be read.

        Source: GET /schedules, final_schedule and overrides_subschedule
        """
        found: dict[str, ScheduleShifts] = {}
        offset, broken = 0, ""
        while offset + PAGE <= REACH:
            page = await self._schedules(since, until, offset)
            schedules, skipped = readable("schedule", page.schedules, wire.schedule)
            found |= {schedule.id: schedule for schedule in schedules}
            broken = broken or next(iter(skipped), "")
            offset += len(page.schedules)
            if not _goes_on(page.more, len(page.schedules)):
                break
        if broken and not found:
            raise UnexpectedReply(self._api.source, f"PagerDuty sent a broken {broken}")
        return tuple(found.values())

    async def _schedules(self, since: datetime, until: datetime, offset: int) -> wire.Schedules:
        params = (
            ("include[]", "final_schedule"),
            ("include[]", "overrides_subschedule"),
            ("since", _stamp(since)),
            ("until", _stamp(until)),
            _IN_UTC,
            _PAGE_SIZE,
            ("offset", str(offset)),
        )
        return await self._api.read("/schedules", wire.Schedules, params)

    def _log(self, page: wire.LogEntries, incident_id: str | None = None) -> LogPage:
        received = len(page.log_entries)
        entries, skipped = readable(
            "log entry",
            page.log_entries,
            lambda raw: wire.log_entry(raw, self._priorities, incident_id),
        )
        in_order = tuple(sorted(entries, key=lambda entry: (entry.at, entry.id)))
        return LogPage(in_order, _goes_on(page.more, received), received, skipped)


def _goes_on(more: bool | None, received: int) -> bool:
    """Whether to ask for the next page. An empty one ends a list whatever it says."""
    return bool(more) and received > 0


def _stamp(moment: datetime) -> str:
    return utc(moment).strftime("%Y-%m-%dT%H:%M:%SZ")
