"""How does somebody write in their own editor? The screen is lent to it, and the text comes back.

The editor is what $VISUAL or $EDITOR say, taken apart as a shell would, but never run by one. The
text lies in a file that only its owner can read, and is gone afterwards.
"""

import os
import shlex
import subprocess

from textual.app import App, SuspendNotSupported

from services.commands import told
from services.errors import StoreError
from services.private import private_text, read_private

DEFAULT = "vi"


def edited(app: App[None], text: str, name: str) -> tuple[str | None, str]:
    """A text as it comes back from the editor.

    Args:
        app: Whose screen is lent.
        text: What to begin with.
        name: What it is about; the file's name is made of it.

    Returns:
        The text, or None if it stays as it was; and what went wrong, in plain words, or "".
    """
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR") or DEFAULT
    try:
        argv = shlex.split(chosen)
    except ValueError:
        return None, "EDITOR cannot be understood: a quote is not closed."
    if not argv:
        return None, "EDITOR names no program."
    try:
        with private_text(text, name, os.environ) as path:
            with app.suspend():
                ended = subprocess.run(  # noqa: S603 - the operator's own editor, no shell
                    [*argv, str(path)], env=told(os.environ, {}), check=False
                )
            if ended.returncode:
                return None, f"{argv[0]} ended with exit status {ended.returncode}: text unchanged."
            return read_private(path), ""
    except SuspendNotSupported:
        return None, "The screen cannot be lent to an editor here."
    except OSError as error:
        return None, f"{argv[0]} cannot be started: {(error.strerror or 'it failed').lower()}."
    except StoreError as error:
        return None, error.headline
