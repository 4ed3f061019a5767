"""`rota login` and `rota logout`: credentials into the keyring, and out of it.

Zendesk is asked for consent in the browser where an OAuth client is known; otherwise, and for
PagerDuty, a token is asked for. Nothing is kept before the vendor has said who it makes us.
"""

import asyncio
import sys
import webbrowser
from collections.abc import Callable, Mapping
from getpass import getpass

from msgspec import Struct

from services.api.client import Api
from services.clock import Clock, ServerClock, SystemClock
from services.config import load
from services.config.secrets import PagerDutyLogin, ZendeskLogin
from services.config.tables import Config
from services.config.wallet import Wallet
from services.domain import Source
from services.errors import ConfigError, UsageError
from services.pagerduty.client import PagerDuty
from services.places import state_dir
from services.plain import plain
from services.secret import Secret
from services.setup.consent import consent_url, doorstep, new_request
from services.zendesk.client import Zendesk
from services.zendesk.oauth import TokenPair, pair_for_code
from tui.commands.init import connect

DEFAULT_CLIENT_PORT = 8976
"""Where the browser comes back to; the redirect address of the OAuth client names it."""


class Way(Struct, frozen=True, kw_only=True):
    """How somebody wants to log in."""

    client_id: str | None = None
    """The unique identifier of the OAuth client; None takes `zendesk.oauth_client`."""
    port: int = DEFAULT_CLIENT_PORT
    token: bool = False
    """Whether to ask for a token in place of consent."""


def login(
    config_path: str | None,
    environ: Mapping[str, str],
    vendor: str,
    way: Way,
    *,
    browse: Callable[[str], object] = webbrowser.open,
) -> int:
    """Keep credentials for one vendor, once the vendor has said whose they are.

    Raises:
        ConfigError: The account is not configured, or nothing can be kept.
        UsageError: There is no way to get at a token.
        ServiceError: The vendor cannot be asked, or does not know the token.
    """
    config = load(config_path, environ)
    wallet = Wallet(state_dir(environ))
    if vendor == Source.PAGERDUTY:
        told = asyncio.run(_pagerduty(config, wallet))
    else:
        told = asyncio.run(_zendesk(config, environ, wallet, way, browse))
    print(plain(told))
    return 0


def logout(environ: Mapping[str, str], vendor: str) -> int:
    """Forget what was kept for one vendor.

    Raises:
        ConfigError: It cannot be removed.
    """
    source = Source(vendor)
    had = Wallet(state_dir(environ)).forget(source)
    print(f"Forgot the credentials of {vendor}." if had else f"Nothing was kept for {vendor}.")
    return 0


async def _zendesk(
    config: Config,
    environ: Mapping[str, str],
    wallet: Wallet,
    way: Way,
    browse: Callable[[str], object],
) -> str:
    root = config.zendesk_root
    if not root:
        raise ConfigError("zendesk.subdomain is not set.", "`rota init` asks for it.")
    client_id = way.client_id or config.zendesk.oauth_client
    if client_id and not way.token:
        secret = environ.get("ROTA_ZENDESK_CLIENT_SECRET")
        pair = await _consent(
            root, client_id, Secret(secret) if secret else None, way.port, browse, SystemClock()
        )
        who = await _who_at_zendesk(root, ZendeskLogin(pair.access))
        where = await asyncio.to_thread(wallet.save_pair, pair)
    else:
        email = config.zendesk.email
        kind = f"API token of {email}" if email else "OAuth access token"
        token = _asked(f"Zendesk {kind}: ")
        who = await _who_at_zendesk(root, ZendeskLogin(token, email or None))
        where = await asyncio.to_thread(wallet.save_token, Source.ZENDESK, token, email=email)
    return f"Signed in to Zendesk as {who}; kept in {where}."


async def _pagerduty(config: Config, wallet: Wallet) -> str:
    table = config.pagerduty
    token = _asked("PagerDuty token: ")
    api = connect(Source.PAGERDUTY, table.base_url, PagerDutyLogin(token, table.bearer))
    try:
        person = await PagerDuty(api, {}).me()
    finally:
        await api.aclose()
    where = await asyncio.to_thread(
        wallet.save_token, Source.PAGERDUTY, token, email=table.email, bearer=table.bearer
    )
    who = f"as {person.name}" if person else "with an account's key"
    return f"Signed in to PagerDuty {who}; kept in {where}."


async def _who_at_zendesk(root: str, login: ZendeskLogin) -> str:
    api = connect(Source.ZENDESK, root, login)
    try:
        return (await Zendesk(api, {}, root).me()).name
    finally:
        await api.aclose()


async def _consent(
    root: str,
    client_id: str,
    secret: Secret | None,
    port: int,
    browse: Callable[[str], object],
    clock: Clock,
) -> TokenPair:
    request = new_request()
    try:
        async with doorstep(request, clock, port) as door:
            url = consent_url(root, client_id, door.redirect_uri, request)
            print(f"Say yes in the browser. If none opens, go to:\n{url}", flush=True)
            await asyncio.to_thread(browse, url)
            code = await door.code()
    except OSError as error:
        why = (error.strerror or "it failed").lower()
        raise UsageError(
            f"--port {port}: cannot listen there: {why}.",
            "Another port needs a redirect address of the OAuth client that names it.",
        ) from None
    bare = Api(Source.ZENDESK, root, headers=dict, clock=ServerClock(SystemClock()))
    try:
        return await pair_for_code(
            bare, code, request.verifier, door.redirect_uri, client_id, secret
        )
    finally:
        await bare.aclose()


def _asked(prompt: str) -> Secret:
    """A token from the keyboard, or the first line of a pipe; never from the command line."""
    text = getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline()
    token = text.strip()
    if not token:
        raise UsageError("There is no token.", "Type it when asked, or pipe it in.")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError("This is no token: it must be one word of plain letters.")
    return Secret(token)
