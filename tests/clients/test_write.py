"""What is known of a write, by what came back of it?"""

import json

import httpx
import pytest

from services.errors import (
    Conflict,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    ServiceError,
    Unauthorised,
    Unreachable,
)
from tests.clients.test_api import _Thing
from tests.clients.vendor import Reply, Vendor, ok


async def failure(reply: Reply) -> ServiceError:
    vendor = Vendor(reply)
    with pytest.raises(ServiceError) as caught:
        await vendor.api().write("PUT", "/things/1", {"thing": {"name": "a"}}, _Thing)

    assert len(vendor.asked) == 1, "nothing is repeated"
    return caught.value


def raising(error: Exception) -> Reply:
    def reply(request: httpx.Request) -> httpx.Response:
        raise error

    return reply


async def test_a_write_carries_its_body_and_headers() -> None:
    vendor = Vendor(ok({"name": "done"}))
    body = {"thing": {"name": "a", "text": "é\n\x07"}}
    headers = {"Idempotency-Key": "abc"}
    done = await vendor.api().write("POST", "/things", body, _Thing, headers=headers)
    (request,) = vendor.asked

    assert done == _Thing("done")
    assert (request.method, request.url.path) == ("POST", "/things")
    assert json.loads(request.content) == body
    assert request.headers["content-type"] == "application/json"
    assert request.headers["idempotency-key"] == "abc"


@pytest.mark.parametrize(
    ("reply", "known"),
    [
        (httpx.Response(500, json={"error": "Oops"}), OutcomeUnknown),
        (httpx.Response(503), OutcomeUnknown),
        (httpx.Response(408), OutcomeUnknown),
        (httpx.Response(302, headers={"location": "https://example.com"}), OutcomeUnknown),
        (httpx.Response(200, content=b'{"na'), OutcomeUnknown),
        (httpx.Response(200, json={"other": 1}), OutcomeUnknown),
        (httpx.Response(200, html="<p>hello</p>"), OutcomeUnknown),
        (raising(httpx.ReadTimeout("")), OutcomeUnknown),
        (raising(httpx.WriteTimeout("")), OutcomeUnknown),
        (raising(httpx.ReadError("")), OutcomeUnknown),
        (raising(httpx.RemoteProtocolError("")), OutcomeUnknown),
        (raising(httpx.ConnectError("")), Unreachable),
        (raising(httpx.ConnectTimeout("")), Unreachable),
        (httpx.Response(401), Unauthorised),
        (httpx.Response(403), Forbidden),
        (httpx.Response(404), NotFound),
        (httpx.Response(409), Conflict),
        (httpx.Response(422), Rejected),
        (httpx.Response(429), RateLimited),
    ],
)
async def test_what_came_back_says_what_is_known(reply: Reply, known: type[ServiceError]) -> None:
    assert type(await failure(reply)) is known


async def test_a_vendor_in_trouble_may_say_when_to_look() -> None:
    error = await failure(httpx.Response(503, headers={"retry-after": "7"}))

    assert isinstance(error, OutcomeUnknown)
    assert error.retry_after == 7


async def test_a_refusal_gives_the_vendors_words_by_field() -> None:
    details = {
        "status": [{"description": "closed prevents ticket update", "error": "Odd"}],
        "subject": [{"description": "is too long"}, {"description": "is rude"}],
    }
    body = {"error": "RecordInvalid", "description": "Record validation errors", "details": details}
    error = await failure(httpx.Response(422, json=body))

    assert isinstance(error, Rejected)
    assert error.fields == {
        "status": "closed prevents ticket update",
        "subject": "is too long, is rude",
    }
    assert error.headline == (
        "Zendesk refused the request (422): "
        "status: closed prevents ticket update; subject: is too long, is rude."
    )
