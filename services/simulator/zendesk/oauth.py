"""Changing a refresh token for a new pair of Zendesk tokens."""

from services.simulator.call import Call, Reply
from services.simulator.keys import Keys

_DESCRIPTION = (
    "The provided authorization grant is invalid, expired, revoked, or was issued to another "
    "client."
)


def refresh(keys: Keys, call: Call) -> Reply:
    """POST /oauth/tokens with `grant_type=refresh_token`; the old pair is worth nothing then."""
    asked = call.object()
    if asked.get("grant_type") != "refresh_token":
        body = {"error": "unsupported_grant_type", "error_description": "Not supported"}
        return Reply(400, body)
    if asked.get("client_id") != keys.client_id:
        body = {"error": "invalid_client", "error_description": "Unknown client"}
        return Reply(401, body)
    pair = keys.refresh(str(asked.get("refresh_token")))
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
