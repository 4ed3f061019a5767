"""What does PagerDuty hold after a letter, and what does the person learn?"""

from datetime import timedelta
from typing import Any

import pytest

from services.domain import IncidentStatus
from services.errors import OutcomeUnknown, Rejected
from services.letters import (
    IncidentCreate,
    IncidentMerge,
    IncidentNote,
    IncidentSnooze,
    IncidentStatusUpdate,
    IncidentUpdate,
    OverrideCreate,
    Undecided,
    Write,
)
from services.simulator import faults
from services.simulator.pagerduty.records import Incident, LogEntry
from tests.writing.desk import START, Desk, desk, landed, letter_of, overtaken

ACK = IncidentStatus.ACKNOWLEDGED
DONE = IncidentStatus.RESOLVED


def change(at: Desk, incident: Incident, **fields: Any) -> IncidentUpdate:
    return IncidentUpdate(incident_id=incident.id, seen=at.seen(incident), **fields)


def me(at: Desk) -> str:
    return at.world.cast.agents[0].pagerduty_id


def other(at: Desk) -> str:
    return at.world.cast.agents[1].pagerduty_id


def log(incident: Incident, kind: str) -> list[LogEntry]:
    return [entry for entry in incident.entries if entry.type.startswith(kind)]


async def test_a_page_is_acknowledged_and_resolved_with_a_word_on_how() -> None:
    async with desk() as at:
        incident = at.incident()
        done = landed(await at.pagerduty.send(letter_of(change(at, incident, status=ACK))))
        assert done.seen == at.seen(incident)
        assert incident.status == "acknowledged"

        write = change(at, incident, status=DONE, resolution="Restarted it.")
        done = landed(await at.pagerduty.send(letter_of(write)))

        assert done.incident is not None
        assert done.incident.status is DONE
        assert incident.status == "resolved"
        assert len(log(incident, "resolve")) == 1


async def test_owner_level_priority_and_title_are_changed() -> None:
    async with desk() as at:
        incident = at.incident()
        for fields in (
            {"assignee_ids": (other(at),)},
            {"priority": "P1"},
            {"title": "Deploys hang"},
        ):
            landed(await at.pagerduty.send(letter_of(change(at, incident, **fields))))

        assert at.seen(incident).assignee_ids == (other(at),)
        assert at.seen(incident).priority == "P1"
        assert incident.title == "Deploys hang"

        write = change(at, incident, policy_id=incident.policy_id)
        landed(await at.pagerduty.send(letter_of(write)))
        landed(await at.pagerduty.send(letter_of(change(at, incident, escalation_level=2))))
        assert log(incident, "escalate")


@pytest.mark.parametrize(
    ("wanted", "theirs", "words"),
    [
        ({"status": ACK}, "acknowledge", "It is now acknowledged by {other}."),
        ({"status": DONE}, "reassign", "It is now assigned to {other}."),
        ({"priority": "P2"}, "priority", "Its priority is now P1."),
        ({"title": "New"}, "rename", "Its title is now “Theirs”."),
    ],
)
async def test_what_somebody_else_did_first_is_shown_and_not_written_over(
    wanted: dict[str, object], theirs: str, words: str
) -> None:
    async with desk() as at:
        incident = at.incident()
        write = change(at, incident, **wanted)
        account, colleague = at.world.pagerduty, at.world.pagerduty.users[other(at)]
        match theirs:
            case "acknowledge":
                account.acknowledge(incident.id, colleague)
            case "reassign":
                account.reassign(incident.id, colleague, (colleague.id,))
            case "priority":
                account.set_priority(incident.id, colleague, "P1")
            case _:
                account.rename(incident.id, colleague, "Theirs")
        outcome = overtaken(await at.pagerduty.send(letter_of(write)))

        assert outcome.theirs == words.format(other=colleague.name)
        assert isinstance(outcome.again, IncidentUpdate)
        assert outcome.again.seen == at.seen(incident)
        assert at.asked("PUT") == []
        landed(await at.pagerduty.send(letter_of(outcome.again)))


async def test_a_page_that_a_timer_moved_on_can_still_be_taken() -> None:
    async with desk() as at:
        incident = at.incident()
        write = change(at, incident, status=ACK)
        at.world.pagerduty.escalate(incident)
        assert at.seen(incident).assignee_ids != write.seen.assignee_ids

        landed(await at.pagerduty.send(letter_of(write)))


async def test_a_note_carries_its_mark_and_is_found_by_it() -> None:
    async with desk() as at:
        incident = at.incident()
        letter = letter_of(IncidentNote(incident_id=incident.id, text="Looking.\n"))
        assert await at.pagerduty.look(letter) is None

        await at.pagerduty.send(letter)

        assert [note.content for note in incident.notes] == [f"Looking.\n{letter.mark}"]
        landed(await at.pagerduty.look(letter))


async def test_a_status_update_is_found_by_text_author_and_time_or_left_to_the_person() -> None:
    async with desk() as at:
        incident = at.incident()
        write = IncidentStatusUpdate(incident_id=incident.id, message="We are on it.")
        account = at.world.pagerduty
        account.status_update(incident.id, account.users[me(at)], "We are on it.")
        await at.clock.advance(600)
        account.status_update(incident.id, account.users[other(at)], "We are on it.")
        letter = letter_of(write, at.clock.now())
        assert isinstance(await at.pagerduty.look(letter), Undecided)

        await at.pagerduty.send(letter)

        landed(await at.pagerduty.look(letter))


async def test_a_snooze_ends_at_the_chosen_moment_whenever_it_is_sent() -> None:
    async with desk() as at:
        incident = at.incident()
        at.world.pagerduty.acknowledge(incident.id, at.world.pagerduty.users[me(at)])
        until = START + timedelta(hours=2)
        write = IncidentSnooze(incident_id=incident.id, seen=at.seen(incident), until=until)
        letter = letter_of(write)
        assert await at.pagerduty.look(letter) is None
        await at.clock.advance(900)
        done = landed(await at.pagerduty.send(letter))
        assert done.incident is not None

        assert [action.at for action in done.incident.pending_actions] == [until]
        landed(await at.pagerduty.look(letter))


async def test_a_snooze_whose_end_has_passed_is_refused() -> None:
    async with desk() as at:
        incident = at.incident()
        write = IncidentSnooze(incident_id=incident.id, seen=at.seen(incident), until=START)
        with pytest.raises(Rejected, match="has passed"):
            await at.pagerduty.send(letter_of(write))


async def test_incidents_become_part_of_one_however_often_it_is_said() -> None:
    async with desk() as at:
        into, one, two = (at.incident(title) for title in "abc")
        letter = letter_of(IncidentMerge(into_id=into.id, from_ids=(one.id, two.id)))
        assert await at.pagerduty.look(letter) is None
        at.world.pagerduty.merge(into.id, at.world.pagerduty.users[me(at)], (one.id,))
        assert await at.pagerduty.look(letter) is None
        done = landed(await at.pagerduty.send(letter))

        assert done.incident is not None
        assert (one.merged_into, two.merged_into) == (into.id, into.id)
        landed(await at.pagerduty.look(letter))
        landed(await at.pagerduty.send(letter))


async def test_a_page_is_raised_once_for_its_key() -> None:
    async with desk() as at:
        service = next(iter(at.world.pagerduty.services))
        write = IncidentCreate(title="Down", service_id=service, priority="P1", body="All of it.")
        letter = letter_of(write)
        assert await at.pagerduty.look(letter) is None
        first = landed(await at.pagerduty.send(letter))
        again = landed(await at.pagerduty.send(letter))
        found = landed(await at.pagerduty.look(letter))

        assert first.incident is not None
        assert again.incident is not None
        assert found.incident is not None
        assert first.incident.id == again.incident.id == found.incident.id
        assert len(at.world.pagerduty.incidents) == 1


async def test_an_override_is_made_found_and_refused_in_words() -> None:
    async with desk() as at:
        schedule = next(iter(at.world.pagerduty.schedules))
        hour = timedelta(hours=1)
        write = OverrideCreate(
            schedule_id=schedule, user_id=me(at), start=START + hour, end=START + 2 * hour
        )
        letter = letter_of(write)
        assert await at.pagerduty.look(letter) is None
        landed(await at.pagerduty.send(letter))
        landed(await at.pagerduty.look(letter))
        backwards = OverrideCreate(
            schedule_id=schedule, user_id=me(at), start=START + 2 * hour, end=START + hour
        )
        with pytest.raises(Rejected, match="Override must end after its start"):
            await at.pagerduty.send(letter_of(backwards))


@pytest.mark.parametrize("kind", ["ack", "resolve", "reassign", "priority", "title", "snooze"])
async def test_a_change_whose_answer_was_lost_is_found_by_what_it_changed(kind: str) -> None:
    async with desk() as at:
        incident = at.incident()
        at.world.pagerduty.acknowledge(incident.id, at.world.pagerduty.users[me(at)])
        if kind == "ack":
            at.world.pagerduty.trigger_again(incident.id, at.world.pagerduty.users[me(at)])
        fields: dict[str, dict[str, object]] = {
            "ack": {"status": ACK},
            "resolve": {"status": DONE, "resolution": "Restarted it."},
            "reassign": {"assignee_ids": (other(at),)},
            "priority": {"priority": "P2"},
            "title": {"title": "New"},
        }
        write: Write = IncidentSnooze(
            incident_id=incident.id, seen=at.seen(incident), until=START + timedelta(hours=1)
        )
        if kind != "snooze":
            write = change(at, incident, **fields[kind])
        letter = letter_of(write)
        assert await at.pagerduty.look(letter) is None
        method = "POST" if kind == "snooze" else "PUT"
        at.world.faults.add(faults.reset_after(), method=method, times=1)
        with pytest.raises(OutcomeUnknown):
            await at.pagerduty.send(letter)

        landed(await at.pagerduty.look(letter))


async def test_a_resolution_is_not_taken_for_sent_because_somebody_else_resolved_it() -> None:
    async with desk() as at:
        incident = at.incident()
        letter = letter_of(change(at, incident, status=DONE, resolution="Restarted it."))
        account = at.world.pagerduty
        account.resolve(incident.id, account.users[other(at)], "It went away.")

        assert await at.pagerduty.look(letter) is None
        assert overtaken(await at.pagerduty.send(letter)).theirs.startswith("It is now resolved")


async def test_an_accounts_key_without_an_address_is_refused_in_pagerdutys_words() -> None:
    async with desk(pagerduty_account_key=True) as at:
        incident = at.incident()
        with pytest.raises(Rejected, match="From"):
            await at.pagerduty.send(letter_of(IncidentNote(incident_id=incident.id, text="x")))
