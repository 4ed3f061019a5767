"""How long is it before something that failed is tried again?

As long as the vendor says; else longer each time, within limits, and never in step with others.
All in seconds.
"""

import random

from services.errors import OutcomeUnknown, RateLimited, ServiceError, Unavailable

FIRST_WAIT = 2.0
LONGEST_WAIT = 300.0
WHEN_ASKED_TOO_OFTEN = 30.0
"""Where the vendor does not say how long."""
BEFORE_LOOKING = 3.0
"""What was lost on the way is given so long to arrive before it is looked for."""
JITTER = 0.2


def wait_after(error: ServiceError, failures: int, chance: random.Random) -> float:
    """Seconds until the next attempt.

    Args:
        error: What happened.
        failures: How often in a row it has, this one not counted.
        chance: Where the jitter comes from.
    """
    told = None
    if isinstance(error, RateLimited | Unavailable | OutcomeUnknown):
        told = error.retry_after
    if told is not None:
        return told * chance.uniform(1, 1 + JITTER)
    first = WHEN_ASKED_TOO_OFTEN if isinstance(error, RateLimited) else FIRST_WAIT
    if isinstance(error, OutcomeUnknown):
        first = BEFORE_LOOKING
    grown: float = first * 2 ** min(failures, 10)
    return min(grown, LONGEST_WAIT) * chance.uniform(1, 1 + JITTER)
