"""The operator's seat with an outbox whose letters nobody carries: what is posted stays there."""

from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace
from textual import events
from textual.pilot import Pilot

from services.clock import ManualClock
from services.domain import Issue, Snapshot, Source
from services.letters import Letter
from services.outbox.outbox import Outbox
from tests.forms.scenes import DIRECTORY, HOUSE, NOON, POLICY
from tests.screen.stage import Desk, FakeFeed, settle, snapshot
from tui.app import RotaApp
from tui.keymap import character_name
from tui.options import ScreenOptions
from tui.screens.forms import FormScreen
from tui.writing import Stationery


class WritingDesk(Desk):
    """The dashboard at noon; forms can be filled in and sent as far as the outbox."""

    def __init__(self, path: Path | None = None, options: ScreenOptions | None = None) -> None:
        self.clock = ManualClock(NOON)
        self.feed = FakeFeed()
        self.outbox = Outbox(path)

        async def directory() -> object:
            return DIRECTORY

        stationery = Stationery(self.outbox, lambda: HOUSE, directory)  # type: ignore[arg-type]
        self.app = RotaApp(self.feed, POLICY, self.clock, options, stationery=stationery)

    @property
    def form(self) -> FormScreen:
        """The form on the screen."""
        top = self.app.screen
        assert isinstance(top, FormScreen), top
        return top

    @property
    def letters(self) -> tuple[Letter, ...]:
        return self.outbox.letters()

    def answers(self, issue: str, form: str) -> Mapping[str, str]:
        """What is kept of a form."""
        draft = self.outbox.draft(issue, form)
        return draft.answers if draft else {}


def world(*issues: Issue) -> Snapshot:
    """These issues, with the person at the keyboard known to both vendors."""
    ids = {Source.ZENDESK: "31", Source.PAGERDUTY: "PME"}
    return replace(snapshot(*issues), me=frozenset({"Imogen Achebe"}), my_ids=ids)


async def types(pilot: Pilot[None], *words: str) -> None:
    """Each word by itself: a text, typed in one burst, or in angle brackets a key."""
    for word in words:
        if word.startswith("<"):
            await pilot.press(word[1:-1])
            continue
        for char in word:
            pilot.app.post_message(events.Key(character_name(char), char))
        await settle(pilot)
    await settle(pilot)
