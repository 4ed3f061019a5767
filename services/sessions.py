"""With what headers is each vendor asked right now, and what is done when it refuses them?

Credentials are looked up off the loop, before the first request, and once more when they are
refused: somebody may have logged in again meanwhile, or a command may give a new token by now. A
pair of OAuth tokens is renewed by one process at a time, and kept before it is used.

With a renewal Zendesk drops the old pair at once, without a grace period: when the answer is lost,
only a person can help. So nothing here breaks off a renewal, a late answer is waited for, and
where the connection broke the question is asked again, for most often it never arrived.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime

from services.api.client import Api
from services.clock import Clock
from services.config.secrets import PagerDutyLogin, ZendeskLogin
from services.config.wallet import Wallet
from services.domain import Source
from services.errors import ConfigError, OutcomeUnknown, Unauthorised, Unreachable
from services.log import Log
from services.pagerduty.client import pagerduty_bearer, pagerduty_token
from services.secret import Secret
from services.zendesk.client import zendesk_basic, zendesk_bearer
from services.zendesk.oauth import TokenPair, next_pair

API_TOKENS_END = date(2027, 4, 30)
"""The day from which Zendesk takes no API tokens any more."""

LOCK_SECONDS = 0.25
"""Between two looks at whether another dashboard is done renewing."""

LAST_WAIT = 10.0
"""Seconds for which quitting waits for a renewal that is under way."""

Login = ZendeskLogin | PagerDutyLogin

_NO_CREDENTIALS = {
    Source.ZENDESK: (
        "There is no Zendesk token.",
        "Log in with `rota login zendesk`, or set ROTA_ZENDESK_TOKEN.",
    ),
    Source.PAGERDUTY: (
        "There is no PagerDuty token.",
        "Log in with `rota login pagerduty`, or set ROTA_PAGERDUTY_TOKEN.",
    ),
}


class Session:
    """Our standing at one vendor."""

    def __init__(
        self,
        source: Source,
        find: Callable[[], Login | None],
        clock: Clock,
        *,
        wallet: Wallet | None = None,
        bare: Api | None = None,
        expected: bool = True,
        log: Log | None = None,
    ) -> None:
        """Make a session; nothing is looked up yet.

        Args:
            source: Which vendor.
            find: Looks the credentials up; may block, and raise `ConfigError`.
            clock: The servers' time.
            wallet: Where a renewed pair is kept; without one nothing is renewed.
            bare: The vendor without credentials, to renew them.
            expected: Whether it is trouble when there are no credentials; otherwise the vendor
                is just not used here.
            log: Where a renewal is noted, and which must not repeat the credentials.
        """
        self.source = source
        self.login: Login | None = None
        self.trouble = ""
        """Why a renewed pair could not be kept; empty as a rule."""
        self._find = find
        self._clock = clock
        self._wallet = wallet
        self._bare = bare
        self._expected = expected
        self._log = log
        self._headers: Mapping[str, str] = {}
        self._renewing = asyncio.Lock()
        self._renewal: asyncio.Task[None] | None = None
        self._spent = ""
        """The refresh token whose answer was lost; perhaps it is worth nothing any more."""

    def headers(self) -> Mapping[str, str]:
        """The credentials, as they go into every request."""
        return self._headers

    def when_writing(self) -> Mapping[str, str]:
        """What goes into a write besides: on whose behalf an account's key acts."""
        email = self.login.email if isinstance(self.login, PagerDutyLogin) else None
        return {"From": email} if email else {}

    async def settled(self) -> None:
        """Return when no credentials are being looked up again or renewed."""
        async with self._renewing:
            if self._renewal is not None:
                await asyncio.wait({self._renewal})

    async def aclose(self) -> None:
        """Let a renewal that is under way end and be kept: its answer cannot be had twice."""
        if self._renewal is not None:
            await asyncio.wait({self._renewal}, timeout=LAST_WAIT)
            self._renewal.cancel()

    async def prepare(self) -> bool:
        """Look the credentials up, if that has not been done; whether the vendor is used here.

        Raises:
            Unauthorised: There are none, or they cannot be got at.
        """
        if self.login is not None:
            return True
        found = await self._found()
        if found is None:
            if self._expected:
                raise Unauthorised(self.source, *_NO_CREDENTIALS[self.source])
            return False
        self._adopt(found)
        return True

    async def unused(self) -> bool:
        """Whether there are no credentials, and nobody expects any."""
        if self._expected or self.login is not None:
            return False
        try:
            return await self._found() is None
        except Unauthorised:
            return False

    async def renew(self, refused: Mapping[str, str]) -> bool:
        """Whether there are other credentials now than those that were refused.

        Args:
            refused: The headers that were sent.

        Raises:
            Unauthorised: A pair cannot be renewed; only a person can help.
            ServiceError: It could not be tried.
        """
        async with self._renewing:
            if self._differs_from(refused):
                return True
            await self._look_again()
            if self._differs_from(refused):
                return True
            if not isinstance(self.login, ZendeskLogin) or self.login.pair is None:
                return False
            # Whoever waits for it may be called off; its answer is to be kept all the same.
            self._renewal = asyncio.create_task(self._renew_alone(refused))
            self._renewal.add_done_callback(_heard)
            await asyncio.shield(self._renewal)
            return True

    def notices(self, today: datetime) -> tuple[str, ...]:
        """What is to be known of these credentials, in plain words."""
        if not (isinstance(self.login, ZendeskLogin) and self.login.email is not None):
            return ()
        left = (API_TOKENS_END - today.astimezone(UTC).date()).days
        when = f"in {left} days" if left > 0 else "so it may stop any day"
        return (
            f"Zendesk ends API tokens on {API_TOKENS_END:%d %B %Y}, {when}: "
            "`rota login zendesk` gets an OAuth token instead.",
        )

    async def _renew_alone(self, refused: Mapping[str, str]) -> None:
        """Renew the pair, unless another dashboard on this laptop is just doing that."""
        if self._wallet is None:
            return
        while True:
            try:
                with self._wallet.alone(self.source) as alone:
                    if alone:
                        await self._look_again()
                        if not self._differs_from(refused):
                            await self._renew_pair()
                        return
            except ConfigError as error:
                raise Unauthorised(self.source, error.headline, error.advice) from error
            await self._clock.sleep(LOCK_SECONDS)

    async def _look_again(self) -> None:
        """Take what is kept by now: another dashboard or `rota login` may have been here."""
        found = await self._found()
        if found is not None:
            self._adopt(found)

    async def _renew_pair(self) -> None:
        login = self.login
        if not isinstance(login, ZendeskLogin) or login.pair is None or self._bare is None:
            return
        try:
            fresh = await self._following(self._bare, login.pair)
        except Unauthorised:
            await self._look_again()
            if self.login is not None and self.login.token != login.token:
                return
            raise
        self._hide(fresh.access, fresh.refresh)
        await self._keep(fresh)
        if self._log is not None:
            self._log.note("renewed", source=self.source.value, kept=not self.trouble)
        self._adopt(ZendeskLogin(fresh.access, pair=fresh))

    async def _following(self, bare: Api, pair: TokenPair) -> TokenPair:
        """The pair after this one; asked for twice where the first answer was lost."""
        refresh = pair.refresh.reveal()
        try:
            try:
                return await next_pair(bare, pair)
            except OutcomeUnknown:
                self._spent = refresh
                return await next_pair(bare, pair)
        except OutcomeUnknown as error:
            # Of what was asked with the old token it is certain that nothing was done.
            what = "Zendesk's new token was lost on the way."
            raise Unreachable(self.source, what, error.advice) from error
        except Unauthorised as error:
            if self._spent != refresh:
                raise
            what = "Zendesk's new token was lost on the way, and the old one is used up."
            raise Unauthorised(self.source, what, error.advice) from error

    async def _keep(self, pair: TokenPair) -> None:
        """On the disk before it is used. If it cannot be, using it is still better than nothing."""
        assert self._wallet is not None
        try:
            await asyncio.to_thread(self._wallet.save_pair, pair)
            self.trouble = ""
        except ConfigError as error:
            self.trouble = f"Zendesk's new token could not be kept: {error.headline}"

    async def _found(self) -> Login | None:
        try:
            return await asyncio.to_thread(self._find)
        except ConfigError as error:
            raise Unauthorised(self.source, error.headline, error.advice) from error

    def _adopt(self, login: Login) -> None:
        self._hide(login.token)
        if isinstance(login, ZendeskLogin) and login.pair is not None:
            self._hide(login.pair.refresh)
        self._headers = _headers(self.source, login)
        self.login = login

    def _hide(self, *secrets: Secret) -> None:
        if self._log is not None:
            self._log.hide(*(secret.reveal() for secret in secrets))

    def _differs_from(self, refused: Mapping[str, str]) -> bool:
        return self._headers.get("Authorization") != refused.get("Authorization")


def _heard(renewal: "asyncio.Task[None]") -> None:
    """What went wrong with a renewal was for those who waited; if nobody did, it is over."""
    if not renewal.cancelled():
        renewal.exception()


def _headers(source: Source, login: Login) -> Mapping[str, str]:
    token = login.token.reveal()
    if isinstance(login, PagerDutyLogin):
        return pagerduty_bearer(token) if login.bearer else pagerduty_token(token)
    if login.email is None:
        return zendesk_bearer(token)
    try:
        return zendesk_basic(login.email, token)
    except ConfigError as error:
        raise Unauthorised(source, error.headline, error.advice) from error
