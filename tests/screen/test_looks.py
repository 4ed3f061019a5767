"""Can everybody read it, find their way in it, and show it to others?"""

from functools import partial

import pytest
from msgspec.structs import replace
from rich.cells import cell_len
from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from services.domain import Issue, OnCall, TimelineEntry
from services.errors import ConfigError
from services.filter import View, parse_filter, saved_views
from services.people import People
from services.runbooks import links_for, search
from services.veil import HIDDEN, Veil, hidden_in
from tests.rota.stage import local, rota, schedule, shift
from tests.screen.stage import NOON, Desk, incident, issue, row, settle, snapshot
from tui.options import ScreenOptions
from tui.themes import OWN
from widgets.header import Header
from widgets.hiding import Hiding
from widgets.queue_table import QueueTable

VIEWS = (View("urgent", "is:breached,soon"), View("mine", "is:mine"), View("odd", "tag:nothing"))
WORLD = snapshot(issue(1, "first"), issue(2, "second", 20, assignee="Me"), issue(3, "third", 40))


def contrast(one: Color, other: Color) -> float:
    """The ratio of WCAG 2: 1 is none, 21 is black on white."""

    def luminance(color: Color) -> float:
        parts = [part / 255 for part in (color.r, color.g, color.b)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def of(color: RichColor | None) -> Color:
    assert color is not None
    return Color.from_rich_color(color)


def stands_out(style: Style) -> float:
    return contrast(of(style.color), of(style.bgcolor))


@pytest.mark.parametrize("theme", [theme.name for theme in OWN])
async def test_every_word_stands_out_from_its_ground(theme: str) -> None:
    """4.5 to 1 is what WCAG asks of text."""
    desk = Desk(ScreenOptions(theme=theme))
    async with desk.app.run_test(size=(120, 40)) as pilot:
        await desk.give(pilot, WORLD)
        table, header = desk.app.queue.table, desk.app.queue.query_one(Header)
        styles = {
            name: table.get_component_rich_style(name) for name in QueueTable.COMPONENT_CLASSES
        }
        styles |= {n: header.get_component_rich_style(n) for n in Header.COMPONENT_CLASSES}
        for selector in ("#views", "#footer", "#detail"):
            styles[selector] = desk.app.queue.query_one(selector).rich_style
        weak = {name: stands_out(s) for name, s in styles.items() if stands_out(s) < 4.5}
        colours = desk.app.theme_variables
        for word in ("foreground", "text-error", "text-warning", "text-accent", "text-success",
                     "text-muted", "text-primary"):  # fmt: skip
            for ground in ("background", "surface", "panel"):
                ratio = contrast(Color.parse(colours[word]), Color.parse(colours[ground]))
                if ratio < 4.5:
                    weak[f"{word} on {ground}"] = ratio

        assert desk.app.theme == theme
        assert weak == {}


async def test_a_theme_that_there_is_not_is_told_of() -> None:
    desk = Desk(ScreenOptions(theme="rota-drak"))
    async with desk.app.run_test(size=(80, 24), notifications=True) as pilot:
        await desk.give(pilot, WORLD)

        assert desk.app.theme == "rota-dark"
        assert "screen.theme: there is no" in desk.text()


@pytest.mark.parametrize("theme", ["rota-dark", "rota-light", "ansi-dark", "ansi-light"])
async def test_without_colour_all_is_told_by_signs_and_words(
    theme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no word is painted in the colour of its ground."""
    monkeypatch.setenv("NO_COLOR", "1")
    desk = Desk(ScreenOptions(theme=theme))
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, WORLD)
        text = desk.text()
        cursor = desk.app.queue.table.get_component_rich_style("queue--cursor")
        filters = desk.app.get_line_filters()
        unreadable = []
        for strip in desk.app.screen._compositor.render_strips():
            segments = list(strip)
            for line_filter in filters:
                segments = line_filter.apply(segments, Color.parse("black"))
            unreadable += [
                s.text
                for s in segments
                if s.text.strip() and s.style is not None and hidden(s.style)
            ]

        assert unreadable == []
        assert cursor.reverse
        assert "▲" in text
        assert "1 breached" in text


def hidden(style: Style) -> bool:
    """Whether a word has the colour of its ground."""
    if style.color is None or style.bgcolor is None or style.color.is_default:
        return False
    if style.bgcolor.is_default:
        return False
    return contrast(of(style.color), of(style.bgcolor)) < 2


async def test_ascii_draws_with_nothing_else() -> None:
    desk = Desk(ScreenOptions(ascii=True, views=VIEWS))
    async with desk.app.run_test(size=(120, 40)) as pilot:
        await desk.give(pilot, WORLD)
        await pilot.press("question_mark")
        await settle(pilot)
        filters = desk.app.get_line_filters()
        drawn = ""
        for strip in desk.app.screen._compositor.render_strips():
            segments = list(strip)
            for line_filter in filters:
                segments = line_filter.apply(segments, Color.parse("black"))
            drawn += "".join(segment.text for segment in segments)

        assert {char for char in drawn if not char.isascii()} == set()


async def test_views_are_opened_by_number_stepped_through_and_counted() -> None:
    desk = Desk(ScreenOptions(views=VIEWS))
    async with desk.app.run_test(size=(100, 30)) as pilot:
        await desk.give(pilot, WORLD)
        line = desk.lines("#views")[0].strip()
        await pilot.press("2")
        await settle(pilot)
        mine = desk.rows()
        header = desk.lines("#header")[1]
        await pilot.press("2")
        await settle(pilot)
        everything = desk.rows()
        await pilot.press("left_square_bracket")
        await settle(pilot)

        assert line.split("  ") == ["[all 3]", "1 urgent 1", "2 mine 1", "3 odd 0"]
        assert ["second" in one for one in mine] == [True]
        assert "[mine] 1 of 3" in header
        assert len(everything) == 3
        assert "[3 odd 0]" in desk.lines("#views")[0]
        assert "Esc" in desk.text()


async def test_a_view_narrows_together_with_what_is_typed_and_escape_drops_both() -> None:
    desk = Desk(ScreenOptions(views=VIEWS, start_view="urgent"))
    async with desk.app.run_test(size=(100, 30)) as pilot:
        await desk.give(pilot, WORLD)
        started = desk.rows()
        await pilot.press("slash", *"sec", "enter")
        await settle(pilot)
        both = desk.rows()
        await pilot.press("escape")
        await settle(pilot)

        assert ["third" in one for one in started] == [True]
        assert both == []
        assert len(desk.rows()) == 3


@pytest.mark.parametrize(
    ("views", "why"),
    [
        ({"bad": "sev:p9"}, "views.bad: sev:p9 is no severity"),
        ({str(n): "is:mine" for n in range(10)}, "there are 10; keys 1 to 9 open 9"),
    ],
)
def test_views_that_cannot_be_used_are_refused(views: dict[str, str], why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        saved_views(views)


@pytest.mark.parametrize("text", ["is:breached,soon", "age:>5m", "due:<2h", "is:untriaged"])
def test_fields_are_understood_with_a_colon_and_with_several_values(text: str) -> None:
    kept = parse_filter(text).keeps(row(issue(1, "x", 40)), NOON)

    assert kept is (text != "is:untriaged")


RUNBOOKS = {
    "router|gorouter": "https://docs.example.org/router",
    "^disk": "https://docs.example.org/disk",
}
LINKS = {"Pipelines": "https://ci.example.org", "Evil": "file:///etc/passwd"}


def test_runbooks_that_fit_come_first_and_only_web_addresses_at_all() -> None:
    one = incident(20, "something else")
    assert one.incident is not None
    half = replace(one.incident, service="GoRouter", url="https://pd.example.org/P20")
    found = links_for(Issue(None, half), LINKS, RUNBOOKS)

    assert [link.name for link in found] == [
        "Runbook: router|gorouter",
        "Incident #20",
        "Pipelines",
    ]
    assert [link.name for link in links_for(None, LINKS, RUNBOOKS)] == ["Pipelines"]
    assert [link.url for link in search(found, "PIPE ci")] == ["https://ci.example.org"]


async def test_a_link_is_searched_opened_and_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(ScreenOptions(links=LINKS, runbooks={"third": "https://docs.example.org/third"}))
    opened: list[str] = []
    async with desk.app.run_test(size=(80, 24)) as pilot:
        monkeypatch.setattr(desk.app, "open_url", opened.append)
        await desk.give(pilot, WORLD)
        await pilot.press("b")
        await settle(pilot)
        shown = desk.text()
        await pilot.press("f2", "down", "down", "enter")
        await settle(pilot)
        await pilot.press("b", *"zzz")
        await settle(pilot)

        assert "> Runbook: third" in shown
        assert "Evil" not in shown
        assert desk.app.clipboard == "https://docs.example.org/third"
        assert opened == ["https://ci.example.org"]
        assert "[links] and [runbooks] in config.toml" in desk.text()


SECRET = snapshot(
    issue(1, "Ann Lee <ann@x.example> cannot log in", 40, requester="Ann Lee", assignee="Bo Ek"),
    replace(incident(2, "page for Bo Ek"), ticket=None),
)


def test_the_veil_hides_people_and_keeps_every_promise() -> None:
    hidden_world = Veil(SECRET).snapshot(
        replace(SECRET, on_call=(OnCall("s", "Bo Ek", None, "Me"),))
    )
    one = hidden_world.issues[0]

    assert one.ticket is not None
    assert one.ticket.subject == f"{HIDDEN} <{HIDDEN}> cannot log in"
    assert (one.ticket.requester, one.ticket.assignee) == (HIDDEN, HIDDEN)
    assert (hidden_world.on_call[0].who, hidden_world.on_call[0].then) == (HIDDEN, "Me")
    assert [i.promises for i in hidden_world.issues] == [i.promises for i in SECRET.issues]
    assert [i.id for i in hidden_world.issues] == [i.id for i in SECRET.issues]


async def test_the_privacy_key_hides_names_everywhere_and_gives_them_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = Desk()

    async def story(issue: Issue) -> tuple[TimelineEntry, ...]:
        entry = await type(desk.feed).timeline(desk.feed, issue)
        return (replace(entry[0], who="Ann Lee", text="call ann@x.example or Bo Ek"),)

    monkeypatch.setattr(desk.feed, "timeline", story)
    async with desk.app.run_test(size=(120, 30)) as pilot:
        await desk.give(pilot, SECRET)
        await pilot.press("enter")
        await settle(pilot)
        open_ = desk.text()
        await pilot.press("escape", "X")
        await settle(pilot)
        desk.app.queue.tell("zd-1", desk.app.veiled_entries(await story(SECRET.issues[0])))
        await settle(pilot)
        closed = desk.text()
        await pilot.press("X")
        await settle(pilot)

        assert "Ann Lee" in open_
        assert not [name for name in ("Ann Lee", "ann@x", "Bo Ek") if name in closed]
        assert "Names and addresses" in closed or HIDDEN in closed
        assert "Ann Lee" in desk.text()


def filtered(desk: Desk) -> str:
    """What reaches the terminal: painted lines go through the app's filters on their way."""
    lines = []
    for strip in desk.app.screen._compositor.render_strips():
        segments = list(strip)
        for line_filter in desk.app.get_line_filters():
            segments = line_filter.apply(segments, Color.parse("black"))
        lines.append("".join(segment.text for segment in segments))
    assert {cell_len(line) for line in lines} == {desk.app.size.width}
    return "\n".join(lines)


TURNS = schedule(
    "Primary",
    shift("Ann Lee", local("2026-01-14 09:00"), local("2026-01-14 17:00")),
    shift("Bo Ek", local("2026-01-14 17:00"), local("2026-01-15 09:00")),
)


@pytest.mark.parametrize("way", ["w", "H", "c", "O"])
async def test_no_screen_shows_a_name_while_others_look_on(way: str) -> None:
    desk = Desk()
    async with desk.app.run_test(size=(120, 30)) as pilot:
        await desk.give(pilot, replace(SECRET, rota=rota(TURNS)))
        await pilot.press(way)
        await settle(pilot)
        seen = filtered(desk)
        desk.app.action_privacy()
        await settle(pilot)
        veiled = filtered(desk)
        desk.app.action_privacy()
        await settle(pilot)

        assert [name for name in ("Ann", "Lee", "Bo Ek") if name in veiled] == []
        assert way == "O" or "Ann Lee" in seen
        assert filtered(desk).count("Ann Lee") == seen.count("Ann Lee")


def test_a_name_is_painted_over_cell_by_cell_whatever_its_colours() -> None:
    hiding = Hiding(partial(hidden_in, People(["Ann 漢", "Bo"])))
    line = [Segment("to A"), Segment("nn 漢, B", Style(bold=True)), Segment("o.")]

    painted = hiding.apply(line, Color.parse("black"))

    assert [segment.text for segment in painted] == ["to ▓", "▓▓▓▓▓, ▓", "▓."]
    assert [segment.style for segment in painted] == [segment.style for segment in line]


async def test_what_is_written_is_about_the_issue_itself_and_not_its_veil() -> None:
    desk = Desk(ScreenOptions(privacy=True))
    async with desk.app.run_test(size=(120, 30)) as pilot:
        await desk.give(pilot, SECRET)
        painted = desk.app.queue.table.selected
        assert painted is not None
        (meant,) = desk.app.unveiled([painted.issue])

        assert painted.issue.ticket is not None
        assert painted.issue.ticket.requester == HIDDEN
        assert meant is SECRET.issues[0]


async def test_times_are_told_as_ages_or_as_times_of_day() -> None:
    desk = Desk()
    yesterday = issue(9, "old", 60 * 20)
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, snapshot(issue(1, "first"), yesterday))
        ages = [one.split()[-1] for one in desk.rows()]
        await pilot.press("T")
        await settle(pilot)

        assert ages == ["20h", "5m"]
        assert [one.split()[-1] for one in desk.rows()] == ["Jan", "11:55"]


def test_a_name_within_a_word_is_no_name() -> None:
    """A veil is made of the people of one snapshot; others are not known to it."""
    veil = Veil(snapshot(issue(1, "x", requester="Ann")))

    assert veil.text("Ann and Cy, Joanna") == f"{HIDDEN} and Cy, Joanna"
