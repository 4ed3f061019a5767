"""Backlog and snooze: how is an issue put aside without being forgotten?"""

import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta

from services.domain import IncidentStatus, Status
from services.forms.addressing import acknowledge, seen, update_ticket
from services.forms.form import LONGEST_NOTE, Answers, Choice, Field, Form, Scene, said
from services.forms.templates import filled
from services.forms.words import when
from services.letters import IncidentNote, IncidentSeen, IncidentSnooze, Write

LONGEST_SNOOZE = timedelta(days=7)
"""What PagerDuty takes."""

BACKLOG_NOTE = (
    "Waiting for a card in the backlog: {card}\n"
    "The requester must be told when it is done and accepted."
)
"""Where the house has no words of its own."""

OTHER = "other"

_HOUR = re.compile(r"(\d{1,2}):(\d{2})")
_LENGTH = re.compile(r"(?:(\d{1,3})h)?(?:(\d{1,4})m)?")


def backlog_fields(scene: Scene) -> tuple[Field, ...]:
    """The card, and what the requester is told, if anything."""
    return (
        Field("card", "Card", "The link to the card in the backlog.", required=True,
              missing="Give the link to the card."),
        Field("more", "More for colleagues", "May be empty.", lines=3, limit=LONGEST_NOTE // 2),
        Field("reply", "Public reply", "Empty: the requester is told nothing now.", lines=5,
              template=filled(scene, "backlog_reply"), public=True),
    )  # fmt: skip


def backlog_writes(scene: Scene, answers: Answers) -> tuple[Write, ...]:
    """An internal note and the status hold; a public reply, if there is one."""
    ticket, asked = scene.ticket, backlog_fields(scene)
    if ticket is None:
        return ()
    card, more = answers["card"].strip(), said(scene, asked, answers, "more")
    note = filled(scene, "backlog", card=card) or BACKLOG_NOTE.replace("{card}", card)
    text = f"{note}\n\n{more}".strip()
    out: list[Write] = [
        update_ticket(scene, ticket, comment=text, public=False, status=Status.HOLD)
    ]
    if reply := said(scene, asked, answers, "reply"):
        out.append(update_ticket(scene, ticket, first=False, comment=reply, public=True))
    return tuple(out)


def backlog_check(scene: Scene, answers: Answers) -> Iterator[tuple[str, str]]:
    """A card is found by its address."""
    card = answers.get("card", "").strip()
    if card and not card.startswith(("https://", "http://")):
        yield "card", "A link begins with https://."


def backlog_warn(scene: Scene, answers: Answers) -> Iterator[str]:
    """Not every severity rests while a ticket is on hold."""
    severity = scene.issue.severity if scene.issue is not None else None
    if severity is not None and Status.HOLD not in scene.policy.rules.severities[severity].pause_on:
        yield f"{severity.value} still owes updates while it is on hold."


def backlog_refuses(scene: Scene) -> str:
    """Only a ticket can be on hold."""
    if scene.ticket is None:
        return "Only a ticket can be put on hold; an incident can be snoozed (s)."
    return "It is solved already." if scene.ticket.status.done else ""


def snooze_fields(scene: Scene) -> tuple[Field, ...]:
    """Until when it is silent."""
    choices = tuple(
        Choice(value, label, f"until {when(until, scene.policy, scene.now)}")
        for value, label, until in _moments(scene)
    )
    return (
        Field("until", "Silent for", required=True, missing="Choose how long.",
              choices=(*choices, Choice(OTHER, "As written below"))),
        Field("other", "Other", "90m, 4h, or a time of day: 14:30. A week at most."),
        Field("note", "Note", "Why; may be empty.", lines=3, limit=LONGEST_NOTE),
    )  # fmt: skip


def _moments(scene: Scene) -> tuple[tuple[str, str, datetime], ...]:
    calendar, now = scene.policy.calendar, scene.now
    opens = calendar.opens_next(now)
    short = tuple(
        (value, label, now + timedelta(minutes=minutes))
        for value, label, minutes in (("30m", "30 minutes", 30), ("1h", "1 hour", 60),
                                      ("4h", "4 hours", 240))
    )  # fmt: skip
    if opens - now > LONGEST_SNOOZE:
        return short
    return (*short, ("opening", "Until support opens next", opens))


def snooze_until(scene: Scene, answers: Answers) -> datetime | None:
    """The moment that was chosen; None if it cannot be understood."""
    chosen = answers.get("until", "")
    for value, _, until in _moments(scene):
        if value == chosen:
            return until
    written = answers.get("other", "").strip().lower().replace(" ", "")
    if at := _HOUR.fullmatch(written):
        return _time_of_day(scene, int(at[1]), int(at[2]))
    length = _LENGTH.fullmatch(written)
    if not written or length is None:
        return None
    return scene.now + timedelta(hours=int(length[1] or 0), minutes=int(length[2] or 0))


def _time_of_day(scene: Scene, hour: int, minute: int) -> datetime | None:
    """The next time the clock on the wall says so."""
    if hour > 23 or minute > 59:
        return None
    zone = scene.policy.calendar.zone
    today = scene.now.astimezone(zone).date()
    for day in (today, today + timedelta(days=1)):
        moment = datetime.combine(day, time(hour, minute), zone)
        if moment > scene.now:
            return moment.astimezone(scene.now.tzinfo)
    return None


def snooze_check(scene: Scene, answers: Answers) -> Iterator[tuple[str, str]]:
    """A moment that can be understood, ahead, and within a week."""
    if answers.get("until") != OTHER:
        return
    until = snooze_until(scene, answers)
    if until is None:
        yield "other", "Write 90m, 4h or 14:30."
    elif not timedelta(minutes=1) <= until - scene.now <= LONGEST_SNOOZE:
        yield "other", "From one minute to seven days."


def snooze_writes(scene: Scene, answers: Answers) -> tuple[Write, ...]:
    """Acknowledged first, for PagerDuty snoozes nothing else; then silent; then the note."""
    incident, until = scene.incident, snooze_until(scene, answers)
    if incident is None or until is None:
        return ()
    out: list[Write] = []
    before = seen(incident)
    if incident.status is IncidentStatus.TRIGGERED:
        out.append(acknowledge(incident))
        before = IncidentSeen(
            status=IncidentStatus.ACKNOWLEDGED,
            assignee_ids=incident.assignee_ids,
            priority=incident.priority,
            title=incident.title,
        )
    out.append(IncidentSnooze(incident_id=incident.id, seen=before, until=until))
    if note := said(scene, snooze_fields(scene), answers, "note"):
        out.append(IncidentNote(incident_id=incident.id, text=note))
    return tuple(out)


def snooze_warn(scene: Scene, answers: Answers) -> Iterator[str]:
    """Silence is not an answer."""
    if scene.ticket is not None and not scene.ticket.status.done:
        yield "Only PagerDuty is silent: what is promised on the ticket goes on."


def snooze_refuses(scene: Scene) -> str:
    """Only an incident can be silent."""
    return "" if scene.incident is not None else "Only an incident can be snoozed (K: on hold)."


BACKLOG = Form(
    id="backlog", title="Backlog", fields=backlog_fields, writes=backlog_writes,
    verb="Put on hold", check=backlog_check, warn=backlog_warn, refuses=backlog_refuses,
)  # fmt: skip

SNOOZE = Form(
    id="snooze", title="Snooze", fields=snooze_fields, writes=snooze_writes, verb="Snooze",
    check=snooze_check, warn=snooze_warn, refuses=snooze_refuses, bulk=True,
)  # fmt: skip
