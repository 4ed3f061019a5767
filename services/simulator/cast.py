"""Who is in the play? The people, teams, services and rotas that both accounts begin with."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.simulator.pagerduty.account import PagerDutyAccount
from services.simulator.pagerduty.records import (
    EscalationPolicy,
    Layer,
    Level,
    Priority,
    Restriction,
    Schedule,
    Service,
    ShiftSchedule,
    Team,
    User,
)
from services.simulator.zendesk.account import ZendeskAccount
from services.simulator.zendesk.records import CustomStatus, Group, Macro, Organization, View

DOMAIN = "platform.example"

INCIDENT_LEADS = "PV3SHIFTS"
"""The id of the shift-based schedule, which stands on the second rung where there are any."""

AGENTS = (
    ("Imogen Achebe", "imogen"),
    ("Tomas Lindqvist", "tomas"),
    ("Priya Raman", "priya"),
    ("Owen Gallagher", "owen"),
    ("Yuki Tanabe", "yuki"),
)
"""The five on the rota. The first is whoever holds the demo's token."""

LEAD = ("Ruth Oduya", "ruth")
"""Who is paged last, always."""

TENANTS = (
    "Harbour Licensing", "Parcel Tracker", "Museum Passes", "River Levels", "School Meals",
    "Allotment Finder", "Night Buses", "Beekeepers Register", "Lost Property", "Tide Tables",
    "Canal Permits", "Street Trees",
)  # fmt: skip

_GIVEN = ("Ada", "Bram", "Carys", "Deniz", "Eilidh", "Femi", "Gwen", "Hana", "Idris", "Jonas",
          "Kemi", "Lars", "Mina", "Noor", "Oskar", "Petra", "Quentin", "Rosa", "Samir", "Tess",
          "Ulla", "Viktor", "Wanda", "Zane")  # fmt: skip
_FAMILY = ("Ashdown", "Bakare", "Coyle", "Drummond", "Eriksen", "Farouk", "Grieve", "Hollis",
           "Ivanova", "Jarvis", "Kowal", "Lowther", "Mensah", "Novak", "Okafor", "Price",
           "Quist", "Rahman", "Sato", "Thorne", "Usman", "Varga", "Whitlock", "Young")  # fmt: skip

PRIORITIES = (
    ("P1", "The platform does not serve apps, or data is at risk"),
    ("P2", "Many tenants cannot do something important"),
    ("P3", "Some tenants have a degraded service"),
    ("P4", "A nuisance, with a way round it"),
    ("P5", "To be looked at one day"),
)

_STATUSES = (("new", "New"), ("open", "Open"), ("pending", "Waiting for tenant"),
             ("hold", "On hold"), ("solved", "Solved"))  # fmt: skip

MACROS = (
    ("Ask for the app's name", "Which app, organisation and space is this about?", "pending"),
    ("Thanks, it is fixed", "This is fixed now. Please tell us if you see it again.", "solved"),
    ("We are looking into it", "Thank you for telling us. We are looking into it now.", None),
)


@dataclass(frozen=True, slots=True)
class Agent:
    """One of ours, with an account at both vendors."""

    name: str
    email: str
    zendesk_id: int
    pagerduty_id: str


@dataclass(frozen=True, slots=True)
class Cast:
    """Everyone and everything that stories are made of.

    Attributes:
        agents: The five on the rota; the first holds the demo's token.
        requesters: Zendesk ids of the tenants' people.
        primary: The id of the schedule staffed in support hours.
        out_of_hours: The id of the schedule staffed the rest of the time.
        emergency: The id of the service behind the emergency e-mail address.
        smoke: The id of the service that the smoke tests page, which resolves by itself.
        backlog: The id of a service that never pages anyone nor times out.
    """

    agents: tuple[Agent, ...]
    lead: Agent
    support: int
    billing: int
    requesters: tuple[int, ...]
    primary: str
    out_of_hours: str
    policy: str
    emergency: str
    smoke: str
    backlog: str


def assemble(zendesk: ZendeskAccount, pagerduty: PagerDutyAccount, now: datetime) -> Cast:
    """Fill two empty accounts with the cast; no tickets and no incidents yet."""
    long_ago = now - timedelta(days=700)
    support = Group(zendesk.new_id(), "Platform support", long_ago, default=True)
    billing = Group(zendesk.new_id(), "Billing", long_ago)
    zendesk.groups = {group.id: group for group in (support, billing)}
    for category, label in _STATUSES:
        status = CustomStatus(zendesk.new_id(), category, label, long_ago)
        zendesk.custom_statuses[status.id] = status
    agents = tuple(
        _agent(zendesk, pagerduty, *named, support.id, long_ago) for named in (*AGENTS, LEAD)
    )
    for name in TENANTS:
        organization = Organization(zendesk.new_id(), name, long_ago)
        zendesk.organizations[organization.id] = organization
    requesters = tuple(_requester(zendesk, place, long_ago) for place in range(len(_GIVEN)))
    _prepared_texts(zendesk, support, long_ago)
    primary, nights = _schedules(pagerduty, agents[:5], now)
    policy = _policy(pagerduty, primary, nights, agents[5])
    pagerduty.add_shift_schedule(_incident_leads(agents, primary.layers[0].start))
    services = _services(pagerduty, policy, long_ago)
    return Cast(
        agents[:5],
        agents[5],
        support.id,
        billing.id,
        requesters,
        primary.id,
        nights.id,
        policy.id,
        *services,
    )


def _agent(
    zendesk: ZendeskAccount,
    pagerduty: PagerDutyAccount,
    name: str,
    login: str,
    group_id: int,
    since: datetime,
) -> Agent:
    email = f"{login}@{DOMAIN}"
    person = zendesk.add_person(name, email, "agent", group_ids=(group_id,), created_at=since)
    user = User(pagerduty.new_id("P"), name, email)
    pagerduty.users[user.id] = user
    return Agent(name, email, person.id, user.id)


def _requester(zendesk: ZendeskAccount, place: int, since: datetime) -> int:
    name = f"{_GIVEN[place]} {_FAMILY[(place * 7 + 3) % len(_FAMILY)]}"
    organizations = tuple(zendesk.organizations.values())
    tenant = organizations[place % len(organizations)]
    domain = tenant.name.lower().replace(" ", "-")
    email = f"{name.lower().replace(' ', '.')}@{domain}.example"
    person = zendesk.add_person(name, email, organization_id=tenant.id, created_at=since)
    return person.id


def _prepared_texts(zendesk: ZendeskAccount, support: Group, long_ago: datetime) -> None:
    for title, query in (
        ("All unsolved tickets", "status<solved"),
        ("Your unsolved tickets", "status<solved assignee:me"),
        ("Unassigned tickets", "status<solved assignee:none"),
        ("Platform support, unsolved", f"status<solved group:{support.id}"),
    ):
        view = View(zendesk.new_id(), title, query, long_ago)
        zendesk.views[view.id] = view
    for title, body, status in MACROS:
        macro = Macro(zendesk.new_id(), title, body, long_ago, status)
        zendesk.macros[macro.id] = macro


def _schedules(
    pagerduty: PagerDutyAccount, agents: tuple[Agent, ...], now: datetime
) -> tuple[Schedule, Schedule]:
    """In hours one after the other, week by week from Monday 09:00; out of hours from 17:00."""
    zone = ZoneInfo("Europe/London")
    monday = now.astimezone(zone).date() - timedelta(weeks=4 * len(agents))
    monday -= timedelta(days=monday.isoweekday() - 1)
    ids = tuple(agent.pagerduty_id for agent in agents)
    in_hours = tuple(Restriction(time(9), timedelta(hours=8), day) for day in range(1, 6))
    nights = tuple(Restriction(time(17), timedelta(hours=16), day) for day in range(1, 5))
    weekend = Restriction(time(17), timedelta(hours=64), 5)
    week = timedelta(weeks=1)
    day_start = datetime.combine(monday, time(9), zone)
    night_start = datetime.combine(monday, time(17), zone)
    primary = Schedule(
        pagerduty.new_id("P"),
        "Primary",
        zone.key,
        (Layer(pagerduty.new_id("P"), "In hours", day_start, week, ids, in_hours),),
        "Monday to Friday, 09:00 to 17:00",
    )
    night_ids = ids[2:] + ids[:2]
    layer = Layer(pagerduty.new_id("P"), "Nights", night_start, week, night_ids, (*nights, weekend))
    out_of_hours = Schedule(
        pagerduty.new_id("P"), "Out of hours", zone.key, (layer,), "Nights, weekends, holidays"
    )
    pagerduty.schedules = {one.id: one for one in (primary, out_of_hours)}
    return primary, out_of_hours


def _incident_leads(agents: tuple[Agent, ...], since: datetime) -> ShiftSchedule:
    """Two people at once, all day: one changes every week, the other every day."""
    ids = tuple(agent.pagerduty_id for agent in agents)
    weekly = Layer(f"{INCIDENT_LEADS}W", "Weekly lead", since, timedelta(weeks=1), ids)
    daily = Layer(f"{INCIDENT_LEADS}D", "Daily lead", since, timedelta(days=1), ids[::-1])
    return ShiftSchedule(INCIDENT_LEADS, "Incident leads", "Europe/London", (weekly, daily))


def _policy(
    pagerduty: PagerDutyAccount, primary: Schedule, nights: Schedule, lead: Agent
) -> EscalationPolicy:
    """Whoever is on call for 15 minutes, then the lead for 30, and the same once more."""
    both = (primary.id, nights.id)
    first = Level(pagerduty.new_id("P"), timedelta(minutes=15), schedule_ids=both)
    leads = (INCIDENT_LEADS,)
    second = Level(
        pagerduty.new_id("P"),
        timedelta(minutes=30),
        user_ids=(lead.pagerduty_id,),
        shift_schedule_ids=leads,
    )
    policy = EscalationPolicy(pagerduty.new_id("P"), "Platform emergency", (first, second), 1)
    pagerduty.policies[policy.id] = policy
    team = Team(pagerduty.new_id("P"), "Platform")
    pagerduty.teams[team.id] = team
    for name, description in PRIORITIES:
        priority = Priority(pagerduty.new_id("P"), name, description)
        pagerduty.priorities[priority.id] = priority
    return policy


def _services(
    pagerduty: PagerDutyAccount, policy: EscalationPolicy, long_ago: datetime
) -> tuple[str, str, str]:
    ids: list[str] = []
    for name, unacknowledges, resolves, urgency, integration in (
        ("Emergency e-mail", 1800, None, "high", "Emergency e-mail address"),
        ("Smoke tests", 1800, 14400, "high", "Smoke test runner"),
        ("Capacity warnings", None, None, "low", "Capacity monitor"),
    ):
        service = Service(
            pagerduty.new_id("P"),
            name,
            policy.id,
            long_ago,
            unacknowledges,
            resolves,
            urgency,
            integration,
        )
        pagerduty.services[service.id] = service
        ids.append(service.id)
    return ids[0], ids[1], ids[2]
