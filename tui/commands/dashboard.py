"""`rota` and `rota demo`: the dashboard on the real vendors, or on a simulated shift."""

from collections.abc import Mapping

from services.config import load
from services.config.secrets import configured, logged_in
from tui.cli import DEFAULT_SEED
from tui.launch import run_dashboard, run_demo


def dashboard(config_path: str | None, environ: Mapping[str, str]) -> int:
    """Run the dashboard until it is left; the demo, which says so, if no vendor is configured.

    Raises:
        ConfigError: The configuration cannot be used.
    """
    config = load(config_path, environ)
    if configured(config, environ) or logged_in(config, environ):
        return run_dashboard(config, environ)
    return run_demo(config, seed=DEFAULT_SEED, unconfigured=True)


def demo(
    config_path: str | None,
    environ: Mapping[str, str],
    *,
    speed: float,
    seed: int,
    open_issues: int | None = None,
    scenario: str | None = None,
) -> int:
    """Run the dashboard on the simulator until it is left.

    Args:
        open_issues: Open at the start; None leaves it to the scenario.
        scenario: A scenario's name or path; None is the usual shift.

    Raises:
        ConfigError: The configuration or the scenario cannot be used.
    """
    config = load(config_path, environ)
    return run_demo(config, speed=speed, seed=seed, open_issues=open_issues, scenario=scenario)
