"""How forms, previews and the outbox look: painted lines, kept in `painted/*.txt` to be reviewed.

`ROTA_DRAW=1 python -m pytest tests/forms/test_painted.py` draws them anew.
"""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from services.domain import Severity, Source, TimelineEntry
from services.letters import LetterState
from tests.forms.desk import WritingDesk, types, world
from tests.forms.scenes import NOON, a_ticket, an_incident, issue_of
from tests.screen.stage import settle

PAINTED = Path(__file__).parent / "painted"
PAIR = issue_of(a_ticket(), an_incident())
SAID = (
    TimelineEntry(NOON - timedelta(minutes=12), Source.ZENDESK, "requester", "Ada Ashdown",
                  "Hello,\n\nsince eleven nothing can be pushed. We ship tonight."),
)  # fmt: skip
SIZES = [(120, 40), (80, 24), (60, 15), (40, 10)]
sizes = pytest.mark.parametrize("size", SIZES, ids=[f"{w}x{h}" for w, h in SIZES])


def compare(name: str, lines: list[str]) -> None:
    """Hold what is painted to what is kept."""
    path, painted = PAINTED / f"{name}.txt", "\n".join(line.rstrip() for line in lines) + "\n"
    if os.environ.get("ROTA_DRAW"):
        path.write_text(painted, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == painted


async def triage(desk: WritingDesk, size: tuple[int, int], last: str) -> None:
    async with desk.app.run_test(size=size) as pilot:
        await desk.give(pilot, world(PAIR))
        await types(pilot, "<t>", "They ship tonight.", "<tab>", "Nobody can push.", "<tab>",
                    "<tab>", "<tab>", "One app.", "<tab>", "<tab>", "<tab>", "2")  # fmt: skip
        desk.form.tell(PAIR.id, SAID)
        await types(pilot, *([f"<{last}>"] if last else []))
        await settle(pilot)
        compare(f"triage{'-preview' if last else ''}-{size[0]}x{size[1]}", desk.painted())


@sizes
async def test_triage(size: tuple[int, int]) -> None:
    await triage(WritingDesk(), size, "")


@sizes
async def test_its_preview(size: tuple[int, int]) -> None:
    await triage(WritingDesk(), size, "ctrl+s")


@pytest.mark.parametrize("size", [SIZES[0], SIZES[2]], ids=["120x40", "60x15"])
async def test_a_conflict(size: tuple[int, int]) -> None:
    desk = WritingDesk()
    async with desk.app.run_test(size=size) as pilot:
        await desk.give(pilot, world(PAIR))
        await types(pilot, "<c>", "We are clearing a stale route.", "<ctrl+s>", "<y>")
        letter, ledger = desk.letters[0], desk.outbox.ledger
        ledger.take_lock()
        await desk.clock.advance(11)
        ledger.take(letter.id, desk.clock.now())
        ledger.settle(letter.id, LetterState.CONFLICT, desk.clock.now(),
                      reason="Somebody changed it first.",
                      theirs="Tomas Lindqvist, 12:00:\nI have it, thank you.",
                      again=letter.write)  # fmt: skip
        await settle(pilot)
        await types(pilot, "<O>")

        compare(f"conflict-{size[0]}x{size[1]}", desk.painted())


@sizes
async def test_what_strangers_wrote_keeps_its_place(size: tuple[int, int]) -> None:
    evil = "a\x1b[2J\u202eb [red]x[/red] 👩\u200d🚒 \x9b31m" + "e" + "\u0301" * 40
    ticket = replace(a_ticket(severity=Severity.P2), subject=evil, requester=evil)
    desk = WritingDesk()
    async with desk.app.run_test(size=size) as pilot:
        await desk.give(pilot, world(issue_of(ticket, an_incident(title=evil))))
        await types(pilot, "<f>")
        desk.form.tell(desk.form.sheet.scene.issue.id if desk.form.sheet.scene.issue else "", (
            TimelineEntry(NOON, Source.ZENDESK, evil, evil, evil),))  # fmt: skip
        await settle(pilot)
        seen = [desk.painted()]
        await types(pilot, "x", "<tab>", "Why", "<ctrl+s>")
        seen.append(desk.painted())
        await types(pilot, "<y>", "<O>")
        seen.append(desk.painted())

        for lines in seen:
            assert {cell_len(line) for line in lines} == {size[0]}
            assert all(line.isprintable() for line in lines)
            assert not {"\x1b", "\u202e", "\x9b"} & set("".join(lines))
