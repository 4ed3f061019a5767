"""What PagerDuty tells of incidents, their log and the rotas, in our own words.

Times are aware `datetime`s in UTC. Text is raw.
"""

from datetime import datetime

from msgspec import Struct

from services.domain import Incident


class IncidentPage(Struct, frozen=True):
    """Some of a list of incidents."""

    incidents: tuple[Incident, ...]
    """In the order sent."""
    more: bool
    received: int
    """How many came, readable or not: the next page begins that much further on."""
    skipped: tuple[str, ...]
    """A line for each incident that could not be read."""


class LogEntry(Struct, frozen=True):
    """One thing that happened to an incident."""

    id: str
    at: datetime
    kind: str
    """trigger, acknowledge, unacknowledge, annotate, status_update, resolve, snooze, …"""
    incident_id: str
    by: str | None
    by_person: bool
    """Not by a service, an integration or a timer."""
    text: str
    """The note or status update itself; of anything else, PagerDuty's summary."""
    incident: Incident | None
    """The incident as it was when the log was read, where it came whole."""


class LogPage(Struct, frozen=True):
    """Some of a log, oldest first within the page."""

    entries: tuple[LogEntry, ...]
    more: bool
    received: int
    """How many came, readable or not: the next page begins that much further on."""
    skipped: tuple[str, ...]
    """A line for each entry that could not be read."""


class Person(Struct, frozen=True):
    """A user of PagerDuty."""

    id: str
    name: str
    email: str | None
    role: str | None
