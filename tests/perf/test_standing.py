"""A queue that is kept in order is always what arranging it anew would give; and it is cheap."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.differences import Compared, differences
from services.domain import Issue, Severity, Status, Ticket
from services.queue import arrange, changes_at
from services.standing import Standing
from tests.perf.canned import by_minutes, canned, mixed
from tests.policy.cases import POLICY, answered, ticket, utc
from tests.screen.stage import NOON

START = utc("10:00")

severities = st.sampled_from([None, *Severity])
statuses = st.sampled_from([Status.OPEN, Status.PENDING, Status.HOLD])


@st.composite
def tickets(draw: st.DrawFn) -> Ticket:
    made = ticket(draw(severities), draw(st.sampled_from(["09:30", "10:00", "15:00", "17:30"])))
    if draw(st.booleans()):
        made = replace(made, **answered(draw(st.sampled_from(["10:06", "11:00", "15:59"]))))
    return replace(made, status=draw(statuses))


def issues(numbered: dict[int, Ticket]) -> dict[int, Issue]:
    made = {number: replace(t, id=number) for number, t in numbered.items()}
    return {n: Issue(t, None, POLICY.promises(t, None)) for n, t in made.items()}


news = st.dictionaries(st.integers(1, 12), tickets() | st.none(), max_size=5)
spans = st.integers(-7200, 86_400) | st.sampled_from([0, 1, 60, 600, 3600])
steps = st.lists(st.tuples(news, spans), max_size=8)


@settings(max_examples=60)
@given(first=st.dictionaries(st.integers(1, 12), tickets(), max_size=12), steps=steps)
def test_whatever_happens_it_is_what_arranging_all_anew_gives(
    first: dict[int, Ticket], steps: list[tuple[dict[int, Ticket | None], int]]
) -> None:
    standing, now = Standing(POLICY), START
    held = issues(first)
    standing.take(tuple(held.values()), now)
    for news, seconds in steps:
        now += timedelta(seconds=seconds)
        standing.advance(now)
        assert tuple(standing.rows) == arrange(held.values(), POLICY, now)
        gone = {number for number, made in news.items() if made is None}
        held = {n: issue for n, issue in held.items() if n not in gone}
        held |= issues({n: made for n, made in news.items() if made is not None})
        standing.take(tuple(held.values()), now)
        standing.advance(now)

        rows = arrange(held.values(), POLICY, now)
        states = Counter(row.next.state for row in rows if row.next is not None)
        assert +standing.states == states
        assert tuple(standing.rows) == rows
        assert standing.turns_at == changes_at(rows, POLICY, now)
        assert [standing.row_of(issue.id) for issue in held.values()] == [
            next(row for row in rows if row.issue is issue) for issue in held.values()
        ]
    assert standing.row_of("zd-99") is None


@settings(max_examples=60)
@given(before=st.lists(st.integers(0, 40), unique=True), after=st.lists(st.integers(0, 40)))
def test_the_differences_are_all_there_is_to_tell(before: list[int], after: list[int]) -> None:
    pool = issues(dict.fromkeys(range(41), ticket(Severity.P2)))
    old = [pool[n] for n in before]
    new = [pool[n] for n in dict.fromkeys(after)]
    gone, come = differences(old, new)
    ids = {issue.id for issue in old} - {issue.id for issue in gone}

    assert ids | {issue.id for issue in come} == {issue.id for issue in new}


def test_who_asks_about_other_polls_is_told_of_those() -> None:
    pool = issues(dict.fromkeys(range(5), ticket(Severity.P2)))
    polls = [tuple(pool[n] for n in told) for told in ((), (0, 1), (0, 1), (1, 2, 3), (4,), ())]
    compare = Compared()
    for before in polls:
        for after in polls:
            expected = differences(before, after)

            assert compare(before, after) == expected
            assert compare(before, after) == expected


def test_a_poll_with_a_hundred_changes_looks_at_those_alone() -> None:
    told = canned(10_000, NOON, by_minutes)
    standing = Standing(POLICY)
    standing.take(told.issues, NOON)
    while standing.turns_at == NOON:
        standing.advance(NOON)
    before = standing.rows_made
    changed = _with_changes(told.issues, 100)
    standing.take(changed, NOON)
    of_the_poll = standing.rows_made - before
    standing.take(changed, NOON)
    standing.take(tuple(replace(issue) for issue in changed), NOON)

    assert of_the_poll == 100
    assert standing.rows_made == before + 100
    assert tuple(standing.rows) == arrange(changed, POLICY, NOON)


@pytest.mark.parametrize("number", [20, 2_000])
def test_as_time_goes_by_only_rows_that_change_are_looked_at(number: int) -> None:
    told = canned(number, NOON, mixed)
    standing = Standing(POLICY)
    standing.take(told.issues, NOON)
    while standing.turns_at == NOON:
        standing.advance(NOON)
    before = standing.rows_made
    for seconds in range(0, 960, 60):
        standing.advance(NOON + timedelta(seconds=seconds))

    assert standing.rows_made - before == 8 + 1, "eight become soon, one is breached"
    later = NOON + timedelta(minutes=15)
    assert standing.turns_at == changes_at(arrange(told.issues, POLICY, later), POLICY, later)


def _with_changes(before: tuple[Issue, ...], number: int) -> tuple[Issue, ...]:
    rng = random.Random(3)
    after = list(before)
    for place in rng.sample(range(len(before)), number):
        issue = after[place]
        assert issue.ticket is not None
        later = issue.promises[0].due_at
        assert later is not None
        moved = replace(issue.promises[0], due_at=later + timedelta(minutes=rng.randrange(1, 900)))
        after[place] = replace(issue, promises=(moved,))
    return tuple(after)
