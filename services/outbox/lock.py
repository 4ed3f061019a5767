"""Which of several dashboards on one laptop sends the letters? The one that holds the lock.

The kernel lets go of the lock when its holder dies, however it dies.
"""

import fcntl
import os
from pathlib import Path

from services.errors import StoreError
from services.private import open_private, private_directory


class Lock:
    """A lock on a file beside the outbox."""

    def __init__(self, path: Path | None) -> None:
        """Take the file's path; None is a lock that nobody else can want."""
        self._path = path
        self._file: int | None = None

    @property
    def held(self) -> bool:
        """Whether we hold it."""
        return self._path is None or self._file is not None

    def take(self) -> bool:
        """Try to take the lock, without waiting; whether we hold it now.

        Raises:
            StoreError: The file cannot be made or locked at all.
        """
        if self._path is None or self._file is not None:
            return True
        private_directory(self._path.parent)
        file = open_private(self._path)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        except OSError as error:
            os.close(file)
            raise StoreError(f"{self._path}: the outbox cannot be locked: {error}.") from error
        self._file = file
        return True

    def release(self) -> None:
        """Let somebody else have it."""
        file, self._file = self._file, None
        if file is not None:
            os.close(file)
