"""While others look on, nobody's name is to be seen, however it was written, cut or wrapped."""

import asyncio
import re
from collections.abc import Sequence
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.segment import Segment
from textual.color import Color

from services.domain import Issue, Source, TimelineEntry
from services.people import People
from services.veil import HIDDEN, Veil, hidden_in
from tests.screen.stage import NOON, Desk, incident, issue, settle, snapshot
from tests.screen.test_looks import filtered
from tui.options import ScreenOptions
from widgets.fitting import fit
from widgets.hiding import Hiding

ENTRY = TimelineEntry(NOON, Source.ZENDESK, "public reply", "", "")

LETTERS = "qxzjξψωбжю"
"""In no word of ours: whatever of them is to be seen has come from a name."""

FRAGMENT = re.compile(rf"[{LETTERS}]{{3}}", re.IGNORECASE)
"""What is too much of a name."""

words = st.text(LETTERS + LETTERS.upper(), min_size=3, max_size=14)
names = st.lists(words, min_size=1, max_size=3).map(" ".join)
written = st.sampled_from(
    [
        str, str.lower, str.upper, str.title,
        lambda name: name.split()[0],
        lambda name: name.split()[-1] + "'s",
        lambda name: name.replace(" ", "\n"),
        lambda name: name.replace(" ", "\u00a0 "),
        lambda name: name.replace(" ", "_") + "7",
        lambda name: f"<{name}>,",
        lambda name: "\u0301".join(name),
        lambda name: name.replace(" ", ".") + "@example.org",
    ]
)  # fmt: skip
"""In what ways people write the name of somebody."""


@st.composite
def texts(draw: st.DrawFn, people: Sequence[str]) -> str:
    """Prose in which people are named."""
    prose = st.sampled_from(["the app is down", "hello,", "we were called by", "(again)", "—", ""])
    some = st.builds(lambda way, name: str(way(name)), written, st.sampled_from(people))
    return " ".join(draw(st.lists(prose | some, min_size=1, max_size=12)))


@given(st.data(), st.lists(names, min_size=1, max_size=6))
def test_of_no_name_in_a_text_three_letters_stay(data: st.DataObject, people: list[str]) -> None:
    veil = Veil(snapshot(*(issue(n, "x", requester=name) for n, name in enumerate(people, 1))))
    text = data.draw(texts(people))

    assert FRAGMENT.findall(veil.text(text)) == []


@given(st.data(), st.lists(names, min_size=1, max_size=6), st.integers(1, 60))
def test_of_no_name_that_was_cut_to_fit_three_letters_stay(
    data: st.DataObject, people: list[str], width: int
) -> None:
    """On screens whose texts come from elsewhere: line by line, behind the cut."""
    hiding = Hiding(partial(hidden_in, People(people)))
    lines = [fit(f"│ {line}", width) for line in data.draw(texts(people)).splitlines()]
    painted = [hiding.apply([Segment(line)], Color.parse("black"))[0].text for line in lines]

    assert FRAGMENT.findall("\n".join(painted)) == []


@settings(max_examples=12, deadline=None)
@given(st.data(), st.lists(names, min_size=1, max_size=4))
def test_nothing_of_a_name_is_seen_in_queue_and_detail_at_any_width(
    data: st.DataObject, people: list[str]
) -> None:
    somebody = st.sampled_from(people)
    told = []
    for number, name in enumerate(people, 1):
        one = issue(number, data.draw(texts(people)), requester=name, assignee=data.draw(somebody))
        assert one.ticket is not None
        described = replace(one.ticket, description=data.draw(texts(people)))
        told.append(replace(one, ticket=described))
    page = incident(90, data.draw(texts(people)), who=data.draw(somebody))
    said = data.draw(texts(people)), data.draw(somebody)
    sizes = st.lists(st.tuples(st.integers(40, 170), st.integers(8, 45)), min_size=2, max_size=2)
    asyncio.run(_looked_at([*told, page], said, data.draw(sizes)))


async def _looked_at(
    issues: Sequence[Issue], said: tuple[str, str], sizes: Sequence[tuple[int, int]]
) -> None:
    desk = Desk(ScreenOptions(privacy=True))
    stock = desk.feed.timeline

    async def story(issue: Issue) -> tuple[TimelineEntry, ...]:
        return tuple(replace(entry, text=said[0], who=said[1]) for entry in await stock(issue))

    setattr(desk.feed, "timeline", story)  # noqa: B010
    async with desk.app.run_test(size=sizes[0]) as pilot:
        await desk.give(pilot, snapshot(*issues))
        for size in sizes:
            await pilot.resize_terminal(*size)
            await settle(pilot)
            seen = [filtered(desk)]
            await pilot.press("enter")
            await settle(pilot)
            seen.append(filtered(desk))
            await pilot.press("escape")
            await settle(pilot)
            assert HIDDEN in seen[1]
            assert [FRAGMENT.findall(screen) for screen in seen] == [[], []]


@pytest.mark.parametrize(
    ("name", "text", "veiled"),
    [
        pytest.param("Bo", "Bo and bo, BO's Bob", f"{HIDDEN} and bo, {HIDDEN}'s Bob", id="two"),
        pytest.param("Bo Ek", "Bo wrote. ek Ek", f"{HIDDEN} wrote. ek {HIDDEN}", id="two-by-two"),
        pytest.param("李", "李 wrote", f"{HIDDEN} wrote", id="one"),
        pytest.param("李雷", "由李雷报告", f"由{HIDDEN}报告", id="no-spaces"),
        pytest.param("Ana de la Cruz", "de la cruz", f"de la {HIDDEN}", id="particles-are-words"),
        pytest.param("José Núñez", "JOSE NUNEZ", HIDDEN, id="accents"),
        pytest.param("O'Brien", "for O'Brien.", f"for O'{HIDDEN}.", id="apostrophe"),
        pytest.param("+44 20 7946 0018", "call +44  20 7946 0018", f"call {HIDDEN}", id="number"),
        pytest.param("Ann", "Joanna plans annually", "Joanna plans annually", id="within-words"),
    ],
)
def test_how_a_name_is_found(name: str, text: str, veiled: str) -> None:
    assert Veil(snapshot(issue(1, "x", requester=name))).text(text) == veiled


def test_who_only_takes_part_is_hidden_in_what_was_said() -> None:
    veil = Veil(snapshot(issue(1, "x", requester="Ann Lee")))
    (entry,) = veil.entries([replace(ENTRY, who="Cy Poe", text="Regards, Cy and Ann")])

    assert (entry.who, entry.text) == (HIDDEN, f"Regards, {HIDDEN} and {HIDDEN}")


def test_a_word_that_was_cut_is_hidden_only_if_it_begins_a_name() -> None:
    people = People(["Josephine", "Bo"])
    line = "Jos… Josx… jo… phine… Josephine…"
    spans = [line[start:end] for start, end in people.painted(line)]

    assert spans == ["Jos", "Josephine"]


def test_who_hides_the_same_is_the_same() -> None:
    """So that lines that are painted already are kept."""
    assert People(["Ann Lee", "Bo"]) == People(["Bo", "Lee Ann", "Ann"])
    assert People(["Ann"]) != People(["Bo"])
    assert hash(People(["Ann"])) == hash(People(["ann"]))
