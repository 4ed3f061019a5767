"""What did rota do, and what came of it? One JSON object a line, for when somebody asks later.

Of the file's owner only; a new file is begun when it has grown, and the oldest goes. Several
dashboards share it. What goes in are facts about requests, never what people wrote: no body, no
query, no words of a refused write. Known secrets, and what looks like one, are blotted out on the
way. A disk in trouble costs the file, not the dashboard.
"""

import contextlib
import fcntl
import os
import re
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from services.errors import StoreError
from services.private import open_private, private_directory

LARGEST = 1024 * 1024
"""Bytes of a file before the next is begun."""
OLD_FILES = 3
"""Kept beside the one that is written."""
REMEMBERED = 1000
"""Lines kept in memory, for the screen."""
LONGEST_VALUE = 300
"""Characters of one value."""

Value = str | int | float | bool | None
Entry = Mapping[str, Value]

_TELLTALE = r"(?i)\b(bearer|basic|token=|token)(\s*)[A-Za-z0-9+/=_.~-]{8,}"


class Log:
    """The log of this process, and of others before it."""

    def __init__(self, path: Path | None, now: Callable[[], datetime]) -> None:
        """Begin; the file is opened with the first line.

        Args:
            path: The file; None keeps only the latest lines, in memory.
            now: The servers' time.
        """
        self._path = path
        self._now = now
        self._recent: deque[Entry] = deque(maxlen=REMEMBERED)
        self._secrets: set[str] = set()
        self._file: int | None = None

    def hide(self, *secrets: str) -> None:
        """Never let these through."""
        self._secrets |= {secret for secret in secrets if len(secret) > 3}

    def note(self, what: str, **facts: Value) -> None:
        """Write a line; never raises."""
        at = self._now().astimezone(UTC).isoformat(timespec="milliseconds")
        entry: dict[str, Value] = {"at": at.replace("+00:00", "Z"), "what": what}
        entry |= {name: self._safe(value) for name, value in facts.items() if value is not None}
        self._recent.append(entry)
        if self._path is not None:
            import json

            line = json.dumps(entry, ensure_ascii=True) + "\n"
            try:
                os.write(self._opened(self._path), line.encode("ascii"))
            except (OSError, StoreError):
                self._path = None

    def latest(self, most: int = REMEMBERED) -> list[Entry]:
        """The latest lines, oldest first: of the file, or of memory where there is none."""
        if self._path is None:
            return list(self._recent)[-most:]
        lines: list[str] = []
        for path in (_numbered(self._path, 1), self._path):
            with contextlib.suppress(OSError):
                lines += path.read_text(encoding="utf-8", errors="replace").splitlines()
        return [entry for line in lines[-most:] if (entry := _understood(line))]

    def close(self) -> None:
        """Let go of the file; a further line opens it again."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _safe(self, value: Value) -> Value:
        if not isinstance(value, str):
            return value
        for secret in self._secrets:
            value = value.replace(secret, "…")
        return re.sub(_TELLTALE, r"\1\2…", value)[:LONGEST_VALUE]

    def _opened(self, path: Path) -> int:
        """The file to write to: it may have been moved aside by another dashboard."""
        if self._file is not None and self._is(path, self._file):
            if os.fstat(self._file).st_size < LARGEST:
                return self._file
            self._begin_anew(path, self._file)
        self.close()
        private_directory(path.parent)
        self._file = open_private(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        return self._file

    def _begin_anew(self, path: Path, file: int) -> None:
        """Move the full file aside, and the older ones on; one dashboard at a time."""
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            if not self._is(path, file):
                return
            for number in range(OLD_FILES, 0, -1):
                older = _numbered(path, number - 1) if number > 1 else path
                with contextlib.suppress(FileNotFoundError):
                    older.replace(_numbered(path, number))
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)

    def _is(self, path: Path, file: int) -> bool:
        try:
            there, ours = path.stat(), os.fstat(file)
        except OSError:
            return False
        return (there.st_ino, there.st_dev) == (ours.st_ino, ours.st_dev)


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}")


def _understood(line: str) -> Entry | None:
    """A line cut short by a crash is left out."""
    import json

    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None
