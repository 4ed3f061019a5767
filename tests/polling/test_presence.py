"""Where nobody looks and nothing is due, is less asked, without anything looking late?"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.clock import ManualClock
from services.domain import ClockKind, Issue, Kind, Promise, Source, Status, Ticket
from services.health import Trust
from services.poller import presence as presences
from services.poller.presence import IDLE, NEAR, REST, Outlook, Presence
from services.simulator.scenario import DEMO_START
from services.simulator.world import World
from tests.faults.stage import Stage, stage


def lists(on: Stage) -> Counter[str]:
    """How often each vendor's own list of changes was asked for."""
    asked = on.world.asked()
    return Counter(zendesk=asked["GET", "/tickets"], pagerduty=asked["GET", "/log_entries"])


async def asked_in(on: Stage, minutes: float) -> tuple[Counter[str], set[Trust]]:
    """What was asked in so many minutes, and the words shown meanwhile."""
    before, words = lists(on), set()
    for _ in range(round(minutes * 4)):
        await on.clock.advance(15)
        words |= {on.word(source) for source in Source}
    await on.settle()
    return lists(on) - before, words


async def test_an_idle_terminal_halves_the_rate_and_a_key_brings_it_back() -> None:
    async with stage(0) as on:
        await on.settle()
        presence = on.assembly.presence
        presence.touch()
        busy, _ = await asked_in(on, 8)
        await asked_in(on, 8)
        idle, words = await asked_in(on, 8)
        before = lists(on)
        presence.touch()
        await on.settle()
        at_once = lists(on) - before
        again, _ = await asked_in(on, 8)

        assert 14 <= busy["zendesk"] <= 19
        assert 6 <= idle["zendesk"] <= 10
        assert 29 <= busy["pagerduty"] <= 35
        assert 13 <= idle["pagerduty"] <= 18
        assert words == {Trust.LIVE}
        assert at_once == Counter(zendesk=1, pagerduty=1)
        assert again["zendesk"] >= 14


async def test_while_something_is_due_soon_the_pace_is_kept() -> None:
    """A new ticket is to be triaged within 20 minutes."""
    async with stage(0) as on:
        on.assembly.presence.touch()
        await asked_in(on, 16)
        world = on.world
        made = world.zendesk.create_ticket("New", "x", requester_id=world.cast.requesters[0])
        await asked_in(on, 7)
        assert [issue.ticket.id for issue in on.latest.issues if issue.ticket] == [made.id]
        asked, _ = await asked_in(on, 8)

        assert asked["zendesk"] >= 14


async def test_who_comes_back_to_a_paused_queue_finds_it_paused() -> None:
    async with stage(0) as on:
        await on.settle()
        on.assembly.presence.touch()
        on.assembly.poller.pause(True)
        await asked_in(on, 20)
        before = lists(on)
        on.assembly.presence.touch()
        await asked_in(on, 2)

        assert lists(on) == before


async def test_where_nothing_tells_of_keys_the_pace_is_kept() -> None:
    presence = Presence(ManualClock(DEMO_START))

    assert not presence.away
    assert presence.pace((), DEMO_START) == 1


async def test_the_first_poll_comes_at_once_and_the_second_at_a_moment_of_its_own() -> None:
    """Dashboards that are started together do not march in step."""
    seconds: list[float] = []
    for seed in range(6):
        world = World(ManualClock(DEMO_START))
        async with stage(world=world, seed=seed) as on:
            await on.settle()
            assert on.status(Source.ZENDESK).fetched_at == DEMO_START
            again = on.status(Source.ZENDESK).next_try_at
            assert again is not None
            seconds.append((again - DEMO_START).total_seconds())

    assert all(6 <= wait <= 30 for wait in seconds)
    assert max(seconds) - min(seconds) > 8


MINUTES = st.integers(-40, 90)
PROMISE = st.builds(
    lambda due, met: Promise(
        Kind.UPDATE,
        None if due is None else DEMO_START + timedelta(minutes=due),
        DEMO_START,
        timedelta(hours=1),
        ClockKind.ALWAYS,
        met_at=DEMO_START if met else None,
    ),
    st.one_of(st.none(), MINUTES),
    st.booleans(),
)


def promised(number: int, promises: Sequence[Promise]) -> Issue:
    ticket = Ticket(number, "Deploys hang", Status.OPEN, DEMO_START, DEMO_START)
    return Issue(ticket, None, tuple(promises))


@settings(max_examples=60)
@given(data=st.data())
def test_what_is_near_is_as_by_a_look_at_every_promise(data: st.DataObject) -> None:
    """Issues come, go and change; time goes on, and now and then is put back."""
    outlook, now = Outlook(), DEMO_START
    promises = st.lists(PROMISE, max_size=2)
    issues = {number: promised(number, data.draw(promises)) for number in range(1, 4)}
    for _ in range(data.draw(st.integers(4, 12))):
        changes = st.lists(st.tuples(st.integers(1, 4), promises), max_size=2)
        for number, come in data.draw(changes):
            if come or number not in issues:
                issues[number] = promised(number, come)
            else:
                del issues[number]
        now += timedelta(minutes=data.draw(st.sampled_from([0, 0, 0, 1, 5, 16, -3])))
        dues = [p.due_at for i in issues.values() for p in i.promises if p.met_at is None]

        assert outlook.near(tuple(issues.values()), now) == any(
            due is not None and abs(due - now) < NEAR for due in dues
        )


def test_while_nobody_looks_an_issue_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = ManualClock(DEMO_START)
    presence = Presence(clock)
    presence.touch()
    clock.suspend(REST.total_seconds())
    due = Promise(
        Kind.UPDATE,
        DEMO_START + timedelta(days=1),
        DEMO_START,
        timedelta(days=1),
        ClockKind.ALWAYS,
    )
    issues = tuple(promised(number, [due]) for number in range(50))
    seen: list[int] = []
    look = Outlook._look

    def noted(self: Outlook, among: Sequence[Issue], now: datetime) -> None:
        seen.append(len(among))
        look(self, among, now)

    monkeypatch.setattr(presences.Outlook, "_look", noted)
    for minute in range(30):
        others = promised(7, [due]) if minute == 20 else issues[7]
        issues = (*issues[:7], others, *issues[8:])
        assert presence.pace(issues, clock.now() + timedelta(minutes=minute)) == IDLE

    assert seen == [50, *[0] * 19, 1, *[0] * 9]
