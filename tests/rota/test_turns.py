"""Who is on call now, who is next, and when is nobody?"""

import itertools
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.domain import Schedule
from services.rota.turns import (
    gaps,
    is_mine,
    my_turns,
    on_call,
    overlaps,
    people,
    standing,
    turn_at,
    turns,
)
from tests.rota.stage import HOUR, NOON, rota, schedule, shift

UNTIL = NOON + timedelta(days=15)


def hours(*spans: tuple[str, int, int]) -> Schedule:
    """Turns by hours from noon."""
    made = (shift(who, NOON + a * HOUR, NOON + b * HOUR) for who, a, b in spans)
    return schedule("Primary", *made)


def test_who_is_on_until_when_and_who_is_next() -> None:
    found = standing(hours(("Ann", -3, 5), ("Bo", 5, 20)), NOON, UNTIL)

    assert (found.now.names, found.now.end) == ("Ann", NOON + 5 * HOUR)
    assert found.next is not None
    assert (found.next.names, found.next.end) == ("Bo", NOON + 20 * HOUR)


def test_turns_of_one_person_in_a_row_are_one_also_over_an_override() -> None:
    ann = shift("Ann", NOON, NOON + HOUR, override=True)
    one = schedule("P", shift("Ann", NOON - HOUR, NOON), ann, shift("Bo", NOON + HOUR, UNTIL))
    found = standing(one, NOON - HOUR / 2, UNTIL)

    assert (found.now.start, found.now.end) == (NOON - HOUR, NOON + HOUR)
    assert found.next is not None
    assert found.next.names == "Bo"


def test_nobody_is_on_and_then_somebody() -> None:
    one = hours(("Ann", 2, 3))
    found = standing(one, NOON, UNTIL)

    assert (found.now.names, found.now.end) == ("", NOON + 2 * HOUR)
    assert found.next is not None
    assert found.next.names == "Ann"
    assert on_call(one, NOON, UNTIL).who is None
    assert standing(schedule("Empty"), NOON, UNTIL).next is None


def test_a_turn_that_reaches_to_the_end_of_what_was_read_has_no_end_yet() -> None:
    assert on_call(hours(("Ann", -1, 999)), NOON, UNTIL).until is None


def test_people_on_call_together_have_a_turn_together() -> None:
    found = turns(hours(("Ann", 0, 4), ("Bo", 2, 6)), NOON, NOON + 6 * HOUR)

    assert [turn.names for turn in found] == ["Ann", "Ann + Bo", "Bo"]


def test_what_is_mine_is_known_by_id_and_without_one_by_name() -> None:
    mine = shift("Me", NOON, NOON + HOUR)
    by_name = rota(schedule("P", mine), me=None)

    assert is_mine(mine, rota(), ())
    assert not is_mine(replace(mine, user_id="PSOMEONE"), rota(), {"Me"})
    assert is_mine(mine, by_name, {"me"})
    assert [turn.start for _, turn in my_turns(by_name, {"Me"}, NOON)] == [NOON]


def test_my_turns_are_by_start_from_the_one_that_goes_on() -> None:
    both = (hours(("Me", -2, 2), ("Ann", 2, 8), ("Me", 8, 9)), hours(("Me", 4, 5)))
    found = my_turns(rota(*both), (), NOON)

    assert [turn.start for _, turn in found] == [NOON + n * HOUR for n in (-2, 4, 8)]


def test_overrides_of_different_people_at_one_time_are_told() -> None:
    ann, bo = shift("Ann", NOON, NOON + 2 * HOUR), shift("Bo", NOON + HOUR, NOON + 3 * HOUR)
    (found,) = overlaps(schedule("P", overrides=(ann, bo, replace(ann, end=NOON + HOUR))))

    assert (found.start, found.end) == (NOON + HOUR, NOON + 2 * HOUR)
    assert found.what == "overrides for Ann and Bo overlap"


def test_everyone_is_listed_once_by_name() -> None:
    one = hours(("bo", 0, 1), ("Ann", 1, 2))

    assert people(rota(one, one)) == (("PANN", "Ann"), ("PBO", "bo"))


moments = st.integers(-400, 400).map(lambda quarters: NOON + quarters * timedelta(minutes=15))
shifts = st.builds(shift, st.sampled_from(["Ann", "Bo", "Me"]), moments, moments)


@given(st.lists(shifts, max_size=8), moments, moments)
def test_turns_cover_the_range_without_hole_and_neighbours_differ(
    some: list[object], one: datetime, other: datetime
) -> None:
    since, until = min(one, other), max(one, other)
    found = turns(schedule("P", *some), since, until)  # type: ignore[arg-type]

    assert sum(((t.end - t.start) for t in found), timedelta(0)) == until - since
    for before, after in itertools.pairwise(found):
        assert before.end == after.start
        assert (before.user_ids, before.override) != (after.user_ids, after.override)


@given(st.lists(shifts, max_size=8), moments)
def test_the_turn_at_a_moment_has_just_the_shifts_of_that_moment(
    some: list[object], at: datetime
) -> None:
    one = schedule("P", *some)  # type: ignore[arg-type]
    found = turn_at(turns(one, NOON - 200 * HOUR, NOON + 200 * HOUR), at)

    assert found is not None
    assert found.user_ids == {s.user_id for s in one.shifts if s.start <= at < s.end}
    assert (found.start <= at < found.end) is True


@given(st.lists(shifts, max_size=6), st.lists(shifts, max_size=6))
def test_a_gap_is_where_no_schedule_has_anyone(some: list[object], more: list[object]) -> None:
    both = (schedule("A", *some), schedule("B", *more))  # type: ignore[arg-type]
    since, until = NOON - 50 * HOUR, NOON + 50 * HOUR
    found = gaps(both, since, until)
    at = since
    while at < until:
        covered = any(s.start <= at < s.end for one in both for s in one.shifts)
        assert covered is not any(gap.start <= at < gap.end for gap in found)
        at += timedelta(minutes=15) * 7
