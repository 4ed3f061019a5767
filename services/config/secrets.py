"""With which credentials is each vendor asked, and where do they come from?

In this order: the environment, `token_command`, the keyring, the configuration file, and that
last only while nobody but its owner can read it. Source: policy rule "Secrets".
"""

import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from services.commands import printed_by
from services.config.tables import Config
from services.errors import ConfigError

COMMAND_TIMEOUT = 10.0
"""Seconds that a `token_command` may take."""

KEYRING_SERVICE = "rota"

Keyring = Callable[[str, str], str | None]
"""Looks up a secret by service and user."""


class Secret:
    """A token that shows itself only when asked to, and so never in a log or a traceback."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The token itself; for the header it goes into, and nothing else."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere")


@dataclass(frozen=True, slots=True)
class ZendeskLogin:
    """Who we are to Zendesk."""

    token: Secret
    email: str | None = None
    """Whose API token it is; None when it is an OAuth access token."""

    @property
    def bearer(self) -> bool:
        """Whether the token is an OAuth access token."""
        return self.email is None


@dataclass(frozen=True, slots=True)
class PagerDutyLogin:
    """Who we are to PagerDuty."""

    token: Secret
    bearer: bool = False
    """Whether the token is an OAuth access token, and not an API key."""
    email: str | None = None
    """On whose behalf an account-wide key writes (`From`)."""


def ask_keyring(service: str, user: str) -> str | None:
    """A secret from the desktop's keyring; None when it has none, or there is no keyring."""
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(service, user)
    except KeyringError:
        return None


def configured(config: Config, environ: Mapping[str, str]) -> bool:
    """Whether there is any vendor to ask. Looks neither into the keyring nor runs a command."""
    pagerduty = config.pagerduty
    has_key = environ.get("ROTA_PAGERDUTY_TOKEN") or pagerduty.token_command or pagerduty.token
    zendesk_is_named = config.zendesk.enabled and bool(config.zendesk_root)
    return zendesk_is_named or (pagerduty.enabled and bool(has_key))


def zendesk_login(
    config: Config, environ: Mapping[str, str], keyring: Keyring = ask_keyring
) -> ZendeskLogin | None:
    """The credentials for Zendesk; None when there are none anywhere.

    An e-mail address in `zendesk.email` makes what the command or the keyring gives an API token.

    Raises:
        ConfigError: A token was given that cannot be used, or could not be got.
    """
    table = config.zendesk
    if token := environ.get("ROTA_ZENDESK_TOKEN"):
        return ZendeskLogin(_secret(token, "ROTA_ZENDESK_TOKEN"))
    if token := environ.get("ROTA_ZENDESK_API_TOKEN"):
        email = environ.get("ROTA_ZENDESK_EMAIL") or table.email
        return _with_email(token, email, "ROTA_ZENDESK_API_TOKEN", "ROTA_ZENDESK_EMAIL")
    found = _from_elsewhere(table.token_command, "zendesk", environ, keyring)
    if found is not None:
        return ZendeskLogin(found, table.email or None)
    if table.token or table.api_token:
        _only_the_owner_reads(config.path, "zendesk")
    if table.token:
        return ZendeskLogin(_secret(table.token, "zendesk.token"))
    if table.api_token:
        return _with_email(table.api_token, table.email, "zendesk.api_token", "zendesk.email")
    return None


def pagerduty_login(
    config: Config, environ: Mapping[str, str], keyring: Keyring = ask_keyring
) -> PagerDutyLogin | None:
    """The credentials for PagerDuty; None when there are none anywhere.

    Raises:
        ConfigError: A token was given that cannot be used, or could not be got.
    """
    table = config.pagerduty
    email = environ.get("ROTA_PAGERDUTY_EMAIL") or table.email or None
    if token := environ.get("ROTA_PAGERDUTY_TOKEN"):
        return PagerDutyLogin(_secret(token, "ROTA_PAGERDUTY_TOKEN"), table.bearer, email)
    found = _from_elsewhere(table.token_command, "pagerduty", environ, keyring)
    if found is None and table.token:
        _only_the_owner_reads(config.path, "pagerduty")
        found = _secret(table.token, "pagerduty.token")
    return None if found is None else PagerDutyLogin(found, table.bearer, email)


def _with_email(token: str, email: str, where: str, email_where: str) -> ZendeskLogin:
    if not email:
        raise ConfigError(
            f"{where} is set, but not whose token it is.", f"Set {email_where} as well."
        )
    return ZendeskLogin(_secret(token, where), email)


def _from_elsewhere(
    argv: tuple[str, ...], user: str, environ: Mapping[str, str], keyring: Keyring
) -> Secret | None:
    if argv:
        key = f"{user}.token_command"
        return _secret(printed_by(argv, key, environ, COMMAND_TIMEOUT), key)
    kept = keyring(KEYRING_SERVICE, user)
    return _secret(kept, f"the keyring's {user}") if kept else None


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
        found = os.stat(path)
    except OSError:
        raise ConfigError(f"{path}: cannot be read any more.") from None
    if found.st_uid != os.getuid():
        raise ConfigError(f"{path}: holds a token for {vendor}, but is somebody else's file.")
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise ConfigError(
            f"{path}: holds a token for {vendor}, but others can read or change it.",
            "Make it yours alone with chmod 600, or keep the token in the keyring.",
        )
