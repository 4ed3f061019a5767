"""Which faults stand in the way of a request now, and in what order?

The first that was added stands outermost.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from services.simulator.call import Call, Reply, Vendor
from services.simulator.timeline import Timeline

ServeLater = Callable[[Call], Awaitable[Reply]]
Effect = Callable[[Call, ServeLater], Awaitable[Reply]]


@dataclass(slots=True, kw_only=True)
class Fault:
    """An effect and the requests it falls on.

    Attributes:
        path: A shell pattern of the path below the API root, e.g. `/tickets/*/comments`.
        times: How many more requests it falls on; `None` is without end.
        skip: How many matching requests pass unharmed first.
    """

    effect: Effect
    vendor: Vendor | None = None
    method: str | None = None
    path: str = "*"
    times: int | None = None
    skip: int = 0
    since: datetime | None = None
    until: datetime | None = None

    def falls_on(self, call: Call, now: datetime) -> bool:
        """Whether this call is one of those it is meant for."""
        return (
            self.times != 0
            and self.vendor in (None, call.vendor)
            and self.method in (None, call.method)
            and fnmatchcase(call.path, self.path)
            and (self.since is None or now >= self.since)
            and (self.until is None or now < self.until)
        )


class Faults:
    """The faults in force now."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._faults: list[Fault] = []

    def add(
        self,
        effect: Effect,
        *,
        vendor: Vendor | None = None,
        method: str | None = None,
        path: str = "*",
        times: int | None = None,
        skip: int = 0,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Fault:
        """Have `effect` fall on matching requests, `times` times, between `since` and `until`."""
        fault = Fault(
            effect=effect,
            vendor=vendor,
            method=method,
            path=path,
            times=times,
            skip=skip,
            since=since,
            until=until,
        )
        self._faults.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        """Lift one fault."""
        self._faults.remove(fault)

    def clear(self) -> None:
        """Lift them all."""
        self._faults.clear()

    async def serve(self, call: Call, serve: ServeLater) -> Reply:
        """Serve the call through whatever stands in its way."""
        for fault in reversed(self._struck(call)):
            serve = _wrapped(fault.effect, serve)
        return await serve(call)

    def _struck(self, call: Call) -> list[Fault]:
        now = self._timeline.now()
        struck = []
        for fault in self._faults:
            if not fault.falls_on(call, now):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            if fault.times is not None:
                fault.times -= 1
            struck.append(fault)
        return struck


def _wrapped(effect: Effect, serve: ServeLater) -> ServeLater:
    async def served(call: Call) -> Reply:
        return await effect(call, serve)

    return served
