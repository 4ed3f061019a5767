"""The laws of support time, and a slow oracle that knows nothing of how it is done fast."""

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.policy.calendar import SupportCalendar
from services.policy.holidays import bank_holidays, no_holidays
from services.policy.rules import SupportHours
from services.policy.support_time import from_micros, to_micros
from tests.policy import oracle
from tests.policy.cases import CALENDAR, INSTANT, utc

SPAN = (to_micros(utc("2018-01-01 00:00")), to_micros(utc("2041-01-01 00:00")))
MOMENTS = st.integers(*SPAN).map(from_micros) | st.builds(
    # Near openings, closings and midnight, where errors live.
    lambda day, clock, near: (
        datetime.combine(date(2018, 1, 1) + timedelta(days=day), clock, CALENDAR.zone).astimezone(
            UTC
        )
        + near * INSTANT
    ),
    st.integers(0, 8000),
    st.sampled_from([time(0), time(9), time(17)]),
    st.integers(-1, 1),
)
SOME = st.timedeltas(INSTANT, timedelta(hours=120)) | st.integers(1, 120).map(
    lambda hours: timedelta(hours=hours)
)
ALLOWANCES = SOME | st.just(timedelta(0))
ELSEWHERE = ("America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham")
HOLIDAYS = {day for year in range(2018, 2042) for day in bank_holidays("GB", "ENG")(year)}


def test_it_is_what_walking_minute_by_minute_finds() -> None:
    rng = random.Random(20260114)
    first = utc("2018-01-01 00:00")
    for _ in range(1500):
        start = first + timedelta(minutes=rng.randrange(23 * 365 * 1440))
        count = rng.choice((20, 30, 120, 240, 480, 960, rng.randrange(1, 1500)))
        end = CALENDAR.due(start, timedelta(minutes=count))

        assert end == oracle.due(start, count, HOLIDAYS)
        assert CALENDAR.left(start, end) == timedelta(minutes=count)


def test_what_is_left_is_what_walking_minute_by_minute_finds() -> None:
    rng = random.Random(7)
    first = utc("2018-01-01 00:00")
    for _ in range(300):
        now = first + timedelta(minutes=rng.randrange(23 * 365 * 1440))
        end = now + timedelta(minutes=rng.randrange(10_000))

        assert CALENDAR.left(now, end) == timedelta(minutes=oracle.left(now, end, HOLIDAYS))
        assert CALENDAR.is_open(now) is oracle.is_open(now, HOLIDAYS)


def test_it_is_what_walking_second_by_second_finds() -> None:
    rng = random.Random(3)
    for _ in range(150):
        near = CALENDAR.closes_next(utc("2018-01-02 00:00") + timedelta(days=rng.randrange(8000)))
        start = near - timedelta(seconds=rng.randrange(900))
        count = rng.randrange(1, 900)
        # From just before a closing; the night itself need not be walked.
        allowance = timedelta(seconds=count)
        if count <= (near - start).total_seconds():
            assert CALENDAR.due(start, allowance) == oracle.due(
                start, count, HOLIDAYS, oracle.SECOND
            )
        else:
            rest = count - int((near - start).total_seconds())
            wakes = CALENDAR.opens_next(near)
            assert CALENDAR.due(start, allowance) == oracle.due(
                wakes, rest, HOLIDAYS, oracle.SECOND
            )


@pytest.mark.parametrize("zone", ELSEWHERE)
def test_it_is_what_walking_finds_in_other_zones(zone: str) -> None:
    rng = random.Random(zone)
    calendar = SupportCalendar(SupportHours(timezone=zone), no_holidays)
    for _ in range(150):
        start = utc("2018-01-01 00:00") + timedelta(minutes=rng.randrange(23 * 365 * 1440))
        count = rng.randrange(1, 1500)

        assert calendar.due(start, timedelta(minutes=count)) == oracle.due(
            start, count, (), zone=ZoneInfo(zone)
        )


@given(MOMENTS, ALLOWANCES)
def test_left_undoes_due(start: datetime, allowance: timedelta) -> None:
    assert CALENDAR.left(start, CALENDAR.due(start, allowance)) == allowance


@given(MOMENTS, SOME)
def test_due_is_the_earliest_such_moment(start: datetime, allowance: timedelta) -> None:
    end = CALENDAR.due(start, allowance)

    assert CALENDAR.left(start, end - INSTANT) == allowance - INSTANT


@given(MOMENTS, MOMENTS, ALLOWANCES)
def test_who_starts_earlier_is_not_due_later(
    one: datetime, other: datetime, allowance: timedelta
) -> None:
    early, late = sorted((one, other))

    assert CALENDAR.due(early, allowance) <= CALENDAR.due(late, allowance)


@given(MOMENTS, ALLOWANCES, ALLOWANCES)
def test_who_has_less_time_is_not_due_later(
    start: datetime, one: timedelta, other: timedelta
) -> None:
    less, more = sorted((one, other))

    assert CALENDAR.due(start, less) <= CALENDAR.due(start, more)


@given(MOMENTS, ALLOWANCES, ALLOWANCES)
def test_two_steps_lead_where_one_does(
    start: datetime, first: timedelta, second: timedelta
) -> None:
    stepwise = CALENDAR.due(CALENDAR.due(start, first), second)

    assert stepwise == CALENDAR.due(start, first + second)


@given(MOMENTS, SOME)
def test_a_due_moment_lies_inside_or_at_the_end_of_support_hours(
    start: datetime, allowance: timedelta
) -> None:
    assert CALENDAR.is_open(CALENDAR.due(start, allowance) - INSTANT)


@given(MOMENTS, SOME, st.floats(0, 1))
def test_a_support_clock_never_runs_out_of_hours(
    start: datetime, allowance: timedelta, part: float
) -> None:
    closes = CALENDAR.closes_next(start)
    opens = CALENDAR.opens_next(closes)
    asleep = closes + (opens - closes) * part
    end = CALENDAR.due(opens, allowance)

    assert CALENDAR.left(closes, end) == CALENDAR.left(asleep, end) == allowance


@given(MOMENTS)
def test_a_period_lasts_until_it_is_said_to_end(at: datetime) -> None:
    period, ends = CALENDAR.period(at), CALENDAR.period_ends(at)

    assert at < ends
    assert CALENDAR.period(ends - INSTANT) is period
    assert CALENDAR.period(ends) is not period


@given(MOMENTS)
def test_in_hours_is_when_support_is_open(at: datetime) -> None:
    assert (CALENDAR.period(at) == "in_hours") is CALENDAR.is_open(at)


@given(st.integers(0, 6), st.integers(0, 1439), st.integers(1, 2400))
def test_clock_changes_do_not_matter(weekday: int, minute: int, allowed: int) -> None:
    """The same civil start and allowance give the same civil end on either side of a change."""
    calendar = SupportCalendar(SupportHours(), no_holidays)

    def civil_end(monday: date) -> tuple[int, time]:
        start = datetime.combine(monday, time(minute // 60, minute % 60), calendar.zone)
        end = calendar.due(start + timedelta(days=weekday), timedelta(minutes=allowed))
        local = end.astimezone(calendar.zone)
        return (local.date() - monday).days, local.time()

    winter, spring, summer, autumn = (
        date(2026, 2, 9),
        date(2026, 3, 23),
        date(2026, 7, 6),
        date(2026, 10, 19),
    )

    assert civil_end(winter) == civil_end(spring) == civil_end(summer) == civil_end(autumn)


@pytest.mark.parametrize("zone", ["Europe/London", *ELSEWHERE])
def test_what_the_oracle_strides_over_is_alike_step_by_step(zone: str) -> None:
    """Round the days on which clocks change, and round openings and closings."""
    where, rng = ZoneInfo(zone), random.Random(zone)
    for year in range(2018, 2041):
        for month, day in ((3, 25), (4, 1), (9, 24), (10, 1), (10, 25), (11, 1)):
            begin = utc(f"{year}-{month:02}-{day:02} 00:00") + timedelta(days=rng.randrange(7))
            for quarter in range(0, 96, 3):
                at = begin + (quarter + rng.randrange(3)) * oracle.QUARTER
                steps = (at, at + oracle.MINUTE, at + oracle.QUARTER - oracle.SECOND)
                assert len({oracle.is_open(step, HOLIDAYS, where) for step in steps}) == 1
