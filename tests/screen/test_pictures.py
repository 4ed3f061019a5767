"""What does every screen look like, wide and narrow? Painted lines, kept to be read in a diff.

After a change that is meant: ROTA_REDRAW=1 python -m pytest tests/screen/test_pictures.py, and look
at the difference.
"""

import os
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from tests.screen.stage import Desk, incident, issue, settle, snapshot
from tests.screen.test_keys import WAYS
from tui.keys import SCREENS
from tui.options import ScreenOptions
from tui.screens import resting

FOLDER = Path(__file__).with_name("pictures")
WIDE, NARROW = (120, 40), (60, 15)
ALL = (WIDE, (100, 30), (80, 24), NARROW, (40, 10), (40, 4))
LINKS = {"Pipelines": "https://ci.example.org"}


SOON = 0.001
"""Seconds; no picture tells how long the cursor had to rest."""


async def told(desk: Desk, pilot: Pilot[None]) -> None:
    """Until what happened to the issue in view is there; it is asked for once the cursor rests."""
    await settle(pilot)
    while "reading what happened" in desk.text():
        await pilot.pause(SOON)


async def pictures(screen: str, sizes: tuple[tuple[int, int], ...]) -> str:
    """A screen at several sizes, one below the other."""
    drawn = []
    desk = Desk(ScreenOptions(links=LINKS, tour=False))
    async with desk.app.run_test(size=sizes[0]) as pilot:
        await desk.give(pilot, snapshot(
            issue(1, "Cannot push to the registry", 5, assignee="Me", requester="Ann Lee"),
            issue(2, "Deploys of night-map fail since noon", 20, requester="Bo Ek"),
            issue(3, "Where is the log of my app?", 40, severity=None),
            incident(20, "router down", 3),
        ))  # fmt: skip
        await told(desk, pilot)
        await WAYS[screen](desk, pilot)
        await told(desk, pilot)
        for width, height in sizes:
            await pilot.resize_terminal(width, height)
            await settle(pilot)
            lines = desk.painted()
            assert {cell_len(line) for line in lines} == {width}
            drawn.append(f"{screen} {width}x{height}\n" + "\n".join(x.rstrip() for x in lines))
    return "\n\n".join(drawn) + "\n"


@pytest.mark.parametrize("screen", SCREENS)
async def test_each_screen_looks_as_it_did(screen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resting, "REST", SOON)
    drawn = await pictures(screen, ALL if screen == "queue" else (WIDE, NARROW))
    path = FOLDER / f"{screen}.txt"
    if os.environ.get("ROTA_REDRAW"):
        FOLDER.mkdir(exist_ok=True)
        path.write_text(drawn, encoding="utf-8")
    kept = path.read_text(encoding="utf-8") if path.exists() else ""

    assert drawn == kept
