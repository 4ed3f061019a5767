"""What is the state of our incidents and rotas? Asked of PagerDuty, answered in our own words.

Every method is one request unless it says otherwise, and raises a `ServiceError` when PagerDuty
does not answer it in full.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from services.api.addresses import segment
from services.api.client import Api
from services.api.records import readable, readable_in_turns, utc
from services.domain import Incident, Schedule, Severity, Shift
from services.errors import Rejected, UnexpectedReply
from services.pagerduty import wire
from services.pagerduty.records import IncidentPage, LogPage, Person

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
        incidents, skipped = await readable_in_turns(
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
        return await self._log(await self._api.read("/log_entries", wire.LogEntries, params))

    async def incident_log(self, id: str, offset: int = 0) -> LogPage:
        """Up to 100 entries of one incident's log, without the incident.

        Source: GET /incidents/{id}/log_entries
        """
        params = (_IN_UTC, ("include[]", "channels"), _PAGE_SIZE, ("offset", str(offset)))
        path = f"/incidents/{segment(self._api.source, id)}/log_entries"
        return await self._log(await self._api.read(path, wire.LogEntries, params), id)

    async def shifts(self, since: datetime, until: datetime) -> tuple[Schedule, ...]:
        """Every schedule with its turns between two moments, as ordered by PagerDuty.

        Turns are cut at both ends. A schedule that cannot be read is left out. One request per
        100 schedules. Shift-based (v3) schedules are not among them.

        Raises:
            UnexpectedReply: Schedules came, too, but not one that can be read.

        Source: GET /schedules, final_schedule and overrides_subschedule
        """
        found: dict[str, Schedule] = {}
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

    async def shift_based(
        self, since: datetime, until: datetime, known: Collection[str]
    ) -> tuple[Schedule, ...]:
        """The schedules that only show in who is on call, with their turns, whole.

        One request per 100 people on call first in the range; as many again for the turns of
        schedules that are not `known`, if there are any. Who is called without a schedule is left
        out.

        Args:
            since: Not in the past by much: PagerDuty tells of no more than 90 days ahead.
            until: The end of the range.
            known: Ids of schedules that are read otherwise.

        Source: GET /oncalls, the only list with schedules of both kinds
        """
        first = await self._on_call(since, until, (("earliest", "true"),))
        wanted = sorted({id for id, _, _ in first} - set(known))
        if not wanted:
            return ()
        ids = tuple(("schedule_ids[]", id) for id in wanted)
        names: dict[str, str] = {}
        turns: dict[str, set[Shift]] = {id: set() for id in wanted}
        for id, name, shift in await self._on_call(since, until, ids):
            if id in turns:
                # The same turn comes once for each policy and rung that uses the schedule.
                names[id] = name
                turns[id].add(shift)
        return tuple(_shift_based(id, names.get(id, id), turns[id]) for id in wanted)

    async def _on_call(
        self, since: datetime, until: datetime, more: tuple[tuple[str, str], ...]
    ) -> list[tuple[str, str, Shift]]:
        found: list[tuple[str, str, Shift]] = []
        offset = 0
        span = (("since", _stamp(since)), ("until", _stamp(until)), _IN_UTC, _PAGE_SIZE)
        while offset + PAGE <= REACH:
            params = (*span, ("offset", str(offset)), *more)
            page = await self._api.read("/oncalls", wire.OnCalls, params)
            turns, _ = readable("turn", page.oncalls, lambda raw: wire.on_call(raw, since, until))
            found += [turn for turn in turns if turn is not None]
            offset += len(page.oncalls)
            if not _goes_on(page.more, len(page.oncalls)):
                break
        return found

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

    async def _log(self, page: wire.LogEntries, incident_id: str | None = None) -> LogPage:
        received = len(page.log_entries)
        entries, skipped = await readable_in_turns(
            "log entry",
            page.log_entries,
            lambda raw: wire.log_entry(raw, self._priorities, incident_id),
        )
        in_order = tuple(sorted(entries, key=lambda entry: (entry.at, entry.id)))
        return LogPage(in_order, _goes_on(page.more, received), received, skipped)


def _shift_based(id: str, name: str, turns: Collection[Shift]) -> Schedule:
    in_order = sorted(turns, key=lambda turn: (turn.start, turn.end, turn.user_id))
    people = tuple({turn.user_id: turn.who for turn in in_order}.items())
    return Schedule(id, name, tuple(in_order), people=people, shift_based=True)


def _goes_on(more: bool | None, received: int) -> bool:
    """Whether to ask for the next page. An empty one ends a list whatever it says."""
    return bool(more) and received > 0


def _stamp(moment: datetime) -> str:
    return utc(moment).strftime("%Y-%m-%dT%H:%M:%SZ")
