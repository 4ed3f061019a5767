"""A countdown is looked at again just when it reads differently: not sooner, and never late."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.domain import ClockKind, Deadline, Kind, Promise, State
from tests.screen.stage import POLICY
from widgets.countdown import countdown, reads_until

INSTANT = timedelta(microseconds=1)

NEW_YEAR = datetime(2026, 1, 2, tzinfo=UTC)
DAYS = 300

moments = st.integers(0, 86_400 * DAYS).map(lambda n: NEW_YEAR + timedelta(seconds=n)) | (
    st.integers(0, 86_400_000_000 * DAYS).map(lambda n: NEW_YEAR + timedelta(microseconds=n))
)
lengths = st.timedeltas(timedelta(days=-9), timedelta(days=9)) | st.integers(-9000, 9000).map(
    lambda seconds: timedelta(seconds=seconds)
)


def deadline(now: datetime, away: timedelta, clock: ClockKind, known: bool) -> Deadline:
    start = now - timedelta(days=10)
    promise = Promise(
        Kind.UPDATE, now + away, start, timedelta(hours=2), clock, known=known, rule="a rule"
    )
    return Deadline(promise, POLICY.state(promise, now))


def reads(held: Deadline, now: datetime) -> str:
    return countdown(held, False, POLICY, now).text


@given(now=moments, away=lengths, clock=st.sampled_from(ClockKind), known=st.booleans())
def test_it_reads_alike_up_to_that_moment_and_differently_from_then_on(
    now: datetime, away: timedelta, clock: ClockKind, known: bool
) -> None:
    held = deadline(now, away, clock, known)
    until = reads_until(held, POLICY, now)
    turns = POLICY.changes_at(held.promise, now)
    if until is None:
        assert turns is not None
        assert reads(held, now) == reads(held, turns - INSTANT)
        return

    assert now < until
    last = min(until, turns) if turns else until
    for parts in (1, 2, 3):
        assert reads(held, now + (last - INSTANT - now) // 4 * parts) == reads(held, now)
    assert reads(held, last - INSTANT) == reads(held, now)
    if held.state is not State.UNKNOWN and (turns is None or until < turns):
        assert reads(held, until) != reads(held, now)


@given(now=moments)
def test_where_nothing_is_owed_nothing_changes(now: datetime) -> None:
    assert reads_until(None, POLICY, now) is None
