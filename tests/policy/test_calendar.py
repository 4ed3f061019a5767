"""The laws of support time, and a slow oracle that knows nothing of how it is done fast."""

import random
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain import Period
from services.policy.calendar import SupportCalendar, from_micros
from services.policy.holidays import bank_holidays
from services.policy.rules import SupportHours
from tests.policy import oracle

CALENDAR = SupportCalendar(SupportHours(), bank_holidays("GB", "ENG"))
MOMENTS = st.integers(1514764800000000, 2240438400000000).map(from_micros)
ALLOWANCES = st.timedeltas(timedelta(0), timedelta(hours=120))
SOME = st.timedeltas(timedelta(microseconds=1), timedelta(hours=120))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        pytest.param("2026-01-14 15:00", 2, "2026-01-14 17:00", id="ends-at-closing-not-opening"),
        pytest.param("2026-01-13 11:00", 8, "2026-01-14 11:00", id="a-business-day"),
        pytest.param("2026-01-17 12:00", 8, "2026-01-19 17:00", id="a-business-day-from-saturday"),
        pytest.param("2026-01-16 16:30", 1, "2026-01-19 09:30", id="over-the-weekend"),
        pytest.param("2026-03-27 16:30", 1, "2026-03-30 08:30", id="clocks-go-forward"),
        pytest.param("2026-10-23 15:30", 1, "2026-10-26 09:30", id="clocks-go-back"),
        pytest.param("2026-12-24 16:50", 0.5, "2026-12-29 09:20", id="christmas-with-a-substitute"),
        pytest.param("2026-01-14 17:00", 1, "2026-01-15 10:00", id="from-closing"),
        pytest.param("2026-01-14 09:00", 1, "2026-01-14 10:00", id="from-opening"),
    ],
)
def test_an_allowance_is_used_up_in_support_hours_only(start: str, hours: float, end: str) -> None:
    assert CALENDAR.due(utc(start), timedelta(hours=hours)) == utc(end)


def test_it_equals_walking_minute_by_minute() -> None:
    rng = random.Random(20260114)
    holidays = {d for year in range(2018, 2041) for d in bank_holidays("GB", "ENG")(year)}
    first = utc("2018-01-01 00:00")
    for _ in range(2500):
        start = first + timedelta(minutes=rng.randrange(23 * 365 * 1440))
        minutes = rng.choice((20, 30, 120, 240, 480, rng.randrange(1, 1500)))
        end = CALENDAR.due(start, timedelta(minutes=minutes))

        assert end == oracle.due(start, minutes, holidays)
        assert CALENDAR.left(start, end) == timedelta(minutes=oracle.left(start, end, holidays))


@given(MOMENTS, ALLOWANCES)
def test_left_undoes_due(start: datetime, allowance: timedelta) -> None:
    assert CALENDAR.left(start, CALENDAR.due(start, allowance)) == allowance


@given(MOMENTS, MOMENTS, ALLOWANCES)
def test_due_is_monotone_in_start(one: datetime, other: datetime, allowance: timedelta) -> None:
    early, late = sorted((one, other))

    assert CALENDAR.due(early, allowance) <= CALENDAR.due(late, allowance)


@given(MOMENTS, ALLOWANCES, ALLOWANCES)
def test_due_is_monotone_in_allowance(start: datetime, one: timedelta, other: timedelta) -> None:
    small, large = sorted((one, other))

    assert CALENDAR.due(start, small) <= CALENDAR.due(start, large)


@given(MOMENTS, SOME)
def test_a_due_moment_lies_inside_or_at_the_end_of_support_hours(
    start: datetime, allowance: timedelta
) -> None:
    assert CALENDAR.is_open(CALENDAR.due(start, allowance) - timedelta(microseconds=1))


@given(MOMENTS, SOME)
def test_nothing_is_used_up_while_closed(start: datetime, allowance: timedelta) -> None:
    end = CALENDAR.due(start, allowance)
    closes = CALENDAR.closes_next(start)
    opens = CALENDAR.opens_next(closes)

    assert CALENDAR.left(closes, end) == CALENDAR.left(opens, end)


@given(MOMENTS, ALLOWANCES, ALLOWANCES)
def test_two_steps_equal_one(start: datetime, first: timedelta, second: timedelta) -> None:
    stepwise = CALENDAR.due(CALENDAR.due(start, first), second)

    assert stepwise == CALENDAR.due(start, first + second)


@given(MOMENTS, SOME)
def test_left_reaches_is_the_first_moment_with_so_little_left(
    start: datetime, allowance: timedelta
) -> None:
    end = CALENDAR.due(start, allowance + timedelta(hours=1))
    moment = CALENDAR.left_reaches(end, allowance)

    assert CALENDAR.left(moment, end) == allowance
    assert CALENDAR.left(moment - timedelta(microseconds=1), end) > allowance


@given(st.integers(0, 4), st.integers(0, 1439), st.integers(1, 960))
def test_clock_changes_do_not_matter(weekday: int, minute: int, minutes: int) -> None:
    """The same civil start and allowance give the same civil end on either side of a change."""

    def civil_end(monday: date) -> tuple[int, time]:
        start = datetime.combine(monday, time(minute // 60, minute % 60), CALENDAR.zone)
        end = CALENDAR.due(start + timedelta(days=weekday), timedelta(minutes=minutes))
        local = end.astimezone(CALENDAR.zone)
        return (local.date() - monday).days, local.time()

    plain, spring, autumn = date(2026, 2, 9), date(2026, 3, 23), date(2026, 10, 19)

    assert civil_end(plain) == civil_end(spring) == civil_end(autumn)


@pytest.mark.parametrize(
    ("moment", "period", "ends"),
    [
        pytest.param(
            "2026-12-24 14:46", Period.IN_HOURS, "2026-12-24 17:00", id="a-working-afternoon"
        ),
        pytest.param(
            "2026-12-25 08:59", Period.OUT_OF_HOURS_OVERNIGHT, "2026-12-25 09:00", id="early"
        ),
        pytest.param(
            "2026-12-25 09:00", Period.OUT_OF_HOURS_WAKING, "2026-12-25 17:00", id="bank-holiday"
        ),
        pytest.param(
            "2026-07-01 16:00", Period.OUT_OF_HOURS_OVERNIGHT, "2026-07-02 08:00", id="summer"
        ),
    ],
)
def test_the_three_periods(moment: str, period: Period, ends: str) -> None:
    assert CALENDAR.period(utc(moment)) is period
    assert CALENDAR.period_ends(utc(moment)) == utc(ends)


def test_extra_and_not_holidays_win_over_the_list() -> None:
    hours = SupportHours(
        extra_holidays=frozenset({date(2026, 1, 14)}), not_holidays=frozenset({date(2026, 12, 25)})
    )
    calendar = SupportCalendar(hours, bank_holidays("GB", "ENG"))

    assert not calendar.is_open(utc("2026-01-14 10:00"))
    assert calendar.is_open(utc("2026-12-25 10:00"))


def test_a_calendar_that_never_opens_says_so() -> None:
    calendar = SupportCalendar(SupportHours(days=frozenset()), bank_holidays("GB", "ENG"))

    with pytest.raises(ValueError, match="never opens"):
        calendar.due(utc("2026-01-14 10:00"), timedelta(minutes=1))
