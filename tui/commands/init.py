"""`rota init`: from a token to a configuration, on the screen or with answers as options."""

import asyncio
import sys
from collections.abc import Callable, Mapping
from getpass import getpass
from pathlib import Path

from msgspec import Struct

from services.api.client import Api
from services.clock import ServerClock, SystemClock
from services.config.files import place
from services.config.secrets import PagerDutyLogin, ZendeskLogin
from services.config.wallet import Wallet
from services.domain import Source
from services.errors import UsageError
from services.pagerduty.client import pagerduty_bearer, pagerduty_token
from services.places import state_dir
from services.plain import plain
from services.setup.conversation import Conversation, Keep, Remember, Written
from services.zendesk.client import zendesk_basic, zendesk_bearer

EXIT_LEFT = 1
"""The person left without writing anything."""


class Given(Struct, frozen=True, kw_only=True):
    """Answers from the command line; None was not given."""

    zendesk: str | None = None
    zendesk_email: str | None = None
    no_zendesk: bool = False
    groups: tuple[str, ...] = ()
    view: str = ""
    pagerduty_url: str | None = None
    pagerduty_email: str | None = None
    bearer: bool = False
    no_pagerduty: bool = False
    teams: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    keep: str | None = None
    yes: bool = False

    @property
    def anything(self) -> bool:
        """Whether there is an answer among them, so that no screen is needed."""
        return self != Given()


def init(config_path: str | None, environ: Mapping[str, str], given: Given) -> int:
    """Make a configuration; 1 if the person left before it was written, 128 and more if told to.

    Raises:
        ConfigError: The answers cannot be used, or the file cannot be written.
        UsageError: An answer is missing and there is nobody to ask.
        ServiceError: A vendor cannot be asked, or does not know the token.
    """
    path = place(config_path, environ)
    talk = Conversation(path, connect)
    screen = sys.stdin.isatty() and sys.stdout.isatty()
    if screen and not given.anything:
        from tui.setup.app import SetupApp

        app = SetupApp(talk, _into(Wallet(state_dir(environ))))
        written = asyncio.run(app.run_until_told())
        if app.return_code:
            return app.return_code
    else:
        written = asyncio.run(_without_a_screen(talk, environ, given))
    if written is None:
        return EXIT_LEFT
    for line in told(written, environ):
        print(plain(line))
    return 0


def connect(source: Source, root: str, login: ZendeskLogin | PagerDutyLogin) -> Api:
    """An API at `root` with just these credentials."""
    secret = login.token.reveal()
    if isinstance(login, ZendeskLogin):
        headers = zendesk_basic(login.email, secret) if login.email else zendesk_bearer(secret)
    else:
        headers = pagerduty_bearer(secret) if login.bearer else pagerduty_token(secret)
    return Api(source, root, headers=lambda: headers, clock=ServerClock(SystemClock()))


def _into(wallet: Wallet) -> Remember:
    """Puts credentials into a wallet."""

    def remember(source: Source, login: ZendeskLogin | PagerDutyLogin) -> None:
        if isinstance(login, PagerDutyLogin):
            wallet.save_token(source, login.token, email=login.email or "", bearer=login.bearer)
        else:
            wallet.save_token(source, login.token, email=login.email or "")

    return remember


def told(written: Written, environ: Mapping[str, str]) -> list[str]:
    """What became of it, and what to do next."""
    lines = [f"Wrote {written.path}."]
    if written.backup is not None:
        lines.append(f"The file before is kept as {written.backup.name} beside it.")
    if written.comments_lost:
        lines.append(f"Its {written.comments_lost} comment line(s) are in that copy only.")
    here = Path("config.toml")
    if (
        here.exists()
        and here.resolve() != written.path.resolve()
        and not environ.get("ROTA_CONFIG")
    ):
        lines.append(f"In this directory ./config.toml is read first: use --config {written.path}.")
    lines.append("`rota check` looks whether all is well; `rota` starts the dashboard.")
    return lines


async def _without_a_screen(
    talk: Conversation, environ: Mapping[str, str], given: Given
) -> Written | None:
    if given.no_zendesk:
        talk.without(Source.ZENDESK)
    else:
        await _meet_zendesk(talk, environ, given)
    if given.no_pagerduty:
        talk.without(Source.PAGERDUTY)
    else:
        await _meet_pagerduty(talk, environ, given)
    talk.choose(groups=given.groups, view=given.view, teams=given.teams, services=given.services)
    keep = Keep(given.keep or Keep.ENVIRONMENT)
    for line in (*talk.before.lost, *_troubles(talk)):
        print(f"rota: {plain(line)}", file=sys.stderr)
    if not given.yes:
        print(talk.text(keep))
        _confirm(talk.path)
    return talk.write(keep, _into(Wallet(state_dir(environ))))


async def _meet_zendesk(talk: Conversation, environ: Mapping[str, str], given: Given) -> None:
    if given.zendesk is None:
        raise UsageError("Which Zendesk?", "Say --zendesk SUBDOMAIN, or --no-zendesk.")
    email = given.zendesk_email or environ.get("ROTA_ZENDESK_EMAIL", "")
    names = ("ROTA_ZENDESK_TOKEN", "ROTA_ZENDESK_API_TOKEN")
    found = next((name for name in names if environ.get(name)), None)
    if found == "ROTA_ZENDESK_TOKEN" and not given.zendesk_email:
        email = ""
    token = environ[found] if found else _ask_secret("Zendesk token: ", names)
    await talk.meet_zendesk(given.zendesk, token, email)


async def _meet_pagerduty(talk: Conversation, environ: Mapping[str, str], given: Given) -> None:
    name = "ROTA_PAGERDUTY_TOKEN"
    token = environ.get(name) or _ask_secret("PagerDuty token: ", (name,))
    email = given.pagerduty_email or environ.get("ROTA_PAGERDUTY_EMAIL", "")
    await talk.meet_pagerduty(given.pagerduty_url or "", token, email, bearer=given.bearer)


def _troubles(talk: Conversation) -> tuple[str, ...]:
    halves = (talk.zendesk, talk.pagerduty)
    return tuple(trouble for half in halves if half is not None for trouble in half.troubles)


def _ask_secret(prompt: str, names: tuple[str, ...], ask: Callable[[str], str] = getpass) -> str:
    if not sys.stdin.isatty():
        raise UsageError(f"There is no token: set {' or '.join(names)}.")
    return ask(prompt)


def _confirm(path: Path) -> None:
    """Ask before anything is written.

    Raises:
        UsageError: There is nobody to ask, or the answer is no.
    """
    if not sys.stdin.isatty():
        raise UsageError(f"{path}: not written.", "Say --yes to write it.")
    if input(f"Write this to {path}? [y/N] ").strip().lower() not in ("y", "yes"):
        raise UsageError(f"{path}: not written.")
