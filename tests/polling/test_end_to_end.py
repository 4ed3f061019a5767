"""Does the queue say what is so at the vendors, and at what price?"""

from datetime import timedelta

import pytest

from services.domain import Health, Source
from services.simulator import faults
from services.simulator.call import Json, Vendor
from services.simulator.interference import Effect
from services.simulator.world import World
from services.store import Store
from tests.polling.bench import poller_on, running, world_with


async def test_after_one_good_look_every_deadline_is_known_and_true() -> None:
    world, clock = world_with(40)
    assembly = poller_on(world, clock)
    snapshot = await assembly.poller.read_once(200)
    await assembly.aclose()

    assert len(snapshot.issues) == 40
    for issue in snapshot.issues:
        assert all(promise.known for promise in issue.promises), issue.id
        if issue.ticket is not None:
            answers = answers_in(world, issue.ticket.id)
            assert issue.ticket.replied_first.at == (answers[0] if answers else None)
            assert issue.ticket.replied_last.at == (answers[-1] if answers else None)


def answers_in(world: World, ticket_id: int) -> list[object]:
    """When agents other than the requester spoke in public, after the description."""
    ticket = world.zendesk.tickets[ticket_id]
    people = world.zendesk.people
    return [
        comment.created_at.replace(microsecond=0)
        for comment in ticket.comments[1:]
        if comment.public
        and comment.author_id != ticket.requester_id
        and (author := people.get(comment.author_id)) is not None
        and author.is_agent
    ]


async def asked_in_steady_state(open_issues: int) -> dict[tuple[str, str], int]:
    async with running(open_issues) as bench:
        await bench.advance(60)
        before = bench.world.asked()
        await bench.advance(300)
        return dict(bench.world.asked() - before)


async def test_five_minutes_cost_the_same_however_many_are_open() -> None:
    few, many = await asked_in_steady_state(20), await asked_in_steady_state(1200)
    lists = ("/api/v2/tickets", "/log_entries", "/incidents", "/schedules")

    for path in lists:
        assert abs(few.get(("GET", path), 0) - many.get(("GET", path), 0)) <= 3, path
    assert sum(many.values()) <= sum(few.values()) + 2 * 11 + 2 * 26


async def test_a_new_ticket_a_reply_and_a_solve_are_seen_at_the_next_poll() -> None:
    async with running() as bench:
        desk, cast = bench.world.zendesk, bench.world.cast
        ticket = desk.create_ticket("Slow cluster", "Help.", requester_id=cast.requesters[0])
        await bench.advance(45)
        fresh = bench.ticket(ticket.id)
        assert fresh is not None
        desk.reply(ticket.id, bench.world.me, "We are looking.")
        await bench.advance(45)
        replied = bench.ticket(ticket.id)
        assert replied is not None
        assert replied.ticket is not None
        desk.edit(ticket.id, bench.world.me, status="solved", assignee_id=bench.world.me)
        await bench.advance(45)

        assert replied.ticket.replied_first.at is not None
        assert bench.ticket(ticket.id) is None


async def test_a_page_with_its_e_mail_is_one_issue_and_stays_until_both_are_done() -> None:
    async with running() as bench:
        world = bench.world
        subject = "Nobody can log in to anything at all"
        page = world.pagerduty.create_incident(subject, world.cast.emergency)
        sender = world.cast.requesters[0]
        mail = world.zendesk.create_ticket(subject, "Help.", requester_id=sender)
        await bench.advance(45)
        pair = bench.ticket(mail.id)
        assert pair is not None
        assert pair.id == f"zd-{mail.id}+pd-{page.id}"
        world.zendesk.edit(mail.id, world.me, status="solved", assignee_id=world.me)
        await bench.advance(45)
        assert bench.ticket(mail.id) is not None
        person = world.pagerduty.users[world.cast.agents[0].pagerduty_id]
        world.pagerduty.resolve(page.id, person)
        await bench.advance(45)

        assert bench.ticket(mail.id) is None


@pytest.mark.parametrize("vendor", ["zendesk", "pagerduty"])
@pytest.mark.parametrize(
    "effect",
    [
        pytest.param(faults.broken(), id="500"),
        pytest.param(faults.html_page(), id="a page of HTML"),
        pytest.param(faults.truncated(), id="half an answer"),
    ],
)
async def test_one_vendor_in_trouble_leaves_the_queue_as_it_was(
    vendor: Vendor, effect: Effect
) -> None:
    troubled = Source(vendor)
    other = next(source for source in Source if source is not troubled)
    async with running() as bench:
        before = {issue.id for issue in bench.latest.issues}
        bench.world.faults.add(effect, vendor=vendor)
        await bench.advance(200)
        states = [(s.sources or {})[troubled] for s in bench.seen]
        first = next(status for status in states if status.failures == 1)

        assert first.state is Health.OK
        assert bench.status(troubled).state is Health.STALE
        assert bench.status(troubled).error
        assert bench.status(other).state is Health.OK
        assert {issue.id for issue in bench.latest.issues} == before

        bench.world.faults.clear()
        await bench.advance(600)

        assert bench.status(troubled).state is Health.OK


async def test_a_wrong_token_is_told_in_one_plain_line() -> None:
    async with running(token="wrong") as bench:
        status = bench.status(Source.ZENDESK)

        assert status.state is Health.ERROR
        assert status.error
        assert "\n" not in status.error
        assert bench.status(Source.PAGERDUTY).state is Health.OK
        assert any(issue.incident for issue in bench.latest.issues)


async def test_a_broken_record_is_left_out_and_told() -> None:
    world, clock = world_with(20)

    def spoil(body: Json) -> None:
        if "tickets" in body:
            body["tickets"][0]["created_at"] = "yesterday"

    world.faults.add(faults.changed(spoil), vendor="zendesk")
    async with running(world=(world, clock)) as bench:
        assert bench.status(Source.ZENDESK).state is Health.OK
        assert any("left out" in notice for notice in bench.latest.notices)


async def test_the_queue_from_disk_is_as_old_as_it_is_until_a_source_answers() -> None:
    store = Store(None)
    world, clock = world_with(20)
    first = poller_on(world, clock, store)
    known = await first.poller.read_once(200)
    for api in first.apis:
        await api.aclose()
    taken_at = clock.now()
    await clock.advance(3600)
    async with running(store=store, world=(world, clock)) as bench:
        old = bench.seen[0]
        await bench.advance(5)

        assert old.sources is not None
        assert {issue.id for issue in old.issues} == {issue.id for issue in known.issues}
        assert {s.state for s in old.sources.values()} == {Health.STALE}
        assert {s.fetched_at for s in old.sources.values()} == {taken_at}
        assert bench.status(Source.ZENDESK).state is Health.OK
        assert bench.status(Source.ZENDESK).fetched_at == taken_at + timedelta(hours=1)


async def test_while_paused_only_a_refresh_asks() -> None:
    async with running() as bench:
        bench.assembly.poller.pause(True)
        await bench.advance(60)
        asked = len(bench.world.requests)
        await bench.advance(120)
        quiet = len(bench.world.requests)
        bench.assembly.poller.refresh()
        await bench.advance(5)

        assert bench.latest.paused
        assert quiet == asked
        assert len(bench.world.requests) > quiet
