"""The handover, the boundary card and stepping away, as the operator meets them."""

import asyncio
import base64
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from services.domain import History, Issue, Severity
from services.letters import IncidentNote, TicketUpdate
from services.queue import arrange
from tests.paintings import assert_as_kept
from tests.rota.stage import local, rota, week
from tests.rota.test_screen import at
from tests.screen.stage import NOON, POLICY, Desk, incident, issue, settle, snapshot
from tui.clipboard import copy
from tui.screens.handover import HandoverScreen, RemarksScreen, note_action
from tui.screens.rota import RotaScreen
from widgets.boundary_card import BoundaryCard

KEPT = Path(__file__).parent / "painted"
DAYS, NIGHTS = week("2026-01-12", "Me", "Bo")
KNOWN = rota(DAYS, NIGHTS)
QUEUE = replace(
    snapshot(issue(1, "late one", 45), issue(2, "soon due", 5), incident(5, "paging")), rota=KNOWN
)


async def test_the_handover_is_read_completed_copied_and_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, QUEUE)
        await pilot.press("H")
        await settle(pilot)
        assert_as_kept(desk.painted(), KEPT / "handover_80x24.txt")
        await pilot.press("e")
        await settle(pilot)
        assert isinstance(desk.app.screen, RemarksScreen)
        await pilot.press(*"Ask Ann", "escape")
        await settle(pilot)
        await pilot.press("y", "s")
        await settle(pilot)
        screen = desk.app.screen
        assert isinstance(screen, HandoverScreen)

    (saved,) = tmp_path.iterdir()
    assert saved.name == "handover-2026-01-14-1200.md"
    assert saved.stat().st_mode & 0o777 == 0o600
    assert saved.read_text() == desk.app.clipboard == screen.words
    assert screen.words.endswith("## Remarks\n\nAsk Ann\n")


async def test_closed_before_the_vendors_have_told_what_was_done_it_stays_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = asyncio.Event()
    desk = Desk()

    async def history(since: datetime) -> History:
        await told.wait()
        return History(since)

    monkeypatch.setattr(desk.feed, "history", history)
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, QUEUE)
        await pilot.press("H")
        await settle(pilot)
        reading = desk.text()
        await pilot.press("escape")
        await settle(pilot)
        told.set()
        await settle(pilot)

        assert "still being read" in reading
        assert desk.app.screen is desk.app.queue


async def test_remarks_are_there_again_after_a_crash() -> None:
    desk, again = Desk(), Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, QUEUE)
        await pilot.press("H", "e", *"half a wo")
        await settle(pilot)
    again.app.journal = desk.app.journal
    async with again.app.run_test(size=(80, 24)) as pilot:
        await again.give(pilot, QUEUE)
        await pilot.press("H")
        await settle(pilot)
        screen = again.app.screen
        assert isinstance(screen, HandoverScreen)
        assert "half a wo" in screen.words


async def test_it_is_posted_as_an_internal_note_after_a_preview() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, QUEUE)
        await pilot.press("H", "n")
        await settle(pilot)
        preview = desk.text()
        before = desk.app.outbox.letters()
        await pilot.press("y")
        await settle(pilot)
        (letter,) = desk.app.outbox.letters()

        assert "An internal note on the Zendesk ticket, that no requester sees:" in preview
        assert before == ()
        assert isinstance(letter.write, TicketUpdate)
        assert (letter.write.ticket_id, letter.write.public) == (1, False)
        assert (letter.write.comment or "").startswith("# Handover, Wed 14 Jan 2026 12:00 GMT")


def test_a_note_that_is_too_long_for_pagerduty_is_cut_and_says_so() -> None:
    found = note_action(incident(5, "paging"), "x" * 40_000)

    assert found is not None
    (write,) = found[0].writes
    assert isinstance(write, IncidentNote)
    assert len(write.text) == 25_000
    assert write.text.endswith("(cut here; the whole was too long for a note)")
    assert note_action(Issue(None, None), "x") is None


async def test_inside_tmux_the_clipboard_is_asked_for_past_it_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)):
        driver = desk.app._driver
        assert driver is not None
        written: list[str] = []
        monkeypatch.setattr(driver, "write", written.append)
        copy(desk.app, "a\nb", {"TMUX": "/tmp/tmux-0/default,1,0"})
        code = base64.b64encode(b"a\nb").decode()

        assert f"\x1b]52;c;{code}\a" in written
        assert f"\x1bPtmux;\x1b\x1b]52;c;{code}\a\x1b\\" in written


SIZES = [(120, 40), (80, 24), (60, 15)]


@pytest.mark.parametrize("size", SIZES, ids=[f"{w}x{h}" for w, h in SIZES])
async def test_half_an_hour_before_five_a_card_says_what_changes(size: tuple[int, int]) -> None:
    five = local("2026-01-14 16:29")
    desk = at(five)
    late = (five - NOON) / timedelta(minutes=1)
    queue = replace(
        snapshot(
            issue(1, "late one", 45), issue(2, "sleeps", -late, severity=Severity.P3),
            issue(3, "goes on", -late + 5, severity=Severity.P1),
        ),
        rota=rota(DAYS, NIGHTS, now=five),
    )  # fmt: skip
    async with desk.app.run_test(size=size) as pilot:
        await desk.give(pilot, queue)
        early = any(card.showing for card in desk.app.queue.query(BoundaryCard))
        await desk.pass_time(pilot, 61)
        told = desk.text()
        assert {cell_len(line) for line in desk.painted()} == {size[0]}
        # The issue beside it is read in its own time; only the card is compared.
        place = desk.app.queue.query_one(BoundaryCard).region
        card = desk.painted()[place.y : place.bottom]
        assert_as_kept(card, KEPT / f"boundary_{size[0]}x{size[1]}.txt")
        await pilot.press("w")
        await settle(pilot)
        covered = isinstance(desk.app.screen, RotaScreen) and "Esc hides" in desk.text()
        await pilot.press("escape", "escape")
        await desk.pass_time(pilot, 60)

        assert not early
        assert "17:00, in 29m: support hours end" in told
        assert not covered
        assert "support hours end" not in desk.text()


async def test_can_i_step_away_is_answered_for_as_many_minutes_as_are_typed() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, QUEUE)
        desk.app.action_step_away()
        await settle(pilot)
        usual = desk.text()
        await pilot.press(*"5")
        await settle(pilot)
        short = desk.text()
        await pilot.press(*"x")
        await settle(pilot)

        assert "Not without somebody in your place: 3 promises until 12:30." in usual
        assert "12:25  P2 respond  #2 soon due" in usual
        assert "You are on call: Primary" in usual
        assert "Nobody else is on call now" in usual
        assert "1 promise until 12:05" in short
        assert "For how many minutes? A number from 1 to 720." in desk.text()


async def test_the_palette_finds_what_has_no_key() -> None:
    desk = Desk()
    async with desk.app.run_test(size=(80, 24)) as pilot:
        await desk.give(pilot, QUEUE)
        await pilot.press("colon", *"step away")
        await pilot.pause(0.3)

        assert "Can I step away?" in desk.text()
        assert len(arrange(QUEUE.issues, POLICY, NOON)) == 3
