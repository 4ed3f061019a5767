"""Do letters leave in order, once, and as patiently as the vendors ask for?"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from services.domain import IncidentStatus, Status
from services.letters import (
    IncidentNote,
    IncidentStatusUpdate,
    IncidentUpdate,
    Landed,
    LetterState,
    Overtaken,
)
from services.outbox.outbox import Outbox
from services.simulator import faults
from tests.outbox.office import Office, office
from tests.writing.desk import START, audits


@pytest_asyncio.fixture
async def at() -> AsyncIterator[Office]:
    made = office()
    yield made
    await made.close()


async def test_a_reply_is_held_then_sent_once_and_told(at: Office) -> None:
    ticket = at.desk.ticket()
    (letter,) = at.post(at.desk.update(ticket, comment="Hi", public=True), hold=10)
    await at.wait(9)
    assert (at.states(), len(ticket.comments)) == (["queued"], 1)

    await at.wait(2)

    assert at.states() == ["sent"]
    assert [comment.body for comment in ticket.comments[1:]] == ["Hi"]
    (told,) = at.told
    assert isinstance(told, Landed)
    assert told.ticket is not None
    assert at.letters[0].settled_at == START + timedelta(seconds=10)
    assert letter.op == at.letters[0].op


async def test_what_is_pulled_back_in_time_is_never_sent(at: Office) -> None:
    ticket = at.desk.ticket()
    (letter,) = at.post(at.desk.update(ticket, comment="Hi", public=True), text="Hi", hold=10)
    await at.wait(9.5)
    draft = at.outbox.pull_back(letter.action, at.clock.now())
    await at.wait(30)

    assert draft is not None
    assert (at.letters, len(ticket.comments)) == ((), 1)


async def test_letters_to_one_ticket_go_in_order_each_from_where_the_last_one_left_it(
    at: Office,
) -> None:
    ticket = at.desk.ticket()
    for text in "abc":
        at.post(at.desk.update(ticket, comment=text, public=True))
    await at.wait(20)

    assert at.states() == ["sent"] * 3
    assert [comment.body for comment in ticket.comments[1:]] == ["a", "b", "c"]


async def test_a_letter_waits_for_the_one_before_it_and_other_issues_do_not(at: Office) -> None:
    first, second = at.desk.ticket(), at.desk.ticket()
    path = f"/tickets/{first.id}"
    lost = at.world.faults.add(faults.reset_before(), method="PUT", path=path)
    at.post(at.desk.update(first, comment="1a", public=True))
    await at.wait(3)
    at.post(at.desk.update(first, comment="1b", public=True))
    at.post(at.desk.update(second, comment="2", public=True))
    await at.wait(10)

    assert at.states() == ["unknown", "queued", "sent"]
    assert second.comments[-1].body == "2"

    at.world.faults.remove(lost)
    await at.wait(60)

    assert at.states() == ["sent"] * 3
    assert [comment.body for comment in first.comments[1:]] == ["1a", "1b"]


async def test_being_asked_to_wait_closes_that_vendor_and_no_other(at: Office) -> None:
    ticket, incident = at.desk.ticket(), at.desk.incident()
    other = at.desk.ticket()
    at.world.faults.add(faults.rate_limited(60), vendor="zendesk", method="PUT", times=1)
    at.post(at.desk.update(ticket, comment="a", public=True))
    await at.wait(3)
    at.post(at.desk.update(other, comment="b", public=True))
    at.post(IncidentNote(incident_id=incident.id, text="n"))
    await at.wait(50)
    puts = at.desk.asked("PUT")
    assert at.states() == ["queued", "queued", "sent"]
    assert at.letters[0].next_try_at is not None
    assert "asked too often" in at.letters[0].reason

    await at.wait(40)

    assert puts == [f"/tickets/{ticket.id}"]
    assert at.states() == ["sent"] * 3


async def test_a_lost_answer_is_looked_up_and_the_letter_not_repeated(at: Office) -> None:
    ticket = at.desk.ticket()
    at.world.faults.add(faults.silent_after(), method="PUT", times=1)
    at.world.faults.add(faults.unavailable(None), method="GET", times=3)
    (letter,) = at.post(at.desk.update(ticket, comment="Hi", public=True))
    await at.wait(4)
    assert at.states() == ["unknown"]

    await at.wait(60)

    assert at.states() == ["sent"]
    assert at.desk.asked("PUT") == [f"/tickets/{ticket.id}"]
    assert len(audits(ticket, letter)) == 1


async def test_a_lost_request_is_looked_up_and_then_sent(at: Office) -> None:
    incident = at.desk.incident()
    at.world.faults.add(faults.reset_before(), method="POST", times=2)
    (letter,) = at.post(IncidentNote(incident_id=incident.id, text="Hi"))
    await at.wait(30)

    assert at.states() == ["sent"]
    assert at.letters[0].tries == 3
    assert [note.content for note in incident.notes] == [f"Hi\n{letter.mark}"]


async def test_a_status_update_that_is_not_found_is_left_to_the_person(at: Office) -> None:
    incident = at.desk.incident()
    at.world.faults.add(faults.reset_before(), method="POST", times=1)
    (letter,) = at.post(IncidentStatusUpdate(incident_id=incident.id, message="On it."))
    at.post(IncidentNote(incident_id=incident.id, text="behind"))
    await at.wait(600, step=10)
    assert at.states() == ["unknown", "sent"]
    assert at.letters[0].waits_for_person

    at.outbox.retry(letter.id)
    await at.wait(5)

    assert at.states() == ["sent", "sent"]


async def test_a_conflict_holds_the_rest_of_its_action_until_the_person_has_decided(
    at: Office,
) -> None:
    ticket, incident = at.desk.ticket(), at.desk.incident()
    (first, _) = at.post(
        at.desk.update(ticket, comment="Done.", public=True, status=Status.SOLVED),
        IncidentUpdate(
            incident_id=incident.id, seen=at.desk.seen(incident), status=IncidentStatus.RESOLVED
        ),
        hold=10,
    )
    await at.wait(5)
    at.world.zendesk.reply(ticket.id, at.world.cast.requesters[0], "No, it is not.")
    await at.wait(60)
    assert at.states() == ["conflict", "queued"]
    assert at.letters[0].theirs.endswith("No, it is not.")
    assert incident.status == "triggered"
    assert isinstance(at.told[0], Overtaken)

    at.post(IncidentNote(incident_id=incident.id, text="another action goes on"))
    await at.wait(5)
    assert at.states() == ["conflict", "queued", "sent"]

    at.outbox.retry(first.id)
    await at.wait(10)

    assert at.states() == ["sent"] * 3
    assert (ticket.status, incident.status) == ("solved", "resolved")


async def test_a_vendor_in_trouble_does_not_keep_the_others_part_of_an_action(at: Office) -> None:
    ticket, incident = at.desk.ticket(), at.desk.incident()
    down = at.world.faults.add(faults.broken(503), vendor="zendesk")
    at.post(
        at.desk.update(ticket, comment="Done.", public=True, status=Status.SOLVED),
        IncidentUpdate(
            incident_id=incident.id, seen=at.desk.seen(incident), status=IncidentStatus.RESOLVED
        ),
    )
    await at.wait(30)
    assert at.states() == ["unknown", "sent"]

    at.world.faults.remove(down)
    await at.wait(300, step=5)

    assert at.states() == ["sent", "sent"]


async def test_a_refusal_is_told_in_the_vendors_words_and_can_be_given_back(at: Office) -> None:
    ticket = at.desk.ticket()
    write = at.desk.update(ticket, comment="Hi", public=True)
    at.world.zendesk.edit(ticket.id, at.world.me, status="closed")
    (letter,) = at.post(write, text="Hi")
    await at.wait(5)
    assert at.states() == ["refused"]
    assert "closed prevents ticket update" in at.letters[0].reason

    draft = at.outbox.give_back(letter.id, at.clock.now())
    await at.settle()

    assert draft is not None
    assert draft.answers == {"text": "Hi"}
    assert at.letters == ()


async def test_credentials_that_fail_leave_the_letter_waiting(at: Office) -> None:
    ticket = at.desk.ticket()
    key, at.world.keys.oauth[0].access = at.world.keys.oauth[0].access, "changed"
    at.world.keys.oauth[0].access, expired = key, at.world.keys.oauth[0]
    expired.expires_at = at.clock.now()
    at.post(at.desk.update(ticket, comment="Hi", public=True))
    await at.wait(5)
    assert at.states() == ["queued"]

    expired.expires_at = None
    await at.wait(30)

    assert at.states() == ["sent"]


async def test_what_was_being_sent_when_it_stopped_is_looked_for_first(at: Office) -> None:
    ticket = at.desk.ticket()
    at.world.faults.add(faults.slow(30, at.clock.sleep), method="PUT", times=1)
    (letter,) = at.post(at.desk.update(ticket, comment="Hi", public=True))
    await at.wait(4)
    assert at.states() == ["sending"]

    await at.stop()
    at.open()
    await at.wait(10)

    assert at.states() == ["sent"]
    assert len(audits(ticket, letter)) == 1


async def test_a_second_dashboards_letters_are_sent_by_the_first_and_then_by_itself(
    tmp_path: Path,
) -> None:
    first = office(Outbox(tmp_path / "o.db"))
    second = Office(first.world, first.clock, Outbox(tmp_path / "o.db"))
    ticket = first.desk.ticket()
    await first.wait(2)
    assert (first.delivery.sends, second.delivery.sends) == (True, False)

    second.post(second.desk.update(ticket, comment="1", public=True))
    await first.wait(5)
    assert (first.states(), second.states()) == (["sent"], ["sent"])

    await first.close()
    second.post(second.desk.update(ticket, comment="2", public=True))
    await second.wait(5)

    assert second.delivery.sends
    assert second.states() == ["sent", "sent"]
    await second.close()


async def test_two_people_on_one_ticket_the_second_sees_the_firsts_words_beside_their_own() -> None:
    mine = office()
    yours = Office(mine.world, mine.clock, Outbox(None), agent=1)
    ticket = mine.desk.ticket()
    write = mine.desk.update(ticket, comment="Mine.", public=True)
    mine.post(write, text="Mine.")
    await mine.wait(5)
    theirs = mine.desk.update(ticket, comment="Yours.", public=True)
    yours.post(type(theirs)(ticket_id=ticket.id, stamp=write.stamp, comment="Yours.", public=True))
    await yours.wait(5)
    (letter,) = yours.letters
    me = mine.world.cast.agents[0].name

    assert mine.states() == ["sent"]
    assert letter.state is LetterState.CONFLICT
    assert letter.theirs.startswith(f"{me} wrote at 09:00 UTC:\nMine.")
    assert [comment.body for comment in ticket.comments[1:]] == ["Mine."]
    await mine.close()
    await yours.close()


async def test_a_full_disk_delays_the_note_of_what_became_of_a_letter_and_nothing_more(
    tmp_path: Path,
) -> None:
    at = office(Outbox(tmp_path / "o.db"))
    ticket = at.desk.ticket()
    at.world.faults.add(faults.slow(3, at.clock.sleep), method="PUT", times=1)
    at.post(at.desk.update(ticket, comment="Hi", public=True))
    await at.wait(3)
    with at.outbox._file.reading() as db:
        db.execute("PRAGMA query_only = ON")
    await at.wait(10)
    assert at.states() == ["sending"]
    assert at.delivery.trouble

    with at.outbox._file.reading() as db:
        db.execute("PRAGMA query_only = OFF")
    await at.wait(10)

    assert at.states() == ["sent"]
    assert len(ticket.comments) == 2
    await at.close()


async def test_a_letter_that_the_disk_does_not_know_of_does_not_leave(tmp_path: Path) -> None:
    at = office(Outbox(tmp_path / "o.db"))
    ticket = at.desk.ticket()
    at.post(at.desk.update(ticket, comment="Hi", public=True), hold=5)
    await at.settle()
    with at.outbox._file.reading() as db:
        db.execute("PRAGMA query_only = ON")
    await at.wait(30)
    assert len(ticket.comments) == 1

    with at.outbox._file.reading() as db:
        db.execute("PRAGMA query_only = OFF")
    await at.wait(10)

    assert at.states() == ["sent"]
    await at.close()


async def test_a_clock_put_right_does_not_hold_a_letter_for_hours(at: Office) -> None:
    ticket = at.desk.ticket()
    at.post(at.desk.update(ticket, comment="Hi", public=True), hold=10)
    at.clock.shift(timedelta(hours=-2))
    at.world.zendesk.timeline.offset = timedelta(hours=2)
    await at.wait(8)
    assert at.states() == ["queued"]

    await at.wait(8)

    assert at.states() == ["sent"]


@pytest.mark.parametrize("days", [-6, 6])
async def test_a_clock_put_right_keeps_no_letter_waiting_for_days(at: Office, days: int) -> None:
    ticket = at.desk.ticket()
    at.world.faults.add(faults.reset_before(), method="PUT", times=1)
    at.world.faults.add(faults.unavailable(None), method="GET", times=1)
    at.clock.shift(timedelta(days=-days))
    at.world.zendesk.timeline.offset += timedelta(days=days)
    at.post(at.desk.update(ticket, comment="Hi", public=True))
    await at.wait(1)
    assert at.states() == ["unknown"]

    at.clock.shift(timedelta(days=days))
    at.world.zendesk.timeline.offset -= timedelta(days=days)
    await at.wait(30)

    assert at.states() == ["sent"]


async def test_nothing_is_asked_and_nobody_is_woken_while_there_is_nothing_to_do(
    at: Office,
) -> None:
    await at.wait(60)

    assert not at.world.requests
    assert at.letters == ()
    with contextlib.suppress(asyncio.CancelledError):
        await at.stop()
