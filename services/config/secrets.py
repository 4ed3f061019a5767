"""With which credentials is each vendor asked, and where do they come from?

In this order: the environment, `token_command`, what an earlier `rota login` kept (in the keyring
or in a file of our own), the configuration file, and that last only while nobody but its owner can
read it. Source: policy rule "Secrets".
"""

import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct

from services.commands import printed_by
from services.config.tables import Config
from services.config.wallet import KEYRING_SERVICE as KEYRING_SERVICE
from services.config.wallet import Kept, Wallet
from services.domain import Source
from services.errors import ConfigError
from services.places import state_dir
from services.secret import Secret as Secret
from services.zendesk.oauth import TokenPair

COMMAND_TIMEOUT = 10.0
"""Seconds that a `token_command` may take."""

Remembered = Callable[[Source], Kept | None]
"""What was kept of an earlier login; `services.config.wallet.Wallet.load`, for one."""


class ZendeskLogin(Struct, frozen=True):
    """Who we are to Zendesk."""

    token: Secret
    email: str | None = None
    """Whose API token it is; None when it is an OAuth access token."""
    pair: TokenPair | None = None
    """The whole pair, where the token is the first of one that we keep and can renew."""

    @property
    def bearer(self) -> bool:
        """Whether the token is an OAuth access token."""
        return self.email is None


class PagerDutyLogin(Struct, frozen=True):
    """Who we are to PagerDuty."""

    token: Secret
    bearer: bool = False
    """Whether the token is an OAuth access token, and not an API key."""
    email: str | None = None
    """On whose behalf an account-wide key writes (`From`)."""


def logged_in(config: Config, environ: Mapping[str, str]) -> bool:
    """Whether an earlier `rota login` left something for the vendors that a file speaks of.

    Raises:
        ConfigError: There is something, but not for our eyes, or not to be understood.
    """
    if config.path is None or not config.pagerduty.enabled:
        return False
    return Wallet(state_dir(environ)).load(Source.PAGERDUTY) is not None


def zendesk_login(
    config: Config, environ: Mapping[str, str], remembered: Remembered | None = None
) -> ZendeskLogin | None:
    """The credentials for Zendesk; None when there are none anywhere.

    An e-mail address in `zendesk.email` makes what the command or the keyring gives an API token,
    unless it is one of a pair.

    Args:
        config: Which command to run, and what the file says.
        environ: The environment.
        remembered: Looks up what an earlier login kept; as a rule in the wallet.

    Raises:
        ConfigError: A token was given that cannot be used, or could not be got.
    """
    table = config.zendesk
    if token := environ.get("ROTA_ZENDESK_TOKEN"):
        return ZendeskLogin(_secret(token, "ROTA_ZENDESK_TOKEN"))
    if token := environ.get("ROTA_ZENDESK_API_TOKEN"):
        email = environ.get("ROTA_ZENDESK_EMAIL") or table.email
        return _with_email(token, email, "ROTA_ZENDESK_API_TOKEN", "ROTA_ZENDESK_EMAIL")
    if table.token_command:
        found = _printed(table.token_command, "zendesk.token_command", environ)
        return ZendeskLogin(found, table.email or None)
    kept = (remembered or Wallet(state_dir(environ)).load)(Source.ZENDESK)
    if kept is not None:
        secret = _secret(kept.token.reveal(), "the keyring's zendesk")
        owner = None if kept.pair else kept.email or table.email or None
        return ZendeskLogin(secret, owner, kept.pair)
    if table.token or table.api_token:
        _only_the_owner_reads(config.path, "zendesk")
    if table.token:
        return ZendeskLogin(_secret(table.token, "zendesk.token"))
    if table.api_token:
        return _with_email(table.api_token, table.email, "zendesk.api_token", "zendesk.email")
    return None


def pagerduty_login(
    config: Config, environ: Mapping[str, str], remembered: Remembered | None = None
) -> PagerDutyLogin | None:
    """The credentials for PagerDuty; None when there are none anywhere.

    Args:
        config: Which command to run, and what the file says.
        environ: The environment.
        remembered: Looks up what an earlier login kept; as a rule in the wallet.

    Raises:
        ConfigError: A token was given that cannot be used, or could not be got.
    """
    table = config.pagerduty
    email = environ.get("ROTA_PAGERDUTY_EMAIL") or table.email or None
    if token := environ.get("ROTA_PAGERDUTY_TOKEN"):
        return PagerDutyLogin(_secret(token, "ROTA_PAGERDUTY_TOKEN"), table.bearer, email)
    if table.token_command:
        found = _printed(table.token_command, "pagerduty.token_command", environ)
        return PagerDutyLogin(found, table.bearer, email)
    kept = (remembered or Wallet(state_dir(environ)).load)(Source.PAGERDUTY)
    if kept is not None:
        bearer = table.bearer if kept.bearer is None else kept.bearer
        secret = _secret(kept.token.reveal(), "the keyring's pagerduty")
        return PagerDutyLogin(secret, bearer, email or kept.email)
    if table.token:
        _only_the_owner_reads(config.path, "pagerduty")
        return PagerDutyLogin(_secret(table.token, "pagerduty.token"), table.bearer, email)
    return None


def _with_email(token: str, email: str, where: str, email_where: str) -> ZendeskLogin:
    if not email:
        raise ConfigError(
            f"{where} is set, but not whose token it is.", f"Set {email_where} as well."
        )
    return ZendeskLogin(_secret(token, where), email)


def _printed(argv: tuple[str, ...], key: str, environ: Mapping[str, str]) -> Secret:
    return _secret(printed_by(argv, key, environ, COMMAND_TIMEOUT), key)


def _secret(text: str, where: str) -> Secret:
    """A token without the blanks around it.

    Raises:
        ConfigError: It is empty, or of more than one line, or not fit for a header.
    """
    token = text.strip()
    if not token:
        raise ConfigError(f"{where}: the token is empty.")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise ConfigError(f"{where}: this is no token; it must be one word of plain letters.")
    return Secret(token)


def _only_the_owner_reads(path: Path | None, vendor: str) -> None:
    if path is None:
        return
    try:
        found = path.lstat()
    except OSError:
        raise ConfigError(f"{path}: cannot be read any more.") from None
    if stat.S_ISLNK(found.st_mode):
        raise ConfigError(
            f"{path}: holds a token for {vendor}, but is a link to another file.",
            "Keep the token in the keyring, or in a plain file that is yours alone.",
        )
    if found.st_uid != os.getuid():
        raise ConfigError(f"{path}: holds a token for {vendor}, but is somebody else's file.")
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise ConfigError(
            f"{path}: holds a token for {vendor}, but others can read or change it.",
            "Make it yours alone with chmod 600, or keep the token in the keyring.",
        )
