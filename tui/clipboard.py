"""How does a text get into the clipboard of the terminal that we are seen in, also from tmux?"""

import base64
import os
from collections.abc import Mapping

from textual.app import App


def copy(app: App[None], text: str, environ: Mapping[str, str] = os.environ) -> None:
    """Put a text into the clipboard, by OSC 52; nobody tells whether the terminal took it.

    tmux takes it itself where `set-clipboard` is on; to the terminal around it goes what is wrapped
    for passing through, where `allow-passthrough` is. It gets both, and takes what it may.
    """
    app.copy_to_clipboard(text)
    driver = app._driver
    if driver is not None and environ.get("TMUX"):
        driver.write(through_tmux(f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\a"))


def through_tmux(sequence: str) -> str:
    """A sequence that tmux hands on to the terminal around it.

    >>> through_tmux("\\x1b]52;c;YQ==\\a")
    '\\x1bPtmux;\\x1b\\x1b]52;c;YQ==\\x07\\x1b\\\\'
    """
    doubled = sequence.replace("\x1b", "\x1b\x1b")
    return f"\x1bPtmux;{doubled}\x1b\\"
