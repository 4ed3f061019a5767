"""Where in a text is one of certain people named, in whatever way the name is written there?

Each word of a name counts by itself, whatever its case, accents and what is glued to it: so a name
is found when only half of it is there, when it goes on in the next line, and when it was cut. Of
words of two letters only those count that are written as in the name. Rather a word too many is
found than a name too few. Costs what the text is long, however many people there are. Pure.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cached_property

Span = tuple[int, int]
"""From which character to before which."""

CUT = "…"
"""Stands where something was cut."""

_WORD = re.compile("[^\\W\\d_](?:[^\\W\\d_]|[\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff])*")
"""Letters, with the accents over them and what is not to be seen between them."""

_BETWEEN = re.compile(r"[\s.'’-]{1,2}")
"""What may stand between two words of a name."""

_LONG = 3
"""Letters; a shorter word is in too many sentences to be found in whatever case."""


class People:
    """The names to be found. Two are equal if they find the same."""

    def __init__(self, names: Iterable[str]) -> None:
        """Take names as they are written where nothing is hidden."""
        long, short, within, whole = set[str](), set[str](), set[str](), set[str]()
        for name in names:
            words = _WORD.findall(name)
            if any(char.isdigit() for char in name):
                # Such as the number of whoever called.
                whole.add(" ".join(name.split()))
            for word in words:
                bare = _bare(word)
                no_case = any(char.lower() == char.upper() for char in bare)
                if no_case and len(bare) > 1:
                    # In such a script words need no space between them.
                    within.add(word)
                elif len(bare) >= _LONG:
                    long.add(bare)
                elif no_case or len(words) == 1 or (len(bare) > 1 and word[0].isupper()):
                    short |= {word, word.upper()}
        self._long = frozenset(long)
        self._short = frozenset(short)
        self._anywhere = frozenset(within), frozenset(whole)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, People) and self._all() == other._all()

    def __hash__(self) -> int:
        return hash(self._all())

    def _all(self) -> object:
        return self._long, self._short, self._anywhere

    def named(self, text: str) -> list[Span]:
        """Where people are named, in the order of the text; a whole name is one stretch."""
        found = [
            word.span()
            for word in _WORD.finditer(text)
            if word[0] in self._short or _bare(word[0]) in self._long
        ]
        if self._others is not None:
            found += [other.span() for other in self._others.finditer(text)]
        return joined(found, text)

    def painted(self, line: str) -> list[Span]:
        """The same in a line that was made to fit; also words that have lost their ends to it."""
        cut = []
        if CUT in line:
            cut = [
                word.span()
                for word in _WORD.finditer(line)
                if line.startswith(CUT, word.end()) and self._begins_one(_bare(word[0]))
            ]
        return joined([*self.named(line), *cut], line)

    def _begins_one(self, bare: str) -> bool:
        place = bisect_left(self._in_order, bare)
        follows = self._in_order[place : place + 1]
        return len(bare) >= _LONG and any(word.startswith(bare) for word in follows)

    @cached_property
    def _in_order(self) -> Sequence[str]:
        return sorted(self._long)

    @cached_property
    def _others(self) -> re.Pattern[str] | None:
        within, whole = self._anywhere
        spaced = [r"\s+".join(map(re.escape, name.split())) for name in whole]
        parts = [re.escape(word) for word in sorted(within, key=len, reverse=True)]
        parts += [rf"(?<!\w){name}(?!\w)" for name in sorted(spaced, key=len, reverse=True)]
        return re.compile("|".join(parts), re.IGNORECASE) if parts else None


def joined(spans: Iterable[Span], text: str) -> list[Span]:
    """In order and without overlaps; what has hardly anything in between is one."""
    whole: list[Span] = []
    for start, end in sorted(spans):
        if whole and (start <= whole[-1][1] or _BETWEEN.fullmatch(text, whole[-1][1], start)):
            whole[-1] = whole[-1][0], max(end, whole[-1][1])
        else:
            whole.append((start, end))
    return whole


def _bare(word: str) -> str:
    """A word without case, accents and what is not to be seen in it.

    >>> _bare("Zoë\\u00ad"), _bare("ZOE")
    ('zoe', 'zoe')
    """
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word)
    seen = "".join(c for c in apart if unicodedata.category(c) not in ("Mn", "Cf"))
    return seen.casefold()
