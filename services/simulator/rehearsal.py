"""How is a scenario played? Its events go on the timeline, and bear with what was done meanwhile.

An event that has lost its object, say an answer to a ticket that was closed, passes silently.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from random import Random

from services.simulator import script
from services.simulator.cast import Agent
from services.simulator.pagerduty.records import Incident, User
from services.simulator.scenario import populate
from services.simulator.shift import script_shift
from services.simulator.ticket_stories import PRIORITY
from services.simulator.world import World
from services.simulator.zendesk.records import Ticket

MAIL_TAKES = timedelta(seconds=20)
"""How long after the page an emergency e-mail is a ticket."""


def play(world: World, scenario: script.Script, open_issues: int | None = None) -> None:
    """Fill the world as the scenario says, and put what happens on its timeline.

    Args:
        open_issues: Open at the start, in place of what the scenario says.
    """
    populate(world, scenario.open if open_issues is None else open_issues)
    if scenario.lively:
        script_shift(world)
    rehearsal = Rehearsal(world)
    for cue in scenario.cues:
        world.timeline.after(cue.at, partial(rehearsal.act, cue))


class Rehearsal:
    """Carries out events, and remembers what has which subject.

    A subject it did not bring into the world itself is looked for there.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._rng = Random(f"rehearsal/{world.seed}")
        self._tickets: defaultdict[str, list[int]] = defaultdict(list)
        self._incidents: defaultdict[str, list[str]] = defaultdict(list)
        self._severities: dict[str, str] = {}

    def act(self, cue: script.Cue) -> None:
        """Let it happen now."""
        match cue.event:
            case script.Ticket() as ticket:
                self._write(ticket.subject, ticket.text, ticket.severity)
            case script.Page() as page:
                self._page(page.subject, page.subject, self._world.cast.smoke, page.severity)
            case script.Mail() as mail:
                self._mail(mail)
            case script.Storm() as storm:
                self._storm(storm, cue.within)
            case script.Acknowledge() | script.Resolve() as end:
                self._settle(end)
            case _ as desk:
                self._on_tickets(desk)

    def _write(self, subject: str, text: str, severity: str | None) -> None:
        cast = self._world.cast
        severity = self._severities.get(subject, severity)
        fields = {"group_id": cast.support, **_classified(severity, [])}
        requester = self._rng.choice(cast.requesters)
        desk = self._world.zendesk
        ticket = desk.create_ticket(subject, text, requester_id=requester, fields=fields)
        self._tickets[subject].append(ticket.id)

    def _page(self, subject: str, title: str, service: str, severity: str | None) -> None:
        pager = self._world.pagerduty
        incident = pager.create_incident(title, service, priority=severity)
        self._incidents[subject].append(incident.id)

    def _mail(self, mail: script.Mail) -> None:
        self._page(mail.subject, mail.subject, self._world.cast.emergency, mail.severity)
        write = partial(self._write, mail.subject, mail.text, mail.severity)
        self._world.timeline.after(MAIL_TAKES, write)

    def _storm(self, storm: script.Storm, within: timedelta) -> None:
        smoke = self._world.cast.smoke
        for place in range(storm.count):
            title = f"{storm.subject} ({place + 1})"
            page = partial(self._page, storm.subject, title, smoke, storm.severity)
            self._world.timeline.after(within * place / storm.count, page)

    def _settle(self, event: script.Acknowledge | script.Resolve) -> None:
        pager = self._world.pagerduty
        for incident in self._unresolved(event.subject):
            if isinstance(event, script.Resolve):
                pager.resolve(incident.id, pager.services[incident.service_id])
            elif incident.status == "triggered":
                pager.acknowledge(incident.id, self._user())

    def _on_tickets(self, event: script.Reply | script.Triage | script.Solve) -> None:
        if isinstance(event, script.Triage):
            self._triage(event)
            return
        desk = self._world.zendesk
        for ticket in self._living(event.subject):
            colleague = self._colleague().zendesk_id
            if isinstance(event, script.Reply):
                author = ticket.requester_id if event.by == "tenant" else colleague
                desk.reply(ticket.id, author, event.text)
            elif ticket.status != "solved":
                owner = ticket.assignee_id or colleague
                desk.reply(ticket.id, colleague, event.text, status="solved", assignee_id=owner)

    def _triage(self, event: script.Triage) -> None:
        # A ticket that is still on its way as e-mail is born with the severity.
        self._severities[event.subject] = event.severity
        for ticket in self._living(event.subject):
            fields = _classified(event.severity, ticket.tags)
            self._world.zendesk.edit(ticket.id, self._colleague().zendesk_id, **fields)
        for incident in self._unresolved(event.subject):
            self._world.pagerduty.set_priority(incident.id, self._user(), event.severity)

    def _living(self, subject: str) -> Iterator[Ticket]:
        desk = self._world.zendesk.tickets
        known = self._tickets[subject] or [t.id for t in desk.values() if t.subject == subject]
        for ticket_id in known:
            ticket = desk.get(ticket_id)
            if ticket is not None and ticket.status != "closed" and not ticket.deleted:
                yield ticket

    def _unresolved(self, subject: str) -> Iterator[Incident]:
        pages = self._world.pagerduty.incidents
        known = self._incidents[subject] or [i.id for i in pages.values() if i.title == subject]
        for incident_id in known:
            incident = pages.get(incident_id)
            if incident is not None and incident.status != "resolved":
                yield incident

    def _colleague(self) -> Agent:
        return self._rng.choice(self._world.cast.agents[1:])

    def _user(self) -> User:
        return self._world.pagerduty.users[self._colleague().pagerduty_id]


def _classified(severity: str | None, tags: Sequence[str]) -> dict[str, object]:
    """A ticket's fields with this severity in place of any other; its other tags stay."""
    if severity is None:
        return {}
    kept = [tag for tag in tags if tag not in PRIORITY]
    tag = severity.lower()
    return {"tags": [*kept, tag], "priority": PRIORITY[tag]}
