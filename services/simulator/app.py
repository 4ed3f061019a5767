"""How do the two vendors speak HTTP?

One ASGI application: Zendesk under `/zendesk`, PagerDuty under `/pagerduty`. Every request first
lets the world catch up with its clock, is remembered, passes whatever faults stand in its way and
then the vendor's own gate.
"""

import re
from collections.abc import Callable
from email.utils import format_datetime
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from services.simulator import admin
from services.simulator.call import Call, Query, Refused, Reply, Seen, Serve, Vendor
from services.simulator.keys import Keys
from services.simulator.pagerduty import (
    alerts_api,
    incidents_api,
    oncalls_api,
    reference_api,
    responders_api,
    rota_api,
    shifts_api,
)
from services.simulator.pagerduty import (
    writes_api as pagerduty_writes,
)
from services.simulator.pagerduty.gate import Gate as PagerDutyGate
from services.simulator.wire import decoded, encoded
from services.simulator.world import World
from services.simulator.zendesk import (
    export_api,
    jobs_api,
    oauth,
    people_api,
    search_api,
    tickets_api,
    views_api,
)
from services.simulator.zendesk import (
    writes_api as zendesk_writes,
)
from services.simulator.zendesk.gate import Gate as ZendeskGate

API = "/api/v2"
"""Where Zendesk's API begins, below its base URL."""

LOST = "rota.lost"
"""The message by which an answer says that it never arrives; transports know what to do."""

ZENDESK_ROUTES = (
    *tickets_api.ROUTES,
    *views_api.ROUTES,
    *search_api.ROUTES,
    *people_api.ROUTES,
    *export_api.ROUTES,
    *jobs_api.ROUTES,
    *zendesk_writes.ROUTES,
)
PAGERDUTY_ROUTES = (
    *incidents_api.ROUTES,
    *alerts_api.ROUTES,
    *reference_api.ROUTES,
    *rota_api.ROUTES,
    *shifts_api.ROUTES,
    *oncalls_api.ROUTES,
    *pagerduty_writes.ROUTES,
    *responders_api.ROUTES,
)

_CONVERTER = re.compile(r":\w+}")
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


class Unanswered(Response):
    """An answer that never arrives.

    Attributes:
        how: `reset` or `silence`.
    """

    def __init__(self, how: str) -> None:
        super().__init__()
        self.how = how

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell the transport to hang up."""
        await send({"type": LOST, "how": self.how})


class WithoutSuffix:
    """Takes the optional `.json` off Zendesk's paths before they are looked up."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request under its plain path; `asked_path` keeps the one that was asked."""
        if scope["type"] == "http":
            path: str = scope["path"]
            scope = {**scope, "asked_path": path, "path": path.removesuffix(".json")}
        await self._app(scope, receive, send)


def build_app(world: World, admin_token: str | None = None) -> Starlette:
    """The application that serves this world.

    Args:
        admin_token: Whoever knows it may change faults and clock; None is nobody.
    """
    zendesk = ZendeskGate(world.zendesk, world.keys, world.limits)
    pagerduty = PagerDutyGate(world.pagerduty, world.keys, world.limits)
    at_zendesk = [
        _route(world, "zendesk", API, method, path, _through(zendesk.serve, answer))
        for method, path, answer in ZENDESK_ROUTES
    ]
    at_pagerduty = [
        _route(world, "pagerduty", "", method, path, _through(pagerduty.serve, answer))
        for method, path, answer in PAGERDUTY_ROUTES
    ]
    consent = [
        _route(
            world, "zendesk", "", "GET", "/oauth/authorizations/new", _keyed(world, oauth.agree)
        ),
        _route(world, "zendesk", "", "POST", "/oauth/tokens", _keyed(world, oauth.tokens)),
    ]
    middleware = [Middleware(WithoutSuffix)]
    if world.settings.gzip:
        middleware.append(Middleware(GZipMiddleware, minimum_size=500))
    routes: list[BaseRoute] = [
        Mount("/zendesk", routes=[*at_zendesk, *consent, _nowhere(world, "zendesk", API)]),
        Mount("/pagerduty", routes=[*at_pagerduty, _nowhere(world, "pagerduty", "")]),
    ]
    if admin_token is not None:
        routes += admin.routes(world, admin_token)
    return Starlette(routes=routes, middleware=middleware)


def _through(serve: Callable[[Call, Any], Reply], answer: object) -> Serve:
    return lambda call: serve(call, answer)


def _keyed(world: World, answer: Callable[[Keys, Call], Reply]) -> Serve:
    return lambda call: answer(world.keys, call)


def _route(world: World, vendor: Vendor, root: str, method: str, path: str, serve: Serve) -> Route:
    template = _CONVERTER.sub("}", path)

    async def endpoint(request: Request) -> Response:
        return await _respond(world, request, vendor, root, template, serve)

    return Route(root + path, endpoint, methods=[method])


def _nowhere(world: World, vendor: Vendor, root: str) -> Route:
    body: object = {"error": "InvalidEndpoint", "description": "Not found"}
    if vendor == "pagerduty":
        body = {"error": {"message": "Not Found", "code": 2100}}

    def serve(call: Call) -> Reply:
        return Reply(404, body)

    async def endpoint(request: Request) -> Response:
        return await _respond(world, request, vendor, root, "(unknown)", serve)

    return Route("/{rest:path}", endpoint, methods=_METHODS)


async def _respond(
    world: World, request: Request, vendor: Vendor, root: str, template: str, serve: Serve
) -> Response:
    world.catch_up()
    call = await _call(request, vendor, root, template)
    if world.settings.latency:
        await world.clock.sleep(world.settings.latency)
        world.catch_up()
    seen = Seen(vendor, call.method, template, call.path, call.query, world.timeline.now())
    world.requests.append(seen)

    async def served(asked: Call) -> Reply:
        try:
            return serve(asked)
        except Refused as refused:
            return refused.reply

    reply = await world.faults.serve(call, served)
    if reply.lost:
        return Unanswered(reply.lost)
    stamp = format_datetime(world.timeline.stamp() + reply.skew, usegmt=True)
    body = encoded(reply)
    headers = {"date": stamp, **reply.headers}
    if body:
        headers["content-type"] = reply.content_type
    return Response(body, reply.status, headers)


async def _call(request: Request, vendor: Vendor, root: str, template: str) -> Call:
    body = await request.body()
    base = f"{request.url.scheme}://{request.url.netloc}/{vendor}"
    asked = str(request.scope["asked_path"])
    waits = request.scope.get("extensions", {}).get("rota.read_timeout")
    return Call(
        vendor=vendor,
        method=request.method,
        template=template,
        path=request.scope["path"].removeprefix(f"/{vendor}").removeprefix(root),
        root=base,
        url=f"{request.url.scheme}://{request.url.netloc}{asked}",
        query=Query(tuple(request.query_params.multi_items())),
        places={name: str(value) for name, value in request.path_params.items()},
        headers={name.lower(): value for name, value in request.headers.items()},
        body=decoded(body, request.headers.get("content-type", "")),
        read_timeout=waits,
    )
