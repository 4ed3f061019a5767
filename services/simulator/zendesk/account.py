"""What can be done in Zendesk, and by whom?

Scripted colleagues, tenants and the API all come through here.
"""

from collections.abc import Callable
from datetime import timedelta

from services.simulator.call import Json
from services.simulator.zendesk.changes import Said, Update
from services.simulator.zendesk.ledger import (
    Ledger,
    change_event,
    count_stations,
    created_events,
    via_json,
)
from services.simulator.zendesk.records import (
    SYSTEM_AUTHOR,
    Audit,
    Job,
    Metrics,
    Person,
    Ticket,
)


class ZendeskAccount(Ledger):
    """One Zendesk account, and the acts that change it."""

    def add_person(self, name: str, email: str, role: str = "end-user", **more: object) -> Person:
        """Give somebody an account; `organization_id` and `group_ids` may be given too."""
        person = Person(self.new_id(), name, email, role, self.timeline.stamp())
        for key, value in more.items():
            setattr(person, key, value)
        self.people[person.id] = person
        self.revision += 1
        return person

    def person_by_email(self, email: str) -> Person | None:
        """Whoever has this address."""
        wanted = email.lower()
        return next((p for p in self.people.values() if p.email.lower() == wanted), None)

    def create_ticket(
        self,
        subject: str,
        body: str,
        *,
        requester_id: int,
        author_id: int | None = None,
        public: bool = True,
        via: str = "email",
        fields: Json | None = None,
        custom: Json | None = None,
        client: str = "rota-simulator",
    ) -> Ticket:
        """Raise a ticket; `fields` as in the API's `ticket` object.

        Args:
            author_id: Who wrote the description; the requester unless somebody raised it for them.

        Raises:
            Invalid: A field has a value that Zendesk refuses.
        """
        now = self.timeline.stamp()
        rules = self.rules()
        values = rules.fields_of({"subject": subject, **(fields or {})})
        author = requester_id if author_id is None else author_id
        status = values.pop("status", "open" if values.get("assignee_id") else "new")
        status_id = values.pop("custom_status_id", None) or rules.default_status(status)
        ticket = Ticket(
            id=next(self._small),
            subject=str(values.pop("subject")),
            description=body,
            requester_id=requester_id,
            submitter_id=author,
            created_at=now,
            updated_at=now,
            generated_at=now,
            status=status,
            custom_status_id=status_id,
            via=via_json(via),
            metrics=Metrics(self.new_id(), status_updated_at=now, requester_updated_at=now),
            is_public=public,
            organization_id=self.people[requester_id].organization_id,
        )
        for name, value in values.items():
            setattr(ticket, name, value)
        self.tickets[ticket.id] = ticket
        count_stations(ticket, now, None, None)
        update = Update(author, {}, Said(body, public, author), via, custom or {}, client)
        self._record(ticket, update, [*created_events(ticket, values)])
        return ticket

    def update(self, ticket_id: int, update: Update) -> Audit:
        """Carry out one update: the comment, the fields, and what business rules make of it.

        Raises:
            KeyError: There is no such ticket.
            Invalid: The ticket is closed, or a rule forbids it. Nothing was changed then.
        """
        ticket = self.tickets[ticket_id]
        self.rules().refuse_closed(ticket)
        values = self._with_business_rules(ticket, update)
        changes = [
            change_event(name, value, getattr(ticket, name))
            for name, value in values.items()
            if getattr(ticket, name) != value
        ]
        if not changes and update.said is None:
            if self.settings.noop_bumps:
                self._touch(ticket)
            return self._audit(ticket, update, ())
        self._apply(ticket, update.author_id, values)
        return self._record(ticket, update, changes)

    def reply(self, ticket_id: int, author_id: int, body: str, **fields: object) -> Audit:
        """Say something that the requester reads; `fields` may change with it."""
        said = Said(body, True, author_id)
        via = "web" if self.agent(author_id) else "email"
        return self.update(ticket_id, Update(author_id, self.rules().fields_of(fields), said, via))

    def note(self, ticket_id: int, author_id: int, body: str, **fields: object) -> Audit:
        """Say something among ourselves; `fields` may change with it."""
        said = Said(body, False, author_id)
        return self.update(ticket_id, Update(author_id, self.rules().fields_of(fields), said))

    def edit(self, ticket_id: int, author_id: int, **fields: object) -> Audit:
        """Change fields without a word. `tags` replaces them all."""
        return self.update(ticket_id, Update(author_id, self.rules().fields_of(fields)))

    def add_tags(self, ticket_id: int, author_id: int, *tags: str, **fields: object) -> Audit:
        """Add tags to those the ticket has."""
        kept = self.tickets[ticket_id].tags
        return self.edit(ticket_id, author_id, tags=[*kept, *tags], **fields)

    def triggered_comment(self, ticket_id: int, body: str, *, public: bool = True) -> Audit:
        """A trigger writes a comment, as nobody."""
        said = Said(body, public, SYSTEM_AUTHOR)
        return self.update(ticket_id, Update(SYSTEM_AUTHOR, {}, said, "rule"))

    def delete(self, ticket_id: int) -> None:
        """Delete a ticket; from now on it is not found."""
        ticket = self.tickets[ticket_id]
        ticket.deleted = True
        self._touch(ticket)
        self._index(ticket)

    def later(self, total: int, work: Callable[[], list[Json]]) -> Job:
        """Have a job done in two seconds, as Zendesk does with everything in bulk."""
        job = Job(f"V3-{self.new_id():032x}", total, self.timeline.stamp())
        self.jobs[job.id] = job

        def start() -> None:
            job.status, job.progress = "working", 0

        def finish() -> None:
            job.results = work()
            job.status, job.progress = "completed", job.total
            job.message = f"Completed at {self.timeline.stamp():%Y-%m-%d %H:%M:%S} +0000"

        self.timeline.after(timedelta(seconds=1), start)
        self.timeline.after(timedelta(seconds=2), finish)
        return job
