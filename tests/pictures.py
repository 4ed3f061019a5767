"""Draws the pictures of the README and of docs/ from the demo: `python -m tests.pictures`.

Each is what the keys of its scene lead to at its size; the clock stands still meanwhile.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot

from services.colleagues import directory
from services.config.tables import Config
from services.filter import saved_views
from services.forms.house import house_of
from tests.embedded import embedded
from tui.app import RotaApp
from tui.options import ScreenOptions
from tui.writing import Stationery

PICTURES = Path(__file__).parents[1] / "docs"

DEMO_ISSUES = 28
DEMO_POLLS = 3
"""Polls after which schedules, histories and halves of pairs are known."""

MOST_PAUSES = 200
"""Turns of the loop that a screen is waited for at the most."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A size, and the keys that lead there; texts are typed, keys stand in angle brackets."""

    width: int
    height: int
    keys: tuple[str, ...]


_TO_THE_PAGE = ("<j>", "<j>", "<j>")
"""The ticket with an incident, not triaged yet."""

SCENES: Mapping[str, Scene] = {
    "queue": Scene(120, 32, _TO_THE_PAGE),
    "narrow": Scene(60, 15, _TO_THE_PAGE),
    "preview": Scene(
        100, 40,
        (
            *_TO_THE_PAGE, "<t>", "Nobody can apply for a licence until it is mended", "<tab>",
            "All applicants, about 400 today", "<tab>", "<tab>", "<tab>", "One tenant, all apps",
            "<tab>", "<tab>", "<tab>", "<2>", "<tab>", "<tab>", "<tab>", "<tab>",
            "We have found the cause and are putting your routes back.", "<ctrl+s>",
        ),
    ),
    "rota": Scene(120, 30, ("<w>",)),
    "handover": Scene(100, 36, ("<H>",)),
}  # fmt: skip


async def draw(scene: Scene) -> str:
    """Run the demo at this size, press the keys; what was painted, as SVG."""
    async with embedded(DEMO_ISSUES) as found:
        assembly, clock = found.assembly, found.clock
        stationery = Stationery(
            assembly.outbox, lambda: house_of(Config()), lambda: directory(assembly.apis)
        )
        options = ScreenOptions(demo="DEMO", views=saved_views(Config().views))
        app = RotaApp(
            assembly.poller, assembly.policy, clock, options,
            stationery=stationery, journal=lambda: assembly.journal,
        )  # fmt: skip
        async with app.run_test(size=(scene.width, scene.height)) as pilot:
            for _ in range(DEMO_POLLS):
                await _until_quiet(pilot)
                await clock.advance(1)
            await press(pilot, scene.keys)
            # What happened to an issue is asked for once the cursor rests on it.
            await pilot.pause(1.0)
            await _until_quiet(pilot)
            return app.export_screenshot(title="rota")


async def press(pilot: Pilot[None], keys: tuple[str, ...]) -> None:
    """Type texts, and keys in angle brackets."""
    for word in keys:
        if word.startswith("<"):
            await pilot.press(word[1:-1])
        else:
            await pilot.press(*("space" if letter == " " else letter for letter in word))
        await pilot.pause()


async def _until_quiet(pilot: Pilot[None]) -> None:
    """Until what is painted stays as it is."""
    before, alike = "", 0
    for _ in range(MOST_PAUSES):
        await pilot.pause(0.02)
        now = pilot.app.export_screenshot()
        before, alike = now, alike + 1 if now == before else 0
        if alike >= 5:
            return


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    for name, scene in SCENES.items():
        picture = asyncio.run(draw(scene))
        (PICTURES / f"{name}.svg").write_text(picture, encoding="utf-8")
