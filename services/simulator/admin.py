"""How are faults and the clock changed from outside this process?

All of it is below `/admin/<token>`, on the loopback interface like everything else; a wrong token
is a 404. Settings, buckets, tokens and events are in `levers`.
"""

import typing
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from inspect import signature
from secrets import compare_digest
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.clock import ManualClock
from services.simulator import faults
from services.simulator.call import Vendor, utc_text
from services.simulator.interference import Effect, Fault
from services.simulator.levers import Lever, Levers
from services.simulator.world import World

EFFECTS: Mapping[str, Callable[..., Effect]] = {
    effect.__name__: effect
    for effect in (
        faults.rate_limited,
        faults.broken,
        faults.broken_after,
        faults.unavailable,
        faults.search_down,
        faults.collision,
        faults.html_page,
        faults.plain_text,
        faults.odd_error,
        faults.truncated,
        faults.reset_before,
        faults.reset_after,
        faults.silent_after,
        faults.slow,
        faults.surprising,
        faults.novel,
        faults.skewed,
    )
}
"""What can be asked for by name; see `faults` for what each does."""

_LIMITS: Mapping[str, object] = {
    "status": Annotated[int, Meta(ge=400, le=599)],
    "retry_after": Annotated[int, Meta(ge=0, le=86_400)] | None,
    "seconds": Annotated[float, Meta(ge=0, le=3600)],
    "ahead": Annotated[float, Meta(ge=-86_400, le=86_400)],
    "keep": Annotated[float, Meta(ge=0, le=1)],
    "every": Annotated[int, Meta(ge=1)],
    "shape": Literal["string", "array", "map", "inner_map", "none"],
}
"""What an argument can be, where its own type says too little."""


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fault as it is asked for; the parts are those of `world.faults.add`."""

    effect: str
    args: dict[str, object] = {}
    vendor: Vendor | None = None
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] | None = None
    path: str = "*"
    times: Annotated[int, Meta(ge=1)] | None = None
    skip: Annotated[int, Meta(ge=0)] = 0
    since: Annotated[datetime, Meta(tz=True)] | None = None
    until: Annotated[datetime, Meta(tz=True)] | None = None


class _Advance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far to move the clock: 31 days at most."""

    advance_seconds: Annotated[float, Meta(ge=0, le=2_678_400)]


class Admin:
    """The faults that were asked for, and the clock."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._added: list[tuple[Asked, Fault]] = []

    async def list_faults(self, request: Request) -> Response:
        """GET: those still in force, oldest first; `times` is how many requests are left."""
        self._added = [(asked, fault) for asked, fault in self._added if fault.times != 0]
        shown = [
            msgspec.structs.replace(asked, times=fault.times, skip=fault.skip)
            for asked, fault in self._added
        ]
        return _json(200, {"faults": shown})

    async def add_fault(self, request: Request) -> Response:
        """POST: one more."""
        try:
            asked = msgspec.json.decode(await request.body(), type=Asked)
            effect = self._effect(asked)
        except msgspec.DecodeError as error:
            return _json(400, {"error": str(error)})
        fault = self._world.faults.add(
            effect,
            vendor=asked.vendor,
            method=asked.method,
            path=asked.path,
            times=asked.times,
            skip=asked.skip,
            since=asked.since,
            until=asked.until,
        )
        self._added.append((asked, fault))
        return _json(201, {"fault": asked})

    async def clear_faults(self, request: Request) -> Response:
        """DELETE: lift them all."""
        self._world.faults.clear()
        self._added.clear()
        return Response(status_code=204)

    async def advance(self, request: Request) -> Response:
        """POST: move the vendors' clock on, and let happen what falls due.

        A clock that is moved by hand is moved; any other runs on, and the vendors are ahead of it.
        """
        try:
            by = msgspec.json.decode(await request.body(), type=_Advance).advance_seconds
        except msgspec.DecodeError as error:
            return _json(400, {"error": str(error)})
        world = self._world
        if isinstance(world.clock, ManualClock):
            await world.clock.advance(by)
        else:
            ahead = world.settings.clock_offset + timedelta(seconds=by)
            world.adopt(replace(world.settings, clock_offset=ahead))
        events = world.catch_up()
        return _json(200, {"now": utc_text(world.timeline.now()), "events": events})

    def _effect(self, asked: Asked) -> Effect:
        make = EFFECTS.get(asked.effect)
        if make is None:
            raise msgspec.ValidationError(f"effect: write one of {', '.join(EFFECTS)}")
        args = _arguments(make, asked.args)
        needed = [
            name for name, one in signature(make).parameters.items() if one.default is one.empty
        ]
        if missing := [name for name in needed if name not in args and name != "sleep"]:
            raise msgspec.ValidationError(f"args: {asked.effect} needs {missing[0]}")
        if "sleep" in needed:
            args["sleep"] = self._world.clock.sleep
        return make(**args)


def _arguments(make: Callable[..., Effect], said: Mapping[str, object]) -> dict[str, object]:
    """The arguments for `make`, each of its type and within its limits."""
    kinds = typing.get_type_hints(make)
    known = kinds.keys() - {"return", "sleep"}
    if unknown := said.keys() - known:
        expected = ", ".join(sorted(known)) or "none"
        raise msgspec.ValidationError(f"args: {sorted(unknown)[0]!r} is none of: {expected}")
    converted: dict[str, object] = {}
    for name, value in said.items():
        try:
            converted[name] = msgspec.convert(value, type=_LIMITS.get(name, kinds[name]))
        except msgspec.ValidationError as error:
            raise msgspec.ValidationError(f"args.{name}: {error}") from None
    return converted


def _json(status: int, body: object) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def routes(world: World, token: str) -> list[Route]:
    """The admin's routes, for whoever knows the token."""
    admin = Admin(world)

    def guarded(
        answer: Callable[[Request], typing.Awaitable[Response]],
    ) -> Callable[[Request], typing.Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            said = str(request.path_params["token"])
            if not compare_digest(said.encode(), token.encode()):
                return Response(status_code=404)
            return await answer(request)

        return endpoint

    levers = Levers(world)

    def pulled(lever: Lever) -> list[Route]:
        async def look(request: Request) -> Response:
            return _json(200, lever(None))

        async def pull(request: Request) -> Response:
            try:
                said = msgspec.json.decode(await request.body(), type=dict[str, object])
                return _json(200, lever(said))
            except msgspec.DecodeError as error:
                return _json(400, {"error": str(error)})

        path = f"/admin/{{token}}/{lever.__name__}"
        return [
            Route(path, guarded(look), methods=["GET"]),
            Route(path, guarded(pull), methods=["POST"]),
        ]

    each = (levers.settings, levers.buckets, levers.tokens, levers.events)
    return [
        *(route for lever in each for route in pulled(lever)),
        Route("/admin/{token}/faults", guarded(admin.list_faults), methods=["GET"]),
        Route("/admin/{token}/faults", guarded(admin.add_fault), methods=["POST"]),
        Route("/admin/{token}/faults", guarded(admin.clear_faults), methods=["DELETE"]),
        Route("/admin/{token}/clock", guarded(admin.advance), methods=["POST"]),
    ]
