"""Support hours, the three periods, and what closes support."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from services.domain import Period
from services.errors import ConfigError
from services.policy.calendar import SupportCalendar
from services.policy.holidays import bank_holidays, no_holidays
from services.policy.rules import SupportHours
from tests.policy.cases import CALENDAR, INSTANT, utc

IN_HOURS, WAKING, OVERNIGHT = Period
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        pytest.param("15:00", 2, "17:00", id="ends-at-closing-not-at-the-next-opening"),
        pytest.param("2026-01-13 11:00", 8, "2026-01-14 11:00", id="tuesday-plus-a-business-day"),
        pytest.param("2026-01-17 12:00", 8, "2026-01-19 17:00", id="saturday-noon-plus-one"),
        pytest.param("09:00", 8, "17:00", id="from-the-very-opening"),
        pytest.param("17:00", 1, "2026-01-15 10:00", id="from-the-very-closing"),
        pytest.param("08:00", 1, "10:00", id="from-before-opening"),
        pytest.param("2026-01-16 16:30", 1, "2026-01-19 09:30", id="over-a-weekend"),
        pytest.param("2026-05-04 10:00", 1, "2026-05-05 09:00", id="from-a-bank-holiday-in-summer"),
        pytest.param("2026-03-27 16:30", 1, "2026-03-30 08:30", id="clocks-go-forward"),
        pytest.param("2026-10-23 15:30", 1, "2026-10-26 09:30", id="clocks-go-back"),
        pytest.param("2026-12-31 16:00", 2, "2027-01-04 10:00", id="over-new-year"),
        pytest.param("2027-12-24 16:00", 2, "2027-12-29 10:00", id="both-christmas-substitutes"),
        pytest.param("2022-09-16 16:00", 2, "2022-09-20 10:00", id="a-holiday-for-one-year-only"),
        pytest.param("2026-01-17 12:00", 0, "2026-01-17 12:00", id="no-time-at-all-is-up-at-once"),
        pytest.param("16:59:59.999999", 1, "2026-01-15 09:59:59.999999", id="to-the-microsecond"),
    ],
)
def test_an_allowance_is_used_up_in_support_hours_only(start: str, hours: float, end: str) -> None:
    assert CALENDAR.due(utc(start), hours * HOUR) == utc(end)


def test_moments_may_be_given_in_any_zone_and_come_back_in_utc() -> None:
    raised = datetime(2026, 3, 27, 16, 30, tzinfo=ZoneInfo("America/New_York"))

    found = CALENDAR.due(raised, HOUR)

    assert found == utc("2026-03-30 09:00")
    assert found.tzinfo is UTC


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(TypeError):
        CALENDAR.due(datetime(2026, 1, 14, 10), HOUR)  # noqa: DTZ001


def test_a_negative_allowance_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        CALENDAR.due(utc("10:00"), -INSTANT)


def test_nothing_is_left_once_it_is_due() -> None:
    assert CALENDAR.left(utc("10:00"), utc("10:00")) == timedelta(0)
    assert CALENDAR.left(utc("11:00"), utc("10:00")) == timedelta(0)


@pytest.mark.parametrize(
    ("at", "opened", "opens", "closes"),
    [
        pytest.param("09:00", True, "09:00", "17:00", id="at-opening"),
        pytest.param("09:00:00.000001", True, "2026-01-15 09:00", "17:00", id="just-open"),
        pytest.param("16:59:59.999999", True, "2026-01-15 09:00", "17:00", id="just-still-open"),
        pytest.param("17:00", False, "2026-01-15 09:00", "2026-01-15 17:00", id="at-closing"),
        pytest.param("08:59:59.999999", False, "09:00", "17:00", id="just-before-opening"),
        pytest.param(
            "2026-12-31 20:00", False, "2027-01-04 09:00", "2027-01-04 17:00", id="new-years-eve"
        ),
    ],
)
def test_when_it_opens_and_closes_next(at: str, opened: bool, opens: str, closes: str) -> None:
    assert CALENDAR.is_open(utc(at)) is opened
    assert CALENDAR.opens_next(utc(at)) == utc(opens)
    assert CALENDAR.closes_next(utc(at)) == utc(closes)


@pytest.mark.parametrize(
    ("at", "period", "ends"),
    [
        pytest.param("14:46", IN_HOURS, "17:00", id="a-working-afternoon"),
        pytest.param("09:00", IN_HOURS, "17:00", id="at-opening"),
        pytest.param("17:00", OVERNIGHT, "2026-01-15 09:00", id="at-closing"),
        pytest.param("2026-12-25 08:59:59", OVERNIGHT, "2026-12-25 09:00", id="christmas-morning"),
        pytest.param("2026-12-25 09:00", WAKING, "2026-12-25 17:00", id="christmas-day"),
        pytest.param("2026-01-17 12:00", WAKING, "2026-01-17 17:00", id="a-saturday"),
        pytest.param("2026-01-17 17:00", OVERNIGHT, "2026-01-18 09:00", id="saturday-night"),
        pytest.param("2026-07-01 08:30", IN_HOURS, "2026-07-01 16:00", id="summer-by-civil-time"),
        pytest.param("2026-07-01 16:00", OVERNIGHT, "2026-07-02 08:00", id="summer-evening"),
        pytest.param("2026-03-28 20:00", OVERNIGHT, "2026-03-29 08:00", id="a-night-of-15-hours"),
    ],
)
def test_every_moment_lies_in_one_of_three_periods(at: str, period: Period, ends: str) -> None:
    assert CALENDAR.period(utc(at)) is period
    assert CALENDAR.period_ends(utc(at)) == utc(ends)


def test_the_config_adds_holidays_and_takes_them_away() -> None:
    hours = SupportHours(
        extra_holidays=frozenset({date(2026, 1, 14)}), not_holidays=frozenset({date(2026, 12, 25)})
    )
    calendar = SupportCalendar(hours, bank_holidays("GB", "ENG"))

    assert not calendar.is_open(utc("10:00"))
    assert calendar.why_closed(date(2026, 1, 14)) == "extra holiday"
    assert calendar.is_open(utc("2026-12-25 10:00"))
    assert not calendar.is_open(utc("2026-12-28 10:00"))


def test_holidays_need_no_names() -> None:
    def in_year(year: int) -> Collection[date]:
        return {date(2026, 1, 14)} if year == 2026 else set()

    assert SupportCalendar(SupportHours(), in_year).why_closed(date(2026, 1, 14)) == "bank holiday"


def test_a_year_is_looked_up_once() -> None:
    asked: list[int] = []

    def in_year(year: int) -> Collection[date]:
        asked.append(year)
        return ()

    calendar = SupportCalendar(SupportHours(), in_year)
    for start in ("2026-01-14 10:00", "2024-06-03 10:00", "2027-03-01 10:00", "2025-01-02 10:00"):
        calendar.due(utc(start), HOUR)
        calendar.period(utc(start))

    assert sorted(asked) == [2024, 2025, 2026, 2027]


def test_years_may_be_asked_for_in_any_order() -> None:
    calendar = SupportCalendar(SupportHours(), no_holidays)
    starts = [utc("2030-06-03 15:30"), utc("2018-06-04 15:30"), utc("2040-06-04 15:30")]

    for start in starts * 2:
        assert calendar.due(start, 2 * HOUR) - start == 18 * HOUR


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param({"days": frozenset()}, "no weekday", id="no-days"),
        pytest.param({"closes": time(9)}, "open before it closes", id="no-hours"),
        pytest.param({"timezone": "Europe/Lundon"}, "no time zone", id="unknown-zone"),
        pytest.param({"timezone": ""}, "no time zone", id="no-zone"),
        pytest.param(
            {
                "extra_holidays": frozenset({date(2026, 1, 14)}),
                "not_holidays": frozenset({date(2026, 1, 14)}),
            },
            "2026-01-14 is listed both",
            id="both-holiday-and-not",
        ),
    ],
)
def test_hours_that_make_no_sense_are_refused(change: dict[str, object], says: str) -> None:
    hours = replace(SupportHours(), **change)

    with pytest.raises(ConfigError, match=says):
        SupportCalendar(hours, no_holidays)


def test_more_than_the_calendar_can_hold_is_refused() -> None:
    calendar = SupportCalendar(SupportHours(days=frozenset({0})), lambda year: _mondays(year))

    with pytest.raises(ConfigError, match="as long as"):
        calendar.due(utc("9990-01-01 10:00"), HOUR)


def _mondays(year: int) -> Collection[date]:
    days = (date(year, 1, 1) + timedelta(days=i) for i in range(365))
    return {day for day in days if day.weekday() == 0} | {date(year, 12, 31)}


@pytest.mark.parametrize(
    "place", [pytest.param(("XX", ""), id="country"), pytest.param(("GB", "QQ"), id="part")]
)
def test_unknown_places_have_no_bank_holidays_that_we_know_of(place: tuple[str, str]) -> None:
    with pytest.raises(ConfigError, match=place[1] or place[0]):
        bank_holidays(*place)(2026)


def test_skipped_names_every_stretch_and_day_without_support() -> None:
    found = CALENDAR.skipped(utc("2026-12-23 16:50"), utc("2026-12-29 09:20"))

    assert [(s.starts_at, s.ends_at) for s in found] == [
        (utc("2026-12-23 17:00"), utc("2026-12-24 09:00")),
        (utc("2026-12-24 17:00"), utc("2026-12-29 09:00")),
    ]
    assert found[0].days == ()
    assert [(d.day.day, d.why) for d in found[1].days] == [
        (25, "Christmas Day"),
        (26, "weekend"),
        (27, "weekend"),
        (28, "Boxing Day (observed)"),
    ]


def test_nothing_is_skipped_within_a_day() -> None:
    assert CALENDAR.skipped(utc("09:00"), utc("17:00")) == ()


SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
"""Sundays on which London's clocks change, at 01:00 UTC."""


@pytest.mark.parametrize(
    ("day", "opens", "closes", "really"),
    [
        pytest.param(SPRING, time(0), time(8), ("00:00", "07:00"), id="an-hour-shorter"),
        pytest.param(AUTUMN, time(0), time(8), ("23:00", "08:00"), id="an-hour-longer"),
        pytest.param(SPRING, time(1, 30), time(8), ("01:00", "07:00"), id="opening-jumped-over"),
        pytest.param(SPRING, time(0), time(1, 30), ("00:00", "01:00"), id="closing-jumped-over"),
        pytest.param(AUTUMN, time(1, 30), time(8), ("00:30", "08:00"), id="opening-shown-twice"),
        pytest.param(AUTUMN, time(0), time(1, 30), ("23:00", "00:30"), id="closing-shown-twice"),
    ],
)
def test_clocks_that_change_within_support_hours(
    day: date, opens: time, closes: time, really: tuple[str, str]
) -> None:
    """Support time is what really passes; a time shown twice counts the first time."""
    hours = SupportHours(days=frozenset({6}), opens=opens, closes=closes)
    calendar = SupportCalendar(hours, no_holidays)
    before = day - timedelta(days=1) if really[0] == "23:00" else day
    starts, ends = utc(f"{before} {really[0]}"), utc(f"{day} {really[1]}")

    assert calendar.opens_next(utc(f"{day - timedelta(days=2)} 12:00")) == starts
    assert calendar.closes_next(starts) == ends
    assert calendar.due(starts, ends - starts) == ends
    assert calendar.left(starts, ends) == ends - starts


def test_a_day_that_a_country_left_out_has_no_support_time() -> None:
    """Samoa went from 29 to 31 December 2011."""
    calendar = SupportCalendar(SupportHours(timezone="Pacific/Apia"), no_holidays)
    thursday = datetime(2011, 12, 29, 16, tzinfo=calendar.zone)

    due = calendar.due(thursday, 2 * HOUR).astimezone(calendar.zone)

    assert (due.date(), due.time()) == (date(2012, 1, 2), time(10))
