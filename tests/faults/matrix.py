"""Every kind of trouble, at every endpoint that is asked, before, while and after rota starts.

    python -m tests.faults.matrix

prints what became of each, and ends with 1 if the queue lied, lost anything or did not recover.
"""

import asyncio
import contextlib
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from unittest import mock

import msgspec

from services.clock import Clock
from services.domain import Source
from services.health import Trust
from services.poller import sweep
from services.simulator import faults
from services.simulator.call import Call, Reply, Vendor
from services.simulator.interference import Effect, ServeLater
from services.simulator.settings import DEFAULTS, Settings
from tests.faults.scenes import Scene, scene
from tests.faults.stage import CONFIG, Stage, by_id, open_in, stage

IN_FORCE = 130.0
"""Seconds that a fault lasts: several polls, and longer than anybody calls live."""

CYCLES = 2
"""Polls after the end of a fault by which all must be well."""

ORDER = (
    Trust.LIVE,
    Trust.ASKING,
    Trust.PARTLY,
    Trust.LATE,
    Trust.STALE,
    Trust.FAILING,
    Trust.OFF,
)
"""From the best word to the worst."""

PHASES = ("before", "during", "after")
"""When it begins: before the first question, with the second one to its endpoint, or when the
queue has long been there."""


def refused(status: int, message: str) -> Effect:
    """A refusal as the vendor words it."""

    async def effect(call: Call, serve: ServeLater) -> Reply:
        if call.vendor == "zendesk":
            return Reply(status, {"error": message})
        return Reply(status, {"error": {"message": message, "code": 2000 + status % 100}})

    return effect


KINDS: dict[str, Callable[[Clock], Effect]] = {
    "429 with a wait": lambda clock: faults.rate_limited(20),
    "429 without a word": lambda clock: faults.rate_limited(bare=True),
    "500": lambda clock: faults.broken(500),
    "503 with a wait": lambda clock: faults.unavailable(25),
    "503 without a word": lambda clock: faults.unavailable(None),
    "search is down": lambda clock: faults.search_down(),
    "408": lambda clock: refused(408, "request took too long"),
    "409": lambda clock: faults.collision(),
    "a proxy's web page, 502": lambda clock: faults.html_page(502),
    "a web page, 200": lambda clock: faults.html_page(200),
    "a gateway's text, 504": lambda clock: faults.plain_text(504),
    "400, an odd body": lambda clock: faults.odd_error("array"),
    "half an answer": lambda clock: faults.truncated(),
    "a reset": lambda clock: faults.reset_before(),
    "silence": lambda clock: faults.silent_after(),
    "slow, 6 s": lambda clock: faults.slow(6, clock.sleep),
    "too slow, 30 s": lambda clock: faults.slow(30, clock.sleep),
    "fields nobody knows": lambda clock: faults.surprising(),
    "401": lambda clock: refused(401, "Couldn't authenticate you"),
    "403": lambda clock: refused(403, "Forbidden"),
    "404": lambda clock: refused(404, "Not found"),
}

ENDPOINTS: tuple[tuple[Vendor, str], ...] = (
    ("zendesk", "/users/me"),
    ("zendesk", "/tickets"),
    ("zendesk", "/search"),
    ("zendesk", "/search/export"),
    ("zendesk", "/views/*/tickets"),
    ("zendesk", "/tickets/show_many"),
    ("zendesk", "/tickets/*/comments"),
    ("zendesk", "/tickets/*/audits"),
    ("zendesk", "/groups"),
    ("zendesk", "/users"),
    ("pagerduty", "/users/me"),
    ("pagerduty", "/priorities"),
    ("pagerduty", "/log_entries"),
    ("pagerduty", "/incidents"),
    ("pagerduty", "/incidents/??????????????"),
    ("pagerduty", "/incidents/*/log_entries"),
    ("pagerduty", "/schedules"),
    ("pagerduty", "/oncalls"),
    ("pagerduty", "/users"),
    ("pagerduty", "/services"),
    ("pagerduty", "/escalation_policies"),
)
"""What a dashboard of an ordinary agent reads by itself, and for who opens issues and forms.

Writes have their own trials (`tests/outbox`, `tests/writing`), and so has the renewal of tokens
(`tests/clients/test_sessions.py`): there it matters what was carried out.
"""

ONCE = "asked once per start, and never again when it was answered"
NOT_ASKED: Mapping[tuple[Vendor, str], tuple[tuple[str, ...], str]] = {
    ("zendesk", "/users/me"): (("during", "after"), ONCE),
    ("pagerduty", "/users/me"): (("during", "after"), ONCE),
    ("pagerduty", "/priorities"): (("during", "after"), ONCE),
}
"""Where trouble cannot fall on anything, in which phases, and why."""


class Counted:
    """An effect that knows how often it has fallen on something."""

    def __init__(self, effect: Effect) -> None:
        self._effect = effect
        self.times = 0

    async def __call__(self, call: Call, serve: ServeLater) -> Reply:
        """Strike."""
        self.times += 1
        return await self._effect(call, serve)


@dataclass(frozen=True, slots=True)
class Cell:
    """One trouble at one endpoint at one time."""

    kind: str
    vendor: Vendor
    path: str
    phase: str

    def __str__(self) -> str:
        return f"{self.kind} · {self.vendor} {self.path} · {self.phase}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it."""

    complaints: tuple[str, ...]
    worst: Trust
    """The least trust that the source was shown with meanwhile."""
    cycles: int
    """Polls until all was well again."""
    struck: int
    """Requests that it fell on."""


def cells() -> Iterator[Cell]:
    """All of them."""
    for (vendor, path), kind, phase in product(ENDPOINTS, KINDS, PHASES):
        if kind == "search is down" and not path.startswith("/search"):
            continue
        if phase in NOT_ASKED.get((vendor, path), ((), ""))[0]:
            continue
        yield Cell(kind, vendor, path, phase)


async def tried(cell: Cell) -> Outcome:
    """Live through it."""
    source = Source(cell.vendor)
    async with _as_it_takes(cell) as (on, made):
        struck = Counted(KINDS[cell.kind](on.clock))
        if cell.phase == "after":
            await on.advance(60)
        known = set(by_id(on.latest)) if on.seen else set()
        skip = 1 if cell.phase == "during" else 0
        on.world.faults.add(struck, vendor=cell.vendor, path=cell.path, skip=skip)
        worst = await _through(on, made, source)
        cycles = await _until_well(on, source)
        complaints = [*on.lies[:3], *_lost(on, known)]
        if cycles > CYCLES:
            complaints.append(f"not well after {CYCLES} polls: {on.word(source)}, {_wrong(on)}")
        other = next(one for one in Source if one is not source)
        troubled = [s for s in on.seen if s.sources and s.sources[other].failures]
        if troubled:
            complaints.append(f"{other} was blamed as well")
        if not struck.times:
            complaints.append("nothing was asked there")
        return Outcome(tuple(complaints), worst, cycles, struck.times)


@contextlib.asynccontextmanager
async def _as_it_takes(cell: Cell) -> AsyncIterator[tuple[Stage, Scene]]:
    """A dashboard that has reason to ask at the endpoint of a cell."""
    table, settings, reach = CONFIG.zendesk, DEFAULTS, sweep.MOST_BY_SEARCH
    if cell.path == "/tickets/show_many":
        # Search that is quick, but has no counters: each ticket found is asked for by id.
        table = msgspec.structs.replace(table, search="created>2000-01-01")
        settings = Settings(search_lag=timedelta(0))
    if cell.path in ("/tickets/show_many", "/search/export"):
        # An account that search cannot reach the whole of would be a thousand tickets large.
        reach = 3
    made = await scene(settings)
    if cell.path == "/views/*/tickets":
        views = made.world.zendesk.views.values()
        unsolved = next(view.id for view in views if view.query == "status<solved")
        table = msgspec.structs.replace(table, view=unsolved)
    config = msgspec.structs.replace(CONFIG, zendesk=table)
    with mock.patch.object(sweep, "MOST_BY_SEARCH", reach):
        async with stage(world=made.world, config=config) as on:
            yield on, made


async def _through(on: Stage, made: Scene, source: Source) -> Trust:
    """The time of trouble: people go on working meanwhile."""
    words = [Trust.LIVE]
    operating = []
    for second in range(0, int(IN_FORCE), 10):
        if second == 20:
            made.work()
        if second in (30, 70):
            operating.append(asyncio.create_task(made.operate(on)))
        await on.advance(10)
        words.append(on.word(source) if on.seen else Trust.ASKING)
    on.world.faults.clear()
    while not all(task.done() for task in operating):
        await on.advance(5)
    await asyncio.gather(*operating)
    return max(words, key=ORDER.index)


async def _until_well(on: Stage, source: Source) -> int:
    for cycle in range(1, CYCLES + 2):
        await on.tried_again(source)
        if on.word(source) is Trust.LIVE and not _wrong(on):
            return cycle
    return CYCLES + 1


def _wrong(on: Stage) -> list[str]:
    """What is open in truth and not on show, or the other way round."""
    tickets, incidents = open_in(on.world)
    shown = on.latest.issues
    missing = tickets - {i.ticket.id for i in shown if i.ticket}
    gone = incidents - {i.incident.id for i in shown if i.incident}
    wrong = [f"{one} is missing" for one in (*missing, *gone)]
    for issue in shown:
        half_open = (issue.ticket and issue.ticket.id in tickets) or (
            issue.incident and issue.incident.id in incidents
        )
        if not half_open:
            wrong.append(f"{issue.id} is done")
    return wrong


def _lost(on: Stage, known: set[str]) -> list[str]:
    """Issues that were there before the trouble, are open still, and went meanwhile."""
    tickets, incidents = open_in(on.world)
    lost = set()
    for snapshot in on.seen[-200:]:
        ids = "+".join(by_id(snapshot))
        for one in known:
            is_open = any(
                (part.startswith("zd-") and int(part[3:]) in tickets)
                or (part.startswith("pd-") and part[3:] in incidents)
                for part in one.split("+")
            )
            if is_open and snapshot is on.latest and not all(p in ids for p in one.split("+")):
                lost.add(one)
    return [f"{one} was lost" for one in sorted(lost)]


def _run(cell: Cell) -> Outcome:
    return asyncio.run(tried(cell))


def main() -> int:
    """Live through all of them and print a table."""
    with ProcessPoolExecutor() as processes:
        all_cells = list(cells())
        outcomes = dict(zip(all_cells, processes.map(_run, all_cells, chunksize=8), strict=True))
    paths = [f"{vendor} {path}" for vendor, path in ENDPOINTS]
    width = max(len(path) for path in paths)
    print(f"{'':{width}}  " + "  ".join(f"{phase:11}" for phase in PHASES))
    for vendor, path in ENDPOINTS:
        row = []
        for phase in PHASES:
            here = [
                o
                for c, o in outcomes.items()
                if (c.vendor, c.path, c.phase) == (vendor, path, phase)
            ]
            good = sum(not o.complaints for o in here)
            row.append((f"{good}/{len(here)}" if here else "not asked").ljust(11))
        print(f"{f'{vendor} {path}':{width}}  " + "  ".join(row))
    words = Counter(outcome.worst.value for outcome in outcomes.values())
    for (vendor, path), (phases, why) in NOT_ASKED.items():
        print(f"not asked: {vendor} {path} {' and '.join(phases)}: {why}")
    print("worst word shown:", ", ".join(f"{n} {word}" for word, n in words.most_common()))
    waits = Counter(outcome.cycles for outcome in outcomes.values())
    print("well again after:", ", ".join(f"{n} in {c} poll(s)" for c, n in sorted(waits.items())))
    bad = {cell: outcome for cell, outcome in outcomes.items() if outcome.complaints}
    for cell, outcome in bad.items():
        print(f"\n{cell}\n  " + "\n  ".join(outcome.complaints))
    print("requests that were struck:", sum(outcome.struck for outcome in outcomes.values()))
    print(f"\n{len(outcomes) - len(bad)} of {len(outcomes)} kinds of trouble lived through")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
