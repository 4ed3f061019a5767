"""What is a form? Data: the fields to draw, and pure functions from answers to letters.

A form is asked about one issue as it was when it was opened (`Scene`); that identity never
changes while it is open. Times are aware `datetime`s in UTC on the servers' clock. Texts of the
issue are raw; answers are just what was typed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property

from msgspec import Struct, field

from services.domain import Incident, Issue, Severity, Status, Ticket
from services.letters import Write
from services.pairing import plain_subject
from services.policy.deadlines import Policy

LONGEST_COMMENT = 65_535
"""Characters that Zendesk takes in one comment."""

LONGEST_NOTE = 25_000
"""Characters of a PagerDuty note, with room for the mark that is added."""

LONGEST_TITLE = 255
"""Characters of a title that both vendors show whole."""

Answers = Mapping[str, str]
"""By the field's id, just as typed; a choice is its value."""


class Choice(Struct, frozen=True):
    """One of several answers."""

    value: str
    label: str
    note: str = ""
    """What choosing it would mean, now."""


class Field(Struct, frozen=True):
    """One question."""

    id: str
    label: str
    hint: str = ""
    required: bool = False
    missing: str = ""
    """What to say when it is required and empty; made from the label if not given."""
    choices: tuple[Choice, ...] = ()
    """None is a text."""
    default: str = ""
    """What stands there at first. For a text it counts as no answer until it is changed, unless
    `ready`."""
    ready: bool = False
    """Whether the default is an answer."""
    template: str = ""
    """What can be put into an empty field with one key; placeholders already filled."""
    lines: int = 1
    """Lines that a good answer takes; 1 cannot hold more."""
    limit: int = LONGEST_COMMENT
    """Characters at the most."""
    public: bool = False
    """Whether the requester will read it."""


class Colleague(Struct, frozen=True):
    """Somebody, or a group, that work can be given to."""

    id: str
    name: str


class Directory(Struct, frozen=True):
    """Who and what there is at the vendors to choose from; empty where nobody has asked yet."""

    agents: tuple[Colleague, ...] = ()
    """Zendesk's."""
    groups: tuple[Colleague, ...] = ()
    """Zendesk's."""
    users: tuple[Colleague, ...] = ()
    """PagerDuty's."""
    services: tuple[Colleague, ...] = ()
    """PagerDuty's."""
    policies: tuple[Colleague, ...] = ()
    """PagerDuty's escalation policies."""


class House(Struct, frozen=True):
    """How the team works: what the configuration says about forms."""

    hold: timedelta = timedelta(seconds=10)
    """How long a public text can be pulled back."""
    reopen_window: timedelta = timedelta(hours=96)
    """How long a solved ticket can be reopened by an answer."""
    roles: tuple[str, ...] = ()
    """Who may make the final call on a severity."""
    templates: Mapping[str, str] = field(default_factory=dict)
    """Texts with placeholders, by name."""
    tags: Mapping[Severity, str] = field(default_factory=dict)
    """The Zendesk tag of each severity; none where it has none."""
    priorities: Mapping[Severity, str] = field(default_factory=dict)
    """The name of the PagerDuty priority of each severity; none where it has none."""
    page_service: str = ""
    """The id of the PagerDuty service that a raised issue pages; "" asks."""


class Me(Struct, frozen=True):
    """The person at the keyboard, as the vendors know them."""

    names: frozenset[str] = frozenset()
    zendesk_id: int | None = None
    pagerduty_id: str | None = None

    @property
    def name(self) -> str:
        """One of the names; "" while not known."""
        return min(self.names, default="")


class Others(tuple[Issue, ...]):
    """Everything else that is open when a form is opened; looked through once, not at each key."""

    @cached_property
    def by_title(self) -> Mapping[str, str]:
        """The id of the first issue of each title, by the title as titles are compared."""
        return {plain_subject(issue.subject): issue.id for issue in reversed(self)}


class Scene(Struct, frozen=True):
    """What a form is asked about."""

    issue: Issue | None
    """As it was on the screen; None for what has no issue yet."""
    policy: Policy
    house: House
    me: Me
    now: datetime
    """Moves on while the form is open."""
    opened_at: datetime
    others: Others = Others()
    """Everything else that is open."""
    directory: Directory = Directory()

    @property
    def ticket(self) -> Ticket | None:
        """The ticket, if it can still be written to."""
        ticket = self.issue.ticket if self.issue is not None else None
        gone = ticket is not None and ticket.status in (Status.CLOSED, Status.DELETED)
        return None if gone else ticket

    @property
    def incident(self) -> Incident | None:
        """The incident, if it is open."""
        incident = self.issue.incident if self.issue is not None else None
        return None if incident is not None and incident.resolved else incident

    @property
    def subject(self) -> str:
        """The issue's subject, raw."""
        return self.issue.subject if self.issue is not None else ""

    @property
    def short_id(self) -> str:
        """How people say which issue."""
        if self.issue is None:
            return ""
        ticket, incident = self.issue.ticket, self.issue.incident
        if ticket is not None:
            return f"#{ticket.id}"
        return f"PagerDuty #{incident.number}" if incident is not None else ""


def no_warnings(scene: Scene, answers: Answers) -> Iterator[str]:
    """Nothing to warn of."""
    yield from ()


def no_complaints(scene: Scene, answers: Answers) -> Iterator[tuple[str, str]]:
    """Nothing but the fields' own rules."""
    yield from ()


def any_issue(scene: Scene) -> str:
    """Every issue will do."""
    return ""


class Form(Struct, frozen=True):
    """A form, whole."""

    id: str
    title: str
    fields: Callable[[Scene], tuple[Field, ...]]
    writes: Callable[[Scene, Answers], tuple[Write, ...]]
    """Only for answers without complaints."""
    verb: str
    """For the label of what is sent: `Reply to #4711`."""
    check: Callable[[Scene, Answers], Iterable[tuple[str, str]]] = no_complaints
    """What is wrong beyond the fields' own rules: the field, and why."""
    warn: Callable[[Scene, Answers], Iterable[str]] = no_warnings
    """What is allowed but may not be meant; told while typing and before sending."""
    refuses: Callable[[Scene], str] = any_issue
    """Why it cannot be used on an issue; "" when it can."""
    bulk: bool = False
    """Whether it can be used on several issues at once."""


def fresh_answers(form: Form, scene: Scene) -> dict[str, str]:
    """What stands in the fields at first."""
    return {field.id: field.default for field in form.fields(scene)}


def complaints(form: Form, scene: Scene, answers: Answers) -> dict[str, str]:
    """What is wrong with the answers: a plain message by field, in the order of the fields."""
    found: dict[str, str] = {}
    fields = form.fields(scene)
    for one in fields:
        trouble = _trouble(one, answers.get(one.id, ""))
        if trouble:
            found[one.id] = trouble
    for id, why in form.check(scene, answers):
        found.setdefault(id, why)
    return {one.id: found[one.id] for one in fields if one.id in found}


def answered(field: Field, answer: str) -> bool:
    """Whether somebody has said something, beyond what stood there at first."""
    if not answer.strip():
        return False
    return field.ready or bool(field.choices) or answer.strip() != field.default.strip()


def said(scene: Scene, form_fields: Iterable[Field], answers: Answers, id: str) -> str:
    """The answer to one question without blanks around it; "" if only the default stands there."""
    for one in form_fields:
        if one.id == id:
            answer = answers.get(id, "")
            return answer.strip() if answered(one, answer) else ""
    return ""


def _trouble(field: Field, answer: str) -> str:
    if field.choices:
        known = {choice.value for choice in field.choices}
        if answer and answer not in known:
            return f"{field.label}: choose again, that choice is gone."
        if field.required and not answer:
            return field.missing or f"{field.label}: choose one."
        return ""
    if field.required and not answered(field, answer):
        return field.missing or f"{field.label}: this is empty."
    if len(answer) > field.limit:
        over = len(answer) - field.limit
        return f"{field.label}: {over:,} characters too long; {field.limit:,} is the most."
    if field.lines == 1 and "\n" in answer.strip():
        return f"{field.label}: one line only."
    return ""
