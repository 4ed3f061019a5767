"""What does one PagerDuty account know, and who has to be paged?"""

import itertools
from datetime import datetime, timedelta
from random import Random

from services.simulator.call import Json
from services.simulator.pagerduty.records import (
    Actor,
    Conflict,
    EscalationPolicy,
    Incident,
    LogEntry,
    Override,
    Priority,
    Schedule,
    Service,
    ShiftSchedule,
    Team,
    User,
)
from services.simulator.pagerduty.rota import on_call, side_by_side
from services.simulator.settings import Settings
from services.simulator.timeline import Timeline

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Register:
    """Everything kept by PagerDuty, and how something that happened is logged."""

    def __init__(self, timeline: Timeline, settings: Settings, seed: int) -> None:
        self.timeline = timeline
        self.settings = settings
        self.users: dict[str, User] = {}
        self.teams: dict[str, Team] = {}
        self.priorities: dict[str, Priority] = {}
        self.services: dict[str, Service] = {}
        self.policies: dict[str, EscalationPolicy] = {}
        self.schedules: dict[str, Schedule] = {}
        self._shift_schedules: dict[str, ShiftSchedule] = {}
        self.incidents: dict[str, Incident] = {}
        self.by_number: dict[int, str] = {}
        self.log: list[LogEntry] = []
        self.keys: dict[tuple[str, str], str] = {}
        self._random = Random(seed)
        self._serial = itertools.count(1)
        self._numbers = itertools.count(20_417)

    def new_id(self, prefix: str = "Q") -> str:
        """An id like PagerDuty's newer ones: 14 characters, no two alike."""
        serial, digits = next(self._serial), ""
        for _ in range(5):
            serial, place = divmod(serial, 36)
            digits = _ALPHABET[place] + digits
        noise = "".join(self._random.choices(_ALPHABET, k=8))
        return f"{prefix}{noise[:3]}{digits}{noise[3:]}"

    def new_number(self) -> int:
        """The next incident number."""
        return next(self._numbers)

    def user_by_email(self, email: str) -> User | None:
        """Whoever logs in with this address."""
        wanted = email.lower()
        return next((u for u in self.users.values() if u.email.lower() == wanted), None)

    def priority_named(self, name: str) -> Priority | None:
        """The most severe priority of this name."""
        return next((p for p in self.priorities.values() if p.name == name), None)

    def incident(self, id_or_number: str) -> Incident:
        """An incident by its id or its number.

        Raises:
            Conflict: There is none (404).
        """
        found = self.incidents.get(id_or_number)
        if found is None and id_or_number.isdigit():
            found = self.incidents.get(self.by_number.get(int(id_or_number), ""))
        if found is None:
            raise Conflict(2100, "Not Found", status=404)
        return found

    def service_of(self, incident: Incident) -> Service:
        """The service an incident is on."""
        return self.services[incident.service_id]

    def paged_at(self, policy: EscalationPolicy, level: int, moment: datetime) -> list[str]:
        """The ids of whoever a level of a policy pages at a moment."""
        rung = policy.levels[level - 1]
        people = [on_call(self.schedules[i], moment) for i in rung.schedule_ids]
        instant = timedelta(microseconds=1)
        shifts = [
            shift
            for schedule_id in rung.shift_schedule_ids
            if (schedule := self.shift_schedules.get(schedule_id)) is not None
            for shift in side_by_side(schedule, moment, moment + instant)
        ]
        on_shift = (shift.user_id for shift in shifts)
        known = (person for person in people if person is not None)
        return list(dict.fromkeys([*known, *on_shift, *rung.user_ids]))

    @property
    def shift_schedules(self) -> dict[str, ShiftSchedule]:
        """The shift-based schedules, where the account has any."""
        return self._shift_schedules if self.settings.v3_schedules else {}

    def add_shift_schedule(self, schedule: ShiftSchedule) -> None:
        """Have a shift-based schedule, for as long as the account may have them."""
        self._shift_schedules[schedule.id] = schedule

    def write(
        self,
        incident: Incident,
        type_: str,
        summary: str,
        agent: Actor,
        *,
        channel: Json | None = None,
        quiet: bool = False,
        extra: Json | None = None,
    ) -> LogEntry:
        """Log something. Unless it is `quiet`, the incident counts as changed by it."""
        now = self.timeline.stamp()
        if not quiet:
            incident.updated_at = now
        by_person = isinstance(agent, User)
        entry = LogEntry(
            self.new_id("R"),
            type_,
            summary,
            now,
            agent,
            channel or {"type": "website" if by_person else "auto"},
            incident.id,
            extra or {},
        )
        incident.entries.append(entry)
        if self.log and entry.created_at < self.log[-1].created_at:
            self.log.append(entry)
            self.log.sort(key=lambda one: one.created_at)
        else:
            self.log.append(entry)
        return entry

    # -- rota ----------------------------------------------------------------------------------

    def add_override(
        self, schedule_id: str, start: datetime, end: datetime, user_id: str
    ) -> Override:
        """Have somebody stand in.

        Raises:
            Conflict: It ends before it starts, or nobody has that id.
        """
        if end <= start:
            raise Conflict(4004, "Invalid Override", "Override must end after its start")
        if user_id not in self.users:
            raise Conflict(2013, "User Not Found", "User not found")
        override = Override(self.new_id(), start, end, user_id)
        self.schedules[schedule_id].overrides.append(override)
        return override

    def remove_override(self, schedule_id: str, override_id: str) -> bool:
        """Take an override back. Says whether nothing of it is left: one in progress is cut off.

        Raises:
            Conflict: It is over, or there is none of this id (404).
        """
        now = self.timeline.stamp()
        overrides = self.schedules[schedule_id].overrides
        override = next((o for o in overrides if o.id == override_id), None)
        if override is None:
            raise Conflict(2100, "Not Found", status=404)
        if override.end <= now:
            raise Conflict(4004, "Invalid Override", "Override has already ended")
        if override.start > now:
            overrides.remove(override)
            return True
        override.end = now
        return False
