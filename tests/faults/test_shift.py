"""A whole shift of random trouble: at its end the queue is the truth, to the last fact."""

from datetime import timedelta

import msgspec

from services.config.tables import Poll
from services.health import Trust
from tests.faults.shift import BUDGET_PER_MINUTE, lived_through
from tests.faults.stage import CONFIG

HOURS = 12

SLOWLY = msgspec.structs.replace(
    CONFIG, poll=Poll(zendesk=timedelta(seconds=120), pagerduty=timedelta(seconds=60))
)
"""A quarter of the usual pace, to keep the suite quick; `make faults` goes at the usual one."""


async def test_twelve_hours_of_trouble_end_with_the_truth() -> None:
    shift = await lived_through(HOURS, seed=3, config=SLOWLY)

    assert shift.lies == []
    assert shift.polls > 900
    assert shift.growth <= 0.10
    for source, most in BUDGET_PER_MINUTE.items():
        assert shift.per_minute(source) <= most
        assert [on.word(source) for on in shift.crowd] == [Trust.LIVE]
