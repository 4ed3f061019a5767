"""How is a line of several statements fitted into a width? The least important gives way first."""

from collections.abc import Sequence

from msgspec import Struct
from rich.cells import cell_len, set_cell_size


class Part(Struct, frozen=True):
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
    chosen = [part.wordings[-1] if part.rank == 0 and part.wordings else "" for part in parts]
    # What matters most takes the longest wording there is room for; the rest shares what is left.
    for place in sorted(range(len(parts)), key=lambda place: parts[place].rank):
        for words in parts[place].wordings:
            tried = [*chosen[:place], words, *chosen[place + 1 :]]
            if cell_len(_joined(tried, separator)) <= width:
                chosen = tried
                break
    line = _joined(chosen, separator)
    return fit(line, width) if cell_len(line) > width else line


def _joined(wordings: Sequence[str], separator: str) -> str:
    return separator.join(words for words in wordings if words)
