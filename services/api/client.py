"""How does a request reach a vendor, and its answer us?"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import msgspec

from services.api.addresses import PATH, check_base_url
from services.api.connection import Certificates, connect, load_httpx
from services.api.exchange import Answer, Request, decode, read_body
from services.api.governor import Governor
from services.api.limits import Limits, limits_told
from services.api.refusals import broke_off, refusal, secrets_in, unreachable, went_silent
from services.api.turn import Turn
from services.api.words import NAMES
from services.clock import Clock
from services.domain import Source
from services.errors import (
    OutcomeUnknown,
    RateLimited,
    ServiceError,
    Unauthorised,
    UnexpectedReply,
    Unreachable,
)
from services.log import Log

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")

Observe = Callable[[str, Mapping[str, str], float], None]
"""Told the source, the headers and the round trip in seconds of every answer."""

Renew = Callable[[Mapping[str, str]], Awaitable[bool]]
"""Told the headers that were refused; whether there are better ones now."""

READ_SECONDS = 20.0
"""How long the vendor may be silent."""

REQUEST_SECONDS = 45.0
"""The longest a request may take from first to last byte, however alive the connection is."""


class Api:
    """One vendor's address, and our standing there."""

    def __init__(
        self,
        source: Source,
        base_url: str,
        *,
        headers: Callable[[], Mapping[str, str]],
        clock: Clock,
        when_writing: Callable[[], Mapping[str, str]] = dict,
        renew: Renew | None = None,
        observe: Observe | None = None,
        governor: Governor | None = None,
        log: Log | None = None,
        transport: "httpx.AsyncBaseTransport | None" = None,
        certificates: Certificates | None = None,
    ) -> None:
        """Make an API; nothing is asked yet.

        Args:
            source: Whose it is.
            base_url: Where it is.
            headers: The credentials of the moment.
            clock: Measures round trips.
            when_writing: What a write needs besides.
            renew: Called once when credentials are refused.
            observe: Told of every answer's headers.
            governor: Says what may be asked when; of our own if not given.
            log: Where each request is noted, without what it said.
            transport: Stands in for the network.
            certificates: Shared with other APIs; of our own if not given.

        Raises:
            ConfigError: Credentials may not be sent to such an address.
        """
        self.source = source
        self.name = NAMES[source]
        self.requests_made = 0
        self.limits: Limits | None = None
        self.governor = governor or Governor()
        self._base_url = check_base_url(base_url, f"{source}.base_url")
        self._headers = headers
        self._when_writing = when_writing
        self._renew = renew
        self._clock = clock
        self._log = log
        self._observe = observe
        self._transport = transport
        self._certificates = certificates or Certificates()
        self._client: httpx.AsyncClient | None = None
        self._turn = Turn()

    def __repr__(self) -> str:
        return f"Api({self.source.value!r}, {self._base_url!r})"

    async def read(
        self,
        path: str,
        reply: type[T],
        params: Sequence[tuple[str, str]] = (),
        *,
        urgent: bool = False,
    ) -> T:
        """Ask for `path` and decode the answer as `reply`.

        Args:
            path: Below the base address, beginning with a slash; ids in it went through `segment`.
            reply: What msgspec is to make of the JSON.
            params: The query, in order; a name may repeat.
            urgent: Whether a write waits for it, so that it goes first.

        Raises:
            ServiceError: No answer, a refusal, or not the documented shape. Nothing was changed.
        """
        answer = await self.ask(Request("GET", path, params, urgent=urgent))
        return decode(self.source, answer, reply)

    async def write(
        self,
        method: str,
        path: str,
        body: object,
        reply: type[T],
        *,
        headers: Mapping[str, str] | None = None,
    ) -> T:
        """Have something changed, once: nothing is repeated here, whatever happens.

        Args:
            method: `PUT`, `POST` or `DELETE`.
            path: Below the base address, beginning with a slash; ids in it went through `segment`.
            body: What msgspec is to make JSON of.
            reply: What msgspec is to make of the answer's JSON.
            headers: Besides the credentials.

        Raises:
            OutcomeUnknown: No answer, an error of the vendor's own, or an answer that cannot be
                read: look before sending it again.
            Conflict: Somebody was faster; nothing was changed.
            Rejected: Refused, with the vendor's words by field; nothing was changed.
            ServiceError: Otherwise refused or never sent; nothing was changed.
        """
        sent = msgspec.json.encode(body)
        request = Request(method, path, body=sent, headers=headers or {}, urgent=True)
        try:
            return decode(self.source, await self.ask(request), reply)
        except UnexpectedReply as error:
            raise OutcomeUnknown(self.source, error.headline, error.advice) from error

    async def ask(self, request: Request) -> Answer:
        """Send a request once, in its turn; the answer is a good one (2xx), its body unread.

        Raises:
            OutcomeUnknown: A write left, and whether it was carried out is not known.
            ServiceError: No answer, or a refusal. Nothing was changed.
        """
        if not re.fullmatch(PATH, request.path):
            raise ValueError(f"not a path: {request.path!r}")
        sent, answer = await self._send(request)
        # A refusal for the credentials' sake is the one answer after which a write, too, may be
        # sent again: it was not carried out.
        if answer.status == 401 and self._renew is not None and await self._renew(sent):
            sent, answer = await self._send(request)
        if not answer.good:
            raise refusal(self.source, request, answer, secrets_in(sent))
        return answer

    async def renew(self) -> bool:
        """Whether there are other credentials by now than those in use, which are nobody's.

        Raises:
            Unauthorised: Only a person can help.
            ServiceError: It could not be tried.
        """
        return self._renew is not None and await self._renew(self._headers())

    async def aclose(self) -> None:
        """Close the connection. Asking again opens a new one."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _send(self, request: Request) -> tuple[Mapping[str, str], Answer]:
        """Send it in its turn; the headers that it went with, and whatever was answered."""
        async with self._turn.taken(urgent=request.urgent):
            self._ask_leave(request)
            sent = self._all_headers(request)
            asked = self._clock.monotonic()
            try:
                try:
                    async with asyncio.timeout(REQUEST_SECONDS):
                        answer = await self._exchange(request, sent)
                except TimeoutError as error:
                    raise went_silent(self.source, request) from error
            except ServiceError as error:
                self._note(request, asked, trouble=type(error).__name__)
                raise
            self._note(request, asked, status=answer.status)
            return sent, answer

    def _note(
        self, request: Request, asked: float, *, status: int | None = None, trouble: str = ""
    ) -> None:
        """Put it in the log: no body, no query, no words of the vendor's."""
        if self._log is not None:
            self._log.note(
                "refused" if (status or 0) >= 400 else "failed" if trouble else "asked",
                source=self.source.value,
                method=request.method,
                path=request.path,
                status=status,
                trouble=trouble or None,
                ms=round((self._clock.monotonic() - asked) * 1000),
                left=self.limits.remaining if self.limits else None,
            )

    def _ask_leave(self, request: Request) -> None:
        """Nobody sleeps here: who may not ask now is told when, and the next in line goes on.

        Raises:
            RateLimited: It is not the time; nothing was sent.
        """
        now = self._clock.monotonic()
        wait = self.governor.wait(request, now)
        if wait <= 0:
            return
        if self.governor.held(now, urgent=request.urgent):
            why = f"{self.name} asked us to wait."
        else:
            left = f"{self.limits.remaining} of {self.limits.limit}" if self.limits else "little"
            why = f"{self.name}'s limit is nearly used up ({left} left): the rest is for writing."
        raise RateLimited(self.source, why, wait, asked=False)

    def to_spare(self) -> bool:
        """Whether enough of the limit is left for what can wait."""
        return self.governor.to_spare(self._clock.monotonic())

    def stretch(self) -> int:
        """How many times as far apart as usual polls should be: 1, 2 or 4."""
        return self.governor.stretch(self._clock.monotonic())

    def _all_headers(self, request: Request) -> dict[str, str]:
        sent = {"Accept": "application/json", "User-Agent": "rota"} | dict(self._headers())
        if request.writes:
            sent |= self._when_writing()
        sent |= request.headers
        # Else the transport would complain, and repeat the value in its complaint.
        if not all(value.isascii() and value.isprintable() for value in sent.values()):
            raise Unauthorised(
                self.source,
                f"The {self.name} token holds characters that cannot be sent.",
                "Was it copied whole, without a line break?",
            )
        # Only what `read_body` can undo piece by piece.
        return sent | {"Accept-Encoding": "gzip"}

    async def _exchange(self, request: Request, headers: Mapping[str, str]) -> Answer:
        client = self._connected()
        import httpx

        read = REQUEST_SECONDS if request.patient else READ_SECONDS
        built = client.build_request(
            request.method,
            self._base_url + request.path,
            params=list(request.params) or None,
            content=request.body,
            headers=headers if request.body is None else {**_JSON, **headers},
            timeout=httpx.Timeout(connect=5, read=read, write=20, pool=5),
        )
        self.requests_made += 1
        asked = self._clock.monotonic()
        try:
            response = await client.send(built, stream=True)
            try:
                self._heard(request, response, self._clock.monotonic() - asked)
                body = await read_body(self.source, response)
            finally:
                await response.aclose()
        except (httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Unreachable(self.source, f"{self.name} took too long to answer.") from error
        except httpx.TimeoutException as error:
            raise went_silent(self.source, request) from error
        except httpx.ConnectError as error:
            raise unreachable(self.source) from error
        except httpx.RequestError as error:
            raise broke_off(self.source, request) from error
        return Answer(response.status_code, response.headers, body)

    def _connected(self) -> "httpx.AsyncClient":
        if self._client is not None:
            return self._client
        load_httpx()
        import httpx

        try:
            self._client = connect(self._base_url, self._certificates, self._transport)
        except (OSError, ValueError, ImportError, httpx.InvalidURL):
            # Not chained: the address of a proxy may hold a password.
            raise Unreachable(
                self.source,
                "The network settings of this shell cannot be used.",
                "Look at HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE and SSL_CERT_DIR.",
            ) from None
        return self._client

    def _heard(self, request: Request, response: "httpx.Response", round_trip: float) -> None:
        headers, now = response.headers, self._clock.monotonic()
        self.limits = limits_told(headers) or self.limits
        self.governor.heard(request, response.status_code, headers, now)
        if self._observe is not None:
            self._observe(self.source.value, headers, round_trip)


_JSON = {"Content-Type": "application/json"}
