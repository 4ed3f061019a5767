"""What does a cycle of polls cost where nothing has changed, and how long does a key wait for it?

CPU of our own side alone: the vendors are the simulator of a small world, whose lists are made
longer by telling the same records again, with other ids. A short list and a long one are polled
by a process each, minute by minute in turn: one that is given a number polls so many issues, for a
minute for each line that it reads.
"""

import asyncio
import gc
import json
import re
import subprocess
import sys
import time
from asyncio import events
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import IO, Any
from unittest import mock

import httpx
import msgspec

from services.assemble import assemble
from services.clock import ManualClock
from services.simulator.scenario import DEMO_START, populate
from services.simulator.transport import SimulatorTransport
from services.simulator.world import World
from services.store import Store
from services.zendesk.client import _INCLUDE
from tests.bench.figures import Figure, median, multiple
from tests.bench.terminal import ROOT, python
from tests.embedded import CONFIG
from tui.collector import Collector

FEW, MANY = 400, 10_000
"""Issues that are open. The few fill a page of each list."""

PAGE = 100
SHIFT = 1_000_000
"""Between the ids of a ticket and of the next one like it."""

STARTS, MINUTES = 2, 6
"""How often both are started, and how many minutes of the steady state each then is looked at; of
what is longest in each minute, the middle one counts."""


@dataclass
class Spent:
    """Milliseconds of CPU of what the loop ran, without that of the vendors."""

    total: float = 0.0
    longest: float = 0.0
    """Of one step, in which no key is answered."""
    apart: float = 0.0
    """Of the vendors, in this step."""

    def step(self, run: Callable[[], None]) -> None:
        """Let one step run."""
        self.apart, began = 0.0, time.thread_time()
        run()
        took = (time.thread_time() - began) * 1000 - self.apart
        self.total += took
        self.longest = max(self.longest, took)


class Minute(msgspec.Struct, frozen=True):
    """Milliseconds of CPU."""

    each: float
    """Of a poll."""
    longest: float
    """Of a step."""


def figures() -> Iterator[Figure]:
    """CPU of a cycle and its longest step; that of the first poll only to know."""
    few: list[Minute] = []
    many: list[Minute] = []
    at_first: list[float] = []
    for _ in range(STARTS):
        with ExitStack() as running:
            short, long = (running.enter_context(_poller(number)) for number in (FEW, MANY))
            next(short)
            at_first.append(next(long).longest)
            for _ in range(MINUTES):
                few.append(next(short))
                many.append(next(long))
    each, least = [minute.each for minute in many], [minute.each for minute in few]
    topic, beside = "Polls that tell nothing new, the vendors' part not counted", f"{FEW} issues"
    name, times = f"one poll, {MANY:,} issues", multiple(each, least)
    yield Figure(topic, name, median(each), "ms", 1.5, beside, median(least), times=times)
    longest = median(minute.longest for minute in many)
    yield Figure(topic, f"the longest a key waits in a minute, {MANY:,} issues", longest, "ms", 5)
    yield Figure(topic, "the same in the first poll of all", median(at_first), "ms")


@contextmanager
def _poller(number: int) -> Iterator[Iterator[Minute]]:
    """What polls so many issues, in a process of its own: its start, and then minute after minute.

    Raises:
        RuntimeError: It came to grief.
    """
    argv = python("-m", "tests.bench.cycle", str(number))
    pipe = subprocess.PIPE
    with subprocess.Popen(argv, cwd=ROOT, bufsize=0, stdin=pipe, stdout=pipe) as child:

        def minutes(lines: IO[bytes], said: IO[bytes]) -> Iterator[Minute]:
            while True:
                lines.write(b"\n")
                if not (line := said.readline()):
                    raise RuntimeError(f"{argv} ended before its time; what it said stands above")
                yield msgspec.json.decode(line, type=Minute)

        assert child.stdin is not None
        assert child.stdout is not None
        yield minutes(child.stdin, child.stdout)


async def _serve(open_issues: int) -> None:
    """Poll, and say what it took: up to the first answers of all, and then for each line read."""
    clock = ManualClock(DEMO_START)
    world = World(clock)
    populate(world, open_issues=FEW)
    spent, told = Spent(), 0
    token = {
        "ROTA_ZENDESK_TOKEN": world.zendesk_token,
        "ROTA_PAGERDUTY_TOKEN": world.pagerduty_token,
    }
    vendors = Vendors(world, open_issues // FEW, spent)
    on = assemble(CONFIG, token, clock=clock, transport=vendors, store=Store(None))
    collector = Collector()

    async def listen() -> None:
        nonlocal told
        async for snapshot in on.poller.snapshots():
            told += 1
            collector.follow(snapshot, lambda put_aside: put_aside())

    def say() -> None:
        minute = Minute(spent.total / max(1, told), spent.longest)
        print(msgspec.json.encode(minute).decode(), flush=True)

    run = events.Handle._run
    with mock.patch.object(events.Handle, "_run", lambda handle: spent.step(lambda: run(handle))):
        collector.begin()
        spent.longest = 0.0
        listener = asyncio.create_task(listen())
        while told < 2:
            await asyncio.sleep(0.001)
            await clock.settle()
        at_first = spent.longest
        # What is open is read one by one, and what the simulator has left behind is not ours.
        await _pass(clock, 120)
        gc.collect()
        gc.freeze()
        spent.longest = at_first
        sys.stdin.readline()
        say()
        while sys.stdin.readline():
            # The step that waits for the line is none of a poll.
            await asyncio.sleep(0)
            spent.total, spent.longest, told = 0.0, 0.0, 0
            await _pass(clock, 60)
            say()
        listener.cancel()
        await asyncio.gather(listener, return_exceptions=True)
    await on.aclose()


async def _pass(clock: ManualClock, seconds: int) -> None:
    for _ in range(seconds // 5):
        await clock.advance(5)
        for _ in range(20):
            await clock.settle()


class Vendors(httpx.AsyncBaseTransport):
    """A world each of whose open tickets and incidents is told of so many times."""

    def __init__(self, world: World, times: int, spent: Spent) -> None:
        self._world = SimulatorTransport(world)
        self._times = times
        self._spent = spent
        self._tickets: list[dict[str, Any]] = []
        self._users: dict[int, dict[str, Any]] = {}
        self._incidents: list[dict[str, Any]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer in a step of one's own, as over a network."""
        await asyncio.sleep(0)
        began = time.thread_time()
        answer = httpx.Response(200, json=await self._answer(request))
        self._spent.apart += (time.thread_time() - began) * 1000
        await asyncio.sleep(0)
        return answer

    async def _answer(self, request: httpx.Request) -> dict[str, Any]:
        path, asked = request.url.path, request.url.params
        if path.endswith("/pagerduty/log_entries"):
            return {"log_entries": [], "more": False}
        if path.endswith("/pagerduty/incidents"):
            if not self._incidents:
                await self._read_incidents(request)
            start = int(asked["offset"])
            page = self._incidents[start : start + PAGE]
            return {"incidents": page, "more": start + PAGE < len(self._incidents)}
        if path.endswith("/search/export"):
            if not self._tickets:
                await self._read_tickets(request)
            start = int(asked.get("page[after]", 0))
            page, end = self._tickets[start : start + PAGE], start + PAGE
            more = end < len(self._tickets)
            meta = {"has_more": more, "after_cursor": str(end)}
            return {"results": page, "users": list(self._users.values()), "meta": meta}
        # Single ones are told of as the one that they are like.
        like = re.sub(r"tickets/(\d+)", lambda m: f"tickets/{int(m[1]) % SHIFT}", path)
        like = re.sub(r"incidents/(\w{14})\d+", r"incidents/\1", like)
        told = await self._told(request, request.url.copy_with(path=like))
        if path.endswith("/search"):
            # More than can be searched for.
            told["count"] = MANY
        return told

    async def _read_incidents(self, request: httpx.Request) -> None:
        """Those of the world, and those that are like them."""
        found: list[dict[str, Any]] = []
        more = True
        while more:
            page = await self._told(request, request.url.copy_set_param("offset", str(len(found))))
            found += page["incidents"]
            more = page["more"]
        self._incidents = [
            {**one, "id": f"{one['id']}{again:03}" if again else one["id"]}
            for again in range(self._times)
            for one in found
        ]

    async def _read_tickets(self, request: httpx.Request) -> None:
        """Those of the world, with their counters, and those that are like them."""
        found: list[dict[str, Any]] = []
        params = {"sort": "-updated_at", "include": _INCLUDE, "page[size]": str(PAGE)}
        url, more = request.url.copy_with(path="/zendesk/api/v2/tickets", params=params), True
        while more:
            page = await self._told(request, url)
            found += page["tickets"]
            self._users |= {user["id"]: user for user in page["users"]}
            more = page["meta"]["has_more"]
            url = url.copy_set_param("page[after]", page["meta"]["after_cursor"])
        still_open = [one for one in found if one["status"] not in ("solved", "closed")]
        self._tickets = [
            {**one, "id": one["id"] + SHIFT * again}
            for again in range(self._times)
            for one in still_open
        ]

    async def _told(self, request: httpx.Request, url: httpx.URL) -> dict[str, Any]:
        """What the world says."""
        asked = httpx.Request(request.method, url, headers=request.headers)
        answer = await self._world.handle_async_request(asked)
        told = json.loads(await answer.aread())
        assert isinstance(told, dict)
        return told


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
