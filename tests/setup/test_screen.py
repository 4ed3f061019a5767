"""The setup as the person meets it, against the simulator."""

import asyncio
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from services.config.files import read
from services.config.secrets import PagerDutyLogin, ZendeskLogin
from services.domain import Source
from services.errors import ConfigError
from services.setup.conversation import Written
from services.simulator.world import World
from tests.setup.test_conversation import (
    PAGERDUTY,
    ZENDESK,
    conversation,
    path,
    world,
)
from tui.setup.app import SetupApp

__all__ = ["path", "world"]


class Seat:
    """A person at the setup."""

    def __init__(self, world: World, path: Path, *, keyring: bool = True) -> None:
        self.kept: list[Source] = []
        self._keyring = keyring
        self.app = SetupApp(conversation(world, path), self._remember)

    def _remember(self, source: Source, login: ZendeskLogin | PagerDutyLogin) -> None:
        if not self._keyring:
            raise ConfigError("There is no keyring here.", "Keep the tokens elsewhere.")
        self.kept.append(source)

    def write(self, id: str, text: str) -> None:
        """As a paste does: at once."""
        self.app.query_one(f"#{id}", Input).value = text

    async def go_on(self, pilot: Pilot[Written]) -> None:
        await pilot.press("ctrl+s")
        await self.app.workers.wait_for_complete()
        await pilot.pause()

    def said(self, selector: str) -> str:
        return str(self.app.query_one(selector, Static).render())

    async def to_the_file(self, pilot: Pilot[Written], world: World) -> None:
        self.write("zendesk-where", ZENDESK)
        self.write("zendesk-token", world.zendesk_token)
        await self.go_on(pilot)
        await self.go_on(pilot)
        self.write("pagerduty-where", PAGERDUTY)
        self.write("pagerduty-token", world.pagerduty_token)
        await self.go_on(pilot)
        await self.go_on(pilot)


async def test_from_the_first_question_to_the_file(world: World, path: Path) -> None:
    seat = Seat(world, path)
    async with seat.app.run_test(size=(80, 24)) as pilot:
        await seat.to_the_file(pilot, world)
        preview = seat.said("#preview")
        await seat.go_on(pilot)

    assert seat.app.return_value is not None
    assert seat.app.return_value.path == path
    assert seat.kept == [Source.ZENDESK, Source.PAGERDUTY]
    assert preview.strip() == path.read_text().strip()
    assert read(path).zendesk.base_url == ZENDESK


async def test_what_is_picked_narrows_the_queue(world: World, path: Path) -> None:
    seat = Seat(world, path)
    async with seat.app.run_test(size=(80, 24)) as pilot:
        seat.write("zendesk-where", ZENDESK)
        seat.write("zendesk-token", world.zendesk_token)
        await pilot.press("enter", "enter", "enter")
        await seat.app.workers.wait_for_complete()
        await pilot.pause()
        await pilot.press("space")
        await seat.go_on(pilot)

        await pilot.press("ctrl+n")
        first = min(world.zendesk.groups.values(), key=lambda group: group.name)
        assert seat.app.step.heading == "The file"
        assert f"groups = [\n    {first.id},\n]" in seat.said("#preview")


async def test_a_wrong_token_says_so_and_keeps_what_was_typed(world: World, path: Path) -> None:
    seat = Seat(world, path)
    async with seat.app.run_test(size=(80, 24)) as pilot:
        seat.write("zendesk-where", ZENDESK)
        seat.write("zendesk-token", "guess")
        await seat.go_on(pilot)

        assert seat.app.step.heading == "Zendesk"
        assert "does not" in seat.said("#trouble")
        assert "guess" not in seat.said("#trouble")
        assert seat.app.step.value("zendesk-where") == ZENDESK


async def test_a_vendor_is_left_out_and_taken_in_again(world: World, path: Path) -> None:
    seat = Seat(world, path)
    async with seat.app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+n")
        left_out = seat.app.step.heading
        await pilot.press("escape")
        back = seat.app.step.heading
        await pilot.press("ctrl+n", "ctrl+n")

        assert (left_out, back) == ("PagerDuty", "Zendesk")
        assert seat.said("#preview").count("enabled = false") == 2


async def test_without_a_keyring_it_stays_and_another_place_does(world: World, path: Path) -> None:
    seat = Seat(world, path, keyring=False)
    async with seat.app.run_test(size=(80, 24)) as pilot:
        await seat.to_the_file(pilot, world)
        await seat.go_on(pilot)
        complaint = seat.said("#trouble")
        await pilot.press("down", "enter")
        await pilot.pause()
        hidden = seat.said("#preview")
        await seat.go_on(pilot)

    assert "no keyring" in complaint
    assert world.zendesk_token not in hidden
    assert read(path).zendesk.token == world.zendesk_token


async def test_leaving_keeps_nothing(world: World, path: Path) -> None:
    seat = Seat(world, path)
    async with seat.app.run_test(size=(80, 24)) as pilot:
        seat.write("zendesk-token", "secret")
        await pilot.press("ctrl+q")

    assert seat.app.return_value is None
    assert not await asyncio.to_thread(path.exists)


@pytest.mark.parametrize("size", [(120, 40), (60, 15), (40, 10)])
async def test_every_size_shows_the_keys_and_the_field(
    size: tuple[int, int], world: World, path: Path
) -> None:
    seat = Seat(world, path)
    async with seat.app.run_test(size=size) as pilot:
        await pilot.pause()

        assert "ctrl+s next" in seat.said("#foot")
        focused = seat.app.focused
        assert focused is not None
        assert focused.region.y < size[1]
