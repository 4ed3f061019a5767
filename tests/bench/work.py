"""What do sums, order and reading cost, apart from any screen? CPU of this process."""

import asyncio
import gc
import random
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import httpx
import msgspec
from msgspec.structs import replace

from services.desk import Desk
from services.domain import Fact, Issue, Ticket
from services.half import Half
from services.pairing import PairingRules
from services.policy.calendar import SupportCalendar
from services.policy.deadlines import Policy
from services.policy.holidays import bank_holidays
from services.policy.rules import PolicyRules
from services.simulator.transport import SimulatorTransport
from services.standing import Standing
from services.zendesk.client import _INCLUDE
from services.zendesk.ticket_wire import SoundTickets
from tests.bench import cycle
from tests.bench.figures import Figure, interleaved, median, multiple
from tests.bench.references import (
    DUE_ALLOWED,
    KEPT_BY_BISECTION,
    LOOKED_UP,
    MERGE_ALLOWED,
    Moments,
    Openings,
    read_plainly,
    walked,
)
from tests.bench.typed import Page
from tests.embedded import embedded
from tests.perf.canned import by_minutes, canned

RUNS = 5
READINGS = 7
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOLIDAYS = bank_holidays("GB", "ENG")
CALENDAR = SupportCalendar(PolicyRules().hours, HOLIDAYS)
POLICY = Policy(PolicyRules(), CALENDAR)
WALK = "pendulum, day by day"
SORTED = "a list built and sorted anew"


def cpu(work: Callable[[], object]) -> float:
    """Milliseconds of CPU for a piece of work."""
    before = time.process_time()
    work()
    return (time.process_time() - before) * 1000


def figures() -> Iterator[Figure]:
    """All figures of work without a screen."""
    yield from _deadlines()
    yield from _merge()
    yield from _reading()
    yield from _cycles()
    yield from cycle.figures()


def _deadlines() -> Iterator[Figure]:
    chance, number = random.Random(1), 10_000
    cases = [
        (START + timedelta(seconds=chance.randrange(86400 * 300)), timedelta(minutes=allowed))
        for allowed in chance.choices((30, 120, 480), k=number)
    ]
    some = cases[: number // 10]
    holidays = HOLIDAYS(START.year)
    openings = Openings(START.date(), 330, holidays)
    plain = [(int(start.timestamp()), int(allowed.total_seconds())) for start, allowed in cases]
    due = [CALENDAR.due(*case) for case in cases]
    if due[: len(some)] != [walked(*case, holidays) for case in some]:
        raise AssertionError("to count day by day comes to something else")
    if [moment.timestamp() for moment in due] != [openings.due(*case) for case in plain]:
        raise AssertionError("to look up whole seconds comes to something else")
    seen = interleaved(
        RUNS,
        {
            "walk": lambda: cpu(lambda: [walked(*case, holidays) for case in some]) * 10,
            "ours": lambda: cpu(lambda: [CALENDAR.due(*case) for case in cases]),
            "least": lambda: cpu(lambda: [openings.due(*case) for case in plain]),
        },
    )
    walk, ours, least = (median(seen[case]) for case in ("walk", "ours", "least"))
    topic, name = "10,000 due moments in support hours", "from moment to moment"
    times = multiple(seen["ours"], seen["walk"])
    yield Figure(topic, name, ours, "ms", 1 / 50, WALK, walk, times=times)
    times = multiple(seen["ours"], seen["least"])
    yield Figure(topic, name, ours, "ms", DUE_ALLOWED, LOOKED_UP, least, times=times)
    yield Figure(topic, name, number / ours, "/ms")


def _merge() -> Iterator[Figure]:
    """A poll's tickets made into issues, and those put in order, when a hundred have changed."""
    now, chance = START + timedelta(days=9, hours=3), random.Random(2)
    tickets = _answered_at_times(canned(10_000, now, by_minutes).issues, now, chance)
    half: Half[int, Ticket] = Half()
    desk, standing = Desk(POLICY, PairingRules(), {}, half, Half()), Standing(POLICY)
    # Support time is laid out once for a year, which is not asked about here.
    half.put(*next(iter(tickets.items())))
    desk.issues()
    for number, ticket in tickets.items():
        half.put(number, ticket)
    held = asyncio.run(_longest(desk.catch_up()))
    first = cpu(lambda: standing.take(desk.issues(), now))
    while standing.turns_at == now:
        standing.advance(now)
    gc.collect()
    gc.freeze()
    moments = Moments({name: chance.uniform(0, 90_000) for name in map(str, tickets)})
    made, ordered, least, same, anew = [], [], [], [], []
    # Others let go of the issues before, after this.
    told = [desk.issues()]
    for _ in range(15):
        some = chance.sample(sorted(tickets), 100)
        for number in some:
            half.put(number, _answered(half.known[number], now, chance))
        later = [(str(number), chance.uniform(0, 90_000)) for number in some]
        made.append(cpu(desk.issues))
        told.append(desk.issues())
        ordered.append(cpu(partial(standing.take, told[-1], now)))
        least.append(cpu(partial(moments.change, later)))
        # Between two polls it finds out when the new rows change by themselves.
        standing.advance(now)
        same.append(cpu(lambda: standing.take(desk.issues(), now)))
        anew.append(cpu(lambda: sorted([(row.urgency, row.issue.id) for row in standing.rows])))
    gc.unfreeze()
    topic = "10,000 tickets made into issues: pairs and promises"
    yield Figure(topic, "100 of them have changed", median(made), "ms")
    yield Figure(topic, "all are new: the longest the screen waits", held, "ms", 5)
    topic = "10,000 issues in order, without painting"
    name, ours, kept = "100 of them have changed", median(ordered), median(least)
    times = multiple(ordered, least)
    yield Figure(topic, name, ours, "ms", MERGE_ALLOWED, KEPT_BY_BISECTION, kept, times=times)
    times = multiple(ordered, anew)
    yield Figure(topic, name, ours, "ms", None, SORTED, median(anew), times=times)
    yield Figure(topic, "none has changed", median(same), "ms", 1)
    yield Figure(topic, "all are new", first, "ms")


def _answered_at_times(
    issues: Sequence[Issue], now: datetime, chance: random.Random
) -> dict[int, Ticket]:
    tickets = [issue.ticket for issue in issues if issue.ticket is not None]
    return {ticket.id: _answered(ticket, now, chance) for ticket in tickets}


def _answered(ticket: Ticket, now: datetime, chance: random.Random) -> Ticket:
    said = Fact(now - timedelta(seconds=chance.randrange(1, 10_000)))
    return replace(ticket, replied_first=said, replied_last=said, updated_at=now)


async def _longest(work: Coroutine[object, object, None]) -> float:
    """The longest CPU of one go, in milliseconds, while others may run in between."""
    task, most = asyncio.create_task(work), 0.0
    while not task.done():
        before = time.thread_time()
        await asyncio.sleep(0)
        most = max(most, time.thread_time() - before)
    return most * 1000


def _reading() -> Iterator[Figure]:
    """Pages of a hundred tickets, a hundred times: decoded, and made into our own values."""
    page, made = asyncio.run(_page())
    # What the simulator has left behind is nobody's to look through.
    gc.collect()
    gc.freeze()
    both = {"ours": made, "typed": lambda page: msgspec.json.decode(page, type=Page)}
    runs = [
        {**_page_by_page(page, both), **_page_by_page(page, {"json": read_plainly})}
        for _ in range(READINGS)
    ]
    gc.unfreeze()
    told = {way: [run[way] for run in runs] for way in (*both, "json")}
    ours, typed, plainly = map(median, told.values())
    times = {way: multiple(told["ours"], others) for way, others in told.items()}
    topic = "10,000 tickets read, in pages of a hundred"
    for way, goal, beside, reference in (
        ("typed", 1.3, "msgspec, typed, not mapped", typed),
        ("json", 0.35, "json and a dataclass", plainly),
    ):
        name = "decoded and mapped"
        yield Figure(topic, name, ours, "ms", goal, beside, reference, times=times[way])
    yield Figure(topic, "one page: the longest the screen waits", ours / 100, "ms", 5)


def _page_by_page(
    page: bytes, ways: Mapping[str, Callable[[bytes], object]]
) -> Mapping[str, float]:
    """CPU milliseconds for a hundred pages, which are kept; the ways take turns, page by page.

    Those that are close to each other alone: one that fills the caches with its own makes what
    comes after it slower, and not what comes after that.
    """
    spent, kept = dict.fromkeys(ways, 0.0), []
    for _ in range(100):
        for name, read in ways.items():
            before = time.process_time()
            kept.append(read(page))
            spent[name] += (time.process_time() - before) * 1000
    return spent


async def _page() -> tuple[bytes, Callable[[bytes], object]]:
    """A page as the simulator sends it, and how our client reads one."""
    async with embedded(100) as on:
        params = {"page[size]": "100", "include": _INCLUDE}
        headers = {"Authorization": f"Bearer {on.world.zendesk_token}"}
        transport = SimulatorTransport(on.world)
        async with httpx.AsyncClient(transport=transport, headers=headers) as client:
            url = "http://127.0.0.1/zendesk/api/v2/tickets"
            reply = (await client.get(url, params=params)).raise_for_status().content
        feed = on.assembly.poller._zendesk
        assert feed is not None
        read = feed.client._sound

        def made(page: bytes) -> object:
            return read(msgspec.json.decode(page, type=SoundTickets))

        return reply, made


def _cycles() -> Iterator[Figure]:
    """Requests of ten minutes of polling the simulator, by what is open."""
    few, many = (asyncio.run(_ten_minutes(number)) for number in (20, 1500))
    topic = "Ten minutes of polling both vendors"
    yield Figure(topic, "requests, 1,500 issues", many, "", 1.1, "20 issues", few)


async def _ten_minutes(number: int) -> float:
    async with embedded(number) as on:

        async def listen() -> None:
            async for _ in on.assembly.poller.snapshots():
                pass

        listener = asyncio.create_task(listen())
        for _ in range(300):
            await asyncio.sleep(0.001)
            await on.clock.settle()
        await _pass(on.clock.advance, 120)
        before = _lists(on.world.asked())
        await _pass(on.clock.advance, 600)
        asked = _lists(on.world.asked()) - before
        listener.cancel()
        await asyncio.gather(listener, return_exceptions=True)
        return asked


async def _pass(advance: Callable[[float], object], seconds: int) -> None:
    for _ in range(seconds):
        step = advance(1)
        assert asyncio.iscoroutine(step)
        await step


def _lists(asked: object) -> float:
    """All requests but the few reads of single issues, which are capped for each cycle."""
    assert isinstance(asked, dict)
    return float(sum(count for key, count in asked.items() if "_id}" not in key[1]))
