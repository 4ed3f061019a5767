"""`rota check`: is all well? One line each, with what to do; 1 if a shift cannot be worked."""

import asyncio
import json
from collections.abc import Mapping

from services.assemble import assemble
from services.clock import ServerClock
from services.config import load
from services.config.tables import Config
from services.doctor.findings import Finding, Verdict, documented, line, usable
from services.doctor.laptop import (
    examine_config,
    examine_notifications,
    examine_pairing,
    examine_state,
    examine_terminal,
    terminal_size,
)
from services.doctor.vendors import examine_clock, examine_pagerduty, examine_zendesk
from services.domain import Source
from services.errors import ConfigError
from services.places import state_dir
from services.store import Store

EXIT_UNUSABLE = 1


def check(config_path: str | None, environ: Mapping[str, str], *, as_json: bool) -> int:
    """Look into everything and say how it stands; what does not work ends nothing."""
    try:
        config = load(config_path, environ)
    except ConfigError as error:
        findings = [
            Finding("configuration", Verdict.FAILED, said, "Mend it, or see `rota init`.")
            for said in error.headline.splitlines()
        ]
    else:
        findings = asyncio.run(_examine(config, environ))
    if as_json:
        print(json.dumps(documented(findings), indent=2))
    else:
        print("\n".join(line(found) for found in findings))
    return 0 if usable(findings) else EXIT_UNUSABLE


async def _examine(config: Config, environ: Mapping[str, str]) -> list[Finding]:
    found = [examine_config(config), *_examine_keys(config), examine_pairing(config)]
    found.append(examine_state(state_dir(environ) / "check.db"))
    found += await _examine_vendors(config, environ)
    found += examine_terminal(environ, terminal_size())
    found += examine_notifications(environ)
    return found


def _examine_keys(config: Config) -> list[Finding]:
    """What the dashboard would refuse; it takes the tables of keys, which few have changed."""
    if not config.keys:
        return []
    from tui.keymap import keymap

    try:
        keymap(config.keys)
    except ConfigError as error:
        return [Finding("keys", Verdict.FAILED, error.headline, error.advice)]
    return []


async def _examine_vendors(config: Config, environ: Mapping[str, str]) -> list[Finding]:
    assembly = assemble(config, environ, store=Store(None))
    clock = assembly.clock
    found: list[Finding] = []
    asked: set[Source] = set()
    try:
        for api in assembly.apis:
            session = assembly.sessions[api.source]
            if await session.unused():
                continue
            asked.add(api.source)
            if api.source is Source.ZENDESK:
                found += await examine_zendesk(config, session, api, clock.now())
            else:
                found += await examine_pagerduty(config, session, api)
    finally:
        await assembly.aclose()
    for source in Source:
        if source not in asked:
            said = "is not configured, or switched off."
            verdict = Verdict.FAILED if not asked else Verdict.WARNING
            found.append(Finding(source.value, verdict, said, "`rota init` sets it up."))
    if isinstance(clock, ServerClock) and asked:
        found.append(examine_clock(clock))
    return found
