"""What does each day of the timeline look like, also when the clocks change?"""

from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rota.days import Shade, days, missing, pieces, shades
from services.rota.turns import turns
from tests.rota.stage import CALENDAR, LONDON, local, schedule, shift, week


@pytest.mark.parametrize(
    ("day", "shade", "why", "clocks"),
    [
        pytest.param(date(2026, 3, 27), Shade.HOURS, "", 0, id="friday"),
        pytest.param(date(2026, 3, 28), Shade.WEEKEND, "weekend", 0, id="saturday"),
        pytest.param(date(2026, 3, 29), Shade.WEEKEND, "weekend", 1, id="clocks-forward"),
        pytest.param(date(2026, 10, 25), Shade.WEEKEND, "weekend", -1, id="clocks-back"),
        pytest.param(date(2026, 4, 3), Shade.HOLIDAY, "Good Friday", 0, id="good-friday"),
        pytest.param(date(2026, 12, 26), Shade.WEEKEND, "weekend", 0, id="boxing-day"),
    ],
)
def test_each_day_says_what_it_is(day: date, shade: Shade, why: str, clocks: int) -> None:
    (found,) = days(CALENDAR, day, 1)

    assert (found.shade, found.why, found.clocks) == (shade, why, timedelta(hours=clocks))


def test_a_support_day_has_night_around_its_hours() -> None:
    (monday,) = days(CALENDAR, date(2026, 3, 30), 1)
    shown = shades(CALENDAR, monday, 2)

    assert [shown.count(shade) for shade in Shade] == [16, 32, 0, 0]
    assert (shown[17], shown[18], shown[33], shown[34]) == (
        Shade.NIGHT, Shade.HOURS, Shade.HOURS, Shade.NIGHT,
    )  # fmt: skip


def test_the_hour_that_the_clocks_skip_has_no_cells() -> None:
    (sunday,) = days(CALENDAR, date(2026, 3, 29), 1)
    (october,) = days(CALENDAR, date(2026, 10, 25), 1)

    assert missing(sunday, LONDON, 2) == {2, 3}
    assert missing(october, LONDON, 2) == set()


def test_nine_is_at_nine_before_and_after_the_clocks_change() -> None:
    primary, nights = week("2026-03-23", "Ann", "Bo")
    shown = {
        day.day: [
            (piece.turn.names, piece.first, piece.last)
            for one in (primary, nights)
            for piece in pieces(
                turns(one, day.starts_at, day.ends_at), day, LONDON, 1
            )
            if piece.turn.shifts
        ]
        for day in days(CALENDAR, date(2026, 3, 26), 6)
    }  # fmt: skip

    thursday = [("Ann", 9, 17), ("Bo", 0, 9), ("Bo", 17, 24)]
    assert shown[date(2026, 3, 26)] == shown[date(2026, 3, 31)] == thursday
    assert shown[date(2026, 3, 29)] == [("Bo", 0, 24)]


def test_a_schedule_of_another_zone_is_drawn_at_the_hours_of_support() -> None:
    """From 9 in New York: 13:00 in London in the two weeks when only America has changed."""
    new_york = ZoneInfo("America/New_York")
    at = [(local(f"2026-03-{day} 09:00", new_york), day) for day in ("20", "30")]
    one = schedule("US", *(shift("Ann", start, start + timedelta(hours=8)) for start, _ in at))
    found = []
    for start, day in at:
        (shown,) = days(CALENDAR, date(2026, 3, int(day)), 1)
        pieced = pieces(turns(one, shown.starts_at, shown.ends_at), shown, LONDON, 1)
        found.append([(p.first, p.last) for p in pieced if p.turn.shifts])
        assert start.astimezone(LONDON).hour == found[-1][0][0]

    assert found == [[(13, 21)], [(14, 22)]]


def test_even_a_short_turn_has_a_cell() -> None:
    (day,) = days(CALENDAR, date(2026, 3, 30), 1)
    stand_in = shift("Bo", local("2026-03-30 12:10"), local("2026-03-30 12:20"), override=True)
    one = schedule(
        "P",
        shift("Ann", day.starts_at, stand_in.start),
        stand_in,
        shift("Ann", stand_in.end, day.ends_at),
    )
    shown = pieces(turns(one, day.starts_at, day.ends_at), day, LONDON, 1)

    assert [(p.turn.names, p.first, p.last) for p in shown] == [
        ("Ann", 0, 12), ("Bo", 12, 13), ("Ann", 13, 24),
    ]  # fmt: skip


@given(
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    st.sampled_from([1, 2, 4]),
    st.lists(st.integers(0, 60 * 24 * 2), min_size=1, max_size=9, unique=True),
)
def test_the_pieces_of_a_day_lie_in_order_within_it_and_leave_no_hole(
    first: date, per_hour: int, minutes: list[int]
) -> None:
    one_day, two = days(CALENDAR, first, 2)
    edges = sorted(one_day.starts_at + timedelta(minutes=m) for m in minutes)
    some = [shift("AB"[i % 2], a, b) for i, (a, b) in enumerate(pairwise(edges))]
    shown = pieces(
        turns(schedule("P", *some), one_day.starts_at, two.ends_at), one_day, LONDON, per_hour
    )

    assert shown[0].first == 0
    assert shown[-1].last == 24 * per_hour
    assert all(before.last == after.first for before, after in pairwise(shown))
    assert all(piece.first < piece.last for piece in shown)
