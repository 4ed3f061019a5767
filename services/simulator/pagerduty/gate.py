"""Who is asking PagerDuty, may they, and how much may they still ask?"""

from collections.abc import Callable
from dataclasses import replace

from services.simulator.call import Call, Refused, Reply
from services.simulator.keys import Keys
from services.simulator.limits import Bucket, Limits
from services.simulator.pagerduty.account import PagerDutyAccount
from services.simulator.pagerduty.pages import error
from services.simulator.pagerduty.records import Conflict, User

Answer = Callable[[PagerDutyAccount, Call, User | None], Reply]

_NO_FROM = 'You must specify a user\'s email address in the "From" header to perform this action'

_FROM_FREE = ("/schedules/{schedule_id}/overrides", "/incidents/{incident_id}/responder_requests")
"""Templates (and all below) whose writes say in another way who is asking."""


class Gate:
    """Stands before every endpoint of PagerDuty."""

    def __init__(self, account: PagerDutyAccount, keys: Keys, limits: Limits) -> None:
        self._account = account
        self._keys = keys
        self._limits = limits

    def serve(self, call: Call, answer: Answer) -> Reply:
        """Answer the call with everything that PagerDuty puts around an answer."""
        buckets: list[Bucket] = []
        try:
            owner = self._who(call)
            buckets = self._buckets(call, owner)
            if not all(bucket.remaining for bucket in buckets):
                raise error(429, 2020, "Rate Limit Exceeded")
            for bucket in buckets:
                bucket.used += 1
            reply = answer(self._account, call, self._acting(call, owner))
        except Refused as refused:
            reply = refused.reply
        except Conflict as conflict:
            reply = error(conflict.status, conflict.code, conflict.message, *conflict.errors).reply
        if not buckets:
            return reply
        return replace(reply, headers={**self._headers(buckets), **reply.headers})

    def _who(self, call: Call) -> str:
        """The id of the user whose key this is; empty for the account's."""
        scheme, _, rest = call.headers.get("authorization", "").partition(" ")
        token = rest.strip()
        if scheme == "Token":
            token = token.removeprefix("token=") if token.startswith("token=") else ""
        elif scheme != "Bearer":
            token = ""
        if token == self._keys.pagerduty_account:
            return ""
        if token not in self._keys.pagerduty_users:
            raise error(401, 2006, "Authentication failed")
        mine = self._keys.pagerduty_users[token]
        return "" if self._account.settings.pagerduty_account_key else mine

    def _acting(self, call: Call, owner: str) -> User | None:
        """Who does it: whoever `From` names, else whoever the key belongs to."""
        sender = call.headers.get("from", "")
        if sender and call.method != "GET":
            user = self._account.user_by_email(sender)
            if user is None:
                raise error(400, 1008, "Requester User Not Found")
            return self._account.users[owner] if owner else user
        if owner:
            return self._account.users[owner]
        needs = call.method in ("POST", "PUT") and not call.template.startswith(_FROM_FREE)
        if needs:
            raise error(400, 2016, _NO_FROM)
        return None

    def _buckets(self, call: Call, owner: str) -> list[Bucket]:
        settings, bucket = self._account.settings, self._limits.bucket
        name = f"pagerduty:{owner}" if owner else "pagerduty"
        buckets = [bucket(name, settings.pagerduty_limit)]
        if call.template == "/incidents" and call.method in ("POST", "PUT"):
            buckets.append(bucket(f"{name}:incident-writes", settings.incident_write_limit))
        elif call.template == "/oncalls":
            buckets.append(bucket(f"{name}:oncalls", settings.oncalls_limit))
        return buckets

    def _headers(self, buckets: list[Bucket]) -> dict[str, str]:
        """The state of whichever bucket is nearest to being empty."""
        tightest = min(buckets, key=lambda bucket: bucket.remaining / max(1, bucket.total))
        return {
            "ratelimit-limit": str(tightest.total),
            "ratelimit-remaining": str(tightest.remaining),
            "ratelimit-reset": str(tightest.resets(self._account.timeline.now())),
        }
