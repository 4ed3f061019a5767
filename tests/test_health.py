"""Can anything paused, late or old ever look live?"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.domain import Health, SourceStatus
from services.health import LATE, OLD, Trust, health, trust, trust_until

NOON = datetime(2026, 1, 14, 12, tzinfo=UTC)
HALF_A_MINUTE = timedelta(seconds=30)


def asked(
    seconds_ago: float | None, state: Health = Health.OK, error: str | None = None, **more: object
) -> SourceStatus:
    at = None if seconds_ago is None else NOON - timedelta(seconds=seconds_ago)
    failures = 1 if error else 0
    next_in = more.get("next_in", 10)
    assert isinstance(next_in, int)
    return SourceStatus(
        state, at, error, failures, NOON + timedelta(seconds=next_in), HALF_A_MINUTE
    )


def in_part(seconds_ago: float) -> SourceStatus:
    """As after a good poll that could not tell of everything."""
    return replace(asked(seconds_ago, Health.STALE, "search is down"), failures=0, partial=True)


@pytest.mark.parametrize(
    ("status", "paused", "word"),
    [
        pytest.param(SourceStatus(Health.OFF), False, Trust.OFF, id="off"),
        pytest.param(SourceStatus(Health.ERROR), False, Trust.ASKING, id="not yet asked"),
        pytest.param(asked(5), False, Trust.LIVE, id="fresh"),
        pytest.param(asked(5), True, Trust.LATE, id="paused just now"),
        pytest.param(asked(35, error="once"), False, Trust.LIVE, id="one failure is quiet"),
        pytest.param(asked(80, error="once"), False, Trust.LATE, id="one failure, and old"),
        pytest.param(asked(50, next_in=-20), False, Trust.LATE, id="the next poll hangs"),
        pytest.param(asked(60, Health.STALE, "x"), False, Trust.STALE, id="two failures"),
        pytest.param(in_part(5), False, Trust.PARTLY, id="not all of it"),
        pytest.param(in_part(130), False, Trust.STALE, id="not all of it, and old"),
        pytest.param(in_part(80), False, Trust.LATE, id="not all of it, and late"),
        pytest.param(asked(130), False, Trust.STALE, id="old, whatever the state"),
        pytest.param(asked(130), True, Trust.STALE, id="paused for long"),
        pytest.param(asked(5, Health.ERROR, "401"), False, Trust.FAILING, id="refused"),
        pytest.param(asked(None, Health.ERROR, "down"), False, Trust.FAILING, id="never answered"),
        pytest.param(asked(3600, Health.STALE), False, Trust.STALE, id="from disk"),
    ],
)
def test_the_word_for_a_source(status: SourceStatus, paused: bool, word: Trust) -> None:
    assert trust(status, NOON, paused=paused) is word


statuses = st.builds(
    SourceStatus,
    state=st.sampled_from(Health),
    fetched_at=st.none() | st.floats(0, 1000).map(lambda s: NOON - timedelta(seconds=s)),
    error=st.none() | st.just("why"),
    failures=st.integers(0, 9),
    next_try_at=st.none() | st.floats(-300, 300).map(lambda s: NOON + timedelta(seconds=s)),
    every=st.sampled_from([timedelta(seconds=15), HALF_A_MINUTE, timedelta(minutes=5)]),
    partial=st.booleans(),
)


@given(status=statuses, paused=st.booleans(), later=st.floats(0, 3600))
def test_what_is_paused_old_or_broken_never_looks_live(
    status: SourceStatus, paused: bool, later: float
) -> None:
    now = NOON + timedelta(seconds=later)
    word = trust(status, now, paused=paused)
    if word is Trust.LIVE:
        assert not paused
        assert status.state is Health.OK
        assert not status.partial
        assert status.fetched_at is not None
        assert now - status.fetched_at <= max(LATE, 3 * status.every)
    if status.fetched_at is not None and now - status.fetched_at > max(OLD, 4 * status.every):
        assert health(status, now) in (Health.STALE, Health.ERROR, Health.OFF)


@given(status=statuses, paused=st.booleans())
def test_the_word_stays_until_it_is_said_to_change(status: SourceStatus, paused: bool) -> None:
    """The screen sleeps until then: it must not sleep through a change."""
    word, now = trust(status, NOON, paused=paused), NOON
    until = trust_until(status, NOON, paused=paused)
    for _ in range(1300):
        now += timedelta(seconds=1)
        if until is not None and now >= until:
            assert trust(status, until, paused=paused) is not word
            return
        assert trust(status, now, paused=paused) is word
