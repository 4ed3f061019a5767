"""How are files kept that nobody else may read or put in our way?

Directories 0700, files 0600, ours alone. A symbolic link, a second hard link or somebody else's
file in the place of ours is refused, never followed: on a shared machine it may have been laid
there for us. Files are replaced as a whole, so that a reader sees the old text or the new.
"""

import contextlib
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from services.errors import StoreError
from services.plain import plain_file_name


def private_directory(path: Path) -> Path:
    """A directory for our eyes only, made if it is not there.

    Raises:
        StoreError: It cannot be made, is no directory, or is somebody else's.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode):
            raise StoreError(f"{path}: this is no directory of its own.", "Remove it.")
        _ours(path, found)
        if stat.S_IMODE(found.st_mode) & 0o077:
            path.chmod(0o700)
    except FileExistsError:
        raise StoreError(f"{path}: this is no directory of its own.", "Remove it.") from None
    except OSError as error:
        raise StoreError(f"{path}: cannot be made or used: {_why(error)}.") from error
    return path


def open_private(path: Path, flags: int = os.O_RDWR | os.O_CREAT) -> int:
    """A file of ours, open; made 0600, and made 0600 again if it was not.

    Args:
        path: Its directory is there.
        flags: As `os.open` takes them.

    Returns:
        The descriptor; whoever called closes it.

    Raises:
        StoreError: It cannot be opened, or is not a plain file of ours alone.
    """
    try:
        # Without O_NONBLOCK a pipe in its place would keep us waiting for ever.
        safe = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
        descriptor = os.open(path, flags & ~os.O_TRUNC | safe, 0o600)
    except OSError as error:
        if path.is_symlink():
            raise StoreError(f"{path}: this is a link to another file.", "Remove it.") from None
        raise StoreError(f"{path}: cannot be opened: {_why(error)}.") from error
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
            raise StoreError(f"{path}: this is no plain file of its own.", "Remove it.")
        _ours(path, found)
        if stat.S_IMODE(found.st_mode) & 0o077:
            os.fchmod(descriptor, 0o600)
        if flags & os.O_TRUNC:
            os.ftruncate(descriptor, 0)
    except (OSError, StoreError):
        os.close(descriptor)
        raise
    return descriptor


def read_private(path: Path) -> str:
    """What a file of ours says.

    Raises:
        StoreError: It is not there, cannot be read, or is not a plain file of ours alone.
    """
    with os.fdopen(open_private(path, os.O_RDONLY), encoding="utf-8", errors="replace") as file:
        return file.read()


def write_private(path: Path, text: str, *, durable: bool = True) -> None:
    """Put a text in the place of a file, whole and on the disk, for our eyes only.

    Args:
        path: Its directory is there.
        text: All of it.
        durable: Whether to wait for the disk; not for what is written again in a moment.

    Raises:
        StoreError: It cannot be written; what was there before is there still.
    """
    if path.is_symlink() or path.is_dir():
        raise StoreError(f"{path}: this is no plain file of its own.", "Remove it.")
    import tempfile

    try:
        descriptor, made = tempfile.mkstemp(prefix=".rota-", dir=path.parent)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {_why(error)}.") from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        Path(made).replace(path)
    except OSError as error:
        Path(made).unlink(missing_ok=True)
        raise StoreError(f"{path}: cannot be written: {_why(error)}.") from error


@contextlib.contextmanager
def private_text(
    text: str, name: str, environ: Mapping[str, str], ending: str = ".md"
) -> Iterator[Path]:
    """A text in a file of its own, for an editor; gone at the end, with all the editor left.

    Args:
        text: What the file says at first.
        name: What it is about; remote text is welcome, the file's name is made of it.
        environ: `XDG_RUNTIME_DIR` is in memory and ours alone, where there is one.
        ending: Tells the editor how to colour it.

    Raises:
        StoreError: The file cannot be written.
    """
    import shutil
    import tempfile

    runtime = environ.get("XDG_RUNTIME_DIR")
    place = runtime if runtime and os.access(runtime, os.W_OK) else None
    try:
        # Made 0700, under a name that nobody can guess.
        directory = Path(tempfile.mkdtemp(prefix="rota-", dir=place))
    except OSError as error:
        raise StoreError(f"There is no room for a temporary file: {_why(error)}.") from error
    try:
        path = directory / f"{plain_file_name(name)}{ending}"
        write_private(path, text)
        yield path
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def keep_what_is_beside(path: Path) -> Path | None:
    """Save from the end of `private_text` what an ended editor has left: words it could not save.

    Args:
        path: The text, from `private_text`; it is there no more afterwards.

    Returns:
        The directory it is all in now; None if there is nothing but the text.

    Raises:
        StoreError: It cannot be kept.
    """
    try:
        if all(beside == path for beside in path.parent.iterdir()):
            return None
        return path.parent.rename(path.parent.with_name(f"{path.parent.name}-kept"))
    except OSError as error:
        raise StoreError(f"{path.parent}: cannot be kept: {_why(error)}.") from error


def _ours(path: Path, found: os.stat_result) -> None:
    if found.st_uid != os.geteuid():
        raise StoreError(f"{path}: this belongs to somebody else.", "Choose another place.")


def _why(error: OSError) -> str:
    return (error.strerror or "it failed").lower()
