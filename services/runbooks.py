"""Which addresses are of use here? The runbooks that fit an issue first, then the team's links.

Only web addresses, whatever the configuration says: nothing here may start a program. Pure.
"""

import re
from collections.abc import Mapping

from msgspec import Struct

from services.domain import Issue
from services.links import web_link

LONGEST_SEARCHED = 400
"""Characters of a subject or service that patterns are looked for in."""


class Link(Struct, frozen=True):
    """An address and what it is called."""

    name: str
    url: str
    what: str
    """runbook, issue or link."""


def links_for(
    issue: Issue | None, links: Mapping[str, str], runbooks: Mapping[str, str]
) -> tuple[Link, ...]:
    """The addresses of use, the most useful first.

    Args:
        issue: What is being looked at; None is nothing.
        links: Address by name.
        runbooks: Address by a pattern on the subject or service; case does not matter.
    """
    found = [
        Link(f"Runbook: {pattern}", url, "runbook")
        for pattern, url in runbooks.items()
        if issue is not None and _fits(pattern, issue)
    ]
    if issue is not None and issue.ticket is not None:
        found.append(Link(f"Ticket #{issue.ticket.id}", issue.ticket.url, "issue"))
    if issue is not None and issue.incident is not None:
        found.append(Link(f"Incident #{issue.incident.number}", issue.incident.url, "issue"))
    found += [Link(name, url, "link") for name, url in links.items()]
    return tuple(link for link in found if web_link(link.url) is not None)


def search(found: tuple[Link, ...], words: str) -> tuple[Link, ...]:
    """Those that have all the words in their name or address."""
    wanted = words.casefold().split()
    return tuple(
        link for link in found if all(w in f"{link.name} {link.url}".casefold() for w in wanted)
    )


def _fits(pattern: str, issue: Issue) -> bool:
    service = (issue.incident.service if issue.incident is not None else None) or ""
    wanted = re.compile(pattern, re.IGNORECASE)
    return any(wanted.search(text[:LONGEST_SEARCHED]) for text in (issue.subject, service))
