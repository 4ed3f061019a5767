"""How do prepared texts become words to one requester? Pure.

A placeholder is a known name in braces. What is put in is never looked into again, and braces
around anything else stay as they are: people write about code.
"""

import re
from collections.abc import Mapping

from services.config.placeholders import BRACED
from services.forms.form import Scene
from services.forms.words import title_words, when
from services.plain import plain

REOPEN_UNTIL = "{reopen_until}"


def fill(template: str, values: Mapping[str, str]) -> str:
    """A text with its placeholders filled; those without a value stay.

    >>> fill("{requester}: {subject} {x}", {"requester": "Ann {subject}", "subject": "DNS"})
    'Ann {subject}: DNS {x}'
    """
    return re.sub(BRACED, lambda found: values.get(found[1], found[0]), template)


def values(scene: Scene) -> dict[str, str]:
    """What the placeholders stand for on an issue; the window to reopen counts from now."""
    ticket = scene.issue.ticket if scene.issue is not None else None
    severity = scene.issue.severity if scene.issue is not None else None
    requester = ticket.requester if ticket is not None else None
    return {
        "requester": plain(requester or "there", limit=80),
        "subject": title_words(scene.subject, 200),
        "id": scene.short_id,
        "severity": severity.value if severity is not None else "not classified yet",
        "me": scene.me.name,
    }


def filled(scene: Scene, name: str, **more: str) -> str:
    """A template of the house, filled for an issue; "" if there is none."""
    return fill(scene.house.templates.get(name, ""), {**values(scene), **more})


def reopen_until(scene: Scene) -> str:
    """Until when an answer reopens a ticket that is solved now, with its day."""
    moment = scene.now + scene.house.reopen_window
    words = when(moment, scene.policy, scene.now)
    zone = scene.policy.calendar.zone
    return f"{words} {moment.astimezone(zone):%Z}".rstrip()
