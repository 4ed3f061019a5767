"""What happens in the coming hours? A shift that keeps whoever is on call busy.

Tenants write, monitors page, colleagues answer and go home at five. Whom or what an event concerns
is decided when it happens, from how things stand then, so that it never contradicts what the
person on call has done meanwhile.
"""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import TypeVar

from services.simulator import hours, texts
from services.simulator.cast import TENANTS, Agent
from services.simulator.pagerduty.records import Incident, User
from services.simulator.ticket_stories import PRIORITY
from services.simulator.world import World
from services.simulator.zendesk.records import Ticket

Thing = TypeVar("Thing")

LENGTH = timedelta(hours=12)
"""How long something goes on happening."""

GAP = 60.0, 240.0
"""Seconds between two events, at least and at most."""

_LEFT_ALONE = timedelta(minutes=9)
"""What is newer than this is left to the person on call."""


def script_shift(world: World) -> None:
    """Put a lively shift of twelve hours on the timeline, from now on."""
    shift = Shift(world)
    opening: tuple[tuple[float, Callable[[], object]], ...] = (
        (40, shift.new_ticket),
        (95, shift.tenant_answers),
        (150, shift.colleague_triages),
        (240, shift.emergency),
        (330, shift.page_left_to_run_out),
        (420, shift.colleague_replies),
        (540, shift.page_that_resolves_itself),
    )
    for seconds, act in opening:
        world.timeline.after(timedelta(seconds=seconds), act)
    world.timeline.after(timedelta(seconds=660), shift.go_on)
    _before_five(world, shift)


def _before_five(world: World, shift: "Shift") -> None:
    """Five minutes before the end of support hours, somebody hands over."""
    now = world.timeline.now()
    five = now.astimezone(hours.ZONE).replace(hour=16, minute=55, second=0, microsecond=0)
    if five > now and hours.is_open(five):
        world.timeline.at(five, shift.hand_over)


class Shift:
    """What can happen."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._rng = Random(f"shift/{world.seed}")
        self._titles = texts.Titles(self._rng, TENANTS)
        self._end = world.timeline.now() + LENGTH

    def go_on(self) -> None:
        """One thing happens, and another will in a few minutes."""
        in_hours = hours.is_open(self._world.timeline.now())
        acts: tuple[tuple[Callable[[], object], int, int], ...] = (
            (self.tenant_answers, 25, 26),
            (self.new_ticket, 15, 5),
            (self.colleague_replies, 16, 4),
            (self.colleague_triages, 11, 5),
            (self.colleague_notes, 8, 4),
            (self.colleague_solves, 9, 6),
            (self.tenant_reopens, 2, 2),
            (self.page_that_resolves_itself, 5, 12),
            (self.on_call_picks_up, 6, 12),
            (self.on_call_resolves, 3, 7),
            (self.on_call_writes_note, 4, 9),
            (self.emergency, 1, 3),
        )
        weights = [by_day if in_hours else by_night for _, by_day, by_night in acts]
        self._rng.choices([act for act, _, _ in acts], weights=weights)[0]()
        gap = timedelta(seconds=self._rng.uniform(*GAP))
        if self._world.timeline.now() + gap < self._end:
            self._world.timeline.after(gap, self.go_on)

    # -- tenants -------------------------------------------------------------------------------

    def new_ticket(self) -> None:
        """A tenant writes for the first time."""
        subject = self._titles.exactly(self._rng.choice(texts.SUBJECTS))
        self._mail(subject, self._rng.choice(self._world.cast.requesters))

    def tenant_answers(self) -> None:
        """A tenant answers where we asked, or asks where we have not answered."""
        waiting = self._tickets("pending")
        tickets = waiting if waiting and self._rng.random() < 0.6 else self._tickets("open")
        if ticket := self._one_of(tickets):
            text = self._rng.choice(texts.ANSWERS)
            self._world.zendesk.reply(ticket.id, ticket.requester_id, text)

    def tenant_reopens(self) -> None:
        """A tenant is not content with a solution."""
        if ticket := self._one_of(self._tickets("solved")):
            text = "Sorry, it has come back. Could you look again?"
            self._world.zendesk.reply(ticket.id, ticket.requester_id, text)

    def emergency(self) -> None:
        """An e-mail to the emergency address: it pages, and becomes a ticket a moment later."""
        subject = self._titles.exactly(self._rng.choice(texts.EMERGENCIES))
        requester = self._rng.choice(self._world.cast.requesters)
        self._world.pagerduty.create_incident(subject, self._world.cast.emergency)
        delay = timedelta(seconds=self._rng.randint(5, 50))
        self._world.timeline.after(delay, lambda: self._mail(subject, requester))

    def _mail(self, subject: str, requester: int) -> None:
        desk, rng = self._world.zendesk, self._rng
        ticket = desk.create_ticket(
            subject,
            f"Hello,\n\n{rng.choice(texts.SYMPTOMS)}",
            requester_id=requester,
            fields={"group_id": self._world.cast.support},
        )
        if rng.random() < 0.25:
            desk.triggered_comment(ticket.id, texts.RECEIVED)

    # -- colleagues ----------------------------------------------------------------------------

    def colleague_replies(self) -> None:
        """A colleague writes to a tenant, on a ticket of their own or on one that is theirs now."""
        colleague = self._colleague()
        theirs = [t for t in self._tickets("open") if t.assignee_id == colleague.zendesk_id]
        if ticket := self._one_of(theirs or self._tickets("open", "new", classified=True)):
            question = self._rng.random() < 0.35
            text = self._rng.choice(texts.QUESTIONS if question else texts.UPDATES)
            fields = {"status": "pending"} if question else {}
            self._world.zendesk.reply(ticket.id, colleague.zendesk_id, text, **fields)

    def colleague_triages(self) -> None:
        """A colleague classifies what has been left lying for a while."""
        colleague = self._colleague()
        ripe = self._world.timeline.now() - _LEFT_ALONE
        lying = [t for t in self._tickets("new", "open", classified=False) if t.created_at < ripe]
        if not lying:
            self.colleague_notes()
            return
        ticket = min(lying, key=lambda one: one.created_at)
        severity = self._rng.choice(("p2", "p3", "p3", "p4"))
        self._world.zendesk.note(
            ticket.id,
            colleague.zendesk_id,
            f"Triage: {severity.upper()}. One tenant, nothing known yet.",
            tags=[*ticket.tags, severity],
            priority=PRIORITY[severity],
            assignee_id=colleague.zendesk_id,
        )

    def colleague_notes(self) -> None:
        """A colleague writes an internal note."""
        if ticket := self._one_of(self._tickets("open")):
            text = self._rng.choice(texts.NOTES)
            self._world.zendesk.note(ticket.id, self._colleague().zendesk_id, text)

    def colleague_solves(self) -> None:
        """A colleague closes a ticket that has been answered."""
        done = [t for t in self._tickets("open", classified=True) if t.metrics.replies]
        if ticket := self._one_of(done):
            colleague = self._colleague()
            self._world.zendesk.reply(
                ticket.id,
                colleague.zendesk_id,
                self._rng.choice(texts.SOLVED),
                status="solved",
                assignee_id=ticket.assignee_id or colleague.zendesk_id,
            )

    def hand_over(self) -> None:
        """A colleague leaves a word for the night."""
        if ticket := self._one_of(self._tickets("open", classified=True)):
            text = "Handing over: the tenant expects news tomorrow morning, nothing before."
            self._world.zendesk.note(ticket.id, self._colleague().zendesk_id, text)

    # -- pages ---------------------------------------------------------------------------------

    def page_left_to_run_out(self) -> None:
        """A page that a colleague acknowledges and forgets: in 30 minutes it pages again."""
        pager = self._world.pagerduty
        title = self._titles.exactly(self._rng.choice(texts.PAGES))
        incident = pager.create_incident(title, self._world.cast.emergency)
        user = pager.users[self._colleague().pagerduty_id]

        def acknowledged() -> None:
            if incident.status == "triggered":
                pager.acknowledge(incident.id, user)

        self._world.timeline.after(timedelta(seconds=75), acknowledged)

    def page_that_resolves_itself(self) -> None:
        """A smoke test fails, and succeeds again some minutes later."""
        pager = self._world.pagerduty
        title = self._titles.exactly(self._rng.choice(texts.PAGES))
        incident = pager.create_incident(title, self._world.cast.smoke)
        service = pager.services[self._world.cast.smoke]

        def recovers() -> None:
            if incident.status != "resolved":
                pager.resolve(incident.id, service)

        self._world.timeline.after(timedelta(seconds=self._rng.uniform(240, 900)), recovers)

    def on_call_picks_up(self) -> None:
        """Somebody else acknowledges what nobody has for a while."""
        ripe = self._world.timeline.now() - timedelta(minutes=12)
        left = [i for i in self._incidents("triggered") if i.updated_at < ripe]
        if incident := self._one_of(left):
            self._world.pagerduty.acknowledge(incident.id, self._owner(incident))

    def on_call_resolves(self) -> None:
        """Somebody else is done with an incident that they had."""
        mine = self._world.cast.agents[0].pagerduty_id
        theirs = [
            incident
            for incident in self._incidents("acknowledged")
            if mine not in {user_id for _, user_id in incident.assignments}
        ]
        if incident := self._one_of(theirs):
            self._world.pagerduty.resolve(incident.id, self._owner(incident), "Back to normal.")

    def on_call_writes_note(self) -> None:
        """Whoever has an incident says how it goes."""
        if incident := self._one_of(self._incidents("acknowledged")):
            text = self._rng.choice((*texts.NOTES, *texts.UPDATES))
            self._world.pagerduty.note(incident.id, self._owner(incident), text)

    # -- choices -------------------------------------------------------------------------------

    def _tickets(self, *statuses: str, classified: bool | None = None) -> list[Ticket]:
        return [
            ticket
            for ticket in self._world.zendesk.tickets.values()
            if ticket.status in statuses
            and not ticket.deleted
            and classified in (None, not PRIORITY.keys().isdisjoint(ticket.tags))
        ]

    def _incidents(self, status: str) -> list[Incident]:
        incidents = self._world.pagerduty.incidents.values()
        return [incident for incident in incidents if incident.status == status]

    def _one_of(self, things: list[Thing]) -> Thing | None:
        return self._rng.choice(things) if things else None

    def _colleague(self) -> Agent:
        return self._rng.choice(self._world.cast.agents[1:])

    def _owner(self, incident: Incident) -> User:
        owners = [user_id for _, user_id in incident.assignments]
        mine = self._world.cast.agents[0].pagerduty_id
        others = [user_id for user_id in owners if user_id != mine]
        return self._world.pagerduty.users[(others or [self._colleague().pagerduty_id])[0]]
