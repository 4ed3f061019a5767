"""How is the simulator reached from outside this process? On the loopback interface only."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import FrameType

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.simulator.app import LOST, build_app
from services.simulator.world import World

LOOPBACK = "127.0.0.1"
"""The only address ever listened on."""


class _HungUp(Exception):
    """The client will not get an answer."""


class _Server(uvicorn.Server):
    """A server that says when it listens, can cut a line, and takes a signal as good-bye."""

    def __init__(self, app: ASGIApp, on_ready: Callable[[], None]) -> None:
        self._simulator = app
        self._on_ready = on_ready
        config = uvicorn.Config(
            self._answer,
            interface="asgi3",
            http="h11",
            ws="none",
            lifespan="off",
            log_level="critical",
            access_log=False,
            date_header=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
        super().__init__(config)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop serving; the signal is not passed on, so the process ends in its own way."""
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        self._on_ready()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == LOST:
                if message["how"] == "reset":
                    self._cut(scope["client"])
                while (await receive())["type"] != "http.disconnect":
                    pass
                raise _HungUp
            await send(message)

        try:
            await self._simulator(scope, receive, sent)
        except _HungUp:
            return

    def _cut(self, client: tuple[str, int]) -> None:
        for line in self.server_state.connections:
            transport = getattr(line, "transport", None)
            if getattr(line, "client", None) == client and transport is not None:
                transport.abort()


def _bound(port: int) -> tuple[socket.socket, str]:
    """A socket on the loopback interface, and its URL; port 0 takes any that is free."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError:
        listener.close()
        raise
    return listener, f"http://{LOOPBACK}:{listener.getsockname()[1]}"


async def serve(
    world: World,
    port: int = 0,
    on_ready: Callable[[str], None] = print,
    admin_token: str | None = None,
) -> None:
    """Serve the world until SIGINT or SIGTERM.

    Args:
        port: Where to listen; 0 takes any free port.
        on_ready: Told the base URL, without a path, as soon as requests are answered.
        admin_token: Whoever knows it may change faults and clock; None is nobody.

    Raises:
        OSError: The port is taken.
    """
    listener, base_url = _bound(port)
    server = _Server(build_app(world, admin_token), lambda: on_ready(base_url))
    await server.serve(sockets=[listener])


@asynccontextmanager
async def listening(
    world: World, port: int = 0, admin_token: str | None = None
) -> AsyncIterator[str]:
    """Serve the world in this event loop for as long as the block lasts; gives the base URL."""
    listener, base_url = _bound(port)
    ready = asyncio.Event()
    server = _Server(build_app(world, admin_token), ready.set)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await ready.wait()
        yield base_url
    finally:
        server.should_exit = True
        await serving


def ready_config(base_url: str, world: World) -> str:
    """The part of `config.toml` that points a client at this simulator.

    Args:
        base_url: Where the simulator listens, e.g. `http://127.0.0.1:8080`.
    """
    tables = []
    for vendor, token in (("zendesk", world.zendesk_token), ("pagerduty", world.pagerduty_token)):
        command = json.dumps(["printf", "%s", token])
        tables.append(f'[{vendor}]\nbase_url = "{base_url}/{vendor}"\ntoken_command = {command}\n')
    return "\n".join(tables)
