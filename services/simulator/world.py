"""What is the world that both vendors live in?

One clock, one timeline, two accounts, the faults that stand in the way and a memory of what was
asked. Scripted colleagues, tenants, tests and the HTTP faces all change it through the same
methods of `world.zendesk` and `world.pagerduty`.
"""

from collections import Counter, deque

from services.clock import Clock
from services.simulator.call import Seen, Vendor
from services.simulator.cast import AGENTS, assemble
from services.simulator.interference import Faults
from services.simulator.keys import Keys
from services.simulator.limits import Limits
from services.simulator.pagerduty.account import PagerDutyAccount
from services.simulator.settings import DEFAULTS, Settings
from services.simulator.timeline import Timeline
from services.simulator.zendesk.account import ZendeskAccount

REMEMBERED = 100_000
"""How many requests are remembered."""


class World:
    """Both accounts, with their people but without a ticket or an incident.

    Two worlds with the same seed whose clocks began at the same moment are alike to the last id.

    Attributes:
        zendesk: The Zendesk account: `create_ticket`, `reply`, `note`, `edit`, ....
        pagerduty: The PagerDuty account: `create_incident`, `acknowledge`, `resolve`, ....
        cast: The people, groups, schedules and services, by their parts in the play.
        faults: What stands in the way of requests.
        limits: The rate buckets, which all clients share.
        requests: What was asked, oldest first.
    """

    def __init__(self, clock: Clock, *, seed: int = 1, settings: Settings = DEFAULTS) -> None:
        self.clock = clock
        self.seed = seed
        self.timeline = Timeline(clock, settings.clock_offset)
        self.settings = settings
        self.zendesk = ZendeskAccount(self.timeline, settings)
        self.pagerduty = PagerDutyAccount(self.timeline, settings, seed)
        self.cast = assemble(self.zendesk, self.pagerduty, self.timeline.stamp())
        self.faults = Faults(self.timeline)
        self.limits = Limits(self.timeline)
        self.keys = Keys(self.timeline, settings.oauth_lifetime)
        self.keys.old_client = settings.oauth_client == "old"
        self.requests: deque[Seen] = deque(maxlen=REMEMBERED)
        for agent, (_, login) in zip(self.cast.agents, AGENTS, strict=True):
            self.keys.grant(agent.zendesk_id, login)
            self.keys.pagerduty_users[f"pagerduty-token-of-{login}"] = agent.pagerduty_id
        self.adopt(settings)

    @property
    def me(self) -> int:
        """The Zendesk id of whoever holds the demo's tokens."""
        return self.cast.agents[0].zendesk_id

    @property
    def zendesk_email(self) -> str:
        """The address of whoever holds the demo's tokens, at both vendors."""
        return self.cast.agents[0].email

    @property
    def zendesk_token(self) -> str:
        """An OAuth access token (`Authorization: Bearer`) that works now."""
        return self.keys.oauth[0].access

    @property
    def zendesk_refresh_token(self) -> str:
        """The refresh token that goes with it."""
        return self.keys.oauth[0].refresh

    @property
    def zendesk_api_token(self) -> str:
        """An API token (`Authorization: Basic email/token:...`), good for any agent."""
        return self.keys.zendesk_api

    @property
    def pagerduty_token(self) -> str:
        """A user's key, or the account's where the settings say so."""
        if self.settings.pagerduty_account_key:
            return self.keys.pagerduty_account
        return next(iter(self.keys.pagerduty_users))

    def adopt(self, settings: Settings) -> None:
        """Let the vendors behave differently from now on."""
        self.settings = self.zendesk.settings = self.pagerduty.settings = settings
        self.timeline.offset = settings.clock_offset
        self.keys.change_lifetime(settings.oauth_lifetime)
        self.keys.old_client = settings.oauth_client == "old"
        me = self.zendesk.people[self.me]
        me.role = "admin" if settings.role == "admin" else "agent"
        me.restriction = "groups" if settings.role == "restricted" else None

    def catch_up(self) -> int:
        """Let everything happen that is due by now. Says how many events that was."""
        return self.timeline.catch_up()

    def asked(self, vendor: Vendor | None = None) -> Counter[tuple[str, str]]:
        """How often each endpoint was asked, by method and path template."""
        return Counter(
            (seen.method, seen.template) for seen in self.requests if vendor in (None, seen.vendor)
        )
