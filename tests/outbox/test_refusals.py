"""Whatever a vendor says no to comes back to the person, whole, with the reason in plain words."""

from collections.abc import Awaitable, Callable

import pytest

from services.domain import IncidentStatus
from services.letters import IncidentNote, IncidentUpdate, LetterState, Write
from services.simulator.call import Call, Reply
from services.simulator.interference import Effect, ServeLater
from tests.outbox.office import Office, office

TEXTS = {
    "plain": "Dear Ann,\n\nit is fixed.",
    "longest": "x" * 65_535,
    "control characters": "\x00\x07\x1b]0;title\x07\x9b31m‮é\r\n",
}


def invalid(field: str, why: str) -> Effect:
    """Zendesk's 422 about one field."""

    async def effect(call: Call, serve: ServeLater) -> Reply:
        body = {
            "error": "RecordInvalid",
            "description": "Record validation errors",
            "details": {field: [{"description": why, "error": "x"}]},
        }
        return Reply(422, body)

    return effect


async def refuse_closed(at: Office) -> tuple[Write, str]:
    ticket = at.desk.ticket()
    write = at.desk.update(ticket, comment="…", public=True)
    at.world.zendesk.edit(ticket.id, at.world.me, status="closed")
    return write, "status: closed prevents ticket update"


async def refuse_deleted(at: Office) -> tuple[Write, str]:
    ticket = at.desk.ticket()
    write = at.desk.update(ticket, comment="…", public=True)
    at.world.zendesk.delete(ticket.id)
    return write, "Zendesk has no such thing, or hides it"


async def refuse_public(at: Office) -> tuple[Write, str]:
    ticket = at.desk.ticket()
    at.world.faults.add(invalid("base", "Only private comments are allowed"), method="PUT")
    return at.desk.update(ticket, comment="…", public=True), "Only private comments are allowed"


async def refuse_title(at: Office) -> tuple[Write, str]:
    ticket = at.desk.ticket()
    at.world.faults.add(invalid("subject", "is too long"), method="PUT")
    return at.desk.update(ticket, subject="x" * 3000), "subject: is too long"


async def refuse_token(at: Office) -> tuple[Write, str]:
    incident = at.desk.incident()

    async def forbidden(call: Call, serve: ServeLater) -> Reply:
        return Reply(403, {"error": {"message": "Access Denied", "code": 2010}})

    at.world.faults.add(forbidden, method="POST")
    return IncidentNote(incident_id=incident.id, text="…"), "PagerDuty does not allow this"


async def refuse_reopening(at: Office) -> tuple[Write, str]:
    incident = at.desk.incident()
    account = at.world.pagerduty
    account.resolve(incident.id, next(iter(account.users.values())))
    seen = at.desk.seen(incident)
    write = IncidentUpdate(incident_id=incident.id, seen=seen, assignee_ids=("PNOBODY",))
    assert seen.status is IncidentStatus.RESOLVED
    return write, "PagerDuty refused the request (400)"


REFUSALS = [
    refuse_closed, refuse_deleted, refuse_public, refuse_title, refuse_token, refuse_reopening,
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("refuse", REFUSALS, ids=lambda f: f.__name__)
async def test_a_refused_letter_says_why_and_comes_back_whole(
    refuse: Callable[[Office], Awaitable[tuple[Write, str]]], text: str
) -> None:
    at = office()
    write, why = await refuse(at)
    (letter,) = at.post(write, text=text)
    await at.wait(5)
    (refused,) = at.letters
    assert refused.state is LetterState.REFUSED
    assert why in refused.reason
    assert "\n" not in refused.reason

    draft = at.outbox.give_back(letter.id, at.clock.now())

    assert draft is not None
    assert draft.answers == {"text": text}
    assert at.outbox.draft("i", "f") == draft
    await at.close()


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_what_is_not_refused_arrives_character_by_character(text: str) -> None:
    at = office()
    ticket, incident = at.desk.ticket(), at.desk.incident()
    at.post(
        at.desk.update(ticket, comment=text, public=True),
        IncidentNote(incident_id=incident.id, text=text),
    )
    await at.wait(10)

    assert at.states() == ["sent", "sent"]
    assert ticket.comments[-1].body == text
    assert incident.notes[-1].content == f"{text.rstrip()}\n{at.letters[1].mark}"
    await at.close()
