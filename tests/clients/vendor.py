"""A vendor that answers from a list, and remembers what it was asked."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.api.client import Api
from services.clock import ManualClock
from services.domain import Severity, Source
from services.pagerduty.client import PagerDuty, pagerduty_token
from services.zendesk.client import Zendesk, zendesk_bearer

TOKEN = "s3cr3t-T0ken-0123456789"
SAMPLES = Path(__file__).parents[2] / ".." / "shared" / "api"
P1_TO_P4 = {severity.value: severity for severity in Severity}
Reply = httpx.Response | Callable[[httpx.Request], httpx.Response]


class Vendor:
    """Gives its replies in turn, the last one for ever."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        return reply(request) if callable(reply) else reply

    def api(
        self,
        source: Source = Source.ZENDESK,
        base_url: str = "https://desk.example.com",
        headers: Callable[[], Mapping[str, str]] = lambda: zendesk_bearer(TOKEN),
        clock: ManualClock | None = None,
        **more: Any,
    ) -> Api:
        """An API whose other end this vendor is."""
        clock = clock or ManualClock(datetime(2026, 1, 5, 9, tzinfo=UTC))
        transport = httpx.MockTransport(self)
        return Api(source, base_url, headers=headers, clock=clock, transport=transport, **more)

    def zendesk(self) -> Zendesk:
        """A Zendesk client in front of this vendor."""
        tags = P1_TO_P4 | {"sev-major": Severity.P2}
        return Zendesk(self.api(), tags, "https://desk.example.com/")

    def pagerduty(self) -> PagerDuty:
        """A PagerDuty client in front of this vendor."""
        api = self.api(Source.PAGERDUTY, "https://pd.example.com", lambda: pagerduty_token(TOKEN))
        return PagerDuty(api, P1_TO_P4)

    def query(self, request: int = 0) -> list[tuple[str, str]]:
        """What was asked, in order."""
        return list(self.asked[request].url.params.multi_items())


def ok(body: object) -> httpx.Response:
    """A good answer."""
    return httpx.Response(200, json=body)


def sample(vendor: str, name: str) -> Any:
    """The body of a recorded or documented answer."""
    path = SAMPLES / f"{vendor}-samples" / f"{name}.json"
    if not path.is_file():
        pytest.skip(f"needs the samples in {SAMPLES}")
    return json.loads(path.read_text(encoding="utf-8"))["body"]
