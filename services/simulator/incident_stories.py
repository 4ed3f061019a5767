"""How did an incident come to stand as it stands? Invents its past, one event at a time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from services.simulator import texts
from services.simulator.pagerduty.records import Incident, User
from services.simulator.ticket_stories import UPDATE, Plot, ago, share
from services.simulator.world import World

_TIMEOUT = timedelta(minutes=25)
"""An acknowledgement older than this would have run out."""


class IncidentStory:
    """Tells one incident's past."""

    def __init__(self, world: World, rng: Random, plot: Plot, service_id: str) -> None:
        self._world = world
        self._pager = world.pagerduty
        self._rng = rng
        self._plot = plot
        self._service = service_id
        self._now = world.timeline.stamp()
        self.incident_id = ""

    def tell(self, raised: datetime) -> None:
        """Put the whole past of an incident that is still open on the timeline."""
        self._trigger(raised)
        if self._plot.stand == "fresh":
            return
        picked_up = raised + timedelta(seconds=self._rng.uniform(50, 480))
        acked = min(picked_up, raised + (self._now - raised) * 0.8)
        self._acknowledge(acked)
        if self._plot.severity:
            prioritised = acked + (self._now - acked) * self._rng.uniform(0.02, 0.3)
            self._at(prioritised, self._prioritise)
        self._talk(acked)
        self._keep_quiet(acked)

    def tell_resolved(self, raised: datetime, resolved: datetime) -> None:
        """The past of one that is over, by a person or by the monitor."""
        self._trigger(raised)
        self._acknowledge(raised + (resolved - raised) * self._rng.uniform(0.02, 0.3))
        if self._plot.severity:
            self._at(raised + (resolved - raised) * 0.4, self._prioritise)
        by_person = self._rng.random() < 0.6

        def happens() -> None:
            service = self._pager.services[self._service]
            incident = self._incident()
            agent = self._owner(incident) if by_person else service
            text = "Back to normal." if by_person else ""
            self._pager.resolve(incident.id, agent, text)

        self._at(resolved, happens)

    def _talk(self, acked: datetime) -> None:
        """Notes of people; the last one says how the promise to update stands."""
        rng, severity = self._rng, self._plot.severity
        minutes = UPDATE[severity or "p3"] * share(self._plot.stand, rng)
        last = max(acked, ago(self._now, severity, minutes))
        if rng.random() < 0.5:
            self._note(acked + (last - acked) * rng.uniform(0.1, 0.9), rng.choice(texts.NOTES))
        text = rng.choice(texts.UPDATES)
        if rng.random() < 0.25:
            self._at(last, lambda: self._tell_stakeholders(text))
        else:
            self._note(last, text)

    def _keep_quiet(self, acked: datetime) -> None:
        """What was acknowledged long ago is snoozed, or acknowledged again, to stay so."""
        if self._now - acked < _TIMEOUT:
            return
        if self._rng.random() < 0.6:
            until = self._now + timedelta(minutes=self._rng.uniform(5, 400))
            seconds = min(int((until - acked).total_seconds()), 604_000)
            self._at(acked + timedelta(seconds=5), lambda: self._snooze(seconds))
        else:
            self._acknowledge(self._now - timedelta(minutes=self._rng.uniform(1, 25)))

    # -- single acts ---------------------------------------------------------------------------

    def _trigger(self, moment: datetime) -> None:
        def happens() -> None:
            incident = self._pager.create_incident(
                self._plot.subject, self._service, body=f"{self._plot.subject}\n"
            )
            self.incident_id = incident.id

        self._world.timeline.at(moment, happens)

    def _acknowledge(self, moment: datetime) -> None:
        self._at(
            moment, lambda: self._pager.acknowledge(self.incident_id, self._owner(self._incident()))
        )

    def _prioritise(self) -> None:
        name = str(self._plot.severity).upper()
        self._pager.set_priority(self.incident_id, self._owner(self._incident()), name)

    def _note(self, moment: datetime, text: str) -> None:
        self._at(
            moment, lambda: self._pager.note(self.incident_id, self._owner(self._incident()), text)
        )

    def _tell_stakeholders(self, text: str) -> None:
        self._pager.status_update(self.incident_id, self._owner(self._incident()), text)

    def _snooze(self, seconds: int) -> None:
        incident = self._incident()
        if incident.status == "acknowledged":
            self._pager.snooze(incident.id, self._owner(incident), seconds)

    def _incident(self) -> Incident:
        return self._pager.incidents[self.incident_id]

    def _owner(self, incident: Incident) -> User:
        if incident.assignments:
            return self._pager.users[incident.assignments[0][1]]
        return self._pager.users[self._world.cast.agents[0].pagerduty_id]

    def _at(self, moment: datetime, act: Callable[[], object]) -> None:
        def happens() -> None:
            if self.incident_id and self._incident().status != "resolved":
                act()

        self._world.timeline.at(moment, happens)
