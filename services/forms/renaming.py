"""Rename: a title that names this story and no other; the requester is always told, and why.

Source: the team's support manual, "Tips and good practice".
"""

import re
from collections.abc import Iterator

from services.forms.addressing import seen, update_ticket
from services.forms.form import LONGEST_TITLE, Answers, Field, Form, Scene
from services.forms.templates import fill, values
from services.letters import IncidentUpdate, Write
from services.pairing import plain_subject
from services.plain import plain

_COMMON_WORDS = """
a about access again all an and any app application apps are at be bug build can cannot cant
change could crash crashed deploy deploying deployment do does down error errors fail failed
failing fails failure for from get getting has have hello help hi how i in incident is issue
issues it its load loading log login need new no not of off on or our page paas platform please
problem problems push pushing question re request server service site slow some something still
support system team the this ticket to trouble unable up urgent us user users very we website
what when why with won work working works wrong you your
"""

COMMON = frozenset(_COMMON_WORDS.split())
"""Words that any title may hold."""

RENAME_TEXT = (
    'We have changed the title of this ticket from "{old}" to "{new}".\n\n{why}\n\n'
    "Nothing else has changed; you need do nothing."
)
"""Where the house has no words of its own."""

_WORD = re.compile(r"[^\W_][\w'./:-]*")


def vague(title: str, scene: Scene) -> str:
    """Why a title names nothing unique; "" if it does.

    Two words that not every ticket has, or one with a digit in it, tell a story from others.
    """
    # First of all, so that it is the opening of the form that looks through them, and no key.
    other = scene.others.by_title.get(plain_subject(title))
    names = [word for word in _WORD.findall(title) if word.strip("'.:-").casefold() not in COMMON]
    telling = any(any(char.isdigit() for char in word) for word in names)
    if len(names) < 2 and not telling:
        return "This title names nothing unique: say what failed, where, with which message."
    return f"Another open issue has this title: {other}." if other is not None else ""


def fields(scene: Scene) -> tuple[Field, ...]:
    """The new title, and why."""
    told = scene.ticket is not None
    return (
        Field("title", "New title", f"Now: {plain(scene.subject, limit=120)}", required=True,
              default=plain(scene.subject, limit=LONGEST_TITLE), limit=LONGEST_TITLE,
              public=told, missing="This is its title already: write a better one."),
        Field("why", "Why", "The requester is told." if told else "Kept as a note.",
              required=True, lines=3, public=told, default="",
              missing="Say why: the requester is told." if told else "Say why."),
    )  # fmt: skip


def text(scene: Scene, answers: Answers) -> str:
    """What the requester gets."""
    template = scene.house.templates.get("rename", "") or RENAME_TEXT
    new, why = answers["title"].strip(), answers["why"].strip()
    old = plain(scene.subject, limit=LONGEST_TITLE)
    return fill(template, {**values(scene), "old": old, "new": new, "why": why}).strip()


def writes(scene: Scene, answers: Answers) -> tuple[Write, ...]:
    """One public comment that carries the new title; the incident is renamed with it."""
    title = answers["title"].strip()
    out: list[Write] = []
    if scene.ticket is not None:
        out.append(
            update_ticket(
                scene, scene.ticket, comment=text(scene, answers), public=True, subject=title
            )
        )
    if scene.incident is not None:
        incident = scene.incident
        out.append(IncidentUpdate(incident_id=incident.id, seen=seen(incident), title=title))
    return tuple(out)


def check(scene: Scene, answers: Answers) -> Iterator[tuple[str, str]]:
    """The requester must be told both, whatever the house's template says."""
    if scene.ticket is None:
        return
    told = text(scene, {"title": answers.get("title", ""), "why": answers.get("why", "")})
    if answers.get("why", "").strip() and answers["why"].strip() not in told:
        yield "why", "templates.rename has no {why} in it, so the requester would not be told."


def warn(scene: Scene, answers: Answers) -> Iterator[str]:
    """A title that tells nothing apart."""
    title = answers.get("title", "").strip()
    if title and (why := vague(title, scene)):
        yield why


def refuses(scene: Scene) -> str:
    """There must be something to rename."""
    if scene.ticket is None and scene.incident is None:
        return "It is closed: its title stays."
    return ""


RENAME = Form(
    id="rename", title="Rename", fields=fields, writes=writes, verb="Rename",
    check=check, warn=warn, refuses=refuses,
)  # fmt: skip
