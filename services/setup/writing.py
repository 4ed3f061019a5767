"""How does a new configuration take the place of an old one, so that nothing is lost?

The old file stays beside it under a name of its own, the new one appears whole or not at all, and
only its owner can read it: there may be a token in it.
"""

import contextlib
import os
from pathlib import Path

from services.errors import ConfigError


def write_config(path: Path, text: str) -> Path | None:
    """Write a configuration; where the one before was put, or None if there was none.

    Raises:
        ConfigError: It cannot be written there; whatever was there is as it was.
    """
    # Where the file is a link, as those who keep their settings elsewhere have it, so it stays.
    path = path.resolve()
    fresh = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        with os.fdopen(os.open(fresh, flags, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        backup = _backup(path)
        os.replace(fresh, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        why = (error.strerror or "it failed").lower()
        raise ConfigError(
            f"{path}: cannot be written: {why}.", "Choose another place with --config PATH."
        ) from None
    return backup


def _backup(path: Path) -> Path | None:
    """The file there is, once more under a new name; it stays in place until it is replaced."""
    if not path.exists():
        return None
    number = 1
    while (aside := path.with_name(f"{path.name}.before-{number}")).exists():
        number += 1
    os.link(path, aside)
    return aside
