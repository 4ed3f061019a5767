"""How is the dashboard started, on real vendors or on the embedded demo?"""

import asyncio
import contextlib
import gc
import os
import random
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from services.clock import ScaledClock, SystemClock
from services.config.tables import Config
from services.places import state_dir
from services.plain import plain, plain_lines
from tui.sparing import load_textual

if TYPE_CHECKING:
    from services.assemble import Assembly
    from services.forms.form import House
    from services.opening import Opened
    from tui.later import Later
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

    Raises:
        ConfigError: The configuration cannot be used.
    """
    load_textual()
    from services.opening import open_files, signal_memory
    from services.status.file import StatusFile
    from tui.crash import leave_no_core
    from tui.later import Later
    from tui.signals import Calls, toured

    leave_no_core()
    opened = open_files(config, environ)

    def put_together() -> "Assembly":
        from services import assemble

        journal = assemble.open_journal(config, environ, opened.notices)
        return assemble.put_together(opened, journal)

    # Lines ring nowhere.
    memory = None if lines else signal_memory(config, environ, opened.notices.append)
    assembly = put_together() if lines else None
    for notice in opened.notices:
        print(f"rota: {plain(notice)}", file=sys.stderr)
    if assembly is not None:
        gc.enable()
        return _run_plain(assembly)
    folder = state_dir(environ)
    options = replace(_options(config), tour=not toured(folder))
    status = StatusFile(folder, opened.policy, SystemClock())
    calls = Calls(memory, status, environ, folder, opened.presence)
    opened.presence.touch()
    return _run(opened, Later(opened, put_together), options, calls)


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
    load_textual()
    from services import assemble
    from services.journal.journal import Journal
    from services.opening import open_files
    from services.simulator import rehearsal, script
    from services.simulator.scenario import DEMO_START
    from services.simulator.transport import SimulatorTransport
    from services.simulator.world import World
    from services.status.file import StatusFile
    from services.store import Store
    from tui.later import Later
    from tui.signals import Calls, toured

    told = script.find(script.DEFAULT if scenario is None else scenario)
    clock = ScaledClock(SystemClock(), told.start or DEMO_START, speed)
    world = World(clock, seed=seed)
    rehearsal.play(world, told, open_issues)
    tokens = {
        "ROTA_ZENDESK_TOKEN": world.zendesk_token,
        "ROTA_PAGERDUTY_TOKEN": world.pagerduty_token,
    }
    opened = open_files(_demo_config(config, speed), tokens, clock=clock, store=Store(None))

    def put_together() -> "Assembly":
        return assemble.put_together(
            opened,
            Journal(None),
            transport=SimulatorTransport(world),
            jitter=random.Random(seed),
        )

    label = "DEMO, nothing is configured" if unconfigured else "DEMO"
    if scenario is not None:
        label += f" {told.name}"
    if speed != 1:
        label += f" ×{speed:g}"
    if lines:
        print(label, flush=True)
        return _run_plain(put_together())
    folder = state_dir(os.environ)
    hosts = (*config.own_hosts(), "127.0.0.1")
    options = replace(
        _options(config, label), pace=speed, open_hosts=hosts, tour=not toured(folder)
    )
    status = StatusFile(folder, opened.policy, SystemClock(), demo=True)
    calls = Calls(None, status, os.environ, folder)
    return _run(opened, Later(opened, put_together), options, calls)


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


def _stationery(opened: "Opened", later: "Later") -> "Stationery":
    """What it takes to write; the rooms for it are opened when something is written."""
    from tui.writing import Stationery

    def house() -> "House":
        from services.forms.house import house_of

        return house_of(opened.config)

    return Stationery(opened.outbox, house, later.directory, later.deliver, later.at_rest)


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
    from tui.ending import listening

    gc.enable()
    ends_with = 0

    async def run() -> None:
        telling = asyncio.current_task()

        def leave(status: int) -> None:
            nonlocal ends_with
            ends_with = status
            if telling is not None:
                telling.cancel()

        with listening(leave):
            try:
                await tell_changes(
                    assembly.poller,
                    assembly.policy,
                    assembly.clock,
                    lambda line: print(line, flush=True),
                )
            finally:
                await assembly.aclose()

    with contextlib.suppress(asyncio.CancelledError):
        asyncio.run(run())
    return ends_with


def _run(opened: "Opened", later: "Later", options: "ScreenOptions", calls: "Calls") -> int:
    """Run until it is quit; whatever happens, connections and files are closed."""
    from tui.app import RotaApp
    from tui.ending import listening

    app = RotaApp(
        later,
        opened.policy,
        opened.clock,
        options,
        stationery=_stationery(opened, later),
        calls=calls,
        log=opened.log,
        journal=later.journal,
        first=opened.last_known(),
    )

    async def run() -> None:
        with listening(app.end, app.give_back):
            try:
                await app.run_async(mouse=opened.config.screen.mouse)
            finally:
                await later.aclose()

    asyncio.run(run())
    _tell_of_the_unsaved(app.unsaved)
    return app.return_code or 0


def _tell_of_the_unsaved(unsaved: Sequence[str]) -> None:
    """Somebody's own words, where they can still be copied from."""
    # Where the terminal is gone too, nobody can be told.
    with contextlib.suppress(OSError):
        for words in unsaved:
            print("\n".join(f"rota: {line}" for line in plain_lines(words)), file=sys.stderr)
