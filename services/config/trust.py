"""May a configuration be acted on, on a machine that others use too?

It can name programs to run and addresses that tokens are sent to. Whoever can write it can do
both as us, so such a file must be ours (or the system's), and not open for everyone to write.
"""

import os
import stat
from pathlib import Path

from services.config.tables import PagerDuty, Tables
from services.errors import ConfigError


def refuse_if_planted(path: Path, found: os.stat_result, tables: Tables) -> None:
    """Refuse a file that somebody else may have written, if it says anything to be acted on.

    Args:
        path: The file, as it was read.
        found: What the open file is.
        tables: What it says.

    Raises:
        ConfigError: It acts, and others may have written it.
    """
    if not _acts(tables):
        return
    what = f"{path}: names programs or addresses"
    if found.st_uid not in (os.geteuid(), 0):
        raise ConfigError(
            f"{what}, but is somebody else's file.",
            "Copy it to a file of your own, and say --config.",
        )
    if found.st_mode & stat.S_IWOTH:
        raise ConfigError(f"{what}, but everyone may change it.", f"chmod o-w {path}")


def _acts(tables: Tables) -> bool:
    return bool(
        tables.zendesk.token_command
        or tables.pagerduty.token_command
        or tables.signals.command
        or tables.zendesk.base_url
        or tables.zendesk.subdomain
        or tables.pagerduty.base_url != PagerDuty().base_url
    )
