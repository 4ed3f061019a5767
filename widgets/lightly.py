"""How does Markdown read on the screen? As its words, with headings and what matters in bold.

Only what our own pages are written with: headings, points, bold, and signs that are escaped.
"""

import re

from rich.text import Text

_HEADING = re.compile(r"(#{1,6}) +(.*)")
_POINT = re.compile(r"( *)- +(.*)")
_INLINE = re.compile(r"\\([\\`*_\[\]<|])|\*\*(.+?)\*\*")

_TITLE, _SECTION = "bold underline", "bold"


def lightly(markdown: str) -> Text:
    """The text as it is read; the source stays what is copied, saved and sent.

    >>> lightly("## Overdue (1)\\n- **P1** #7 a\\\\*b").plain
    'Overdue (1)\\n• P1 #7 a*b'
    """
    return Text("\n").join(_line(line) for line in markdown.splitlines())


def _line(line: str) -> Text:
    if heading := _HEADING.fullmatch(line):
        return _words(heading[2], _TITLE if heading[1] == "#" else _SECTION)
    if point := _POINT.fullmatch(line):
        return Text(f"{point[1]}• ").append_text(_words(point[2], ""))
    return _words(line, "")


def _words(words: str, style: str) -> Text:
    text, at = Text(style=style), 0
    for found in _INLINE.finditer(words):
        text.append(words[at : found.start()])
        text.append(found[1] or found[2], style="bold" if found[2] else "")
        at = found.end()
    return text.append(words[at:])
