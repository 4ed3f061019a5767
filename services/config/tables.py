"""Which tables and keys may `config.toml` have, of which types and with which defaults?

Every default is the team's policy; `config.toml` at the top of the repository shows them all, and
a test holds the two together. Durations are `Allowance`s or `timedelta`s, times are civil times
in `support_hours.timezone`. In the file "" or 0 or [] says that a key is not set.
"""

from datetime import timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Meta, field

from services.config.feel import VIEWS, Screen, Signals
from services.config.holiday_file import NAME as HOLIDAY_FILE
from services.config.holiday_file import kept_holidays
from services.config.promised import Deadlines, Hours, Severities
from services.config.table import Table
from services.domain import Severity
from services.policy.calendar import SupportCalendar
from services.policy.holidays import bank_holidays, no_holidays
from services.policy.rules import PolicyRules

Id = Annotated[int, Meta(ge=0)]
"""A vendor's numeric id; 0 is not set."""


class Zendesk(Table, frozen=True):
    """Which Zendesk account, as whom, and which of its tickets."""

    enabled: bool = True
    subdomain: str = ""
    base_url: str = ""
    """The account's root, without `/api/v2`; wins over the subdomain."""
    email: str = ""
    """Whose API token it is. With it, a token from a command or the keyring is an API token."""
    token: str = ""
    """An OAuth access token."""
    api_token: str = ""
    oauth_client: str = ""
    """The unique identifier of the OAuth client that `rota login zendesk` asks consent for."""
    token_command: tuple[str, ...] = ()
    groups: tuple[int | str, ...] = ()
    """Ids or names; none is all."""
    include_ungrouped: bool = False
    view: Id = 0
    search: str = ""


class PagerDuty(Table, frozen=True):
    """Which PagerDuty account, as whom, and which of its incidents."""

    enabled: bool = True
    base_url: str = "https://api.pagerduty.com"
    email: str = ""
    """On whose behalf an account-wide key writes."""
    token: str = ""
    bearer: bool = False
    """Whether the token is an OAuth access token."""
    token_command: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


class Poll(Table, frozen=True):
    """How long to wait between two questions of a kind."""

    pagerduty: timedelta = timedelta(seconds=15)
    zendesk: timedelta = timedelta(seconds=30)
    reconcile: timedelta = timedelta(seconds=60)
    rota: timedelta = timedelta(minutes=5)


class Pairing(Table, frozen=True):
    """Which ticket and incident are one issue."""

    window: timedelta = timedelta(minutes=15)
    """How far apart they may have been raised."""
    prefixes: tuple[str, ...] = ()
    """What to take off a subject, besides Re:, Fwd: and Fw:."""


class Forms(Table, frozen=True):
    """What the forms ask, and how long what they send can be taken back."""

    undo_seconds: Annotated[int, Meta(ge=0, le=600)] = 10
    """How long a text for the requester waits before it goes."""
    reopen_window: timedelta = timedelta(hours=96)
    """How long after it was solved an answer reopens a ticket: until Zendesk closes it."""
    roles: tuple[str, ...] = ("product manager", "technical architect", "tech lead")
    """Who may make the final call on a severity."""
    page_service: str = ""
    """The id of the PagerDuty service that a raised issue pages."""


class Templates(Table, frozen=True):
    """Prepared texts; a known name in braces stands for what is known of the issue."""

    reply: str = "Hello {requester},\n\n"
    note: str = ""
    triage: str = (
        "Hello {requester},\n\nThank you for telling us. We are looking at it now, and will write "
        "again as soon as we know more.\n"
    )
    close_opening: str = "Hello {requester},\n\nWe are closing this ticket."
    close_why: str = ""
    close_reopen: str = (
        "If you need to, you can reopen it by answering this message until {reopen_until}. After "
        "that, an answer opens a new ticket that refers to this one."
    )
    rename: str = (
        'Hello {requester},\n\nWe have changed the title of this ticket from "{old}" to '
        '"{new}".\n\n{why}\n\nNothing else has changed, and you need do nothing.'
    )
    backlog: str = (
        "Waiting for a card in the backlog: {card}\n"
        "The requester must be told when it is done and accepted."
    )
    backlog_reply: str = (
        "Hello {requester},\n\nThis needs work that we have put into our backlog. We will tell you "
        "when it is done.\n"
    )


class Safety(Table, frozen=True):
    """What stays on this laptop, and where the browser may go."""

    keep_days: Annotated[int, Meta(ge=1, le=3650)] = 14
    """How long texts of an issue stay on the disk after it was last seen open."""
    open_hosts: tuple[str, ...] = ()
    """Hosts opened without a question, besides our own; `*.example.com` is every host below it."""


class Tables(Table, frozen=True):
    """Everything that can stand in the file."""

    zendesk: Zendesk = Zendesk()
    pagerduty: PagerDuty = PagerDuty()
    poll: Poll = Poll()
    support_hours: Hours = Hours()
    severity: Severities = Severities()
    deadlines: Deadlines = Deadlines()
    pairing: Pairing = Pairing()
    forms: Forms = Forms()
    templates: Templates = Templates()
    screen: Screen = Screen()
    signals: Signals = Signals()
    safety: Safety = Safety()
    views: dict[str, str] = field(default_factory=lambda: dict(VIEWS))
    """Saved views: name and filter."""
    links: dict[str, str] = field(default_factory=dict)
    """The team's useful addresses, by name."""
    runbooks: dict[str, str] = field(default_factory=dict)
    """Addresses of runbooks, by a pattern that their issues' subject or service has."""
    keys: dict[str, str] = field(default_factory=dict)
    """Which key does what: the id of an action, and the key for it."""


class Config(Tables, frozen=True):
    """The configuration, checked.

    Attributes:
        path: The file it came from; None if there was none and all is default.
    """

    path: Path | None = None

    @property
    def zendesk_root(self) -> str:
        """The account's root URL without `/api/v2`; "" while not set."""
        if self.zendesk.base_url or not self.zendesk.subdomain:
            return self.zendesk.base_url
        return f"https://{self.zendesk.subdomain}.zendesk.com"

    def own_hosts(self) -> tuple[str, ...]:
        """Hosts that the browser is sent to without a question."""
        named = (*self.links.values(), *self.runbooks.values())
        roots = (self.zendesk_root, self.pagerduty.base_url, *named)
        hosts = {urlsplit(root).hostname or "" for root in roots} - {""}
        return (*sorted(hosts), "*.pagerduty.com", *self.safety.open_hosts)

    def policy_rules(self) -> PolicyRules:
        """The policy as data."""
        return PolicyRules(
            hours=self.support_hours.rule(),
            severities={s: table.rule() for s, table in self.severity.classified().items()},
            unclassified=self.severity.unclassified.rule(),
            soon_fraction=self.deadlines.soon_fraction,
            soon_at_least=self.deadlines.soon_at_least,
        )

    def support_calendar(self, state: Path | None = None) -> SupportCalendar:
        """Support hours with the country's bank holidays, or with none where none is set.

        Bank holidays are looked up when first needed.

        Args:
            state: The state directory, where they are kept for the next start; None keeps none.
        """
        hours = self.support_hours.rule()
        if not hours.country:
            return SupportCalendar(hours, no_holidays)
        asked = bank_holidays(hours.country, hours.subdivision)
        if state is None:
            return SupportCalendar(hours, asked)
        place = f"{hours.country}/{hours.subdivision}"
        return SupportCalendar(hours, kept_holidays(asked, place, state / HOLIDAY_FILE))

    def severity_tags(self) -> dict[str, Severity]:
        """The severity that each Zendesk tag (lower case) stands for."""
        tables = self.severity.classified().items()
        return {table.tag: severity for severity, table in tables if table.tag}

    def priorities(self) -> dict[str, Severity]:
        """The severity that each PagerDuty priority, by name, stands for."""
        tables = self.severity.classified().items()
        return {
            table.incident_priority: severity
            for severity, table in tables
            if table.incident_priority
        }
