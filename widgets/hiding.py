"""How is a name hidden wherever it is painted? By signs that take just as many cells.

The last of the veils: whatever a screen shows, typed or read, loses the names that are known and
every address. What is kept, copied and sent knows nothing of it.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

SIGN = "▓"
"""None that the rota is drawn with."""


class Hiding(LineFilter):
    """Paints over what is found, also where a name changes its colour half-way."""

    def __init__(self, find: Callable[[str], Sequence[tuple[int, int]]]) -> None:
        """Take what finds, in a line, from which character to before which to paint over."""
        super().__init__()
        self._find = find

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same cells; those of names are painted over."""
        line = "".join(segment.text for segment in segments)
        hidden = self._find(line)
        if not hidden:
            return segments
        signs = list(line)
        for start, end in hidden:
            signs[start:end] = [SIGN * cell_len(sign) for sign in line[start:end]]
        bounds = pairwise(accumulate((len(segment.text) for segment in segments), initial=0))
        return [
            Segment("".join(signs[start:end]), segment.style, segment.control)
            for segment, (start, end) in zip(segments, bounds, strict=True)
        ]
