"""Where does a text go that is to be kept as a file? Beside where rota was started, ours alone."""

from pathlib import Path

from services.errors import StoreError
from services.plain import plain_file_name
from services.private import write_private

MOST = 100
"""Files of one name that are told apart by a number."""


def save(text: str, name: str, ending: str, directory: Path) -> Path:
    """Write a text to a file of its own; one that is there already stays.

    Raises:
        StoreError: It cannot be written.
    """
    stem = plain_file_name(name)
    for number in range(1, MOST):
        path = directory / f"{stem}{f'-{number}' if number > 1 else ''}{ending}"
        if not path.exists():
            write_private(path, text)
            return path
    raise StoreError(
        f"{directory / stem}{ending}: there are too many of this name.", "Remove some."
    )
