"""How does an accent stay with its letter, wherever a line is cut or wrapped?

It stands behind the letter and takes no cell: whoever counts cells leaves it to what comes behind
the cut. Sent there, it would stand over whatever is in front, which may be somebody else's.
"""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip


def cut(line: Strip, start: int, end: int) -> Strip:
    """Cells of a line, with the accents that stand over them, and no others.

    >>> line = Strip([Segment("cafe\u0301 ole\u0301")])
    >>> cut(line, 0, 4).text == "cafe\u0301", cut(line, 4, 8).text == " ole\u0301"
    (True, True)
    """
    whole = (start, end) == (0, line.cell_length)
    text = line.text
    if text.isascii() or (whole and not _accents(text)):
        return line if whole else line.crop(start, end)
    # Textual's own way loses accents where a letter has several.
    segments: list[Segment] = []
    at, letter_is_in = 0, False
    for text, style, _ in line:
        kept = ""
        for char in text:
            width = cell_len(char)
            if width == 0:
                kept += char if letter_is_in else ""
                continue
            seen = min(at + width, end) - max(at, start)
            letter_is_in = seen == width
            # Of a wide letter that is cut a blank is left.
            kept += char if letter_is_in else " " * max(0, seen)
            at += width
        if kept:
            segments.append(Segment(kept, style))
    return Strip(segments, end - start)


def wrapped_with_letters(lines: Sequence[Strip]) -> list[Strip]:
    """Lines of a wrapped text: accents that begin one stand over the letter that ends the last."""
    kept: list[Strip] = []
    for line in lines:
        over = 0 if line.text.isascii() else _accents(line.text)
        if over:
            if kept and kept[-1].text.rstrip() and not kept[-1].text.endswith(" "):
                kept[-1] = _with_accents(kept[-1], line.text[:over])
            line = _without_first_accents(line)
        kept.append(line)
    return kept


def _accents(text: str) -> int:
    """How many characters at the beginning of a text take no cell."""
    return next((n for n, char in enumerate(text) if cell_len(char)), len(text))


def _without_first_accents(line: Strip) -> Strip:
    over = _accents(line.text)
    if not over:
        return line
    segments: list[Segment] = []
    for text, style, _ in line:
        gone = min(over, len(text))
        over -= gone
        if gone < len(text):
            segments.append(Segment(text[gone:], style))
    return Strip(segments, line.cell_length)


def _with_accents(line: Strip, accents: str) -> Strip:
    if not accents or not line:
        return line
    *first, (text, style, _) = line
    return Strip([*first, Segment(text + accents, style)], line.cell_length)
