"""`rota` and `rota demo`: the dashboard on the real vendors, or on a simulated shift."""

from collections.abc import Mapping

from services.config import load
from services.config.secrets import configured
from tui.cli import DEFAULT_OPEN, DEFAULT_SEED
from tui.launch import run_dashboard, run_demo


def dashboard(config_path: str | None, environ: Mapping[str, str]) -> int:
    """Run the dashboard until it is left; the demo, which says so, if no vendor is configured.

    Raises:
        ConfigError: The configuration cannot be used.
    """
    config = load(config_path, environ)
    if configured(config, environ):
        return run_dashboard(config, environ)
    return run_demo(
        config, speed=1.0, seed=DEFAULT_SEED, open_issues=DEFAULT_OPEN, unconfigured=True
    )


def demo(
    config_path: str | None,
    environ: Mapping[str, str],
    *,
    speed: float,
    seed: int,
    open_issues: int,
) -> int:
    """Run the dashboard on the simulator until it is left.

    Raises:
        ConfigError: The configuration cannot be used.
    """
    config = load(config_path, environ)
    return run_demo(config, speed=speed, seed=seed, open_issues=open_issues, unconfigured=False)
