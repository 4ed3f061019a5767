"""Is what happened behind the screen told on it, once, and kept to be looked up?"""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from services.domain import Health, SourceStatus
from tests.screen.stage import FRESH, NOON, Desk, issue, settle, snapshot

AWAY = SourceStatus(
    Health.STALE,
    NOON - timedelta(minutes=3),
    "Zendesk is unreachable. Is the network up, and base_url right?",
    4,
    NOON + timedelta(seconds=40),
)


@pytest.mark.parametrize("key", ["L", "ctrl+l"])
async def test_the_log_opens_and_tells_what_was_said(key: str) -> None:
    desk = Desk()
    async with desk.app.run_test(size=(120, 30)) as pilot:
        told = replace(snapshot(issue(1, "One")), said=("Zendesk ends API tokens [soon].",))
        desk.feed.waiting.put_nowait(told)
        desk.feed.waiting.put_nowait(told)
        await settle(pilot)
        toasts = [toast for toast in desk.app._notifications]
        await pilot.press(key)
        await settle(pilot)

        assert [toast.message for toast in toasts] == ["Zendesk ends API tokens [soon]."]
        assert "said Zendesk ends API tokens [soon]." in desk.text()


async def test_with_both_vendors_away_it_says_why_and_when_next() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(120, 30)) as pilot:
        other = replace(AWAY, error="The connection to PagerDuty broke off.")
        desk.feed.waiting.put_nowait(snapshot(issue(1, "One"), zendesk=AWAY, pagerduty=other))
        await settle(pilot)
        line = desk.lines("#header")[1]

        assert "Zendesk STALE 3m: unreachable (next try 40s)" in line
        assert "PagerDuty STALE 3m: The connection to" in line
        assert "(next try 40s)" in line.partition("PagerDuty")[2]


async def test_a_vendor_that_is_not_used_is_said_to_be_off() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(120, 30)) as pilot:
        off = SourceStatus(Health.OFF)
        desk.feed.waiting.put_nowait(snapshot(issue(1, "One"), zendesk=FRESH, pagerduty=off))
        await settle(pilot)

        assert "PagerDuty off" in desk.lines("#header")[1]
