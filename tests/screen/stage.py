"""The operator's seat: a feed that is told what to say, a clock that is told to go on."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TypedDict, Unpack

from msgspec.structs import replace
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from services.clock import ManualClock
from services.domain import (
    NEVER,
    Fact,
    Health,
    History,
    Incident,
    IncidentStatus,
    Issue,
    Severity,
    Snapshot,
    Source,
    SourceStatus,
    Status,
    Ticket,
    TimelineEntry,
)
from services.errors import Unreachable
from services.policy.calendar import SupportCalendar
from services.policy.deadlines import Policy
from services.policy.holidays import bank_holidays
from services.policy.rules import PolicyRules
from services.queue import Row, arrange
from tests.stillness import still
from tui.app import RotaApp
from tui.compositor import NarrowCompositor
from tui.options import ScreenOptions
from tui.signals import Calls

POLICY = Policy(PolicyRules(), SupportCalendar(PolicyRules().hours, bank_holidays("GB", "ENG")))
NOON = datetime(2026, 1, 14, 12, tzinfo=UTC)
"""A Wednesday, in hours, when UTC is local time in London."""


class TicketChanges(TypedDict, total=False):
    """What is unlike a fresh P2 ticket."""

    status: Status
    severity: Severity | None
    assignee: str | None
    requester: str | None
    tags: frozenset[str]
    replied_first: Fact
    replied_last: Fact
    url: str


class FakeFeed:
    """A feed whose snapshots are put in by hand; remembers what it was asked."""

    def __init__(self) -> None:
        self.waiting: asyncio.Queue[Snapshot] = asyncio.Queue()
        self.refreshes = 0
        self.pauses: list[bool] = []
        self.fails = False

    async def snapshots(self) -> AsyncIterator[Snapshot]:
        while True:
            yield await self.waiting.get()

    def refresh(self) -> None:
        self.refreshes += 1

    def pause(self, paused: bool) -> None:
        self.pauses.append(paused)

    async def timeline(self, issue: Issue) -> tuple[TimelineEntry, ...]:
        if self.fails:
            raise Unreachable("zendesk", "Zendesk is unreachable.")
        said = f"story of {issue.id}"
        return (TimelineEntry(NOON, Source.ZENDESK, "requester", "Ann", said),)

    async def history(self, since: datetime) -> History:
        return History(since)


def issue(id: int, subject: str, minutes_ago: float = 5, **changes: Unpack[TicketChanges]) -> Issue:
    """A ticket that nobody has answered, raised so long before noon."""
    at = NOON - timedelta(minutes=minutes_ago)
    fresh = Ticket(
        id, subject, Status.OPEN, at, at, severity=Severity.P2, replied_first=NEVER,
        replied_last=NEVER, changes_known=True, url=f"https://example.zendesk.com/{id}",
    )  # fmt: skip
    ticket = replace(fresh, **changes)
    return Issue(ticket, None, POLICY.promises(ticket, None))


def incident(number: int, title: str, minutes_ago: float = 5, who: str = "Bo") -> Issue:
    """An incident that nobody has acknowledged."""
    at = NOON - timedelta(minutes=minutes_ago)
    made = Incident(
        f"P{number}", number, title, IncidentStatus.TRIGGERED, at, at, assignees=(who,),
        acknowledged_first=NEVER, noted_last=NEVER, status_updated_last=NEVER,
    )  # fmt: skip
    return Issue(None, made, POLICY.promises(None, made))


def row(issue: Issue, now: datetime = NOON) -> Row:
    """An issue as the queue holds it."""
    return arrange([issue], POLICY, now)[0]


FRESH = SourceStatus(Health.OK, NOON)


def snapshot(
    *issues: Issue, zendesk: SourceStatus = FRESH, pagerduty: SourceStatus = FRESH
) -> Snapshot:
    """The world, with both sources asked at noon unless told otherwise."""
    sources = {Source.ZENDESK: zendesk, Source.PAGERDUTY: pagerduty}
    return Snapshot(issues, sources, me=frozenset({"Me"}))


class Desk:
    """The dashboard, its feed and its clock, at noon."""

    def __init__(
        self, options: ScreenOptions | None = None, *, environ: Mapping[str, str] | None = None
    ) -> None:
        self.clock = ManualClock(NOON)
        self.feed = FakeFeed()
        calls = Calls(environ=environ or {})
        self.app = RotaApp(self.feed, POLICY, self.clock, options, calls=calls)

    async def give(self, pilot: Pilot[None], what: Snapshot) -> None:
        """The feed says this, and it is painted."""
        self.feed.waiting.put_nowait(what)
        await settle(pilot)

    async def pass_time(self, pilot: Pilot[None], seconds: float) -> None:
        """So much later, with one tick."""
        await self.clock.advance(seconds)
        self.app.tick()
        await settle(pilot)

    def lines(self, selector: str) -> list[str]:
        """What a widget of the queue's screen paints."""
        widget: Widget = self.app.queue.query_one(selector)
        return [strip.text for strip in map(widget.render_line, range(widget.size.height))]

    def rows(self) -> list[str]:
        """Countdown and words of each issue in view."""
        parts = zip(*map(self.lines, ("#marks", "#gutter", "#queue")), strict=True)
        return ["".join(line).rstrip() for line in parts if line[-1].strip()]

    def painted(self) -> list[str]:
        """All lines of the screen on top."""
        return painted(self.app.screen)

    def text(self) -> str:
        """All that is painted, in one."""
        return "\n".join(self.painted())

    @property
    def selected(self) -> str | None:
        """The id of the issue under the cursor."""
        held = self.app.queue.table.selected
        return held.issue.id if held else None


def painted(screen: Screen[object]) -> list[str]:
    """All lines of a screen as they are meant to stand in the terminal."""
    compositor = screen._compositor
    if not isinstance(compositor, NarrowCompositor):
        return [strip.text for strip in compositor.render_strips()]
    pieces = sorted(compositor._pieces([compositor.size.region]), key=lambda piece: piece[:2])
    lines = [""] * compositor.size.height
    for _, y, strip in pieces:
        lines[y] += strip.text
    return lines


async def settle(pilot: Pilot[None]) -> None:
    """Until messages have been dealt with and the screen is laid out and painted.

    A cursor is taken to rest where it is: what waits for that does so in the computer's own time.
    """
    await still()
    queue = pilot.app.queue if isinstance(pilot.app, RotaApp) else None
    if queue is not None and queue._pause is not None:
        queue._pause.cancel()
        queue._rest(False)
        await still()
