"""How much of an answer is too much to be looked into?

A vendor, or whoever stands in its place, may send what takes long to read or fills the memory:
bodies without end, bombs of packed zeroes, lists in lists in lists, a list of millions.
"""

import re

BODY_BYTES = 10 * 1024 * 1024
"""An answer larger than this is not read to its end."""

REFUSAL_BYTES = 256 * 1024
"""No refusal has more to say; the words of a larger one are not looked for."""

DEPTH = 64
"""Levels of lists and objects; the deepest documented answer has nine."""

VALUES = 1_000_000
"""Values in one answer; a thousand tickets with two hundred fields each have half of that."""

SKIPPED = 1000
"""Broken records that are told of one by one; the rest of them are counted."""

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_BRACKETS = b"[]{}"
_ALL_BUT_BRACKETS = bytes(set(range(256)) - set(_BRACKETS))


def too_much(body: bytes) -> str:
    """What there is too much of in some JSON; "" where there is not.

    >>> too_much(b"[" * 100 + b"]" * 100), too_much(b'{"a": "[[[["}')
    ('is nested too deeply', '')
    """
    if body.count(b",") > VALUES:
        return "holds too many values"
    # Brackets inside strings count at first, which is quick and hardly ever wrong.
    if _deeper(body) and _deeper(_STRING.sub(b"", body)):
        return "is nested too deeply"
    return ""


def _deeper(body: bytes) -> bool:
    depth = 0
    for bracket in body.translate(None, _ALL_BUT_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > DEPTH:
            return True
    return False
