"""How are the vendors called, and how much of their own words is repeated?"""

from services.domain import Source

REMOTE_CHARACTERS = 120
"""How much of a vendor's own words an error repeats."""

NAMES = {Source.ZENDESK: "Zendesk", Source.PAGERDUTY: "PagerDuty"}


def one_line(text: str) -> str:
    """Remote words on one line: what cannot be printed left out, and not too many of them."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= REMOTE_CHARACTERS else line[: REMOTE_CHARACTERS - 1] + "…"
