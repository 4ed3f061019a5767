"""How did a ticket come to stand as it stands? Invents its past, one event at a time.

The events are put on the world's timeline, at moments that lie behind us; the world then lives
through them in order, with all that follows from them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from services.simulator import hours, texts
from services.simulator.world import World

Severity = Literal["p1", "p2", "p3", "p4"] | None
Stand = Literal["fresh", "answered", "soon", "breached", "waiting", "hold"]

PRIORITY = {"p1": "urgent", "p2": "high", "p3": "normal", "p4": "low"}
"""Zendesk's priority by severity tag."""

RESPOND = {"p1": 20, "p2": 30, "p3": 120, "p4": 480}
UPDATE = {"p1": 60, "p2": 120, "p3": 240, "p4": 960}
"""Minutes allowed, of support time but for P1; only so that the stories are plausible."""


@dataclass(frozen=True, slots=True)
class Plot:
    """What a ticket's past comes to.

    Attributes:
        stand: How it stands now: `fresh` is not answered yet, `soon` is about to fall due.
        raised: When it was raised; `None` leaves that to chance.
    """

    severity: Severity
    stand: Stand
    subject: str
    raised: datetime | None = None


def ago(now: datetime, severity: Severity, minutes: float) -> datetime:
    """So many minutes ago, by the clock that runs for the severity."""
    span = timedelta(minutes=minutes)
    return now - span if severity == "p1" else hours.before(now, span)


def share(stand: Stand, rng: Random) -> float:
    """How much of an allowance is used up when an issue stands like this."""
    if stand == "soon":
        return rng.uniform(0.8, 0.96)
    return rng.uniform(1.05, 1.6) if stand == "breached" else rng.uniform(0.05, 0.65)


class TicketStory:
    """Tells one ticket's past."""

    def __init__(self, world: World, rng: Random, plot: Plot) -> None:
        self._world = world
        self._desk = world.zendesk
        self._rng = rng
        self._plot = plot
        self._now = world.timeline.stamp()
        self._agent = rng.choice(world.cast.agents).zendesk_id
        self._requester = rng.choice(world.cast.requesters)
        self.ticket_id = 0

    def tell(self) -> None:
        """Put the whole past on the timeline."""
        plot = self._plot
        if plot.severity is None:
            self._unclassified()
        elif plot.stand == "fresh":
            self._fresh(plot.severity)
        else:
            self._answered(plot.severity)

    def _unclassified(self) -> None:
        minutes = 20 * share(self._plot.stand, self._rng)
        self._raise(self._plot.raised or ago(self._now, None, minutes))

    def _fresh(self, severity: str) -> None:
        minutes = RESPOND[severity] * share("fresh", self._rng)
        raised = self._plot.raised or ago(self._now, self._plot.severity, minutes)
        self._raise(raised)
        self._triage(raised + (self._now - raised) * self._rng.uniform(0.1, 0.6))

    def _answered(self, severity: str) -> None:
        """Raised, triaged, answered, perhaps discussed, and last written to at a chosen time."""
        rng, plot = self._rng, self._plot
        last = max(self._last_word(severity), plot.raised or self._now - timedelta(days=99))
        raised = self._beginning(last)
        self._raise(raised)
        triaged = min(last, hours.after(raised, timedelta(minutes=rng.uniform(1, 18))))
        if severity == "p1":
            triaged = min(last, raised + timedelta(minutes=rng.uniform(1, 8)))
        self._triage(triaged)
        first = min(last, triaged + timedelta(minutes=rng.uniform(1, RESPOND[severity] * 0.6)))
        if first < last:
            self._say(first, rng.choice(texts.ACKNOWLEDGEMENTS))
            self._talk_between(first, last)
        self._last_act(last, plot.stand)

    def _last_word(self, severity: str) -> datetime:
        rng, stand = self._rng, self._plot.stand
        if stand in ("waiting", "hold"):
            return hours.before(self._now, timedelta(minutes=rng.uniform(20, 1600)))
        return ago(self._now, self._plot.severity, UPDATE[severity] * share(stand, rng))

    def _beginning(self, last: datetime) -> datetime:
        if self._plot.raised is not None:
            return self._plot.raised
        if self._plot.severity == "p1":
            return last - timedelta(minutes=self._rng.uniform(5, 200))
        return last - timedelta(hours=self._rng.triangular(0.3, 24 * 14, 8))

    def _talk_between(self, first: datetime, last: datetime) -> None:
        rng = self._rng
        for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
            moment = first + (last - first) * rng.uniform(0.05, 0.95)
            kind = rng.random()
            if kind < 0.4:
                self._answer(moment, rng.choice(texts.ANSWERS))
            elif kind < 0.75:
                self._say(moment, rng.choice(texts.UPDATES))
            else:
                self._note(moment, rng.choice(texts.NOTES))

    def _last_act(self, last: datetime, stand: Stand) -> None:
        rng = self._rng
        if stand == "waiting":
            self._say(last, rng.choice(texts.QUESTIONS), status="pending")
            if rng.random() < 0.1:
                self._answered_but_still_pending(last)
            return
        if stand == "hold":
            self._say(last, "We are waiting for a supplier here.", status="hold")
            return
        self._say(last, rng.choice(texts.UPDATES))
        span = self._now - last
        if rng.random() < 0.3:
            self._answer(last + span * rng.uniform(0.1, 0.9), rng.choice(texts.ANSWERS))
        if rng.random() < 0.3:
            self._note(last + span * rng.uniform(0.1, 0.9), rng.choice(texts.NOTES))

    def _answered_but_still_pending(self, last: datetime) -> None:
        answered = last + (self._now - last) * self._rng.uniform(0.2, 0.6)
        self._answer(answered, self._rng.choice(texts.ANSWERS))
        back = answered + timedelta(seconds=90)
        self._at(back, lambda: self._edit(status="pending"))

    # -- single acts ---------------------------------------------------------------------------

    def _raise(self, moment: datetime) -> None:
        by_agent = self._rng.random() < 0.06
        body = f"Hello,\n\n{self._rng.choice(texts.SYMPTOMS)}\n\nThanks"
        with_reply = self._rng.random() < 0.25

        def happens() -> None:
            ticket = self._desk.create_ticket(
                self._plot.subject if self._plot.subject.strip() else "(no subject)",
                body,
                requester_id=self._requester,
                author_id=self._agent if by_agent else None,
                via="web" if by_agent else "email",
                fields={"group_id": self._world.cast.support},
            )
            self.ticket_id = ticket.id
            if with_reply:
                self._desk.triggered_comment(ticket.id, texts.RECEIVED)

        self._world.timeline.at(moment, happens)

    def _triage(self, moment: datetime) -> None:
        severity = str(self._plot.severity)
        fields = {"priority": PRIORITY[severity], "assignee_id": self._agent}
        text = f"Triage: {severity.upper()}. One tenant, no workaround known."

        def happens() -> None:
            ticket = self._desk.tickets[self.ticket_id]
            tags = [*ticket.tags, severity]
            self._desk.note(self.ticket_id, self._agent, text, tags=tags, **fields)

        self._at(moment, happens)

    def _say(self, moment: datetime, text: str, **fields: object) -> None:
        self._at(moment, lambda: self._desk.reply(self.ticket_id, self._agent, text, **fields))

    def _note(self, moment: datetime, text: str) -> None:
        self._at(moment, lambda: self._desk.note(self.ticket_id, self._agent, text))

    def _answer(self, moment: datetime, text: str) -> None:
        self._at(moment, lambda: self._desk.reply(self.ticket_id, self._requester, text))

    def _edit(self, **fields: object) -> None:
        self._desk.edit(self.ticket_id, self._agent, **fields)

    def _at(self, moment: datetime, act: Callable[[], object]) -> None:
        def happens() -> None:
            if self.ticket_id:
                act()

        self._world.timeline.at(moment, happens)


def solved_story(world: World, rng: Random, subject: str, solved_at: datetime) -> None:
    """A ticket that is over: raised, answered and solved; closed later by the automation."""
    raised = solved_at - timedelta(hours=rng.triangular(0.3, 90, 4))
    severity: Severity = rng.choice(("p2", "p3", "p3", "p4", "p4"))
    agent = rng.choice(world.cast.agents).zendesk_id
    requester = rng.choice(world.cast.requesters)
    body = rng.choice(texts.SYMPTOMS)
    reply, solved = rng.choice(texts.ACKNOWLEDGEMENTS), rng.choice(texts.SOLVED)
    replied = raised + (solved_at - raised) * rng.uniform(0.1, 0.7)

    def begins() -> None:
        desk = world.zendesk
        fields = {"group_id": world.cast.support, "tags": [severity]}
        ticket = desk.create_ticket(subject, body, requester_id=requester, fields=fields)
        world.timeline.at(replied, lambda: desk.reply(ticket.id, agent, reply, assignee_id=agent))
        world.timeline.at(solved_at, lambda: desk.reply(ticket.id, agent, solved, status="solved"))

    world.timeline.at(raised, begins)
