"""Is every step told, once, and not when it must be silent?"""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.domain import Fact, Health, Issue, Severity, Snapshot, SourceStatus, Status
from services.policy.deadlines import Policy
from services.signals.ladder import Ladder, Rung, steps
from services.signals.memory import EVERYTHING, FOR_EVER, SignalMemory
from services.signals.watch import AT_ONCE, Watch
from services.signals.words import signal
from tests.screen.stage import NOON, POLICY, incident, issue, snapshot

MINUTE = timedelta(minutes=1)


def watch(memory: SignalMemory, policy: Policy = POLICY, ladder: Ladder | None = None) -> Watch:
    return Watch(policy, ladder or Ladder(), memory)


def told(one: Watch, world: Snapshot, minutes: float) -> list[tuple[str, float]]:
    """Issue and share of what is told so many minutes after noon."""
    found = one.take(world, NOON + minutes * MINUTE)
    return [(rung.issue.id, rung.share) for rung in found]


def test_each_step_of_a_p2_is_told_at_its_moment_and_once() -> None:
    """Half an hour to respond, raised at noon: 22:30, 27:00, and the instant after 30:00."""
    one = watch(SignalMemory(None))
    world = snapshot(issue(1, "slow", 0))
    moments = [told(one, world, at) for at in (22.4, 22.5, 23, 26.9, 27, 30, 30.01, 31, 90)]
    one.memory.close()

    due = [[], [0.75], [], [], [0.9], [], [1.0], [], []]
    assert moments == [[("zd-1", share) for share in step] for step in due]


def test_the_steps_are_by_severity() -> None:
    ladder = Ladder({Severity.P2: (0.5, 1.0), Severity.P3: ()})
    one = watch(SignalMemory(None), ladder=ladder)
    world = snapshot(issue(1, "two", 0), issue(2, "three", 0, severity=Severity.P3))
    moments = [told(one, world, at) for at in (16, 28, 31, 200)]
    one.memory.close()

    assert moments == [[("zd-1", 0.5)], [], [("zd-1", 1.0)], []]


def test_a_support_clock_is_asked_for_its_own_time() -> None:
    """Eight support hours from Wednesday noon are three quarters gone on Thursday at 10:00."""
    four = issue(1, "later", 0, severity=Severity.P4)
    at = [at for _, share, at in steps(four, Ladder(), POLICY) if share == 0.75]

    assert at == [NOON + timedelta(hours=22)]


def test_only_the_highest_step_is_told_of_what_was_not_seen_for_long() -> None:
    one = watch(SignalMemory(None))
    first = told(one, snapshot(issue(1, "old", 60)), 0)
    again = told(one, snapshot(issue(1, "old", 60)), 1)
    one.memory.close()

    assert (first, again) == ([("zd-1", 1.0)], [])


def test_nothing_rings_twice_after_a_restart_or_beside_another_dashboard(tmp_path: Path) -> None:
    world = snapshot(issue(1, "late", 60))
    one = watch(SignalMemory(tmp_path / "signals.db"))
    two = watch(SignalMemory(tmp_path / "signals.db"))
    both = [told(one, world, 0), told(two, world, 0)]
    one.memory.close()
    after = watch(SignalMemory(tmp_path / "signals.db"))
    restarted = told(after, world, 1)
    two.memory.close()
    after.memory.close()

    assert both == [[("zd-1", 1.0)], []]
    assert restarted == []
    assert (tmp_path / "signals.db").stat().st_mode & 0o777 == 0o600


def test_a_pair_that_is_found_later_has_rung_already() -> None:
    half = incident(7, "router down", 200)
    other = issue(1, "router down", 200)
    pair = Issue(other.ticket, half.incident, POLICY.promises(other.ticket, half.incident))
    one = watch(SignalMemory(None))
    apart = told(one, snapshot(half, other), 0)
    together = told(one, snapshot(pair), 1)
    one.memory.close()

    assert {id for id, _ in apart} == {"zd-1", "pd-P7"}
    assert together == []


def test_a_severity_that_is_raised_and_a_new_p1_are_told() -> None:
    three = issue(1, "grows", 25, severity=Severity.P3)
    one_now = issue(1, "grows", 25, severity=Severity.P1)
    one = watch(SignalMemory(None))
    before = told(one, snapshot(three), 0)
    after = told(one, snapshot(one_now), 1)
    again = told(one, snapshot(one_now), 2)
    one.memory.close()

    assert before == []
    assert after == [("zd-1", 0.0), ("zd-1", 1.0)] or after == [("zd-1", 1.0), ("zd-1", 0.0)]
    assert again == []


def test_each_update_has_a_ladder_of_its_own() -> None:
    said, later = Fact(NOON), Fact(NOON + 100 * MINUTE)
    answered = issue(1, "talk", 10, replied_first=said, replied_last=said)
    again = issue(1, "talk", 10, replied_first=said, replied_last=later)
    one = watch(SignalMemory(None))
    first = told(one, snapshot(answered), 91)
    second = [told(one, snapshot(again), at) for at in (110, 191)]
    one.memory.close()

    assert first == [("zd-1", 0.75)]
    assert second == [[], [("zd-1", 0.75)]]


def test_what_waits_or_is_kept_or_is_not_known_is_silent() -> None:
    said = Fact(NOON - 90 * MINUTE)
    waits = issue(1, "x", 100, status=Status.PENDING, replied_first=said, replied_last=said)
    unknown = issue(2, "x", 100, replied_first=Fact(known=False), replied_last=Fact(known=False))
    one = watch(SignalMemory(None))
    found = told(one, snapshot(waits, unknown), 0)
    one.memory.close()

    assert found == []


def test_what_comes_from_disk_is_silent_until_it_was_read_anew() -> None:
    kept = SourceStatus(Health.STALE, NOON - timedelta(hours=3))
    world = snapshot(issue(1, "late", 60), zendesk=kept)
    one = watch(SignalMemory(None))
    cold = told(one, world, 0)
    failing = replace(kept, state=Health.ERROR, failures=3)
    failed = told(one, snapshot(issue(1, "late", 60), zendesk=failing), 1)
    live = told(one, snapshot(issue(1, "late", 60)), 2)
    one.memory.close()

    assert (cold, failed, live) == ([], [], [("zd-1", 1.0)])


def test_a_source_that_fails_after_it_was_read_still_rings() -> None:
    one = watch(SignalMemory(None))
    told(one, snapshot(issue(1, "x", 0)), 0)
    down = SourceStatus(Health.ERROR, NOON + 3 * MINUTE, "down", 3)
    later = told(one, snapshot(issue(1, "x", 0), zendesk=down), 31)
    one.memory.close()

    assert later == [("zd-1", 1.0)]


def test_what_is_muted_rings_once_it_is_not_and_a_p1_is_never_muted() -> None:
    one = watch(SignalMemory(None))
    world = snapshot(issue(1, "mute me", 60), issue(2, "other", 60))
    one.memory.silence(["zd-1"], FOR_EVER)
    first = told(one, world, 0)
    one.memory.silence(["zd-1"], None)
    one.memory.silence([EVERYTHING], NOON + 31 * MINUTE)
    held = told(one, world, 1)
    p1 = told(one, snapshot(*world.issues, issue(3, "fire", 1, severity=Severity.P1)), 2)
    over = told(one, world, 32)
    one.memory.close()

    assert first == [("zd-2", 1.0)]
    assert (held, p1, over) == ([], [("zd-3", 0.0)], [("zd-1", 1.0)])


@given(st.lists(st.floats(0, 60), min_size=1, max_size=8))
def test_however_often_it_is_looked_a_step_is_told_at_most_once(minutes: list[float]) -> None:
    """And what was reached last is the last that was told."""
    one = watch(SignalMemory(None))
    world = snapshot(issue(1, "x", 0))
    shares = [share for at in sorted(minutes) for _, share in told(one, world, at)]
    one.memory.close()
    latest = max(minutes)
    reached = [share for share, at in ((0.75, 22.5), (0.9, 27), (1.0, 30.0001)) if latest >= at]

    assert shares == sorted(set(shares))
    assert shares[-1:] == reached[-1:]


@given(
    st.lists(st.integers(-20, 60), min_size=1, max_size=4),
    st.lists(st.floats(0, 120), min_size=1, max_size=9).map(sorted),
)
def test_what_is_told_is_the_highest_step_reached_since_the_last_look(
    raised: list[int], looks: list[float]
) -> None:
    world = snapshot(*(issue(number, "slow", ago) for number, ago in enumerate(raised)))
    one, before = watch(SignalMemory(None)), None
    rungs = [Rung(each, *step) for each in world.issues for step in steps(each, Ladder(), POLICY)]
    for minutes in looks:
        now = NOON + minutes * MINUTE
        new = [r for r in rungs if r.at <= now and (before is None or r.at > before)]
        highest = {(r.issue.id, r.promise and r.promise.kind): r for r in sorted(new, key=_share)}

        assert sorted(told(one, world, minutes)) == sorted(
            (rung.issue.id, rung.share) for rung in highest.values()
        )
        before = now
    one.memory.close()


def _share(rung: Rung) -> float:
    return rung.share


def test_several_steps_are_one_signal_about_the_worst() -> None:
    one = watch(SignalMemory(None))
    p1 = issue(3, "fire\x1b]0;x\x07", 1, severity=Severity.P1)
    found = one.take(snapshot(issue(1, "late", 60), p1), NOON)
    said = signal(found, NOON)
    alone = signal([rung for rung in found if rung.issue.id == "zd-1"], NOON)
    one.memory.close()

    assert (said.title, said.always) == ("P1 is new", True)
    assert said.text == "#3 fire␛]0;x␇ (and 1 more)"
    assert (alone.title, alone.text, alone.always) == ("P2 response breached", "#1 late", False)
    assert alone.told["ROTA_STEP"] == "breach"
    assert alone.told["ROTA_DUE_AT"] == "2026-01-14T11:30:00Z"


@pytest.mark.parametrize("minutes", [22.5, 27])
def test_a_step_says_how_long_is_left(minutes: float) -> None:
    one = watch(SignalMemory(None))
    at = NOON + minutes * MINUTE
    said = signal(one.take(snapshot(issue(1, "slow", 0)), at), at)
    one.memory.close()

    left = {22.5: "7 min 30 s", 27: "3 min"}[minutes]
    assert said.title == f"P2 response due in {left}"


def test_of_thousands_the_steps_are_worked_out_bit_by_bit_and_told_together() -> None:
    one = watch(SignalMemory(None))
    world = snapshot(*(issue(n, "late", 60) for n in range(2 * AT_ONCE + 1)))
    first = one.take(world, NOON)
    looks = 0
    told_later: tuple[Rung, ...] = ()
    while not told_later:
        assert one.next_at == NOON
        told_later = one.look(NOON)
        looks += 1
    one.memory.close()

    assert first == ()
    assert looks == 2
    assert len(told_later) == 2 * AT_ONCE + 1
