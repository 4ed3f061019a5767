"""The dashboard as the operator meets it: keys go in, painted lines come out."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input

from services.clock import ManualClock
from services.domain import (
    NEVER,
    Fact,
    Health,
    History,
    Issue,
    Severity,
    Snapshot,
    Source,
    SourceStatus,
    Status,
    Ticket,
    TimelineEntry,
)
from services.errors import ConfigError, Unreachable
from services.filter import FilterError, parse_filter
from services.plain import plain
from services.policy.calendar import SupportCalendar
from services.policy.deadlines import Policy
from services.policy.holidays import bank_holidays
from services.policy.rules import PolicyRules
from tui.app import RotaApp
from tui.keymap import keymap
from tui.keys import QUEUE
from tui.options import ScreenOptions
from tui.screens.issue import IssueScreen
from tui.screens.queue import QueueScreen
from tui.screens.reader import PageScreen

POLICY = Policy(PolicyRules(), SupportCalendar(PolicyRules().hours, bank_holidays("GB", "ENG")))
NOON = datetime(2026, 1, 14, 12, tzinfo=UTC)
SIZES = [(120, 40), (80, 24), (60, 15), (40, 10), (40, 4)]


class FakeFeed:
    """A feed whose snapshots are put in by hand."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Snapshot] = asyncio.Queue()
        self.refreshed = 0
        self.paused: bool | None = None
        self.fails = False

    async def snapshots(self) -> AsyncIterator[Snapshot]:
        while True:
            yield await self.queue.get()

    def refresh(self) -> None:
        self.refreshed += 1

    def pause(self, paused: bool) -> None:
        self.paused = paused

    async def timeline(self, issue: Issue) -> tuple[TimelineEntry, ...]:
        if self.fails:
            raise Unreachable("zendesk", "Zendesk is unreachable.")
        said = TimelineEntry(NOON, Source.ZENDESK, "requester", "Ann", f"story of {issue.id}")
        return (said,)

    async def history(self, since: datetime) -> History:
        return History(since)


def issue(id: int, subject: str, minutes_ago: float = 5, **changes: object) -> Issue:
    at = NOON - timedelta(minutes=minutes_ago)
    made = Ticket(
        id, subject, Status.NEW, at, at, severity=Severity.P2, replied_first=NEVER,
        replied_last=NEVER, changes_known=True, url=f"https://example.zendesk.com/{id}",
    )  # fmt: skip
    made = replace(made, **changes)
    return Issue(made, None, POLICY.promises(made, None))


def snapshot(*issues: Issue, **sources: SourceStatus) -> Snapshot:
    ok = SourceStatus(Health.OK, NOON)
    told: Mapping[Source, SourceStatus] = {s: sources.get(s.value, ok) for s in Source}
    return Snapshot(issues, told, me=frozenset({"Me"}))


class Desk:
    """The operator's seat: the app, its feed and its clock."""

    def __init__(self, **options: object) -> None:
        self.clock = ManualClock(NOON)
        self.feed = FakeFeed()
        self.app = RotaApp(self.feed, POLICY, self.clock, ScreenOptions(**options))  # type: ignore[arg-type]

    async def give(self, pilot: Pilot[None], what: Snapshot) -> None:
        self.feed.queue.put_nowait(what)
        await pilot.pause()
        await pilot.pause()

    def lines(self, selector: str) -> list[str]:
        widget: Widget = self.app.queue.query_one(selector)
        return [widget.render_line(y).text for y in range(widget.size.height)]

    def rows(self) -> list[str]:
        """Countdown and words of each row."""
        parts = zip(*map(self.lines, ("#marks", "#gutter", "#queue")), strict=True)
        return ["".join(line).rstrip() for line in parts if line[-1].strip()]

    def everything(self) -> str:
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())


THREE = snapshot(issue(1, "first"), issue(2, "second", 20), issue(3, "third", 40))


async def test_the_most_urgent_is_first_with_its_countdown() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, THREE)

        assert [row[:22].split() for row in desk.rows()] == [
            ["▲", "+10:00", "P2", "respond"],
            ["●", "10:00", "P2", "respond"],
            ["●", "25:00", "P2", "respond"],
        ]


async def test_a_tick_repaints_just_the_countdowns_that_read_differently() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        far = issue(4, "far", 1.5, severity=Severity.P4)
        await desk.give(pilot, snapshot(*THREE.issues, far))
        desk.app.tick()
        before = desk.app.queue.countdowns.lines_refreshed
        desk.app.tick()
        unchanged = desk.app.queue.countdowns.lines_refreshed
        await desk.clock.advance(1)
        desk.app.tick()

        assert unchanged == before
        assert desk.app.queue.countdowns.lines_refreshed == before + 3
        await pilot.pause()
        assert desk.rows()[0].split()[1] == "+10:01"


async def test_the_selection_follows_the_issue_and_falls_to_its_neighbour() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, THREE)
        await pilot.press("j", "j")
        urgent = [issue(n, "new", 60) for n in (7, 8)]
        await desk.give(pilot, snapshot(*THREE.issues, *urgent))
        followed = desk.app.queue.table.selected
        await desk.give(pilot, snapshot(*THREE.issues[1:]))
        neighbour = desk.app.queue.table.selected

        assert followed is not None
        assert followed.issue.id == "zd-1"
        assert neighbour is not None


@pytest.mark.parametrize("size", SIZES, ids=[f"{w}x{h}" for w, h in SIZES])
async def test_what_is_due_next_and_how_old_the_data_is_can_be_seen_at_any_size(
    size: tuple[int, int],
) -> None:
    desk = Desk()
    async with desk.app.run_test(size=size) as pilot:
        await desk.give(pilot, THREE)
        await desk.clock.advance(12)
        desk.app.tick()
        await pilot.pause()
        painted = desk.everything()

        assert "+10:12" in painted
        assert "third" in painted
        assert "<1m" in painted


async def test_old_data_is_never_shown_as_live() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(120, 20)) as pilot:
        why = SourceStatus(Health.STALE, NOON - timedelta(minutes=4), "It is unreachable.", 3)
        await desk.give(pilot, snapshot(issue(1, "kept"), zendesk=why))
        header = " ".join(desk.lines("#header"))

        assert "Zendesk STALE 4m: It is unreachable." in header
        assert "PagerDuty <1m" in header
        assert len(desk.rows()) == 1


async def test_a_filter_narrows_says_why_it_cannot_and_is_dropped_by_escape() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, THREE)
        await pilot.press("slash", *"second")
        narrowed = desk.rows()
        await pilot.resize_terminal(60, 15)
        await pilot.pause()
        typed = desk.app.queue.query_one("#filter", Input).value
        desk.app.queue.query_one("#filter", Input).value = "second sev:p9"
        await pilot.pause()
        complaint = desk.everything()
        kept = desk.rows()
        await pilot.press("escape")
        await pilot.pause()

        assert ["second" in row for row in kept] == [True]
        assert len(narrowed) == 1
        assert typed == "second"
        assert "sev:p9 is no severity" in complaint
        assert len(desk.rows()) == 3


async def test_why_help_and_the_issue_open_and_close() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, THREE)
        await pilot.press("d")
        await pilot.pause()
        assert isinstance(desk.app.screen, PageScreen)
        assert "severity.P2.respond" in desk.everything()
        await pilot.press("escape", "question_mark", *"browser")
        await pilot.pause()
        assert "Open the issue in the browser." in desk.everything()
        await pilot.press("escape", "enter")
        await pilot.pause()
        await pilot.pause()
        assert isinstance(desk.app.screen, IssueScreen)
        assert "story of zd-3" in desk.everything()
        await pilot.press("escape")
        assert isinstance(desk.app.screen, QueueScreen)


async def test_refresh_pause_and_mine_reach_where_they_should() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, snapshot(issue(1, "a"), issue(2, "b", assignee="Me")))
        await pilot.press("r", "R", "m")
        await pilot.pause()

        assert (desk.feed.refreshed, desk.feed.paused) == (1, True)
        assert len(desk.rows()) == 1


async def test_a_story_that_cannot_be_read_is_one_line_in_its_pane() -> None:
    desk = Desk()
    desk.feed.fails = True
    async with desk.app.run_test(size=(120, 30)) as pilot:
        await desk.give(pilot, THREE)
        await pilot.pause(0.5)

        assert "cannot be read: Zendesk" in desk.everything()


@pytest.mark.parametrize(
    "subject",
    [
        "[red]x[/red] [",
        "a\x1b[2Jb",
        "a\u202eb",
        "🚒🔥👩\u200d🚒",
        "x" * 10_000,
        "",
        "e" + "\u0301" * 90,
    ],
    ids=["markup", "escape", "override", "emoji", "long", "empty", "combining"],
)
async def test_hostile_subjects_stay_in_their_line(subject: str) -> None:
    desk = Desk()
    async with desk.app.run_test(size=(120, 12)) as pilot:
        await desk.give(pilot, snapshot(issue(1, subject), issue(2, "after", 1)))
        table = desk.app.queue.table
        strips = [table.render_line(y) for y in range(2)]

        assert {strip.cell_length for strip in strips} == {table.size.width}
        assert not any(ord(c) < 32 or c == "\u202e" for strip in strips for c in strip.text)
        assert "after" in strips[1].text


@given(st.text(max_size=60))
def test_plain_text_holds_nothing_that_acts(text: str) -> None:
    import unicodedata

    hidden = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}

    assert not {unicodedata.category(char) for char in plain(text)} & hidden


@pytest.mark.parametrize("text", ["sev:p9", "src:x", "is:odd", "age>soon", "colour:red", "who:"])
def test_a_filter_that_makes_no_sense_says_why(text: str) -> None:
    with pytest.raises(FilterError):
        parse_filter(text)


def test_every_key_does_something() -> None:
    app = Desk().app
    actions = [key.action.split("(")[0] for key in QUEUE]
    dead = [
        name
        for name in actions
        if not hasattr(app if name.startswith("app.") else app.queue,
                       f"action_{name.removeprefix('app.')}")
    ]  # fmt: skip

    assert dead == []


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"refesh": "x"}, "Did you mean refresh"),
        ({"why": "j"}, "already means"),
        ({"why": "ctrl+a"}, "cannot be used"),
    ],
    ids=["unknown", "taken", "forbidden"],
)
def test_a_key_that_cannot_be_had_is_refused(chosen: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        keymap(chosen)


async def test_a_key_can_be_changed() -> None:
    desk = Desk(keys={"mine": "z"})
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, snapshot(issue(1, "a"), issue(2, "b", assignee="Me")))
        await pilot.press("z")
        await pilot.pause()

        assert len(desk.rows()) == 1


async def test_a_requester_who_answered_while_pending_is_marked() -> None:
    desk = Desk()
    said = Fact(NOON - timedelta(minutes=30))
    waiting = issue(
        1, "pending one", 60, status=Status.PENDING, replied_first=said, replied_last=said,
        requester_wrote_at=NOON - timedelta(minutes=10),
    )  # fmt: skip
    async with desk.app.run_test(size=(120, 20)) as pilot:
        await desk.give(pilot, snapshot(waiting))

        assert "↩pending one" in desk.rows()[0]
        assert "answered 11:50, still pending" in desk.everything()
