"""How does a client come by Zendesk tokens? By a person's consent, and later by a refresh token."""

from collections.abc import Callable
from urllib.parse import urlencode

from services.simulator.call import Call, Json, Reply
from services.simulator.keys import Consent, Keys, OAuth

_DESCRIPTION = (
    "The provided authorization grant is invalid, expired, revoked, or was issued to another "
    "client."
)


def agree(keys: Keys, call: Call) -> Reply:
    """GET /oauth/authorizations/new: whoever is on shift agrees at once, and is sent back."""
    asked = {name: call.query.get(name) for name, _ in call.query.pairs}
    target = asked.get("redirect_uri", "")
    method = asked.get("code_challenge_method", "S256")
    known = asked.get("client_id") == keys.client_id and asked.get("response_type") == "code"
    if not (known and target and method == "S256"):
        text = "This is no request that Zendesk understands."
        return Reply(400, raw=text.encode(), content_type="text/plain")
    code = keys.agree(Consent(target, asked.get("code_challenge", "")))
    back = urlencode({"code": code, "state": asked.get("state", "")})
    return Reply(302, headers={"location": f"{target}{'&' if '?' in target else '?'}{back}"})


def tokens(keys: Keys, call: Call) -> Reply:
    """POST /oauth/tokens: a code, or a refresh token, is changed for a pair; each works once."""
    asked = call.object()
    grant = asked.get("grant_type")
    if grant not in ("refresh_token", "authorization_code"):
        body = {"error": "unsupported_grant_type", "error_description": "Not supported"}
        return Reply(400, body)
    if asked.get("client_id") != keys.client_id:
        body = {"error": "invalid_client", "error_description": "Unknown client"}
        return Reply(401, body)
    pair = _pair(keys, asked)
    if pair is None:
        return Reply(400, {"error": "invalid_grant", "error_description": _DESCRIPTION})
    body = {
        "access_token": pair.access,
        "refresh_token": pair.refresh,
        "token_type": "bearer",
        "scope": "read write",
    }
    if keys.lifetime is not None:
        seconds = int(keys.lifetime.total_seconds())
        return Reply(200, {**body, "expires_in": seconds, "refresh_token_expires_in": 2_592_000})
    return Reply(200, body)


def _pair(keys: Keys, asked: Json) -> OAuth | None:
    if asked["grant_type"] == "refresh_token":
        return keys.refresh(str(asked.get("refresh_token")))
    said = (str(asked.get(name) or "") for name in ("code", "redirect_uri", "code_verifier"))
    return keys.exchange(*said)


ROUTES: tuple[tuple[str, str, Callable[[Keys, Call], Reply]], ...] = (
    ("GET", "authorizations/new", agree),
    ("POST", "tokens", tokens),
)
"""Below `/oauth`, which is not below the API's root."""
