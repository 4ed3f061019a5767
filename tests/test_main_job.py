"""The main job: two vendors polled over HTTP become one queue with the right deadlines."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from services.domain import Health, Issue, Snapshot, Source, State
from services.simulator.faults import broken, html_page, truncated
from services.simulator.interference import Effect
from tests.embedded import Embedded, embedded
from tests.stillness import turns


class Watch:
    """Takes a poller's snapshots while the clock is moved."""

    def __init__(self, on: Embedded) -> None:
        self.on = on
        self.seen: list[Snapshot] = []
        self._task = asyncio.create_task(self._take())

    async def _take(self) -> None:
        async for snapshot in self.on.assembly.poller.snapshots():
            self.seen.append(snapshot)

    async def advance(self, seconds: float) -> Snapshot:
        """Let time pass in small steps; the latest snapshot."""
        for _ in range(int(seconds)):
            await self.on.clock.advance(1)
        await self.settle()
        return self.seen[-1]

    async def settle(self) -> None:
        """Let requests under way come to their end: they wait for threads, not for the clock."""
        await turns(10_000)

    async def close(self) -> None:
        """Stop."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


def by_id(snapshot: Snapshot) -> dict[str, Issue]:
    return {issue.id: issue for issue in snapshot.issues}


async def test_after_one_read_no_deadline_is_unknown_and_answers_are_the_truth() -> None:
    async with embedded(40) as on:
        snapshot = await on.assembly.poller.read_once()
        policy, now = on.assembly.policy, on.clock.now()
        states = Counter(d.state for i in snapshot.issues for d in policy.deadlines(i, now))
        for issue in snapshot.issues:
            if issue.ticket is None:
                continue
            comments = on.world.zendesk.tickets[issue.ticket.id].comments[1:]
            answers = [
                c.created_at
                for c in comments
                if c.public
                and c.via.get("channel") != "rule"
                and on.world.zendesk.agent(c.author_id)
                and c.author_id != issue.ticket.requester_id
            ]

            assert issue.ticket.replied_first.at == min(answers, default=None)
            assert issue.ticket.replied_last.at == max(answers, default=None)
        assert states[State.UNKNOWN] == 0
        assert len(snapshot.issues) == 40


@pytest.mark.parametrize("number", [20, 450])
async def test_a_steady_cycle_costs_the_same_whatever_is_open(number: int) -> None:
    """Only the capped reads of single issues may differ, and those are at most two a cycle.

    Five pages of them; `tests/polling` holds the same of twelve hundred, `tests/faults` of more.
    """
    async with embedded(number) as on:
        watch = Watch(on)
        await watch.settle()
        await watch.advance(5)
        before = on.world.asked()
        await watch.advance(600)
        asked = on.world.asked() - before
        await watch.close()

    lists = {key: count for key, count in asked.items() if "_id}" not in key[1]}
    single = sum(count for key, count in asked.items() if "_id}" in key[1])
    assert 17 <= lists["GET", "/tickets"] <= 25
    assert 34 <= lists["GET", "/log_entries"] <= 50
    assert 34 <= lists["GET", "/incidents"] <= 50
    sweeps = lists.get(("GET", "/search"), 0) + lists.get(("GET", "/search/export"), 0)
    assert 8 <= sweeps <= 11
    assert sum(lists.values()) <= 145
    assert single <= 2 * (25 + 50)


async def test_what_people_do_elsewhere_appears_with_the_next_poll() -> None:
    async with embedded(12) as on:
        watch = Watch(on)
        await watch.settle()
        first = await watch.advance(60)
        tenant, agent = on.world.cast.requesters[0], on.world.cast.agents[1].zendesk_id
        made = on.world.zendesk.create_ticket("Something new", "It broke.", requester_id=tenant)
        new = await watch.advance(40)
        assert f"zd-{made.id}" not in by_id(first)
        assert by_id(new)[f"zd-{made.id}"].ticket is not None

        on.world.zendesk.reply(made.id, agent, "We are looking.")
        answered_at = made.comments[-1].created_at
        replied = by_id(await watch.advance(40))[f"zd-{made.id}"].ticket
        assert replied is not None
        assert replied.replied_first.at == answered_at

        on.world.zendesk.edit(made.id, agent, status="solved")
        solved = await watch.advance(40)
        assert f"zd-{made.id}" not in by_id(solved)
        await watch.close()


@pytest.mark.parametrize(
    "effect",
    [
        pytest.param(broken(500), id="server-error"),
        pytest.param(html_page(), id="a-web-page"),
        pytest.param(truncated(), id="half-an-answer"),
    ],
)
async def test_one_vendor_in_trouble_keeps_its_issues_and_leaves_the_other_alone(
    effect: Effect,
) -> None:
    async with embedded(20) as on:
        watch = Watch(on)
        await watch.settle()
        well = await watch.advance(20)
        on.world.faults.add(effect, vendor="zendesk")
        troubled = await watch.advance(130)
        on.world.faults.clear()
        recovered = await watch.advance(310)
        await watch.close()

    assert well.sources is not None
    assert troubled.sources is not None
    assert recovered.sources is not None
    quiet = [s.sources[Source.ZENDESK] for s in watch.seen if s.sources]
    assert any(s.failures == 1 and s.state is Health.OK for s in quiet)
    assert troubled.sources[Source.ZENDESK].state is Health.STALE
    assert "\n" not in (troubled.sources[Source.ZENDESK].error or "\n")
    assert troubled.sources[Source.PAGERDUTY].state is Health.OK
    assert by_id(troubled).keys() == by_id(well).keys()
    assert recovered.sources[Source.ZENDESK].state is Health.OK


async def test_a_wrong_token_is_one_plain_line() -> None:
    async with embedded(10, token="nonsense") as on:
        snapshot = await on.assembly.poller.read_once()

    assert snapshot.sources is not None
    status = snapshot.sources[Source.ZENDESK]
    assert status.state is Health.ERROR
    assert status.error is not None
    assert status.error.startswith("Zendesk does not accept the credentials")
    assert all(issue.ticket is None for issue in snapshot.issues)


async def test_the_age_counts_from_when_the_answer_was_asked_for() -> None:
    async with embedded(5) as on:
        asked_at = on.clock.now()
        snapshot = await on.assembly.poller.read_once()

    assert snapshot.sources is not None
    status = snapshot.sources[Source.ZENDESK]
    assert status.fetched_at == asked_at
    assert status.next_try_at is not None
    assert status.next_try_at > asked_at + timedelta(seconds=20)
