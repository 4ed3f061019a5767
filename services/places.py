"""Where on this laptop does rota keep what it must remember?"""

from collections.abc import Mapping
from pathlib import Path


def state_dir(environ: Mapping[str, str]) -> Path:
    """The directory of rota's state: `$XDG_STATE_HOME/rota`, or the platform's own place."""
    if environ.get("XDG_STATE_HOME"):
        return Path(environ["XDG_STATE_HOME"]) / "rota"
    from platformdirs import user_state_path

    return user_state_path("rota", appauthor=False)
