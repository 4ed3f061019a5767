"""How is text written by strangers shown without letting it act?

The one boundary between what the vendors send and what a terminal is told. Control, format and
other invisible characters are made visible or dropped; what is left is plain printable text. JSON
output does not come through here: scripts get the raw text.
"""

import unicodedata

MOST_COMBINING = 2
"""Marks kept on one letter; more are a joke at the reader's cost."""

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_DROPPED = frozenset("\u200d\ufe0f\u200b\u00ad")
"""Joiners and variation selectors: an emoji falls apart into its parts, and nothing is lost."""


def plain(text: str, limit: int = 0) -> str:
    """Remote text on one line, safe to paint, copy, notify or put in a title.

    Args:
        text: Anything.
        limit: Characters to keep at the most; 0 keeps all.

    >>> plain("a\\x1b[31mred\\u202eb")
    'a␛[31mred‹202E›b'
    >>> plain("two\\nlines\\there", limit=6)
    'two l…'
    """
    if limit and len(text) > limit:
        text = text[: limit - 1] + "…"
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= MOST_COMBINING:
            shown.append(char if char.isascii() and char.isprintable() else _stand_in(char))
    return "".join(shown)


def plain_lines(text: str) -> list[str]:
    """Remote text of several lines, each safe; at least one line."""
    return [plain(line.expandtabs(4)) for line in text.replace("\r\n", "\n").split("\n")]


def _stand_in(char: str) -> str:
    if char in "\n\r\t":
        return " "
    if char in _DROPPED:
        return ""
    category = unicodedata.category(char)
    if category == "Cc":
        code = ord(char)
        return chr(0x2400 + code) if code < 0x20 else f"‹{code:02X}›"
    if category in _HIDDEN or _blank(char):
        return f"‹{ord(char):04X}›"
    return " " if category == "Zs" else char


def _blank(char: str) -> bool:
    """Letters that show nothing: fillers that pass for text."""
    return char in "\u115f\u1160\u3164\uffa0\u2800\u034f" or "\ufe00" <= char <= "\ufe0e"
