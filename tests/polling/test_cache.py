"""Does what was learned survive, and does a broken file cost a message and nothing else?"""

import sqlite3
from pathlib import Path

import pytest
from msgspec.structs import replace

from services.assemble import assemble
from services.clock import ManualClock
from services.domain import Snapshot
from services.simulator.scenario import DEMO_START
from services.simulator.transport import SimulatorTransport
from services.simulator.world import World
from services.store import Store
from tests.polling.bench import CONFIG, world_with


async def looked_at(world: World, clock: ManualClock, state: Path) -> Snapshot:
    """One start of rota with its state in a directory."""
    environ = {
        "XDG_STATE_HOME": str(state),
        "ROTA_ZENDESK_TOKEN": world.zendesk_token,
        "ROTA_PAGERDUTY_TOKEN": world.pagerduty_token,
    }
    assembly = assemble(CONFIG, environ, clock=clock, transport=SimulatorTransport(world))
    try:
        return await assembly.poller.read_once()
    finally:
        await assembly.aclose()


def garbage(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 200)


def newer(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()


def torn(path: Path) -> None:
    """Pages in the middle are overwritten, the header is whole."""
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode = DELETE")
    db.close()
    whole = bytearray(path.read_bytes())
    for page in range(2, len(whole) // 4096, 2):
        whole[page * 4096 : page * 4096 + 2000] = b"\xff" * 2000
    path.write_bytes(whole)


@pytest.mark.parametrize("spoil", [garbage, newer, torn])
async def test_a_file_that_cannot_be_used_is_set_aside_and_told(
    spoil: object, tmp_path: Path
) -> None:
    world, clock = world_with(12)
    well = await looked_at(world, clock, tmp_path)
    path = next(p for p in (tmp_path / "rota").glob("*.db") if "outbox" not in p.name)
    assert callable(spoil)
    spoil(path)
    spoiled = path.read_bytes()
    again = await looked_at(world, clock, tmp_path)
    aside = list(path.parent.glob("*.unreadable-1"))

    assert {issue.id for issue in again.issues} == {issue.id for issue in well.issues}
    assert [p.read_bytes() for p in aside] == [spoiled]
    assert any(aside[0].name in line for line in again.said)
    assert (await looked_at(world, clock, tmp_path)).said == well.said


async def test_a_restart_pays_for_nothing_again() -> None:
    """Not one question about a single ticket or incident is asked twice."""
    world, clock = world_with(60)
    store = Store(None)
    for _ in range(2):
        before = world.asked()
        assembly = assemble(
            CONFIG,
            {
                "ROTA_ZENDESK_TOKEN": world.zendesk_token,
                "ROTA_PAGERDUTY_TOKEN": world.pagerduty_token,
            },
            clock=clock,
            transport=SimulatorTransport(world),
            store=store,
        )
        await assembly.poller.read_once()
        for api in (*assembly.apis, *assembly.bare):
            await api.aclose()
        assembly.outbox.close()
        asked = world.asked() - before
        await clock.advance(60)
    single = {key: count for key, count in asked.items() if "_id}" in key[1]}

    assert single == {}
    assert sum(asked.values()) <= 12


async def test_a_mark_in_the_future_is_not_believed() -> None:
    """A laptop that was once a year ahead must not make us deaf for a year."""
    world, clock = world_with(12)
    store = Store(None)
    store.save_incidents({}, DEMO_START.replace(year=DEMO_START.year + 1))
    assembly = assemble(
        CONFIG,
        {
            "ROTA_ZENDESK_TOKEN": world.zendesk_token,
            "ROTA_PAGERDUTY_TOKEN": world.pagerduty_token,
        },
        clock=clock,
        transport=SimulatorTransport(world),
        store=store,
    )
    snapshot = await assembly.poller.read_once()
    await assembly.aclose()

    assert all(p.known for issue in snapshot.issues for p in issue.promises)
    assert replace(snapshot, issues=()).notices == ()
