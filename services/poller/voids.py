"""Which ids does PagerDuty say name no incident, and is it time to ask again?

A "no such thing" may be a slip of the vendor's: it stands until the incident is seen after all,
and is asked about again now and then, at a request each.
"""

from collections.abc import Iterable, Iterator

AGAIN = 600.0
"""Seconds until such an id is asked about once more."""


class Voids:
    """Those ids, in upper case."""

    def __init__(self) -> None:
        self._asked: dict[str, float] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._asked)

    def add(self, incident_id: str, now: float) -> None:
        """It names no incident, as was answered at a monotonic second."""
        self._asked[incident_id.upper()] = now

    def seen(self, incident_id: str) -> None:
        """It does name one."""
        self._asked.pop(incident_id.upper(), None)

    def worth_asking(self, wanted: Iterable[str], now: float) -> list[str]:
        """Of the ids wanted, those to ask for at a monotonic second; the new ones first."""
        due = {
            incident_id: self._asked.get(incident_id.upper(), -AGAIN)
            for incident_id in wanted
            if now - self._asked.get(incident_id.upper(), now - AGAIN) >= AGAIN
        }
        return sorted(due, key=lambda incident_id: (due[incident_id], incident_id))
