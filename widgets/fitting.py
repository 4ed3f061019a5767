"""How is a line of several statements fitted into a width? The least important gives way first."""

from collections.abc import Sequence

from msgspec import Struct
from rich.cells import cached_cell_len, cell_len, set_cell_size

WIDTHS_KEPT = 400
"""Texts whose widths are worth being kept: those of a few screens."""


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


def forget_widths() -> None:
    """Have Rich forget the widths of texts that are not to be seen again.

    It keeps those of the latest thousands. Countdowns and times push out all others, and what is
    kept of them for hours, between what is gone, leaves memory in pieces: a shift would fill it.
    """
    if cached_cell_len.cache_info().currsize > WIDTHS_KEPT:
        cached_cell_len.cache_clear()


def _joined(wordings: Sequence[str], separator: str) -> str:
    return separator.join(words for words in wordings if words)
