"""`rota simulate`: both vendors as one server on this computer, for trying things out."""

import asyncio
import os
import secrets
import sys
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from msgspec import Struct

from services.clock import ScaledClock, SystemClock
from services.config import load
from services.errors import UsageError
from services.simulator import rehearsal, script, server
from services.simulator.world import World
from tui.commands.moments import read_moment


class Play(Struct, frozen=True, kw_only=True):
    """What is to be simulated."""

    port: int
    seed: int
    open_issues: int | None
    """None leaves it to the scenario."""
    speed: float
    start: str | None = None
    """When its clock begins, as written; None is now."""
    scenario: str | None = None
    """A scenario's name or path; None is the usual shift."""
    config_file: str | None = None
    """Where to write the ready configuration as well."""


def simulate(config_path: str | None, environ: Mapping[str, str], play: Play) -> int:
    """Serve until interrupted; the ready configuration goes to stdout once it listens.

    Raises:
        ConfigError: The configuration or the scenario cannot be used.
        UsageError: The port is taken, or something asked makes no sense.
    """
    zone = ZoneInfo(load(config_path, environ).support_hours.timezone)
    system = SystemClock()
    scenario = script.find(script.DEFAULT if play.scenario is None else play.scenario)
    start = scenario.start or system.now()
    if play.start is not None:
        start = read_moment(play.start, "--start", zone)
    world = World(ScaledClock(system, start, play.speed), seed=play.seed)
    rehearsal.play(world, scenario, play.open_issues)
    token = secrets.token_urlsafe(16)

    def tell(base_url: str) -> None:
        _tell(base_url, token, world, play)

    try:
        asyncio.run(server.serve(world, play.port, tell, token))
    except OSError as error:
        why = (error.strerror or "it failed").lower()
        raise UsageError(
            f"--port {play.port}: cannot listen there: {why}.",
            "Choose another port, or 0 for any that is free.",
        ) from None
    return 0


def _tell(base_url: str, token: str, world: World, play: Play) -> None:
    """Say where it listens and how to use it, at once: scripts wait for these lines."""
    ready = server.ready_config(base_url, world)
    if play.config_file is not None:
        _keep(ready, play.config_file)
    print(ready, flush=True)
    admin = f"faults at {base_url}/admin/{token}/faults"
    print(f"rota: simulating at {base_url}; {admin}; ctrl+c ends it.", file=sys.stderr, flush=True)


def _keep(ready: str, config_file: str) -> None:
    """Write it for its owner's eyes: there are tokens in it, if only made-up ones.

    Raises:
        UsageError: It cannot be written.
    """
    try:
        descriptor = os.open(config_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(ready)
    except OSError as error:
        why = (error.strerror or "it failed").lower()
        raise UsageError(f"--config-file {config_file}: cannot be written: {why}.") from None
