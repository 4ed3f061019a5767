"""What is asked in each step of the setup, and what does an answer lead to?"""

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Input, Label, Static

from services.config.tables import PagerDuty
from services.errors import ConfigError, RotaError
from services.plain import plain
from services.setup.conversation import Conversation, Keep
from tui.setup.picks import Picks

_KEEPS = {
    Keep.KEYRING: "in the keyring, or a file of rota's own where there is none",
    Keep.FILE: "in the configuration, which you alone will be able to read",
    Keep.ENVIRONMENT: "nowhere; I set the ROTA_… variables myself",
}


class Step(VerticalScroll):
    """One page of questions."""

    DEFAULT_CSS = """
    Step { padding: 0 1; }
    Step Label { margin-top: 1; }
    Step Input, Step Input:focus { border: none; height: 1; padding: 0 1; background: $panel; }
    Step Input:focus { background: $primary-muted; }
    Step .said { color: $foreground 80%; }
    Step .hint { color: $foreground 70%; }
    """

    heading = ""
    optional = ""
    """What leaving this step out means; empty where it cannot be."""
    can_focus = False

    async def leave(self, talk: Conversation) -> None:
        """Take the answers.

        Raises:
            RotaError: They cannot be used; the step stays.
        """

    def enter(self, talk: Conversation) -> None:
        """Show what is known by now."""

    def value(self, id: str) -> str:
        """What stands in a field."""
        return self.query_one(f"#{id}", Input).value

    def say(self, text: str) -> None:
        """A line about how it went, under the questions."""
        self.query_one(".said", Static).update(Text(text))


class ZendeskStep(Step):
    """Which Zendesk, and as whom."""

    heading = "Zendesk"
    optional = "Zendesk is not used here"

    def compose(self) -> ComposeResult:
        """Address, token, and whose token it is."""
        yield Label("Account: the acme of acme.zendesk.com, or its URL")
        yield Input(id="zendesk-where", placeholder="acme")
        yield Label("Token: an OAuth access token, or an API token")
        yield Input(id="zendesk-token", password=True)
        yield Label("Your e-mail address there, for an API token only; else leave it empty")
        yield Input(id="zendesk-email", placeholder="you@example.com")
        yield Static("", classes="said", markup=False)

    def enter(self, talk: Conversation) -> None:
        """What an earlier file said is the first answer."""
        table = talk.before.tables.get("zendesk")
        if isinstance(table, dict) and not self.value("zendesk-where"):
            where = table.get("base_url") or table.get("subdomain") or ""
            self.query_one("#zendesk-where", Input).value = str(where)
            self.query_one("#zendesk-email", Input).value = str(table.get("email", ""))
        if talk.before.lost:
            self.say("Not kept from the file there is:\n" + "\n".join(talk.before.lost))

    async def leave(self, talk: Conversation) -> None:
        """Ask Zendesk who that is."""
        await talk.meet_zendesk(
            self.value("zendesk-where"), self.value("zendesk-token"), self.value("zendesk-email")
        )


class TicketsStep(Step):
    """Which of its tickets."""

    heading = "Tickets"

    def compose(self) -> ComposeResult:
        """Groups and views to pick from."""
        yield Static("", classes="said", markup=False)
        yield Label("Groups whose tickets are yours; none picked is all")
        yield Picks(id="groups")
        yield Label("A view to narrow them to; none picked is no view")
        yield Picks(id="views")

    def enter(self, talk: Conversation) -> None:
        """What the account has."""
        found = talk.zendesk
        if found is None:
            self.say("Zendesk is not used here.")
            return
        name = plain(found.me.name or found.me.email or "somebody")
        self.say("\n".join([f"Signed in as {name}.", *map(plain, found.troubles)]))
        self.query_one("#groups", Picks).offer((str(g.id), g.name) for g in found.groups)
        self.query_one("#views", Picks).offer((str(v.id), v.title) for v in found.views)

    async def leave(self, talk: Conversation) -> None:
        """Take what is picked."""
        groups = self.query_one("#groups", Picks).picked
        views = self.query_one("#views", Picks).picked
        if len(views) > 1:
            raise ConfigError("Pick one view at most.")
        talk.choose(groups=groups, view=views[0] if views else "")


class PagerDutyStep(Step):
    """Which PagerDuty, and as whom."""

    heading = "PagerDuty"
    optional = "PagerDuty is not used here"

    def compose(self) -> ComposeResult:
        """Address, token, and for whom an account's key writes."""
        yield Label("Address; leave it as it is unless your account lies elsewhere")
        yield Input(PagerDuty().base_url, id="pagerduty-where")
        yield Label("Token: your own REST API key, an account's, or an OAuth access token")
        yield Input(id="pagerduty-token", password=True)
        yield Label("Your e-mail address there, for an account's key only; else leave it empty")
        yield Input(id="pagerduty-email", placeholder="you@example.com")
        yield Label("What kind of token it is")
        yield Picks(
            (("key", "a REST API key"), ("oauth", "an OAuth access token")), one=True, id="kind"
        )
        yield Static("", classes="said", markup=False)

    def enter(self, talk: Conversation) -> None:
        """What an earlier file said is the first answer."""
        table = talk.before.tables.get("pagerduty")
        if isinstance(table, dict) and table.get("base_url"):
            self.query_one("#pagerduty-where", Input).value = str(table["base_url"])

    async def leave(self, talk: Conversation) -> None:
        """Ask PagerDuty who that is."""
        await talk.meet_pagerduty(
            self.value("pagerduty-where"),
            self.value("pagerduty-token"),
            self.value("pagerduty-email"),
            bearer=self.query_one("#kind", Picks).picked == ("oauth",),
        )


class IncidentsStep(Step):
    """Which of its incidents."""

    heading = "Incidents"

    def compose(self) -> ComposeResult:
        """Teams and services to pick from."""
        yield Static("", classes="said", markup=False)
        yield Label("Teams whose incidents are yours; none picked is all")
        yield Picks(id="teams")
        yield Label("Services to narrow them to; none picked is all")
        yield Picks(id="services")

    def enter(self, talk: Conversation) -> None:
        """What the account has."""
        found = talk.pagerduty
        if found is None:
            self.say("PagerDuty is not used here.")
            return
        who = f"Signed in as {plain(found.me.name)}." if found.me else "An account's key works."
        rotas = ", ".join(plain(s.name, limit=40) for s in found.schedules) or "none"
        self.say("\n".join([who, f"Rotas: {rotas}.", *map(plain, found.troubles)]))
        self.query_one("#teams", Picks).offer((t.id, t.name) for t in found.teams)
        self.query_one("#services", Picks).offer((s.id, s.name) for s in found.services)

    async def leave(self, talk: Conversation) -> None:
        """Take what is picked, besides what was picked of Zendesk."""
        chosen = talk.answers
        talk.choose(
            groups=[str(group) for group in chosen.groups or ()],
            view=str(chosen.view or ""),
            teams=self.query_one("#teams", Picks).picked,
            services=self.query_one("#services", Picks).picked,
        )


class FileStep(Step):
    """Where the tokens stay, and the file as it will be."""

    heading = "The file"

    def compose(self) -> ComposeResult:
        """The choice, and the text."""
        yield Label("Where are the tokens to be kept?")
        yield Picks(_KEEPS.items(), one=True, id="keep")
        yield Label("", id="where")
        yield Static("", id="preview", markup=False)
        yield Static("", classes="said", markup=False)

    @property
    def keep(self) -> Keep:
        """Where the tokens are to be kept."""
        return Keep(self.query_one("#keep", Picks).picked[0])

    def enter(self, talk: Conversation) -> None:
        """The file as it is now going to be."""
        self.query_one("#where", Label).update(Text(f"This will be written to {talk.path}:"))
        words = []
        if talk.path.exists():
            words.append("The file there is now will be kept beside it.")
        if talk.before.comments:
            words.append(f"Its {talk.before.comments} comments will be in that copy only.")
        try:
            self.query_one("#preview", Static).update(Text(talk.text(self.keep)))
        except RotaError as error:
            words.append(error.headline)
        self.say(" ".join(words))
