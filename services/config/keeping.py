"""How do tokens get into the desktop's keyring, and out of it?"""

from services.config.secrets import KEYRING_SERVICE, PagerDutyLogin, ZendeskLogin
from services.domain import Source
from services.errors import ConfigError

_ELSEWHERE = "Set the ROTA_… variables, or a token_command, or keep the token in the file."


def remember(source: Source, login: ZendeskLogin | PagerDutyLogin) -> None:
    """Put a token into the keyring, in place of the one there was.

    Raises:
        ConfigError: There is no keyring, or it does not take it.
    """
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(KEYRING_SERVICE, source.value, login.token.reveal())
    except (KeyringError, RuntimeError) as error:
        why = type(error).__name__
        raise ConfigError(
            f"The keyring of this desktop cannot be used ({why}).", _ELSEWHERE
        ) from None


def forget(source: Source) -> bool:
    """Take a token out of the keyring; whether there was one.

    Raises:
        ConfigError: There is a keyring, and it does not let go.
    """
    import keyring
    from keyring.errors import KeyringError, NoKeyringError, PasswordDeleteError

    try:
        keyring.delete_password(KEYRING_SERVICE, source.value)
    except (PasswordDeleteError, NoKeyringError):
        return False
    except KeyringError as error:
        raise ConfigError(_unusable(error)) from None
    return True


def _unusable(error: Exception) -> str:
    """Only what kind of trouble it is: a backend may repeat what it was given."""
    return f"The keyring of this desktop cannot be used ({type(error).__name__})."
