"""How does a person let rota act for them at Zendesk, without a token passing through their hands?

The OAuth authorization-code flow with PKCE: the browser asks for consent, Zendesk sends it back to
a port on this computer with a code, and the code buys a pair of tokens. The port takes one request
and closes; a state of our own making tells our answer from anybody else's.
Source: Zendesk, "Using OAuth authentication"; RFC 7636 (PKCE), RFC 8252 (loopback redirect).
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlencode, urlsplit

from msgspec import Struct

from services.clock import Clock
from services.errors import Unauthorised

SCOPE = "read write"
PATH = "/rota"
"""Of the redirect address; nothing else is answered."""
PATIENCE = 300.0
"""Seconds that a person has in the browser."""
_LONGEST_REQUEST = 8192

_DONE = "Done. You can close this page and go back to the terminal."
_FAILED = "That did not work; the terminal says why. You can close this page."


class Request(Struct, frozen=True):
    """What one attempt rests on; kept in memory for as long as it takes."""

    state: str
    verifier: str

    @property
    def challenge(self) -> str:
        """The verifier as PKCE shows it beforehand, by S256."""
        digest = hashlib.sha256(self.verifier.encode("ascii")).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")

    def __repr__(self) -> str:
        return "Request(***)"


def new_request() -> Request:
    """An attempt that nobody can guess."""
    return Request(secrets.token_urlsafe(32), secrets.token_urlsafe(64))


def consent_url(root: str, client_id: str, redirect_uri: str, request: Request) -> str:
    """Where the browser asks the person.

    Source: GET /oauth/authorizations/new
    """
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": SCOPE,
        "state": request.state,
        "code_challenge": request.challenge,
        "code_challenge_method": "S256",
    }
    return f"{root.rstrip('/')}/oauth/authorizations/new?{urlencode(asked)}"


class Doorstep:
    """Where Zendesk's answer arrives."""

    def __init__(self, redirect_uri: str, request: Request, clock: Clock) -> None:
        self.redirect_uri = redirect_uri
        self._request = request
        self._clock = clock
        self._answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def code(self) -> str:
        """The code that buys the tokens.

        Raises:
            Unauthorised: Consent was refused, did not come in time, or was not an answer to us.
        """
        patience = asyncio.ensure_future(self._clock.sleep(PATIENCE))
        either: set[asyncio.Future[str] | asyncio.Future[None]] = {self._answer, patience}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            patience.cancel()
        if not self._answer.done():
            raise Unauthorised(
                "zendesk",
                f"No answer came from the browser within {PATIENCE / 60:.0f} minutes.",
                "Try `rota login zendesk` again.",
            )
        return self._answer.result()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request; a second one finds the door closed."""
        try:
            line = await reader.readuntil(b"\n")
            while (await reader.readuntil(b"\n")).strip():
                pass
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            writer.close()
            return
        self._take(line)
        good = self._answer.done() and self._answer.exception() is None
        body = (_DONE if good else _FAILED).encode()
        writer.write(
            b"HTTP/1.1 %d %s\r\nContent-Type: text/plain; charset=utf-8\r\n"
            b"Content-Length: %d\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n%s"
            % (200 if good else 400, b"OK" if good else b"Bad Request", len(body), body)
        )
        await writer.drain()
        writer.close()

    def _take(self, line: bytes) -> None:
        method, _, rest = line.decode("latin-1").partition(" ")
        target = urlsplit(rest.partition(" ")[0])
        if method != "GET" or target.path != PATH or self._answer.done():
            return
        said = {name: values[0] for name, values in parse_qs(target.query).items()}
        if not hmac.compare_digest(said.get("state", "").encode(), self._request.state.encode()):
            self._fail("The browser brought an answer to a question that was not ours.")
        elif "error" in said or not said.get("code"):
            self._fail("Zendesk was not allowed to let rota in.")
        else:
            self._answer.set_result(said["code"])

    def _fail(self, why: str) -> None:
        self._answer.set_exception(Unauthorised("zendesk", why, "Try `rota login zendesk` again."))
        # Whoever waits for the code is told; if nobody does any more, that is no news.
        self._answer.exception()


@asynccontextmanager
async def doorstep(request: Request, clock: Clock, port: int = 0) -> AsyncIterator[Doorstep]:
    """A port on the loopback interface for as long as the block lasts; 0 takes any free one.

    Raises:
        OSError: The port is taken.
    """
    made: list[Doorstep] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await made[0].serve(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", port, limit=_LONGEST_REQUEST)
    bound = server.sockets[0].getsockname()[1]
    made.append(Doorstep(f"http://127.0.0.1:{bound}{PATH}", request, clock))
    async with server:
        yield made[0]
