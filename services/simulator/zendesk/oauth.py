"""How does a client come by Zendesk tokens? By a person's consent, and later by a refresh token."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

from services.simulator.call import Call, Json, Reply
from services.simulator.keys import Consent, Keys, OAuth

_DESCRIPTION = (
    "The provided authorization grant is invalid, expired, revoked, or was issued to another "
    "client."
)

_MONTH = 2_592_000
_LIMITS = {"expires_in": (300, 172_800), "refresh_token_expires_in": (604_800, 7_776_000)}
"""Seconds that a token may be asked to live: more than the first, less than the second."""


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
    lives, refresh_lives = (_seconds(asked.get(name)) for name in _LIMITS)
    for seconds, (least, most) in zip((lives, refresh_lives), _LIMITS.values(), strict=True):
        if seconds is not None and not least < seconds < most:
            body = {"error": "invalid_request", "error_description": "Not within the limits"}
            return Reply(400, body)
    pair = _pair(keys, asked, timedelta(seconds=lives) if lives else None)
    if pair is None:
        return Reply(400, {"error": "invalid_grant", "error_description": _DESCRIPTION})
    told: Json = {"access_token": pair.access, "token_type": "bearer", "scope": "read write"}
    if lives is None and keys.old_client:
        pair.expires_at = None
        return Reply(200, told)
    told["refresh_token"] = pair.refresh
    lifetime = timedelta(seconds=lives) if lives else keys.lifetime
    if lifetime is not None:
        told["expires_in"] = int(lifetime.total_seconds())
        told["refresh_token_expires_in"] = refresh_lives or _MONTH
    return Reply(200, told)


def _seconds(asked: object) -> int | None:
    """How long something is to live, as a number or, in a form, as text."""
    return int(str(asked)) if str(asked).isdecimal() else None


def _pair(keys: Keys, asked: Json, lifetime: timedelta | None) -> OAuth | None:
    if asked["grant_type"] == "refresh_token":
        return keys.refresh(str(asked.get("refresh_token")), lifetime)
    names = ("code", "redirect_uri", "code_verifier")
    code, redirect_uri, verifier = (str(asked.get(name) or "") for name in names)
    return keys.exchange(code, redirect_uri, verifier, lifetime)


ROUTES: tuple[tuple[str, str, Callable[[Keys, Call], Reply]], ...] = (
    ("GET", "authorizations/new", agree),
    ("POST", "tokens", tokens),
)
"""Below `/oauth`, which is not below the API's root."""
