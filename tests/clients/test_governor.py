"""Does reading slow down in time, leave a reserve for writing, and never stand in its way?"""

import random
from collections.abc import Mapping

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.exchange import Request
from services.api.governor import JITTER, LONGEST_HOLD, RESERVE, Governor
from services.errors import RateLimited
from tests.clients.vendor import Vendor, ok

READ = Request("GET", "/api/v2/tickets")
OTHER = Request("GET", "/api/v2/search")
WRITE = Request("PUT", "/api/v2/tickets/1", urgent=True)
LOOK = Request("GET", "/api/v2/tickets/1/comments", urgent=True)


def told(
    headers: Mapping[str, str], request: Request = READ, status: int = 200, now: float = 0
) -> Governor:
    governor = Governor(random.Random(1))
    governor.heard(request, status, headers, now)
    return governor


def left(remaining: int, limit: int = 200, resets: int = 30) -> dict[str, str]:
    return {
        "ratelimit-limit": str(limit),
        "ratelimit-remaining": str(remaining),
        "ratelimit-reset": str(resets),
    }


@pytest.mark.parametrize(
    ("headers", "share"),
    [
        pytest.param(left(100), 0.5, id="2024, and PagerDuty's"),
        pytest.param(
            {"rate-limit": "200", "rate-limit-remaining": "50", "rate-limit-reset": "9"},
            0.25,
            id="2023",
        ),
        pytest.param({"x-rate-limit": "700", "x-rate-limit-remaining": "70"}, 0.1, id="always"),
        pytest.param(
            {"zendesk-ratelimit-tickets-index": "total=100; remaining=4; resets=42"},
            0.04,
            id="one endpoint, 2024",
        ),
        pytest.param(
            {"Zendesk-Rate-Limit-search-index": "total=100; remaining=30; resets=4"},
            0.3,
            id="one endpoint, 2023",
        ),
        pytest.param(
            left(180) | {"zendesk-ratelimit-tickets-index": "total=100; remaining=40; resets=4"},
            0.4,
            id="the tighter of the two",
        ),
        pytest.param({"zendesk-ratelimit-x": "who knows"}, 1.0, id="not to be understood"),
        pytest.param({}, 1.0, id="not told"),
    ],
)
def test_every_spelling_is_understood(headers: Mapping[str, str], share: float) -> None:
    assert told(headers).share(1) == share


@pytest.mark.parametrize(
    ("remaining", "stretch", "to_spare", "goes"),
    [
        (200, 1, True, True),
        (100, 1, True, True),
        (99, 2, True, True),
        (40, 2, True, True),
        (39, 4, False, True),
        (20, 4, False, True),
        (19, 4, False, False),
        (0, 4, False, False),
    ],
)
def test_it_slows_down_by_steps_and_keeps_the_last_tenth(
    remaining: int, stretch: int, to_spare: bool, goes: bool
) -> None:
    governor = told(left(remaining))

    assert governor.stretch(1) == stretch
    assert governor.to_spare(1) is to_spare
    assert (governor.wait(READ, 1) == 0) is goes
    assert governor.wait(WRITE, 1) == governor.wait(LOOK, 1) == 0


def test_the_next_window_is_a_new_one() -> None:
    governor = told(left(0, resets=30))

    assert 29 <= governor.wait(READ, 1) <= 29 * (1 + JITTER)
    assert governor.wait(READ, 30) == 0
    assert governor.stretch(30) == 1


def test_an_endpoint_that_is_used_up_closes_no_other() -> None:
    governor = told(
        left(190) | {"zendesk-ratelimit-tickets-index": "total=100; remaining=2; resets=20"}
    )

    assert governor.wait(READ, 1) > 0
    assert governor.wait(OTHER, 1) == 0


def test_the_limit_on_writing_one_ticket_says_nothing_of_reading() -> None:
    bucket = {"zendesk-ratelimit-per-ticket-updates": "total=30; remaining=0; resets=468"}
    governor = told(left(190) | bucket, WRITE)

    assert governor.stretch(1) == 1
    assert governor.wait(READ, 1) == 0


@pytest.mark.parametrize("status", [429, 503])
def test_a_vendor_that_asks_to_be_left_alone_is_left_alone(status: int) -> None:
    governor = told({"retry-after": "60"}, status=status)

    assert 60 <= governor.wait(READ, 0) <= 60 * (1 + JITTER)
    assert governor.wait(OTHER, 0) > 0
    assert governor.wait(WRITE, 0) == 0, "a read's refusal does not close the door to writes"
    assert governor.wait(READ, 73) == 0


def test_a_write_that_was_refused_waits_as_well() -> None:
    governor = told({"retry-after": "60"}, WRITE, 429)

    assert governor.wait(WRITE, 0) >= 60
    assert governor.wait(READ, 0) >= 60


def test_without_a_word_it_waits_longer_each_time_but_never_beyond_five_minutes() -> None:
    governor = Governor(random.Random(1))
    waits, now = [], 0.0
    for _ in range(7):
        governor.heard(READ, 429, {}, now)
        waits.append(governor.wait(READ, now))
        now += waits[-1]
    governor.heard(READ, 200, {}, now)
    governor.heard(READ, 429, {}, now)

    assert [30 <= waits[0] <= 36, 60 <= waits[1] <= 72, 120 <= waits[2] <= 144] == [True] * 3
    assert waits[-1] == LONGEST_HOLD
    assert governor.wait(READ, now) <= 36


def test_five_minutes_are_the_most_even_if_an_hour_is_asked_for() -> None:
    assert told({"retry-after": "3600"}, status=429).wait(READ, 0) == LONGEST_HOLD


@given(
    answers=st.lists(
        st.tuples(
            st.integers(0, 200),
            st.sampled_from([200, 200, 200, 429, 503, 500]),
            st.floats(0, 90),
            st.booleans(),
        )
    )
)
def test_in_any_weather_the_wait_ends_and_the_reserve_is_kept(
    answers: list[tuple[int, int, float, bool]],
) -> None:
    governor, now = Governor(random.Random(1)), 0.0
    for remaining, status, passes, writes in answers:
        request = WRITE if writes else READ
        headers = left(remaining) | ({"retry-after": "20"} if status in (429, 503) else {})
        governor.heard(request, status, headers, now)
        if remaining / 200 < RESERVE:
            assert governor.wait(READ, now) > 0
        assert 0 <= governor.wait(READ, now) <= LONGEST_HOLD * (1 + JITTER)
        assert governor.stretch(now) in (1, 2, 4)
        now += passes
    now += LONGEST_HOLD * (1 + JITTER)

    assert governor.wait(READ, now) == governor.wait(WRITE, now) == 0
    assert governor.stretch(now) == 1


async def test_a_read_that_may_not_go_is_told_when_and_nothing_is_sent() -> None:
    busy = httpx.Response(200, json={}, headers=left(3))
    vendor = Vendor(busy, ok({}))
    api = vendor.api()
    await api.read("/things", dict)
    with pytest.raises(RateLimited) as caught:
        await api.read("/things", dict)
    await api.write("PUT", "/things/1", {}, dict)
    await api.read("/things/1", dict, urgent=True)

    assert not caught.value.asked
    assert caught.value.retry_after is not None
    assert 30 <= caught.value.retry_after <= 36
    assert "3 of 200" in caught.value.headline
    assert [request.method for request in vendor.asked] == ["GET", "PUT", "GET"]


async def test_after_a_429_reads_are_refused_here_and_a_write_still_goes() -> None:
    vendor = Vendor(httpx.Response(429, headers={"retry-after": "40"}), ok({}))
    api = vendor.api()
    for asked in (True, False, False):
        with pytest.raises(RateLimited) as caught:
            await api.read("/things", msgspec.Raw)
        assert caught.value.asked is asked
    await api.write("POST", "/things", {}, dict)

    assert len(vendor.asked) == 2
