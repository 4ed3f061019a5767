"""C: who may ask Zendesk, and how often."""

import base64
import hashlib
from datetime import timedelta

import httpx
import pytest

from services.simulator import faults
from services.simulator.interference import Effect
from services.simulator.keys import Consent
from services.simulator.settings import Settings
from tests.simulator.conftest import MakeStage, Stage

BEARER = {"authorization": "Bearer nonsense"}


async def test_c1_bearer_and_api_token_open_the_door_and_others_do_not(stage: Stage) -> None:
    email, token = stage.world.zendesk_email, stage.world.zendesk_api_token
    with_basic = await stage.zendesk("GET", "/users/me", auth=(f"{email}/token", token))
    wrong_basic = await stage.zendesk("GET", "/tickets", auth=(f"{email}/token", "x"))
    wrong_bearer = await stage.zendesk("GET", "/users/me", headers=BEARER)

    assert with_basic.json()["user"]["id"] == stage.world.me
    assert [wrong_basic.status_code, wrong_bearer.status_code] == [401, 401]
    assert wrong_bearer.json() == {"error": "Couldn't authenticate you"}


async def test_c1_an_access_token_expires_and_a_refresh_replaces_both(
    make_stage: MakeStage,
) -> None:
    stage = make_stage(oauth_lifetime=timedelta(minutes=30))
    old = stage.world.zendesk_refresh_token
    await stage.clock.advance(1800)
    assert (await stage.zendesk("GET", "/tickets")).status_code == 401

    body = {"grant_type": "refresh_token", "refresh_token": old, "client_id": "rota"}
    client = stage.zendesk.client
    answer = await client.post("/zendesk/oauth/tokens", json=body)
    again = await client.post("/zendesk/oauth/tokens", json=body)
    headers = {"authorization": f"Bearer {answer.json()['access_token']}"}

    assert answer.json()["refresh_token"] != old
    assert again.status_code == 400
    assert (await stage.zendesk("GET", "/tickets", headers=headers)).status_code == 200


async def test_c1_consent_in_the_browser_buys_tokens_once_and_only_for_whoever_asked(
    stage: Stage,
) -> None:
    client, verifier = stage.zendesk.client, "v" * 43
    digest = hashlib.sha256(verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": "rota",
        "redirect_uri": "http://127.0.0.1:9999/rota",
        "state": "s1",
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }

    async def code() -> str:
        back = await client.get("/zendesk/oauth/authorizations/new", params=asked)
        place = httpx.URL(back.headers["location"])
        assert (back.status_code, place.path, place.params["state"]) == (302, "/rota", "s1")
        return str(place.params["code"])

    async def bought(code: str, verifier: str) -> httpx.Response:
        form = {"grant_type": "authorization_code", "client_id": "rota", "code": code}
        form |= {"redirect_uri": asked["redirect_uri"], "code_verifier": verifier}
        return await client.post("/zendesk/oauth/tokens", data=form)

    first = await code()
    good, again = await bought(first, verifier), await bought(first, verifier)
    stranger = await bought(await code(), "x" * 43)
    headers = {"authorization": f"Bearer {good.json()['access_token']}"}

    assert (await stage.zendesk("GET", "/users/me", headers=headers)).status_code == 200
    assert [again.status_code, stranger.status_code] == [400, 400]
    assert (await stage.zendesk("GET", "/users/me")).status_code == 200


@pytest.mark.parametrize("auth", [None, ("someone@platform.example", "password")])
async def test_c2_users_me_without_credentials_is_a_nameless_200(
    stage: Stage, auth: tuple[str, str] | None
) -> None:
    request = stage.zendesk.client.build_request("GET", "/zendesk/api/v2/users/me")
    del request.headers["authorization"]

    response = await stage.zendesk.client.send(
        request, auth=httpx.BasicAuth(*auth) if auth else None
    )

    assert response.status_code == 200
    assert response.json()["user"]["id"] is None


@pytest.mark.parametrize(
    "path",
    ["/incremental/tickets/cursor?start_time=0", "/ticket_audits?page[size]=1", "/slas/policies"],
)
async def test_c3_what_is_for_admins_is_403_for_agents(make_stage: MakeStage, path: str) -> None:
    as_agent = await make_stage().zendesk("GET", path)
    as_admin = await make_stage(role="admin").zendesk("GET", path)

    assert (as_agent.status_code, as_admin.status_code) == (403, 200)
    assert as_agent.json()["error"]["title"] == "Forbidden"


async def test_c3_a_restricted_agent_sees_only_their_groups(stage: Stage) -> None:
    ours, others = stage.ticket(), stage.ticket(group_id=stage.world.cast.billing)
    stage.world.adopt(Settings(role="restricted"))
    listed = await stage.zendesk.get("/tickets?page[size]=10")
    me = await stage.zendesk.get("/users/me")

    assert [row["id"] for row in listed["tickets"]] == [ours.id]
    assert (await stage.zendesk("GET", f"/tickets/{others.id}")).status_code == 404
    assert me["user"]["ticket_restriction"] == "groups"


async def test_c4_rate_headers_in_both_spellings(make_stage: MakeStage) -> None:
    new = (await make_stage().zendesk("GET", "/tickets")).headers
    old = (await make_stage(rate_headers="2023").zendesk("GET", "/tickets")).headers

    assert new["ratelimit-limit"] == new["x-rate-limit"] == "700"
    assert new["ratelimit-remaining"] == new["x-rate-limit-remaining"] == "699"
    assert new["zendesk-ratelimit-tickets-index"] == "total=100; remaining=99; resets=60"
    assert (old["rate-limit"], old["rate-limit-remaining"], old["rate-limit-reset"]) == (
        "700",
        "699",
        "60",
    )
    assert old["zendesk-rate-limit-tickets-index"].startswith("total=100")


async def test_c5_an_endpoint_can_be_exhausted_while_the_account_is_not(
    make_stage: MakeStage,
) -> None:
    stage = make_stage(tickets_index_limit=1)
    await stage.zendesk("GET", "/tickets")

    refused = await stage.zendesk("GET", "/tickets")

    assert refused.status_code == 429
    assert int(refused.headers["ratelimit-remaining"]) > 0
    assert refused.headers["retry-after"] == "60"


async def test_c6_thirty_updates_of_one_ticket_in_ten_minutes(stage: Stage) -> None:
    ticket = stage.ticket()
    body = {"ticket": {"comment": {"body": "x", "public": False}}}

    statuses = [
        (await stage.zendesk("PUT", f"/tickets/{ticket.id}", body)).status_code for _ in range(31)
    ]
    other = await stage.zendesk("PUT", f"/tickets/{stage.ticket().id}", body)
    await stage.clock.advance(601)
    later = await stage.zendesk("PUT", f"/tickets/{ticket.id}", body)

    assert statuses == [200] * 30 + [429]
    assert (other.status_code, later.status_code) == (200, 200)
    assert other.headers["zendesk-ratelimit-per-ticket-updates"].startswith(
        "total=30; remaining=29"
    )


async def test_c9_the_headers_around_an_answer(stage: Stage) -> None:
    headers = (await stage.zendesk("GET", "/tickets")).headers

    assert headers["etag"].startswith('W/"')
    assert headers["x-zendesk-api-version"] == "v2"
    assert headers["content-type"] == "application/json; charset=utf-8"


async def test_c27_unknown_records_and_unknown_paths(stage: Stage) -> None:
    ticket = stage.ticket()
    stage.world.zendesk.delete(ticket.id)

    for path in ("/tickets/1", f"/tickets/{ticket.id}", f"/tickets/{ticket.id}/comments"):
        response = await stage.zendesk("GET", path)
        assert response.status_code == 404
        assert response.json() == {"error": "RecordNotFound", "description": "Not found"}
    response = await stage.zendesk("GET", "/nowhere")
    assert response.json() == {"error": "InvalidEndpoint", "description": "Not found"}


async def test_c7_unavailable_with_a_word_on_when_to_come_back(stage: Stage) -> None:
    stage.world.faults.add(faults.unavailable(45), vendor="zendesk", times=1)

    first = await stage.zendesk("GET", "/groups")

    assert (first.status_code, first.headers["retry-after"]) == (503, "45")
    assert (await stage.zendesk("GET", "/groups")).status_code == 200


async def test_c8_the_smaller_buckets(make_stage: MakeStage) -> None:
    stage = make_stage(role="admin", incremental_limit=2, ticket_update_limit=2)
    view = next(iter(stage.world.zendesk.views))
    tickets = [stage.ticket(f"Ticket {n}") for n in range(3)]

    export = "/incremental/tickets/cursor?start_time=1700000000"
    exports = [(await stage.zendesk("GET", export)).status_code for _ in range(3)]
    counts = [(await stage.zendesk("GET", f"/views/{view}/count")).status_code for _ in range(6)]
    updates = [
        (await stage.zendesk("PUT", f"/tickets/{t.id}", {"ticket": {"type": "task"}})).status_code
        for t in tickets
    ]

    assert exports == [200, 200, 429]
    assert counts == [200] * 5 + [429]
    assert updates == [200, 200, 429]


@pytest.mark.parametrize(
    ("effect", "kind"), [(faults.plain_text(), "text/plain"), (faults.html_page(), "text/html")]
)
async def test_c47_an_error_need_not_be_json(stage: Stage, effect: Effect, kind: str) -> None:
    stage.world.faults.add(effect)

    response = await stage.zendesk("GET", "/tickets")

    assert response.status_code == 502
    assert response.headers["content-type"].startswith(kind)


async def test_c1_a_token_of_an_old_client_never_ends_and_cannot_be_renewed_unless_it_is_asked_to(
    make_stage: MakeStage,
) -> None:
    stage = make_stage(oauth_client="old", oauth_lifetime=timedelta(minutes=30))
    client = stage.zendesk.client

    async def bought(**more: object) -> httpx.Response:
        code = stage.world.keys.agree(Consent("http://127.0.0.1:9999/rota", ""))
        body = {"grant_type": "authorization_code", "client_id": "rota", "code": code}
        body |= {"redirect_uri": "http://127.0.0.1:9999/rota", "code_verifier": ""}
        return await client.post("/zendesk/oauth/tokens", json={**body, **more})

    for_ever, for_an_hour = (await bought()).json(), (await bought(expires_in=3600)).json()
    await stage.clock.advance(3600)
    whose = [stage.world.keys.bearer(one["access_token"]) for one in (for_ever, for_an_hour)]

    assert for_ever.keys() == {"access_token", "token_type", "scope"}
    assert (for_an_hour["expires_in"], for_an_hour["refresh_token_expires_in"]) == (3600, 2_592_000)
    assert whose == [stage.world.me, None]


@pytest.mark.parametrize(
    "asked",
    [
        {"expires_in": 300},
        {"expires_in": 172_800},
        {"refresh_token_expires_in": 604_800},
        {"refresh_token_expires_in": 7_776_000},
    ],
)
async def test_c1_a_token_that_is_asked_to_live_too_short_or_too_long_is_refused(
    asked: dict[str, int], stage: Stage
) -> None:
    old = stage.world.zendesk_refresh_token
    body = {"grant_type": "refresh_token", "refresh_token": old, "client_id": "rota", **asked}
    answer = await stage.zendesk.client.post("/zendesk/oauth/tokens", json=body)

    assert answer.status_code == 400
    assert stage.world.zendesk_refresh_token == old
