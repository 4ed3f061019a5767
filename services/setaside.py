"""How long are files kept that could not be read any more?

A file of facts that was set aside holds customers' words and is of no use to anybody, nor is one
of what has rung: they go with the others. One of drafts and letters may hold words that were never
sent: it stays, and is told of.
"""

import re
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from services.errors import StoreError

_FACTS = re.compile(r"[0-9a-f]{16}(-signals)?\.unreadable-\d+(-wal|-shm)?")


class SetAside:
    """The files of facts, and of signals, that were set aside in a directory."""

    kept = "unreadable files of facts"

    def __init__(self, folder: Path) -> None:
        """Look after the directory of rota's state."""
        self._folder = folder

    def old(self, before: datetime, open_halves: Collection[str], *, forget: bool) -> int:
        """Count, or remove, those that were last written before a moment.

        Raises:
            StoreError: One cannot be removed.
        """
        count = 0
        try:
            for path in self._folder.iterdir() if self._folder.is_dir() else ():
                if not _FACTS.fullmatch(path.name):
                    continue
                if path.lstat().st_mtime >= before.timestamp():
                    continue
                count += 1
                if forget:
                    path.unlink()
        except OSError as error:
            why = (error.strerror or "it failed").lower()
            raise StoreError(f"{self._folder}: old files cannot be removed: {why}.") from error
        return count

    def of_words(self) -> tuple[Path, ...]:
        """Files set aside that may hold what was typed and never sent."""
        found = self._folder.glob("*.unreadable-*") if self._folder.is_dir() else ()
        return tuple(sorted(path for path in found if not _FACTS.fullmatch(path.name)))
