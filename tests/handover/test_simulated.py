"""A whole shift on the simulator: what is handed over, what is swapped, what the report counts."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from textual.pilot import Pilot

from services.assemble import Assembly, assemble
from services.clock import ManualClock
from services.domain import Source
from services.handover.gather import Gatherer
from services.journal.records import Outcome
from services.simulator import faults, rehearsal, script
from services.simulator.scenario import DEMO_START
from services.simulator.settings import Settings
from services.simulator.transport import SimulatorTransport
from services.simulator.world import World
from services.store import Store
from tests.embedded import CONFIG
from tui.app import RotaApp
from tui.commands.handover import written_handover
from tui.options import ScreenOptions
from tui.screens.handover import HandoverScreen
from tui.screens.rota import RotaScreen
from tui.writing import Stationery

OPEN = 14


class Stage:
    """The scripted shift, and dashboards that come and go."""

    def __init__(self) -> None:
        self.clock = ManualClock(DEMO_START)
        self.world = World(self.clock)
        rehearsal.play(self.world, script.find(script.DEFAULT), OPEN)

    def dashboard(self) -> Assembly:
        return assemble(
            CONFIG,
            {
                "ROTA_ZENDESK_TOKEN": self.world.zendesk_token,
                "ROTA_PAGERDUTY_TOKEN": self.world.pagerduty_token,
            },
            clock=self.clock,
            transport=SimulatorTransport(self.world),
            store=Store(None),
            jitter=random.Random(1),
        )

    async def pass_time(self, minutes: int) -> None:
        """Nobody looks meanwhile."""
        await self.clock.advance(minutes * 60)
        self.world.catch_up()


@asynccontextmanager
async def handed_over(stage: Stage) -> AsyncIterator[str]:
    """What `rota handover` prints."""
    assembly = stage.dashboard()
    try:
        text, _ = await written_handover(assembly, frozenset(), None)
        yield text
    finally:
        await assembly.aclose()


async def test_the_handover_names_every_open_issue_of_the_shift_once() -> None:
    stage = Stage()
    await stage.pass_time(90)
    assembly = stage.dashboard()
    text, snapshot = await written_handover(assembly, frozenset(), None)
    await assembly.aclose()
    entries = [line for line in text.splitlines() if line.startswith("- **")]

    assert len(entries) == len(snapshot.issues) > OPEN
    for issue in snapshot.issues:
        if issue.ticket is not None:
            assert text.count(f"#{issue.ticket.id} ") == 1
        if issue.incident is not None:
            assert text.count(f"PagerDuty #{issue.incident.number} ") == 1


async def test_what_was_done_while_no_dashboard_ran_is_handed_over() -> None:
    stage = Stage()
    world, agent = stage.world, stage.world.cast.agents[2]
    ticket = world.zendesk.create_ticket("Odd", "It is.", requester_id=world.cast.requesters[0],
                                         fields={"group_id": world.cast.support})  # fmt: skip
    incident = world.pagerduty.create_incident("Page of the day", world.cast.smoke)
    await stage.pass_time(10)
    world.zendesk.reply(ticket.id, agent.zendesk_id, "We look.", status="solved")
    world.pagerduty.acknowledge(incident.id, world.pagerduty.users[agent.pagerduty_id])
    await stage.pass_time(1)
    async with handed_over(stage) as text:
        pass

    assert f"- #{ticket.id} Odd\n  - {agent.name}: public reply 14:30" in text
    _, _, page = text.partition("Page of the day")
    assert page.splitlines()[1] == f"  - {agent.name}: acknowledged 14:30"


async def test_a_log_that_may_not_be_read_is_said_and_the_rest_is_told() -> None:
    stage = Stage()
    stage.world.faults.add(faults.odd_error(status=403), vendor="pagerduty", path="*/log_entries")
    async with handed_over(stage) as text:
        assert "NOT COMPLETE: PagerDuty does not allow this" in text
        assert "public reply" in text


@asynccontextmanager
async def on_screen(
    stage: Stage, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[RotaApp, Pilot[None], Assembly]]:
    """A dashboard that has read everything once."""
    assembly = stage.dashboard()
    stationery = Stationery(assembly.outbox)
    app = RotaApp(
        assembly.poller, assembly.policy, assembly.clock, ScreenOptions(),
        stationery=stationery, journal=lambda: assembly.journal,
    )  # fmt: skip
    delivering = asyncio.create_task(_deliver(assembly))
    try:
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: bool(app.snapshot.issues and app.snapshot.rota.schedules))
            yield app, pilot, assembly
    finally:
        delivering.cancel()
        await asyncio.gather(delivering, return_exceptions=True)
        await assembly.aclose()


async def _deliver(assembly: Assembly) -> None:
    async for _ in assembly.delivery.run():
        pass


async def until(pilot: Pilot[None], true: Callable[[], bool]) -> None:
    """Let requests under way come to their end."""
    for _ in range(400):
        if true():
            break
        await asyncio.sleep(0.005)
        await pilot.pause()
    assert true()


async def test_the_screen_and_the_command_line_say_the_same() -> None:
    stage = Stage()
    async with on_screen(stage) as (app, pilot, assembly):
        await until(pilot, lambda: _all_known(app))
        app.journal.keep_remarks(
            Gatherer(app.snapshot, assembly.policy, app.journal, ()).remarks_name(
                stage.clock.now()
            ),
            "Router is flaky.",
        )
        await pilot.press("H")
        screen = app.screen
        assert isinstance(screen, HandoverScreen)
        await until(pilot, lambda: "still being read" not in screen.words and screen.words != "")
        shown = screen.words
    async with handed_over(stage) as printed:
        assert shown == printed.replace("## Remarks\n\nNone.", "## Remarks\n\nRouter is flaky.")


def _all_known(app: RotaApp) -> bool:
    sources = app.snapshot.sources or {}
    read = all(status.fetched_at is not None for status in sources.values())
    return read and all(
        promise.known for issue in app.snapshot.issues for promise in issue.promises
    )


async def test_a_swap_lands_as_two_overrides_and_shows_in_the_rota() -> None:
    stage = Stage()
    async with on_screen(stage) as (app, pilot, _):
        await pilot.press("w", "l", "s", "j", "j", "j", "s")
        await pilot.pause()
        await pilot.press("y")
        overrides = stage.world.pagerduty.schedules[stage.world.cast.primary].overrides
        assert overrides == []
        for _ in range(15):
            await stage.clock.advance(1)
            await pilot.pause()
        await until(pilot, lambda: len(overrides) == 2)
        agents = [stage.world.pagerduty.users[one.user_id].name for one in overrides]
        await until(pilot, lambda: _overridden(app) == 2)

        assert agents == ["Tomas Lindqvist", "Imogen Achebe"]
        assert [one.start.day for one in overrides] == [25, 28]
        assert isinstance(app.screen, RotaScreen)
        assert [d.text for d in app.journal.deeds(DEMO_START, stage.clock.now())] == [
            "Swap Imogen Achebe and Tomas Lindqvist"
        ] * 2


def _overridden(app: RotaApp) -> int:
    primary = app.snapshot.rota.schedules[0]
    return sum(shift.override for shift in primary.shifts)


async def test_of_a_swap_of_which_one_half_is_refused_the_screen_says_so() -> None:
    stage = Stage()
    async with on_screen(stage) as (app, pilot, _):
        await pilot.press("w", "l", "s", "j", "j", "j", "s")
        await pilot.pause()
        stage.world.faults.add(
            faults.odd_error(status=400), vendor="pagerduty", method="POST",
            path="*/overrides", skip=1, times=1,
        )  # fmt: skip
        await pilot.press("y")
        for _ in range(15):
            await stage.clock.advance(1)
            await pilot.pause()
        screen = app.screen
        assert isinstance(screen, RotaScreen)
        await until(pilot, lambda: "HALF DONE" in screen.said)
        overrides = stage.world.pagerduty.schedules[stage.world.cast.primary].overrides

        assert len(overrides) == 1
        assert "b gives it back." in screen.said


@pytest.mark.parametrize("away", [False, True], ids=["watched", "away-for-an-hour"])
async def test_the_journal_of_a_shift_is_true_to_what_happened(away: bool) -> None:
    """Every first answer that the simulator knows of is in it, judged as the policy would."""
    stage = Stage()
    assembly = stage.dashboard()
    for minutes in (0, 60) if away else (0, 20, 40, 60):
        await stage.pass_time(minutes if away else 20 if minutes else 0)
        await written_handover(assembly, frozenset(), None)
    kept = assembly.journal.promises(DEMO_START - timedelta(days=60), stage.clock.now())
    answers = {one.record.anchor: one.record for one in kept if one.record.key.endswith("/answer")}
    snapshot = await assembly.poller.read_once()
    await assembly.aclose()

    checked = 0
    for issue in snapshot.issues:
        ticket = issue.ticket
        record = answers.get(f"zd-{ticket.id}") if ticket is not None else None
        if ticket is None or record is None or ticket.replied_first.at is None:
            continue
        checked += 1
        in_time = ticket.replied_first.at <= record.due_at
        assert record.met_at == ticket.replied_first.at
        assert record.outcome is (Outcome.MET if in_time else Outcome.LATE)
    assert checked > 3
    assert Source.ZENDESK in (snapshot.sources or {})


async def test_a_schedule_of_the_newer_kind_shows_beside_the_others() -> None:
    stage = Stage()
    stage.world.adopt(Settings(v3_schedules=True))
    assembly = stage.dashboard()
    snapshot = await assembly.poller.read_once()
    await assembly.aclose()

    assert [(one.name, one.shift_based) for one in snapshot.rota.schedules] == [
        ("Primary", False), ("Out of hours", False), ("Incident leads", True),
    ]  # fmt: skip
    assert snapshot.rota.trouble == ""


async def test_schedules_that_may_not_be_read_are_said_and_who_is_on_call_is_told() -> None:
    stage = Stage()
    stage.world.faults.add(faults.odd_error(status=403), vendor="pagerduty", path="*/schedules")
    assembly = stage.dashboard()
    snapshot = await assembly.poller.read_once()
    await assembly.aclose()

    assert snapshot.rota.trouble.startswith("PagerDuty does not allow this")
    assert {one.name for one in snapshot.rota.schedules} == {"Primary", "Out of hours"}
    assert all(one.shift_based for one in snapshot.rota.schedules)
