"""What is painted first is the queue as it was last known, whole, and at once."""

import re
from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from textual.css.stylesheet import Stylesheet
from textual.drivers import headless_driver
from textual.drivers.headless_driver import HeadlessDriver
from textual.screen import Screen

from services.clock import ManualClock
from services.domain import History, Issue, Snapshot, TimelineEntry
from tests.perf.canned import by_minutes, canned
from tests.screen.stage import NOON, POLICY
from tui.app import RotaApp
from tui.options import ScreenOptions


class Wire(HeadlessDriver):
    """A terminal that keeps each thing that is written to it."""

    sent: tuple[str, ...] = ()

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        self.sent = (*self.sent, data)


class Silent:
    """A feed that has nothing to say yet."""

    async def snapshots(self) -> AsyncIterator[Snapshot]:
        nothing: tuple[Snapshot, ...] = ()
        for snapshot in nothing:
            yield snapshot

    def refresh(self) -> None:
        """Nobody is asked."""

    def pause(self, paused: bool) -> None:
        """Nobody is asked."""

    async def timeline(self, issue: Issue) -> tuple[TimelineEntry, ...]:
        return ()

    async def history(self, since: datetime) -> History:
        return History(since)


async def test_the_first_thing_painted_is_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headless_driver, "HeadlessDriver", Wire)
    laid_out: list[bool] = []
    styled: list[int] = []
    layout, apply = Screen._refresh_layout, Stylesheet.apply

    def lay_out(screen: Screen[object], *args: object, **kwargs: object) -> None:
        laid_out.append(not painted(app))
        layout(screen, *args, **kwargs)  # type: ignore[arg-type]

    def style(sheet: Stylesheet, *args: object, **kwargs: object) -> None:
        styled.append(len(painted(app)))
        apply(sheet, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(Screen, "_refresh_layout", lay_out)
    monkeypatch.setattr(Stylesheet, "apply", style)
    first = canned(200, NOON, by_minutes)
    app = RotaApp(Silent(), POLICY, ManualClock(NOON), ScreenOptions(), first=first)
    async with app.run_test(size=(120, 40)) as pilot:
        while not painted(app):
            await pilot.pause()
        shown, layouts = painted(app)[0], sum(laid_out)

        assert layouts == 1
        assert len(re.findall(r"#4\d{4}", shown)) >= app.queue.table.size.height
        assert app.queue.table.selected is not None
        assert len([when for when in styled if when == 0]) <= 100


def painted(app: RotaApp) -> list[str]:
    """What was written so far that shows letters, without what the terminal is asked and told."""
    wire = app._driver
    sent = wire.sent if isinstance(wire, Wire) else ()
    return [one for one in sent if len(re.sub(r"\x1b[^A-Za-z]*[A-Za-z]", "", one)) > 100]
