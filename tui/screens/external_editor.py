"""How does somebody write in their own editor? The screen is lent to it, and the text comes back.

The editor is what $VISUAL or $EDITOR say, taken apart as a shell would, but never run by one. The
text lies in a file that only its owner can read, and is gone afterwards. Told to end meanwhile, we
tell the editor too: what it has saved comes back, and what it leaves beside that is kept.
"""

import os
import shlex
import subprocess
from collections.abc import Sequence

from textual.app import App, SuspendNotSupported

from services.commands import told
from services.errors import StoreError
from services.private import keep_what_is_beside, private_text, read_private
from tui.ending import Endable, passing_on

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
            status, told_to_end = _run(app, [*argv, str(path)])
            if status > 0 and not told_to_end:
                return None, f"{argv[0]} ended with exit status {status}: text unchanged."
            saved, words = read_private(path), ""
            if status < 0 or told_to_end:
                words = f"{argv[0]} was ended from outside: the text is as it was last saved."
                if (rest := keep_what_is_beside(path)) is not None:
                    words += f" The rest is in {rest}."
            if words and isinstance(app, Endable):
                app.unsaved += (words,)
            return saved, words
    except SuspendNotSupported:
        return None, "The screen cannot be lent to an editor here."
    except OSError as error:
        return None, f"{argv[0]} cannot be started: {(error.strerror or 'it failed').lower()}."
    except StoreError as error:
        return None, error.headline


def _run(app: App[None], argv: Sequence[str]) -> tuple[int, bool]:
    """The exit status, below zero for one that was ended by a signal; whether we are to end too."""
    with app.suspend(), passing_on() as passing:
        running = subprocess.Popen(  # noqa: S603 - the operator's own editor, no shell
            argv, env=told(os.environ, {})
        )
        with running:
            passing.to(running.send_signal)
            running.wait()
    return running.returncode, bool(passing.told)
