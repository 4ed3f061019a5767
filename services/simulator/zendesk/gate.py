"""Who is asking Zendesk, may they, and how much may they still ask?"""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from zlib import crc32

from services.simulator.call import Call, Refused, Reply
from services.simulator.keys import Keys
from services.simulator.limits import Bucket, Limits
from services.simulator.settings import Settings
from services.simulator.wire import encoded
from services.simulator.zendesk.account import ZendeskAccount
from services.simulator.zendesk.records import Invalid, Person

Answer = Callable[[ZendeskAccount, Call, Person], Reply]

ANONYMOUS_ID = 0
"""Who somebody without credentials is; shown as `null`."""

_EXECUTE = ("/views/{view_id}/execute", "/views/{view_id}/count")


@dataclass(slots=True)
class Drawn:
    """The buckets that one request draws on, by the name in Zendesk's headers."""

    account: Bucket
    endpoint: dict[str, Bucket] = field(default_factory=dict)

    @property
    def empty(self) -> Bucket | None:
        """The first bucket with nothing left in it."""
        buckets = (self.account, *self.endpoint.values())
        return next((bucket for bucket in buckets if not bucket.remaining), None)

    def draw(self) -> None:
        """Take one from each."""
        for bucket in (self.account, *self.endpoint.values()):
            bucket.used += 1


class Gate:
    """Stands before every endpoint of Zendesk."""

    def __init__(self, account: ZendeskAccount, keys: Keys, limits: Limits) -> None:
        self._account = account
        self._keys = keys
        self._limits = limits

    def serve(self, call: Call, answer: Answer) -> Reply:
        """Answer the call with everything that Zendesk puts around an answer."""
        drawn: Drawn | None = None
        try:
            me = self._who(call)
            drawn = self._drawn(call, me)
            if empty := drawn.empty:
                raise self._too_many(empty)
            drawn.draw()
            reply = answer(self._account, call, me)
        except Refused as refused:
            reply = refused.reply
        except Invalid as invalid:
            reply = unprocessable(invalid)
        return replace(reply, headers={**self._headers(call, reply, drawn), **reply.headers})

    def _who(self, call: Call) -> Person:
        scheme, _, rest = call.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            person_id = self._keys.bearer(rest.strip())
        elif scheme.lower() == "basic":
            person_id = self._basic(rest)
        else:
            person_id = ANONYMOUS_ID
        if person_id == ANONYMOUS_ID and call.template == "/users/me":
            now = self._account.timeline.stamp()
            return Person(ANONYMOUS_ID, "Anonymous user", "", "end-user", now)
        if not person_id:
            raise Refused(Reply(401, {"error": "Couldn't authenticate you"}))
        return self._account.people[person_id]

    def _basic(self, rest: str) -> int | None:
        """The person behind `email/token:token`; nobody with a password, as there are none."""
        try:
            name, _, secret = base64.b64decode(rest).decode().rpartition(":")
        except (binascii.Error, ValueError):
            return None
        email, slash, kind = name.rpartition("/")
        if not slash or kind != "token":
            return ANONYMOUS_ID
        person = self._account.person_by_email(email)
        known = person is not None and person.is_agent and secret == self._keys.zendesk_api
        return person.id if person is not None and known else None

    def _drawn(self, call: Call, me: Person) -> Drawn:
        settings, bucket = self._account.settings, self._limits.bucket
        drawn = Drawn(bucket("zendesk", settings.zendesk_limit))
        endpoint = drawn.endpoint
        if (call.method, call.template) == ("GET", "/tickets"):
            endpoint["tickets-index"] = bucket(
                "zendesk:tickets-index", settings.tickets_index_limit
            )
        elif (call.method, call.template) == ("PUT", "/tickets/{ticket_id}"):
            own = f"zendesk:per-ticket-updates:{call.places['ticket_id']}:{me.id}"
            endpoint["per-ticket-updates"] = bucket(own, settings.per_ticket_update_limit, 600)
            endpoint["tickets-update"] = bucket(
                "zendesk:tickets-update", settings.ticket_update_limit
            )
        elif call.path.startswith("/incremental/"):
            endpoint["incremental-exports"] = bucket(
                "zendesk:incremental-exports", settings.incremental_limit
            )
        elif call.template in ("/search", "/search/count"):
            endpoint["search-index"] = bucket("zendesk:search-index", 2500)
        elif call.template == "/search/export":
            endpoint["search-export"] = bucket("zendesk:search-export", 100)
        elif call.template in _EXECUTE:
            own = f"zendesk:views:{call.path}:{me.id}"
            endpoint["views-execute"] = bucket(own, 5)
        return drawn

    def _too_many(self, bucket: Bucket) -> Refused:
        body = {
            "error": "APIRateLimitExceeded",
            "description": "Number of allowed API requests per minute exceeded",
        }
        seconds = bucket.resets(self._account.timeline.now())
        return Refused(Reply(429, body, {"retry-after": str(seconds)}))

    def _headers(self, call: Call, reply: Reply, drawn: Drawn | None) -> Mapping[str, str]:
        seal = crc32(encoded(reply)) if reply.status == 200 else 0
        headers = {
            "x-zendesk-api-version": "v2",
            "x-request-id": f"{crc32(call.path.encode()):08x}-LHR",
            "x-runtime": "0.071055",
            "cache-control": "max-age=0, private, must-revalidate" if seal else "no-cache",
        }
        if seal:
            headers["etag"] = f'W/"{seal:032x}"'
        if drawn is not None:
            headers |= self._rates(drawn, self._account.settings)
        return headers

    def _rates(self, drawn: Drawn, settings: Settings) -> dict[str, str]:
        now = self._account.timeline.now()
        account = drawn.account
        stem = "rate-limit" if settings.rate_headers == "2023" else "ratelimit"
        first = stem if settings.rate_headers == "2023" else f"{stem}-limit"
        headers = {
            "x-rate-limit": str(account.total),
            "x-rate-limit-remaining": str(account.remaining),
            first: str(account.total),
            f"{stem}-remaining": str(account.remaining),
            f"{stem}-reset": str(account.resets(now)),
        }
        for name, bucket in drawn.endpoint.items():
            headers[f"zendesk-{stem}-{name}"] = (
                f"total={bucket.total}; remaining={bucket.remaining}; resets={bucket.resets(now)}"
            )
        return headers


def unprocessable(invalid: Invalid) -> Reply:
    """422: the record would not be valid."""
    details = {invalid.field: [{"description": invalid.description}]}
    body = {
        "error": "RecordInvalid",
        "description": "Record validation errors",
        "details": details,
    }
    return Reply(422, body)


def not_found() -> Refused:
    """404: no such record, or none that this agent may see."""
    return Refused(Reply(404, {"error": "RecordNotFound", "description": "Not found"}))


def forbidden() -> Refused:
    """403: for admins only."""
    message = "You do not have access to this page. Please contact the account owner."
    return Refused(Reply(403, {"error": {"title": "Forbidden", "message": message}}))


def too_many_values() -> Refused:
    """400: more ids than may be given. The two blanks are Zendesk's."""
    body = {
        "error": "TooManyValues",
        "description": "Parameter  cannot specify more than 100 values",
        "max_count": 100,
    }
    return Refused(Reply(400, body))


def ids_in(text: str) -> list[int]:
    """The ids in a comma-separated list, at most 100."""
    ids = [int(part) for part in text.split(",") if part.strip().isdigit()]
    if len(ids) > 100:
        raise too_many_values()
    return ids
