"""How does a client in the same process reach the simulator? Without a socket."""

import httpx
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.simulator.app import LOST, build_app
from services.simulator.world import World


class _HungUp(Exception):
    """The answer never arrives."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


class SimulatorTransport(httpx.AsyncBaseTransport):
    """Serves a world to `httpx.AsyncClient`, lost connections included.

    Where a fault resets the connection the client gets `httpx.ReadError`, and where it goes
    silent, or is slower than the client's read timeout, `httpx.ReadTimeout`.
    """

    def __init__(self, world: World) -> None:
        self._app: ASGIApp = build_app(world)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Serve one request."""
        waits = request.extensions.get("timeout", {}).get("read")

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            async def sent(message: Message) -> None:
                if message["type"] == LOST:
                    raise _HungUp(message["how"])
                await send(message)

            extensions = {**scope.get("extensions", {}), "rota.read_timeout": waits}
            await self._app({**scope, "extensions": extensions}, receive, sent)

        try:
            return await httpx.ASGITransport(app=app).handle_async_request(request)
        except _HungUp as lost:
            if lost.how == "silence":
                raise httpx.ReadTimeout("The simulator kept silent.", request=request) from None
            raise httpx.ReadError("The simulator reset the connection.", request=request) from None
