"""Where are credentials kept between two starts?

In the desktop's keyring; where there is none, in a file in the state directory that is ours alone.
A pair of OAuth tokens is written whole or not at all, and one process at a time changes it.
"""

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from services.domain import Source
from services.errors import ConfigError, StoreError
from services.private import open_private, private_directory, read_private, write_private
from services.secret import Secret
from services.zendesk.oauth import TokenPair

KEYRING_SERVICE = "rota"

Keyring = Callable[[str, str], str | None]
"""Looks up a secret by service and user."""


class KeyringAccess(Struct, frozen=True):
    """The three things that one does with a keyring."""

    ask: Keyring
    put: Callable[[str, str, str], bool]
    """Whether it is kept there now."""
    drop: Callable[[str, str], bool]
    """Whether there was something to drop."""


class Kept(Struct, frozen=True):
    """What was kept for a vendor: a token, or a pair of them."""

    token: Secret
    email: str | None = None
    """Whose API token it is; None when it is an access token, or when nobody said."""
    bearer: bool | None = None
    """Whether a PagerDuty token is an OAuth access token; None when nobody said."""
    pair: TokenPair | None = None
    """The whole pair, where `token` is the first of one."""


class _Written(msgspec.Struct, omit_defaults=True):
    token: str
    email: str | None = None
    bearer: bool | None = None
    refresh: str | None = None
    client_id: str | None = None
    client_secret: str | None = None


class Wallet:
    """The credentials of both vendors."""

    def __init__(self, directory: Path, keyring: KeyringAccess | None = None) -> None:
        """Say where; nothing is touched yet.

        Args:
            directory: The state directory; made when something has to be kept there.
            keyring: Stands in for the desktop's.
        """
        self._directory = directory
        self._keyring = keyring or DESKTOP

    def load(self, source: Source) -> Kept | None:
        """What was kept; None when there is nothing.

        Raises:
            ConfigError: There is something, but not for our eyes, or not to be understood.
        """
        text = self._keyring.ask(KEYRING_SERVICE, source.value) or self._in_file(source)
        if not text:
            return None
        if not text.lstrip().startswith("{"):
            # A bare token, as an earlier rota or a person put it there.
            return Kept(Secret(text.strip()))
        try:
            return _kept(msgspec.json.decode(text, type=_Written))
        except msgspec.MsgspecError:
            where = f"The credentials kept for {source.value} cannot be understood."
            raise ConfigError(where, f"Log in again with `rota login {source.value}`.") from None

    def save_token(
        self, source: Source, token: Secret, *, email: str = "", bearer: bool | None = None
    ) -> str:
        """Keep a token in the place of what was kept before.

        Args:
            source: Whose door it opens.
            token: A Zendesk access or API token, or a PagerDuty key or access token.
            email: The owner's, where it is a Zendesk API token.
            bearer: Whether a PagerDuty token is an OAuth access token; None leaves it open.

        Returns:
            Where it is kept, in words.

        Raises:
            ConfigError: It cannot be kept anywhere.
        """
        return self._save(source, _Written(token.reveal(), email or None, bearer))

    def save_pair(self, pair: TokenPair) -> str:
        """Keep a Zendesk pair; when this returns, it is on the disk or in the keyring.

        Returns:
            Where it is kept, in words.

        Raises:
            ConfigError: It cannot be kept anywhere.
        """
        secret = pair.client_secret
        return self._save(
            Source.ZENDESK,
            _Written(
                pair.access.reveal(),
                refresh=pair.refresh.reveal(),
                client_id=pair.client_id,
                client_secret=None if secret is None else secret.reveal(),
            ),
        )

    def forget(self, source: Source) -> bool:
        """Drop what was kept, wherever it is; whether there was anything.

        Raises:
            ConfigError: The file cannot be removed.
        """
        dropped = self._keyring.drop(KEYRING_SERVICE, source.value)
        path = self._path(source)
        try:
            path.unlink()
        except FileNotFoundError:
            return dropped
        except OSError as error:
            raise ConfigError(f"{path}: cannot be removed: {error.strerror}.") from None
        return True

    @contextlib.contextmanager
    def alone(self, source: Source) -> Iterator[bool]:
        """Whether, inside, no other process of ours renews this vendor's credentials.

        Raises:
            ConfigError: The lock cannot be made.
        """
        try:
            private_directory(self._directory)
            lock = open_private(self._directory / f"{source.value}.lock")
        except StoreError as error:
            raise ConfigError(error.headline, error.advice) from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
        finally:
            os.close(lock)

    def _save(self, source: Source, written: _Written) -> str:
        text = msgspec.json.encode(written).decode()
        if self._keyring.put(KEYRING_SERVICE, source.value, text):
            # An older one in the file must not come back when the keyring is away.
            self._path(source).unlink(missing_ok=True)
            return "the keyring"
        path = self._path(source)
        try:
            private_directory(self._directory)
            write_private(path, text)
        except StoreError as error:
            raise ConfigError(error.headline, error.advice) from None
        return str(path)

    def _in_file(self, source: Source) -> str:
        path = self._path(source)
        if not path.exists() and not path.is_symlink():
            return ""
        try:
            return read_private(path)
        except StoreError as error:
            raise ConfigError(error.headline, error.advice) from None

    def _path(self, source: Source) -> Path:
        return self._directory / f"{source.value}.credentials"


def _kept(written: _Written) -> Kept:
    token = Secret(written.token)
    if written.refresh is None or written.client_id is None:
        return Kept(token, written.email, written.bearer)
    secret = None if written.client_secret is None else Secret(written.client_secret)
    pair = TokenPair(token, Secret(written.refresh), written.client_id, secret)
    return Kept(token, pair=pair)


def ask_keyring(service: str, user: str) -> str | None:
    """A secret from the desktop's keyring; None when it has none, or there is no keyring."""
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(service, user)
    except (KeyringError, RuntimeError):
        return None


def put_in_keyring(service: str, user: str, text: str) -> bool:
    """Put a secret into the desktop's keyring; whether it is there now."""
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(service, user, text)
        return keyring.get_password(service, user) == text
    except (KeyringError, RuntimeError):
        return False


def drop_from_keyring(service: str, user: str) -> bool:
    """Take a secret out of the desktop's keyring; whether there was one."""
    import keyring
    from keyring.errors import KeyringError

    try:
        if keyring.get_password(service, user) is None:
            return False
        keyring.delete_password(service, user)
    except (KeyringError, RuntimeError):
        return False
    return True


DESKTOP = KeyringAccess(ask_keyring, put_in_keyring, drop_from_keyring)
NO_KEYRING = KeyringAccess(lambda s, u: None, lambda s, u, t: False, lambda s, u: False)
"""For those who want everything in the file."""
