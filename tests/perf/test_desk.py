"""What a poll has told costs what is other than before, however much is open."""

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from services.desk import AT_ONCE, Desk
from services.domain import Incident, IncidentStatus, Ticket
from services.half import Half
from services.pairing import PairingRules, pair
from services.policy.deadlines import Policy
from tests.perf.canned import by_minutes, canned
from tests.perf.test_poll import calls_in
from tests.policy.cases import POLICY
from tests.screen.stage import NOON


def tickets_of(number: int) -> Half[int, Ticket]:
    tickets: Half[int, Ticket] = Half()
    for issue in canned(number, NOON, by_minutes).issues:
        if issue.ticket:
            tickets.put(issue.ticket.id, issue.ticket)
    return tickets


def desk_of(tickets: Half[int, Ticket], incidents: Half[str, Incident] | None = None) -> Desk:
    return Desk(POLICY, PairingRules(), {}, tickets, incidents or Half())


def some_answered(tickets: Half[int, Ticket]) -> None:
    for number in list(tickets.known)[7::30][:20]:
        tickets.put(number, replace(tickets.known[number], updated_at=NOON))


def test_twenty_tickets_cost_the_same_of_ten_times_as_many() -> None:
    calls = []
    for number in (600, 6_000):
        tickets = tickets_of(number)
        desk = desk_of(tickets)
        desk.issues()
        some_answered(tickets)
        calls.append(calls_in(desk.issues))
        # And none of them is looked at when nothing has changed.
        assert calls_in(desk.issues) < 20

    assert calls[0] == calls[1]


def test_a_new_incident_is_held_against_those_that_read_like_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tickets, incidents = tickets_of(600), Half[str, Incident]()
    desk = desk_of(tickets, incidents)
    desk.issues()
    seen: list[int] = []

    def counted(*args: object, **more: object) -> object:
        seen.append(len(args[0]))  # type: ignore[arg-type]
        return pair(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("services.paired.pair", counted)
    like = next(iter(tickets.known.values()))
    at = like.created_at + timedelta(minutes=1)
    incidents.put("PA", Incident("PA", 1, like.subject, IncidentStatus.TRIGGERED, at, at))
    desk.issues()

    assert desk.pairs.incident_of == {like.id: "PA"}
    assert seen == [1]


async def test_of_thousands_that_are_new_a_few_are_worked_out_in_one_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tickets, worked_out, most = tickets_of(600), [0], 0
    promises = Policy.promises

    def counted(policy: Policy, ticket: Ticket | None, incident: Incident | None) -> object:
        worked_out[0] += 1
        return promises(policy, ticket, incident)

    monkeypatch.setattr(Policy, "promises", counted)
    desk = desk_of(tickets)
    catching_up = asyncio.create_task(desk.catch_up())
    while not catching_up.done():
        before = worked_out[0]
        await asyncio.sleep(0)
        most = max(most, worked_out[0] - before)

    assert worked_out[0] == 600
    assert most <= AT_ONCE
    assert len(desk.issues()) == 600
    assert worked_out[0] == 600


async def test_who_asks_in_between_has_all_of_it_and_nothing_is_worked_out_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tickets, worked_out = tickets_of(300), list[int]()
    promises = Policy.promises

    def counted(policy: Policy, ticket: Ticket | None, incident: Incident | None) -> object:
        worked_out.append(0 if ticket is None else ticket.id)
        return promises(policy, ticket, incident)

    monkeypatch.setattr(Policy, "promises", counted)
    desk = desk_of(tickets)
    first, second = (asyncio.create_task(desk.catch_up()) for _ in range(2))
    await asyncio.sleep(0)
    assert not first.done()

    assert len(desk.issues()) == 300
    await asyncio.gather(first, second)
    assert sorted(worked_out) == sorted(tickets.known)
