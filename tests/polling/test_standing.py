"""Is what rights and plans leave out said once, in plain words, and lived with?"""

from collections.abc import Iterator

import pytest

from services.domain import Source
from services.health import Trust
from services.simulator import faults
from services.simulator.call import Call, Json, Reply
from services.simulator.interference import ServeLater
from services.simulator.settings import Settings
from tests.faults.stage import Stage, by_id, stage


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        pytest.param(Settings(), (), id="nothing to be said"),
        pytest.param(Settings(role="restricted"), ("only some tickets",), id="restricted agent"),
        pytest.param(Settings(priorities=False), ("has no priorities",), id="no priorities"),
        pytest.param(Settings(metric_sets="dropped"), ("no reply counters",), id="no metric sets"),
        pytest.param(
            Settings(pagerduty_account_key=True), ("belongs to the account",), id="account key"
        ),
    ],
)
async def test_what_is_missing_is_said_once_and_the_queue_works(
    settings: Settings, words: tuple[str, ...]
) -> None:
    async with stage(20, settings=settings) as on:
        await on.advance(180)

        said = on.latest.said
        assert [any(w in line for line in said) for w in words] == [True] * len(words)
        assert len(said) == len(words)
        assert len(set(said)) == len(said)
        assert {on.word(source) for source in Source} == {Trust.LIVE}
        assert by_id(on.latest)
        assert on.lies == []


async def forbidden(call: Call, serve: ServeLater) -> Reply:
    return Reply(403, {"error": {"message": "Access Denied", "code": 2010}})


async def test_without_the_accounts_log_incidents_are_read_one_by_one() -> None:
    async with stage(12) as on:
        on.world.faults.add(forbidden, vendor="pagerduty", path="/log_entries")
        await on.advance(400)

        assert any("account's log" in line for line in on.latest.said)
        assert on.word(Source.PAGERDUTY) is Trust.LIVE
        assert all(p.known for i in on.latest.issues for p in i.promises)
        assert on.lies == []


async def test_where_tickets_do_not_come_by_change_search_is_asked() -> None:
    def mixed(body: Json) -> None:
        body.get("tickets", []).sort(key=lambda ticket: ticket["id"])

    async with stage(20) as on:
        on.world.faults.add(faults.changed(mixed), vendor="zendesk", path="/tickets")
        await on.advance(60)
        made = on.world.zendesk.create_ticket("New", "x", requester_id=on.world.cast.requesters[0])
        await on.advance(200)

        assert any("by search" in line for line in on.latest.said)
        assert f"zd-{made.id}" in by_id(on.latest)
        assert on.word(Source.ZENDESK) is Trust.LIVE


def troubles(on: Stage) -> Iterator[str]:
    yield from on.latest.notices


async def test_who_is_on_call_has_an_age_and_a_trouble_of_its_own() -> None:
    async with stage(8) as on:
        await on.advance(30)
        read_at, who = on.latest.on_call_at, on.latest.on_call
        on.world.faults.add(faults.broken(500), vendor="pagerduty", path="/schedules")
        await on.advance(600)

        assert read_at is not None
        assert on.latest.on_call_at is not None
        assert on.latest.on_call_at - read_at < on.clock.now() - on.latest.on_call_at
        assert [entry.who for entry in on.latest.on_call] == [entry.who for entry in who]
        assert on.word(Source.PAGERDUTY) is Trust.LIVE
        assert any("who is on call cannot be read" in line for line in troubles(on))

        on.world.faults.clear()
        await on.advance(90)
        assert list(troubles(on)) == []


async def test_one_ticket_that_cannot_be_read_holds_up_no_other() -> None:
    async with stage(40, settings=Settings(metric_sets="dropped")) as on:
        stubborn = next(iter(on.world.zendesk.tickets))
        on.world.faults.add(forbidden, vendor="zendesk", path=f"/tickets/{stubborn}/comments")
        await on.advance(600)
        unknown = {
            issue.ticket.id
            for issue in on.latest.issues
            if issue.ticket and not all(p.known for p in issue.promises)
        }

        assert unknown <= {stubborn}
        assert on.lies == []
