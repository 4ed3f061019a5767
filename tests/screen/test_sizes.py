"""Does every line fit, whatever is in it and however small the terminal?"""

from datetime import timedelta

import pytest
from rich.cells import cell_len

from services.domain import Health, SourceStatus
from tests.screen.stage import NOON, Desk, issue, snapshot
from tui.options import ScreenOptions

THREE = snapshot(issue(1, "first"), issue(2, "second", 20), issue(3, "third", 40))
SIZES = [(120, 40), (80, 24), (60, 15), (40, 10), (40, 4)]
sizes = pytest.mark.parametrize("size", SIZES, ids=[f"{w}x{h}" for w, h in SIZES])


@pytest.mark.parametrize(
    "subject",
    [
        "[red]x[/red] [",
        "a\x1b[2Jb",
        "a\u202eb",
        "🚒🔥👩\u200d🚒" * 9,
        "x" * 10_000,
        "",
        "e" + "\u0301" * 90,
    ],
    ids=["markup", "escape", "override", "emoji", "long", "empty", "combining"],
)
async def test_a_hostile_subject_is_one_safe_line(subject: str) -> None:
    desk = Desk()
    async with desk.app.run_test(size=(120, 12)) as pilot:
        await desk.give(pilot, snapshot(issue(1, subject), issue(2, "after", 1)))
        width = desk.app.queue.table.size.width
        first, second = desk.lines("#queue")[:2]

        assert (cell_len(first), cell_len(second)) == (width, width)
        assert first.isprintable()
        assert "after" in second
        assert not {"\x1b", "\u202e"} & set(desk.text())


@sizes
async def test_what_is_due_next_and_the_age_of_the_data_fit_any_size(size: tuple[int, int]) -> None:
    desk = Desk()
    async with desk.app.run_test(size=size) as pilot:
        await desk.give(pilot, THREE)
        await desk.pass_time(pilot, 12)

        assert "+10:12" in desk.text()
        assert "third" in desk.text()
        assert "<1m" in desk.text()
        assert {cell_len(line) for line in desk.painted()} == {size[0]}


@sizes
async def test_a_failing_source_leaves_the_age_of_both_in_view(size: tuple[int, int]) -> None:
    desk = Desk()
    down = SourceStatus(Health.ERROR, NOON - timedelta(minutes=17), "PagerDuty refuses.", 3)
    async with desk.app.run_test(size=size) as pilot:
        await desk.give(pilot, snapshot(*THREE.issues, pagerduty=down))
        head = " ".join(desk.lines("#header"))

        assert "FAILING 17m" in head
        assert " <1m" in head
        assert len(desk.rows()) == min(3, size[1] - 1)


@sizes
async def test_a_demo_is_never_taken_for_the_real_thing(size: tuple[int, int]) -> None:
    desk = Desk(ScreenOptions(demo="DEMO ×60"))
    async with desk.app.run_test(size=size) as pilot:
        await desk.give(pilot, THREE)

        assert "DEMO" in desk.text()
