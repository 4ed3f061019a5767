"""How is a stranger's text written into Markdown without doing anything there?"""

from services.plain import plain

_SIGNS = frozenset("\\`*_[]<|")


def written(text: str, limit: int = 0) -> str:
    """Remote text on one line, made plain, that Markdown shows as it is.

    Args:
        text: Anything.
        limit: Characters to keep at the most; 0 keeps all.

    >>> written("a*b [x](y) <i>")
    'a\\\\*b \\\\[x\\\\](y) \\\\<i>'
    """
    words = " ".join(plain(text, limit).split())
    return "".join(f"\\{char}" if char in _SIGNS else char for char in words)
