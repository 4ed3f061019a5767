"""Is it kind: does it say what is new, show newcomers around, and tell what to do?"""

from datetime import timedelta

import pytest

from services.domain import Health, Issue, SourceStatus
from services.news import News, changed_at
from tests.screen.stage import NOON, Desk, issue, settle, snapshot
from tui.options import ScreenOptions
from widgets.tour import STEPS

OLD = issue(1, "old", 60)


def test_what_is_new_or_changed_is_news_until_it_is_looked_at() -> None:
    news = News()
    fresh = issue(2, "fresh", -5)
    before = news.unread(fresh)
    news.begin(NOON)
    counted = news.count([OLD, fresh])
    looked = news.look(fresh), news.look(fresh)

    assert not before
    assert counted == (1, 0)
    assert looked == (True, False)
    assert news.count([OLD, fresh]) == (0, 0)


def test_what_we_have_written_ourselves_is_no_news() -> None:
    news, mine = News(), issue(2, "mine", -5)
    wrote = changed_at(mine)
    news.begin(NOON)
    news.own({"zd-2": wrote - timedelta(seconds=1)})
    answered = news.unread(mine)
    news.own({"zd-2": wrote - timedelta(minutes=1), "zd-3": wrote})

    assert not answered
    assert news.unread(mine)


async def test_a_row_that_is_news_is_marked_until_it_is_read() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, snapshot(OLD))
        await desk.clock.advance(300)
        await desk.give(pilot, snapshot(OLD, issue(2, "fresh", -4)))
        marked = {one.split()[4]: "•" in one.split() for one in desk.rows()}
        told = desk.lines("#views")[0]
        await pilot.press("j", "enter", "escape")
        await settle(pilot)

        assert marked == {"#1": False, "#2": True}
        assert "1 new since 12:00" in told
        assert not any("•" in one.split() for one in desk.rows())
        assert "new since" not in desk.lines("#views")[0]


async def test_the_tour_has_five_steps_takes_no_other_key_and_can_be_left() -> None:
    desk = Desk(ScreenOptions(tour=True))
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, snapshot(OLD, issue(2, "other", 50)))
        first = desk.text()
        await pilot.press("j")
        moved = desk.selected
        steps = []
        for _ in range(5):
            steps.append(next(line for line in desk.painted() if "Tour " in line)[:10].strip())
            await pilot.press("f3")
            await settle(pilot)
        over = desk.text()
        await pilot.press("colon", *"take the tour", "enter")
        await settle(pilot)
        again = desk.text()
        await pilot.press("f6")
        await settle(pilot)

        assert len(STEPS) == 5
        assert "Tour 1/5" in first
        assert moved == "zd-2"
        assert steps == [f"Tour {n}/5" for n in range(1, 6)]
        assert "Tour" not in over
        assert "Tour 1/5" in again
        assert "Tour" not in desk.text()


async def test_an_empty_list_says_what_to_do() -> None:
    desk = Desk()
    wrong = SourceStatus(Health.ERROR, None, "The token is wrong.")
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, snapshot())
        nothing = desk.text()
        await pilot.press("slash", *"zzz", "enter")
        await settle(pilot)
        narrowed = desk.text()
        await pilot.press("escape")
        await desk.give(pilot, snapshot(zendesk=wrong, pagerduty=wrong))

        assert "Nothing is open" in nothing
        assert "N raises" in nothing
        assert "Esc drops it and shows everything" in narrowed
        assert "The token is wrong." in desk.text()
        assert "rota check" in desk.text()


def test_the_moment_of_leaving_is_where_the_news_begin() -> None:
    news = News()
    news.begin(NOON - timedelta(hours=2))

    assert news.unread(OLD)


@pytest.mark.parametrize(
    ("shown", "links"),
    [
        pytest.param(OLD, {"https://example.zendesk.com/1"}, id="to a host of ours"),
        pytest.param(issue(2, "odd", 70, url="javascript:alert(1)"), set(), id="to nowhere"),
    ],
)
async def test_the_numbers_of_an_issue_are_links_where_the_terminal_can(
    shown: Issue, links: set[str]
) -> None:
    desk = Desk(ScreenOptions(open_hosts=("example.zendesk.com",)))
    async with desk.app.run_test(size=(120, 30)) as pilot:
        await desk.give(pilot, snapshot(shown))
        found = {s.style.link for strip in desk.app.screen._compositor.render_strips()
                 for s in strip if s.style is not None and s.style.link}  # fmt: skip

        assert found == links


async def test_the_tour_takes_no_room_where_there_is_none() -> None:
    desk = Desk(ScreenOptions(tour=True))
    async with desk.app.run_test(size=(40, 10)) as pilot:
        await desk.give(pilot, snapshot(OLD, issue(2, "other", 50)))

        assert "Tour" not in desk.text()
        assert len(desk.rows()) == 2
