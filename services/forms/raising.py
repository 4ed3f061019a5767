"""Raise: an issue that reached us by chat or phone becomes a ticket, and if wanted a page."""

import re
from collections.abc import Iterator

from services.domain import Severity
from services.forms.addressing import PRIORITY_WORDS
from services.forms.form import LONGEST_TITLE, Answers, Choice, Field, Form, Scene, said
from services.forms.renaming import vague
from services.forms.severity import NICKNAMES
from services.letters import IncidentCreate, TicketCreate, Write
from services.plain import plain

LATER = "later"
NO_PAGE = "no"

_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")


def fields(scene: Scene) -> tuple[Field, ...]:
    """Who, what, how bad, and whether somebody is paged."""
    severities = tuple(Choice(s.value, f"{s.value} {NICKNAMES[s]}") for s in Severity)
    asked = [
        Field("title", "Title", "What failed, where, with which message?", required=True,
              limit=LONGEST_TITLE, missing="Give it a title.", public=True),
        Field("text", "What is wrong", "The requester will read it as their own words.",
              required=True, lines=6, missing="Say what is wrong.", public=True),
        Field("email", "Requester's e-mail", "Whom the answers go to.", required=True,
              missing="Without an address nobody can be answered."),
        Field("name", "Requester's name", "As Zendesk should call them; may be empty."),
        Field("severity", "Severity", required=True, default=LATER,
              choices=(Choice(LATER, "Triage later"), *severities)),
        Field("mine", "Assign to me", choices=(Choice("yes", "Yes"), Choice("no", "No")),
              default="yes" if scene.me.zendesk_id is not None else "no"),
        Field("page", "Page somebody", required=True, choices=_pages(scene), default=NO_PAGE),
    ]  # fmt: skip
    return tuple(asked)


def _pages(scene: Scene) -> tuple[Choice, ...]:
    services = {s.id: s.name for s in scene.directory.services}
    house = scene.house.page_service
    if house:
        services = {house: services.pop(house, house), **services}
    seen = {
        i.service_id: i.service or i.service_id
        for i in (issue.incident for issue in scene.others)
        if i is not None and i.service_id
    }
    offered = services or seen
    return (
        Choice(NO_PAGE, "No"),
        *(Choice(id, f"Yes, by {plain(name, limit=50)}", "paired with the ticket by its title")
          for id, name in offered.items()),
    )  # fmt: skip


def check(scene: Scene, answers: Answers) -> Iterator[tuple[str, str]]:
    """An address that mail can reach."""
    email = answers.get("email", "").strip()
    if email and not _EMAIL.fullmatch(email):
        yield "email", "Write one address, as ann@tenant.example."


def warn(scene: Scene, answers: Answers) -> Iterator[str]:
    """What will make it hard to find again."""
    title = answers.get("title", "").strip()
    if title and (why := vague(title, scene)):
        yield why
    if answers.get("page", NO_PAGE) != NO_PAGE:
        yield "Somebody is paged as soon as it is sent."


def writes(scene: Scene, answers: Answers) -> tuple[Write, ...]:
    """The ticket, then the page, so that both tell the same story."""
    title, chosen = answers["title"].strip(), answers.get("severity", LATER)
    asked = fields(scene)
    severity = None if chosen == LATER else Severity(chosen)
    tag = scene.house.tags.get(severity, "") if severity is not None else ""
    email = answers["email"].strip()
    out: list[Write] = [
        TicketCreate(
            subject=title,
            comment=said(scene, asked, answers, "text"),
            public=True,
            requester_name=said(scene, asked, answers, "name") or email.partition("@")[0],
            requester_email=email,
            priority=PRIORITY_WORDS[severity] if severity is not None else None,
            tags=(tag,) if tag else (),
            assignee_id=scene.me.zendesk_id if answers.get("mine") == "yes" else None,
        )
    ]
    service = answers.get("page", NO_PAGE)
    if service != NO_PAGE:
        priority = scene.house.priorities.get(severity) if severity is not None else None
        out.append(
            IncidentCreate(
                title=title,
                service_id=service,
                priority=priority or None,
                body=said(scene, asked, answers, "text"),
            )
        )
    return tuple(out)


RAISE = Form(
    id="raise", title="Raise", fields=fields, writes=writes, verb="Raise", check=check, warn=warn,
)  # fmt: skip
