"""What can be picked from, as the vendors list it."""

import httpx

from services.domain import Source
from services.pagerduty.client import pagerduty_token
from services.pagerduty.directory import Named, PagerDutyDirectory
from services.zendesk.directory import ZendeskDirectory
from tests.clients.vendor import TOKEN, Vendor, ok
from tests.embedded import embedded


def at_pagerduty(vendor: Vendor) -> PagerDutyDirectory:
    headers = pagerduty_token(TOKEN)
    return PagerDutyDirectory(
        vendor.api(Source.PAGERDUTY, "https://pd.example.com", lambda: headers)
    )


async def test_everything_that_can_be_picked_is_listed_by_the_simulator() -> None:
    async with embedded(5) as desk:
        zendesk, pagerduty = desk.assembly.apis
        await desk.assembly.poller.read_once()
        views = await ZendeskDirectory(zendesk).views()
        agents = await ZendeskDirectory(zendesk).agents()
        lists = PagerDutyDirectory(pagerduty)

        assert [view.title for view in views] == [
            view.title for view in desk.world.zendesk.views.values()
        ]
        assert {agent.role for agent in agents} <= {"agent", "admin"}
        assert agents
        assert {s.id for s in await lists.services()} == set(desk.world.pagerduty.services)
        assert {s.id for s in await lists.schedules()} == set(desk.world.pagerduty.schedules)
        assert [p.name for p in await lists.priorities()][:2] == ["P1", "P2"]
        assert await lists.policies()
        assert {u.email for u in await lists.users()} == {
            user.email for user in desk.world.pagerduty.users.values()
        }
        assert "teams" in await lists.abilities()


async def test_a_list_of_several_pages_is_read_whole_and_once_each() -> None:
    first = {"teams": [{"id": f"T{n}", "name": f"team {n}"} for n in range(100)], "more": True}
    second = {"teams": [{"id": "T99", "name": "team 99"}, {"id": "TX", "name": None}]}
    vendor = Vendor(ok(first), ok(second))

    teams = await at_pagerduty(vendor).teams()

    assert len(teams) == 101
    assert teams[-1] == Named("TX", "TX")
    assert ("offset", "100") in vendor.query(1)


async def test_an_account_without_the_feature_has_an_empty_list() -> None:
    refused = httpx.Response(402, json={"error": {"message": "Account lacks", "code": 2014}})

    assert await at_pagerduty(Vendor(refused)).priorities() == ()


async def test_an_entry_that_cannot_be_read_is_left_out() -> None:
    vendor = Vendor(ok({"services": [{"name": "no id"}, {"id": "S1", "summary": "web"}]}))

    assert await at_pagerduty(vendor).services() == (Named("S1", "web"),)


async def test_a_suspended_agent_is_not_to_be_picked() -> None:
    users = [
        {"id": 1, "name": "Ann", "email": "a@example.com", "role": "agent"},
        {"id": 2, "name": "Bob", "role": "agent", "suspended": True},
    ]
    vendor = Vendor(ok({"users": users, "meta": {"has_more": False}}))

    found = await ZendeskDirectory(vendor.api()).agents()

    assert [person.name for person in found] == ["Ann"]
