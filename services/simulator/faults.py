"""What can stand in the way of a request?

Each of these makes an effect: a function of the call and of what would have served it, so it can
refuse, delay, spoil or lose the answer, before or after a write was carried out. They are put in
the way with `world.faults.add(effect, vendor=..., method=..., path=..., times=...)`.
"""

import html
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count

from services.simulator.call import Call, Json, Reply
from services.simulator.interference import Effect, ServeLater
from services.simulator.wire import encoded


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
    """PagerDuty's stranger error bodies: `string`, `array`, `map`, `inner_map`, `none`."""
    bodies: Json = {
        "string": {"error": {"message": "Invalid Input Provided", "code": 2001, "errors": "No."}},
        "array": {"error": ["Invalid input."]},
        "map": {"errors": {"rotation_id": ["is unknown"]}},
        "inner_map": {
            "error": {
                "message": "Invalid request",
                "code": 2001,
                "errors": {"rotation.events": ["is unknown"]},
            }
        },
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


def novel(key: str = "status", value: str = "x_novel") -> Effect:
    """A field that everybody knows has a value that nobody knows, in every record that has it."""

    async def effect(call: Call, serve: ServeLater) -> Reply:
        reply = await serve(call)
        return replace(reply, body=_with_value(reply.body, key, value))

    return effect


def skewed(ahead: float) -> Effect:
    """The server's clock is so many seconds ahead, or behind; what it stores is not."""

    async def effect(call: Call, serve: ServeLater) -> Reply:
        reply = await serve(call)
        return replace(reply, skew=timedelta(seconds=ahead))

    return effect


def changed(change: Callable[[Json], None]) -> Effect:
    """The JSON of an answer is changed in place by `change`, e.g. to an unknown status."""

    async def effect(call: Call, serve: ServeLater) -> Reply:
        reply = await serve(call)
        if isinstance(reply.body, dict):
            change(reply.body)
        return reply

    return effect


def _with_value(body: object, key: str, value: str) -> object:
    if isinstance(body, list):
        return [_with_value(one, key, value) for one in body]
    if not isinstance(body, dict):
        return body
    return {
        name: value if name == key and isinstance(old, str) else _with_value(old, key, value)
        for name, old in body.items()
    }


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
