"""Which half of an issue can be relied on, and of when is the other?"""

from datetime import timedelta

import pytest

from services.domain import Health, Issue, Snapshot, Source, SourceStatus
from tests.screen.stage import NOON, POLICY, Desk, incident, issue, snapshot
from widgets.trust import half_wording

EVERY = timedelta(seconds=30)


def asked(seconds_ago: float, state: Health = Health.OK) -> SourceStatus:
    failures = 3 if state is Health.STALE else 0
    at = NOON - timedelta(seconds=seconds_ago)
    return SourceStatus(state, at, "It is away.", failures, NOON + EVERY, EVERY)


NEVER = SourceStatus(Health.ERROR, None, "It is away.", 2, NOON + EVERY, EVERY)


@pytest.mark.parametrize(
    ("status", "paused", "words"),
    [
        pytest.param(asked(5), False, "", id="live"),
        pytest.param(SourceStatus(Health.OFF), False, "", id="off"),
        pytest.param(asked(80), False, "! LATE: as of 1m ago", id="late"),
        pytest.param(asked(400, Health.STALE), False, "! STALE: as of 6m ago", id="stale"),
        pytest.param(asked(5), True, "! as of 5s ago", id="paused"),
        pytest.param(asked(130, Health.ERROR), False, "! FAILING: as of 2m ago", id="refused"),
        pytest.param(NEVER, False, "! FAILING: as last known", id="never answered"),
    ],
)
def test_the_words_for_a_half(status: SourceStatus, paused: bool, words: str) -> None:
    told = Snapshot((), {Source.ZENDESK: status}, paused=paused)

    assert half_wording(told, Source.ZENDESK, NOON) == words


def pair() -> Issue:
    mail, page = issue(1, "API is down"), incident(7, "API is down")
    return Issue(mail.ticket, page.incident, POLICY.promises(mail.ticket, page.incident))


async def test_both_halves_of_a_pair_tell_their_age_where_one_is_not_live() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(120, 40)) as pilot:
        await desk.give(pilot, snapshot(pair(), zendesk=asked(5), pagerduty=asked(5)))
        well = desk.text()
        await desk.give(
            pilot, snapshot(pair(), zendesk=asked(5), pagerduty=asked(300, Health.STALE))
        )
        one_away = desk.text()
        await desk.pass_time(pilot, 61)
        later = desk.text()

    assert "as of" not in well
    assert "! STALE: as of 5m ago" in one_away
    assert "  as of just now" in one_away
    assert "! STALE: as of 6m ago" in later
