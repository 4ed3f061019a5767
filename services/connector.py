"""How is each vendor reached, with whatever credentials there are?"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from services.api.client import Api, Observe
from services.api.connection import Certificates
from services.clock import Clock
from services.config.secrets import (
    PagerDutyLogin,
    ZendeskLogin,
    pagerduty_login,
    zendesk_login,
)
from services.config.tables import Config
from services.config.wallet import Wallet
from services.domain import Source
from services.log import Log
from services.places import state_dir
from services.sessions import Session

if TYPE_CHECKING:
    import httpx


class Connector:
    """Makes APIs, each with a session of its own."""

    def __init__(
        self,
        config: Config,
        environ: Mapping[str, str],
        clock: Clock,
        observe: Observe | None = None,
        transport: "httpx.AsyncBaseTransport | None" = None,
        log: Log | None = None,
    ) -> None:
        self.apis: list[Api] = []
        self.bare: list[Api] = []
        """Without credentials, to renew them."""
        self.sessions: dict[Source, Session] = {}
        self._config = config
        self._environ = environ
        self._clock = clock
        self._observe = observe
        self._transport = transport
        self._certificates = Certificates()
        self._log = log

    def api(self, source: Source, base_url: str, *, expected: bool = True) -> Api:
        """An API at `base_url`, with whatever credentials there are.

        Args:
            source: Whose it is.
            base_url: Where it is.
            expected: Whether it is trouble when there are no credentials.

        Raises:
            ConfigError: Credentials may not be sent to such an address.
        """
        bare = self._made(source, base_url, dict)
        self.bare.append(bare)
        session = Session(
            source,
            self._zendesk_login if source is Source.ZENDESK else self._pagerduty_login,
            self._clock,
            wallet=Wallet(state_dir(self._environ)),
            bare=bare,
            expected=expected,
            log=self._log,
        )
        self.sessions[source] = session
        made = self._made(source, base_url, session.headers, session)
        self.apis.append(made)
        return made

    async def prepare(self, source: Source) -> bool:
        """See to it that a source has its credentials; whether it is used here.

        Raises:
            Unauthorised: There are none, or they cannot be got at.
        """
        return await self.sessions[source].prepare()

    def stretch(self, source: Source) -> int:
        """How many times as far apart as usual polls should be just now."""
        return max((api.stretch() for api in self.apis if api.source is source), default=1)

    def requests_made(self) -> int:
        """How many requests there have been so far."""
        return sum(api.requests_made for api in (*self.apis, *self.bare))

    def _made(
        self,
        source: Source,
        base_url: str,
        headers: Callable[[], Mapping[str, str]],
        session: Session | None = None,
    ) -> Api:
        return Api(
            source,
            base_url,
            headers=headers,
            clock=self._clock,
            when_writing=session.when_writing if session else dict,
            renew=session.renew if session else None,
            observe=self._observe,
            log=self._log,
            transport=self._transport,
            certificates=self._certificates,
        )

    def _zendesk_login(self) -> ZendeskLogin | None:
        return zendesk_login(self._config, self._environ)

    def _pagerduty_login(self) -> PagerDutyLogin | None:
        return pagerduty_login(self._config, self._environ)
