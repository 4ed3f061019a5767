"""How is the dashboard started, on real vendors or on the embedded demo?"""

import asyncio
import gc
import os
import random
import sys
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from services.clock import ScaledClock, SystemClock
from services.config.tables import Config
from services.places import state_dir
from services.plain import plain

if TYPE_CHECKING:
    from services.assemble import Assembly
    from tui.app import RotaApp
    from tui.options import ScreenOptions
    from tui.signals import Calls
    from tui.writing import Stationery

DEMO_POLL = 4.0
"""Real seconds between two polls in the demo, at the least; its clock may run much faster."""


def run_dashboard(config: Config, environ: Mapping[str, str], *, lines: bool = False) -> int:
    """The dashboard on the vendors that the configuration names; 0 when it was quit.

    Args:
        config: What the operator chose.
        environ: Secrets, and what kind of terminal this is.
        lines: No screen, a line for each change.
    """
    # Nothing that is made on the way to the first paint is garbage.
    gc.disable()
    from services.assemble import assemble, signal_memory
    from services.status.file import StatusFile
    from tui.crash import leave_no_core
    from tui.signals import Calls, toured

    leave_no_core()
    assembly = assemble(config, environ)
    # Lines ring nowhere.
    memory = None if lines else signal_memory(config, environ, assembly.notices.append)
    for notice in assembly.notices:
        print(f"rota: {plain(notice)}", file=sys.stderr)
    if lines:
        gc.enable()
        return _run_plain(assembly)
    folder = state_dir(environ)
    options = replace(_options(config), tour=not toured(folder))
    status = StatusFile(folder, assembly.policy, SystemClock())
    calls = Calls(memory, status, environ, folder, assembly.presence)
    app = _app(assembly, options, config, calls)
    assembly.presence.touch()
    return _run(app, config, assembly)


def run_demo(
    config: Config,
    *,
    speed: float = 1.0,
    seed: int = 1,
    open_issues: int | None = None,
    scenario: str | None = None,
    unconfigured: bool = False,
    lines: bool = False,
) -> int:
    """The dashboard on a scripted shift in this process; no network, nothing kept.

    Raises:
        ConfigError: The scenario cannot be used.
    """
    from services.assemble import assemble
    from services.simulator import rehearsal, script
    from services.simulator.scenario import DEMO_START
    from services.simulator.transport import SimulatorTransport
    from services.simulator.world import World
    from services.status.file import StatusFile
    from services.store import Store
    from tui.signals import Calls, toured

    told = script.find(script.DEFAULT if scenario is None else scenario)
    clock = ScaledClock(SystemClock(), told.start or DEMO_START, speed)
    world = World(clock, seed=seed)
    rehearsal.play(world, told, open_issues)
    assembly = assemble(
        _demo_config(config, speed),
        {"ROTA_ZENDESK_TOKEN": world.zendesk_token, "ROTA_PAGERDUTY_TOKEN": world.pagerduty_token},
        clock=clock,
        transport=SimulatorTransport(world),
        store=Store(None),
        jitter=random.Random(seed),
    )
    label = "DEMO, nothing is configured" if unconfigured else "DEMO"
    if scenario is not None:
        label += f" {told.name}"
    if speed != 1:
        label += f" ×{speed:g}"
    if lines:
        print(label, flush=True)
        return _run_plain(assembly)
    folder = state_dir(os.environ)
    hosts = (*config.own_hosts(), "127.0.0.1")
    options = replace(
        _options(config, label), pace=speed, open_hosts=hosts, tour=not toured(folder)
    )
    status = StatusFile(folder, assembly.policy, SystemClock(), demo=True)
    app = _app(assembly, options, config, Calls(None, status, os.environ, folder))
    return _run(app, config, assembly)


def _app(
    assembly: "Assembly", options: "ScreenOptions", config: Config, calls: "Calls"
) -> "RotaApp":
    from tui.app import RotaApp

    return RotaApp(
        assembly.poller,
        assembly.policy,
        assembly.clock,
        options,
        stationery=_stationery(assembly, config),
        calls=calls,
        log=assembly.log,
        journal=assembly.journal,
    )


def _demo_config(config: Config, speed: float) -> Config:
    """The operator's policy and looks, on the simulator's vendors."""
    import msgspec

    least = timedelta(seconds=DEMO_POLL * speed)
    poll = config.poll
    return msgspec.structs.replace(
        config,
        zendesk=type(config.zendesk)(base_url="http://127.0.0.1/zendesk"),
        pagerduty=type(config.pagerduty)(base_url="http://127.0.0.1/pagerduty"),
        poll=msgspec.structs.replace(
            poll,
            zendesk=max(poll.zendesk, least),
            pagerduty=max(poll.pagerduty, least),
            reconcile=max(poll.reconcile, least),
        ),
    )


def _stationery(assembly: "Assembly", config: Config) -> "Stationery":
    """What it takes to write; the rooms for it are opened when something is written."""
    from services.forms.form import Directory, House
    from tui.writing import Stationery

    def house() -> House:
        from services.forms.house import house_of

        return house_of(config)

    async def directory() -> Directory:
        from services.colleagues import directory as asked

        return await asked(assembly.apis)

    def at_rest() -> str:
        if assembly.delivery.trouble:
            return assembly.delivery.trouble
        return "" if assembly.delivery.sends else "another dashboard on this laptop sends"

    return Stationery(assembly.outbox, house, directory, assembly.delivery.run, at_rest)


def _options(config: Config, demo: str = "") -> "ScreenOptions":
    from services.filter import saved_views
    from services.signals.ladder import Ladder
    from services.signals.terminal import Notify
    from tui.options import ScreenOptions
    from tui.signaller import SignalOptions

    signals = config.signals
    return ScreenOptions(
        theme=config.screen.theme,
        ascii=config.screen.ascii,
        mine=config.screen.mine,
        keys=config.keys,
        open_hosts=config.own_hosts(),
        views=saved_views(config.views),
        start_view=config.screen.start_view,
        links=config.links,
        runbooks=config.runbooks,
        absolute_times=config.screen.absolute_times,
        privacy=config.screen.privacy,
        ladder=Ladder(signals.shares()),
        signals=SignalOptions(
            bell=signals.bell,
            notify=Notify(signals.notify),
            command=signals.command,
            quiet_when_focused=signals.quiet_when_focused,
            away_after=signals.away_after,
            title=signals.title,
            tmux_window=signals.tmux_window,
        ),
        demo=demo,
    )


def _run_plain(assembly: "Assembly") -> int:
    """Lines to stdout until it is interrupted or nobody reads them any more."""
    from tui.commands.plain import tell_changes

    gc.enable()

    async def run() -> None:
        try:
            await tell_changes(
                assembly.poller,
                assembly.policy,
                assembly.clock,
                lambda line: print(line, flush=True),
            )
        finally:
            await assembly.aclose()

    asyncio.run(run())
    return 0


def _run(app: "RotaApp", config: Config, assembly: "Assembly") -> int:
    """Run until it is quit; whatever happens, connections and files are closed."""

    async def run() -> None:
        tidying = asyncio.create_task(assembly.retention.run(assembly.clock))
        try:
            await app.run_async(mouse=config.screen.mouse)
        finally:
            tidying.cancel()
            await asyncio.gather(tidying, return_exceptions=True)
            await assembly.aclose()

    asyncio.run(run())
    return app.return_code or 0
