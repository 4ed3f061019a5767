"""How does one pair of Zendesk's OAuth tokens become the next?

An access token lives for half an hour, a refresh token for thirty days and for one use: Zendesk
drops the old pair as it answers, without a grace period, so the new one is to be kept before it is
used. An OAuth client made before 30 April 2026 gives tokens that never end, and that cannot be
renewed, unless it is said when they are to end; so it is always said, with what newer clients do by
themselves. Source: POST /oauth/tokens; support.zendesk.com, article 9182123625370.
"""

import msgspec
from msgspec import Struct

from services.api.client import Api
from services.api.exchange import Request, decode
from services.errors import OutcomeUnknown, Rejected, Unauthorised, UnexpectedReply
from services.secret import Secret

SCOPE = "read write"
PATH = "/oauth/tokens"
EXPIRES_IN = 1_800
"""Seconds that an access token is asked to live: more than 300, and less than two days."""
REFRESH_EXPIRES_IN = 2_592_000
"""Seconds that a refresh token is asked to live: more than a week, and less than 90 days."""
AGAIN = "Log in again with `rota login zendesk`."


class TokenPair(Struct, frozen=True):
    """What stands for a person's consent."""

    access: Secret
    refresh: Secret
    client_id: str
    """The OAuth client that the consent was given to."""
    client_secret: Secret | None = None
    """None for a public client, which has none."""


class _Pair(msgspec.Struct):
    access_token: str
    refresh_token: str | None = None


async def pair_for_code(
    api: Api,
    code: str,
    verifier: str,
    redirect_uri: str,
    client_id: str,
    client_secret: Secret | None = None,
) -> TokenPair:
    """The first pair, for the code that the browser brought.

    Args:
        api: Zendesk without credentials.
        code: From the redirect; good once.
        verifier: PKCE's, whose challenge went with the question.
        redirect_uri: The same as then.
        client_id: The OAuth client.
        client_secret: Its secret, unless it is a public one.

    Raises:
        Unauthorised: The code is not good, or no longer.
        ServiceError: Zendesk cannot be asked.
    """
    asked = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": verifier,
        "redirect_uri": redirect_uri,
    }
    return await _pair(api, asked, client_id, client_secret)


async def next_pair(api: Api, pair: TokenPair) -> TokenPair:
    """The pair that follows; the one given is worth nothing afterwards.

    Args:
        api: Zendesk without credentials.
        pair: The latest pair of this consent.

    Raises:
        Unauthorised: The refresh token has been used or is too old; only a person can help.
        OutcomeUnknown: The answer was lost, and the old pair may be worth nothing now.
        ServiceError: Zendesk cannot be asked; the old pair is as good as before.
    """
    asked = {"grant_type": "refresh_token", "refresh_token": pair.refresh.reveal()}
    return await _pair(api, asked, pair.client_id, pair.client_secret)


async def _pair(
    api: Api, asked: dict[str, str], client_id: str, client_secret: Secret | None
) -> TokenPair:
    body: dict[str, str | int] = {**asked, "client_id": client_id, "scope": SCOPE}
    body |= {"expires_in": EXPIRES_IN, "refresh_token_expires_in": REFRESH_EXPIRES_IN}
    if client_secret is not None:
        body["client_secret"] = client_secret.reveal()
    try:
        sent = msgspec.json.encode(body)
        answer = await api.ask(Request("POST", PATH, body=sent, urgent=True, patient=True))
        told = decode(api.source, answer, _Pair)
    except (Rejected, Unauthorised):
        # Its words may hold what we sent.
        raise Unauthorised(api.source, "Zendesk's consent has ended.", AGAIN) from None
    except UnexpectedReply as error:
        raise OutcomeUnknown(api.source, error.headline, AGAIN) from None
    if told.refresh_token is None:
        raise Unauthorised(api.source, "Zendesk gave a token that cannot be renewed.", AGAIN)
    return TokenPair(
        Secret(told.access_token), Secret(told.refresh_token), client_id, client_secret
    )
