"""May this override be made, and can these turns be swapped?"""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from services.domain import Rota, Schedule
from services.rota.overrides import Cover, Remark, cover_from, given_back, remarks, swap
from services.rota.turns import Turn, turns
from tests.rota.stage import HOUR, NOON, local, rota, schedule, shift, week

DAY = timedelta(days=1)
PRIMARY = schedule(
    "Primary",
    *(shift(who, NOON + n * DAY, NOON + n * DAY + 8 * HOUR) for n, who in enumerate("ABCA")),
)
COVER = Cover(PRIMARY, "PX", "X", NOON + DAY, NOON + DAY + 8 * HOUR)


def texts(cover: Cover, known: Rota | None = None) -> list[str]:
    return [remark.text for remark in remarks(cover, known or rota(PRIMARY), NOON)]


def turn(one: Schedule, place: int) -> tuple[Schedule, Turn]:
    """A turn with somebody in it, counted from 0."""
    found = [t for t in turns(one, NOON - 30 * DAY, NOON + 90 * DAY) if t.shifts]
    return one, found[place]


def test_an_override_says_whom_it_takes_over_from() -> None:
    assert texts(COVER) == ["takes over from B"]


@pytest.mark.parametrize(
    ("cover", "words"),
    [
        pytest.param(replace(COVER, end=COVER.start), "end after it begins", id="no-time"),
        pytest.param(
            replace(COVER, start=NOON - DAY, end=NOON), "the past cannot be changed", id="past"
        ),
        pytest.param(replace(COVER, end=NOON + 100 * DAY), "longer than 90 days", id="long"),
        pytest.param(replace(COVER, user_id="PB", who="B"), "has this time already", id="theirs"),
        pytest.param(
            replace(COVER, schedule=replace(PRIMARY, shift_based=True)),
            "only be made in PagerDuty itself",
            id="shift-based",
        ),
    ],
)
def test_what_cannot_be_sent_says_why_and_nothing_else(cover: Cover, words: str) -> None:
    (said,) = remarks(cover, rota(PRIMARY), NOON)

    assert said.forbids
    assert words in said.text


def test_all_that_is_odd_about_an_override_is_said_before_it_is_sent() -> None:
    other = schedule("Nights", shift("X", NOON + DAY, NOON + 2 * DAY))
    one = replace(
        PRIMARY,
        shifts=(*PRIMARY.shifts, shift("Y", NOON + 20 * HOUR, NOON + 22 * HOUR, override=True)),
    )
    cover = replace(COVER, schedule=one, start=NOON + 20 * HOUR, end=NOON + 20 * DAY)
    said = texts(cover, rota(one, other))

    assert said == [
        "takes over from Y, B, C, A",
        "fills a time that nobody has on this schedule",
        "lies on another override: the last one made counts",
        "X is on Nights at that time as well",
        "reaches further ahead than the schedules were read",
    ]


def test_an_override_of_a_turn_that_goes_on_begins_with_the_next_minute() -> None:
    now = NOON + timedelta(seconds=30)
    cover = cover_from(replace(COVER, start=NOON - HOUR), now)

    assert cover.start == NOON + timedelta(minutes=1)
    assert cover_from(COVER, now) == COVER


def test_a_swap_is_two_overrides_each_of_which_can_be_given_back() -> None:
    found = swap(turn(PRIMARY, 1), turn(PRIMARY, 2), rota(PRIMARY), NOON)

    assert not isinstance(found, Remark)
    one, other = found
    assert (one.who, one.start, one.end) == ("C", NOON + DAY, NOON + DAY + 8 * HOUR)
    assert (other.who, other.start) == ("B", NOON + 2 * DAY)
    assert one.write.user_id == "PC"
    back = given_back(one)
    assert back is not None
    assert (back.who, back.start) == ("B", one.start)
    for cover in found:
        (said,) = remarks(cover, rota(PRIMARY), NOON, besides=found)
        assert said.text == f"takes over from {cover.instead}"


def test_a_swap_that_makes_nobody_work_twice_is_told_so() -> None:
    """B gives the day away, on which B would also have the night otherwise."""
    nights = schedule("Nights", shift("B", NOON + 2 * DAY, NOON + 2 * DAY + 8 * HOUR))
    found = swap(turn(PRIMARY, 1), turn(nights, 0), rota(PRIMARY, nights), NOON)
    swapped = swap(turn(PRIMARY, 2), turn(nights, 0), rota(PRIMARY, nights), NOON)

    assert isinstance(found, Remark)
    assert found.text == "Both turns are B's."
    assert not isinstance(swapped, Remark)
    for cover in swapped:
        said = remarks(cover, rota(PRIMARY, nights), NOON, besides=swapped)
        assert [one.text for one in said] == [f"takes over from {cover.instead}"]


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        pytest.param(turn(PRIMARY, 0), turn(PRIMARY, 1), "A's turn has begun", id="begun"),
        pytest.param(turn(PRIMARY, 1), turn(PRIMARY, 1), "Both turns are B's", id="same"),
        pytest.param(
            turn(PRIMARY, 1),
            turn(schedule("N", shift("Z", NOON + 5 * DAY, NOON + 5 * DAY + HOUR)), 0),
            "not of the same length",
            id="length",
        ),
        pytest.param(
            turn(PRIMARY, 1),
            turn(schedule("N", shift("Z", NOON + 5 * DAY, NOON + 60 * DAY)), 0),
            "longer than the schedules were read",
            id="endless",
        ),
        pytest.param(
            turn(PRIMARY, 1),
            turn(replace(PRIMARY, shift_based=True, name="Leads"), 2),
            "Leads is shift-based",
            id="shift-based",
        ),
    ],
)
def test_turns_that_cannot_be_swapped_say_why(
    one: tuple[Schedule, Turn], other: tuple[Schedule, Turn], words: str
) -> None:
    found = swap(one, other, rota(PRIMARY), NOON)

    assert isinstance(found, Remark)
    assert words in found.text


def test_a_night_in_which_the_clocks_change_is_as_long_as_any_other() -> None:
    _, nights = week("2026-10-19", "A B", "A B C D E F G H")
    now = local("2026-10-20 12:00")
    found = [t for t in turns(nights, now, now + 13 * DAY) if t.shifts]
    weekends = [t for t in found if t.end - t.start > 2 * DAY]

    assert [(t.end - t.start) / HOUR for t in weekends] == [65, 64]
    swapped = swap((nights, weekends[0]), (nights, weekends[1]), rota(nights, now=now), now)
    assert not isinstance(swapped, Remark)
