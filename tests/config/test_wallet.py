"""Are credentials kept whole, for our eyes only, and in one place at a time?"""

import os
import stat
from pathlib import Path

import pytest

from services.config.secrets import pagerduty_login, zendesk_login
from services.config.tables import Config
from services.config.wallet import NO_KEYRING, Kept, KeyringAccess, Wallet
from services.domain import Source
from services.errors import ConfigError
from services.secret import Secret
from services.zendesk.oauth import TokenPair

PAIR = TokenPair(Secret("access-1"), Secret("refresh-1"), "rota", Secret("client"))


def ring() -> tuple[KeyringAccess, dict[str, str]]:
    """A keyring in memory, and what is in it."""
    held: dict[str, str] = {}

    def put(service: str, user: str, text: str) -> bool:
        held[user] = text
        return True

    def drop(service: str, user: str) -> bool:
        return held.pop(user, None) is not None

    return KeyringAccess(lambda service, user: held.get(user), put, drop), held


@pytest.mark.parametrize("keyring", [NO_KEYRING, ring()[0]], ids=["file", "keyring"])
def test_what_is_saved_is_loaded_and_then_forgotten(tmp_path: Path, keyring: KeyringAccess) -> None:
    wallet = Wallet(tmp_path / "state", keyring)
    wallet.save_pair(PAIR)
    wallet.save_token(Source.PAGERDUTY, Secret("key"), bearer=True)

    assert wallet.load(Source.ZENDESK) == Kept(PAIR.access, pair=PAIR)
    assert wallet.load(Source.PAGERDUTY) == Kept(Secret("key"), bearer=True)

    wallet.save_token(Source.ZENDESK, Secret("api"), email="me@example.com")

    assert wallet.load(Source.ZENDESK) == Kept(Secret("api"), "me@example.com")
    assert wallet.forget(Source.ZENDESK)
    assert not wallet.forget(Source.ZENDESK)
    assert wallet.load(Source.ZENDESK) is None


def test_without_a_keyring_the_file_is_ours_alone(tmp_path: Path) -> None:
    where = Wallet(tmp_path / "state", NO_KEYRING).save_pair(PAIR)

    assert stat.S_IMODE(os.stat(where).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(tmp_path / "state").st_mode) == 0o700


def test_a_file_of_before_does_not_outlive_its_move_to_the_keyring(tmp_path: Path) -> None:
    Wallet(tmp_path, NO_KEYRING).save_pair(PAIR)
    keyring, _ = ring()
    Wallet(tmp_path, keyring).save_token(Source.ZENDESK, Secret("later"))

    assert Wallet(tmp_path, NO_KEYRING).load(Source.ZENDESK) is None


def test_a_bare_token_in_the_keyring_is_one(tmp_path: Path) -> None:
    keyring, held = ring()
    held["zendesk"] = "by-hand\n"

    assert Wallet(tmp_path, keyring).load(Source.ZENDESK) == Kept(Secret("by-hand"))


def test_what_cannot_be_understood_says_what_to_do(tmp_path: Path) -> None:
    keyring, held = ring()
    held["zendesk"] = '{"token": 7, "refresh": "s3cr3t"}'
    with pytest.raises(ConfigError, match="rota login zendesk") as caught:
        Wallet(tmp_path, keyring).load(Source.ZENDESK)

    assert "s3cr3t" not in str(caught.value)


def test_somebody_elses_link_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("theirs", encoding="utf-8")
    (tmp_path / "zendesk.credentials").symlink_to(elsewhere)
    with pytest.raises(ConfigError):
        Wallet(tmp_path, NO_KEYRING).load(Source.ZENDESK)
    with pytest.raises(ConfigError):
        Wallet(tmp_path, NO_KEYRING).save_pair(PAIR)

    assert elsewhere.read_text(encoding="utf-8") == "theirs"


def test_one_at_a_time(tmp_path: Path) -> None:
    wallet = Wallet(tmp_path, NO_KEYRING)
    with wallet.alone(Source.ZENDESK) as first, wallet.alone(Source.ZENDESK) as second:
        assert (first, second) == (True, False)
    with wallet.alone(Source.ZENDESK) as third:
        assert third


def test_a_login_finds_what_is_kept(tmp_path: Path) -> None:
    wallet = Wallet(tmp_path, NO_KEYRING)
    wallet.save_pair(PAIR)
    wallet.save_token(Source.PAGERDUTY, Secret("key"), email="me@example.com")
    zendesk = zendesk_login(Config(), {}, wallet.load)
    pagerduty = pagerduty_login(Config(), {}, wallet.load)

    assert zendesk is not None
    assert (zendesk.pair, zendesk.bearer) == (PAIR, True)
    assert pagerduty is not None
    assert (pagerduty.bearer, pagerduty.email) == (False, "me@example.com")
    assert "access-1" not in repr(zendesk)
    assert "refresh-1" not in repr(zendesk)
