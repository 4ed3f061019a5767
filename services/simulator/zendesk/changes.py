"""What may an update of a ticket say, and what does it come to?

Turns what a client (or a scripted colleague) asks for into the values the ticket will have,
and refuses what Zendesk refuses. Nothing is changed here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.simulator.call import Json, moment_of
from services.simulator.zendesk.records import (
    PRIORITIES,
    STATUSES,
    CustomStatus,
    Invalid,
    Person,
    Ticket,
)

TYPES = ("problem", "incident", "question", "task")

WRITABLE = frozenset(
    {
        "assignee_id", "comment", "custom_fields", "custom_status_id", "due_at", "external_id",
        "group_id", "organization_id", "priority", "problem_id", "requester_id", "status",
        "subject", "tags", "type", "metadata", "safe_update", "updated_stamp", "assignee_email",
        "additional_tags", "remove_tags", "author_email", "description", "collaborator_ids",
        "email_ccs", "followers", "recipient", "requester", "submitter_id", "fields",
        "ticket_form_id", "brand_id", "via_followup_source_id", "raw_subject",
    }
)  # fmt: skip
"""The keys of a ticket that Zendesk takes notice of; others are named in a warning."""


@dataclass(frozen=True, slots=True)
class Said:
    """A comment about to be made."""

    body: str
    public: bool
    author_id: int
    html_body: str = ""


@dataclass(frozen=True, slots=True)
class Update:
    """One update of a ticket, about to be made.

    Attributes:
        fields: New values by field name, as Python values.
        custom: The client's `metadata`, kept in the audit.
        client: The client's User-Agent.
    """

    author_id: int
    fields: Mapping[str, object] = field(default_factory=dict)
    said: Said | None = None
    via: str = "web"
    custom: Json = field(default_factory=dict)
    client: str = "rota-simulator"


def tidy_tags(tags: object) -> tuple[str, ...]:
    """Tags as Zendesk keeps them: in lower case, without blanks, each once, in order.

    >>> tidy_tags(["P1", "needs card", "p1"])
    ('needs_card', 'p1')
    """
    words: Iterable[object] = tags.split() if isinstance(tags, str) else ()
    if isinstance(tags, list | tuple):
        words = tags
    return tuple(sorted({str(word).strip().lower().replace(" ", "_") for word in words if word}))


class Rules:
    """What the account allows; shared by single updates, bulk updates and new tickets."""

    def __init__(
        self, people: Mapping[int, Person], groups: Iterable[int], statuses: Iterable[CustomStatus]
    ) -> None:
        self._people = people
        self._groups = frozenset(groups)
        self._by_id = {status.id: status for status in statuses}
        self._defaults = {s.category: s.id for s in self._by_id.values() if s.default}

    def default_status(self, category: str) -> int:
        """The id of the status a category stands for when nothing more is said."""
        return self._defaults[category]

    def fields_of(self, asked: Json) -> Json:
        """The new values that `asked` (the `ticket` object of a request) comes to.

        Raises:
            Invalid: A value that Zendesk refuses.
        """
        values: Json = {}
        for name, value in asked.items():
            if name in ("external_id", "problem_id", "organization_id", "recipient"):
                values[name] = value
            elif name == "tags":
                values["tags"] = tidy_tags(value)
            elif name in _CHECKS:
                values[name] = _CHECKS[name](value)
        self._people_and_groups(asked, values)
        self._statuses(asked, values)
        return values

    def _people_and_groups(self, asked: Json, values: Json) -> None:
        if "assignee_email" in asked:
            email = str(asked["assignee_email"]).lower()
            match = [p.id for p in self._people.values() if p.email.lower() == email]
            values["assignee_id"] = match[0] if match else 0
        if "assignee_id" in asked:
            values["assignee_id"] = asked["assignee_id"]
        assignee = values.get("assignee_id")
        if assignee is not None:
            person = self._people.get(assignee)
            if person is None or not person.is_agent:
                raise Invalid("assignee", "Assignee: is invalid")
        if "group_id" in asked:
            if asked["group_id"] is not None and asked["group_id"] not in self._groups:
                raise Invalid("group", "Group: is invalid")
            values["group_id"] = asked["group_id"]
        if "requester_id" in asked:
            if asked["requester_id"] not in self._people:
                raise Invalid("requester", "Requester: is invalid")
            values["requester_id"] = asked["requester_id"]

    def _statuses(self, asked: Json, values: Json) -> None:
        if "custom_status_id" in asked and "status" not in asked:
            status = self._by_id.get(asked["custom_status_id"])
            if status is None or not status.active:
                raise Invalid("custom_status_id", "Custom status: is invalid")
            values["custom_status_id"], values["status"] = status.id, status.category
        elif "status" in asked:
            if asked["status"] not in STATUSES:
                raise Invalid("status", f"Status: {asked['status']} is not included in the list")
            values["status"] = asked["status"]
            default = self._defaults.get(
                "solved" if values["status"] == "closed" else asked["status"]
            )
            values["custom_status_id"] = default

    def refuse_closed(self, ticket: Ticket) -> None:
        """A closed ticket is never updated again."""
        if ticket.status == "closed":
            raise Invalid("status", "closed prevents ticket update")


def _subject(value: object) -> str:
    if not str(value or "").strip():
        raise Invalid("subject", "Subject: cannot be blank")
    return str(value)


def _priority(value: object) -> str | None:
    if value is not None and value not in PRIORITIES:
        raise Invalid("priority", f"Priority: {value} is not included in the list")
    return None if value is None else str(value)


def _type(value: object) -> str | None:
    if value is not None and value not in TYPES:
        raise Invalid("type", f"Type: {value} is not included in the list")
    return None if value is None else str(value)


def _due(value: object) -> object:
    return None if value is None else moment_of(str(value))


def _custom(value: object) -> Json:
    rows = value if isinstance(value, list) else []
    return {str(row["id"]): row.get("value") for row in rows if isinstance(row, dict)}


_CHECKS = {
    "subject": _subject,
    "priority": _priority,
    "type": _type,
    "due_at": _due,
    "custom_fields": _custom,
}
