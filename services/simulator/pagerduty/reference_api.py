"""Reading what incidents refer to: users, services, policies, priorities, teams, abilities."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from services.simulator.call import Call, Json, Reply
from services.simulator.pagerduty.account import PagerDutyAccount
from services.simulator.pagerduty.gate import Answer
from services.simulator.pagerduty.incidents_api import local_writer
from services.simulator.pagerduty.pages import error, paged
from services.simulator.pagerduty.records import User

ABILITIES = ("teams", "urgencies", "read_only_users", "service_support_hours")
MORE_ABILITIES = ("priorities", "coordinated_responding")

Row = TypeVar("Row")


def _listed(
    account: PagerDutyAccount,
    call: Call,
    name: str,
    rows: Iterable[Row],
    write: Callable[[Row], Json | None],
) -> Reply:
    page, envelope = paged(call, account.settings, list(rows))
    return Reply(200, {name: [write(row) for row in page], **envelope})


def show_me(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """GET /users/me: for a user's key only."""
    if me is None:
        text = "There is no user associated with an account-level access token"
        raise error(400, 2001, "Invalid Input Provided", text)
    return Reply(200, {"user": local_writer(account, call).full_user(me)})


def users(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """GET /users, whose name or address contains `query`."""
    word = call.query.get("query").lower()
    rows = [u for u in account.users.values() if word in f"{u.name} {u.email}".lower()]
    return _listed(account, call, "users", rows, local_writer(account, call).full_user)


def show_user(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """GET /users/{id}."""
    user = account.users.get(call.places["user_id"])
    if user is None:
        raise error(404, 2100, "Not Found")
    return Reply(200, {"user": local_writer(account, call).full_user(user)})


def services(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """GET /services, whose name contains `query`."""
    word = call.query.get("query").lower()
    rows = sorted(
        (s for s in account.services.values() if word in s.name.lower()), key=lambda s: s.name
    )
    return _listed(account, call, "services", rows, local_writer(account, call).full_service)


def show_service(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """GET /services/{id}."""
    service = account.services.get(call.places["service_id"])
    if service is None:
        raise error(404, 2100, "Not Found")
    return Reply(200, {"service": local_writer(account, call).full_service(service)})


def policies(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """GET /escalation_policies, whose name contains `query`."""
    word = call.query.get("query").lower()
    rows = [policy for policy in account.policies.values() if word in policy.name.lower()]
    write = local_writer(account, call)
    return _listed(account, call, "escalation_policies", rows, write.full_policy)


def show_policy(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """GET /escalation_policies/{id}."""
    policy = account.policies.get(call.places["policy_id"])
    if policy is None:
        raise error(404, 2100, "Not Found")
    return Reply(200, {"escalation_policy": local_writer(account, call).full_policy(policy)})


def priorities(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """GET /priorities, the most severe first; 402 where the account has none."""
    if not account.settings.priorities:
        raise error(402, 2014, "Missing Account Ability", "Account does not have priorities")
    write = local_writer(account, call)
    rows = account.priorities.values()
    return _listed(account, call, "priorities", rows, lambda p: write.priority(p, full=True))


def teams(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """GET /teams, whose name contains `query`."""
    word = call.query.get("query").lower()
    rows = [team for team in account.teams.values() if word in team.name.lower()]
    return _listed(account, call, "teams", rows, local_writer(account, call).full_team)


def _abilities(account: PagerDutyAccount) -> tuple[str, ...]:
    return ABILITIES + (MORE_ABILITIES if account.settings.priorities else MORE_ABILITIES[1:])


def abilities(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """GET /abilities: all of them at once."""
    return Reply(200, {"abilities": list(_abilities(account))})


def has_ability(account: PagerDutyAccount, call: Call, me: User | None) -> Reply:
    """GET /abilities/{name}: 204 has it, 402 has it not, 404 nobody has."""
    name = call.places["ability"]
    if name in _abilities(account):
        return Reply(204)
    if name in (*ABILITIES, *MORE_ABILITIES, "sso", "response_plays"):
        raise error(402, 2014, "Missing Account Ability")
    raise error(404, 2100, "Not Found")


ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("GET", "/users/me", show_me),
    ("GET", "/users", users),
    ("GET", "/users/{user_id}", show_user),
    ("GET", "/services", services),
    ("GET", "/services/{service_id}", show_service),
    ("GET", "/escalation_policies", policies),
    ("GET", "/escalation_policies/{policy_id}", show_policy),
    ("GET", "/priorities", priorities),
    ("GET", "/teams", teams),
    ("GET", "/abilities", abilities),
    ("GET", "/abilities/{ability}", has_ability),
)
