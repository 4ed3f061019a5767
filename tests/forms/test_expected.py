"""What the queue shows of what we have sent, until its vendor shows it."""

from datetime import datetime, timedelta
from typing import NoReturn

import pytest
from msgspec.structs import replace

from services.domain import (
    Health,
    IncidentStatus,
    Issue,
    Kind,
    Severity,
    Snapshot,
    Source,
    SourceStatus,
)
from services.expected import (
    LONGEST_LAG,
    LONGEST_LEAVING,
    Names,
    expected,
    kind_of,
    overlaid,
    text_of,
)
from services.letters import (
    IncidentNote,
    IncidentSnooze,
    IncidentUpdate,
    Letter,
    LetterState,
    TicketUpdate,
    Write,
    seen,
)
from tests.forms.scenes import NOON, PAIR, POLICY, a_ticket, an_incident, issue_of

NAMES = Names(
    {s.value.lower(): s for s in Severity}, {s.value: s for s in Severity}, {31: "Imogen"}
)
REPLY = TicketUpdate(
    ticket_id=4711, stamp=NOON - timedelta(minutes=12), comment="On it.", public=True,
    add_tags=("p2",), assignee_id=31,
)  # fmt: skip
ACK = IncidentUpdate(
    incident_id="PABC", seen=seen(an_incident()), status=IncidentStatus.ACKNOWLEDGED
)

LATE = LONGEST_LEAVING + timedelta(seconds=1)


def letter(write: Write, state: LetterState, settled_at: datetime | None = None) -> Letter:
    return Letter(
        id=1, op="0" * 32, action="a", issue=PAIR.id, form="reply", label="Reply", write=write,
        state=state, queued_at=NOON, hold_until=NOON, settled_at=settled_at,
    )  # fmt: skip


def world(fetched_at: datetime = NOON) -> Snapshot:
    status = SourceStatus(Health.OK, fetched_at)
    return Snapshot((PAIR,), {source: status for source in Source})


def test_a_public_reply_answers_classifies_and_assigns() -> None:
    after = expected(PAIR, (REPLY, ACK), NOON, POLICY, NAMES)

    assert after.ticket is not None
    assert after.incident is not None
    assert (after.severity, after.ticket.assignee) == (Severity.P2, "Imogen")
    assert after.ticket.replied_first.at == NOON
    assert after.incident.acknowledged_at == NOON
    assert [p.kind for p in after.promises] == [Kind.RESPONSE, Kind.UPDATE]
    assert after.id == PAIR.id


def test_what_concerns_another_issue_changes_nothing() -> None:
    other = TicketUpdate(ticket_id=9, stamp=NOON, comment="x", public=True)
    note = IncidentNote(incident_id="PXYZ", text="x")

    assert expected(PAIR, (other, note), NOON, POLICY, NAMES) is PAIR


def test_a_snooze_moves_the_next_page() -> None:
    until = NOON + timedelta(hours=2)
    snooze = IncidentSnooze(incident_id="PABC", seen=ACK.seen, until=until)
    after = expected(PAIR, (ACK, snooze), NOON, POLICY, NAMES)

    assert [p.due_at for p in after.promises if p.kind is Kind.REPAGE] == [until]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (LetterState.QUEUED, "has not left"),
        (LetterState.SENDING, "on its way"),
        (LetterState.UNKNOWN, "not known"),
    ],
)
def test_what_is_under_way_is_shown_and_marked(state: LetterState, words: str) -> None:
    shown = overlaid(world(), [letter(REPLY, state)], POLICY, NAMES, NOON).issues[0]

    assert shown.severity is Severity.P2
    assert words in shown.unconfirmed


@pytest.mark.parametrize(
    ("letter", "words"),
    [
        (replace(letter(REPLY, LetterState.QUEUED), next_try_at=NOON), "has not left"),
        (replace(letter(REPLY, LetterState.SENDING), tries=2), "on its way"),
        (replace(letter(REPLY, LetterState.UNKNOWN), next_try_at=NOON), "not known"),
        (replace(letter(REPLY, LetterState.QUEUED), hold_until=NOON - LATE), "has not left"),
    ],
    ids=["put off", "tried again", "not to be found out", "overdue"],
)
def test_what_cannot_arrive_meets_no_promise_and_is_marked(letter: Letter, words: str) -> None:
    """Zendesk refuses the token: the requester has not read a word, and the deadline goes on."""
    shown = overlaid(world(), [letter], POLICY, NAMES, NOON).issues[0]

    assert shown.promises == PAIR.promises
    assert words in shown.unconfirmed


@pytest.mark.parametrize("state", [LetterState.REFUSED, LetterState.CONFLICT, LetterState.UNKNOWN])
def test_what_waits_for_somebody_changes_nothing(state: LetterState) -> None:
    given_up = letter(REPLY, state, settled_at=NOON)

    assert overlaid(world(), [given_up], POLICY, NAMES, NOON) == world()


def test_what_has_arrived_is_marked_until_the_ticket_is_seen_to_be_younger() -> None:
    sent = letter(REPLY, LetterState.SENT, settled_at=NOON)
    assert PAIR.ticket is not None
    younger = issue_of(replace(PAIR.ticket, updated_at=NOON), PAIR.incident)
    confirmed = replace(world(), issues=(younger,))
    much_later = NOON + LONGEST_LAG + timedelta(seconds=1)

    assert overlaid(world(), [sent], POLICY, NAMES, NOON).issues[0].unconfirmed
    assert overlaid(confirmed, [sent], POLICY, NAMES, NOON) == confirmed
    assert overlaid(world(), [sent], POLICY, NAMES, much_later) == world()


def test_an_incident_is_confirmed_by_the_first_question_asked_after_it_was_written() -> None:
    sent = letter(ACK, LetterState.SENT, settled_at=NOON)
    later = NOON + timedelta(seconds=1)
    before, after = world(NOON - timedelta(seconds=1)), world(later)

    assert overlaid(before, [sent], POLICY, NAMES, later).issues[0].unconfirmed
    assert overlaid(after, [sent], POLICY, NAMES, later) == after


def test_letters_of_long_ago_cost_nothing() -> None:
    """Two days of letters, and a queue that is looked at once for none of them."""

    class Unread(tuple[Issue, ...]):
        def __iter__(self) -> NoReturn:
            raise AssertionError("looked at")

    old = [letter(REPLY, LetterState.SENT, settled_at=NOON - timedelta(hours=1))] * 500
    shown = replace(world(), issues=Unread())

    assert overlaid(shown, old, POLICY, NAMES, NOON) is shown


def test_every_write_has_a_name_and_its_words() -> None:
    assert (kind_of(REPLY), text_of(REPLY)) == ("public comment", "On it.")
    assert (kind_of(ACK), text_of(ACK)) == ("acknowledge", "")
    assert kind_of(a_change()) == "Zendesk fields"


def a_change() -> TicketUpdate:
    return TicketUpdate(ticket_id=a_ticket().id, stamp=NOON, priority="low")
