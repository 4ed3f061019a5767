"""What can stand in the way of a request?

A fault is a matcher and an effect. The effect is a function of the call and of what would have
served it, so it can refuse, delay, spoil or lose the answer, before or after a write was carried
out. Faults are composed in the order in which they were added: the first stands outermost.
"""

import html
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase
from itertools import count

from services.simulator.call import Call, Json, Reply, Vendor
from services.simulator.timeline import Timeline
from services.simulator.wire import encoded

ServeLater = Callable[[Call], Awaitable[Reply]]
Effect = Callable[[Call, ServeLater], Awaitable[Reply]]


@dataclass(slots=True, kw_only=True)
class Fault:
    """An effect and the requests it falls on.

    Attributes:
        path: A shell pattern of the path below the API root, e.g. `/tickets/*/comments`.
        times: How many more requests it falls on; `None` is without end.
        skip: How many matching requests pass unharmed first.
    """

    effect: Effect
    vendor: Vendor | None = None
    method: str | None = None
    path: str = "*"
    times: int | None = None
    skip: int = 0
    since: datetime | None = None
    until: datetime | None = None

    def falls_on(self, call: Call, now: datetime) -> bool:
        """Whether this call is one of those it is meant for."""
        return (
            self.times != 0
            and self.vendor in (None, call.vendor)
            and self.method in (None, call.method)
            and fnmatchcase(call.path, self.path)
            and (self.since is None or now >= self.since)
            and (self.until is None or now < self.until)
        )


class Faults:
    """The faults in force now."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._faults: list[Fault] = []

    def add(
        self,
        effect: Effect,
        *,
        vendor: Vendor | None = None,
        method: str | None = None,
        path: str = "*",
        times: int | None = None,
        skip: int = 0,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Fault:
        """Have `effect` fall on matching requests, `times` times, between `since` and `until`."""
        fault = Fault(
            effect=effect,
            vendor=vendor,
            method=method,
            path=path,
            times=times,
            skip=skip,
            since=since,
            until=until,
        )
        self._faults.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        """Lift one fault."""
        self._faults.remove(fault)

    def clear(self) -> None:
        """Lift them all."""
        self._faults.clear()

    async def serve(self, call: Call, serve: ServeLater) -> Reply:
        """Serve the call through whatever stands in its way."""
        for fault in reversed(self._struck(call)):
            serve = _wrapped(fault.effect, serve)
        return await serve(call)

    def _struck(self, call: Call) -> list[Fault]:
        now = self._timeline.now()
        struck = []
        for fault in self._faults:
            if not fault.falls_on(call, now):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            if fault.times is not None:
                fault.times -= 1
            struck.append(fault)
        return struck


def _wrapped(effect: Effect, serve: ServeLater) -> ServeLater:
    async def served(call: Call) -> Reply:
        return await effect(call, serve)

    return served


def rate_limited(retry_after: int = 30, *, bare: bool = False) -> Effect:
    """429. Zendesk says `Retry-After`, PagerDuty `ratelimit-reset`; `bare` says nothing."""

    async def effect(call: Call, serve: ServeLater) -> Reply:
        if bare:
            return Reply(429)
        if call.vendor == "zendesk":
            body: Json = {
                "error": "APIRateLimitExceeded",
                "description": "Number of allowed API requests per minute exceeded",
            }
            return Reply(429, body, {"retry-after": str(retry_after)})
        body = {"error": {"message": "Rate Limit Exceeded", "code": 2020}}
        headers = {
            "ratelimit-limit": "960",
            "ratelimit-remaining": "0",
            "ratelimit-reset": str(retry_after),
        }
        return Reply(429, body, headers)

    return effect


def broken(status: int = 500) -> Effect:
    """An error of the server's own, before anything was carried out."""

    async def effect(call: Call, serve: ServeLater) -> Reply:
        if call.vendor == "zendesk":
            return Reply(status, {"error": "InternalServerError", "description": "Oops"})
        return Reply(status, {"error": {"message": "Internal Server Error", "code": 2000}})

    return effect


def broken_after(status: int = 500) -> Effect:
    """An error of the server's own, after a write was carried out."""

    async def effect(call: Call, serve: ServeLater) -> Reply:
        await serve(call)
        return Reply(status, {"error": "InternalServerError", "description": "Oops"})

    return effect


def unavailable(retry_after: int | None = 60) -> Effect:
    """503, with or without a `Retry-After` in seconds."""
    headers = {} if retry_after is None else {"retry-after": str(retry_after)}

    async def effect(call: Call, serve: ServeLater) -> Reply:
        return Reply(503, {"error": "ServiceUnavailable"}, headers)

    return effect


def search_down() -> Effect:
    """Zendesk's search backend is away."""
    text = "Sorry, we could not complete your search query. Please try again in a moment."

    async def effect(call: Call, serve: ServeLater) -> Reply:
        return Reply(503, {"error": "unavailable", "description": text})

    return effect


def collision() -> Effect:
    """Zendesk's own 409, which has nothing to do with `safe_update`."""

    async def effect(call: Call, serve: ServeLater) -> Reply:
        return Reply(409, {"error": "DatabaseConflict", "description": "Database collision"})

    return effect


def html_page(status: int = 502) -> Effect:
    """A proxy's HTML page in place of the answer."""

    async def effect(call: Call, serve: ServeLater) -> Reply:
        page = f"<html><body><h1>{status}</h1><p>{html.escape(call.path)}</p></body></html>"
        return Reply(status, raw=page.encode(), content_type="text/html; charset=utf-8")

    return effect


def plain_text(status: int = 502, text: str = "upstream connect error") -> Effect:
    """A gateway's line of text in place of the answer."""

    async def effect(call: Call, serve: ServeLater) -> Reply:
        return Reply(status, raw=text.encode(), content_type="text/plain")

    return effect


def odd_error(shape: str = "string", status: int = 400) -> Effect:
    """PagerDuty's stranger error bodies: `string`, `array`, `map` or `none`."""
    bodies: Json = {
        "string": {"error": {"message": "Invalid Input Provided", "code": 2001, "errors": "No."}},
        "array": {"error": ["Invalid input."]},
        "map": {"errors": {"rotation_id": ["is unknown"]}},
        "none": {},
    }

    async def effect(call: Call, serve: ServeLater) -> Reply:
        return Reply(status, bodies[shape])

    return effect


def truncated(keep: float = 0.5) -> Effect:
    """Only the first part of the JSON arrives, under a 200."""

    async def effect(call: Call, serve: ServeLater) -> Reply:
        reply = await serve(call)
        whole = encoded(reply)
        return replace(reply, raw=whole[: int(len(whole) * keep)])

    return effect


def reset_before() -> Effect:
    """The connection is reset and nothing was carried out."""

    async def effect(call: Call, serve: ServeLater) -> Reply:
        return Reply(lost="reset")

    return effect


def reset_after() -> Effect:
    """The request is carried out, and the connection is reset before the answer."""

    async def effect(call: Call, serve: ServeLater) -> Reply:
        await serve(call)
        return Reply(lost="reset")

    return effect


def silent_after() -> Effect:
    """The request is carried out, and the client waits for the answer in vain."""

    async def effect(call: Call, serve: ServeLater) -> Reply:
        await serve(call)
        return Reply(lost="silence")

    return effect


def slow(seconds: float, sleep: Callable[[float], Awaitable[None]]) -> Effect:
    """The request is carried out at once and answered after `seconds` on the given clock.

    A client that is known to wait for less hears nothing.
    """

    async def effect(call: Call, serve: ServeLater) -> Reply:
        reply = await serve(call)
        if call.read_timeout is not None and call.read_timeout < seconds:
            await sleep(call.read_timeout)
            return Reply(lost="silence")
        await sleep(seconds)
        return reply

    return effect


def surprising(every: int = 1) -> Effect:
    """Every so many answers have fields that no client knows of."""
    answers = count(1)

    async def effect(call: Call, serve: ServeLater) -> Reply:
        reply = await serve(call)
        if next(answers) % every or not isinstance(reply.body, dict):
            return reply
        return replace(reply, body=_with_novelties(reply.body))

    return effect


def changed(change: Callable[[Json], None]) -> Effect:
    """The JSON of an answer is changed in place by `change`, e.g. to an unknown status."""

    async def effect(call: Call, serve: ServeLater) -> Reply:
        reply = await serve(call)
        if isinstance(reply.body, dict):
            change(reply.body)
        return reply

    return effect


def _with_novelties(body: Json) -> Json:
    grown: Json = {"x_new_in_this_release": {"flag": True}}
    for key, value in body.items():
        if isinstance(value, dict):
            grown[key] = {**value, "x_novelty": 1}
        elif isinstance(value, list):
            grown[key] = [
                {**item, "x_novelty": [None]} if isinstance(item, dict) else item for item in value
            ]
        else:
            grown[key] = value
    return grown
