"""What strangers send: the strings of `strings.json`, and a generator of more of their kind."""

import json
from collections.abc import Mapping
from pathlib import Path

from hypothesis import strategies as st

_DATA = json.loads(Path(__file__).with_name("strings.json").read_text(encoding="utf-8"))

BY_KIND: Mapping[str, tuple[str, ...]] = {
    kind: tuple(one if isinstance(one, str) else one[0] * one[1] for one in strings)
    for kind, strings in _DATA.items()
}
"""In the file a long one is written as what it repeats, and how often."""

STRINGS = tuple(string for strings in BY_KIND.values() for string in strings)

_PIECES = st.sampled_from(
    [
        *"\x1b\x1b\x1b[[]]PX^_\\\x07;;0125mHJKhlcnt?>!#$ ",
        *"\r\n\t\b\x00\x0e\x0f\x7f\x84\x85\x90\x9b\x9c\x9d",
        *"\u202a\u202e\u2066\u2069\u200b\u200d\u200f\u00ad\ufeff\u3164\u2028\ud800\udfff\ufe0f\U000e0041",
        *"a\u0301\u0489\u20e3\u093f\u1161\u11a8\u6f22\uac00\uff21\U0001f44d\U0001f3fd\U0001f1ec\u2630\u0e33",
        "\x1b]0;owned\x07", "\x1b]52;c;b3duZWQ=\x07", "\x1b[2J", "\x1b[5;5H", "\x1bPtmux;\x1b",
        "\x1b\\", "\x9b2J", "\x9d0;owned\x9c", "[red]", "[/]", "[@click=app.quit]", "word ", "https://",
    ]
)  # fmt: skip

hostile_text = st.lists(
    st.one_of(_PIECES, _PIECES, st.characters(), st.sampled_from(STRINGS)), max_size=12
).map("".join)
"""Pieces of control sequences, of invisible and odd-sized characters, and anything else."""
