"""A setup from the first question to the file, against the simulator."""

from pathlib import Path

import pytest

from services.api.client import Api
from services.clock import ManualClock
from services.config.files import read
from services.config.secrets import PagerDutyLogin, ZendeskLogin
from services.domain import Source
from services.errors import ConfigError, Unauthorised
from services.pagerduty.client import pagerduty_token
from services.setup.conversation import Conversation, Keep
from services.simulator.scenario import DEMO_START, populate
from services.simulator.transport import SimulatorTransport
from services.simulator.world import World
from services.zendesk.client import zendesk_basic, zendesk_bearer

ZENDESK = "http://127.0.0.1/zendesk"
PAGERDUTY = "http://127.0.0.1/pagerduty"


@pytest.fixture
def world() -> World:
    made = World(ManualClock(DEMO_START))
    populate(made, open_issues=3)
    return made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rota" / "config.toml"


def forget(source: Source, login: ZendeskLogin | PagerDutyLogin) -> None:
    raise AssertionError("nobody asked for the keyring")


def conversation(world: World, path: Path) -> Conversation:
    def connect(source: Source, root: str, login: ZendeskLogin | PagerDutyLogin) -> Api:
        secret = login.token.reveal()
        headers = pagerduty_token(secret)
        if isinstance(login, ZendeskLogin):
            headers = zendesk_basic(login.email, secret) if login.email else zendesk_bearer(secret)
        return Api(
            source,
            root,
            headers=lambda: headers,
            clock=ManualClock(DEMO_START),
            transport=SimulatorTransport(world),
        )

    return Conversation(path, connect)


async def test_the_file_says_what_was_chosen_and_no_token(world: World, path: Path) -> None:
    talk = conversation(world, path)
    zendesk = await talk.meet_zendesk(ZENDESK, world.zendesk_token)
    pagerduty = await talk.meet_pagerduty(PAGERDUTY, world.pagerduty_token)
    group, service = zendesk.groups[0], pagerduty.services[0]
    talk.choose(groups=[group.name.upper()], services=[service.id])

    written = talk.write(Keep.ENVIRONMENT, forget)

    config = read(path)
    assert config.zendesk.base_url == ZENDESK
    assert config.zendesk.groups == (group.id,)
    assert config.pagerduty.services == (service.id,)
    assert written.backup is None
    text = path.read_text()
    assert world.zendesk_token not in text
    assert world.pagerduty_token not in text


async def test_an_api_token_goes_with_its_address(world: World, path: Path) -> None:
    talk = conversation(world, path)
    agent = next(p for p in world.zendesk.people.values() if p.is_agent)

    found = await talk.meet_zendesk(ZENDESK, world.zendesk_api_token, f" {agent.email} ")

    assert found.me.email == agent.email
    assert f'email = "{agent.email}"' in talk.text()


async def test_a_token_of_nobody_leaves_no_answer_behind(world: World, path: Path) -> None:
    talk = conversation(world, path)

    with pytest.raises(Unauthorised):
        await talk.meet_zendesk(ZENDESK, "guess")
    assert talk.zendesk is None
    assert talk.answers.zendesk is None
    assert not path.exists()


async def test_a_name_that_is_not_there_is_told_with_the_nearest(world: World, path: Path) -> None:
    talk = conversation(world, path)
    found = await talk.meet_zendesk(ZENDESK, world.zendesk_token)
    name = found.groups[0].name

    with pytest.raises(ConfigError, match=f"did you mean {name}"):
        talk.choose(groups=[name[:-1]])


@pytest.mark.parametrize("where", ["", "  ", "http://acme.zendesk.com", "https://", "a b"])
async def test_an_address_that_can_be_none_is_refused_before_anything_is_asked(
    where: str, world: World, path: Path
) -> None:
    talk = conversation(world, path)

    with pytest.raises(ConfigError):
        await talk.meet_zendesk(where, "token")


@pytest.mark.parametrize("token", ["", "two words", "täken", "line\nbreak"])
async def test_what_can_be_no_token_is_refused_and_not_repeated(
    token: str, world: World, path: Path
) -> None:
    with pytest.raises(ConfigError) as refusal:
        await conversation(world, path).meet_pagerduty("", token)
    assert not token or token not in str(refusal.value)


async def test_an_account_s_key_must_say_for_whom_it_writes(world: World, path: Path) -> None:
    talk = conversation(world, path)

    with pytest.raises(ConfigError, match="nobody's"):
        await talk.meet_pagerduty(PAGERDUTY, world.keys.pagerduty_account)
    found = await talk.meet_pagerduty(PAGERDUTY, world.keys.pagerduty_account, "ann@example.com")

    assert found.me is None
    assert 'email = "ann@example.com"' in talk.text()


def test_a_vendor_can_be_left_out(world: World, path: Path) -> None:
    talk = conversation(world, path)
    talk.without(Source.PAGERDUTY)

    assert "[pagerduty]\nenabled = false" in talk.text()


async def test_an_earlier_file_is_kept_beside_and_its_policy_within(
    world: World, path: Path
) -> None:
    path.parent.mkdir()
    path.write_text(
        '# our own\n[severity.P2]\nrespond = "45m"  # agreed\n[zendesk]\nsubdomian = "x"\n'
    )
    talk = conversation(world, path)
    await talk.meet_zendesk(ZENDESK, world.zendesk_token)

    written = talk.write(Keep.ENVIRONMENT, forget)

    assert written.comments_lost == 2
    assert written.backup is not None
    assert written.backup.read_text().startswith("# our own")
    assert '"45m"' in path.read_text()
    assert talk.before.lost == ("zendesk.subdomian: there is no such key; did you mean subdomain?",)


async def test_tokens_go_into_the_file_only_if_asked_and_are_not_shown(
    world: World, path: Path
) -> None:
    talk = conversation(world, path)
    await talk.meet_zendesk(ZENDESK, world.zendesk_token)
    await talk.meet_pagerduty(PAGERDUTY, world.pagerduty_token)

    shown = talk.text(Keep.FILE)
    talk.write(Keep.FILE, forget)

    assert shown.count('token = "***"') == 2
    assert path.stat().st_mode & 0o077 == 0
    assert read(path).zendesk.token == world.zendesk_token
    assert read(path).pagerduty.token == world.pagerduty_token


async def test_the_keyring_gets_them_before_the_file_is_written(world: World, path: Path) -> None:
    kept: dict[Source, ZendeskLogin | PagerDutyLogin] = {}
    talk = conversation(world, path)
    await talk.meet_zendesk(ZENDESK, world.zendesk_token)

    def remember(source: Source, login: ZendeskLogin | PagerDutyLogin) -> None:
        assert not path.exists()
        kept[source] = login

    talk.write(Keep.KEYRING, remember)

    assert kept[Source.ZENDESK].token.reveal() == world.zendesk_token
    assert world.zendesk_token not in path.read_text()


async def test_without_a_keyring_nothing_is_written(world: World, path: Path) -> None:
    def remember(source: Source, login: ZendeskLogin | PagerDutyLogin) -> None:
        raise ConfigError("There is no keyring here.")

    talk = conversation(world, path)
    await talk.meet_zendesk(ZENDESK, world.zendesk_token)

    with pytest.raises(ConfigError):
        talk.write(Keep.KEYRING, remember)
    assert not path.exists()


async def test_a_token_of_the_file_before_is_not_shown_and_a_new_one_takes_its_place(
    world: World, path: Path
) -> None:
    path.parent.mkdir()
    path.write_text('[zendesk]\ntoken = "old-secret"\n[pagerduty]\ntoken = "other-secret"\n')
    talk = conversation(world, path)
    await talk.meet_zendesk(ZENDESK, world.zendesk_token)

    shown = talk.text()
    talk.write(Keep.ENVIRONMENT, forget)

    assert "secret" not in shown
    assert "old-secret" not in path.read_text()
    assert read(path).pagerduty.token == "other-secret"
