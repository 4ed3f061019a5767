"""What exactly will each system receive, and what will the requester see?

Made from the very letters that will be sent, never from the answers: what is shown is what goes.
Texts are raw here; they are made safe where they are painted.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from msgspec import Struct, field

from services.domain import IncidentStatus, Severity
from services.expected import Names, expected
from services.forms.form import LONGEST_COMMENT, Answers, Directory, Form, House, Me, Scene
from services.forms.words import effect, rough, title_words, when
from services.letters import (
    Action,
    IncidentCreate,
    IncidentMerge,
    IncidentNote,
    IncidentSnooze,
    IncidentStatusUpdate,
    IncidentUpdate,
    OverrideCreate,
    TicketCreate,
    TicketUpdate,
    Write,
)


class Part(Struct, frozen=True):
    """One letter, as it will arrive."""

    to: str
    """Which system and record."""
    readers: str
    """Who will read the text; "" when there is none."""
    text: str
    fields: tuple[str, ...] = ()
    """Everything else it changes, a line each."""
    public: bool = False
    """Whether the requester gets it."""


class Preview(Struct, frozen=True):
    """Everything that one key press will send."""

    title: str
    parts: tuple[Part, ...]
    effect: tuple[str, ...] = ()
    """Which promises it keeps, and what is due next."""
    warnings: tuple[str, ...] = ()
    troubles: tuple[str, ...] = field(default=())
    """Why it cannot be sent at all."""


def plan(form: Form, scene: Scene, answers: Answers) -> Action:
    """What the answers become: letters, in the order in which they are to arrive.

    Args:
        form: The form.
        scene: The issue as the person saw it.
        answers: Without complaints.
    """
    writes = form.writes(scene, answers)
    public = any(_is_public(write) for write in writes)
    return Action(
        issue=scene.issue.id if scene.issue is not None else "new",
        form=form.id,
        label=f"{form.verb} {scene.short_id or title_words(answers.get('title', ''), 40)}".strip(),
        writes=writes,
        answers=dict(answers),
        hold=scene.house.hold if public else timedelta(0),
    )


def preview(form: Form, scene: Scene, answers: Answers, action: Action) -> Preview:
    """What an action will send, and what will be owed then."""
    subject = scene.subject or answers.get("title", "")
    return _shown(action, scene, subject, tuple(form.warn(scene, answers)))


def shown_alone(action: Action, scene: Scene) -> Preview:
    """The same for what needs no form."""
    return _shown(action, scene, scene.subject, ())


def _shown(action: Action, scene: Scene, subject: str, warnings: tuple[str, ...]) -> Preview:
    troubles = tuple(_troubles(action.writes))
    if not action.writes:
        troubles = ("There is nothing to send: everything is so already.",)
    lines: tuple[str, ...] = ()
    if scene.issue is not None and action.form != "pair":
        names = names_in(scene.house, scene.directory, scene.me)
        after = expected(scene.issue, action.writes, scene.now, scene.policy, names)
        lines = effect(scene.issue, after, scene.policy, scene.now)
    if action.hold:
        lines = (*lines, f"It waits {rough(action.hold)} before it goes: u takes it back.")
    return Preview(
        # A new ticket has no number yet, and is called by its title.
        title=f"{action.label}: {title_words(subject)}" if scene.short_id else action.label,
        parts=tuple(_part(write, scene) for write in action.writes),
        effect=lines,
        warnings=warnings,
        troubles=troubles,
    )


def names_in(house: House, directory: Directory, me: Me) -> Names:
    """What tags, priorities and ids stand for in this house."""
    agents = {int(agent.id): agent.name for agent in directory.agents}
    users = {user.id: user.name for user in directory.users}
    if me.zendesk_id is not None:
        agents.setdefault(me.zendesk_id, me.name or "me")
    if me.pagerduty_id is not None:
        users.setdefault(me.pagerduty_id, me.name or "me")
    return Names(_reversed(house.tags), _reversed(house.priorities), agents, users)


def _reversed(names: Mapping[Severity, str]) -> Mapping[str, Severity]:
    return {name: severity for severity, name in names.items() if name}


def _is_public(write: Write) -> bool:
    match write:
        case TicketUpdate():
            return write.public and write.comment is not None
        case TicketCreate():
            return write.public
        case IncidentStatusUpdate():
            return True
    return False


def _troubles(writes: Iterable[Write]) -> Iterator[str]:
    for write in writes:
        text = write.comment if isinstance(write, TicketUpdate | TicketCreate) else None
        if text is not None and len(text) > LONGEST_COMMENT:
            over = len(text) - LONGEST_COMMENT
            yield f"The text is {over:,} characters too long for Zendesk: {LONGEST_COMMENT:,}."


def _part(write: Write, scene: Scene) -> Part:
    match write:
        case TicketUpdate():
            return _ticket_update(write, scene)
        case TicketCreate():
            return _ticket_create(write, scene)
        case IncidentUpdate():
            return _incident_update(write, scene)
        case IncidentCreate():
            return _incident_create(write, scene)
        case IncidentNote():
            to = f"PagerDuty {_number(write.incident_id, scene)}, note"
            return Part(to, "colleagues only; a mark [rota ……] is added", write.text)
        case IncidentStatusUpdate():
            to = f"PagerDuty {_number(write.incident_id, scene)}, status update"
            return Part(to, "its subscribers are sent this", write.message)
        case _:
            return _without_text(write, scene)


def _without_text(write: IncidentSnooze | IncidentMerge | OverrideCreate, scene: Scene) -> Part:
    match write:
        case IncidentSnooze():
            until = when(write.until, scene.policy, scene.now)
            line = f"snoozed until {until}, in {rough(write.until - scene.now)}"
            return Part(f"PagerDuty {_number(write.incident_id, scene)}", "", "", (line,))
        case IncidentMerge():
            gone = ", ".join(_number(id, scene) for id in write.from_ids)
            line = f"takes in {gone}, which is resolved by it"
            return Part(f"PagerDuty {_number(write.into_id, scene)}", "", "", (line,))
        case OverrideCreate():
            start, end = (when(m, scene.policy, scene.now) for m in (write.start, write.end))
            line = f"{write.user_id}: {start} to {end}"
            return Part(f"PagerDuty, schedule {write.schedule_id}", "", "", (line,))


def _ticket_update(write: TicketUpdate, scene: Scene) -> Part:
    names = names_in(scene.house, scene.directory, scene.me)
    changed = [
        ("title", write.subject),
        ("status", write.status.value if write.status is not None else None),
        ("priority", write.priority),
        ("tags added", " ".join(write.add_tags)),
        ("tags removed", " ".join(write.remove_tags)),
        ("assignee", names.agents.get(write.assignee_id, f"agent {write.assignee_id}")
         if write.assignee_id is not None else None),
        ("group", _group(scene, write.group_id)),
    ]  # fmt: skip
    kind = "public comment" if write.public else "internal note"
    readers = ""
    if write.comment is not None:
        readers = "the requester reads this" if write.public else "colleagues only"
    return Part(
        f"Zendesk #{write.ticket_id}" + (f", {kind}" if write.comment is not None else ""),
        readers,
        write.comment or "",
        tuple(f"{name}: {value}" for name, value in changed if value),
        write.public and write.comment is not None,
    )


def _group(scene: Scene, group_id: int | None) -> str | None:
    if group_id is None:
        return None
    names = {group.id: group.name for group in scene.directory.groups}
    return names.get(str(group_id), str(group_id))


def _ticket_create(write: TicketCreate, scene: Scene) -> Part:
    names = names_in(scene.house, scene.directory, scene.me)
    assignee = None
    if write.assignee_id is not None:
        assignee = names.agents.get(write.assignee_id, f"agent {write.assignee_id}")
    changed = [
        ("title", write.subject),
        ("requester", f"{write.requester_name} <{write.requester_email}>"),
        ("priority", write.priority),
        ("tags", " ".join(write.tags)),
        ("assignee", assignee),
    ]
    lines = tuple(f"{name}: {value}" for name, value in changed if value)
    return Part("Zendesk, a new ticket", "the requester reads this", write.comment, lines, True)


def _incident_update(write: IncidentUpdate, scene: Scene) -> Part:
    names = names_in(scene.house, scene.directory, scene.me)
    words = {IncidentStatus.ACKNOWLEDGED: "acknowledged", IncidentStatus.RESOLVED: "resolved"}
    level = write.escalation_level
    policies = {policy.id: policy.name for policy in scene.directory.policies}
    changed = [
        ("status", words.get(write.status, write.status) if write.status is not None else None),
        ("title", write.title),
        ("priority", write.priority),
        ("assigned to", ", ".join(names.users.get(id, id) for id in write.assignee_ids)),
        ("escalated to", f"level {level}" if level is not None else None),
        ("escalation policy", policies.get(write.policy_id or "", write.policy_id)),
    ]
    text = write.resolution or ""
    return Part(
        f"PagerDuty {_number(write.incident_id, scene)}",
        "kept as the resolution" if text else "",
        text,
        tuple(f"{name}: {value}" for name, value in changed if value),
    )


def _incident_create(write: IncidentCreate, scene: Scene) -> Part:
    services = {s.id: s.name for s in scene.directory.services}
    seen = [i.incident for i in scene.others if i.incident is not None]
    services |= {i.service_id: i.service or "" for i in seen if i.service_id}
    lines = [
        f"title: {write.title}",
        f"service: {services.get(write.service_id) or write.service_id}",
        f"urgency: {write.urgency}",
    ]
    if write.priority:
        lines.append(f"priority: {write.priority}")
    return Part("PagerDuty, a new incident: somebody is paged", "whoever is paged", write.body,
                tuple(lines))  # fmt: skip


def _number(incident_id: str, scene: Scene) -> str:
    issues = [*([scene.issue] if scene.issue is not None else []), *scene.others]
    numbers = {i.incident.id: i.incident.number for i in issues if i.incident is not None}
    number = numbers.get(incident_id)
    return f"#{number}" if number is not None else incident_id
