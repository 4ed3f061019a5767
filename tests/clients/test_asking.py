"""Is a write sent once, told truly what became of it, and let through before reads that wait?"""

import asyncio
from collections.abc import Callable

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.exchange import Request
from services.api.turn import Turn
from services.errors import Conflict, OutcomeUnknown, RateLimited, ServiceError, Unreachable
from tests.clients.vendor import Vendor, ok

NOTE = Request("POST", "/notes", body=b'{"note": "x"}', headers={"From": "me@example.com"})


def lost(error: type[httpx.RequestError]) -> Callable[[httpx.Request], httpx.Response]:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error("lost", request=request)

    return fail


async def test_a_write_carries_its_body_and_headers_and_the_credentials() -> None:
    vendor = Vendor(ok({}))
    answer = await vendor.api().ask(NOTE)
    asked = vendor.asked[0]

    assert answer.good
    assert msgspec.json.decode(asked.content) == {"note": "x"}
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["from"] == "me@example.com"
    assert asked.headers["authorization"].startswith("Bearer ")


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        pytest.param(lost(httpx.ConnectError), Unreachable, id="never left"),
        pytest.param(lost(httpx.ConnectTimeout), Unreachable, id="no connection in time"),
        pytest.param(lost(httpx.ReadTimeout), OutcomeUnknown, id="no answer in time"),
        pytest.param(lost(httpx.ReadError), OutcomeUnknown, id="reset"),
        pytest.param(httpx.Response(500), OutcomeUnknown, id="500"),
        pytest.param(httpx.Response(503), OutcomeUnknown, id="503"),
        pytest.param(httpx.Response(408), OutcomeUnknown, id="408"),
        pytest.param(httpx.Response(429), RateLimited, id="429"),
        pytest.param(httpx.Response(409), Conflict, id="409"),
    ],
)
async def test_a_write_says_whether_its_fate_is_known(
    reply: httpx.Response | Callable[[httpx.Request], httpx.Response], error: type[ServiceError]
) -> None:
    vendor = Vendor(reply)
    with pytest.raises(error) as caught:
        await vendor.api().ask(NOTE)

    assert type(caught.value) is error
    assert len(vendor.asked) == 1


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=12))
def test_one_at_a_time_the_urgent_first_and_nobody_is_forgotten(
    comers: list[tuple[bool, bool]],
) -> None:
    """Each comer is urgent or not, and may give up waiting."""
    passed: list[int] = []

    async def comer(turn: Turn, number: int, urgent: bool) -> None:
        async with turn.taken(urgent=urgent):
            passed.append(number)
            await asyncio.sleep(0)
            assert passed[-1] == number, "two at a time"

    async def all_come() -> None:
        turn = Turn()
        async with turn.taken(urgent=False):
            tasks = [asyncio.create_task(comer(turn, n, u)) for n, (u, _) in enumerate(comers)]
            await asyncio.sleep(0)
        for task, (_, gives_up) in zip(tasks, comers, strict=True):
            if gives_up:
                task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        async with turn.taken(urgent=False):
            passed.append(-1)

    asyncio.run(all_come())
    stayed = [n for n, (_, gives_up) in enumerate(comers) if not gives_up]
    expected = sorted(stayed, key=lambda n: not comers[n][0])

    assert [n for n in passed if n in stayed] == expected
    assert passed[-1] == -1


async def test_one_who_gives_up_just_when_the_turn_is_passed_on_is_passed_over() -> None:
    turn = Turn()

    async def comes() -> None:
        async with turn.taken(urgent=False):
            pass

    async with turn.taken(urgent=False):
        first, second = (asyncio.create_task(comes()) for _ in range(2))
        await asyncio.sleep(0)
        # Its future is cancelled at once; that it gives up, it hears only after we have left.
        first.cancel()
    await second

    with pytest.raises(asyncio.CancelledError):
        await first
