"""Which step of the setup comes next, and what has been found so far?

The screen and the command line hold the same conversation: say where an account is and with which
token, see who that makes us and what there is, choose, read the file, write it. Nothing is kept
before the last step.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from services.api.client import Api
from services.config.checks import url_trouble
from services.config.reading import nearest
from services.config.secrets import PagerDutyLogin, ZendeskLogin
from services.config.tables import PagerDuty
from services.domain import Source
from services.errors import ConfigError
from services.secret import Secret
from services.setup.answers import Answers, Salvage, document, salvage
from services.setup.findings import (
    PagerDutyFindings,
    ZendeskFindings,
    look_at_pagerduty,
    look_at_zendesk,
)
from services.setup.writing import write_config

Connect = Callable[[Source, str, ZendeskLogin | PagerDutyLogin], Api]
"""Makes an API at a base URL with credentials."""


Remember = Callable[[Source, ZendeskLogin | PagerDutyLogin], None]
"""Keeps credentials for rota itself; raises `ConfigError` where that cannot be."""

_HIDDEN = "***"
_TOKEN_KEYS = ("token", "api_token")


class Keep(StrEnum):
    """Where the tokens are to be found from now on."""

    KEYRING = "keyring"
    """In the desktop's, or where there is none in a file of rota's own."""
    FILE = "file"
    """In the configuration, which its owner alone can read."""
    ENVIRONMENT = "environment"
    """Nowhere here: the person, or a command of theirs, gives them each time."""


class Written(Struct, frozen=True):
    """What became of the configuration."""

    path: Path
    backup: Path | None
    """Where the file before is kept."""
    comments_lost: int
    """Lines of the file before that held a comment; they are in the backup only."""


class Conversation:
    """One setup from the first question to the file."""

    def __init__(self, path: Path, connect: Connect) -> None:
        """Begin, keeping what the file there says as far as it can be used.

        Raises:
            ConfigError: There is a file, and it cannot be read.
        """
        self.path = path
        self.before = _salvaged(path)
        self.answers = Answers()
        self.zendesk: ZendeskFindings | None = None
        self.pagerduty: PagerDutyFindings | None = None
        self.logins: dict[Source, ZendeskLogin | PagerDutyLogin] = {}
        self._connect = connect

    async def meet_zendesk(self, where: str, token: str, email: str = "") -> ZendeskFindings:
        """Ask Zendesk who we are and what there is.

        Args:
            where: The subdomain, or the account's root as a URL.
            token: An OAuth access token; with an `email`, that agent's API token.
            email: Empty for an OAuth token.

        Raises:
            ConfigError: The address or the token cannot be one.
            ServiceError: Zendesk does not let us in, or cannot be reached.
        """
        root = zendesk_root(where)
        login = ZendeskLogin(_token(token, "Zendesk"), email.strip() or None)
        api = self._connect(Source.ZENDESK, root, login)
        try:
            self.zendesk = await look_at_zendesk(api)
        finally:
            await api.aclose()
        self.logins[Source.ZENDESK] = login
        self.answers = replace(self.answers, zendesk=where.strip(), zendesk_email=email.strip())
        return self.zendesk

    async def meet_pagerduty(
        self, where: str, token: str, email: str = "", *, bearer: bool = False
    ) -> PagerDutyFindings:
        """Ask PagerDuty who we are and what there is.

        Args:
            where: The API's URL; empty is the usual one.
            token: A REST API key, or an OAuth access token.
            email: On whose behalf an account's key writes.
            bearer: Whether the token is an OAuth access token.

        Raises:
            ConfigError: The address or the token cannot be one, or an account's key is nobody's.
            ServiceError: PagerDuty does not let us in, or cannot be reached.
        """
        root = (where.strip() or PagerDuty().base_url).rstrip("/")
        if trouble := url_trouble(root):
            raise ConfigError(f"The address of PagerDuty {trouble}.")
        login = PagerDutyLogin(_token(token, "PagerDuty"), bearer, email.strip() or None)
        api = self._connect(Source.PAGERDUTY, root, login)
        try:
            found = await look_at_pagerduty(api)
        finally:
            await api.aclose()
        if found.me is None and not email.strip():
            raise ConfigError(
                "This is an account's key, which is nobody's.",
                "Say on whose behalf it is to write: an e-mail address that PagerDuty knows.",
            )
        self.pagerduty = found
        self.logins[Source.PAGERDUTY] = login
        self.answers = replace(
            self.answers,
            pagerduty=True,
            pagerduty_url=root,
            pagerduty_email=email.strip(),
            bearer=bearer,
        )
        return found

    def without(self, source: Source) -> None:
        """A vendor that is not used here."""
        if source is Source.ZENDESK:
            self.answers = replace(self.answers, zendesk="")
        else:
            self.answers = replace(self.answers, pagerduty=False)

    def choose(
        self,
        *,
        groups: Sequence[str] = (),
        view: str = "",
        teams: Sequence[str] = (),
        services: Sequence[str] = (),
    ) -> None:
        """Narrow to what was picked, by id or by name; nothing picked is everything.

        Raises:
            ConfigError: Something picked is not there; says what comes nearest.
        """
        zendesk, pagerduty = self.zendesk, self.pagerduty
        known_groups = {str(g.id): g.name for g in zendesk.groups} if zendesk else {}
        known_views = {str(v.id): v.title for v in zendesk.views} if zendesk else {}
        known_teams = {t.id: t.name for t in pagerduty.teams} if pagerduty else {}
        known_services = {s.id: s.name for s in pagerduty.services} if pagerduty else {}
        views = _picked([view] if view else [], known_views, "view")
        self.answers = replace(
            self.answers,
            groups=tuple(int(id) for id in _picked(groups, known_groups, "group")),
            view=int(views[0]) if views else 0,
            teams=_picked(teams, known_teams, "team"),
            services=_picked(services, known_services, "service"),
        )

    def text(self, keep: Keep = Keep.ENVIRONMENT) -> str:
        """The file as it will be written, but for tokens, which are not shown.

        Raises:
            ConfigError: The answers do not make a configuration.
        """
        return document(self.answers, _masked(self._before()), self._secrets(keep, shown=False))

    def write(self, keep: Keep, remember: Remember) -> Written:
        """Keep the tokens where they are to be kept, then write the file.

        The file before stays beside it.

        Raises:
            ConfigError: Something cannot be kept; whatever was there is as it was.
        """
        text = document(self.answers, self._before(), self._secrets(keep, shown=True))
        if keep is Keep.KEYRING:
            for source, login in self.logins.items():
                remember(source, login)
        backup = write_config(self.path, text)
        return Written(self.path, backup, self.before.comments)

    def _before(self) -> Mapping[str, object]:
        """What there was, without the old tokens of vendors that gave us a new one."""
        met = {source.value for source in self.logins}
        return {
            name: {k: v for k, v in table.items() if name not in met or k not in _TOKEN_KEYS}
            if isinstance(table, dict)
            else table
            for name, table in self.before.tables.items()
        }

    def _secrets(self, keep: Keep, *, shown: bool) -> Mapping[str, Mapping[str, str]]:
        if keep is not Keep.FILE:
            return {}
        return {
            source.value: {_token_key(login): login.token.reveal() if shown else _HIDDEN}
            for source, login in self.logins.items()
        }


def _masked(tables: Mapping[str, object]) -> Mapping[str, object]:
    """The same with every token hidden."""
    return {
        name: {k: _HIDDEN if v and k in _TOKEN_KEYS else v for k, v in table.items()}
        if isinstance(table, dict)
        else table
        for name, table in tables.items()
    }


def _token_key(login: ZendeskLogin | PagerDutyLogin) -> str:
    """Which key of its table a token goes into."""
    api_token = isinstance(login, ZendeskLogin) and not login.bearer
    return "api_token" if api_token else "token"


def zendesk_root(where: str) -> str:
    """The root URL of an account that is named by its subdomain, its host or its URL.

    Raises:
        ConfigError: It can be none of these.

    >>> zendesk_root("acme"), zendesk_root("acme.zendesk.com")
    ('https://acme.zendesk.com', 'https://acme.zendesk.com')
    """
    said = where.strip().rstrip("/")
    root = said if "://" in said else f"https://{said.removesuffix('.zendesk.com')}.zendesk.com"
    if not said:
        raise ConfigError("Which Zendesk? Of acme.zendesk.com say acme.")
    if trouble := url_trouble(root):
        raise ConfigError(f"The address of Zendesk {trouble}.")
    return root


def _token(text: str, vendor: str) -> Secret:
    token = text.strip()
    if not token:
        raise ConfigError(f"There is no token for {vendor} yet.")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise ConfigError(f"This is no token for {vendor}: it must be one word of plain letters.")
    return Secret(token)


def _picked(wanted: Iterable[str], known: dict[str, str], what: str) -> tuple[str, ...]:
    """Ids of what was picked."""
    by_name = {name.casefold(): id for id, name in known.items()}
    ids = []
    for one in wanted:
        id = one if one in known else by_name.get(one.strip().casefold())
        if id is None:
            near = nearest(one, known.values())
            raise ConfigError(f"There is no {what} called {one!r}{near or '.'}")
        ids.append(id)
    return tuple(dict.fromkeys(ids))


def _salvaged(path: Path) -> Salvage:
    try:
        return salvage(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return Salvage()
    except UnicodeDecodeError:
        return Salvage(lost=("the file is not UTF-8 text; nothing of it is kept",))
    except OSError as error:
        why = (error.strerror or "it failed").lower()
        raise ConfigError(f"{path}: cannot be read: {why}.") from None
