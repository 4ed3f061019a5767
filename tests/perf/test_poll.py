"""A poll costs what it changes, however much is open; what nobody waits for is done afterwards."""

import random
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from types import FrameType

import pytest
from msgspec.structs import replace
from rich.text import Text
from textual.pilot import Pilot
from textual.visual import visualize
from textual.widget import Widget

from services.differences import differences
from services.domain import Issue, Snapshot
from services.journal.judging import judge
from services.journal.looks import Looks
from services.signals.ladder import Ladder
from services.signals.memory import SignalMemory
from services.signals.watch import Watch
from services.standing import Standing
from tests.perf.canned import by_minutes, canned
from tests.perf.test_tick import a_terminal_with_all_colours, desk_with
from tests.policy.cases import POLICY
from tests.screen.stage import NOON, Desk
from tui.on_shift import LOOKS, QUIET

__all__ = ["a_terminal_with_all_colours"]

LONG_AGO, AHEAD = NOON - timedelta(days=9), NOON + timedelta(days=9)


def with_changes(told: Snapshot, number: int) -> Snapshot:
    """So many issues are due an hour later."""
    issues = list(told.issues)
    for place in random.Random(3).sample(range(40, len(issues)), number):
        issues[place] = _later(issues[place])
    return replace(told, issues=tuple(issues))


def _later(issue: Issue) -> Issue:
    promise = issue.promises[0]
    assert promise.due_at is not None
    due = promise.due_at + timedelta(hours=1)
    return replace(issue, promises=(replace(promise, due_at=due),))


async def all_judged(desk: Desk, pilot: Pilot[None]) -> None:
    """Until nothing waits for the journal, and it is known when each issue will ring."""
    while desk.app.journal.waits:
        await pilot.pause(0.05)
    while desk.app.signaller._watch._new:
        desk.app.tick()


def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the issues that are judged from now on."""
    names: list[str] = []

    def noting(issue: Issue, *more: object) -> object:
        names.append(issue.id)
        return judge(issue, *more)  # type: ignore[arg-type]

    monkeypatch.setattr("services.journal.journal.judge", noting)
    return names


def calls_in(work: Callable[[], object]) -> int:
    """How many functions written in Python are called."""
    count = 0

    def noting(frame: FrameType, event: str, _: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(noting)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


async def test_a_poll_of_thousands_does_no_more_than_one_of_hundreds() -> None:
    cost = {}
    for number in (200, 4_000):
        async with desk_with(number, by_minutes, (120, 40)) as (desk, pilot):
            await all_judged(desk, pilot)
            desk.app.snapshot = with_changes(desk.app.snapshot, 5)
            cost[number] = calls_in(desk.app._show)

    assert cost[4_000] <= cost[200] * 1.1


async def test_nothing_is_judged_before_the_poll_is_painted_and_all_of_it_before_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with desk_with(200, by_minutes) as (desk, pilot):
        await all_judged(desk, pilot)
        names = judged(monkeypatch)
        desk.app.snapshot = with_changes(desk.app.snapshot, 60)
        desk.app._show()
        at_once = len(names)
        kept = desk.app.journal.promises(LONG_AGO, AHEAD)

        assert at_once == 0
        assert len(set(names)) == 60
        assert not desk.app.journal.waits
        assert {k.record.anchor for k in kept} == {i.id for i in desk.app.snapshot.issues}


async def test_it_is_judged_a_little_at_a_time_while_nobody_types(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with desk_with(200, by_minutes) as (desk, pilot):
        await all_judged(desk, pilot)
        names = judged(monkeypatch)
        desk.app.snapshot = with_changes(desk.app.snapshot, 40)
        desk.app._show()
        desk.app.touched()
        desk.app._look()
        while_typing = len(names)
        desk.app._touched_at = 0.0
        desk.app._look()
        in_one_go = len(names)
        await all_judged(desk, pilot)

        assert (while_typing, in_one_go) == (0, LOOKS)
        assert len(names) == len(set(names)) == 40


async def test_while_somebody_types_nobody_asks_with_each_key_whether_it_is_quiet() -> None:
    async with desk_with(200, by_minutes) as (desk, pilot):
        await all_judged(desk, pilot)
        if desk.app._next_look is not None:
            desk.app._next_look.cancel()
            desk.app._next_look = None
        desk.app.touched()
        desk.app.snapshot = with_changes(desk.app.snapshot, 40)
        desk.app._show()
        waits = desk.app._next_look

        assert waits is not None
        assert waits.when() >= desk.app._touched_at + QUIET


async def test_the_issue_beside_the_queue_is_laid_out_anew_only_where_it_reads_differently(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with desk_with(200, by_minutes, (120, 40)) as (desk, pilot):
        await all_judged(desk, pilot)
        texts: list[str] = []

        def noting(widget: Widget, text: Text, *, markup: bool) -> object:
            texts.append(text.plain)
            return visualize(widget, text, markup=markup)

        monkeypatch.setattr("widgets.pane.visualize", noting)
        desk.app.snapshot = with_changes(desk.app.snapshot, 40)
        desk.app._show()
        others = list(texts)
        first, *rest = desk.app.snapshot.issues
        assert first.ticket is not None
        renamed = replace(first, ticket=replace(first.ticket, subject="renamed"))
        desk.app.snapshot = replace(desk.app.snapshot, issues=(renamed, *rest))
        desk.app._show()

        assert desk.selected == first.id
        assert others == []
        assert [text.splitlines()[0] for text in texts] == ["renamed"]


async def test_a_poll_that_changed_nothing_has_nothing_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with desk_with(200, by_minutes) as (desk, pilot):
        await all_judged(desk, pilot)
        names = judged(monkeypatch)
        await desk.give(pilot, replace(desk.app.snapshot, issues=(*desk.app.snapshot.issues,)))
        await all_judged(desk, pilot)
        same = canned(200, NOON, by_minutes)

        assert names == []
        assert same.issues == desk.app.snapshot.issues


async def test_what_a_poll_has_changed_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk_with(200, by_minutes) as (desk, pilot):
        await all_judged(desk, pilot)
        asked: list[int] = []

        def looked(before: Sequence[Issue], after: Sequence[Issue]) -> tuple[list[Issue], ...]:
            asked.append(len(after))
            return differences(before, after)

        monkeypatch.setattr("services.differences.differences", looked)
        await desk.give(pilot, with_changes(desk.app.snapshot, 5))

        app = desk.app
        assert asked == [200]
        assert app.queue._standing._compare is app.signaller._watch._compare is app._compare


def test_what_has_become_void_is_cleared_away_in_the_course_of_a_shift() -> None:
    """Twelve hours of polls, each of which changed a few issues."""
    standing, looks = Standing(POLICY), Looks()
    watch = Watch(POLICY, Ladder(), SignalMemory(None))
    told, chance, now = canned(100, NOON, by_minutes), random.Random(5), NOON
    live = 0
    for _ in range(1_440):
        now += timedelta(seconds=30)
        issues = list(told.issues)
        for place in chance.sample(range(len(issues)), 3):
            issues[place] = _later(issues[place])
        told = replace(told, issues=tuple(issues))
        standing.take(told.issues, now)
        watch.take(told, now)
        looks.take(told, now)
        looks.looked_at(looks.first(99), now)
        live = max(live, len(watch._ahead))

    assert standing._planned <= 250
    assert len(standing._turning) <= 250
    assert len(standing._made) <= 200
    assert len(looks._ahead) <= 250
    assert live <= 2_000, (live, len(standing._made), len(looks._ahead))
