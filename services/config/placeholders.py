"""Which names may stand in braces in a prepared text?"""

import re

PLACEHOLDERS = frozenset(
    {"requester", "subject", "id", "severity", "me", "reopen_until", "card", "why", "old", "new"}
)

BRACED = r"\{([a-z_]+)\}"


def unknown_names(template: str) -> list[str]:
    """Names in braces that stand for nothing.

    >>> unknown_names("Hello {requestr}, {subject}")
    ['requestr']
    """
    return [name for name in re.findall(BRACED, template) if name not in PLACEHOLDERS]
