"""How is what we draw written where a terminal has nothing but ASCII?

Our own signs and frames are replaced one cell by one cell when a line is sent; the words of others
are left as they are.
"""

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_SIGNS = {
    "│": "|", "┃": "|", "║": "|", "▏": "|", "▕": "|", "▎": "|", "▍": "|",
    "─": "-", "━": "-", "═": "=", "▔": "-", "▁": "_", "▂": "_", "▄": "_", "▀": "-",
    "╭": "+", "╮": "+", "╰": "+", "╯": "+", "┌": "+", "┐": "+", "└": "+", "┘": "+",
    "├": "+", "┤": "+", "┬": "+", "┴": "+", "┼": "+",
    "█": "#", "▓": "#", "▒": "=", "░": ".", "▌": "|", "▐": "|", "▊": "#", "▅": "#", "▆": "#",
    "▇": "#", "▃": "_",
    "·": "-", "•": "*", "…": "~", "→": ">", "←": "<", "↓": "v", "↑": "^", "↩": "<", "×": "x",
    "▲": "!", "◆": "*", "●": "-", "✓": "+", "✗": "x", "✔": "x", "»": ">", "≥": ">", "≤": "<",
    "–": "-", "—": "-",
}  # fmt: skip
_TABLE = str.maketrans(_SIGNS)


class Ascii(LineFilter):
    """Draws with ASCII alone."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same cells in other signs."""
        return [
            segment
            if segment.text.isascii()
            else Segment(segment.text.translate(_TABLE), segment.style, segment.control)
            for segment in segments
        ]
