"""All that the suite only samples: `make faults`.

Ends with 1 if the queue lied, lost anything, did not recover, or asked too much.
"""

import asyncio
import sys

from tests.faults import matrix
from tests.faults.crowd import SHARED, complaints_of_large, large_account, ten_dashboards
from tests.faults.shift import BUDGET_PER_MINUTE, lived_through

HOURS = 12

DASHBOARDS = 5
"""Of as many people on the same accounts."""

POLLS = 20_000
"""How many polls they have to make together in a shift, at the least."""


def main() -> int:
    """Live through all of it; one line each."""
    bad = matrix.main()
    bad += asyncio.run(_shift())
    bad += asyncio.run(_crowd())
    bad += asyncio.run(_large())
    return 1 if bad else 0


async def _shift() -> int:
    shift = await lived_through(HOURS, seed=3, dashboards=DASHBOARDS)
    rates = {source: shift.per_minute(source) for source in BUDGET_PER_MINUTE}
    print(
        f"\n{HOURS} h of random trouble, {DASHBOARDS} dashboards at the usual pace: "
        f"{shift.polls} polls, {len(shift.world.requests)} requests, each "
        + ", ".join(f"{source} {rate:.1f}/min" for source, rate in rates.items())
        + f", held {shift.growth:+.1%} from the middle to the end; untrue at the end or meanwhile: "
        f"{len(shift.lies)}"
    )
    print("\n".join(shift.lies[:10]))
    over = any(rate > BUDGET_PER_MINUTE[source] for source, rate in rates.items())
    return bool(shift.lies) or shift.growth > 0.10 or over or shift.polls < POLLS


async def _crowd() -> int:
    heard, lies, seen, a_minute = await ten_dashboards()
    print(
        f"ten dashboards on {SHARED}/min: {heard[429]} refused of {heard.total()}, "
        f"{a_minute:.0f}/min, {sum(seen)} of 10 saw a new ticket in time, untrue: {len(lies)}"
    )
    return bool(heard[429] or lies) or not all(seen)


async def _large() -> int:
    tickets, incidents, first, steady = await large_account(5900)
    lists = sum(n for (_, path), n in steady.items() if "_id}" not in path)
    print(
        f"{tickets} tickets and {incidents} incidents: {first['GET', '/search/export']} pages and "
        f"a probe, {first['GET', '/incidents']} pages; then {lists} requests for lists in 10 min"
    )
    found = complaints_of_large(tickets, incidents, first, steady)
    print("\n".join(found), end="")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
