"""A cycle of polls works out and writes what it has changed, however much is open."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from services.domain import Incident, Promise, Snapshot, Ticket
from services.policy.deadlines import Policy
from tests.embedded import Embedded, embedded


@asynccontextmanager
async def polled(open_issues: int) -> AsyncIterator[tuple[Embedded, list[Snapshot]]]:
    """A world that has been polled for two minutes."""
    async with embedded(open_issues) as on:
        told: list[Snapshot] = []

        async def listen() -> None:
            async for snapshot in on.assembly.poller.snapshots():
                told.append(snapshot)

        listener = asyncio.create_task(listen())
        for _ in range(100):
            await asyncio.sleep(0.001)
            await on.clock.settle()
        await on.clock.advance(120)
        yield on, told
        listener.cancel()
        await asyncio.gather(listener, return_exceptions=True)


def unread(on: Embedded) -> int:
    """How many wait to be read one by one."""
    feeds = (on.assembly.poller._zendesk, on.assembly.poller._pagerduty)
    return sum(feed.unread for feed in feeds if feed is not None)


@pytest.mark.parametrize(("open_issues", "waiting"), [(20, 0), (160, 40)])
async def test_a_cycle_works_out_and_writes_what_it_has_changed(
    monkeypatch: pytest.MonkeyPatch, open_issues: int, waiting: int
) -> None:
    """Four tickets a minute are read one by one, as long as there are some to be read."""
    async with polled(open_issues) as (on, told):
        done: Counter[str] = Counter()
        promises = Policy.promises

        def worked_out(
            policy: Policy, ticket: Ticket | None, incident: Incident | None
        ) -> tuple[Promise, ...]:
            done["promises"] += 1
            return promises(policy, ticket, incident)

        def wrote(statement: str) -> None:
            if statement.startswith(("INSERT OR REPLACE INTO ticket", "DELETE FROM ticket")):
                done["tickets"] += 1
            if statement.startswith(("INSERT OR REPLACE INTO incid", "DELETE FROM incid")):
                done["incidents"] += 1

        assert unread(on) >= waiting
        monkeypatch.setattr(Policy, "promises", worked_out)
        on.assembly.store._db.set_trace_callback(wrote)
        for _ in range(5):
            before = {issue.id: issue for issue in told[-1].issues}
            snapshots = len(told)
            done.clear()
            await on.clock.advance(60)
            changed = sum(before.get(i.id) is not i for i in told[-1].issues)

            assert len(told) - snapshots >= 4
            assert done["promises"] <= changed
            assert done["tickets"] + done["incidents"] <= changed
        assert unread(on) >= waiting / 2
