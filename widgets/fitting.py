"""How is a line of several statements fitted into a width? The least important gives way first."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size


@dataclass(frozen=True, slots=True)
class Part:
    """One statement of a line."""

    rank: int
    """0 matters most and is never left out."""
    wordings: tuple[str, ...]
    """The same, ever shorter; an empty one says nothing."""


def fit(text: str, width: int) -> str:
    """Exactly so many cells, with a mark where something is cut."""
    if cell_len(text) > width > 1:
        return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width)
    return set_cell_size(text, width)


def cut_words(text: str, limit: int) -> str:
    """At most so many characters, cut between words where there are any.

    >>> cut_words("the network is down", 13)
    'the network…'
    """
    if len(text) <= limit:
        return text
    kept = text[:limit].rpartition(" ")[0] or text[: limit - 1]
    return kept.rstrip(" .,:;") + "…"


def fitted(parts: Sequence[Part], width: int, separator: str = " │ ") -> str:
    """As much as goes into `width` cells: what matters least is shortened, then left out.

    >>> fitted([Part(0, ("28 open",)), Part(1, ("on call Ann until noon", "Ann"))], 16)
    '28 open │ Ann'
    """
    left = [list(part.wordings) for part in parts]
    yielding = sorted(range(len(parts)), key=lambda place: -parts[place].rank)
    for place in yielding:
        words = left[place]
        least = 1 if parts[place].rank == 0 else 0
        while len(words) > least and cell_len(_joined(left, separator)) > width:
            words.pop(0)
    line = _joined(left, separator)
    return fit(line, width) if cell_len(line) > width else line


def _joined(wordings: Sequence[Sequence[str]], separator: str) -> str:
    return separator.join(words[0] for words in wordings if words and words[0])
