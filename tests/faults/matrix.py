"""Every kind of trouble, at every endpoint that is asked, before, while and after rota starts.

    python -m tests.faults.matrix

prints what became of each, and ends with 1 if the queue lied, lost anything or did not recover.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from itertools import product

from services.clock import Clock, ManualClock
from services.domain import Source
from services.health import Trust
from services.simulator import faults
from services.simulator.call import Call, Reply, Vendor
from services.simulator.interference import Effect, ServeLater
from services.simulator.scenario import DEMO_START, populate
from services.simulator.world import World
from tests.faults.stage import Stage, by_id, open_in, stage

IN_FORCE = 130.0
"""Seconds that a fault lasts: several polls, and longer than anybody calls live."""

CYCLES = 2
"""Polls after the end of a fault by which all must be well."""

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
    ("zendesk", "/tickets/show_many"),
    ("zendesk", "/tickets/*/comments"),
    ("zendesk", "/tickets/*/audits"),
    ("pagerduty", "/users/me"),
    ("pagerduty", "/priorities"),
    ("pagerduty", "/log_entries"),
    ("pagerduty", "/incidents"),
    ("pagerduty", "/incidents/??????????????"),
    ("pagerduty", "/incidents/*/log_entries"),
    ("pagerduty", "/schedules"),
    ("pagerduty", "/oncalls"),
)
"""What a dashboard of an ordinary agent asks by itself."""


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
        if kind == "search is down" and path != "/search":
            continue
        yield Cell(kind, vendor, path, phase)


async def tried(cell: Cell) -> Outcome:
    """Live through it."""
    source = Source(cell.vendor)
    world = await _world()
    async with stage(world=world) as on:
        struck = Counted(KINDS[cell.kind](on.clock))
        if cell.phase == "after":
            await on.advance(60)
        known = set(by_id(on.latest)) if on.seen else set()
        skip = 1 if cell.phase == "during" else 0
        on.world.faults.add(struck, vendor=cell.vendor, path=cell.path, skip=skip)
        worst = await _through(on, source, known)
        on.world.faults.clear()
        cycles = await _until_well(on, source)
        complaints = [*on.lies[:3], *_lost(on, known)]
        if cycles > CYCLES:
            complaints.append(f"not well after {CYCLES} polls: {on.word(source)}, {_wrong(on)}")
        other = next(one for one in Source if one is not source)
        troubled = [s for s in on.seen if s.sources and s.sources[other].failures]
        if troubled:
            complaints.append(f"{other} was blamed as well")
        return Outcome(tuple(complaints), worst, cycles, struck.times)


async def _world() -> World:
    """A few issues, among them those that have to be looked up one by one."""
    clock = ManualClock(DEMO_START - timedelta(days=4))
    world = World(clock)
    desk, pager, cast = world.zendesk, world.pagerduty, world.cast
    person = pager.users[cast.agents[0].pagerduty_id]
    # Older than what is read of the account's log.
    pager.acknowledge(pager.create_incident("An old sorrow", cast.smoke).id, person)
    await clock.advance(timedelta(days=4).total_seconds() - 3600)
    populate(world, 8)
    # One half of a pair is over.
    over = pager.create_incident("Over by now", cast.smoke)
    pager.resolve(over.id, person)
    _paired_with(world, over.id)
    # What its status did since the last answer only its history knows.
    fickle = desk.create_ticket("Fickle", "x", requester_id=cast.requesters[1])
    desk.reply(fickle.id, world.me, "Hello.")
    for status in ("pending", "open"):
        await clock.advance(600)
        desk.edit(fickle.id, world.me, status=status)
    await clock.advance(2400)
    return world


def _paired_with(world: World, incident_id: str) -> None:
    desk = world.zendesk
    made = desk.create_ticket("Half", "x", requester_id=world.cast.requesters[2])
    desk.edit(made.id, world.me, tags=(f"pd_{incident_id.lower()}",))


async def _through(on: Stage, source: Source, known: set[str]) -> Trust:
    """The time of trouble: people go on working meanwhile."""
    words = [Trust.LIVE]
    for second in range(0, int(IN_FORCE), 10):
        if second == 20:
            _work(on)
        await on.advance(10)
        words.append(on.word(source) if on.seen else Trust.ASKING)
    order = [Trust.LIVE, Trust.ASKING, Trust.LATE, Trust.STALE, Trust.FAILING, Trust.OFF]
    return max(words, key=order.index)


def _work(on: Stage) -> None:
    """A new ticket and an answer to an old one; a new page and an acknowledgement."""
    world = on.world
    desk, pager, cast = world.zendesk, world.pagerduty, world.cast
    desk.create_ticket("Something new", "It broke.", requester_id=cast.requesters[0])
    waiting = next(t for t in desk.tickets.values() if t.status in ("new", "open"))
    desk.reply(waiting.id, world.me, "We are looking.")
    ringing = next(i for i in pager.incidents.values() if i.status != "resolved")
    pager.acknowledge(ringing.id, pager.users[cast.agents[0].pagerduty_id])
    pager.create_incident("Disk is full on db-7", cast.smoke)
    # More at once than counters can tell apart.
    busy = desk.create_ticket("Busy", "x", requester_id=cast.requesters[3])
    for words in ("One.", "Two."):
        desk.reply(busy.id, world.me, words)
    over = pager.create_incident("Over at once", cast.smoke)
    pager.resolve(over.id, pager.users[cast.agents[0].pagerduty_id])
    _paired_with(world, over.id)


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
            idle = sum(not o.struck for o in here)
            row.append(f"{good}/{len(here)}{f' ({idle})' if idle else ''}".ljust(11))
        print(f"{f'{vendor} {path}':{width}}  " + "  ".join(row))
    words = Counter(outcome.worst.value for outcome in outcomes.values())
    print("\nin brackets: of these, the ones where nothing was asked there just then")
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
