"""How is text written by strangers shown without letting it act?

The one boundary between what the vendors send and what a terminal is told. What is left behind it
is printable, says in which direction it is read by its letters alone, and takes just as many cells
as every terminal thinks it does. JSON output does not come through here: scripts get the raw text.

What is invisible, or steers, is made visible (`‹202E›`, `␛`); what only joins or colours emoji is
dropped, so that they fall apart into their parts and nothing is lost. Characters on whose width
terminals disagree are replaced too: one cell too many would push the rest of the line aside.
"""

import re
import unicodedata
from functools import lru_cache

MOST_MARKS = 2
"""Marks kept on one letter; more are a joke at the reader's cost."""

MOST_HIDDEN = 3
"""Stand-ins shown of a run of invisible characters; then they are only counted."""

LONGEST_LINE = 2000
"""Characters kept of one line of a longer text."""

TITLE_CHARACTERS = 120
FILE_NAME_CHARACTERS = 60

_SURE = (
    "["
    "\x20-\x7e\xa1-\xac\xae-\u02ff"
    "\u0391-\u03a1\u03a3-\u03ff\u0400-\u0482\u048a-\u052f"
    "\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u2199\u2500-\u257f"
    "\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff5e"
    "]*"
)
"""The alphabets of most of what is read: nothing to hide, and no two opinions on its width."""

_MARKS = frozenset({"Mn", "Me"})
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_DROPPED = frozenset("\u200d\ufe0e\ufe0f\u200b\u00ad")
"""Joiners, breaks and the choice between text and emoji."""

_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks that show nothing: fillers that pass for text."""

_DISPUTED = ((0x2630, 0x2637), (0x268A, 0x268F), (0x4DC0, 0x4DFF), (0x1D300, 0x1D37F))
"""One cell up to Unicode 15, two since."""

_VOWELS_OF_SYLLABLES = ((0x1160, 0x11FF), (0xD7B0, 0xD7FF))
"""Hangul that joins the letter before it, in some terminals."""

_SELECTORS = ((0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
_TONES = (0x1F3FB, 0x1F3FF)
_FLAG_A, _FLAG_Z = 0x1F1E6, 0x1F1FF


def plain(text: str, limit: int = 0) -> str:
    """Remote text on one line, safe to paint, copy, notify or put in a title.

    Args:
        text: Anything.
        limit: Characters to keep at the most, stand-ins included; 0 keeps all.

    >>> plain("a\\x1b[31mred\\u202eb")
    'a␛[31mred‹202E›b'
    >>> plain("two\\nlines\\there", limit=6)
    'two l…'
    """
    # What is dropped makes room, so a little more than the limit is looked at, and never all.
    rest = len(text) > 4 * limit + 64 if limit else False
    if rest:
        text = text[: 4 * limit + 64]
    # Nearly all of it is, and the other test is slow to be made.
    if (text.isascii() and text.isprintable()) or re.fullmatch(_SURE, text):
        shown = text
    else:
        shown = _remembered(text) if len(text) <= LONGEST_LINE else _written(text)
    if limit and (rest or len(shown) > limit):
        return shown[: limit - 1] + "…"
    return shown


def plain_lines(text: str, limit: int = LONGEST_LINE) -> list[str]:
    """Remote text of several lines, each safe; at least one line.

    Args:
        text: Anything.
        limit: Characters to keep of each line at the most.
    """
    whole = text.replace("\r\n", "\n").replace("\r", "\n")
    return [plain(line[: 4 * limit + 65].expandtabs(4), limit) for line in whole.split("\n")]


def plain_title(text: str, limit: int = TITLE_CHARACTERS) -> str:
    """Remote text for a window's title or a notification: short, and no field separators.

    Such text travels inside a control sequence whose fields are told apart by semicolons; some
    terminals take what stands before one for a command.

    >>> plain_title("  4;3;\\x1b]0;owned\\x07 ")
    '4,3,␛]0,owned␇'
    """
    words = " ".join(plain(text, limit).replace(";", ",").split())
    # Once more: what stood after a blank may stand at the start now.
    return plain(words, limit)


def plain_status(text: str, limit: int = TITLE_CHARACTERS) -> str:
    """Remote text for a status line that tmux reads: its own signs mean nothing in it.

    >>> plain_status("#[fg=red]#(reboot)")
    '＃[fg=red]＃(reboot)'
    """
    return plain_title(text, limit).replace("#", "\uff03")


def plain_file_name(text: str, limit: int = FILE_NAME_CHARACTERS) -> str:
    """Remote text as the name of a file, without an ending; never empty, never a path.

    >>> plain_file_name("../../etc/passwd"), plain_file_name("-rf *"), plain_file_name("…")
    ('etc-passwd', 'rf', 'text')
    """
    simple = unicodedata.normalize("NFKD", plain(text, 4 * limit)).encode("ascii", "ignore")
    words = re.sub(r"[^A-Za-z0-9_.]+|\.\.+", "-", simple.decode("ascii"))
    return words[:limit].strip("-._") or "text"


@lru_cache(maxsize=1024)
def _remembered(text: str) -> str:
    """The same few subjects are painted again and again."""
    return _written(text)


def _written(text: str) -> str:
    """The slow way, for text with anything in it that needs a second look."""
    shown: list[str] = []
    marks = hidden = 0
    for char in unicodedata.normalize("NFC", _thinned(text)):
        words, kind = _character(char)
        if kind == "mark":
            marks += 1
            # A mark needs a letter of this text to stand on, not the cell before.
            words = "" if marks > MOST_MARKS else words if shown else "\u25cc" + words
        elif words:
            marks = 0
        if kind == "hidden":
            hidden += 1
            words = "" if hidden > MOST_HIDDEN else words
        elif words:
            if hidden > MOST_HIDDEN:
                shown.append(f"‹+{hidden - MOST_HIDDEN}›")
            hidden = 0
        if words:
            shown.append(words)
    if hidden > MOST_HIDDEN:
        shown.append(f"‹+{hidden - MOST_HIDDEN}›")
    return "".join(shown)


def _thinned(text: str) -> str:
    """Without storms of marks, which take long to be put in order."""
    kept: list[str] = []
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char) in _MARKS else 0
        if marks <= 2 * MOST_MARKS:
            kept.append(char)
    return "".join(kept)


@lru_cache(maxsize=4096)
def _character(char: str) -> tuple[str, str]:
    """What is shown of a character, and whether it is a `letter`, a `mark` or `hidden`."""
    if char in "\n\r\t":
        return " ", "letter"
    code = ord(char)
    if char in _DROPPED or _TONES[0] <= code <= _TONES[1]:
        return "", "letter"
    if _FLAG_A <= code <= _FLAG_Z:
        return chr(ord("A") + code - _FLAG_A), "letter"
    category = unicodedata.category(char)
    if code < 0x20:
        return chr(0x2400 + code), "hidden"
    if category in _HIDDEN or char in _BLANK or _among(code, _SELECTORS):
        return f"‹{code:02X}›" if code < 0x100 else f"‹{code:04X}›", "hidden"
    if category == "Mc" or _among(code, _VOWELS_OF_SYLLABLES):
        return "\u25cc", "letter"
    if _among(code, _DISPUTED):
        return f"‹{code:04X}›", "letter"
    if category in _MARKS:
        return char, "mark"
    return " " if category == "Zs" else char, "letter"


def _among(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)
