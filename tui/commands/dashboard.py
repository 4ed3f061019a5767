"""`rota` and `rota demo`: the dashboard on the real vendors, or on a simulated shift."""

import gc
import sys
from collections.abc import Mapping

from services.config import load
from services.config.files import find
from services.config.tables import Config
from services.config.vendors import configured
from services.errors import ConfigError
from tui.cli import EXIT_UNUSABLE
from tui.launch import run_dashboard, run_demo

_WAY_OUT = "`rota init` makes a new file of what can be used, and keeps this one beside it."


def dashboard(config_path: str | None, environ: Mapping[str, str], *, plain: bool = False) -> int:
    """Run the dashboard until it is left; the demo, which says so, if no vendor is configured.

    Raises:
        ConfigError: The configuration cannot be used.
    """
    try:
        config = load(config_path, environ)
    except ConfigError as error:
        return _offer_setup(config_path, environ, error)
    if configured(config, environ) or _logged_in(config, environ):
        return run_dashboard(config, environ, lines=plain)
    return run_demo(config, unconfigured=True, lines=plain)


def _logged_in(config: Config, environ: Mapping[str, str]) -> bool:
    from services.config.secrets import logged_in

    return logged_in(config, environ)


def _offer_setup(config_path: str | None, environ: Mapping[str, str], error: ConfigError) -> int:
    """What is wrong with the file, and the way out of it."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise ConfigError(error.headline, error.advice or _WAY_OUT) from error
    gc.enable()
    print("\n".join(f"rota: {line}" for line in error.headline.splitlines()), file=sys.stderr)
    if input(f"{_WAY_OUT} Begin now? [y/N] ").strip().lower() not in ("y", "yes"):
        return EXIT_UNUSABLE
    from tui.commands.init import Given, init

    broken = find(config_path, environ)
    return init(str(broken) if broken else config_path, environ, Given())


def demo(
    config_path: str | None,
    environ: Mapping[str, str],
    *,
    speed: float,
    seed: int,
    open_issues: int | None = None,
    scenario: str | None = None,
    plain: bool = False,
) -> int:
    """Run the dashboard on the simulator until it is left.

    Args:
        open_issues: Open at the start; None leaves it to the scenario.
        scenario: A scenario's name or path; None is the usual shift.
        plain: No screen, a line for each change.

    Raises:
        ConfigError: The configuration or the scenario cannot be used.
    """
    config = load(config_path, environ)
    return run_demo(
        config, speed=speed, seed=seed, open_issues=open_issues, scenario=scenario, lines=plain
    )
