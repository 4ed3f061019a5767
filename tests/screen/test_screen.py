"""What the operator sees and does."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from textual.widgets import Input

from services.domain import Fact, Health, Severity, SourceStatus, Status
from tests.screen.stage import NOON, Desk, incident, issue, settle, snapshot
from tui.options import ScreenOptions
from tui.screens.issue import IssueScreen
from tui.screens.queue import QueueScreen

THREE = snapshot(issue(1, "first"), issue(2, "second", 20), issue(3, "third", 40))


async def test_the_most_urgent_is_first_and_counts_down() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, THREE)
        before = [line.split()[1] for line in desk.rows()]
        await desk.pass_time(pilot, 1)

        assert before == ["+10:00", "10:00", "25:00"]
        assert [line.split()[1] for line in desk.rows()] == ["+10:01", "9:59", "24:59"]


async def test_what_comes_from_disk_is_marked_with_its_age() -> None:
    desk = Desk()
    kept = SourceStatus(Health.STALE, NOON - timedelta(hours=3))
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, snapshot(*THREE.issues, zendesk=kept, pagerduty=kept))

        assert "Zendesk STALE 3h · PagerDuty STALE 3h" in desk.lines("#header")[1]
        assert len(desk.rows()) == 3


async def test_before_the_first_answer_it_says_that_it_is_asking() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)

        assert "No data yet" in desk.text()


async def test_the_selection_stays_on_its_issue_and_goes_to_the_neighbour_of_a_lost_one() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, THREE)
        await pilot.press("j")
        urgent = issue(9, "worse", 90)
        await desk.give(pilot, snapshot(urgent, *THREE.issues))
        followed = desk.selected
        await desk.give(pilot, snapshot(urgent, issue(1, "first"), issue(3, "third", 40)))

        assert followed == "zd-2"
        assert desk.selected == "zd-1"


async def test_a_filter_narrows_as_it_is_typed_and_escape_drops_it() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, THREE)
        await pilot.press("slash", *"second")
        await settle(pilot)
        narrowed = desk.rows()
        header = desk.lines("#header")[1]
        await pilot.press("escape")
        await settle(pilot)

        assert len(narrowed) == 1
        assert "[second] 1 of 3" in header
        assert len(desk.rows()) == 3


async def test_a_filter_that_makes_no_sense_says_why_and_keeps_the_list() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, THREE)
        await pilot.press("slash", *"third sev:p9")
        await settle(pilot)

        assert "sev:p9 is no severity; use p1 to p4 or none" in desk.text()
        assert [line.endswith("40m") for line in desk.rows()] == [True]
        await pilot.press("escape", "slash", *"colour:red")
        await settle(pilot)
        assert "colour: is no field" in desk.text()
        assert len(desk.rows()) == 3


async def test_a_resize_keeps_what_is_being_typed() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(120, 40)) as pilot:
        await desk.give(pilot, THREE)
        await pilot.press("slash", *"sec")
        await pilot.resize_terminal(60, 15)
        await settle(pilot)
        await pilot.press(*"ond")
        await settle(pilot)

        assert desk.app.queue.query_one("#filter", Input).value == "second"
        assert len(desk.rows()) == 1


async def test_mine_is_what_i_hold() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, snapshot(issue(1, "hers"), issue(2, "my own", assignee="Me")))
        await pilot.press("m")
        await settle(pilot)
        narrowed = desk.rows()
        await pilot.press("m")
        await settle(pilot)

        assert ["my own" in line for line in narrowed] == [True]
        assert len(desk.rows()) == 2


async def test_a_key_of_ones_own_works() -> None:
    desk = Desk(ScreenOptions(keys={"mine": "z"}))
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, snapshot(issue(1, "hers"), issue(2, "my own", assignee="Me")))
        await pilot.press("z")
        await settle(pilot)

        assert len(desk.rows()) == 1
        assert "z Mine" in desk.text()


async def test_each_deadline_has_a_receipt() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, THREE)
        await pilot.press("d")
        await settle(pilot)

        assert "severity.P2.respond" in desk.text()


async def test_the_help_is_searched() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, THREE)
        await pilot.press("question_mark")
        await settle(pilot)
        everything = desk.text()
        await pilot.press(*"browser")
        await settle(pilot)

        assert "Read the issue on a screen of its own." in everything
        assert "Open the issue in the browser." in desk.text()
        assert "Ask both vendors now." not in desk.text()


async def test_an_issue_is_read_on_a_screen_of_its_own() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, THREE)
        await pilot.press("enter")
        await settle(pilot)
        painted = desk.text()
        opened = isinstance(desk.app.screen, IssueScreen)
        await pilot.press("escape")

        assert opened
        assert "story of zd-3" in painted
        assert isinstance(desk.app.screen, QueueScreen)


async def test_the_link_is_copied() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, THREE)
        await pilot.press("y")
        await settle(pilot)
        link = desk.app.clipboard
        await pilot.press("Y")

        assert link == "https://example.zendesk.com/3"
        assert desk.app.clipboard.startswith("zd-3 | P2 | third | respond BREACHED, due ")


async def test_an_address_that_is_not_of_the_web_is_never_opened_or_copied() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24), notifications=True) as pilot:
        await desk.give(pilot, snapshot(issue(1, "odd", url="file:///etc/passwd")))
        await pilot.press("y", "o")
        await settle(pilot)

        assert desk.app.clipboard == ""
        assert "This issue has no web address." in desk.text()


async def test_refresh_and_pause_reach_the_feed() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, THREE)
        await pilot.press("r", "R")
        await settle(pilot)
        await desk.give(pilot, replace(THREE, paused=True))
        await pilot.press("R")
        await settle(pilot)

        assert desk.feed.refreshes == 1
        assert desk.feed.pauses == [True, False]
        assert "PAUSED" in desk.lines("#header")[1]


async def test_one_source_failing_says_why_and_the_rows_of_the_other_go_on() -> None:
    desk = Desk()
    down = SourceStatus(Health.ERROR, None, "The PagerDuty token is wrong or expired.")
    async with desk.app.run_test(size=(120, 24)) as pilot:
        await desk.give(pilot, snapshot(*THREE.issues, pagerduty=down))
        await desk.pass_time(pilot, 1)

        assert "PagerDuty FAILING: The PagerDuty token is wrong" in desk.lines("#header")[1]
        assert desk.rows()[0].split()[1] == "+10:01"


async def test_with_no_data_at_all_each_reason_is_told() -> None:
    desk = Desk()
    down = SourceStatus(Health.ERROR, None, "The network is unreachable.")
    async with desk.app.run_test(size=(40, 10)) as pilot:
        await desk.give(pilot, snapshot(zendesk=down, pagerduty=down))

        assert "The network is unreachable." in desk.text()


async def test_a_tick_repaints_just_the_countdowns_that_read_differently() -> None:
    desk = Desk()
    said = Fact(NOON - timedelta(minutes=1))
    async with desk.app.run_test(size=(80, 24)) as pilot:
        far = issue(4, "far", 9, severity=Severity.P4, replied_first=said, replied_last=said)
        await desk.give(pilot, snapshot(*THREE.issues, far))
        gutter = desk.app.queue.countdowns
        await desk.pass_time(pilot, 0)
        still = gutter.lines_refreshed
        await desk.pass_time(pilot, 0)
        same = gutter.lines_refreshed
        await desk.pass_time(pilot, 1)

        assert same == still
        assert gutter.lines_refreshed == still + 3


async def test_both_halves_and_those_who_wait_are_told_apart() -> None:
    desk = Desk()
    said = Fact(NOON - timedelta(minutes=30))
    asked = issue(5, "asked", 60, status=Status.PENDING, replied_first=said, replied_last=said)
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, snapshot(asked, incident(20, "router down")))
        first, second = desk.rows()

        assert "pd#20" in first
        assert second.startswith("…  waiting P2 waiting #5")


async def test_an_open_issue_counts_down_and_follows_the_news() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, THREE)
        await pilot.press("enter")
        await desk.pass_time(pilot, 5)
        later = desk.text()
        await desk.give(pilot, snapshot(issue(3, "third, renamed", 40)))

        assert "+10:05" in later
        assert "third, renamed" in desk.text()


async def test_the_header_is_painted_anew_whenever_the_size_changes() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(40, 10)) as pilot:
        await desk.give(pilot, snapshot(issue(1, "one"), issue(2, "two")))
        for width, height in [(60, 15), (80, 24), (40, 10), (60, 15), (120, 40), (60, 15)]:
            await pilot.resize_terminal(width, height)
            await settle(pilot)

            told = desk.lines("#header")
            assert desk.painted()[: len(told)] == told, (width, height)


async def test_what_is_copied_gets_through_tmux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMUX", "/tmp/tmux-0/default,1,0")
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, THREE)
        written: list[str] = []
        monkeypatch.setattr(desk.app._driver, "write", written.append)
        await pilot.press("y")
        await settle(pilot)

    assert any(text.startswith("\x1bPtmux;\x1b\x1b]52;c;") for text in written)
