"""Do tokens that run out cost nobody a poll, a login or a write sent twice?"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import pytest

from services.api.client import Api
from services.api.exchange import Request
from services.clock import ManualClock
from services.config.secrets import PagerDutyLogin, ZendeskLogin
from services.config.wallet import NO_KEYRING, Wallet
from services.domain import Source
from services.errors import Unauthorised, Unreachable
from services.secret import Secret
from services.sessions import Session
from services.simulator.call import Call, Reply, Seen
from services.simulator.faults import changed, reset_after, reset_before, silent_after, slow
from services.simulator.interference import ServeLater
from services.simulator.settings import Settings
from services.simulator.transport import SimulatorTransport
from services.simulator.world import World
from services.zendesk.client import Zendesk
from services.zendesk.oauth import TokenPair

START = datetime(2026, 1, 14, 12, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)


class Laptop:
    """A world whose tokens live half an hour, and the wallet of one person in it."""

    def __init__(self, directory: Path) -> None:
        self.clock = ManualClock(START)
        self.world = World(self.clock, settings=Settings(oauth_lifetime=HALF_AN_HOUR))
        self.wallet = Wallet(directory, NO_KEYRING)
        self.directory = directory
        self.wallet.save_pair(
            TokenPair(
                Secret(self.world.zendesk_token), Secret(self.world.zendesk_refresh_token), "rota"
            )
        )
        self.transport: httpx.AsyncBaseTransport = SimulatorTransport(self.world)

    def found(self) -> ZendeskLogin | None:
        kept = self.wallet.load(Source.ZENDESK)
        return None if kept is None else ZendeskLogin(kept.token, kept.email, kept.pair)

    def dashboard(self) -> tuple[Session, Api]:
        """One of the dashboards that run here."""
        root = "http://127.0.0.1/zendesk"
        bare = Api(Source.ZENDESK, root, headers=dict, clock=self.clock, transport=self.transport)
        wallet = Wallet(self.directory, NO_KEYRING)
        session = Session(Source.ZENDESK, self.found, self.clock, wallet=wallet, bare=bare)
        api = Api(
            Source.ZENDESK,
            root,
            headers=session.headers,
            renew=session.renew,
            clock=self.clock,
            transport=self.transport,
        )
        return session, api

    def renewals(self) -> int:
        return sum(seen.template == "/oauth/tokens" for seen in self.world.requests)


async def who(session: Session, api: Api) -> str:
    await session.prepare()
    return (await Zendesk(api, {}, "").me()).name


@pytest.fixture
def laptop(tmp_path: Path) -> Laptop:
    return Laptop(tmp_path)


async def test_a_token_that_ran_out_is_renewed_once_and_kept(laptop: Laptop) -> None:
    dashboard = laptop.dashboard()
    me = await who(*dashboard)
    await laptop.clock.advance(31 * 60)
    again = await who(*dashboard)
    kept = laptop.found()

    assert again == me
    assert laptop.renewals() == 1
    assert kept is not None
    assert kept.pair is not None
    assert kept.token.reveal() == laptop.world.zendesk_token
    assert kept.pair.refresh.reveal() == laptop.world.zendesk_refresh_token


async def test_a_whole_shift_and_a_restart_need_no_login(laptop: Laptop) -> None:
    dashboard = laptop.dashboard()
    for hour in range(12):
        if hour == 6:
            dashboard = laptop.dashboard()
        await laptop.clock.advance(3600)
        await who(*dashboard)

    assert laptop.renewals() == 12


async def test_the_new_pair_is_kept_before_it_is_used(laptop: Laptop) -> None:
    """A crash right after the renewal must not cost the login."""
    dashboard = laptop.dashboard()
    await who(*dashboard)
    await laptop.clock.advance(31 * 60)
    kept_when_used: list[str] = []

    class Watching(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            login = laptop.found()
            assert login is not None
            kept_when_used.append(login.token.reveal())
            return await SimulatorTransport(laptop.world).handle_async_request(request)

    laptop.transport = Watching()
    await who(*laptop.dashboard())

    assert kept_when_used[-1] == laptop.world.zendesk_token
    assert len(set(kept_when_used)) == 2


async def test_two_dashboards_do_not_burn_each_others_refresh_token(laptop: Laptop) -> None:
    first, second = laptop.dashboard(), laptop.dashboard()
    for _ in range(5):
        await asyncio.gather(who(*first), who(*second))
        await laptop.clock.advance(31 * 60)
        both = asyncio.gather(who(*first), who(*second))
        while not both.done():
            await asyncio.sleep(0.001)
            await laptop.clock.advance(0.25)
        assert len(set(await both)) == 1

    assert laptop.renewals() == 5


async def test_many_requests_at_once_renew_once(laptop: Laptop) -> None:
    session, api = laptop.dashboard()
    await session.prepare()
    await laptop.clock.advance(31 * 60)
    await asyncio.gather(*(Zendesk(api, {}, "").me() for _ in range(8)))

    assert laptop.renewals() == 1


async def test_consent_taken_back_asks_for_a_login_and_keeps_asking_no_more(
    laptop: Laptop,
) -> None:
    dashboard = laptop.dashboard()
    await who(*dashboard)
    laptop.world.keys.oauth[0].access = laptop.world.keys.oauth[0].refresh = "revoked"
    with pytest.raises(Unauthorised, match="rota login zendesk"):
        await who(*dashboard)

    # Another terminal logs in: this dashboard goes on by itself.
    laptop.wallet.save_pair(TokenPair(Secret("revoked"), Secret("revoked"), "rota"))

    assert await who(*dashboard)


async def test_a_renewal_that_got_lost_is_no_lost_write(laptop: Laptop) -> None:
    """What was to be written was refused, and so not done: its fate is known."""
    session, api = laptop.dashboard()
    await session.prepare()
    await laptop.clock.advance(31 * 60)
    laptop.world.faults.add(silent_after(), path="/oauth/tokens", times=2)
    with pytest.raises(Unreachable):
        await api.ask(Request("PUT", "/api/v2/tickets/1", body=b"{}"))


async def test_a_write_with_a_token_that_ran_out_is_sent_again_after_the_renewal(
    laptop: Laptop,
) -> None:
    session, api = laptop.dashboard()
    desk, cast = laptop.world.zendesk, laptop.world.cast
    ticket = desk.create_ticket("Slow", "Help.", requester_id=cast.requesters[0])
    await session.prepare()
    await laptop.clock.advance(31 * 60)
    body = msgspec.json.encode({"ticket": {"comment": {"body": "On it.", "public": True}}})
    await api.ask(Request("PUT", f"/api/v2/tickets/{ticket.id}", body=body, urgent=True))
    puts: list[Seen] = [seen for seen in laptop.world.requests if seen.method == "PUT"]

    assert [comment.body for comment in ticket.comments].count("On it.") == 1
    assert len(puts) == 2


def finds(login: PagerDutyLogin | ZendeskLogin) -> Callable[[], PagerDutyLogin | ZendeskLogin]:
    return lambda: login


async def test_an_account_key_writes_on_behalf_of_somebody() -> None:
    login = PagerDutyLogin(Secret("key"), email="me@example.com")
    session = Session(Source.PAGERDUTY, finds(login), ManualClock(START))
    await session.prepare()

    assert session.headers()["Authorization"] == "Token token=key"
    assert "From" not in session.headers()
    assert session.when_writing() == {"From": "me@example.com"}


async def test_an_api_token_says_when_it_ends() -> None:
    login = ZendeskLogin(Secret("t"), "me@example.com")
    session = Session(Source.ZENDESK, finds(login), ManualClock(START))
    await session.prepare()

    assert "30 April 2027, in 471 days" in session.notices(START)[0]
    assert "any day" in session.notices(datetime(2027, 5, 1, tzinfo=UTC))[0]
    assert Session(Source.ZENDESK, finds(login), ManualClock(START)).notices(START) == ()


async def test_a_renewal_whose_question_never_arrived_is_asked_again(laptop: Laptop) -> None:
    session, api = laptop.dashboard()
    me = await who(session, api)
    await laptop.clock.advance(31 * 60)
    laptop.world.faults.add(reset_before(), path="/oauth/tokens", times=1)

    assert await who(session, api) == me
    assert laptop.renewals() == 2


async def test_a_lost_renewal_says_what_happened_and_a_login_elsewhere_ends_it(
    laptop: Laptop,
) -> None:
    """Zendesk drops the old pair as it answers, and knows no grace: only a person can help."""
    session, api = laptop.dashboard()
    await who(session, api)
    await laptop.clock.advance(31 * 60)
    laptop.world.faults.add(reset_after(), path="/oauth/tokens", times=1)
    for _ in range(2):
        with pytest.raises(Unauthorised, match="lost on the way, and the old one is used up"):
            await who(session, api)
    pair = laptop.world.keys.oauth[0]
    laptop.wallet.save_pair(TokenPair(Secret(pair.access), Secret(pair.refresh), "rota"))

    assert await who(session, api)


async def test_a_pair_that_somebody_kept_meanwhile_is_taken_before_anybody_is_asked(
    laptop: Laptop,
) -> None:
    session, api = laptop.dashboard()
    me = await who(session, api)
    await laptop.clock.advance(31 * 60)

    async def logged_in_meanwhile(call: Call, serve: ServeLater) -> Reply:
        await serve(call)
        pair = laptop.world.keys.oauth[0]
        laptop.wallet.save_pair(TokenPair(Secret(pair.access), Secret(pair.refresh), "rota"))
        return Reply(lost="reset")

    laptop.world.faults.add(logged_in_meanwhile, path="/oauth/tokens", times=1)

    assert await who(session, api) == me


async def test_quitting_while_a_token_is_renewed_does_not_cost_the_login(laptop: Laptop) -> None:
    session, api = laptop.dashboard()
    await who(session, api)
    await laptop.clock.advance(31 * 60)
    asked, answer = asyncio.Event(), asyncio.Event()

    async def waits(call: Call, serve: ServeLater) -> Reply:
        reply = await serve(call)
        asked.set()
        await answer.wait()
        return reply

    laptop.world.faults.add(waits, path="/oauth/tokens", times=1)
    poll = asyncio.create_task(who(session, api))
    await asked.wait()
    poll.cancel()
    await asyncio.gather(poll, return_exceptions=True)
    leaving = asyncio.create_task(session.aclose())
    await asyncio.sleep(0)
    answer.set()
    await leaving
    kept = laptop.found()

    assert kept is not None
    assert kept.token.reveal() == laptop.world.zendesk_token
    assert await who(*laptop.dashboard())


async def test_a_slow_answer_with_new_tokens_is_waited_for(laptop: Laptop) -> None:
    session, api = laptop.dashboard()
    me = await who(session, api)
    await laptop.clock.advance(31 * 60)
    laptop.world.faults.add(slow(30, laptop.clock.sleep), path="/oauth/tokens", times=1)
    asked = asyncio.create_task(who(session, api))
    while not asked.done():
        await asyncio.sleep(0.001)
        await laptop.clock.advance(1)

    assert await asked == me
    assert laptop.renewals() == 1


async def test_a_login_elsewhere_ends_a_start_with_credentials_that_are_nobodys(
    laptop: Laptop,
) -> None:
    """Zendesk answers those as it does a visitor, and not with a refusal."""
    visitor = changed(lambda body: body.update(user={"id": None, "name": "Anonymous user"}))
    laptop.wallet.save_token(Source.ZENDESK, Secret(laptop.world.zendesk_token))
    session, api = laptop.dashboard()
    laptop.world.faults.add(visitor, path="/users/me", times=1)
    with pytest.raises(Unauthorised, match="does not know these credentials"):
        await who(session, api)
    other = laptop.world.keys.grant(laptop.world.me, "another")
    laptop.wallet.save_token(Source.ZENDESK, Secret(other.access))
    laptop.world.faults.add(visitor, path="/users/me", times=1)

    assert await who(session, api)
    assert session.headers()["Authorization"] == f"Bearer {other.access}"
